#pragma once

// One input of the engine, as it stands in the log. Positions are ordinals of entries, never of batches.

#include <cstdint>
#include <string_view>

#include "runtime/base/time.h"

namespace wend::engine {

enum class RecordTag : uint8_t {
#define WEND_RECORD_TAG(number, name, has_customer, meaning) name = number,
#include "runtime/engine/record_tags.def"
#undef WEND_RECORD_TAG
};

// Entry flags (persisted bits).
constexpr uint8_t k_entry_flag_clamped = 1;  // t_event was later than t_log and has been set to it
constexpr uint8_t k_entry_flag_sealed = 2;   // reserved: the body is encrypted under the customer's key

struct Entry {
  RecordTag tag{};
  uint8_t flags = 0;
  TimestampMs t_log = 0;      // never decreasing along a log
  TimestampMs t_event = 0;    // ≤ t_log
  std::string_view customer;  // id bytes; empty where the tag has no customer
  std::string_view body;
};

}  // namespace wend::engine
