// Snapshot pages (permanent encodings):
//
//   customers     varint count, then count × (16 bytes of key, text packed state); customer numbers are page × 64, …
//   seen ids      see dedupe_pages.h
//   engine page   u8 format · u8 has origin [signed origin] · signed now · varint next position · u8 held · u8 has zones digest
//                 [32 bytes] · varint customers · varint counters, each varint

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <limits>

#include "runtime/engine/engine_state.h"

namespace wend::engine {
namespace {

constexpr uint8_t k_engine_page_format = 4;

}  // namespace

void Engine::begin_snapshot() {
  State& state = *state_;
  OpenSnapshot& open = state.open_snapshot;
  assert(!open.is_open);
  open.is_open = true;
  open.customers = state.core.customers.size();
  open.engine_page.clear();
  state.write_engine_page(open.engine_page);
  state.dedupe_pages.begin(state.core.dedupe, state.core.now);
  state.core.dirty.freeze([&state, &open](uint32_t page) {
    open.saved.emplace_back(page, std::string());
    state.write_customers(page, open.saved.back().second);
  });
}

bool Engine::write_pages(size_t count, const PageSink& sink) {
  State& state = *state_;
  OpenSnapshot& open = state.open_snapshot;
  assert(open.is_open);
  std::string bytes;
  for (; count > 0; --count) {
    if (!open.saved.empty()) {
      sink(open.saved.back().first, open.saved.back().second);
      open.saved.pop_back();
    } else if (const std::optional<uint32_t> page = state.core.dirty.take()) {
      bytes.clear();
      state.write_customers(*page, bytes);
      sink(*page, bytes);
    } else if (state.dedupe_pages.owed() > 0) {
      state.dedupe_pages.write_next(state.core.dedupe, bytes, sink);
    } else {
      sink(k_engine_page, open.engine_page);
      open.is_open = false;
      return true;
    }
  }
  return false;
}

void Engine::write_dirty_pages(const PageSink& sink) {
  begin_snapshot();
  write_pages(std::numeric_limits<size_t>::max(), sink);
}

void Engine::State::write_customers(uint32_t page, std::string& out) const {
  const uint32_t first = page * k_customers_per_page;
  const uint32_t last = std::min(open_snapshot.customers, first + k_customers_per_page);
  ByteWriter writer(out);
  writer.varint(last - first);
  for (uint32_t customer = first; customer < last; ++customer) {
    const CustomerRecord& record = core.customers[customer];
    writer.u64(record.key.low);
    writer.u64(record.key.high);
    writer.text(core.arena.view(record.state));
  }
}

void Engine::State::write_engine_page(std::string& out) const {
  ByteWriter writer(out);
  writer.u8(k_engine_page_format);
  writer.u8(core.origin.has_value());
  if (core.origin) writer.signed_varint(*core.origin);
  writer.signed_varint(core.now);
  writer.varint(core.next_position);
  writer.u8(core.held);
  writer.u8(core.zones_digest.has_value());
  if (core.zones_digest) writer.raw(core.zones_digest->data(), core.zones_digest->size());
  writer.varint(core.customers.size());
  uint64_t counters = 0;
#define WEND_COUNTER(name, meaning) ++counters;
#include "runtime/engine/counters.def"
#undef WEND_COUNTER
  writer.varint(counters);
#define WEND_COUNTER(name, meaning) writer.varint(core.counters.name);
#include "runtime/engine/counters.def"
#undef WEND_COUNTER
}

std::expected<void, std::string> Engine::load_page(uint32_t page, std::string_view bytes) {
  if (page == k_engine_page) return state_->load_engine_page(bytes);
  if (page >= k_dedupe_page_first) return state_->dedupe_pages.load(page, bytes, state_->core.dedupe);
  return state_->load_customers(page, bytes);
}

std::expected<void, std::string> Engine::State::load_customers(uint32_t page, std::string_view bytes) {
  ByteReader reader(bytes);
  const uint64_t count = reader.varint();
  if (count > k_customers_per_page || page > UINT32_MAX / k_customers_per_page) {
    return std::unexpected(fmt::format("snapshot page {}: no page of customers", page));
  }
  const uint32_t first = page * k_customers_per_page;
  const uint32_t last = first + static_cast<uint32_t>(count);
  core.customers.grow_to(last);
  for (uint32_t customer = first; customer < last; ++customer) {
    CustomerRecord& record = core.customers[customer];
    record.key.low = reader.u64();
    record.key.high = reader.u64();
    record.state = core.arena.store(record.state, reader.text());
  }
  loading.customers += static_cast<uint32_t>(count);
  if (!reader.ok() || !reader.at_end()) return std::unexpected(fmt::format("snapshot page {}: cut short or too long", page));
  // While the states are still in the cache, when it is known already what their times are relative to.
  if (loading.announced_customers) return arm_customers(first, last);
  loading.unarmed.emplace_back(first, last);
  return {};
}

// Checks the states of loaded customers and arms their timers.
std::expected<void, std::string> Engine::State::arm_customers(uint32_t first, uint32_t last) {
  for (uint32_t customer = first; customer < last; ++customer) {
    if (core.customers[customer].state == 0) continue;
    CustomerState& state = reaction.look(customer, core.now);
    if (!state.validate()) {
      return std::unexpected(fmt::format("snapshot: the state of customer {} does not fit the program", customer));
    }
    core.schedule(customer, k_never, reaction.earliest_release());
    const IdentityState& identity = state.identity();
    if (identity.fate == Fate::erased) core.gone.erase(customer);
    if (identity.fate == Fate::alias) core.gone.merge(customer, identity.survivor);
  }
  return {};
}

std::expected<void, std::string> Engine::State::load_engine_page(std::string_view bytes) {
  ByteReader reader(bytes);
  if (const uint8_t format = reader.u8(); format != k_engine_page_format) {
    return std::unexpected(fmt::format("the snapshot has format {}, this version of wend reads {}", format, k_engine_page_format));
  }
  if (reader.u8() != 0) core.origin = reader.signed_varint();
  core.now = reader.signed_varint();
  core.next_position = reader.varint();
  core.held = reader.u8() != 0;
  if (reader.u8() != 0) {
    Sha256Digest digest{};
    const std::string_view raw = reader.bytes(digest.size());
    std::copy(raw.begin(), raw.end(), reinterpret_cast<char*>(digest.data()));
    core.zones_digest = digest;
  }
  loading.announced_customers = static_cast<uint32_t>(reader.varint());
  // Counters are only ever added at the end of the table: those the snapshot does not know start at zero.
  uint64_t counters = reader.varint();
#define WEND_COUNTER(name, meaning)       \
  if (counters > 0) {                     \
    core.counters.name = reader.varint(); \
    --counters;                           \
  }
#include "runtime/engine/counters.def"
#undef WEND_COUNTER
  if (!reader.ok() || !reader.at_end()) return std::unexpected(std::string("snapshot: the engine's page is cut short or too long"));
  core.wheel.start(core.now);
  return {};
}

std::expected<void, std::string> Engine::finish_loading() {
  EngineCore& core = state_->core;
  LoadingSnapshot& loading = state_->loading;
  if (!loading.announced_customers) return std::unexpected(std::string("snapshot: the engine's page is missing"));
  if (*loading.announced_customers != core.customers.size() || loading.customers != core.customers.size()) {
    return std::unexpected(fmt::format("snapshot: {} customers announced, {} loaded", *loading.announced_customers, loading.customers));
  }
  for (const auto& [first, last] : loading.unarmed) {
    if (auto armed = state_->arm_customers(first, last); !armed) return armed;
  }
  if (!core.gone.is_sound(core.customers.size())) return std::unexpected(std::string("snapshot: an alias leads nowhere"));
  core.index.rebuild(core.customers);
  loading = {};
  return {};
}

}  // namespace wend::engine
