#include <functional>
#include <queue>

#include "compiler/flow/checks.h"
#include "compiler/flow/edges.h"
#include "compiler/flow/walk.h"
#include "runtime/base/time.h"

// Where control can come within the lifetime: the least time from the entry to each block, by Dijkstra's algorithm.

namespace wend::flow {
namespace {

/// At least so long: days of the calendar and exact time are summed apart, because a day has 23 to 25 hours.
struct LeastTime {
  std::int64_t days = 0;
  std::int64_t exact_ms = 0;

  [[nodiscard]] std::int64_t length_ms() const { return days * k_day_ms + exact_ms; }
};

LeastTime operator+(const LeastTime& first, const LeastTime& second) {
  return {first.days + second.days, first.exact_ms + second.exact_ms};
}

constexpr std::int64_t k_shortest_month_days = 28;
constexpr std::int64_t k_longest_month_days = 31;
// What a change of the clocks can make of a sum of both kinds of time.
constexpr DurationMs k_clock_change_ms = 2 * k_hour_ms;

LeastTime least_time(const Deadline& deadline) {
  return std::visit(Overloaded{
                        [](const AfterDuration& wait) { return LeastTime{0, wait.duration_ms}; },
                        [](const AfterPeriod& wait) {
                          const std::int64_t days = wait.period.months * k_shortest_month_days + wait.period.days + wait.business_days;
                          // At an earlier time of day it is almost a day less.
                          return LeastTime{wait.at && days > 0 ? days - 1 : days, 0};
                        },
                        // A moment, or an event, can be near.
                        [](const auto&) { return LeastTime{}; },
                    },
                    deadline);
}

bool outlives(const LeastTime& wait, const sema::TimeSpan& lifetime) {
  if (const auto* exact = std::get_if<DurationMs>(&lifetime)) {
    return wait.length_ms() >= *exact + (wait.days > 0 ? k_clock_change_ms : 0);
  }
  const auto& period = std::get<Period>(lifetime);
  const std::int64_t days = period.months * k_longest_month_days + period.days;
  return wait.length_ms() >= days * k_day_ms + (wait.exact_ms > 0 ? k_clock_change_ms : 0);
}

std::string text_of(const sema::TimeSpan& span) {
  if (const auto* exact = std::get_if<DurationMs>(&span)) return format_duration(*exact);
  return format_period(std::get<Period>(span));
}

std::string text_of(const LeastTime& time) {
  std::string text;
  if (time.days > 0) text = format_period({0, static_cast<std::int32_t>(time.days)});
  if (time.exact_ms > 0) text += (text.empty() ? "" : " ") + format_duration(time.exact_ms);
  return text;
}

void report(const Graph& graph, const WaitingPoint& point, const LeastTime& end, std::vector<diag::Diagnostic>& findings) {
  diag::Diagnostic finding(diag::Kind::wait_outlives_lifetime, point.span);
  const std::string lifetime = text_of(graph.journey->lifetime);
  finding.with("lifetime", lifetime)
      .label("is over " + text_of(end) + " after the entry at the earliest")
      .secondary(graph.journey->span, "expires " + lifetime + " after the entry")
      .note("at the end of the lifetime an instance exits as `expired`, before anything else that is due then")
      .help("a longer `lifetime`, or a shorter wait");
  findings.push_back(std::move(finding));
}

}  // namespace

void check_lifetime(const Graph& graph, std::vector<diag::Diagnostic>& findings) {
  const sema::TimeSpan& lifetime = graph.journey->lifetime;
  if (lifetime == sema::TimeSpan{}) return;  // It has none, which was reported.
  using Arrival = std::pair<std::int64_t, std::uint32_t>;
  std::priority_queue<Arrival, std::vector<Arrival>, std::greater<>> open;
  std::vector<std::optional<LeastTime>> earliest(graph.blocks.size());
  const auto arrive = [&](BlockId block, const LeastTime& time) {
    auto& known = earliest[static_cast<std::size_t>(block)];
    if (known && known->length_ms() <= time.length_ms()) return;
    known = time;
    open.emplace(time.length_ms(), static_cast<std::uint32_t>(block));
  };
  for (const BlockId entry : graph.entries) arrive(entry, {});
  std::vector<bool> reported(graph.points.size(), false);
  while (!open.empty()) {
    const auto [length, number] = open.top();
    open.pop();
    const LeastTime here = *earliest[number];
    if (here.length_ms() < length) continue;
    for (const Edge& edge : edges_from(graph, graph.blocks[number])) {
      const bool is_timeout = edge.point && graph.at(*edge.point).timeout == edge.to;
      const LeastTime there = is_timeout ? here + least_time(graph.at(*edge.point).deadline) : here;
      if (!is_timeout || !outlives(there, lifetime)) {
        arrive(edge.to, there);
      } else if (!reported[static_cast<std::size_t>(*edge.point)]) {
        reported[static_cast<std::size_t>(*edge.point)] = true;
        report(graph, graph.at(*edge.point), there, findings);
      }
    }
  }
}

}  // namespace wend::flow
