#pragma once

// Programs as lines: the generator writes one construct a line.

#include <algorithm>
#include <string>

namespace wend::reference {

/// How many blocks more are open behind the line than before it.
inline int depth_change(const std::string& line) {
  return static_cast<int>(std::count(line.begin(), line.end(), '{')) - static_cast<int>(std::count(line.begin(), line.end(), '}'));
}

}  // namespace wend::reference
