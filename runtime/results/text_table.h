#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace wend::results {

// Rows of cells under a title, in columns: the first to the left, the others to the right. A table without rows prints nothing.
class TextTable {
 public:
  TextTable(std::string title, std::vector<std::string> columns) : title_(std::move(title)), columns_(std::move(columns)) {}
  void row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  void print(std::string& out) const;

 private:
  std::string title_;
  std::vector<std::string> columns_;  // but for the first, which the title heads
  std::vector<std::vector<std::string>> rows_;
};

// 1234567 → "1,234,567".
std::string grouped(uint64_t number);

}  // namespace wend::results
