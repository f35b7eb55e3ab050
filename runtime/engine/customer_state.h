#pragma once

// What the engine knows of one customer, unpacked for the length of a reaction. Everything is reused from customer to customer:
// after warming up nothing here allocates.
//
// The packed form (canonical: equal states have equal bytes; permanent, it stands in snapshots and under the state digest):
//
//   mask u8 (bit i = section i is there, i < 8) [mask u8 of sections 8 to 15, when bit 6 of the first is set] · sections in order of
//   their number, each varint length + bytes, but for the instances, which come last and run to the end. What most customers have
//   is in the first byte. An empty state is the empty string. Times are signed varints relative to the engine's origin (the t_log of
//   the first entry) unless said otherwise. Inside the sections see customer_sections.cpp, ledger.cpp,
//   customer_standing.cpp, customer_strands.cpp, customer_holdouts.cpp, customer_identity.cpp and instance_codec.cpp.
//
// Invariants
//   1. A section is unpacked only when asked for; one that was not, or that was not changed, is copied as it stands.
//   2. Views (attributes, frames, kept bodies) point into the packed bytes given to open() or into `bytes()`: both live until the
//      next open().
//   3. Instances are in the order in which they react: rank of the journey's priority, then entry position, then start index.

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/bytes.h"
#include "runtime/bytecode/packed.h"
#include "runtime/engine/calendar_span.h"
#include "runtime/engine/command.h"
#include "runtime/engine/listening.h"

namespace wend::engine {

enum class Section : uint8_t {
#define WEND_SECTION(number, name, meaning) name = number,
#include "runtime/engine/sections.def"
#undef WEND_SECTION
};
constexpr size_t k_sections = 15;
// Whether a packed state has the section, which is one of the first byte.
inline bool has_section(std::string_view packed, Section section) {
  return !packed.empty() && (static_cast<uint8_t>(packed.front()) >> static_cast<unsigned>(section) & 1) != 0;
}

// Bytes that live until the next reset. Chunks are kept.
class ByteStore {
 public:
  std::string_view copy(std::string_view bytes);
  void reset() {
    chunk_ = 0;
    used_ = 0;
  }

 private:
  std::vector<std::unique_ptr<char[]>> chunks_;
  std::vector<size_t> sizes_;
  size_t chunk_ = 0;
  size_t used_ = 0;
};

// One of several places where an instance is, each in a branch of a fork.
struct Strand {
  const PointInfo* at = nullptr;
  TimestampMs armed_at = 0;
  TimestampMs deadline = k_never;
  std::string_view frame;
  std::vector<InputId> taken;
  std::optional<bytecode::ForkPlace> place;   // the branch it is in
  // Within one reaction only:
  const bytecode::Entry* begins = nullptr;    // where it begins, while it has not
  uint64_t serial = 0;                        // tells strands apart while their number changes
  bool used = false;                          // it has used the input being reacted to
};

// A kept input that an ended branch has used: whoever goes on behind the fork must not use it again.
struct SpentInput {
  uint16_t fork = 0;
  InputId input;
  friend auto operator<=>(const SpentInput&, const SpentInput&) = default;
};
// Added to a count: with each position its ordinal follows. Only inputs that were emitted have one.
constexpr uint64_t k_ordinals_follow = uint64_t{1} << 32;

struct InstanceState {
  bytecode::JourneyId journey{};
  const PointInfo* at = nullptr;  // where it waits; null until its first step has run
  InstanceId id;
  TimestampMs entered_at = 0;
  TimestampMs armed_at = 0;  // `now` when control reached the point: the anchor of its deadline
  TimestampMs deadline = k_never;
  TimestampMs lifetime_end = k_never;
  std::string_view key;           // packed value of `one per`; empty = none
  std::string_view frame;         // packed row of the point's layout
  std::vector<InputId> taken;     // kept inputs it has used, ascending
  std::vector<uint16_t> exposed;  // experiments whose exposure is reported, ascending
  bool ended = false;

