#include <fmt/format.h>

#include <algorithm>

#include "compiler/testrun/markup.h"
#include "compiler/testrun/preview.h"

namespace wend::testrun {
namespace {

constexpr std::string_view k_fault = "(no text: making it goes beyond a limit, or a number overflows)";

constexpr const char* k_style = R"(
:root { color-scheme: light dark; --text: #1d2330; --dim: #5b6478; --back: #fff; --rule: #d9dde7; --code: #f4f6fa; }
@media (prefers-color-scheme: dark) { :root { --text: #e2e6f0; --dim: #a3abc0; --back: #161922; --rule: #2c3242; --code: #1f2430; } }
body { margin: 2rem auto; max-width: 50rem; padding: 0 1rem; font: 16px/1.55 system-ui, sans-serif; color: var(--text); background: var(--back); }
h2 { margin-top: 2rem; border-bottom: 1px solid var(--rule); }
h3 { margin: 1rem 0 .2rem; font-size: .9rem; font-weight: normal; color: var(--dim); }
p, pre { margin: .2rem 0; }
pre { padding: .7rem 1rem; white-space: pre-wrap; background: var(--code); border: 1px solid var(--rule); border-radius: .3rem; font: inherit; }
iframe { width: 100%; height: 40rem; border: 1px solid var(--rule); border-radius: .3rem; background: #fff; }
.dim { color: var(--dim); }
)";

std::string heading(const PreviewedBody& body) {
  return body.locale.empty() ? body.channel : fmt::format("{} in {}", body.channel, body.locale);
}

std::string made_up(const Previewed& previewed) {
  return previewed.made_up.empty() ? std::string()
                                   : fmt::format("made up, for want of a value: {}", fmt::join(previewed.made_up, ", "));
}

std::string indented(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    result += end == at ? "\n" : fmt::format("    {}\n", text.substr(at, end - at));
    at = end + 1;
  }
  return result;
}

}  // namespace

std::string render_text(const Previewed& previewed) {
  std::string result = fmt::format("{} at {} {}\n", previewed.message, previewed.at, previewed.zone);
  for (const PreviewedBody& body : previewed.bodies) {
    result += fmt::format("\n{}\n", heading(body));
    for (const PreviewedPart& part : body.parts) {
      result += fmt::format("  {}\n{}", part.name, indented(part.text ? std::string_view(*part.text) : k_fault));
    }
  }
  const std::string note = made_up(previewed);
  return note.empty() ? result : fmt::format("{}\n{}\n", result, note);
}

std::string render_html(const Previewed& previewed) {
  std::string result;
  for (const PreviewedBody& body : previewed.bodies) {
    result += fmt::format("<h2>{}</h2>\n", escape_markup(heading(body)));
    for (const PreviewedPart& part : body.parts) {
      result += fmt::format("<h3>{}</h3>\n", escape_markup(part.name));
      if (!part.text) {
        result += fmt::format("<p class=\"dim\">{}</p>\n", k_fault);
      } else if (part.name == "html") {
        // Without rights: nothing in it runs, and it cannot touch the page.
        result += fmt::format("<iframe sandbox title=\"{}\" srcdoc=\"{}\"></iframe>\n", escape_markup(body.channel), escape_markup(*part.text));
      } else {
        result += fmt::format("<pre dir=\"auto\">{}</pre>\n", escape_markup(*part.text));
      }
    }
  }
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<title>{0}</title>\n<style>{1}</style>\n</head>\n"
      "<body>\n<main>\n<h1>{0}</h1>\n<p class=\"dim\">{2} {3}</p>\n{4}<p class=\"dim\">{5}</p>\n</main>\n</body>\n</html>\n",
      escape_markup(previewed.message), k_style, previewed.at, escape_markup(previewed.zone), result, escape_markup(made_up(previewed)));
}

}  // namespace wend::testrun
