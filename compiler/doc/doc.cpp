#include "compiler/doc/doc.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string_view>

#include "compiler/syntax/mentions.h"
#include "compiler/testrun/markup.h"

namespace wend::doc {
namespace {

using project::ParsedFile;
using syntax::DeclKind;
using syntax::TokenKind;
using testrun::escape_markup;

constexpr const char* k_style = R"(
:root { color-scheme: light dark; --text: #1d2330; --dim: #5b6478; --back: #fff; --rule: #d9dde7; --code: #f4f6fa; --link: #1f4fbf; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e2e6f0; --dim: #a3abc0; --back: #161922; --rule: #2c3242; --code: #1f2430; --link: #9db8ff; }
}
body { margin: 2rem auto; max-width: 62rem; padding: 0 1rem; font: 16px/1.55 system-ui, sans-serif; color: var(--text); background: var(--back); }
a { color: var(--link); }
h2 { margin-top: 2.2rem; border-bottom: 1px solid var(--rule); }
h3 { margin-bottom: .2rem; }
h3 a { color: inherit; text-decoration: none; }
pre { padding: .7rem 1rem; overflow-x: auto; background: var(--code); border: 1px solid var(--rule); border-radius: .3rem; font: 13px/1.5 ui-monospace, monospace; }
pre a { text-decoration-thickness: 1px; text-underline-offset: 2px; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: .3rem .8rem .3rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--rule); }
th { color: var(--dim); font-weight: normal; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: .4rem 0; }
dt { color: var(--dim); }
dd { margin: 0; }
)";

struct Section {
  DeclKind kind;
  std::string_view title;
};
constexpr std::array k_sections = {
    Section{DeclKind::Journey, "Journeys"},         Section{DeclKind::Flow, "Flows"},         Section{DeclKind::Message, "Messages"},
    Section{DeclKind::Event, "Events"},             Section{DeclKind::Customer, "Customer"},  Section{DeclKind::CustomerTimezone, "Time zone"},
    Section{DeclKind::Segment, "Segments"},         Section{DeclKind::Policy, "Policies"},    Section{DeclKind::Channel, "Channels"},
    Section{DeclKind::Calendar, "Calendars"},       Section{DeclKind::Experiment, "Experiments"}, Section{DeclKind::Holdout, "Holdouts"},
    Section{DeclKind::Fn, "Functions"},             Section{DeclKind::Action, "Actions"},     Section{DeclKind::Record, "Records"},
    Section{DeclKind::Enum, "Enums"},               Section{DeclKind::Import, "Imports"},     Section{DeclKind::Fixture, "Fixtures"},
    Section{DeclKind::Test, "Tests"},
};

std::string module_of(const ParsedFile& file) {
  return file.parsed.file.module ? file.parsed.file.module->text() : std::string();
}
std::string page_of(const std::string& module) {
  return module.empty() ? "project.html" : module + ".html";
}
std::string title_of(const std::string& module) {
  return module.empty() ? "without a module" : module;
}

// What a declaration without a name of its own is shown as: a test's title, an import's file.
std::string title_of(const syntax::Decl& decl) {
  if (std::string name = syntax::name_of(decl); !name.empty()) return name;
  if (const auto* test = decl.get_if<syntax::TestDecl>()) return test->title.text;
  if (const auto* import = decl.get_if<syntax::ImportDecl>()) return import->path.text;
  return "customer";
}
bool has_place(DeclKind kind) {
  return kind != DeclKind::Test && kind != DeclKind::Import && kind != DeclKind::Error && kind != DeclKind::CustomerTimezone;
}

std::string page(const std::string& title, const std::string& content) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<title>{}</title>\n<style>{}</style>\n</head>\n"
      "<body>\n<main>\n{}</main>\n</body>\n</html>\n",
      escape_markup(title), k_style, content);
}

// Lines of code and comments keep their ends.
std::string escape_text(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    result += escape_markup(text.substr(at, end - at));
    if (end < text.size()) result += '\n';
    at = end + 1;
  }
  return result;
}

