#include "compiler/sema/facts.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace wend::sema {

namespace {

Path path_of(Path::Root root, std::uint32_t id) {
  Path path;
  path.root = root;
  path.id = id;
  return path;
}

std::optional<Path> with_member(std::optional<Path> path, std::uint32_t member) {
  if (!path || path->count == Path::k_members_max || member > std::numeric_limits<std::uint16_t>::max()) return std::nullopt;
  path->members[path->count++] = static_cast<std::uint16_t>(member);
  return path;
}

}  // namespace

Path attribute_path(AttributeId attribute) {
  return path_of(Path::Root::attribute, static_cast<std::uint32_t>(attribute));
}
Path variable_path(VariableId variable) {
  return path_of(Path::Root::variable, static_cast<std::uint32_t>(variable));
}

std::optional<Path> stable_path(const Expr& expr) {
  if (const auto* read = expr.get_if<Variable>()) return variable_path(read->variable);
  if (const auto* read = expr.get_if<EventField>()) {
    return with_member(path_of(Path::Root::event, static_cast<std::uint32_t>(read->binding)), read->field);
  }
  if (const auto* read = expr.get_if<AttributeRead>()) return attribute_path(read->attribute);
  if (const auto* unwrap = expr.get_if<Unwrap>()) return stable_path(*unwrap->operand);
  if (const auto* member = expr.get_if<MemberRead>()) return with_member(stable_path(*member->record), member->field);
  return std::nullopt;
}

Facts both(Facts first, const Facts& second) {
  for (const auto& [path, fact] : second) {
    Fact& mine = first[path];
    if (!mine.present && !mine.not_zero) mine.tested = fact.tested;
    mine.present |= fact.present;
    mine.not_zero |= fact.not_zero;
  }
  return first;
}

Facts either(const Facts& first, const Facts& second) {
  Facts result;
  auto other = second.begin();
  for (const auto& [path, fact] : first) {
    while (other != second.end() && other->first < path) ++other;
    if (other == second.end() || other->first != path) continue;
    const Fact shared{fact.present && other->second.present, fact.not_zero && other->second.not_zero, fact.tested};
    if (shared.present || shared.not_zero) result.append(path, shared);
  }
  return result;
}

void Flow::learn(const Facts& news) {
  if (news.empty()) return;
  facts = both(std::move(facts), news);
  for (const auto& [path, fact] : news) {
    if (fact.present) expired.erase(path);
  }
}

void Flow::expire_attributes(Span by, const char* what) {
  for (const auto& [path, fact] : facts) {
    if (path.root == Path::Root::attribute && fact.present) expired.insert_or_assign(path, ExpiredFact{fact.tested, by, what});
  }
  facts.erase_where([](const auto& entry) { return entry.first.root == Path::Root::attribute; });
}

void Flow::forget_attribute(AttributeId attribute) {
  const auto concerns = [&](const auto& entry) {
    return entry.first.root == Path::Root::attribute && entry.first.id == static_cast<std::uint32_t>(attribute);
  };
  facts.erase_where(concerns);
  expired.erase_where(concerns);
}

void Flow::set_unless_silent(AttributeId attribute, Span set, Span by) {
  expired.insert_or_assign(attribute_path(attribute), ExpiredFact{set, by, "", true});
}

bool Flow::knows_present(const Expr& expr) const {
  const auto path = stable_path(expr);
  const auto fact = path ? facts.find(*path) : facts.end();
  return fact != facts.end() && fact->second.present;
}

bool Flow::knows_not_zero(const Expr& expr) const {
  const auto path = stable_path(expr);
  const auto fact = path ? facts.find(*path) : facts.end();
  return fact != facts.end() && fact->second.not_zero;
}

Flow merge(std::vector<Edge> edges) {
  if (std::ranges::any_of(edges, [](const Edge& edge) { return edge.flow.reachable; })) {
    std::erase_if(edges, [](const Edge& edge) { return !edge.flow.reachable; });
  }
  Flow result = std::move(edges.front().flow);
  Span first_from = edges.front().from;
  for (std::size_t at = 1; at < edges.size(); ++at) {
    Flow& other = edges[at].flow;
    for (const VariableId variable : result.assigned) {
      if (!other.assigned.contains(variable) && !result.skipped.contains(variable)) {
        result.skipped.insert_or_assign(variable, edges[at].from);
      }
    }
    for (const VariableId variable : other.assigned) {
      if (!result.assigned.contains(variable) && !result.skipped.contains(variable)) {
        result.skipped.insert_or_assign(variable, first_from);
      }
    }
    result.assigned.keep_common(other.assigned);
    std::erase_if(result.begun, [&](StepId step) { return !other.begun.contains(step); });
    result.facts = either(result.facts, other.facts);
    result.expired.take_missing(other.expired);
    result.skipped.take_missing(other.skipped);
  }
  result.expired.erase_where([&](const auto& entry) { return result.facts.contains(entry.first); });
  return result;
}

}  // namespace wend::sema
