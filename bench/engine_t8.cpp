// T8: how many of 10 million customers are in a segment of four predicates, on one core: the segment's bytecode over columns, against a loop
// that the compiler vectorises, and against DuckDB where it has been measured in the same run.
//
// usage: engine_t8 [million customers, 10 by default] [DuckDB's million rows a second]

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <random>

#include "bench/compile.h"
#include "bench/reference.h"
#include "bench/row.h"
#include "runtime/analytics/audience.h"
#include "runtime/engine/records.h"

using namespace wend::bench;
namespace engine = wend::engine;
namespace bytecode = wend::bytecode;
using bytecode::Value;

namespace {

constexpr int k_runs = 9;
constexpr wend::TimestampMs k_start_ms = 1'704'067'200'000;

constexpr const char* k_source = R"(
edition 1
module audience
enum Tier { none, bronze, silver, gold }
enum Region { north, south, east, west, centre }
event Ping { n: Int }
customer { id: Id  region: Region  spent: Money<USD>  last_seen: Date  tier: Tier }
customer timezone = "UTC"
segment target = customer.region != centre and customer.spent > 250.00 USD and customer.last_seen > 2024-05-15
                 and customer.tier == silver
channel hook { address "hook" }
message Hi for transactional { hook { body "hi" } }
journey j { owner "bench@example.test"  lifetime 3 days  enter on Ping  step s { send Hi via hook } }
)";

// Columns as narrow as their values, as DuckDB has them.
struct People {
  std::vector<uint8_t> region, tier;
  std::vector<float> spent;
  std::vector<int32_t> last_seen;
};

People people(size_t count) {
  People result;
  std::mt19937_64 random(8);
  for (size_t i = 0; i < count; ++i) {
    result.region.push_back(static_cast<uint8_t>(random() % 5));
    result.tier.push_back(static_cast<uint8_t>(random() % 4));
    result.spent.push_back(static_cast<float>(random() % 100'000) / 100);
    result.last_seen.push_back(static_cast<int32_t>(19'675 + random() % 365));
  }
  return result;
}

// The date of the segment, in days.
constexpr int32_t k_seen_after = 19'858;

__attribute__((noinline)) uint64_t by_hand(const People& all) {
  uint32_t members = 0;
  for (size_t i = 0; i < all.region.size(); ++i) {
    members += static_cast<uint32_t>(all.region[i] != 4) & static_cast<uint32_t>(all.spent[i] > 250.0f) &
               static_cast<uint32_t>(all.last_seen[i] > k_seen_after) & static_cast<uint32_t>(all.tier[i] == 2);
  }
  return members;
}

void fill(engine::Engine& engine, const bytecode::Program& program, const People& all) {
  CountingSink sink;
  std::vector<uint64_t> ids(k_batch);
  std::vector<std::string> bodies(k_batch);
  std::vector<engine::Entry> batch;
  uint64_t position = 0;
  for (size_t at = 0; at < all.region.size(); at += k_batch) {
    batch.clear();
    for (size_t i = 0; i < std::min(k_batch, all.region.size() - at); ++i) {
      const size_t who = at + i;
      ids[i] = who;
      const auto cents = static_cast<int64_t>(all.spent[who] * 100 + 0.5f);
      const engine::AttributeChange changes[] = {
          {bytecode::AttributeId{1}, Value::from_word(all.region[who])},
          {bytecode::AttributeId{2}, Value::from_decimal(*wend::Decimal::from_parts(false, static_cast<uint64_t>(cents), -2))},
          {bytecode::AttributeId{3}, Value::from_word(all.last_seen[who])},
          {bytecode::AttributeId{4}, Value::from_word(all.tier[who])}};
      bodies[i].clear();
      engine::write_attributes_body(bodies[i], program, changes, {});
      batch.push_back({engine::RecordTag::attributes, 0, k_start_ms, k_start_ms, {reinterpret_cast<const char*>(&ids[i]), sizeof ids[i]}, bodies[i]});
    }
    engine.react(batch, position, sink);
    position += batch.size();
  }
}

// The median of several runs, in million customers a second.
template <typename Count>
double rate(size_t customers, uint64_t& members, const Count& count) {
  std::vector<double> seconds;
  for (int run = 0; run < k_runs; ++run) {
    const double begin = processor_seconds();
    members = count();
    seconds.push_back(processor_seconds() - begin);
  }
  return static_cast<double>(customers) / median(seconds) / 1e6;
}

}  // namespace

int main(int argc, char** argv) {
  const size_t count = (argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 10) * 1'000'000;
  const double duckdb = argc > 2 ? std::atof(argv[2]) : 0;
  const People all = people(count);
  const bytecode::Program program = compiled(k_source);
  IdDirectory directory;
  engine::Engine engine(program, *wend::ZoneTable::system(), directory, {});
  fill(engine, program, all);
  const double begin = processor_seconds();
  const wend::analytics::Audience audience(program, engine);
  const double laying_out = processor_seconds() - begin;
  uint64_t members = 0, expected = 0;
  const double columns = rate(count, members, [&] { return audience.count(bytecode::SegmentId{0}); });
  const double hand = rate(count, expected, [&] { return by_hand(all); });
  if (!audience.is_columnar(bytecode::SegmentId{0}) || members != expected) {
    fmt::print("T8 the counts differ: {} by columns, {} by hand\n", members, expected);
    return 1;
  }
  fmt::print("T8 segment of four predicates, {} M customers  {:.0f} M customers/s, by hand {:.0f} M  ({} members; columns laid out in {:.2f} s)\n",
             count / 1'000'000, columns, hand, members, laying_out);
  const std::string beside = fmt::format("{:.0f} M/s, by hand {:.0f} M/s: {:.2f}", columns, hand, columns / hand);
  if (duckdb > 0) {
    row({"T8", "segment, 10 M customers: to DuckDB", columns / duckdb, 1, At::least, fmt::format("{}; DuckDB {:.0f} M/s", beside, duckdb)});
  } else {
    fmt::print("T8 DuckDB was not measured: no ratio to it\n");
  }
  return 0;
}
