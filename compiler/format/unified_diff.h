#pragma once

#include <string>
#include <string_view>

namespace wend::format {

/// The difference of two texts as `diff -u` prints it, for `patch` and for people; empty when there is none.
[[nodiscard]] std::string unified_diff(std::string_view path, std::string_view before, std::string_view after);

}  // namespace wend::format
