// History: per customer and query the newest events, up to the query's limit. With a window they are in the order of t_event, and one
// is counted while t_event + window > now. Without a window they are in the order of the log, and one is counted when its position is
// after the instance's entry.

#include <algorithm>

#include "runtime/engine/reaction.h"

namespace wend::engine {

using bytecode::HistoryId;
using bytecode::HistoryQuery;

namespace {

// What is listed is read as records later, without further checks.
bool is_row_of(const bytecode::Program& program, bytecode::RecordId record, std::string_view row) {
  std::vector<bytecode::TypeId> types;
  for (const bytecode::FieldInfo& field : program.records[static_cast<size_t>(record)].fields) types.push_back(field.type);
  return bytecode::validate_row(row, program, types);
}

}  // namespace

void Reaction::record_history(std::span<const HistoryId> queries, const Arrival& arrival) {
  const TimestampMs earliest = earliest_now();
  for (const HistoryId id : queries) {
    const HistoryQuery& query = core_.program.history[static_cast<size_t>(id)];
    // What is out of the window in every zone is forgotten: in another one the customer may go to, the rest could be in it again.
    const bool wanted = query.window ? !surely_not_after(arrival.at, *query.window, earliest)
                                     : is_in_any(core_.listening.since_entry_journeys[static_cast<size_t>(id)]);
    if (!query.window && !wanted && state_.has_history() && !state_.history(id).empty()) {
      // Nobody is left who could count them.
      state_.history(id).clear();
      state_.history_changed();
    }
    if (!wanted) continue;
    if (query.filter) {
      const std::optional<Value> holds = vm::evaluate(machine_, *this, core_.program.function(*query.filter), {}, &arrival.event);
      if (!holds) ++core_.counters.faults;
      if (!holds || !holds->present || holds->word == 0) continue;
    }
    std::vector<HistoryItem>& items = state_.history(id);
    if (query.listed && !is_row_of(core_.program, *query.listed, arrival.event.body)) continue;
    const HistoryItem item{arrival.at, input_, query.listed ? state_.bytes().copy(arrival.event.body) : std::string_view()};
    if (!query.window) {
      items.push_back(item);  // counted by position, so the newest by position are kept
    } else {
      items.insert(std::upper_bound(items.begin(), items.end(), item), item);
      const auto first = std::find_if(items.begin(), items.end(),
                                      [&](const HistoryItem& old) { return !surely_not_after(old.at, *query.window, earliest); });
      items.erase(items.begin(), first);
    }
    forget_oldest(items, query);
    state_.history_changed();
    mark(core_.listening.standing.by_history[static_cast<size_t>(id)]);
  }
}

// Nothing is led to by what is past: who is where because of it is asked when all of it is known.
void Reaction::on_past_event(uint32_t customer, const Entry& entry, uint64_t position, const EventBody& body,
                             std::span<const HistoryId> queries, DurationMs keep_ms) {
  begin(customer, position, core_.now, core_.now);
  const Arrival arrival{{body.event, body.row}, entry.t_event, core_.now, core_.now};
  record_history(queries, arrival);
  // What is late counts, but nobody looks back to it.
  if (add_or_never(arrival.at, keep_ms) > earliest_now() && !is_late(entry, body.event)) {
    const KeptInput input{input_, arrival.at, false, body.event, body.row};
    const bool is_kept = std::ranges::binary_search(state_.kept(), input.id, {}, &KeptInput::id);
    if (!is_kept) keep(core_.listening.events[static_cast<size_t>(body.event)].keep, input);
  }
  marked_.clear();
  finish();
}

// What some instance passes over must not take the place of what it counts.
void Reaction::forget_oldest(std::vector<HistoryItem>& items, const HistoryQuery& query) {
  size_t limit = query.limit;
  if (!query.window && state_.has_unheard()) limit += state_.unheard().size();
  if (items.size() > limit) items.erase(items.begin(), items.end() - static_cast<std::ptrdiff_t>(limit));
}

int64_t Reaction::history(HistoryId id) {
  if (!state_.has_history()) return 0;
  const HistoryQuery& query = core_.program.history[static_cast<size_t>(id)];
  const std::vector<HistoryItem>& items = state_.history(id);
  int64_t count = 0;
  for (auto item = items.rbegin(); item != items.rend(); ++item) {
    // Of two events a month back the older one may be in the window still, when the younger is out: 30 and 31 January, on 28 February.
    if (query.window && surely_not_after(item->at, *query.window, now_)) break;
    count += is_in_window(query, *item) ? 1 : 0;
  }
  if (watches_change_ && query.window) note_expiry(*query.window, items);
  return std::min<int64_t>(count, query.limit);
}

bool Reaction::is_in_window(const HistoryQuery& query, const HistoryItem& item) {
  if (query.window) return within(item.at, *query.window, now_);
  return running_ != nullptr && item.input > InputId{running_->id.position, running_->id.start_index} &&
         !state_.is_unheard(running_->id, item.input);
}

// A record is its row, and a list its elements one after the other.
bytecode::Value Reaction::list(HistoryId id) {
  if (!state_.has_history()) return bytecode::Value::from_bytes(bytecode::k_empty_list);
  const HistoryQuery& query = core_.program.history[static_cast<size_t>(id)];
  const std::vector<HistoryItem>& items = state_.history(id);
  int64_t too_many = 0;
  // More are kept while some instance passes over some of them, and until the next one comes.
  if (items.size() > query.limit) [[unlikely]] {
    const auto counts = [&](const HistoryItem& item) { return is_in_window(query, item); };
    too_many = std::count_if(items.begin(), items.end(), counts) - query.limit;
  }
  uint64_t count = 0;
  list_rows_.clear();
  for (const HistoryItem& item : items) {
    if (!is_in_window(query, item) || too_many-- > 0) continue;
    ++count;
    list_rows_.append(item.row);
  }
  list_.clear();
  ByteWriter(list_).varint(count);
  list_.append(list_rows_);
  return bytecode::Value::from_bytes(state_.bytes().copy(list_));
}

}  // namespace wend::engine
