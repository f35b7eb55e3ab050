#pragma once

// The terminal, or what stands in for it. Commands write through this and never to a stream of their own.

#include <string_view>

namespace wend::cli {

enum class ColourChoice { automatic, always, never };

/// What a command ends with.
enum class ExitCode : int { ok = 0, findings = 1, usage = 2 };

class Console {
 public:
  explicit Console(ColourChoice colours) : colours_(colours) {}

  /// What was asked for: goes to standard output. A reader that has gone (`| head`) is no error.
  void out(std::string_view text);
  /// What accompanies it: goes to standard error.
  void err(std::string_view text);
  /// "wend: …" on standard error, one line.
  void error(std::string_view message);

  [[nodiscard]] bool out_colours() const;
  [[nodiscard]] bool err_colours() const;
  [[nodiscard]] bool err_is_terminal() const;
  /// False when standard output could not take what was written (a full disk; not a closed pipe).
  [[nodiscard]] bool finish();

 private:
  ColourChoice colours_;
  bool out_closed_ = false;
  bool out_failed_ = false;
};

}  // namespace wend::cli
