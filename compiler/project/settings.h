#pragma once

// `wend.toml`: the few settings the compiler itself reads. Tables of the runtime are listed here by name only; their
// contents are read by whoever owns them.

#include <optional>
#include <string>
#include <vector>

#include "compiler/diag/diagnostic.h"
#include "compiler/source/source_file.h"

namespace wend::project {

struct Settings {
  std::optional<std::string> name;
};

struct SettingsResult {
  Settings settings;
  std::vector<diag::Diagnostic> diagnostics;
};

/// Where toml++ says something is; it counts columns in code points, as positions do.
[[nodiscard]] source::Span span_between(const source::SourceFile& file, source::Position begin, source::Position end);

/// Never throws; reads nothing but the text.
[[nodiscard]] SettingsResult parse_settings(const source::SourceFile& file);

}  // namespace wend::project
