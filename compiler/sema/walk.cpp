#include "compiler/sema/walk.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <type_traits>
#include <utility>

namespace wend::sema {
namespace {

template <typename... Visitors>
struct Overloaded : Visitors... {
  using Visitors::operator()...;
};

template <typename Node>
concept HasOperand = requires(const Node& node) {
  node.operand;
};
template <typename Node>
concept HasSides = requires(const Node& node) {
  node.left;
  node.right;
};

}  // namespace

std::vector<const Expr*> children(const Expr& expr) {
  std::vector<const Expr*> result;
  const auto add = [&](const ExprPtr& child) {
    if (child) result.push_back(child.get());
  };
  const auto add_all = [&](const std::vector<ExprPtr>& list) {
    for (const ExprPtr& child : list) add(child);
  };
  std::visit(Overloaded{
                 [&](const MemberRead& node) { add(node.record); },
                 [&](const Contains& node) {
                   add(node.element);
                   add(node.collection);
                 },
                 [&](const NativeCall& node) { add_all(node.arguments); },
                 [&](const LetIn& node) {
                   add(node.value);
                   add(node.body);
                 },
                 [&](const MatchExpr& node) {
                   add(node.subject);
                   for (const MatchExprArm& arm : node.arms) add(arm.value);
                 },
                 [&](const MakeRecord& node) { add_all(node.fields); },
                 [&](const MakeList& node) { add_all(node.elements); },
                 [&]<typename Node>(const Node& node) {
                   if constexpr (HasSides<Node>) {
                     add(node.left);
                     add(node.right);
                   } else if constexpr (HasOperand<Node>) {
                     add(node.operand);
                   }
                 },
             },
             expr.node);
  return result;
}

std::optional<HistoryId> history_query(const Expr& expr) {
  if (const auto* count = expr.get_if<HistoryCount>()) return count->query;
  if (const auto* list = expr.get_if<HistoryList>()) return list->query;
  return std::nullopt;
}

ReadKind read_kind(const Expr& expr) {
  return std::visit(Overloaded{
                        [](const EventField&) { return ReadKind::event_field; },
                        [](const Variable&) { return ReadKind::variable; },
                        [](const AttributeRead&) { return ReadKind::attribute; },
                        [](const ConsentRead&) { return ReadKind::consent; },
                        [](const HistoryCount&) { return ReadKind::history; },
                        [](const HistoryList&) { return ReadKind::history; },
                        [](const InSegment&) { return ReadKind::segment; },
                        [](const Now&) { return ReadKind::now; },
                        [](const CustomerZone&) { return ReadKind::zone; },
                        [](const auto&) { return ReadKind::nothing; },
                    },
                    expr.node);
}

std::string describe_read(const Expr& expr, const Model& model) {
  switch (read_kind(expr)) {
    case ReadKind::nothing:
      return "a constant";
    case ReadKind::event_field:
      return "a field of `" + model.at(expr.as<EventField>().binding).name + "`";
    case ReadKind::variable:
      return "`" + model.at(expr.as<Variable>().variable).name + "`";
    case ReadKind::attribute:
      return "the attribute `" + model.at(expr.as<AttributeRead>().attribute).name + "`";
    case ReadKind::consent:
      return "the consent `" + model.at(expr.as<ConsentRead>().topic).name + "`";
    case ReadKind::history:
      return "the history";
    case ReadKind::segment:
      return "the segment `" + model.at(expr.as<InSegment>().segment).name + "`";
    case ReadKind::now:
      return "`now`";
    case ReadKind::zone:
      return "the customer's time zone";
  }
  return "";
}

namespace {

void add_bound_variables(const Expr& expr, std::set<VariableId>& bound) {
  if (const auto* let = expr.get_if<LetIn>()) bound.insert(let->variable);
  if (const auto* match = expr.get_if<MatchExpr>()) {
    for (const MatchExprArm& arm : match->arms) {
      for (const Pattern& pattern : arm.patterns) {
        if (const auto* present = std::get_if<PresentPattern>(&pattern.node)) bound.insert(present->binding);
      }
    }
  }
}

bool covers(Span outer, Span inner) {
  return outer.file_id == inner.file_id && outer.begin <= inner.begin && inner.end <= outer.end;
}

std::optional<FoundRead> find_read_below(const Expr& expr, Span place, std::set<VariableId>& bound,
                                         const std::function<bool(const Expr&)>& is_allowed) {
  const bool is_own = expr.get_if<Variable>() && bound.contains(expr.as<Variable>().variable);
  if (read_kind(expr) != ReadKind::nothing && !is_own && !is_allowed(expr)) return FoundRead{&expr, place};
  add_bound_variables(expr, bound);
  for (const Expr* child : children(expr)) {
    const Span child_place = covers(place, child->span) ? child->span : place;
    if (auto found = find_read_below(*child, child_place, bound, is_allowed)) return found;
  }
  return std::nullopt;
}

void collect_attributes(const Expr& expr, std::set<AttributeId>& found) {
  if (const auto* read = expr.get_if<AttributeRead>()) found.insert(read->attribute);
  for (const Expr* child : children(expr)) collect_attributes(*child, found);
}

}  // namespace

std::optional<FoundRead> find_read(const Expr& expr, const std::function<bool(const Expr&)>& is_allowed) {
  std::set<VariableId> bound;
  return find_read_below(expr, expr.span, bound, is_allowed);
}

std::vector<AttributeId> attributes_read(const Expr& expr) {
  std::set<AttributeId> found;
  collect_attributes(expr, found);
  return {found.begin(), found.end()};
}

int count_nodes(const Expr& expr, int limit) {
  int count = 1;
  for (const Expr* child : children(expr)) {
    if (count > limit) break;
    count += count_nodes(*child, limit - count);
  }
  return count;
}

namespace {

// A prefix notation in which every node writes what distinguishes it from others of its kind.
class Fingerprint {
 public:
  std::string text;