  // Forks. What is above from `at` to `frame`, and `taken`, is the selected strand's; its own place in the list is stale meanwhile.
  bool used = false;             // see Strand
  uint64_t serial = 0;           // of the only strand
  size_t selected = 0;
  std::optional<bytecode::ForkPlace> place;
  std::vector<Strand> strands;   // in text order; empty when there is one, which is nearly always
  std::vector<SpentInput> spent;  // ascending

  bool is_forked() const { return !strands.empty(); }
  // Something that forget_strands() would forget.
  bool has_fork_state() const { return is_forked() || !spent.empty(); }
  void select(size_t strand);
  void forget_strands();
  TimestampMs deadline_of(size_t strand) const { return strand == selected ? deadline : strands[strand].deadline; }
  const PointInfo* point_of(size_t strand) const { return strand == selected ? at : strands[strand].at; }
  bool silent = false;  // held out, or handed over by one that is: it sends, sets, emits and calls nothing
};

struct HistoryItem {
  TimestampMs at = 0;  // t_event
  InputId input;
  std::string_view row;  // the event's fields, where the query lists events
  friend bool operator<(const HistoryItem& a, const HistoryItem& b) { return a.at != b.at ? a.at < b.at : a.input < b.input; }
};

// What goals of one instance look at, also after it has ended.
struct Watch {
  bytecode::JourneyId journey{};
  InstanceId instance;
  TimestampMs entry_event_at = 0;
  bool silent = false;  // the instance is held out
  bool has_sent = false;
  TimestampMs first_send_at = 0;  // commit
  TimestampMs last_send_at = 0;
  uint64_t converted = 0;  // bit per goal
  std::string_view frame;  // packed row of Journey::goal_layout
};

// An input that a look-back may still ask for.
struct KeptInput {
  InputId id;
  TimestampMs at = 0;  // t_event
  bool is_receipt = false;
  bytecode::EventId event{};  // events only
  std::string_view body;      // events: the row; receipts: 16 bytes of key, then the receipt's name
};

// A message that counts against caps.
struct LedgerEntry {
  TimestampMs at = 0;  // commit
  bytecode::ChannelId channel{};
  uint64_t key = 0;  // first 8 bytes of the send key, little-endian: under which it is given back
  friend bool operator==(const LedgerEntry&, const LedgerEntry&) = default;
};

// A tracked segment: whether the customer is in it, and when time alone may change that next. A schedule: when it comes round.
struct StandingState {
  StandingNumber number = 0;
  bool member = false;
  TimestampMs at = k_never;
  friend bool operator==(const StandingState&, const StandingState&) = default;
  friend bool operator<(const StandingState& state, StandingNumber number) { return state.number < number; }
};

struct JourneyMemory {
  bytecode::JourneyId journey{};
  TimestampMs last_entry_at = 0;
};

struct Assignment {
  bytecode::ExperimentId experiment{};
  uint32_t arm = 0;
  uint64_t position = 0;  // of the entry at which it was made
};

// What has become of the id.
enum class Fate : uint8_t {
  known = 0,
  erased = 1,  // whatever comes is passed over
  alias = 2,   // another customer goes by this id as well
};
struct IdentityState {
  Fate fate = Fate::known;
  uint32_t survivor = 0;                         // alias only: the other customer's number
  std::vector<bytecode::ExperimentId> excluded;  // known only: merged from different arms; ascending
};

// The instance ran under one id when another id of the customer heard the input: they were not yet known to be one.
struct UnheardInput {
  InstanceId instance;
  InputId input;
  friend auto operator<=>(const UnheardInput&, const UnheardInput&) = default;
};

struct HoldoutMemory {
  bytecode::HoldoutId holdout{};
  bool held_out = false;
};

class CustomerState {
 public:
  CustomerState(const bytecode::Program& program, const Listening& listening);

