#pragma once

#include <compare>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compiler/sema/typed_stmt.h"

// What is known at a point of the program: facts about values, names that are assigned, steps that have begun.
//
// 1. A fact is about a path that always gives the same value: a let, a field of an event payload, a customer attribute, and
//    members of these.
// 2. Facts about attributes end where time may pass (wait, await, send) and where the attribute is set; the others stay.
// 3. Where paths of control meet, only what holds on all of them holds.

namespace wend::sema {

struct Path {
  enum class Root : std::uint8_t { variable, event, attribute };
  Root root = Root::variable;
  std::uint32_t id = 0;
  std::vector<std::uint32_t> members;  ///< of an event, the first is the field
  auto operator<=>(const Path&) const = default;
};
/// The path that an expression reads, if it is one; an Unwrap changes nothing.
[[nodiscard]] std::optional<Path> stable_path(const Expr& expr);

struct Fact {
  bool present = false;
  bool not_zero = false;
  Span tested;
};
using Facts = std::map<Path, Fact>;
/// Both hold.
[[nodiscard]] Facts both(Facts first, const Facts& second);
/// One of the two holds: what they share.
[[nodiscard]] Facts either(const Facts& first, const Facts& second);

struct ExpiredFact {
  Span tested;
  Span by;
  std::string what;  ///< "wait"
};

struct Flow {
  bool reachable = true;
  Facts facts;
  std::map<Path, ExpiredFact> expired;
  std::set<VariableId> assigned;
  /// Where a path came from that does not assign the variable.
  std::map<VariableId, Span> skipped;
  std::set<StepId> begun;

  void learn(const Facts& news);
  /// Time may pass here.
  void expire_attributes(Span by, const std::string& what);
  void forget_attribute(AttributeId attribute);
  [[nodiscard]] bool knows_present(const Expr& expr) const;
  [[nodiscard]] bool knows_not_zero(const Expr& expr) const;
};

/// One way to reach a point, and where it comes from.
struct Edge {
  Flow flow;
  Span from;
};
[[nodiscard]] Flow merge(std::vector<Edge> edges);

}  // namespace wend::sema
