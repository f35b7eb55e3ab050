// Segments and schedules: what stands in their tables. Their code is checked with all other code.

#include "runtime/bytecode/limits.h"
#include "runtime/bytecode/verifier.h"

namespace wend::bytecode {
namespace {

constexpr TimeOfDaySeconds k_day_seconds = 86'400;

bool verify_segment(const Program& program, const Segment& segment, Fault& fault) {
  const std::string where = fmt::format("segment {}", segment.name);
  return fault.require(static_cast<size_t>(segment.condition) < program.functions.size(), where, "function {} of {}",
                       static_cast<size_t>(segment.condition), program.functions.size()) &&
         fault.require(segment.tracked || !segment.existing, where, "members are let in who are not tracked");
}

// What a schedule of this kind repeats by.
bool verify_rhythm(const Program& program, const Schedule& schedule, const std::string& where, Fault& fault) {
  switch (schedule.kind) {
    case ScheduleKind::weekdays:
      return fault.require(schedule.weekdays != 0 && schedule.weekdays <= k_every_day, where, "{:#x} is no set of weekdays",
                           schedule.weekdays);
    case ScheduleKind::days:
      return fault.require(schedule.every >= 1 && schedule.every <= k_span_days_max, where, "every {} days", schedule.every);
    case ScheduleKind::months:
      return fault.require(schedule.every >= 1 && schedule.every <= k_span_months_max, where, "every {} months", schedule.every);
    case ScheduleKind::yearly:
      return fault.require(schedule.date_of.has_value(), where, "no date to repeat") &&
             fault.require(static_cast<size_t>(*schedule.date_of) < program.functions.size(), where, "function {} of {}",
                           static_cast<size_t>(*schedule.date_of), program.functions.size());
    case ScheduleKind::once:
      return fault.require(schedule.date >= k_timestamp_min_ms / k_day_ms && schedule.date <= k_timestamp_max_ms / k_day_ms, where,
                           "the date is out of range");
  }
  return fault.at(where, fmt::format("unknown kind {}", static_cast<int>(schedule.kind)));
}

bool verify_schedule(const Program& program, size_t index, Fault& fault) {
  const Schedule& schedule = program.schedules[index];
  const std::string where = fmt::format("schedule {}", index);
  if (!verify_rhythm(program, schedule, where, fault) ||
      !fault.require(schedule.kind == ScheduleKind::yearly || !schedule.date_of, where, "a date where none is asked for") ||
      !fault.require(schedule.at >= 0 && schedule.at < k_day_seconds, where, "the time of day is out of range")) {
    return false;
  }
  if (!schedule.segment) return true;
  return fault.require(static_cast<size_t>(*schedule.segment) < program.segments.size(), where, "segment {} of {}",
                       static_cast<size_t>(*schedule.segment), program.segments.size()) &&
         fault.require(program.segments[static_cast<size_t>(*schedule.segment)].tracked, where, "the segment is not tracked");
}

}  // namespace

bool verify_segments(const Program& program, Fault& fault) {
  for (const Segment& segment : program.segments) {
    if (!verify_segment(program, segment, fault)) return false;
  }
  for (size_t i = 0; i < program.schedules.size(); ++i) {
    if (!verify_schedule(program, i, fault)) return false;
  }
  return true;
}

}  // namespace wend::bytecode
