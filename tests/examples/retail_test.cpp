// examples/retail over the real file, held against counts made by an independent script.

#include <gtest/gtest.h>

#include "tests/examples/program.h"

namespace wend::examples {
namespace {

namespace fs = std::filesystem;

long count_lines_with(const fs::path& path, const std::vector<std::string>& needles) {
  long count = 0;
  for (const auto& line : lines_of(path)) {
    bool all = true;
    for (const auto& needle : needles) all = all && line.find(needle) != std::string::npos;
    if (all) ++count;
  }
  return count;
}

TEST(Retail, AgreesWithAnIndependentCount) {
  const fs::path file = data_folder() / "retail" / "online-retail.csv.gz";
  if (!fs::exists(file)) GTEST_SKIP() << file << " is absent: set WEND_DATA_DIR to the folder with the real data";

  const Outcome by_hand = run("tests/examples/retail_by_hand.sh '" + file.string() + "'");
  ASSERT_EQ(by_hand.exit_code, 0) << by_hand.output;
  auto expected = numbers(by_hand.output);
  ASSERT_GT(expected["second_orders"], 0);

  const Scratch scratch("retail");
  const Outcome outcome = run("wend run examples/retail --events '" + file.string() + "' --data " + (scratch / "state").string() +
                              " --out " + (scratch / "result").string());
  ASSERT_EQ(outcome.exit_code, 0) << outcome.output;

  const fs::path result = scratch / "result";
  EXPECT_EQ(count_lines_with(result / "instances.ndjson", {R"("journey":"second_order")"}), expected["customers"]);
  EXPECT_EQ(count_lines_with(result / "goals.ndjson", {R"("goal":"second_order")"}), expected["second_orders"]);
  EXPECT_EQ(count_lines_with(result / "deliveries.ndjson", {R"("message":"WeMissYou")", R"("outcome":"sent")"}), expected["letters"]);
}

}  // namespace
}  // namespace wend::examples
