#pragma once

// One figure beside its target, as bench/run.sh collects them into a table.

#include <cstdint>
#include <string>
#include <vector>

namespace wend::bench {

enum class At : uint8_t { least, most };

struct Row {
  std::string name;  // of docs/performance.md
  std::string what;
  double value = 0;
  double target = 0;
  At at = At::least;   // how value and target have to stand
  std::string beside;  // what was seen in the same run, in words
};

// The upper one of two in the middle.
double median(std::vector<double> values);

// Prints "row", then the members and met or missed, with a tab between them.
void row(const Row& row);

}  // namespace wend::bench
