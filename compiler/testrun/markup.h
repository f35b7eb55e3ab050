#pragma once

#include <string>
#include <string_view>

namespace wend::testrun {

/// For text and attributes of XML and HTML.
[[nodiscard]] std::string escape_markup(std::string_view text);

}  // namespace wend::testrun
