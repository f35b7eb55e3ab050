#include "compiler/cli/console.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace wend::cli {
namespace {

// https://no-color.org: set and not empty means no colours, unless they are asked for.
bool wants_colours(ColourChoice choice, int descriptor) {
  if (choice == ColourChoice::always) return true;
  if (choice == ColourChoice::never || isatty(descriptor) == 0) return false;
  const char* no_color = std::getenv("NO_COLOR");
  if (no_color != nullptr && *no_color != '\0') return false;
  const char* terminal = std::getenv("TERM");
  return terminal == nullptr || std::string_view(terminal) != "dumb";
}

}  // namespace

void Console::out(std::string_view text) {
  if (out_closed_ || out_failed_) return;
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size()) return;
  (errno == EPIPE ? out_closed_ : out_failed_) = true;
}

void Console::err(std::string_view text) {
  std::fflush(stdout);
  std::fwrite(text.data(), 1, text.size(), stderr);
}

void Console::error(std::string_view message) {
  err("wend: " + std::string(message) + "\n");
}

bool Console::out_colours() const {
  return wants_colours(colours_, STDOUT_FILENO);
}

bool Console::err_colours() const {
  return wants_colours(colours_, STDERR_FILENO);
}

bool Console::err_is_terminal() const {
  return isatty(STDERR_FILENO) != 0;
}

bool Console::finish() {
  if (!out_closed_ && !out_failed_ && std::fflush(stdout) != 0) (errno == EPIPE ? out_closed_ : out_failed_) = true;
  return !out_failed_;
}

}  // namespace wend::cli
