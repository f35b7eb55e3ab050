#pragma once

// What the outside answers to a call, from its key and the attempt alone: the same for both sides.

#include <cstdint>
#include <optional>
#include <string>

namespace wend::reference {

struct GivenAnswer {
  bool succeeds = true;
  std::optional<std::int64_t> number;  // absent: the action's shadow
};

/// `key`: in hexadecimal.
inline GivenAnswer answer_to(const std::string& key, std::int64_t attempt) {
  const auto digit = [&](std::size_t at) { return std::stoi(key.substr(at, 1), nullptr, 16); };
  GivenAnswer answer;
  answer.succeeds = (digit(0) + attempt) % 3 != 0 && digit(3) != 0;
  if (digit(1) % 2 == 0) answer.number = digit(2) % 5;
  return answer;
}

}  // namespace wend::reference
