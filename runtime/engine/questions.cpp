// What others may ask of the engine between batches: single customers, the census, memory, the digest of the whole state.

#include <algorithm>

#include "runtime/engine/engine_state.h"

namespace wend::engine {
namespace {

// Little-endian number of 256 bits.
using Sum256 = std::array<uint64_t, 4>;

void add_digest(Sum256& sum, const Sha256Digest& digest) {
  unsigned __int128 carry = 0;
  for (size_t i = 0; i < sum.size(); ++i) {
    uint64_t word;
    std::memcpy(&word, digest.data() + i * sizeof word, sizeof word);
    carry += static_cast<unsigned __int128>(sum[i]) + word;
    sum[i] = static_cast<uint64_t>(carry);
    carry >>= 64;
  }
}

}  // namespace

MemoryUse Engine::memory() const {
  EngineCore& core = state_->core;
  MemoryUse use;
  use.index = core.index.bytes();
  use.customers = core.customers.bytes();
  use.timers = core.wheel.bytes();
  use.frames.resize(core.program.journeys.size());
  uint64_t packed = 0;
  for (const Dedupe& dedupe : core.dedupe) use.dedupe += dedupe.bytes();
  for (uint32_t customer = 0; customer < core.customers.size(); ++customer) {
    if (core.customers[customer].state == 0) continue;
    packed += core.arena.view(core.customers[customer].state).size();
    CustomerState& state = state_->reaction.look(customer, core.now);
#define WEND_SECTION(number, name, meaning) use.name += state.packed_bytes(Section::name);
#include "runtime/engine/sections.def"
#undef WEND_SECTION
    state.for_each_packed_instance(
        [&](const InstanceState& instance) { use.frames[static_cast<size_t>(instance.journey)] += instance.frame.size(); });
  }
  use.headers = packed - use.packed();
  use.slack = core.arena.bytes() - packed;
  return use;
}

uint64_t MemoryUse::packed() const {
  uint64_t bytes = headers;
#define WEND_SECTION(number, name, meaning) bytes += name;
#include "runtime/engine/sections.def"
#undef WEND_SECTION
  return bytes;
}

uint64_t MemoryUse::total() const {
  return index + customers + timers + dedupe + packed() + slack;
}

void Engine::for_each_waiting(const std::function<void(const WaitingInstance&)>& visit) const {
  EngineCore& core = state_->core;
  for (uint32_t customer = 0; customer < core.customers.size(); ++customer) {
    if (core.customers[customer].state == 0) continue;
    CustomerState& state = state_->reaction.look(customer, core.now);
    for (size_t i = 0; i < state.instance_count(); ++i) {
      const InstanceState& instance = state.instance(i);
      const size_t strands = std::max<size_t>(1, instance.strands.size());
      for (size_t strand = 0; strand < strands; ++strand) {
        const TimestampMs deadline = instance.deadline_of(strand);
        visit({CustomerNumber{customer}, instance.journey, instance.id, instance.entered_at, instance.point_of(strand)->point,
               deadline == k_never ? 0 : deadline, strand, strands, instance.silent});
      }
    }
  }
}

void Engine::for_each_customer(const std::function<void(CustomerNumber, vm::Host&)>& visit) {
  EngineCore& core = state_->core;
  for (uint32_t customer = 0; customer < core.customers.size(); ++customer) {
    if (core.gone.contains(customer)) continue;
    state_->reaction.look(customer, core.now);
    visit(CustomerNumber{customer}, state_->reaction);
  }
}

uint64_t Engine::customer_count() const {
  return state_->core.customers.size();
}

namespace {

// Whether `is_it` holds for the latest release of some customer who waits. The newest customers first: they are likely to wait longest.
template <typename IsIt>
bool any_latest_release(EngineCore& core, Reaction& reaction, const IsIt& is_it) {
  for (auto customer = static_cast<uint32_t>(core.customers.size()); customer-- > 0;) {
    const uint32_t reference = core.customers[customer].state;
    if (reference == 0 || !has_section(core.arena.view(reference), Section::instances)) continue;
    reaction.look(customer, core.now);
    if (is_it(reaction.latest_release())) return true;
  }
  return false;
}

}  // namespace

std::optional<TimestampMs> Engine::last_timer() const {
  std::optional<TimestampMs> last;
  any_latest_release(state_->core, state_->reaction, [&](TimestampMs release) {
    last = std::max(last.value_or(k_timestamp_min_ms), release);
    return false;
  });
  return last;
}

bool Engine::has_timer_from(TimestampMs time) const {
  return any_latest_release(state_->core, state_->reaction, [&](TimestampMs release) { return release >= time; });
}

Sha256Digest Engine::state_digest() const {
  EngineCore& core = state_->core;
  Sum256 sum{};
  std::string bytes;
  for (uint32_t customer = 0; customer < core.customers.size(); ++customer) {
    bytes.clear();
    ByteWriter writer(bytes);
    if (core.gone.is_erased(customer)) {
      writer.u64(core.customers[customer].key.low);
      writer.u64(core.customers[customer].key.high);
    } else {
      writer.text(core.directory.id(CustomerNumber{customer}));
    }
    bytes.append(core.arena.view(core.customers[customer].state));
    add_digest(sum, sha256(bytes));
  }
  bytes.clear();
  ByteWriter writer(bytes);
  for (const uint64_t word : sum) writer.u64(word);
  for (const Dedupe& dedupe : core.dedupe) dedupe.write(writer, core.now);
  writer.u64(core.next_position);
  return sha256(bytes);
}

std::optional<CustomerNumber> Engine::find_customer(std::string_view id) const {
  EngineCore& core = state_->core;
  const std::optional<uint32_t> number = core.index.find(siphash_128(core.hash_key, id), core.customers);
  const uint32_t live = number ? core.live(*number) : k_no_customer;
  return live == k_no_customer ? std::nullopt : std::optional(CustomerNumber{live});
}

bytecode::Value Engine::attribute(CustomerNumber customer, bytecode::AttributeId id) {
  state_->reaction.look(static_cast<uint32_t>(customer), state_->core.now);
  return state_->reaction.attribute(id);
}

bool Engine::consent(CustomerNumber customer, bytecode::TopicId id) {
  return state_->reaction.look(static_cast<uint32_t>(customer), state_->core.now).consent(id).value_or(state_->core.options.assume_consent);
}

int64_t Engine::history(CustomerNumber customer, bytecode::HistoryId id) {
  CustomerState& state = state_->reaction.look(static_cast<uint32_t>(customer), state_->core.now);
  const bytecode::HistoryQuery& query = state_->core.program.history[static_cast<size_t>(id)];
  if (query.window) return state_->reaction.history(id);
  return state.has_history() ? static_cast<int64_t>(state.history(id).size()) : 0;
}

bool Engine::segment(CustomerNumber customer, bytecode::SegmentId id) {
  state_->reaction.look(static_cast<uint32_t>(customer), state_->core.now);
  return state_->reaction.segment(id);
}

std::string_view Engine::zone(CustomerNumber customer) {
  state_->reaction.look(static_cast<uint32_t>(customer), state_->core.now);
  return state_->reaction.zone();
}

}  // namespace wend::engine
