// Segments and schedules. Membership of a tracked segment is kept per customer and asked again only when something that the condition
// reads has changed, or at the moment at which time alone can change it: the first at which an event leaves a window that was
// looked into. A condition that reads the same gives the same, so nothing else has to be looked at.
//
// Joining and leaving are derived inputs: the instances' state exits and `when` arms hear them, then the journeys entered by joining.
// Before the first barrier, which deploys the program, nobody joins; then who is a member already is so silently.

#include <algorithm>

#include "runtime/engine/reaction.h"
#include "runtime/engine/schedule.h"

namespace wend::engine {

using bytecode::SegmentId;

bool Reaction::segment(SegmentId id) {
  const StandingInfo& info = core_.listening.standing.infos[static_cast<size_t>(id)];
  const auto is_there = [&](bytecode::AttributeId required) { return attribute(required).present; };
  if (!std::all_of(info.required.begin(), info.required.end(), is_there)) return false;
  const bytecode::Segment& segment = core_.program.segments[static_cast<size_t>(id)];
  const std::optional<Value> holds = vm::evaluate(segment_machine_, *this, core_.program.function(segment.condition), {});
  if (!holds) ++core_.counters.faults;
  return holds && holds->present && holds->word != 0;
}

// The count changes when the first of the counted events leaves the window. They are in the order of their time, but on the calendar
// a younger one may leave earlier.
void Reaction::note_expiry(const bytecode::Span& window, std::span<const HistoryItem> items) {
  const ZoneId zone = std::holds_alternative<Period>(window) ? zone_id() : ZoneId::utc;
  for (const HistoryItem& item : items) {
    if (surely_not_after(item.at, window, now_)) continue;
    if (surely_after(item.at, window, next_change_)) break;
    const TimestampMs leaves = add_span(core_.zones, zone, item.at, window);
    if (leaves > now_) next_change_ = std::min(next_change_, leaves);
  }
}

void Reaction::mark(const StandingNumbers& numbers) {
  marked_.insert(marked_.end(), numbers.begin(), numbers.end());
}

void Reaction::mark_attribute(bytecode::AttributeId attribute) {
  mark(core_.listening.standing.by_attribute[static_cast<size_t>(attribute)]);
}

// Looks again at what was marked; each once, in the order of their numbers.
void Reaction::reconsider() {
  if (marked_.empty()) return;
  if (!core_.is_deployed()) return marked_.clear();
  std::sort(marked_.begin(), marked_.end());
  marked_.erase(std::unique(marked_.begin(), marked_.end()), marked_.end());
  for (size_t i = 0; i < marked_.size(); ++i) {
    const StandingNumber number = marked_[i];
    if (core_.listening.standing.is_schedule(number)) {
      set_schedule(number);
    } else {
      follow_segment(number, false);
    }
  }
  marked_.clear();
}

// `due`: its moment has come. Otherwise what time has changed by now is not taken into account while its timer is held: an event that
// happened before may still be on its way.
void Reaction::follow_segment(StandingNumber number, bool due) {
  const StandingState before = state_.standing(number);
  const TimestampMs now = now_;
  if (!due && before.at <= now_) now_ = before.at - 1;
  next_change_ = k_never;
  watches_change_ = true;
  const bool member = segment(static_cast<SegmentId>(number));
  watches_change_ = false;
  now_ = now;
  state_.set_standing({number, member, next_change_});
  if (member == before.member) return;
  for (const StandingNumber schedule : core_.listening.standing.infos[number].schedules) set_schedule(schedule);
  if (!silent_) derive({.segment = number, .joined = member, .now = now_, .commit = commit_});
}

// When the schedule comes round next for this customer. One that is due already, and held, stays so.
void Reaction::set_schedule(StandingNumber number) {
  const bytecode::Schedule& schedule = schedule_of(number);
  if (schedule.segment && !state_.standing(static_cast<StandingNumber>(*schedule.segment)).member) {
    return state_.set_standing({number, false, k_never});
  }
  if (state_.standing(number).at <= now_) return;
  state_.set_standing({number, false, occurrence_after(schedule, now_)});
}

TimestampMs Reaction::occurrence_after(const bytecode::Schedule& schedule, TimestampMs after) {
  DateDays yearly = 0;
  if (schedule.date_of) {
    const std::optional<Value> date = vm::evaluate(segment_machine_, *this, core_.program.function(*schedule.date_of), {});
    if (!date || !date->present) return k_never;
    yearly = static_cast<DateDays>(date->word);
  }
  return next_occurrence(schedule, yearly, core_.zones, zone_id(), after);
}

const bytecode::Schedule& Reaction::schedule_of(StandingNumber number) const {
  return core_.program.schedules[core_.listening.standing.schedule_of(number)];
}

TimestampMs Reaction::release_of(const StandingState& state) const {
  return add_or_never(state.at, core_.listening.standing.infos[state.number].grace_ms);
}

// Fires what `is_due` picks, in the order of time and then of numbers: a segment before the schedules for its members.
// `set_clocks_for` is called before each.
template <typename IsDue, typename SetClocks>
bool Reaction::fire_standing(const IsDue& is_due, const SetClocks& set_clocks_for) {
  if (!state_.has_standing()) return false;
  due_.clear();
  for (const StandingState& state : state_.standing()) {
    if (state.at != k_never && is_due(state)) due_.push_back(state);
  }
  std::stable_sort(due_.begin(), due_.end(), [](const StandingState& a, const StandingState& b) { return a.at < b.at; });
  for (const StandingState& state : due_) {
    set_clocks_for(state);
    if (core_.listening.standing.is_schedule(state.number)) {
      fire_schedule(state.number);
    } else {
      follow_segment(state.number, true);
    }
  }
  return !due_.empty();
}

// However often it came round while the clock was held, it is one entry.
void Reaction::fire_schedule(StandingNumber number) {
  const bytecode::Schedule& schedule = schedule_of(number);
  const bool enters = !schedule.segment || state_.standing(static_cast<StandingNumber>(*schedule.segment)).member;
  state_.set_standing({number, false, enters ? occurrence_after(schedule, now_) : k_never});
  if (enters) enter_standing(number);
}

bool Reaction::fire_standing_released(TimestampMs release, Clocks clocks, TimestampMs log_time) {
  const auto is_due = [&](const StandingState& state) { return release_of(state) <= release; };
  const auto set_clocks_for = [&](const StandingState& state) {
    if (clocks == Clocks::overdue) {
      set_clocks(log_time, log_time);
    } else {
      set_clocks(state.at, release_of(state));
    }
  };
  return fire_standing(is_due, set_clocks_for);
}

bool Reaction::fire_standing_until(TimestampMs until) {
  const auto set_clocks_for = [&](const StandingState& state) { set_clocks(state.at, release_of(state)); };
  return fire_standing([&](const StandingState& state) { return state.at <= until; }, set_clocks_for);
}

// What changes first among these, and before that moment, does so, with its own `now`; false when nothing does. It asks anew when its
// next change is, which is later.
bool Reaction::fire_earliest_held(const StandingNumbers& numbers, TimestampMs before, TimestampMs log_time) {
  TimestampMs earliest = before;
  for (const StandingState& state : state_.standing()) {
    if (state.at < earliest && std::binary_search(numbers.begin(), numbers.end(), state.number)) earliest = state.at;
  }
  if (earliest == before) return false;
  const auto is_due = [&](const StandingState& state) {
    return state.at == earliest && std::binary_search(numbers.begin(), numbers.end(), state.number);
  };
  fire_standing(is_due, [&](const StandingState& state) { set_clocks(state.at, log_time); });
  return true;
}

// Before an event of a type that segments count: what should have changed before it happened does so now, one instant after the other.
// Whom this starts has been started by time, before the event: it is heard, and looked back to.
void Reaction::fire_standing_held(const StandingNumbers& numbers, TimestampMs before, TimestampMs log_time) {
  const InputId event = input_;
  begin_by_timers();
  while (fire_earliest_held(numbers, before, log_time)) {
    drain_derived();
    if (state_.has_instances()) state_.order_instances();
    set_clocks(log_time, log_time);
  }
  input_ = event;
  by_timer_ = false;
}

TimestampMs Reaction::earliest_standing(bool by_release) {
  TimestampMs earliest = k_never;
  if (!state_.has_standing()) return earliest;
  for (const StandingState& state : state_.standing()) {
    if (state.at != k_never) earliest = std::min(earliest, by_release ? release_of(state) : state.at);
  }
  return earliest;
}

// The customer has joined or left: what asks for a segment is asked again.
void Reaction::hear_membership(const DerivedInput& input) {
  set_clocks(input.now, input.commit);
  if (state_.has_instances()) changed({});
  set_clocks(input.now, input.commit);
  if (input.joined) enter_standing(*input.segment);
}

// Somebody who was never heard of has appeared, with an input that by itself concerns nobody. A late event starts nothing, this neither.
void Reaction::on_appearance(uint32_t customer, const Entry& entry, uint64_t position) {
  begin(customer, position, entry.t_log, entry.t_log);
  const std::optional<EventBody> body = entry.tag == RecordTag::event ? read_event_body(entry.body, core_.program) : std::nullopt;
  silent_ = body && is_late(entry, body->event);
  reconsider();
  silent_ = false;
  finish();
}

// Who is in a segment now is so without having joined, but for those whom a journey lets in.
void Reaction::on_deployed(uint32_t customer, TimestampMs log_time, const StandingNumbers& numbers, const NextRelease& next_release) {
  begin_timers(customer, log_time);
  for (const StandingNumber number : numbers) {
    if (core_.listening.standing.is_schedule(number)) {
      set_schedule(number);
    } else if (core_.program.segments[number].existing) {
      let_in(number, next_release);
    } else {
      silent_ = true;
      follow_segment(number, false);
      silent_ = false;
    }
  }
  finish();
}

// At once, or when their turn comes: the moment to look again is that turn, and who is heard of earlier joins then.
void Reaction::let_in(StandingNumber number, const NextRelease& next_release) {
  if (!segment(static_cast<SegmentId>(number))) return follow_segment(number, false);
  ++core_.counters.existing_members;
  const TimestampMs turn = next_release();
  if (turn <= now_) return follow_segment(number, false);
  state_.set_standing({number, false, turn});
}

}  // namespace wend::engine
