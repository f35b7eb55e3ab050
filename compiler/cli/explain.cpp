#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "compiler/cli/commands.h"
#include "compiler/cli/embedded.h"
#include "compiler/diag/diagnostic.h"
#include "compiler/diag/suggest.h"

namespace wend::cli {
namespace {

std::string upper_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

// A kind may be asked for by its name too: `reserved_word`, as JSON output shows it.
std::string code_of(const std::string& word) {
  for (const diag::KindInfo& info : diag::all_kinds()) {
    if (info.name == word) return diag::code(info.kind);
  }
  return upper_case(word);
}

}  // namespace

ExitCode explain(const ExplainOptions& options, Console& console) {
  const std::string code = code_of(options.code);
  std::vector<std::string> codes;
  for (const library::EmbeddedFile& page : diagnostic_pages()) {
    const std::string_view page_code = page.path.substr(0, page.path.find('.'));
    if (page_code == code) {
      console.out(page.text);
      return ExitCode::ok;
    }
    codes.emplace_back(page_code);
  }
  const auto near = diag::nearest(code, codes);
  console.error(fmt::format("there is no diagnostic `{}`{}", options.code, near ? fmt::format("; did you mean `{}`?", *near) : ""));
  return ExitCode::usage;
}

}  // namespace wend::cli
