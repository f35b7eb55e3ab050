#include "compiler/sema/facts.h"

#include <algorithm>
#include <utility>

namespace wend::sema {

std::optional<Path> stable_path(const Expr& expr) {
  if (const auto* read = expr.get_if<Variable>()) return Path{Path::Root::variable, static_cast<std::uint32_t>(read->variable), {}};
  if (const auto* read = expr.get_if<EventField>()) {
    return Path{Path::Root::event, static_cast<std::uint32_t>(read->binding), {read->field}};
  }
  if (const auto* read = expr.get_if<AttributeRead>()) {
    return Path{Path::Root::attribute, static_cast<std::uint32_t>(read->attribute), {}};
  }
  if (const auto* unwrap = expr.get_if<Unwrap>()) return stable_path(*unwrap->operand);
  if (const auto* member = expr.get_if<MemberRead>()) {
    auto path = stable_path(*member->record);
    if (path) path->members.push_back(member->field);
    return path;
  }
  return std::nullopt;
}

Facts both(Facts first, const Facts& second) {
  for (const auto& [path, fact] : second) {
    Fact& mine = first.try_emplace(path, fact).first->second;
    mine.present |= fact.present;
    mine.not_zero |= fact.not_zero;
  }
  return first;
}

Facts either(const Facts& first, const Facts& second) {
  Facts result;
  for (const auto& [path, fact] : first) {
    const auto other = second.find(path);
    if (other == second.end()) continue;
    const Fact shared{fact.present && other->second.present, fact.not_zero && other->second.not_zero, fact.tested};
    if (shared.present || shared.not_zero) result.emplace(path, shared);
  }
  return result;
}

void Flow::learn(const Facts& news) {
  facts = both(std::move(facts), news);
  for (const auto& [path, fact] : news) {
    if (fact.present) expired.erase(path);
  }
}

void Flow::expire_attributes(Span by, const std::string& what) {
  std::erase_if(facts, [&](const auto& entry) {
    const auto& [path, fact] = entry;
    if (path.root != Path::Root::attribute) return false;
    if (fact.present) expired.insert_or_assign(path, ExpiredFact{fact.tested, by, what});
    return true;
  });
}

void Flow::forget_attribute(AttributeId attribute) {
  const auto concerns = [&](const auto& entry) {
    return entry.first.root == Path::Root::attribute && entry.first.id == static_cast<std::uint32_t>(attribute);
  };
  std::erase_if(facts, concerns);
  std::erase_if(expired, concerns);
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
      if (!other.assigned.contains(variable)) result.skipped.try_emplace(variable, edges[at].from);
    }
    for (const VariableId variable : other.assigned) {
      if (!result.assigned.contains(variable)) result.skipped.try_emplace(variable, first_from);
    }
    std::erase_if(result.assigned, [&](VariableId variable) { return !other.assigned.contains(variable); });
    std::erase_if(result.begun, [&](StepId step) { return !other.begun.contains(step); });
    result.facts = either(result.facts, other.facts);
    result.expired.merge(other.expired);
    result.skipped.merge(other.skipped);
  }
  std::erase_if(result.expired, [&](const auto& entry) { return result.facts.contains(entry.first); });
  return result;
}

}  // namespace wend::sema
