#include "runtime/engine/backfill.h"

#include <algorithm>
#include <iterator>

namespace wend::engine {
namespace {

size_t index(auto id) {
  return static_cast<size_t>(id);
}

}  // namespace

Backfill::Backfill(const bytecode::Program& former, EngineCore& core, Reaction& reaction)
    : core_(core), reaction_(reaction), events_(core.program.events.size()), id_keys_(core.program) {
  const Listening known(former);
  for (size_t i = former.history.size(); i < core.program.history.size(); ++i) {
    const bytecode::HistoryQuery& query = core.program.history[i];
    if (query.window) events_[index(query.event)].queries.push_back(static_cast<bytecode::HistoryId>(i));
  }
  // Of events that the former program did not declare the log has none.
  events_.resize(former.events.size());
  for (size_t i = 0; i < events_.size(); ++i) {
    const EventListening& heard = core.listening.events[i];
    events_[i].is_new = heard.listened && !known.events[i].listened;
    if (heard.keep.ago_ms > known.events[i].keep.ago_ms) events_[i].keep_ms = heard.keep.ago_ms;
  }
  std::ranges::copy_if(core.listening.standing.all, std::back_inserter(standing_), [&](StandingNumber number) {
    const Standing& now = core.listening.standing;
    if (now.is_schedule(number)) return now.schedule_of(number) >= former.schedules.size();
    return number >= former.segments.size() || !former.segments[number].tracked;
  });
  for (const DurationMs window : core.listening.dedupe_windows) {
    seen_.emplace_back(window);
    fresh_.emplace_back(window);
  }
}

TimestampMs Backfill::asks_back_to() const {
  TimestampMs earliest = k_never;
  for (const PastEvent& event : events_) {
    if (!event.is_wanted()) continue;
    DurationMs reach = event.keep_ms;
    for (const bytecode::HistoryId id : event.queries) reach = std::max(reach, span_ms_max(*core_.program.history[index(id)].window));
    earliest = std::min(earliest, core_.now - reach);
  }
  return earliest;
}

void Backfill::take(std::span<const Entry> entries, uint64_t first_position) {
  for (size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].tag == RecordTag::event) take(entries[i], first_position + i);
  }
}

void Backfill::take(const Entry& entry, uint64_t position) {
  const std::optional<EventBody> body = read_event_body(entry.body, core_.program);
  if (!body || index(body->event) >= events_.size()) return;
  const PastEvent& wanted = events_[index(body->event)];
  if (!wanted.is_wanted()) return;
  // Erased customers are in no table; by an id that has become an alias somebody else is meant now.
  const std::optional<uint32_t> known = core_.index.find(siphash_128(core_.hash_key, entry.customer), core_.customers);
  const uint32_t customer = known ? core_.live(*known) : k_no_customer;
  if (customer == k_no_customer || is_duplicate(entry, *body, wanted)) return;
  if (!wanted.queries.empty() || wanted.keep_ms > 0) {
    reaction_.on_past_event(customer, entry, position, *body, wanted.queries, wanted.keep_ms);
  }
}

bool Backfill::is_duplicate(const Entry& entry, const EventBody& body, const PastEvent& wanted) {
  const std::optional<Hash128> key = id_keys_.key(entry.customer, body);
  if (!key) return false;
  const size_t group = core_.listening.events[index(body.event)].dedupe_group;
  if (!seen_[group].first_time(*key, entry.t_log)) return true;
  if (wanted.is_new) fresh_[group].first_time(*key, entry.t_log);
  return false;
}

void Backfill::finish() {
  for (size_t group = 0; group < fresh_.size(); ++group) {
    for (Dedupe::Chunk& chunk : fresh_[group].take_fresh()) {
      if (core_.dedupe[group].remembered(chunk.slice, core_.now)) core_.dedupe[group].adopt(std::move(chunk));
    }
  }
}

}  // namespace wend::engine
