#pragma once

#include <string_view>

namespace wend::ingest {

// The blanks of JSON, and no other control character, may stand behind a token.
inline std::string_view without_blanks_behind(std::string_view token) {
  return token.substr(0, token.find_last_not_of(" \t\r\n") + 1);
}

}  // namespace wend::ingest