  // Begins with another customer. `packed` stays where it is until close().
  void open(std::string_view packed, TimestampMs origin) {
    origin_ = origin;
    present_ = unpacked_ = dirty_ = 0;
    sound_ = true;
    instance_count_ = 0;
    bytes_.reset();
    if (!packed.empty()) find_sections(packed);
  }
  // True when something was touched since open(): the state has to be packed again.
  bool changed() const { return dirty_ != 0; }
  void pack(std::string& out);
  // Unpacks everything; false when the bytes are not a state of this program. For bytes that come from a snapshot.
  bool validate();
  // Length of a section as it was packed.
  size_t packed_bytes(Section section) const { return (present_ & bit(section)) != 0 ? raw_[static_cast<size_t>(section)].size() : 0; }
  ByteStore& bytes() { return bytes_; }

  // Instances, in reacting order; those with `ended` are left out when packing.
  size_t instance_count() {
    if (first_use(Section::instances)) unpack_instances();
    return instance_count_;
  }
  InstanceState& instance(size_t i) { return *instances_[i]; }
  // Appended at the end until order_instances() or pack(): new instances come after those that are there.
  InstanceState& add_instance();
  // Those that have entered take their place among the others.
  void order_instances();
  void instances_changed() { touch(Section::instances); }
  // Of some instance: they are written again with the instances.
  void strands_changed() { touch(Section::strands); }
  bool has_strands() const { return has(Section::strands); }
  // Calls `visit` with each instance as it was packed, whatever has become of it since.
  template <typename Visit>
  void for_each_packed_instance(const Visit& visit) {
    if ((present_ & bit(Section::instances)) == 0) return;
    ByteReader reader = this->reader(Section::instances);
    while (!reader.at_end() && read_instance(reader, as_packed_)) visit(as_packed_);
  }
  bool has_instances() const { return has(Section::instances); }

  const bytecode::Value& attribute(bytecode::AttributeId id);
  // False when the attribute had that value. Copies the bytes.
  bool set_attribute(bytecode::AttributeId id, const bytecode::Value& value);
  std::optional<bool> consent(bytecode::TopicId id);
  void set_consent(bytecode::TopicId id, bool given);

  std::optional<uint32_t> arm(bytecode::ExperimentId id);
  void assign(bytecode::ExperimentId id, uint32_t arm, uint64_t position);
  // Ascending by experiment.
  std::vector<Assignment>& assignments();
  void assignments_changed() { touch(Section::assignments); }

  // Whether the customer is held out, once that is settled.
  std::optional<bool> held_out(bytecode::HoldoutId id);
  void settle_holdout(bytecode::HoldoutId id, bool held_out);

  std::optional<TimestampMs> last_entry(bytecode::JourneyId id);
  void set_last_entry(bytecode::JourneyId id, TimestampMs at);

  // Ascending by journey.
  const std::vector<JourneyMemory>& entered();

  // Ascending by (at, input), but by input where the query has no window.
  std::vector<HistoryItem>& history(bytecode::HistoryId id);
  void history_changed() { touch(Section::history); }
  bool has_history() const { return has(Section::history); }

  std::vector<Watch>& watches();
  void watches_changed() { touch(Section::watches); }
  bool has_watches() const { return has(Section::watches); }

  // Ascending by id.
  std::vector<KeptInput>& kept();
  void kept_changed() { touch(Section::kept); }
  bool has_kept() const { return has(Section::kept); }

  // Ascending by commit.
  std::vector<LedgerEntry>& ledger();
  void ledger_changed() { touch(Section::ledger); }
  bool has_ledger() const { return has(Section::ledger); }

  // Ascending by number; only who is a member or has a moment to come.
  std::vector<StandingState>& standing();
  StandingState standing(StandingNumber number);
  void set_standing(const StandingState& state);
  bool has_standing() const { return has(Section::standing); }

  IdentityState& identity();
  void identity_changed() { touch(Section::identity); }
  // The packed state of an id of which nothing else is known.
  static std::string gone(const IdentityState& identity);

  // Ascending.
  std::vector<UnheardInput>& unheard();
  void unheard_changed() { touch(Section::unheard); }
  bool has_unheard() const { return has(Section::unheard); }
  bool is_unheard(const InstanceId& instance, const InputId& input);
  void drop_unheard_of_ended();

