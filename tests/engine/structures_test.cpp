// Properties of the data structures under the engine, against the plainest model of each.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "runtime/engine/customer_index.h"
#include "runtime/engine/dedupe.h"
#include "runtime/engine/state_arena.h"
#include "runtime/engine/timer_wheel.h"

namespace wend::engine {
namespace {

Hash128 key_of(uint64_t n) {
  return siphash_128({1, 2}, {reinterpret_cast<const char*>(&n), sizeof n});
}

TEST(CustomerIndex, finds_every_customer_and_no_other) {
  CustomerTable customers;
  CustomerIndex index;
  constexpr uint32_t count = 20'000;
  for (uint32_t n = 0; n < count; ++n) {
    EXPECT_FALSE(index.find(key_of(n), customers).has_value());
    index.insert(customers.add(key_of(n)), customers);
  }
  for (uint32_t n = 0; n < count; ++n) ASSERT_EQ(index.find(key_of(n), customers), n);
  for (uint32_t n = count; n < 2 * count; ++n) ASSERT_FALSE(index.find(key_of(n), customers).has_value());
}

TEST(CustomerIndex, tells_keys_apart_that_share_slot_and_tag) {
  CustomerTable customers;
  CustomerIndex index;
  for (uint64_t n = 0; n < 500; ++n) index.insert(customers.add({7, n}), customers);
  for (uint64_t n = 0; n < 500; ++n) ASSERT_EQ(index.find({7, n}, customers), n);
}

TEST(CustomerIndex, rebuild_gives_the_same_answers) {
  CustomerTable customers;
  CustomerIndex index;
  for (uint32_t n = 0; n < 5000; ++n) customers.add(key_of(n));
  index.rebuild(customers);
  for (uint32_t n = 0; n < 5000; ++n) ASSERT_EQ(index.find(key_of(n), customers), n);
}

std::string random_bytes(std::mt19937_64& random, size_t size_max) {
  std::string bytes(random() % (size_max + 1), '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

TEST(StateArena, keeps_what_was_stored) {
  for (const size_t size_max : {30u, 300u, 20'000u}) {
    std::mt19937_64 random(size_max);
    StateArena arena;
    std::map<int, std::pair<uint32_t, std::string>> model;
    for (int step = 0; step < 20'000; ++step) {
      auto& [reference, bytes] = model[static_cast<int>(random() % 500)];
      ASSERT_EQ(arena.view(reference), bytes);
      bytes = random() % 4 == 0 ? std::string() : random_bytes(random, size_max);
      reference = arena.store(reference, bytes);
      ASSERT_EQ(reference == 0, bytes.empty());
    }
    for (const auto& [number, entry] : model) ASSERT_EQ(arena.view(entry.first), entry.second);
  }
}

TEST(StateArena, gives_memory_of_one_size_to_another) {
  StateArena arena;
  std::vector<uint32_t> references;
  for (int i = 0; i < 100'000; ++i) references.push_back(arena.store(0, std::string(20, 'a')));
  const uint64_t bytes = arena.bytes();
  for (const uint32_t reference : references) arena.store(reference, {});
  for (uint32_t& reference : references) reference = arena.store(0, std::string(19, 'b'));
  for (const uint32_t reference : references) arena.store(reference, {});
  for (int i = 0; i < 20'000; ++i) arena.store(0, std::string(90, 'c'));
  EXPECT_LE(arena.bytes(), bytes + (256 << 10));
}

TEST(TimerWheel, pops_in_the_order_of_a_multimap) {
  for (uint64_t seed = 0; seed < 30; ++seed) {
    std::mt19937_64 random(seed);
    TimerWheel wheel;
    std::multiset<std::pair<TimestampMs, uint32_t>> model;
    TimestampMs now = 1'300'000'000'000 + static_cast<TimestampMs>(random() % 1'000'000);
    wheel.start(now);
    const std::vector<TimestampMs> reaches = {1, 100, 70'000, 3'600'000, 172'800'000, 5'000'000'000, 2'000'000'000'000};
    for (int step = 0; step < 400; ++step) {
      const TimestampMs reach = reaches[random() % reaches.size()];
      for (uint64_t n = random() % 20; n > 0; --n) {
        const TimestampMs release = now - 5 + static_cast<TimestampMs>(random() % static_cast<uint64_t>(reach + 5));
        const auto customer = static_cast<uint32_t>(random() % 1000);
        wheel.add(release, customer);
        model.emplace(release, customer);
      }
      now += static_cast<TimestampMs>(random() % static_cast<uint64_t>(reaches[random() % 6]));
      ASSERT_LE(wheel.earliest_bound().value_or(INT64_MIN), model.empty() ? INT64_MAX : model.begin()->first);
      if (!model.empty() && model.begin()->first < now) {
        ASSERT_FALSE(wheel.quiet_before(now));
      }
      Timer timer;
      // Sometimes only a few, and some are armed again while popping.
      for (uint64_t left = random() % 3 == 0 ? random() % 5 : 100'000; left > 0 && wheel.pop(now, timer); --left) {
        ASSERT_FALSE(model.empty());
        ASSERT_EQ(timer.release, model.begin()->first);
        ASSERT_EQ(timer.customer, model.begin()->second);
        model.erase(model.begin());
        if (random() % 8 == 0) {
          const TimestampMs release = timer.release + static_cast<TimestampMs>(random() % 100'000);
          wheel.add(release, timer.customer);
          model.emplace(release, timer.customer);
        }
      }
      ASSERT_EQ(wheel.size(), model.size());
    }
  }
}

TEST(TimerWheel, sorts_a_large_burst) {
  TimerWheel wheel;
  wheel.start(0);
  std::mt19937_64 random(3);
  std::multiset<std::pair<TimestampMs, uint32_t>> model;
  for (int i = 0; i < 50'000; ++i) {
    const auto release = static_cast<TimestampMs>(100'000'000 + random() % 3);
    const auto customer = static_cast<uint32_t>(random());
    wheel.add(release, customer);
    model.emplace(release, customer);
  }
  Timer timer;
  for (const auto& [release, customer] : model) {
    ASSERT_TRUE(wheel.pop(200'000'000, timer));
    ASSERT_EQ(timer.release, release);
    ASSERT_EQ(timer.customer, customer);
  }
  ASSERT_FALSE(wheel.pop(200'000'000, timer));
}

TEST(Dedupe, remembers_for_the_window_and_at_most_an_hour_more) {
  std::mt19937_64 random(1);
  Dedupe dedupe(k_day_ms);
  std::map<uint64_t, TimestampMs> first;
  TimestampMs now = 1'300'000'000'000;
  for (int step = 0; step < 50'000; ++step) {
    now += static_cast<TimestampMs>(random() % 60'000);
    const uint64_t id = random() % 20'000;
    const auto seen = first.find(id);
    const bool is_first = dedupe.first_time(key_of(id), now);
    if (seen == first.end() || seen->second + k_day_ms + k_hour_ms <= now) {
      ASSERT_TRUE(is_first);
    }
    if (seen != first.end() && seen->second + k_day_ms > now) {
      ASSERT_FALSE(is_first);
    }
    if (is_first) first[id] = now;
  }
}

TEST(Dedupe, is_written_in_an_order_that_does_not_show_its_history) {
  Dedupe forward(k_day_ms);
  Dedupe backward(k_day_ms);
  for (uint64_t id = 0; id < 5000; ++id) forward.first_time(key_of(id), 1000);
  for (uint64_t id = 5000; id-- > 0;) backward.first_time(key_of(id), 1000);
  std::string a, b;
  ByteWriter writer_a(a), writer_b(b);
  forward.write(writer_a, 1000);
  backward.write(writer_b, 1000);
  EXPECT_EQ(a, b);
}

TEST(Dedupe, gives_what_is_new_once_and_takes_it_back_in_any_order) {
  std::mt19937_64 random(2);
  Dedupe dedupe(k_day_ms);
  std::vector<Dedupe::Chunk> kept;
  TimestampMs now = 1'300'000'000'000;
  size_t given = 0, remembered = 0;
  for (int step = 0; step < 200'000; ++step) {
    now += static_cast<TimestampMs>(random() % 3000);
    remembered += dedupe.first_time(key_of(random() % 100'000), now) ? 1 : 0;
    if (random() % 5000 != 0 && step != 199'999) continue;
    for (Dedupe::Chunk& chunk : dedupe.take_fresh()) {
      ASSERT_LE(chunk.keys.size(), Dedupe::k_chunk_keys_max);
      given += chunk.keys.size();
      kept.push_back(std::move(chunk));
    }
    ASSERT_TRUE(dedupe.take_fresh().empty());
  }
  EXPECT_EQ(given, remembered);
  std::shuffle(kept.begin(), kept.end(), random);
  Dedupe loaded(k_day_ms);
  for (const Dedupe::Chunk& chunk : kept) loaded.load(chunk);
  std::string a, b;
  ByteWriter writer_a(a), writer_b(b);
  dedupe.write(writer_a, now);
  loaded.write(writer_b, now);
  EXPECT_EQ(a, b);
}

}  // namespace
}  // namespace wend::engine
