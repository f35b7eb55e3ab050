#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "compiler/sema/model.h"

// Walks over typed trees.

namespace wend::sema {

/// The operands of an expression in the order of evaluation.
[[nodiscard]] std::vector<const Expr*> children(const Expr& expr);

/// What an expression may take from the world around it.
enum class ReadKind : std::uint8_t { nothing, event_field, variable, attribute, consent, history, segment, now, zone };
/// What is counted or listed, if it is that.
[[nodiscard]] std::optional<HistoryId> history_query(const Expr& expr);
[[nodiscard]] ReadKind read_kind(const Expr& expr);
/// "the attribute `phone`".
[[nodiscard]] std::string describe_read(const Expr& expr, const Model& model);

struct FoundRead {
  const Expr* read = nullptr;
  /// Where to point at: the read itself, or the call through which it came.
  Span place;
};
/// The first read of the tree that is not allowed. Variables that the tree binds by itself are always allowed.
[[nodiscard]] std::optional<FoundRead> find_read(const Expr& expr, const std::function<bool(const Expr&)>& is_allowed);

/// Sorted, without repeats.
[[nodiscard]] std::vector<AttributeId> attributes_read(const Expr& expr);
[[nodiscard]] int count_nodes(const Expr& expr, int limit);

/// Every statement of a block, those inside others too, in text order.
void for_each_stmt(const Block& block, const std::function<void(const Stmt&)>& visit);
/// Every expression that statements of the block hold directly (not their operands).
void for_each_expr(const Block& block, const std::function<void(const Expr&)>& visit);

/// Equal for expressions that compute the same from the same event binding; names of variables bound inside do not count.
[[nodiscard]] std::string fingerprint(const Expr& expr);

}  // namespace wend::sema