class Site {
 public:
  Site(std::string title, const std::vector<ParsedFile>& files, const source::Sources& sources)
      : title_(std::move(title)), files_(files), sources_(sources) {
    for (const ParsedFile& file : files_) {
      auto& names = declared_[module_of(file)];
      for (const syntax::Decl& decl : file.parsed.file.declarations) {
        if (has_place(decl.kind())) names.insert(title_of(decl));
      }
    }
  }

  std::vector<Page> run() const {
    std::vector<Page> pages = {{"index.html", page(title_, index())}};
    for (const auto& [module, names] : declared_) pages.push_back({page_of(module), page(title_of(module) + " – " + title_, module_page(module))});
    return pages;
  }

 private:
  // Where a file finds a name: in its own module, or in one that it uses.
  std::string link_to(const ParsedFile& file, const std::string& name) const {
    const auto find = [&](const std::string& module) {
      const auto names = declared_.find(module);
      return names != declared_.end() && names->second.contains(name) ? page_of(module) + "#" + name : std::string();
    };
    std::string found = find(module_of(file));
    for (const syntax::UseDecl& use : file.parsed.file.uses) {
      if (found.empty()) found = find(use.module.text());
    }
    return found;
  }

  std::string text_of(const ParsedFile& file, const syntax::Token& token) const {
    return std::string(syntax::name_text(sources_.file(file.file), token));
  }
  bool is_name(const ParsedFile& file, std::size_t at) const {
    return syntax::may_name_a_declaration(sources_.file(file.file), file.tokens, at);
  }

  // The source of a declaration, each name a link to what it names.
  std::string code(const ParsedFile& file, const syntax::Decl& decl) const {
    const source::SourceFile& source = sources_.file(file.file);
    std::string result;
    std::uint32_t at = decl.span.begin;
    const auto copy_to = [&](std::uint32_t end) {
      if (end > at) result += escape_text(source.text().substr(at, end - at));
      at = std::max(at, end);
    };
    for (std::size_t i = 0; i < file.tokens.tokens.size(); ++i) {
      const syntax::Token& token = file.tokens.tokens[i];
      if (token.span.begin < decl.span.begin || token.span.end > decl.span.end || !is_name(file, i)) continue;
      const std::string name = text_of(file, token);
      const std::string target = link_to(file, name);
      if (target.empty() || name == title_of(decl)) continue;
      copy_to(token.span.begin);
      result += fmt::format("<a href=\"{}\">{}</a>", escape_markup(target), escape_text(source.text(token.span)));
      at = token.span.end;
    }
    copy_to(decl.span.end);
    return "<pre>" + result + "</pre>\n";
  }

