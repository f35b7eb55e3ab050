#pragma once

// What `wend preview` is asked for is written as a test, so that its values are read and checked like those of any other. Whoever asks
// wrote options, though, and is told about those.

#include <optional>
#include <string>
#include <vector>

#include "compiler/cli/arguments.h"
#include "compiler/diag/diagnostic.h"
#include "compiler/project/project.h"

namespace wend::cli {

/// What stands on lines of its own in the test, and the option that it is made of; none for what stands around them.
struct RequestLine {
  std::string text;
  std::string option;
};
[[nodiscard]] std::vector<RequestLine> request_lines(const PreviewOptions& options);
[[nodiscard]] std::string request_text(const std::vector<RequestLine>& lines);
/// The option on a line of that text, from 1.
[[nodiscard]] std::string option_on(const std::vector<RequestLine>& lines, std::uint32_t line);

/// What a project has that may be asked for, in the order of the text.
struct PreviewNames {
  std::vector<std::string> messages;
  std::vector<std::string> fixtures;
};
[[nodiscard]] PreviewNames preview_names(const project::Project& project);

/// Which option is not written as it should be, and what is possible; nullopt when each can be read.
[[nodiscard]] std::optional<std::string> wrong_option(const PreviewOptions& options, const PreviewNames& names);
/// A finding about the test as one about the option behind it.
[[nodiscard]] std::string option_finding(const diag::Diagnostic& finding, const std::string& option, const PreviewNames& names);

}  // namespace wend::cli
