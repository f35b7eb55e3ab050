// Counting by columns says what asking the engine customer by customer says.

#include "runtime/analytics/audience.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "compiler/project/compile.h"
#include "runtime/engine/records.h"

namespace wend::analytics {
namespace {

using bytecode::Value;

constexpr const char* k_source = R"(
edition 1
module audience
enum Plan { free, trial, pro }
event Ordered { total: Money<USD> }
customer {
  id: Id
  plan: Plan
  visits: Int
  spent: Money<USD>?
  credit: Money<USD>
  country: Country?
  city: Text?
  vip: Bool
  since: Date?
  tags: Set<Text>
}
channel hook { address "hook"  consent news for marketing }

segment pros = customer.plan == pro
segment frequent = customer.visits >= 10 and not (customer.plan == free)
segment spenders = customer.spent is present and customer.spent > 50.25 USD
segment rich = (customer.spent otherwise 0.001 USD) > customer.credit
segment near = customer.country == us or customer.city == "Paris" or customer.city == "Nowhere"
segment reachable = consent(news) and customer.vip
segment odd = (customer.vip == (customer.visits < 5)) or (customer.plan != trial and customer.country is absent)
segment recent = customer.since is present and customer.since > 2024-06-01
segment everybody = customer.visits == customer.visits
segment known = match customer.country { present c => c == de, absent => customer.vip }
segment tagged = "a" in customer.tags
segment buyers = did Ordered in last 30 days

message Hi for transactional { hook { body "hi" } }
journey j { owner "a@b.test"  lifetime 3 days  enter on Ordered  step s { send Hi via hook } }
)";

class MemoryDirectory final : public engine::CustomerDirectory {
 public:
  void add(engine::CustomerNumber, std::string_view id) override { ids_.emplace_back(id); }
  std::string_view id(engine::CustomerNumber number) override { return ids_[static_cast<size_t>(number)]; }
  void erase(engine::CustomerNumber number) override { ids_[static_cast<size_t>(number)].clear(); }

 private:
  std::vector<std::string> ids_;
};

class NoCommands final : public engine::CommandSink {
 public:
  void on_entered(const engine::EnteredCommand&) override {}
  void on_delivery(const engine::DeliveryCommand&) override {}
  void on_goal(const engine::GoalCommand&) override {}
  void on_exposure(const engine::ExposureCommand&) override {}
  void on_call(const engine::CallCommand&) override {}
  void on_holdout(const engine::HoldoutCommand&) override {}
  void on_ended(const engine::EndedCommand&) override {}
};

class AudienceTest : public testing::Test {
 protected:
  AudienceTest() {
    source::MemoryFileStore files;
    files.write("m.journey", k_source);
    const auto project = project::load(files, "m.journey");
    auto compiled = project::compile(*project, files, *zones_);
    for (const auto& finding : compiled.findings.sorted()) ADD_FAILURE() << finding.message();
    program_ = std::move(*compiled.program);
    engine_.emplace(program_, *zones_, directory_, engine::EngineOptions{});
  }

  void feed(engine::RecordTag tag, const std::string& customer, const std::string& body) {
    const engine::Entry entry{tag, 0, 1'720'000'000'000, 1'720'000'000'000, customer, body};
    engine_->react({&entry, 1}, position_++, sink_);
  }

  // About three in four customers have each attribute.
  void add_customers(int count, int64_t scale) {
    std::mt19937_64 random(7);
    const auto pick = [&](uint64_t below) { return random() % below; };
    const std::vector<std::string> countries = {"us", "de", "fr"}, cities = {"Paris", "Rome"};
    for (int i = 0; i < count; ++i) {
      std::vector<engine::AttributeChange> changes;
      std::vector<engine::ConsentChange> consents;
      const auto set = [&](size_t attribute, const Value& value) {
        if (pick(4) > 0) changes.push_back({static_cast<bytecode::AttributeId>(attribute), value});
      };
      set(1, Value::from_word(static_cast<int64_t>(pick(3))));
      set(2, Value::from_word(static_cast<int64_t>(pick(20))));
      set(3, Value::from_decimal(*Decimal::from_parts(false, pick(10'000) * static_cast<uint64_t>(scale), -2)));
      set(4, Value::from_decimal(*Decimal::from_parts(pick(2) == 0, pick(10'000), -2)));
      set(5, Value::from_bytes(countries[pick(3)]));
      set(6, Value::from_bytes(cities[pick(2)]));
      set(7, Value::from_word(static_cast<int64_t>(pick(2))));
      set(8, Value::from_word(static_cast<int64_t>(19'700 + pick(400))));
      if (pick(2) > 0) consents.push_back({bytecode::TopicId{0}, pick(2) > 0});
      std::string body;
      engine::write_attributes_body(body, program_, changes, consents);
      feed(engine::RecordTag::attributes, "c" + std::to_string(i), body);
    }
  }

  uint64_t asked(size_t segment) {
    uint64_t members = 0;
    for (uint32_t i = 0; i < engine_->customer_count(); ++i) {
      members += engine_->segment(engine::CustomerNumber{i}, static_cast<bytecode::SegmentId>(segment));
    }
    return members;
  }

  std::shared_ptr<const ZoneTable> zones_ = ZoneTable::system();
  bytecode::Program program_;
  MemoryDirectory directory_;
  NoCommands sink_;
  std::optional<engine::Engine> engine_;
  uint64_t position_ = 0;
};

TEST_F(AudienceTest, CountsByColumnsWhatTheEngineCounts) {
  add_customers(3'000, 1);
  const Audience audience(program_, *engine_);
  EXPECT_EQ(audience.customers(), 3'000u);
  for (size_t i = 0; i < program_.segments.size(); ++i) {
    const auto id = static_cast<bytecode::SegmentId>(i);
    const std::string& name = program_.segments[i].name;
    const bool by_customer = name == "tagged" || name == "buyers";
    EXPECT_EQ(audience.is_columnar(id), !by_customer) << name;
    EXPECT_EQ(audience.count(id), asked(i)) << name;
    if (!by_customer) {
      EXPECT_GT(audience.count(id), 0u) << name;
    }
  }
}

TEST_F(AudienceTest, AmountsOfTooManyDigitsAreAskedByCustomer) {
  add_customers(500, INT64_MAX / 10'000);
  std::string body;
  const std::vector<engine::AttributeChange> huge = {{bytecode::AttributeId{3}, Value::from_decimal(*Decimal::parse("123456789012345678901234.56"))}};
  engine::write_attributes_body(body, program_, huge, {});
  feed(engine::RecordTag::attributes, "huge", body);
  const Audience audience(program_, *engine_);
  for (size_t i = 0; i < program_.segments.size(); ++i) {
    const auto id = static_cast<bytecode::SegmentId>(i);
    EXPECT_EQ(audience.count(id), asked(i)) << program_.segments[i].name;
    if (program_.segments[i].name == "spenders") {
      EXPECT_FALSE(audience.is_columnar(id));
    }
  }
}

TEST_F(AudienceTest, OfNobodyIsNobody) {
  const Audience audience(program_, *engine_);
  EXPECT_EQ(audience.customers(), 0u);
  for (size_t i = 0; i < program_.segments.size(); ++i) EXPECT_EQ(audience.count(static_cast<bytecode::SegmentId>(i)), 0u);
}

}  // namespace
}  // namespace wend::analytics