  // What stands behind a keyword in a journey, in the order of the text, each once.
  std::vector<std::string> after(const ParsedFile& file, const syntax::Decl& decl, std::string_view keyword) const {
    std::vector<std::string> result;
    const auto& tokens = file.tokens.tokens;
    for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
      if (tokens[i].span.begin < decl.span.begin || tokens[i + 1].span.end > decl.span.end) continue;
      if (tokens[i].kind != TokenKind::word || text_of(file, tokens[i]) != keyword || !is_name(file, i) || !is_name(file, i + 1)) continue;
      const std::string text = text_of(file, tokens[i + 1]);
      if (std::ranges::find(result, text) == result.end()) result.push_back(text);
    }
    return result;
  }

  std::string facts(const ParsedFile& file, const syntax::Decl& decl) const {
    std::string result;
    const auto add = [&](const char* title, const std::vector<std::string>& names, bool in_order) {
      if (names.empty()) return;
      std::string text;
      for (const std::string& name : names) {
        const std::string target = link_to(file, name);
        text += text.empty() ? "" : in_order ? " → " : ", ";
        text += target.empty() ? escape_markup(name) : fmt::format("<a href=\"{}\">{}</a>", escape_markup(target), escape_markup(name));
      }
      result += fmt::format("<dt>{}</dt><dd>{}</dd>\n", title, text);
    };
    if (const auto* journey = decl.get_if<syntax::JourneyDecl>()) add("owner", {owner_of(*journey)}, false);
    add("steps", after(file, decl, "step"), true);
    add("runs", after(file, decl, "run"), false);
    add("sends", after(file, decl, "send"), false);
    add("calls", after(file, decl, "call"), false);
    add("ends as", after(file, decl, "exit"), false);
    return result.empty() ? result : "<dl>\n" + result + "</dl>\n";
  }

  static std::string owner_of(const syntax::JourneyDecl& journey) {
    for (const syntax::Header& header : journey.headers) {
      if (const auto* owner = header.get_if<syntax::OwnerHeader>()) return owner->owner.text;
    }
    return "–";
  }

  std::string module_page(const std::string& module) const {
    std::string result = fmt::format("<p><a href=\"index.html\">{}</a></p>\n<h1>{}</h1>\n", escape_markup(title_), escape_markup(title_of(module)));
    for (const Section& section : k_sections) {
      std::string content;
      for (const ParsedFile& file : files_) {
        if (module_of(file) != module) continue;
        for (const syntax::Decl& decl : file.parsed.file.declarations) {
          if (decl.kind() == section.kind) content += declaration(file, decl);
        }
      }
      if (!content.empty()) result += fmt::format("<h2>{}</h2>\n{}", section.title, content);
    }
    return result;
  }

  std::string declaration(const ParsedFile& file, const syntax::Decl& decl) const {
    const std::string name = escape_markup(title_of(decl));
    std::string result = has_place(decl.kind()) ? fmt::format("<h3 id=\"{0}\"><a href=\"#{0}\">{0}</a></h3>\n", name) : fmt::format("<h3>{}</h3>\n", name);
    if (decl.doc) result += "<p>" + escape_text(decl.doc->text) + "</p>\n";
    if (decl.kind() == DeclKind::Journey || decl.kind() == DeclKind::Flow) result += facts(file, decl);
    return result + code(file, decl);
  }

  std::string index() const {
    std::string journeys;
    for (const ParsedFile& file : files_) {
      for (const syntax::Decl& decl : file.parsed.file.declarations) {
        const auto* journey = decl.get_if<syntax::JourneyDecl>();
        if (journey == nullptr) continue;
        journeys += fmt::format("<tr><td><a href=\"{}\">{}</a></td><td>{}</td><td>{}</td></tr>\n",
                                escape_markup(page_of(module_of(file)) + "#" + journey->name.text), escape_markup(journey->name.text),
                                escape_markup(owner_of(*journey)), decl.doc ? escape_text(decl.doc->text) : "");
      }
    }
    std::string result = fmt::format("<h1>{}</h1>\n", escape_markup(title_));
    if (!journeys.empty()) {
      result += "<h2>Journeys</h2>\n<table>\n<tr><th scope=\"col\">journey</th><th scope=\"col\">owner</th><th scope=\"col\">what it is for</th></tr>\n" +
                journeys + "</table>\n";
    }
    result += "<h2>Modules</h2>\n<table>\n<tr><th scope=\"col\">module</th><th scope=\"col\">declares</th></tr>\n";
    for (const auto& [module, names] : declared_) {
      std::string all;
      for (const std::string& name : names) {
        all += fmt::format("{}<a href=\"{}\">{}</a>", all.empty() ? "" : ", ", escape_markup(page_of(module) + "#" + name), escape_markup(name));
      }
      result += fmt::format("<tr><td><a href=\"{}\">{}</a></td><td>{}</td></tr>\n", escape_markup(page_of(module)), escape_markup(title_of(module)), all);
    }
    return result + "</table>\n";
  }

  std::string title_;
  const std::vector<ParsedFile>& files_;
  const source::Sources& sources_;
  std::map<std::string, std::set<std::string>> declared_;  ///< module → names with a place of their own
};

}  // namespace

std::vector<Page> render(const std::string& title, const std::vector<ParsedFile>& files, const source::Sources& sources) {
  return Site(title, files, sources).run();
}

}  // namespace wend::doc
