// The packed form of a customer's state: what was written is read back, and equal states have equal bytes.

#include "runtime/engine/customer_state.h"

#include <gtest/gtest.h>

#include "tests/engine/program_builder.h"

namespace wend::engine {
namespace {

constexpr TimestampMs k_origin = 1'000'000;

bytecode::Program two_channels() {
  testing::ProgramBuilder builder;
  const auto address = builder.attribute("address", builder.optional_text());
  builder.topic("news");
  builder.channel("email", address);
  builder.channel("sms", address);
  return builder.program;
}

class PackedState : public ::testing::Test {
 protected:
  std::string pack() {
    std::string bytes;
    state.pack(bytes);
    return bytes;
  }

  const bytecode::Program program = two_channels();
  const Listening listening{program};
  CustomerState state{program, listening};
};

TEST_F(PackedState, keeps_the_ledger_beside_the_common_sections) {
  const std::vector<LedgerEntry> entries{{k_origin - 5, bytecode::ChannelId{1}, 7}, {k_origin + 90, bytecode::ChannelId{0}, ~uint64_t{0}}};
  state.open({}, k_origin);
  state.set_consent(bytecode::TopicId{0}, true);
  state.ledger() = entries;
  state.ledger_changed();
  const std::string bytes = pack();

  state.open(bytes, k_origin);
  EXPECT_TRUE(state.validate());
  EXPECT_TRUE(has_section(bytes, Section::consents));
  EXPECT_EQ(state.consent(bytecode::TopicId{0}), true);
  EXPECT_EQ(state.ledger(), entries);
  EXPECT_FALSE(state.has_kept());
}

TEST_F(PackedState, an_emptied_ledger_leaves_no_trace) {
  state.open({}, k_origin);
  state.set_consent(bytecode::TopicId{0}, true);
  const std::string before = pack();

  state.open(before, k_origin);
  state.ledger().push_back({k_origin, bytecode::ChannelId{0}, 1});
  state.ledger_changed();
  const std::string with = pack();
  EXPECT_NE(with, before);

  state.open(with, k_origin);
  state.ledger().clear();
  state.ledger_changed();
  EXPECT_EQ(pack(), before);
}

TEST_F(PackedState, refuses_sections_and_channels_that_do_not_exist) {
  const std::string unknown_section("\x40\x80", 2);
  state.open(unknown_section, k_origin);
  EXPECT_FALSE(state.validate());

  state.open({}, k_origin);
  state.ledger().push_back({k_origin, bytecode::ChannelId{2}, 1});
  state.ledger_changed();
  const std::string unknown_channel = pack();
  state.open(unknown_channel, k_origin);
  EXPECT_FALSE(state.validate());
}

}  // namespace
}  // namespace wend::engine
