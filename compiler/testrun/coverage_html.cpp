#include <fmt/format.h>

#include <set>

#include "compiler/testrun/coverage.h"
#include "compiler/testrun/markup.h"

namespace wend::testrun {

namespace {

using flow::PlaceKind;

constexpr const char* k_style = R"(
:root { color-scheme: light dark; --text: #1d2330; --dim: #67708a; --back: #fff; --rule: #d9dde7; --hit: #e3f5e6; --miss: #fde3e1; --part: #fff3cf; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e2e6f0; --dim: #959db3; --back: #161922; --rule: #2c3242; --hit: #17331f; --miss: #47201f; --part: #43381a; }
}
body { margin: 2rem auto; max-width: 72rem; padding: 0 1rem; font: 15px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); }
a { color: inherit; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: .2rem .6rem; text-align: right; }
th { color: var(--dim); font-weight: normal; }
th:first-child, td:first-child { text-align: left; }
.totals tr { border-bottom: 1px solid var(--rule); }
.totals .full { background: var(--hit); }
.totals .gap { background: var(--miss); }
.source { font: 13px/1.45 ui-monospace, monospace; }
.source td { padding: 0 .6rem; vertical-align: top; }
.source td.number, .source td.times { width: 1%; color: var(--dim); text-align: right; }
.source td.text { text-align: left; white-space: pre-wrap; }
.source .hit { background: var(--hit); }
.source .miss { background: var(--miss); }
.source .part { background: var(--part); }
.note { display: block; color: var(--dim); font-family: system-ui, sans-serif; }
.note.missing { color: var(--text); font-weight: 600; }
)";

std::string page(const std::string& title, const std::string& content) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<title>{}</title>\n<style>{}</style>\n</head>\n"
      "<body>\n{}</body>\n</html>\n",
      escape_markup(title), k_style, content);
}

std::string cell(const Covered& covered) {
  if (covered.total == 0) return "<td>–</td>";
  return fmt::format("<td class=\"{}\">{}/{}</td>", covered.covered == covered.total ? "full" : "gap", covered.covered, covered.total);
}

template <typename Counted>
std::string row(const std::string& name, const Counted& counted) {
  std::string text = fmt::format("<tr><td>{}</td>", name);
  for (const PlaceKind kind : flow::place_kinds()) text += cell(counted.count(kind));
  return text + fmt::format("<td>{:.1f}%</td></tr>\n", counted.count().percent());
}

std::string link(const std::string& page, const std::string& text) {
  return fmt::format("<a href=\"{}\">{}</a>", escape_markup(page), escape_markup(text));
}

// What stands below a line of the source.
struct Note {
  std::string text;
  bool missing = false;
};
using Notes = std::map<std::uint32_t, std::vector<Note>>;
using Files = std::map<source::FileId, Notes>;

std::string outcomes(const CoveredSend& send) {
  std::string text = fmt::format("sent {}×", send.sent);
  for (const auto& [reason, times] : send.suppressed) text += fmt::format(", suppressed because {} {}×", reason, times);
  return text;
}

Files files_of(const Coverage& coverage, const source::Sources& sources) {
  Files files;
  const auto line_of = [&](source::Span span) { return sources.file(span.file_id).line_of(span.begin); };
  for (const JourneyCoverage& journey : coverage.journeys) {
    for (const CoveredPlace& each : journey.places) {
      std::vector<Note>& notes = files[each.place.span.file_id][line_of(each.place.span)];
      if (each.times == 0) notes.push_back({each.place.what, true});
    }
    for (const CoveredSend& send : journey.sends) files[send.span.file_id][line_of(send.span)].push_back({outcomes(send), false});
  }
  return files;
}

// Names of pages: the path without its folders' slashes, made different where that makes two the same.
std::map<source::FileId, std::string> page_names(const Files& files, const source::Sources& sources) {
  std::map<source::FileId, std::string> names;
  std::set<std::string> taken = {"index.html"};
  for (const auto& [file, notes] : files) {
    std::string name;
    for (const char c : sources.file(file).path()) {
      const bool is_plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' || c == '-';
      name += is_plain ? c : '-';
    }
    name.erase(0, name.find_first_not_of(".-"));
    std::string unique = name + ".html";
    for (int i = 2; !taken.insert(unique).second; ++i) unique = fmt::format("{}-{}.html", name, i);
    names[file] = unique;
  }
  return names;
}

const char* line_class(const std::vector<Note>& notes, const std::uint64_t* times) {
  bool is_missing = false;
  for (const Note& note : notes) is_missing |= note.missing;
  if (times == nullptr) return is_missing ? "miss" : "";
  if (*times == 0) return "miss";
  return is_missing ? "part" : "hit";
}

std::string source_page(const source::SourceFile& file, const Notes& notes, const std::map<std::uint32_t, std::uint64_t>& lines) {
  std::string text = fmt::format("<p>{}</p>\n<h1>{}</h1>\n", link("index.html", "all files"), escape_markup(file.path()));
  text += "<table class=\"source\">\n";
  const auto last = file.line_of(static_cast<std::uint32_t>(file.text().size()));
  for (std::uint32_t line = 1; line <= last; ++line) {
    const auto times = lines.find(line);
    const auto found = notes.find(line);
    const std::vector<Note> below = found == notes.end() ? std::vector<Note>() : found->second;
    text += fmt::format("<tr id=\"L{}\" class=\"{}\"><td class=\"number\">{}</td><td class=\"times\">{}</td><td class=\"text\">{}", line,
                        line_class(below, times == lines.end() ? nullptr : &times->second), line,
                        times == lines.end() ? std::string() : fmt::format("{}", times->second), escape_markup(file.line_text(line)));
    for (const Note& note : below) {
      text += fmt::format("<span class=\"note{}\">{}</span>", note.missing ? " missing" : "", escape_markup(note.text));
    }
    text += "</td></tr>\n";
  }
  return page(file.path() + ": test coverage", text + "</table>\n");
}

std::string index_page(const Coverage& coverage, const source::Sources& sources, const std::map<source::FileId, std::string>& names) {
  std::string text =
      fmt::format("<h1>Test coverage: {:.1f}%</h1>\n<table class=\"totals\">\n<tr><th>journey</th>", coverage.count().percent());
  for (const PlaceKind kind : flow::place_kinds()) text += fmt::format("<th>{}</th>", flow::plural(kind));
  text += "<th>all</th></tr>\n";
  for (const JourneyCoverage& journey : coverage.journeys) {
    std::string name = escape_markup(journey.name);
    if (!journey.places.empty()) name = link(names.at(journey.places.front().place.span.file_id), journey.name);
    text += row(name, journey);
  }
  text += row("total", coverage) + "</table>\n<ul>\n";
  for (const auto& [file, name] : names) text += fmt::format("<li>{}</li>\n", link(name, sources.file(file).path()));
  return page("Test coverage", text + "</ul>\n");
}

}  // namespace

std::vector<HtmlPage> render_html(const Coverage& coverage, const source::Sources& sources) {
  const Files files = files_of(coverage, sources);
  const auto names = page_names(files, sources);
  std::vector<HtmlPage> pages = {{"index.html", index_page(coverage, sources, names)}};
  for (const auto& [file, notes] : files) {
    const auto lines = coverage.lines.find(file);
    static const std::map<std::uint32_t, std::uint64_t> k_no_lines;
    pages.push_back({names.at(file), source_page(sources.file(file), notes, lines == coverage.lines.end() ? k_no_lines : lines->second)});
  }
  return pages;
}

}  // namespace wend::testrun
