#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compiler/sema/flat_map.h"
#include "compiler/sema/typed_stmt.h"

// What is known at a point of the program: facts about values, names that are assigned, steps that have begun.
//
// 1. A fact is about a path that always gives the same value: a let, a field of an event payload, a customer attribute, and
//    members of these.
// 2. Facts about attributes end where time may pass (wait, await, send) and where the attribute is set; the others stay.
// 3. Where paths of control meet, only what holds on all of them holds.

namespace wend::sema {

/// Small and of fixed size, because facts are copied at every branch.
struct Path {
  enum class Root : std::uint8_t { variable, event, attribute };
  static constexpr std::size_t k_members_max = 6;
  Root root = Root::variable;
  std::uint8_t count = 0;
  std::array<std::uint16_t, k_members_max> members{};  ///< of an event, the first is the field
  std::uint32_t id = 0;

  auto operator<=>(const Path&) const = default;
};
[[nodiscard]] Path attribute_path(AttributeId attribute);
[[nodiscard]] Path variable_path(VariableId variable);
/// The path that an expression reads, if it is one and not too deep; an Unwrap changes nothing.
[[nodiscard]] std::optional<Path> stable_path(const Expr& expr);

struct Fact {
  bool present = false;
  bool not_zero = false;
  Span tested;
};
using Facts = FlatMap<Path, Fact>;
/// Both hold.
[[nodiscard]] Facts both(Facts first, const Facts& second);
/// One of the two holds: what they share.
[[nodiscard]] Facts either(const Facts& first, const Facts& second);

/// What was known and is not, for one of two reasons: time may have passed; or it was `set`, which a silent run does not do.
struct ExpiredFact {
  Span tested;
  Span by;
  const char* what = "";  ///< "wait"
  bool silently = false;  ///< `by` is why the journey may run silently
};

/// A set that is copied at every branch: sorted, in one piece.
class VariableSet {
 public:
  void insert(VariableId variable) {
    const auto place = std::lower_bound(variables_.begin(), variables_.end(), variable);
    if (place == variables_.end() || *place != variable) variables_.insert(place, variable);
  }
  void erase(VariableId variable) { std::erase(variables_, variable); }
  [[nodiscard]] bool contains(VariableId variable) const { return std::binary_search(variables_.begin(), variables_.end(), variable); }
  [[nodiscard]] auto begin() const { return variables_.begin(); }
  [[nodiscard]] auto end() const { return variables_.end(); }
  void keep_common(const VariableSet& other) {
    std::erase_if(variables_, [&](VariableId variable) { return !other.contains(variable); });
  }

 private:
  std::vector<VariableId> variables_;
};

struct Flow {
  bool reachable = true;
  Facts facts;
  FlatMap<Path, ExpiredFact> expired;
  VariableSet assigned;
  /// Where a path came from that does not assign the variable.
  FlatMap<VariableId, Span> skipped;
  std::set<StepId> begun;

  void learn(const Facts& news);
  /// Time may pass here.
  void expire_attributes(Span by, const char* what);
  void forget_attribute(AttributeId attribute);
  /// It was set, but not if the instance runs silently because of `by`.
  void set_unless_silent(AttributeId attribute, Span set, Span by);
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
