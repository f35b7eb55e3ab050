// Snapshot pages (permanent encodings):
//
//   customers     varint count, then count × (16 bytes of key, text packed state); customer numbers are page × 64, …
//   engine page   u8 format · u8 has origin [signed origin] · signed now · varint next position · u8 held · u8 has zones digest
//                 [32 bytes] · varint customers · varint counters, each varint · varint dedupe groups, each signed window and its slices

#include <fmt/format.h>

#include <algorithm>

#include "runtime/engine/engine_state.h"

namespace wend::engine {
namespace {

constexpr uint8_t k_engine_page_format = 1;

}  // namespace

void Engine::write_dirty_pages(const PageSink& sink) {
  State& state = *state_;
  std::string bytes;
  const auto write = [&](uint32_t page) {
    bytes.clear();
    state.write_customers(page, bytes);
    sink(page, bytes);
  };
  if (state.all_pages_dirty) {
    state.core.dirty.clear();
    const uint32_t pages = (state.core.customers.size() + k_customers_per_page - 1) / k_customers_per_page;
    for (uint32_t page = 0; page < pages; ++page) write(page);
    state.all_pages_dirty = false;
  } else {
    state.core.dirty.drain(write);
  }
  bytes.clear();
  state.write_engine_page(bytes);
  sink(k_engine_page, bytes);
}

void Engine::State::write_customers(uint32_t page, std::string& out) {
  const uint32_t first = page * k_customers_per_page;
  const uint32_t last = std::min(core.customers.size(), first + k_customers_per_page);
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
  writer.varint(core.dedupe.size());
  for (size_t group = 0; group < core.dedupe.size(); ++group) {
    writer.signed_varint(core.listening.dedupe_windows[group]);
    core.dedupe[group].write(writer, core.now);
  }
}

std::expected<void, std::string> Engine::load_page(uint32_t page, std::string_view bytes) {
  return page == k_engine_page ? state_->load_engine_page(bytes) : state_->load_customers(page, bytes);
}

std::expected<void, std::string> Engine::State::load_customers(uint32_t page, std::string_view bytes) {
  ByteReader reader(bytes);
  const uint64_t count = reader.varint();
  if (count > k_customers_per_page || page > UINT32_MAX / k_customers_per_page) {
    return std::unexpected(fmt::format("snapshot page {}: no page of customers", page));
  }
  const uint32_t first = page * k_customers_per_page;
  core.customers.grow_to(first + static_cast<uint32_t>(count));
  for (uint32_t customer = first; customer < first + count; ++customer) {
    CustomerRecord& record = core.customers[customer];
    record.key.low = reader.u64();
    record.key.high = reader.u64();
    record.state = core.arena.store(record.state, reader.text());
  }
  loaded_customers += static_cast<uint32_t>(count);
  if (!reader.ok() || !reader.at_end()) return std::unexpected(fmt::format("snapshot page {}: cut short or too long", page));
  return {};
}

std::expected<void, std::string> Engine::State::load_engine_page(std::string_view bytes) {
  ByteReader reader(bytes);
  if (const uint8_t format = reader.u8(); format != k_engine_page_format) {
    return std::unexpected(fmt::format("snapshot: the engine's page has format {}, this program reads {}", format, k_engine_page_format));
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
  announced_customers = static_cast<uint32_t>(reader.varint());
  // Counters are only ever added at the end of the table: those the snapshot does not know start at zero.
  uint64_t counters = reader.varint();
#define WEND_COUNTER(name, meaning)       \
  if (counters > 0) {                     \
    core.counters.name = reader.varint(); \
    --counters;                           \
  }
#include "runtime/engine/counters.def"
#undef WEND_COUNTER
  if (reader.varint() != core.dedupe.size()) return std::unexpected(std::string("snapshot: made with another program (dedupe windows)"));
  for (size_t group = 0; group < core.dedupe.size(); ++group) {
    if (reader.signed_varint() != core.listening.dedupe_windows[group]) {
      return std::unexpected(std::string("snapshot: made with another program (dedupe windows)"));
    }
    core.dedupe[group].read(reader);
  }
  if (!reader.ok() || !reader.at_end()) return std::unexpected(std::string("snapshot: the engine's page is cut short or too long"));
  return {};
}

std::expected<void, std::string> Engine::finish_loading() {
  EngineCore& core = state_->core;
  if (!state_->announced_customers) return std::unexpected(std::string("snapshot: the engine's page is missing"));
  if (*state_->announced_customers != core.customers.size() || state_->loaded_customers != core.customers.size()) {
    return std::unexpected(
        fmt::format("snapshot: {} customers announced, {} loaded", *state_->announced_customers, state_->loaded_customers));
  }
  core.index.rebuild(core.customers);
  core.wheel.start(core.now);
  for (uint32_t customer = 0; customer < core.customers.size(); ++customer) {
    if (core.customers[customer].state == 0) continue;
    CustomerState& state = state_->reaction.look(customer, core.now);
    if (!state.validate()) return std::unexpected(fmt::format("snapshot: the state of customer {} does not fit the program", customer));
    core.schedule(customer, k_never, state_->reaction.earliest_release());
  }
  state_->all_pages_dirty = false;
  return {};
}

}  // namespace wend::engine
