#include "examples/shop/generator/calls.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

namespace wend::demo {

size_t Calls::add(TimestampMs arrival, std::string_view text) {
  lines_.push_back({arrival, bytes_.size(), text.size()});
  bytes_.append(text);
  return lines_.size() - 1;
}

size_t Calls::identify(std::string_view customer, std::string_view message_id, TimestampMs at, std::string_view traits) {
  return add(at, fmt::format(R"({{"type":"identify","messageId":"{}","userId":"{}","timestamp":"{}","traits":{{{}}}}})", message_id,
                             customer, format_rfc3339(at), traits));
}

size_t Calls::track(std::string_view customer, std::string_view message_id, TimestampMs at, std::string_view event,
                    std::string_view properties) {
  return add(at, fmt::format(R"({{"type":"track","messageId":"{}","userId":"{}","event":"{}","timestamp":"{}","properties":{{{}}}}})",
                             message_id, customer, event, format_rfc3339(at), properties));
}

void Calls::repeat(size_t line, DurationMs later) {
  Line copy = lines_[line];
  copy.arrival += later;
  lines_.push_back(copy);
}

void Calls::replace(size_t line, const std::string& text) {
  lines_[line].begin = bytes_.size();
  lines_[line].size = text.size();
  bytes_.append(text);
}

uint64_t Calls::write(TimestampMs end, const std::function<void(std::string_view)>& write) const {
  std::vector<uint32_t> order(lines_.size());
  std::iota(order.begin(), order.end(), uint32_t{0});
  std::sort(order.begin(), order.end(),
            [&](uint32_t a, uint32_t b) { return std::pair(lines_[a].arrival, a) < std::pair(lines_[b].arrival, b); });
  uint64_t written = 0;
  for (const uint32_t line : order) {
    if (lines_[line].arrival >= end) break;
    write(text(line));
    ++written;
  }
  return written;
}

}  // namespace wend::demo