  void write(const Expr& expr) {
    fmt::format_to(std::back_inserter(text), "({} ", expr.node.index());
    write_type(expr.type);
    std::visit(Overloaded{
                   [&](const Constant& node) { write_constant(node.value); },
                   [&](const Variable& node) { number(local(node.variable)); },
                   [&](const EventField& node) {
                     number(local(node.binding));
                     number(node.field);
                   },
                   [&](const AttributeRead& node) { number(static_cast<std::uint64_t>(node.attribute)); },
                   [&](const MemberRead& node) { number(node.field); },
                   [&](const Negate& node) { number(static_cast<std::uint64_t>(node.op)); },
                   [&](const Arithmetic& node) { number(static_cast<std::uint64_t>(node.op)); },
                   [&](const Compare& node) { number(static_cast<std::uint64_t>(node.op)); },
                   [&](const NativeCall& node) { number(static_cast<std::uint64_t>(node.native)); },
                   [&](const LetIn& node) { number(local(node.variable)); },
                   [&](const ConsentRead& node) { number(static_cast<std::uint64_t>(node.topic)); },
                   [&](const HistoryCount& node) { number(static_cast<std::uint64_t>(node.query)); },
                   [&](const HistoryList& node) { number(static_cast<std::uint64_t>(node.query)); },
                   [&](const InSegment& node) { number(static_cast<std::uint64_t>(node.segment)); },
                   [&](const MatchExpr& node) {
                     for (const MatchExprArm& arm : node.arms) {
                       text += '|';
                       for (const Pattern& pattern : arm.patterns) write_pattern(pattern);
                     }
                   },
                   [](const auto&) {},
               },
               expr.node);
    for (const Expr* child : children(expr)) write(*child);
    text += ')';
  }

 private:
  void number(std::uint64_t value) { fmt::format_to(std::back_inserter(text), "{} ", value); }
  std::uint64_t local(VariableId variable) { return locals_.try_emplace(variable, locals_.size()).first->second; }

  void write_type(const types::Type& type) {
    fmt::format_to(std::back_inserter(text), "{}{}.{}.{}.{}.{} ", static_cast<int>(type.kind), type.optional ? "?" : "",
                   static_cast<int>(type.format), static_cast<std::uint32_t>(type.enumeration), static_cast<std::uint32_t>(type.record),
                   type.currency);
    if (type.element_of) write_type(type.element());
  }
  void write_constant(const ConstantValue& value) {
    std::visit(Overloaded{
                   [&](std::int64_t word) { fmt::format_to(std::back_inserter(text), "i{} ", word); },
                   [&](const Decimal& decimal) { text += "d" + decimal.to_string() + " "; },
                   [&](Period period) { fmt::format_to(std::back_inserter(text), "p{}/{} ", period.months, period.days); },
                   [&](const std::string& string) { fmt::format_to(std::back_inserter(text), "t{}:{} ", string.size(), string); },
               },
               value);
  }
  void write_pattern(const Pattern& pattern) {
    fmt::format_to(std::back_inserter(text), "[{} ", pattern.node.index());
    std::visit(Overloaded{
                   [&](const PresentPattern& node) {
                     number(local(node.binding));
                     if (!node.test) return;
                     number(node.test->field);
                     write_constant(node.test->value);
                   },
                   [&](const ConstantPattern& node) { write_constant(node.value); },
                   [&](const RangePattern& node) {
                     write_constant(node.low);
                     write_constant(node.high);
                   },
                   [](const auto&) {},
               },
               pattern.node);
    text += ']';
  }

  std::map<VariableId, std::uint64_t> locals_;
};

}  // namespace

std::string fingerprint(const Expr& expr) {
  Fingerprint result;
  result.write(expr);
  return std::move(result.text);
}

}  // namespace wend::sema
