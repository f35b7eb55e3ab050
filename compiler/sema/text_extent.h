#pragma once

#include <cstdint>
#include <string>
#include <string_view>

// How long a text is for those who carry it: as a text message (GSM 03.38), as a payload, for a reader.

namespace wend::sema {

struct TextExtent {
  std::int64_t characters = 0;  ///< code points
  std::int64_t bytes = 0;       ///< of UTF-8
  std::int64_t septets = 0;     ///< of GSM-7, where an extended character such as `€` takes two; others are counted as one
  std::int64_t units = 0;       ///< of UCS-2
  bool bounded = true;          ///< false: a value in it may have any length, and is counted as nothing
  std::string foreign;          ///< the first character outside of GSM-7, which makes the whole message UCS-2; empty: none

  void add(const TextExtent& other);
  /// The longer one in each way of counting.
  void widen(const TextExtent& other);
};

[[nodiscard]] TextExtent extent_of(std::string_view text);
/// A text of so many characters, each as dear as can be but for the alphabet.
[[nodiscard]] TextExtent extent_of_any(std::int64_t characters);

/// How many messages a carrier makes of it: 160 septets or 70 units in one, 153 or 67 in each of several.
[[nodiscard]] std::int64_t sms_segments(const TextExtent& extent);
/// "161 characters of GSM-7".
[[nodiscard]] std::string sms_length(const TextExtent& extent);

}  // namespace wend::sema
