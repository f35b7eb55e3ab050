#pragma once

// The engine behind its public face: reacting, snapshots, digests and questions each have a file.

#include <array>
#include <memory>
#include <string>

#include "runtime/engine/backfill.h"
#include "runtime/engine/engine.h"
#include "runtime/engine/engine_core.h"
#include "runtime/engine/id_keys.h"
#include "runtime/engine/open_snapshot.h"
#include "runtime/engine/reaction.h"

namespace wend::engine {

struct Engine::State {
  State(const bytecode::Program& program, const ZoneTable& zones, CustomerDirectory& directory, EngineOptions options)
      : core(program, zones, directory, std::move(options)), reaction(core), id_keys(core.program) {}

  // Entries on their way through the prefetch pipeline, by their place in the batch modulo its length.
  struct Ahead {
    Hash128 key;
    uint32_t customer = k_no_customer;  // most likely; k_no_customer where there is none, or a new one
  };

  // engine.cpp
  void react(std::span<const Entry> entries, uint64_t first_position);
  void react_to(const Entry& entry, uint64_t position, const Ahead& seen);
  void react_to_event(const Entry& entry, uint64_t position, uint32_t customer);
  void fire_timers(TimestampMs limit, Clocks clocks);
  void settle(TimestampMs until);
  void pass_barrier(const Entry& entry);
  void begin_to_follow(const StandingNumbers& numbers, TimestampMs log_time, uint64_t release_per_hour);
  uint32_t customer_of(const Entry& entry, const Ahead& seen);
  void merge(const Entry& entry, uint64_t position, uint32_t customer);

  // snapshot.cpp
  void write_customers(uint32_t page, std::string& out) const;
  void write_engine_page(std::string& out) const;
  std::expected<void, std::string> load_customers(uint32_t page, std::string_view bytes);
  std::expected<void, std::string> arm_customers(uint32_t first, uint32_t last);
  std::expected<void, std::string> load_engine_page(std::string_view bytes);

  void hash_ahead(std::span<const Entry> entries, size_t first, size_t count);
  void look_up_ahead(const Entry& entry, Ahead& next);
  void ask_for_state(const Ahead& next);
  bool is_first_time(const Entry& entry, const EventListening& heard, const EventBody& body);
  bool concerns(const EventListening& heard, uint32_t customer) const;
  uint32_t find_or_add(std::string_view id, const Hash128& key);
  void prefetch_timers(size_t from_record, size_t to_record, size_t from_state, size_t to_state);

  static constexpr size_t k_ahead = 32;
  std::array<Ahead, k_ahead> ahead;
  // Scratch of hash_ahead(), here because clearing it for every block takes longer than filling it.
  std::array<std::string_view, k_siphash_lanes> hashed_ids;
  std::array<Hash128, k_siphash_lanes> hashed_keys;

  EngineCore core;
  Reaction reaction;
  IdKeys id_keys;
  // A customer whose timers fire again and again without time passing.
  uint32_t repeating_customer = 0;
  TimestampMs repeating_release = k_timestamp_min_ms;
  uint32_t repeats = 0;

  OpenSnapshot open_snapshot;
  DedupePages dedupe_pages;
  LoadingSnapshot loading;
  TimestampMs let_in_by = k_timestamp_min_ms;  // of the last barrier reacted to
  std::unique_ptr<Backfill> backfill;  // until the barrier of the program that adds to the one before
};

}  // namespace wend::engine
