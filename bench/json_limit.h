#pragma once

#include <string_view>

namespace wend::bench {

// The limit of T3: processor seconds that simdjson takes to parse lines of JSON into its own trees, and to do nothing with them. At least
// 64 readable bytes follow the text. Counts the documents in `documents`.
double simdjson_seconds(std::string_view lines, size_t& documents);

}  // namespace wend::bench
