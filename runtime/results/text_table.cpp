#include "runtime/results/text_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/base/utf8.h"

namespace wend::results {
namespace {

size_t width(const std::string& text) {
  return static_cast<size_t>(count_code_points(text));
}

std::string spaces(size_t wanted, const std::string& text) {
  return std::string(wanted - std::min(wanted, width(text)), ' ');
}

}  // namespace

void TextTable::print(std::string& out) const {
  if (rows_.empty()) return;
  std::vector<size_t> widths(columns_.size() + 1, 0);
  widths[0] = width(title_) > 2 ? width(title_) - 2 : 0;
  for (size_t i = 0; i < columns_.size(); ++i) widths[i + 1] = width(columns_[i]);
  for (const auto& row : rows_) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
  }
  out += "\n" + title_ + spaces(widths[0] + 2, title_);
  for (size_t i = 0; i < columns_.size(); ++i) out += "  " + spaces(widths[i + 1], columns_[i]) + columns_[i];
  out += "\n";
  for (const auto& row : rows_) {
    out += "  " + row[0] + spaces(widths[0], row[0]);
    for (size_t i = 1; i < row.size(); ++i) out += "  " + spaces(widths[i], row[i]) + row[i];
    out += "\n";
  }
}

std::string grouped(uint64_t number) {
  std::string digits = std::to_string(number);
  for (size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

}  // namespace wend::results
