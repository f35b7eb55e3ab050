#pragma once

// The lines of a history: collected per customer, then put into the order of their arrival.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/time.h"

namespace wend::demo {

class Calls {
 public:
  // `traits` and `properties` are the inside of a JSON object. Returns the line's number.
  size_t identify(std::string_view customer, std::string_view message_id, TimestampMs at, std::string_view traits);
  size_t track(std::string_view customer, std::string_view message_id, TimestampMs at, std::string_view event, std::string_view properties);
  // The line arrives later than it happened.
  void delay(size_t line, DurationMs by) { lines_[line].arrival += by; }
  // The same bytes once more.
  void repeat(size_t line, DurationMs later);
  void replace(size_t line, const std::string& text);
  std::string_view text(size_t line) const { return std::string_view(bytes_).substr(lines_[line].begin, lines_[line].size); }
  size_t size() const { return lines_.size(); }
  // Lines that arrive before `end`, by arrival; of the same moment in the order of their making.
  uint64_t write(TimestampMs end, const std::function<void(std::string_view)>& write) const;

 private:
  struct Line {
    TimestampMs arrival = 0;
    size_t begin = 0;
    size_t size = 0;
  };
  size_t add(TimestampMs arrival, std::string_view text);
  std::string bytes_;
  std::vector<Line> lines_;
};

}  // namespace wend::demo
