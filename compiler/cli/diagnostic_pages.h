#pragma once

#include <string_view>
#include <vector>

namespace wend::cli {

/// One page of docs/diagnostics, built into the program.
struct DiagnosticPage {
  std::string_view code;  ///< "E0101"
  std::string_view text;  ///< Markdown
};

/// Sorted by code.
[[nodiscard]] std::vector<DiagnosticPage> diagnostic_pages();

}  // namespace wend::cli
