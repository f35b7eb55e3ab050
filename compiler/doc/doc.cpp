#include "compiler/doc/doc.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

#include "compiler/doc/diagram.h"
#include "compiler/doc/links.h"
#include "compiler/testrun/markup.h"

namespace wend::doc {
namespace {

using project::ParsedFile;
using syntax::DeclKind;
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
    Section{DeclKind::CustomerLocale, "Locale"},    Section{DeclKind::Locales, "Locales"},
    Section{DeclKind::Segment, "Segments"},         Section{DeclKind::Policy, "Policies"},    Section{DeclKind::Channel, "Channels"},
    Section{DeclKind::Calendar, "Calendars"},       Section{DeclKind::Experiment, "Experiments"}, Section{DeclKind::Holdout, "Holdouts"},
    Section{DeclKind::Fn, "Functions"},             Section{DeclKind::Action, "Actions"},     Section{DeclKind::Record, "Records"},
    Section{DeclKind::Enum, "Enums"},               Section{DeclKind::Import, "Imports"},     Section{DeclKind::Fixture, "Fixtures"},
    Section{DeclKind::Test, "Tests"},
};

std::string called(const std::string& module) {
  return module.empty() ? "without a module" : module;
}

std::string page(const std::string& title, const std::string& content) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<title>{}</title>\n<style>{}{}</style>\n</head>\n"
      "<body>\n<main>\n{}</main>\n</body>\n</html>\n",
      escape_markup(title), k_style, k_diagram_style, content);
}

class Site {
 public:
  Site(std::string title, const std::vector<ParsedFile>& files, const source::Sources& sources)
      : title_(std::move(title)), files_(files), sources_(sources), links_(files, sources) {
    find_uses();
  }

  std::vector<Page> run() const {
    std::vector<Page> pages = {{"index.html", page(title_, index())}};
    for (const auto& [module, names] : links_.declared()) {
      pages.push_back({page_of(module), page(called(module) + " – " + title_, module_page(module))});
    }
    return pages;
  }

 private:
  // Who names what, and which tests are about a journey.
  void find_uses() {
    for (const ParsedFile& file : files_) {
      int tests = 0;
      for (const syntax::Decl& decl : file.parsed.file.declarations) {
        if (const auto* test = decl.get_if<syntax::TestDecl>()) {
          const std::string place = fmt::format("test-{}-{}", file.file.value, ++tests);
          places_[&decl] = place;
          uses_[links_.target(file, test->journey.text)].tests.push_back(link(page_of(module_of(file)) + "#" + place, test->title.text));
          continue;
        }
        const bool is_way = decl.kind() == DeclKind::Journey || decl.kind() == DeclKind::Flow;
        if (!is_way) continue;
        const std::string own = page_of(module_of(file)) + "#" + title_of(decl);
        for (const std::string& target : links_.targets(file, decl.span)) {
          if (target != own) uses_[target].ways.push_back(link(own, title_of(decl)));
        }
      }
    }
  }

  std::string facts(const ParsedFile& file, const syntax::Decl& decl) const {
    std::string result;
    const auto add = [&](const char* title, const std::vector<std::string>& texts) {
      if (!texts.empty()) result += fmt::format("<dt>{}</dt><dd>{}</dd>\n", title, fmt::join(texts, ", "));
    };
    const auto named = [&](std::string_view keyword) {
      std::vector<std::string> texts;
      for (const std::string& each : links_.after(file, decl.span, keyword)) {
        // `within 3 days of first send` names nothing.
        if (!links_.target(file, each).empty()) texts.push_back(links_.named(file, each));
      }
      return texts;
    };
    if (const auto* journey = decl.get_if<syntax::JourneyDecl>()) add("owner", {escape_markup(owner_of(*journey))});
    if (decl.kind() == DeclKind::Journey || decl.kind() == DeclKind::Flow) {
      add("runs", named("run"));
      add("sends", named("send"));
      add("calls", named("call"));
      add("ends as", links_.after(file, decl.span, "exit"));
    }
    const auto uses = uses_.find(page_of(module_of(file)) + "#" + title_of(decl));
    if (has_place(decl.kind()) && uses != uses_.end()) {
      add(decl.kind() == DeclKind::Message ? "sent by" : "used by", uses->second.ways);
      add("tests", uses->second.tests);
    }
    return result.empty() ? result : "<dl>\n" + result + "</dl>\n";
  }

  static std::string owner_of(const syntax::JourneyDecl& journey) {
    for (const syntax::Header& header : journey.headers) {
      if (const auto* owner = header.get_if<syntax::OwnerHeader>()) return owner->owner.text;
    }
    return "–";
  }

  std::string module_page(const std::string& module) const {
    std::string result = fmt::format("<p><a href=\"index.html\">{}</a></p>\n<h1>{}</h1>\n", escape_markup(title_), escape_markup(called(module)));
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

  std::string heading(const syntax::Decl& decl) const {
    const std::string name = escape_markup(title_of(decl));
    if (const auto place = places_.find(&decl); place != places_.end()) return fmt::format("<h3 id=\"{}\">{}</h3>\n", place->second, name);
    return has_place(decl.kind()) ? fmt::format("<h3 id=\"{0}\"><a href=\"#{0}\">{0}</a></h3>\n", name) : fmt::format("<h3>{}</h3>\n", name);
  }

  std::string declaration(const ParsedFile& file, const syntax::Decl& decl) const {
    std::string result = heading(decl);
    if (decl.doc) result += "<p>" + escape_text(decl.doc->text) + "</p>\n";
    result += facts(file, decl) + diagram(decl, file, sources_, links_);
    return result + "<pre>" + links_.code(file, decl.span, title_of(decl)) + "</pre>\n";
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
    for (const auto& [module, names] : links_.declared()) {
      std::string all;
      for (const std::string& name : names) {
        all += fmt::format("{}<a href=\"{}\">{}</a>", all.empty() ? "" : ", ", escape_markup(page_of(module) + "#" + name), escape_markup(name));
      }
      result += fmt::format("<tr><td><a href=\"{}\">{}</a></td><td>{}</td></tr>\n", escape_markup(page_of(module)), escape_markup(called(module)), all);
    }
    return result + "</table>\n";
  }

  std::string title_;
  const std::vector<ParsedFile>& files_;
  const source::Sources& sources_;
  Links links_;

  struct Uses {
    std::vector<std::string> ways;   ///< links to journeys and flows
    std::vector<std::string> tests;  ///< links
  };
  std::map<std::string, Uses> uses_;                      ///< by the place of what is named
  std::map<const syntax::Decl*, std::string> places_;     ///< of tests
};

}  // namespace

std::vector<Page> render(const std::string& title, const std::vector<ParsedFile>& files, const source::Sources& sources) {
  return Site(title, files, sources).run();
}

}  // namespace wend::doc