 private:
  static uint16_t bit(Section section) { return static_cast<uint16_t>(1u << static_cast<unsigned>(section)); }
  bool has(Section section) const { return ((present_ | dirty_) & bit(section)) != 0; }
  void touch(Section section) { dirty_ |= bit(section); }
  // True when the section has to be unpacked now.
  bool first_use(Section section) {
    if ((unpacked_ & bit(section)) != 0) return false;
    unpacked_ |= bit(section);
    return true;
  }
  ByteReader reader(Section section) const { return ByteReader(raw_[static_cast<size_t>(section)]); }
  void check(const ByteReader& reader) { sound_ &= reader.ok(); }

  void unpack_attributes();
  void unpack_consents();
  void unpack_assignments();
  void unpack_entered();
  void unpack_history();
  void unpack_watches();
  void unpack_kept();
  void unpack_ledger();
  void unpack_standing();
  void unpack_holdouts();
  void unpack_unheard();
  void unpack_identity();
  void unpack_instances();
  bool has_sound_lists();
  // False when the bytes are no instance.
  bool read_instance(ByteReader& shared, InstanceState& instance) const;
  // customer_strands.cpp
  void unpack_strands();
  bool read_strands(ByteReader& reader, InstanceState& instance) const;
  bool read_strand(ByteReader& reader, const InstanceState& instance, Strand& strand) const;
  void pack_strands(ByteWriter& writer);
  InstanceState& next_instance() {
    if (instance_count_ == instances_.size()) instances_.push_back(std::make_unique<InstanceState>());
    return *instances_[instance_count_];
  }
  void find_sections(std::string_view packed);
  class RawWriter;  // instance_codec.cpp
  RawWriter write_instance(RawWriter writer, const InstanceState& instance) const;
  void pack_section(Section section, std::string& out);
  void pack_attributes(ByteWriter& writer);
  void pack_consents(ByteWriter& writer);
  void pack_assignments(ByteWriter& writer);
  void pack_entered(ByteWriter& writer);
  void pack_history(ByteWriter& writer);
  void pack_watches(ByteWriter& writer);
  void pack_kept(ByteWriter& writer);
  void pack_ledger(ByteWriter& writer);
  void pack_standing(ByteWriter& writer);
  void pack_holdouts(ByteWriter& writer);
  // Who runs silently stands in a section of its own, because most customers have nobody who does.
  void mark_silent();
  void note_silent();
  void pack_unheard(ByteWriter& writer);
  static void pack_identity(const IdentityState& identity, ByteWriter& writer);
  void pack_instances(std::string& out);
  TimestampMs usual_lifetime_end(const InstanceState& instance) const;
  TimestampMs usual_deadline(const InstanceState& instance) const;
  bool sooner(const InstanceState& a, const InstanceState& b) const;

  const bytecode::Program& program_;
  const Listening& listening_;
  TimestampMs origin_ = 0;
  std::string_view raw_[k_sections];
  uint16_t present_ = 0;
  uint16_t unpacked_ = 0;
  uint16_t dirty_ = 0;
  bool sound_ = true;
  ByteStore bytes_;
  std::string section_;  // scratch

  std::vector<std::unique_ptr<InstanceState>> instances_;  // the first instance_count_ are in use
  size_t instance_count_ = 0;
  InstanceState as_packed_;                        // scratch
  std::vector<bytecode::Value> attributes_;        // by id
  std::vector<int8_t> consents_;                   // by topic: -1 unset, 0, 1
  std::vector<Assignment> assignments_;            // ascending by experiment
  std::vector<JourneyMemory> entered_;             // ascending by journey
  std::vector<std::vector<HistoryItem>> history_;  // by query
  std::vector<Watch> watches_;
  std::vector<KeptInput> kept_;
  std::vector<LedgerEntry> ledger_;
  std::vector<StandingState> standing_;
  std::vector<HoldoutMemory> holdouts_;  // ascending by holdout
  std::vector<InstanceId> silent_;       // ascending
  IdentityState identity_;
  std::vector<UnheardInput> unheard_;
};

}  // namespace wend::engine
