#pragma once

#include <cerrno>
#include <cstring>
#include <string>

namespace wend {

// What the system says of a failed call, and the way out of the one failure that every long run may meet.
inline std::string system_error(int code) {
  std::string what = std::strerror(code);
  if (code == ENOSPC || code == EDQUOT) what = "the disk is full (" + what + "): make room and run it again, it goes on where it stopped";
  return what;
}

}  // namespace wend
