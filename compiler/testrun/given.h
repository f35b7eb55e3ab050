#pragma once

// What a test gives: the customer's attributes, packed, and the zone that its local times are in.

#include <optional>
#include <string>
#include <vector>

#include "compiler/sema/model.h"
#include "compiler/testrun/prepared.h"
#include "runtime/base/time_zone.h"
#include "runtime/bytecode/packed.h"

namespace wend::testrun {

struct Given {
  std::string zone;        ///< principal
  std::string attributes;  ///< the body of an `attributes` entry
};

/// nullopt: a value overflows.
[[nodiscard]] std::optional<Given> evaluate_given(const sema::Test& test, const Prepared& prepared, const ZoneTable& zones);

/// The body of an `attributes` entry that changes one thing.
[[nodiscard]] std::string attribute_body(const bytecode::Program& program, bytecode::AttributeId attribute, const bytecode::Value& value);
[[nodiscard]] std::string consent_body(const std::vector<sema::TopicId>& topics, bool consents);

}  // namespace wend::testrun
