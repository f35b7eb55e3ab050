#include <fmt/format.h>

#include <algorithm>

#include "bench/row.h"

namespace wend::bench {

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void row(const Row& row) {
  const bool met = row.at == At::least ? row.value >= row.target : row.value <= row.target;
  fmt::print("row\t{}\t{}\t{:.3g}\t{} {:.3g}\t{}\t{}\n", row.name, row.what, row.value, row.at == At::least ? ">=" : "<=", row.target,
             met ? "met" : "MISSED", row.beside);
}

}  // namespace wend::bench
