// What an entry of the log says of when it happened.

#include <gtest/gtest.h>

#include "tests/engine/shop.h"

namespace wend::engine::testing {
namespace {

// To act in the future a journey waits on a field: an event dated in the future has happened when it arrives, and is marked.
TEST(Lateness, what_was_dated_in_the_future_happened_on_arrival) {
  Shop shop;
  Simple(shop, shop.buy, {.up_to = 2 * h}).finish();
  EngineRun run(shop.b.program);
  run.event(k_start, "ada", shop.begin, {word(1)});
  OwnedEntry dated{RecordTag::event, k_start + h, k_start + h, "ada", event_body(shop.b.program, shop.buy, {word(7)}, {})};
  dated.flags = k_entry_flag_clamped;
  run.append(std::move(dated));
  EXPECT_EQ(run.take_lines().back(), "ada exited got @1300003600000");
  EXPECT_EQ(run.engine().counters().clamped_events, 1u);
}

}  // namespace
}  // namespace wend::engine::testing
