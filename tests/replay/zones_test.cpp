// New time-zone data between two runs: a barrier goes into the log, and deadlines in calendar time are computed again.

#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "runtime/bytecode/verify.h"
#include "runtime/replay/replay.h"
#include "tests/engine/shop.h"
#include "tests/log/scratch.h"

namespace wend::replay {
namespace {

using bytecode::Opcode;

// The system's zones, all of them two hours further east.
class Moved final : public ZoneTable {
 public:
  explicit Moved(std::shared_ptr<const ZoneTable> zones) : zones_(std::move(zones)) {}
  std::optional<ZoneId> find(std::string_view name) const override { return zones_->find(name); }
  std::string_view name(ZoneId zone) const override { return zones_->name(zone); }
  std::span<const ZoneId> zones_of_country(std::string_view country) const override { return zones_->zones_of_country(country); }
  std::span<const std::string> all_names() const override { return zones_->all_names(); }
  std::array<uint8_t, 32> digest() const override {
    auto digest = zones_->digest();
    digest[0] ^= 1;
    return digest;
  }
  int32_t offset_seconds(ZoneId zone, TimestampMs at) const override {
    // The rules differ from the second day on.
    return zones_->offset_seconds(zone, at) + (at > k_changed ? 2 * 3600 : 0);
  }

 private:
  static constexpr TimestampMs k_changed = 1'704'240'000'000;  // 2024-01-03T00:00:00Z
  std::shared_ptr<const ZoneTable> zones_;
};

// Whoever begins waits for an hour that never comes, until the journey's 20 days in the customer's zone are over.
bytecode::Program make_program() {
  engine::testing::Shop shop;
  bytecode::Function zone{.name = "zone", .registers = {shop.b.type(bytecode::ValueKind::time_zone, true)}};
  const auto attribute = shop.b.attribute("zone", shop.b.type(bytecode::ValueKind::time_zone, true));
  zone.code = {{Opcode::load_attribute, 0, 0, static_cast<uint16_t>(attribute), 0}, {Opcode::return_value, 0, 0, 0, 0}};
  engine::testing::Simple(shop, shop.buy, {.up_to = 1000 * k_hour_ms, .lifetime = Period{0, 20}}).finish();
  shop.b.program.zone = shop.b.function(zone);
  shop.b.program.name = "shop";
  return shop.b.program;
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(Zones, NewRulesComputeDeadlinesAgainInTheNextRun) {
  const Scratch scratch;
  const bytecode::Program program = make_program();
  ASSERT_FALSE(bytecode::verify(program));
  const auto system = ZoneTable::system();
  const Moved moved(system);
  std::ofstream(scratch.path("history.ndjson"))
      << R"({"type":"identify","userId":"ada","timestamp":"2024-01-01T00:00:00Z","traits":{"zone":"Europe/Berlin"}})"
      << "\n"
      << R"({"type":"track","userId":"ada","event":"Begin","timestamp":"2024-01-01T10:00:00Z","properties":{"n":7}})"
      << "\n";
  const auto run = [&](const ZoneTable& zones, const std::string& name, const char* until) {
    Options options{.events = scratch.path("history.ndjson"),
                    .data_folder = scratch.path(name + "-state"),
                    .result_folder = scratch.path(name + "-out"),
                    .machine_now = 1'900'000'000'000};
    options.until = *parse_until(until);
    const auto result = replay(program, zones, options);
    EXPECT_TRUE(result) << result.error().what;
    return read_file(scratch.path(name + "-out/instances.ndjson"));
  };
  EXPECT_THAT(run(*system, "a", "done"), testing::HasSubstr(R"("ended_at":"2024-01-21T10:00:00Z","exit":"expired")"));
  EXPECT_THAT(run(*system, "b", "2024-01-10T00:00:00Z"), testing::HasSubstr("waiting_in"));
  const std::string ended = run(moved, "b", "done");
  EXPECT_THAT(ended, testing::HasSubstr(R"("ended_at":"2024-01-21T08:00:00Z","exit":"expired")"));
  EXPECT_EQ(run(moved, "b", "done"), ended);
  EXPECT_EQ(run(*system, "b", "done"), ended) << "what has happened has happened";
}

}  // namespace
}  // namespace wend::replay
