// `customer.id`, and lists that nobody set.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/testrun/run_text.h"

namespace wend::testrun {
namespace {

std::string verdict_of(const std::string& text) {
  Checked run;
  run_text(text, run);
  return verdict(run);
}

constexpr const char* k_named = R"(
message Named(id: Id) for transactional { email { subject "{id}"  body "." } }
journey named { owner "a"  lifetime 30 days
  enter on SignedUp
  step a { send Named(id: customer.id) via email  wait 1 hour }
})";

TEST(CustomerId, IsWhoTheCustomerIsAndNobodySetsIt) {
  EXPECT_EQ(verdict_of(std::string(k_named) + R"(
test "t" of named {
  given ada
  at 2025-01-01 10:00 SignedUp
  expect sent Named(id: "test-customer")
  after 1 minute set customer.id = "somebody else"
  expect customer.id == "test-customer"
})"),
            "passed");
}

TEST(CustomerId, IsNeverMissing) {
  // `id` is required, and no trait sets it: entries are not refused for it.
  EXPECT_EQ(verdict_of(std::string(k_named) + R"(
test "t" of named {
  given customer { email: "a@b.test" }
  at 2025-01-01 10:00 SignedUp
  expect 1 sent Named
})"),
            "passed");
}

// A list that is not optional needs no value: nobody set it, so it is empty, and nobody is refused for it.
TEST(Lists, ThatNobodySetAreEmpty) {
  EXPECT_EQ(verdict_of(R"(
journey listed { owner "a"  lifetime 30 days
  enter on SignedUp
  exit tagged when customer.tags is not empty
  step a { if customer.tags is empty { wait 1 hour }  exit over }
}
test "unset" of listed {
  given ada
  at 2025-01-01 10:00 SignedUp
  expect waiting in a
  expect size_of(customer.tags) == 0
  after 1 minute set customer.tags = []
  expect waiting in a
  after 1 minute set customer.tags = ["vip"]
  expect exited as tagged
}
test "set before" of listed {
  given ada with (tags: ["vip"])
  at 2025-01-01 10:00 SignedUp
  expect exited as tagged
})"),
            "passed");
}

}  // namespace
}  // namespace wend::testrun
