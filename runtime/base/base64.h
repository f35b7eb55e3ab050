#pragma once

#include <string>
#include <string_view>

namespace wend {

// With padding, in the alphabet of RFC 4648 that has `+` and `/`.
std::string to_base64(std::string_view bytes);

}  // namespace wend
