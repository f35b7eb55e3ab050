#pragma once

#include <cstddef>
#include <string_view>

namespace wend::ingest {

// Where the JSON object that `text` begins with ends: the offset behind its last bracket, npos when that is missing. Looks at brackets and
// texts alone: what stands between them may be no JSON.
size_t json_object_end(std::string_view text);

}  // namespace wend::ingest
