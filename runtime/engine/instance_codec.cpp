// The instances section of a packed customer state (permanent):
//
//   instance: flags u8 · varint number of the waiting point counted through all journeys · varint entry position
//             [varint start index] · signed entered_at − origin [signed armed_at − entered_at] [deadline] [lifetime] [key] [taken]
//             [exposed] [frame]
//
// What is in brackets is there when its flag says so. A deadline or lifetime that follows from the program is left out, so a
// plain waiting instance takes about 13 bytes.

#include <algorithm>
#include <cstring>

#include "runtime/engine/customer_state.h"

namespace wend::engine {
namespace {

enum InstanceFlag : uint8_t {
  k_has_start_index = 1,
  k_armed_later = 2,   // signed varint after entered_at
  k_own_deadline = 4,  // varint: 0 = none, else zigzag(deadline − armed_at) + 1
  k_own_lifetime = 8,  // signed varint: lifetime_end − the usual one
  k_has_key = 16,      // text
  k_has_taken = 32,    // varint count, then differences of positions; when one was emitted, count + 2³², each followed by its ordinal
  k_has_exposed = 64,  // varint count, then experiment numbers
  k_has_frame = 128,   // text
};

// What an instance takes beside its key, frame and lists: flags, and nine numbers.
constexpr size_t k_instance_bytes_max = 1 + 9 * 10;

}  // namespace

// Writes where there is room: the caller has counted.
class CustomerState::RawWriter {
 public:
  explicit RawWriter(char* at) : at_(at) {}
  void u8(uint8_t value) { *at_++ = static_cast<char>(value); }
  void varint(uint64_t value) {
    for (; value >= 0x80; value >>= 7) *at_++ = static_cast<char>(value | 0x80);
    *at_++ = static_cast<char>(value);
  }
  void signed_varint(int64_t value) { varint(zigzag(value)); }
  void text(std::string_view value) {
    varint(value.size());
    if (!value.empty()) std::memcpy(at_, value.data(), value.size());
    at_ += value.size();
  }
  char* at() const { return at_; }

