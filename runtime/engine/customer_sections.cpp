// The sections of a packed customer state other than the instances (permanent):
//
//   attributes   (varint attribute number, value)…           present ones, ascending
//   consents     varint topic × 2 + given, …                 those ever set, ascending
//   assignments  (varint experiment, varint arm, varint position)…   ascending
//   entered      (varint journey, signed last entry)…        journeys with a cooldown or `once ever`, ascending
//   history      (varint query, varint count, count × (signed difference of t_event, signed difference of position))…
//                when an event was emitted: count + 2³², and each item is followed by varint ordinal
//                the first difference of t_event is to the origin, that of the position to 0; where the query lists events, each is
//                followed by its text row
//   watches      (varint journey, varint position, varint start index, signed t_event of the entry, u8 has sent + 2 × is silent,
//                [signed first send, signed last − first], varint converted, text frame)…   ascending by instance
//   kept         (varint difference of position, signed t_event, varint ordinal × 2¹⁷ + (event + 1, or 0 for a receipt), text body)…

#include <algorithm>
#include <cassert>

#include "runtime/engine/customer_state.h"

namespace wend::engine {
namespace {

// An event number has 16 bits, and one more is counted.
constexpr int k_ordinal_shift = 17;

bool same(bytecode::Representation representation, const bytecode::Value& a, const bytecode::Value& b) {
  if (!a.present || !b.present) return a.present == b.present;
  switch (representation) {
    case bytecode::Representation::word:
      return a.word == b.word;
    case bytecode::Representation::decimal:
      return a.decimal == b.decimal;
    case bytecode::Representation::bytes:
      return a.view() == b.view();
  }
  return false;
}

template <typename Item, typename Id>
auto place_of(std::vector<Item>& items, Id id, Id Item::*member) {
  return std::lower_bound(items.begin(), items.end(), id, [&](const Item& item, Id wanted) { return item.*member < wanted; });
}

}  // namespace

const bytecode::Value& CustomerState::attribute(bytecode::AttributeId id) {
  if (first_use(Section::attributes)) unpack_attributes();
  return attributes_[static_cast<size_t>(id)];
}

bool CustomerState::set_attribute(bytecode::AttributeId id, const bytecode::Value& value) {
  if (first_use(Section::attributes)) unpack_attributes();
  bytecode::Value& stored = attributes_[static_cast<size_t>(id)];
  const bytecode::Representation kind = representation(program_.type(program_.attributes[static_cast<size_t>(id)].type).kind);
  if (same(kind, stored, value)) return false;
  stored = value;
  if (value.present && kind == bytecode::Representation::bytes) stored = bytecode::Value::from_bytes(bytes_.copy(value.view()));
  touch(Section::attributes);
  return true;
}

void CustomerState::unpack_attributes() {
  unpacked_ |= bit(Section::attributes);
  std::fill(attributes_.begin(), attributes_.end(), bytecode::Value());
  if ((present_ & bit(Section::attributes)) == 0) return;
  ByteReader reader = this->reader(Section::attributes);
  while (!reader.at_end()) {
    const uint64_t id = reader.varint();
    if (id >= attributes_.size()) {
      sound_ = false;
      return;
    }
    attributes_[id] = bytecode::read_value(reader, program_, program_.attributes[id].type);
    attributes_[id].present = reader.ok();
  }
  check(reader);
}

void CustomerState::pack_attributes(ByteWriter& writer) {
  for (size_t id = 0; id < attributes_.size(); ++id) {
    if (!attributes_[id].present) continue;
    writer.varint(id);
    bytecode::write_value(writer, program_, program_.attributes[id].type, attributes_[id]);
  }
}

std::optional<bool> CustomerState::consent(bytecode::TopicId id) {
  if (first_use(Section::consents)) unpack_consents();
  const int8_t given = consents_[static_cast<size_t>(id)];
  return given < 0 ? std::nullopt : std::optional(given == 1);
}

void CustomerState::set_consent(bytecode::TopicId id, bool given) {
  if (consent(id) == given) return;
  consents_[static_cast<size_t>(id)] = given ? 1 : 0;
  touch(Section::consents);
}

void CustomerState::unpack_consents() {
  unpacked_ |= bit(Section::consents);
  std::fill(consents_.begin(), consents_.end(), int8_t{-1});
  if ((present_ & bit(Section::consents)) == 0) return;
  ByteReader reader = this->reader(Section::consents);
  while (!reader.at_end()) {
    const uint64_t coded = reader.varint();
    if (coded / 2 >= consents_.size()) {
      sound_ = false;
      return;
    }
    consents_[coded / 2] = static_cast<int8_t>(coded % 2);
  }
  check(reader);
}

void CustomerState::pack_consents(ByteWriter& writer) {
  for (size_t topic = 0; topic < consents_.size(); ++topic) {
    if (consents_[topic] >= 0) writer.varint(topic * 2 + static_cast<uint64_t>(consents_[topic]));
  }
}

std::optional<uint32_t> CustomerState::arm(bytecode::ExperimentId id) {
  if (first_use(Section::assignments)) unpack_assignments();
  const auto place = place_of(assignments_, id, &Assignment::experiment);
  return place != assignments_.end() && place->experiment == id ? std::optional(place->arm) : std::nullopt;
}

std::vector<Assignment>& CustomerState::assignments() {
  if (first_use(Section::assignments)) unpack_assignments();
  return assignments_;
}

void CustomerState::assign(bytecode::ExperimentId id, uint32_t arm, uint64_t position) {
  if (first_use(Section::assignments)) unpack_assignments();
  const auto place = place_of(assignments_, id, &Assignment::experiment);
  assert(place == assignments_.end() || place->experiment != id);
  assignments_.insert(place, {id, arm, position});
  touch(Section::assignments);
}

void CustomerState::unpack_assignments() {
  unpacked_ |= bit(Section::assignments);
  assignments_.clear();
  if ((present_ & bit(Section::assignments)) == 0) return;
  ByteReader reader = this->reader(Section::assignments);
  while (!reader.at_end()) {
    const uint64_t experiment = reader.varint();
    const uint64_t arm = reader.varint();
    if (experiment >= program_.experiments.size() || arm >= program_.experiments[experiment].arms.size()) {
      sound_ = false;
      return;
    }
    assignments_.push_back({static_cast<bytecode::ExperimentId>(experiment), static_cast<uint32_t>(arm), reader.varint()});
  }
  check(reader);
}

void CustomerState::pack_assignments(ByteWriter& writer) {
  for (const Assignment& assignment : assignments_) {
    writer.varint(static_cast<uint64_t>(assignment.experiment));
    writer.varint(assignment.arm);
    writer.varint(assignment.position);
  }
}

const std::vector<JourneyMemory>& CustomerState::entered() {
  if (first_use(Section::entered)) unpack_entered();
  return entered_;
}

std::optional<TimestampMs> CustomerState::last_entry(bytecode::JourneyId id) {
  if (first_use(Section::entered)) unpack_entered();
  const auto place = place_of(entered_, id, &JourneyMemory::journey);
  return place != entered_.end() && place->journey == id ? std::optional(place->last_entry_at) : std::nullopt;
}

void CustomerState::set_last_entry(bytecode::JourneyId id, TimestampMs at) {
  if (first_use(Section::entered)) unpack_entered();
  const auto place = place_of(entered_, id, &JourneyMemory::journey);
  if (place != entered_.end() && place->journey == id) {
    place->last_entry_at = at;
  } else {
    entered_.insert(place, {id, at});
  }
  touch(Section::entered);
}

void CustomerState::unpack_entered() {
  unpacked_ |= bit(Section::entered);
  entered_.clear();
  if ((present_ & bit(Section::entered)) == 0) return;
  ByteReader reader = this->reader(Section::entered);
  while (!reader.at_end()) {
    const uint64_t journey = reader.varint();
    if (journey >= program_.journeys.size()) {
      sound_ = false;
      return;
    }
    entered_.push_back({static_cast<bytecode::JourneyId>(journey), origin_ + reader.signed_varint()});
  }
  check(reader);
}

void CustomerState::pack_entered(ByteWriter& writer) {
  for (const JourneyMemory& memory : entered_) {
    writer.varint(static_cast<uint64_t>(memory.journey));
    writer.signed_varint(memory.last_entry_at - origin_);
  }
}

std::vector<HistoryItem>& CustomerState::history(bytecode::HistoryId id) {
  if (first_use(Section::history)) unpack_history();
  return history_[static_cast<size_t>(id)];
}

void CustomerState::unpack_history() {
  unpacked_ |= bit(Section::history);
  for (auto& items : history_) items.clear();
  if ((present_ & bit(Section::history)) == 0) return;
  ByteReader reader = this->reader(Section::history);
  while (!reader.at_end()) {
    const uint64_t query = reader.varint();
    if (query >= history_.size()) {
      sound_ = false;
      return;
    }
    HistoryItem item{origin_, {}, {}};
    const bool is_list = program_.history[query].listed.has_value();
    const uint64_t count = reader.varint();
    const bool has_ordinals = count >= k_ordinals_follow;
    for (uint64_t left = has_ordinals ? count - k_ordinals_follow : count; left > 0 && reader.ok(); --left) {
      item.at += reader.signed_varint();
      item.input.position += static_cast<uint64_t>(reader.signed_varint());
      if (has_ordinals) item.input.ordinal = static_cast<uint32_t>(reader.varint());
      if (is_list) item.row = reader.text();
      history_[query].push_back(item);
    }
  }
  check(reader);
}

void CustomerState::pack_history(ByteWriter& writer) {
  for (size_t query = 0; query < history_.size(); ++query) {
    if (history_[query].empty()) continue;
    const std::vector<HistoryItem>& items = history_[query];
    const bool has_ordinals = std::any_of(items.begin(), items.end(), [](const HistoryItem& item) { return item.input.ordinal != 0; });
    writer.varint(query);
    writer.varint(items.size() + (has_ordinals ? k_ordinals_follow : 0));
    HistoryItem previous{origin_, {}, {}};
    for (const HistoryItem& item : items) {
      writer.signed_varint(item.at - previous.at);
      writer.signed_varint(static_cast<int64_t>(item.input.position - previous.input.position));
      if (has_ordinals) writer.varint(item.input.ordinal);
      if (program_.history[query].listed) writer.text(item.row);
      previous = item;
    }
  }
}

// Rows of listed events are read as records without further checks.
bool CustomerState::has_sound_lists() {
  for (size_t query = 0; query < history_.size(); ++query) {
    const std::optional<bytecode::RecordId> record = program_.history[query].listed;
    if (!record || history_[query].empty()) continue;
    std::vector<bytecode::TypeId> types;
    for (const bytecode::FieldInfo& field : program_.records[static_cast<size_t>(*record)].fields) types.push_back(field.type);
    for (const HistoryItem& item : history_[query]) {
      if (!bytecode::validate_row(item.row, program_, types)) return false;
    }
  }
  return true;
}

std::vector<Watch>& CustomerState::watches() {
  if (first_use(Section::watches)) unpack_watches();
  return watches_;
}

void CustomerState::unpack_watches() {
  unpacked_ |= bit(Section::watches);
  watches_.clear();
  if ((present_ & bit(Section::watches)) == 0) return;
  ByteReader reader = this->reader(Section::watches);
  while (!reader.at_end()) {
    Watch watch;
    const uint64_t journey = reader.varint();
    if (journey >= program_.journeys.size()) {
      sound_ = false;
      return;
    }
    watch.journey = static_cast<bytecode::JourneyId>(journey);
    watch.instance.position = reader.varint();
    watch.instance.start_index = static_cast<uint32_t>(reader.varint());
    watch.entry_event_at = origin_ + reader.signed_varint();
    const uint8_t flags = reader.u8();
    watch.has_sent = (flags & 1) != 0;
    watch.silent = (flags & 2) != 0;
    if (watch.has_sent) {
      watch.first_send_at = origin_ + reader.signed_varint();
      watch.last_send_at = watch.first_send_at + reader.signed_varint();
    }
    watch.converted = reader.varint();
    watch.frame = reader.text();
    watches_.push_back(watch);
  }
  check(reader);
}

void CustomerState::pack_watches(ByteWriter& writer) {
  std::sort(watches_.begin(), watches_.end(), [](const Watch& a, const Watch& b) { return a.instance < b.instance; });
  for (const Watch& watch : watches_) {
    writer.varint(static_cast<uint64_t>(watch.journey));
    writer.varint(watch.instance.position);
    writer.varint(watch.instance.start_index);
    writer.signed_varint(watch.entry_event_at - origin_);
    writer.u8(static_cast<uint8_t>((watch.has_sent ? 1 : 0) | (watch.silent ? 2 : 0)));
    if (watch.has_sent) {
      writer.signed_varint(watch.first_send_at - origin_);
      writer.signed_varint(watch.last_send_at - watch.first_send_at);
    }
    writer.varint(watch.converted);
    writer.text(watch.frame);
  }
}

std::vector<KeptInput>& CustomerState::kept() {
  if (first_use(Section::kept)) unpack_kept();
  return kept_;
}

void CustomerState::unpack_kept() {
  unpacked_ |= bit(Section::kept);
  kept_.clear();
  if ((present_ & bit(Section::kept)) == 0) return;
  ByteReader reader = this->reader(Section::kept);
  uint64_t position = 0;
  while (!reader.at_end()) {
    KeptInput input;
    input.id.position = position += reader.varint();
    input.at = origin_ + reader.signed_varint();
    const uint64_t coded = reader.varint();
    input.id.ordinal = static_cast<uint32_t>(coded >> k_ordinal_shift);
    const uint64_t event = coded & ((uint64_t{1} << k_ordinal_shift) - 1);
    input.is_receipt = event == 0;
    if (event > program_.events.size()) {
      sound_ = false;
      return;
    }
    if (event > 0) input.event = static_cast<bytecode::EventId>(event - 1);
    input.body = reader.text();
    kept_.push_back(input);
  }
  check(reader);
}

void CustomerState::pack_kept(ByteWriter& writer) {
  uint64_t position = 0;
  for (const KeptInput& input : kept_) {
    writer.varint(input.id.position - position);
    position = input.id.position;
    writer.signed_varint(input.at - origin_);
    writer.varint(uint64_t{input.id.ordinal} << k_ordinal_shift | (input.is_receipt ? 0 : static_cast<uint64_t>(input.event) + 1));
    writer.text(input.body);
  }
}

}  // namespace wend::engine
