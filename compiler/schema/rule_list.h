#pragma once

#include <vector>

#include "compiler/schema/documents.h"

namespace wend::schema {

/// Rules that one event keeps in the lock.
inline constexpr std::size_t k_listed_rules_max = 5'000;

/// What the schema says about values, by path in the payload: for people and for the lock, to see what changed. Types and required names
/// are left out, for they show as fields; a choice of schemas is one rule.
[[nodiscard]] std::vector<ImportedRule> list_rules(Documents& documents, const Located& schema);

}  // namespace wend::schema