 private:
  char* at_;
};

// The lifetime's end without a look at the calendar: exact for elapsed time and for days in UTC.
TimestampMs CustomerState::usual_lifetime_end(const InstanceState& instance) const {
  return add_or_never(instance.entered_at, instance.at->usual_lifetime_ms);
}

// k_never where the deadline is computed, or there is none.
TimestampMs CustomerState::usual_deadline(const InstanceState& instance) const {
  return instance.at->has_fixed ? add_or_never(instance.armed_at, instance.at->fixed_ms) : k_never;
}

bool CustomerState::sooner(const InstanceState& a, const InstanceState& b) const {
  const uint32_t rank_a = listening_.priority_rank[static_cast<size_t>(a.journey)];
  const uint32_t rank_b = listening_.priority_rank[static_cast<size_t>(b.journey)];
  return rank_a != rank_b ? rank_a < rank_b : a.id < b.id;
}

InstanceState& CustomerState::add_instance() {
  if (first_use(Section::instances)) unpack_instances();
  InstanceState& instance = next_instance();
  ++instance_count_;
  instance.at = nullptr;
  instance.key = {};
  instance.frame = {};
  instance.deadline = instance.lifetime_end = k_never;
  instance.taken.clear();
  instance.exposed.clear();
  instance.ended = instance.used = instance.silent = false;
  instance.place.reset();
  instance.selected = 0;
  if (instance.has_fork_state()) [[unlikely]]
    instance.forget_strands();
  return instance;
}

void CustomerState::unpack_instances() {
  unpacked_ |= bit(Section::instances);
  instance_count_ = 0;
  if ((present_ & bit(Section::instances)) == 0) return;
  ByteReader reader = this->reader(Section::instances);
  while (!reader.at_end() && sound_) {
    sound_ = read_instance(reader, next_instance());
    if (sound_) ++instance_count_;
  }
  if ((present_ & (bit(Section::strands) | bit(Section::holdouts))) != 0) [[unlikely]] {
    if ((present_ & bit(Section::strands)) != 0) unpack_strands();
    if ((present_ & bit(Section::holdouts)) != 0) mark_silent();
  }
}

bool CustomerState::read_instance(ByteReader& shared, InstanceState& instance) const {
  // A copy can live in registers; what is behind a reference could change with every store to the instance.
  ByteReader reader = shared;
  const uint8_t flags = reader.u8();
  const uint64_t point = reader.varint();
  if (point >= listening_.points.size()) return false;
  const PointInfo& at = listening_.points[point];
  instance.at = &at;
  instance.journey = at.journey;
  instance.id.position = reader.varint();
  instance.id.start_index = (flags & k_has_start_index) != 0 ? static_cast<uint32_t>(reader.varint()) : 0;
  instance.entered_at = origin_ + reader.signed_varint();
  instance.armed_at = instance.entered_at + ((flags & k_armed_later) != 0 ? reader.signed_varint() : 0);
  if ((flags & k_own_deadline) != 0) {
    const uint64_t coded = reader.varint();
    instance.deadline = coded == 0 ? k_never : add_or_never(instance.armed_at, unzigzag(coded - 1));
  } else {
    instance.deadline = usual_deadline(instance);
  }
  instance.lifetime_end = usual_lifetime_end(instance);
  if ((flags & k_own_lifetime) != 0) instance.lifetime_end = add_or_never(instance.lifetime_end, reader.signed_varint());
  instance.key = (flags & k_has_key) != 0 ? reader.text() : std::string_view();
  instance.taken.clear();
  instance.exposed.clear();
  instance.ended = instance.used = instance.silent = false;
  // What the instance was that had this place before.
  if (instance.has_fork_state()) [[unlikely]]
    instance.forget_strands();
  if (at.has_forks) [[unlikely]] {
    instance.place = at.what->within;
    instance.serial = 0;
  }
  if ((flags & k_has_taken) != 0) {
    const uint64_t count = reader.varint();
    const bool has_ordinals = count >= k_ordinals_follow;
    InputId input;
    for (uint64_t left = has_ordinals ? count - k_ordinals_follow : count; left > 0 && reader.ok(); --left) {
      input.position += reader.varint();
      if (has_ordinals) input.ordinal = static_cast<uint32_t>(reader.varint());
      instance.taken.push_back(input);
    }
  }
  if ((flags & k_has_exposed) != 0) {
    for (uint64_t left = reader.varint(); left > 0 && reader.ok(); --left) {
      instance.exposed.push_back(static_cast<uint16_t>(reader.varint()));
    }
  }
  instance.frame = (flags & k_has_frame) != 0 ? reader.text() : std::string_view();
  shared = reader;
  return reader.ok();
}

// Only what was added in this reaction can be out of order, behind the others: moving it forward keeps the order of the rest.
void CustomerState::order_instances() {
  for (size_t i = 1; i < instance_count_; ++i) {
    for (size_t at = i; at > 0 && sooner(*instances_[at], *instances_[at - 1]); --at) std::swap(instances_[at], instances_[at - 1]);
  }
}

void CustomerState::pack_instances(std::string& out) {
  if (instance_count_ > 1) order_instances();
  size_t bytes_max = 0;
  for (size_t i = 0; i < instance_count_; ++i) {
    InstanceState& instance = *instances_[i];
    if (instance.ended) continue;
    // Further strands are in a section of their own.
    if (instance.is_forked()) [[unlikely]]
      instance.select(0);
    bytes_max +=
        k_instance_bytes_max + instance.key.size() + instance.frame.size() + 20 * instance.taken.size() + 3 * instance.exposed.size();
  }
  if (bytes_max == 0) return;
  const size_t begin = out.size();
  out.resize_and_overwrite(begin + bytes_max, [&](char* bytes, size_t) {
    RawWriter writer(bytes + begin);
    for (size_t i = 0; i < instance_count_; ++i) {
      if (!instances_[i]->ended) writer = write_instance(writer, *instances_[i]);
    }
    return static_cast<size_t>(writer.at() - bytes);
  });
}

// Where there is room for k_instance_bytes_max and what is in its lists and texts.
CustomerState::RawWriter CustomerState::write_instance(RawWriter writer, const InstanceState& instance) const {
  const TimestampMs usual_end = usual_lifetime_end(instance);
  uint8_t flags = 0;
  if (instance.id.start_index != 0) flags |= k_has_start_index;
  if (instance.armed_at != instance.entered_at) flags |= k_armed_later;
  if (instance.deadline != usual_deadline(instance)) flags |= k_own_deadline;
  if (instance.lifetime_end != usual_end) flags |= k_own_lifetime;
  if (!instance.key.empty()) flags |= k_has_key;
  if (!instance.taken.empty()) flags |= k_has_taken;
  if (!instance.exposed.empty()) flags |= k_has_exposed;
  if (!instance.frame.empty()) flags |= k_has_frame;
  writer.u8(flags);
  writer.varint(instance.at->number);
  writer.varint(instance.id.position);
  if ((flags & k_has_start_index) != 0) writer.varint(instance.id.start_index);
  writer.signed_varint(instance.entered_at - origin_);
  if ((flags & k_armed_later) != 0) writer.signed_varint(instance.armed_at - instance.entered_at);
  if ((flags & k_own_deadline) != 0) writer.varint(instance.deadline == k_never ? 0 : zigzag(instance.deadline - instance.armed_at) + 1);
  if ((flags & k_own_lifetime) != 0) writer.signed_varint(instance.lifetime_end - usual_end);
  if ((flags & k_has_key) != 0) writer.text(instance.key);
  if ((flags & k_has_taken) != 0) {
    const bool has_ordinals = std::ranges::any_of(instance.taken, [](const InputId& input) { return input.ordinal != 0; });
    writer.varint(instance.taken.size() + (has_ordinals ? k_ordinals_follow : 0));
    uint64_t previous = 0;
    for (const InputId& input : instance.taken) {
      writer.varint(input.position - previous);
      if (has_ordinals) writer.varint(input.ordinal);
      previous = input.position;
    }
  }
  if ((flags & k_has_exposed) != 0) {
    writer.varint(instance.exposed.size());
    for (const uint16_t experiment : instance.exposed) writer.varint(experiment);
  }
  if ((flags & k_has_frame) != 0) writer.text(instance.frame);
  return writer;
}

}  // namespace wend::engine
