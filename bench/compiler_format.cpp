// Formatting: what `wend fmt` does to one file of 1,000 lines, parsing included.

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "bench/compile.h"
#include "bench/durable.h"
#include "bench/row.h"
#include "compiler/format/format.h"
#include "compiler/source/sources.h"

using namespace wend::bench;

namespace {

constexpr size_t k_lines = 1'000;
constexpr int k_rounds = 50;
constexpr double k_target_ms = 20;

}  // namespace

int main() {
  const std::string shop = WEND_BENCH_SHOP;
  std::string text = read_file(shop + "/shared.journey");
  std::string more;
  for (const char* name : {"/welcome.journey", "/abandoned_cart.journey", "/review.journey"}) {
    const std::string journey = read_file(shop + name);
    more += journey.substr(std::min(journey.size(), journey.find("\n\n")));  // without its module's name
  }
  if (more.empty()) return 2;
  while (static_cast<size_t>(std::ranges::count(text, '\n')) < k_lines) text += more;
  const auto lines = std::ranges::count(text, '\n');

  wend::source::Sources sources;
  const auto& file = sources.add("bench.journey", text);
  std::vector<double> times;
  for (int round = 0; round < k_rounds; ++round) {
    const double begin = processor_seconds();
    if (!wend::format::format(file).text) return 2;
    times.push_back((processor_seconds() - begin) * 1000 * k_lines / static_cast<double>(lines));
  }
  const double first = times.front();
  const double usual = median(times);
  fmt::print("formatting  {} lines: {:.1f} ms per 1,000 lines, {:.1f} ms the first time\n", lines, usual, first);
  row({"fmt", "format 1,000 lines, the first file of a run", first, k_target_ms, At::most, fmt::format("{:.1f} ms later", usual)});
}
