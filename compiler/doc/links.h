#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/project/library_use.h"
#include "compiler/source/sources.h"
#include "compiler/syntax/ast.h"

// Internal to compiler/doc: what has a place on which page, and source text in which every name leads to what it names.

namespace wend::doc {

[[nodiscard]] std::string module_of(const project::ParsedFile& file);
[[nodiscard]] std::string page_of(const std::string& module);
/// What a declaration without a name of its own is shown as, too: a test's title, an import's file.
[[nodiscard]] std::string title_of(const syntax::Decl& decl);
[[nodiscard]] bool has_place(syntax::DeclKind kind);
/// Lines of code and comments keep their ends.
[[nodiscard]] std::string escape_text(std::string_view text);
[[nodiscard]] std::string link(const std::string& target, const std::string& text);

class Links {
 public:
  /// Both outlive it.
  Links(const std::vector<project::ParsedFile>& files, const source::Sources& sources);

  /// Module → names with a place of their own.
  [[nodiscard]] const std::map<std::string, std::set<std::string>>& declared() const { return declared_; }
  /// Where a file finds a name: in its own module, or in one that it uses. Empty: nowhere.
  [[nodiscard]] std::string target(const project::ParsedFile& file, const std::string& name) const;
  /// The name, a link where that leads somewhere.
  [[nodiscard]] std::string named(const project::ParsedFile& file, const std::string& name) const;
  /// The source, each name a link to what it names but for `itself`.
  [[nodiscard]] std::string code(const project::ParsedFile& file, source::Span span, std::string_view itself) const;
  /// The places that names inside the span lead to.
  [[nodiscard]] std::set<std::string> targets(const project::ParsedFile& file, source::Span span) const;
  /// What stands behind a keyword, in the order of the text, each once.
  [[nodiscard]] std::vector<std::string> after(const project::ParsedFile& file, source::Span span, std::string_view keyword) const;

 private:
  struct Mention {
    source::Span span;
    std::string name;
    std::string target;
  };
  [[nodiscard]] std::vector<Mention> mentions(const project::ParsedFile& file, source::Span span) const;
  [[nodiscard]] std::string text_of(const project::ParsedFile& file, const syntax::Token& token) const;

  const source::Sources& sources_;
  std::map<std::string, std::set<std::string>> declared_;
};

}  // namespace wend::doc
