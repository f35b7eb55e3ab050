#pragma once

#include <string>
#include <string_view>

namespace wend {

// `text` is valid UTF-8; with the quotes.
void append_json_text(std::string& out, std::string_view text);

}  // namespace wend
