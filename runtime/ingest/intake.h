#pragma once

// What reading input tells besides the entries it gives: lines that were refused, names that nobody declared.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wend::ingest {

enum class RejectReason : uint8_t {
#define WEND_REJECT(number, name, meaning) name = number,
#include "runtime/ingest/rejects.def"
#undef WEND_REJECT
};
const char* to_string(RejectReason reason);

struct Reject {
  uint64_t line = 0;   // 1-based; of a group of rows the first
  uint32_t lines = 1;  // how many lines the refused record has
  RejectReason reason{};
  std::string path;  // JSON path ("$.properties.total") or column name; empty: the whole line
  std::string message;
};

// Distinct names kept; what comes after is counted under `k_other_names`. A file of random names must not fill the memory.
constexpr size_t k_names_max = 100;
constexpr const char* k_other_names = "…";

// Sums up: intakes of consecutive batches add to one.
struct Intake {
  uint64_t records = 0;                            // lines or groups of rows read, also refused ones
  std::map<std::string, uint64_t> unknown_events;  // wire names
  std::map<std::string, uint64_t> unknown_traits;
  std::map<std::string, uint64_t> ignored_calls;  // Segment call types that carry nothing for us: page, screen, group, alias
  std::vector<Reject> rejects;

  bool empty() const { return records == 0; }
  void clear() { *this = {}; }
  static void count(std::map<std::string, uint64_t>& names, std::string_view name, uint64_t times = 1);
};

// The bytes of an intake record beside a batch in the data folder; format 1.
std::string encode(const Intake& intake);
std::optional<Intake> decode_intake(std::string_view bytes);

}  // namespace wend::ingest
