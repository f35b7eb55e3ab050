#pragma once

// What a test gives: the customer's attributes, packed, and the zone that its local times are in.

#include <optional>
#include <string>
#include <vector>

#include "compiler/sema/model.h"
#include "compiler/testrun/prepared.h"
#include "runtime/base/time_zone.h"

namespace wend::testrun {

struct Given {
  std::string zone;        ///< principal
  std::string attributes;  ///< the body of an `attributes` entry
};

/// nullopt: a value overflows.
[[nodiscard]] std::optional<Given> evaluate_given(const sema::Test& test, const Prepared& prepared, const ZoneTable& zones);

}  // namespace wend::testrun
