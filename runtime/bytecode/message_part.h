#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace wend::bytecode {

/// Whether people read a part of a message, rather than a machine that follows it: an address is the same in every language.
[[nodiscard]] inline bool is_read(std::string_view part) {
  constexpr std::array<std::string_view, 5> k_addresses = {"url", "link", "deep_link", "image", "icon"};
  return std::ranges::find(k_addresses, part) == k_addresses.end();
}

}  // namespace wend::bytecode
