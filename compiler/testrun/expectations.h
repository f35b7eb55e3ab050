#pragma once

#include <optional>
#include <string>

#include "compiler/sema/model.h"
#include "compiler/testrun/prepared.h"
#include "compiler/testrun/world.h"

namespace wend::testrun {

struct Mismatch {
  std::string expected;
  std::string found;
};

/// The world's clock stands at the moment to look at, and what is due there has fired. nullopt: as expected.
[[nodiscard]] std::optional<Mismatch> check(const sema::Expectation& expectation, const sema::Model& model, const Prepared& prepared,
                                            World& world);

}  // namespace wend::testrun
