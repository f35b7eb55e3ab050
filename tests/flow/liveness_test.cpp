// What an instance remembers at its waiting points: nothing that nobody reads later, everything that somebody may.

#include "tests/flow/shop.h"

namespace wend::flow {
namespace {

using ::testing::IsEmpty;
using testing::kept_at;
using testing::names;
using testing::Shop;
using ::testing::UnorderedElementsAre;

TEST(Liveness, NothingIsKeptThatNobodyReads) {
  const Graph graph = Shop(R"(
    enter on CartUpdated as cart where cart.total > 5 USD
    step settle { wait 45 minutes }
  )")
                          .graph();
  EXPECT_THAT(kept_at(graph, "settle/wait"), IsEmpty());
}

TEST(Liveness, FieldsOfTheStartingEventAreKeptOneByOne) {
  const Graph graph = Shop(R"(
    enter on CartUpdated as cart
    step settle { wait 45 minutes }
    step nudge { send Hello(name: cart.cart_id) via email  wait 1 hour }
  )")
                          .graph();
  EXPECT_THAT(kept_at(graph, "settle/wait"), UnorderedElementsAre("cart.cart_id"));
  EXPECT_THAT(kept_at(graph, "nudge/wait"), IsEmpty());
}

TEST(Liveness, WhatAnExitReadsIsKeptEverywhere) {
  const Graph graph = Shop(R"(
    enter on CartUpdated as cart
    exit bought when OrderPlaced as order where order.cart_id == cart.cart_id
    step settle { wait 45 minutes  }
    step more { wait 45 minutes }
  )")
                          .graph();
  EXPECT_THAT(kept_at(graph, "settle/wait"), UnorderedElementsAre("cart.cart_id"));
  EXPECT_THAT(kept_at(graph, "more/wait"), UnorderedElementsAre("cart.cart_id"));
}

TEST(Liveness, WhatAGoalReadsIsSavedAtTheStartAndNotKept) {
  const Graph graph = Shop(R"(
    enter on CartUpdated as cart
    goal recovered when OrderPlaced as order where order.cart_id == cart.cart_id within 3 days of entry
    step settle { wait 45 minutes }
  )")
                          .graph();
  EXPECT_THAT(kept_at(graph, "settle/wait"), IsEmpty());
  EXPECT_THAT(names(graph, graph.goal_slots), UnorderedElementsAre("cart.cart_id"));
  const auto& bind = std::get<BindEvent>(graph.at(graph.entries.at(0)).operations.at(0).node);
  EXPECT_THAT(names(graph, bind.fields), UnorderedElementsAre("cart.cart_id"));
}

TEST(Liveness, WhatAnInterruptReadsIsKeptInsideItsBlockOnly) {
  const Graph graph = Shop(R"(
    enter on CartUpdated as cart
    step first {
      do { wait 45 minutes } interrupted by OrderPlaced as order where order.cart_id == cart.cart_id { exit bought }
    }
    step second { wait 45 minutes }
  )")
                          .graph();
  EXPECT_THAT(kept_at(graph, "first/wait"), UnorderedElementsAre("cart.cart_id"));
  EXPECT_THAT(kept_at(graph, "second/wait"), IsEmpty());
}

TEST(Liveness, ACalendarWaitKeepsItsAnchorAndZone) {
  const Graph graph = Shop(R"(
    enter on CartUpdated
    step settle { wait 2 days at 18:30 }
    step more { wait 2 hours }
  )")
                          .graph();
  EXPECT_THAT(kept_at(graph, "settle/wait"), UnorderedElementsAre("@anchor", "@zone"));
  EXPECT_THAT(kept_at(graph, "more/wait"), IsEmpty());
}

TEST(Liveness, ALiveWaitKeepsWhatItsInstantAndItsHandlersRead) {
  const Graph graph = Shop(R"(
    enter on CartUpdated as cart
    let late = cart.total > 100 USD
    step ending {
      wait until customer.trial_ends_at - 3 days
        if past { if late { exit too_late } }
        if absent { send Hello(name: cart.cart_id) via email }
    }
  )")
                          .graph();
  EXPECT_THAT(kept_at(graph, "ending/wait"), UnorderedElementsAre("cart.cart_id", "late", "@zone"));
}

TEST(Liveness, ADeliveryIsKeptWhereItsReceiptIsAwaited) {
  const Graph graph = Shop(R"(
    enter on CartUpdated
    step nudge {
      send Hello(name: "there") via email as nudge
      await up to 2 hours { on nudge.clicked { wait 1 hour as later } on timeout { } }
    }
  )")
                          .graph();
  EXPECT_EQ(kept_at(graph, "nudge/await").size(), 1u);
  EXPECT_THAT(kept_at(graph, "nudge/later"), IsEmpty());
}

TEST(Liveness, AnArmsEventIsReadInItsPredicateAndKeptOnlyBehindIt) {
  const Graph graph = Shop(R"(
    enter on CartUpdated as cart
    step buying {
      await up to 2 hours {
        on OrderPlaced as order where order.cart_id == cart.cart_id {
          wait 1 hour as later
          send Hello(name: order.cart_id) via email
        }
        on timeout { }
      }
    }
  )")
                          .graph();
  EXPECT_THAT(kept_at(graph, "buying/await"), UnorderedElementsAre("cart.cart_id"));
  ASSERT_EQ(kept_at(graph, "buying/later").size(), 1u);
  EXPECT_THAT(kept_at(graph, "buying/later")[0], ::testing::EndsWith("order.cart_id"));
}

TEST(Liveness, ALoopKeepsItsRoundAndTheStartOfTheRound) {
  const Graph graph = Shop(R"(
    enter on CartUpdated
    step tips {
      repeat up to 3 times every 2 days {
        send Hello(name: "there") via email
        wait 1 hour as pause
      }
    }
  )")
                          .graph();
  const auto at_pause = kept_at(graph, "tips/pause");
  EXPECT_EQ(at_pause.size(), 2u);
  EXPECT_THAT(at_pause, ::testing::Contains(::testing::EndsWith("@round_start")));
  EXPECT_THAT(at_pause, ::testing::Contains(::testing::EndsWith("round")));
}

TEST(Liveness, AValueOfOneBranchIsNotKeptInTheOther) {
  const Graph graph = Shop(R"(
    enter on CartUpdated as cart
    step choice {
      if cart.plan == free {
        wait 1 hour as one
        send Hello(name: cart.cart_id) via email
      } else {
        wait 1 hour as two
      }
    }
  )")
                          .graph();
  EXPECT_THAT(kept_at(graph, "choice/one"), UnorderedElementsAre("cart.cart_id"));
  EXPECT_THAT(kept_at(graph, "choice/two"), IsEmpty());
}

TEST(Liveness, LookingBackToAStepKeepsWhereItBegan) {
  const Graph graph = Shop(R"(
    enter on CartUpdated
    step trial {
      wait 1 day
    }
    step rest {
      await up to 2 days as orders { on OrderPlaced since step trial { } on timeout { } }
    }
  )")
                          .graph();
  EXPECT_THAT(kept_at(graph, "rest/orders"), ::testing::Contains(::testing::EndsWith("@step_start")));
  EXPECT_THAT(kept_at(graph, "trial/wait"), ::testing::Contains(::testing::EndsWith("@step_start")));
}

}  // namespace
}  // namespace wend::flow
