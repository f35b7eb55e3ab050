#pragma once

// One program and one history through both, compared.

#include <optional>
#include <string>

#include "tests/reference/calendar.h"
#include "tests/reference/history.h"

namespace wend::reference {

struct Case {
  std::vector<std::string> earlier;  // experiments as they were when they were locked, each version one line
  std::vector<ClosedDays> closed_days;
  std::string program;             // the text
  std::vector<std::string> added;  // journeys and segments of it that an input deploys
  History history;
  RunOptions options;
};

enum class Verdict { agree, differ, does_not_compile };
struct Comparison {
  Verdict verdict = Verdict::agree;
  std::string difference;  // the first line that differs, or the diagnostics
  std::size_t commands = 0;
};
Comparison compare(const Case& subject);
/// Everything that both asked for, for a person who looks for the reason.
std::string show_both(const Case& subject);

/// Drops inputs, lines and blocks of the program while the two still differ.
Case shrunk(Case subject);

/// A case as one text and back: options, inputs, the program.
std::string to_text(const Case& subject);
std::optional<Case> case_from_text(const std::string& text);

}  // namespace wend::reference
