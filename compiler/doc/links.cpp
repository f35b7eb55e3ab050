#include "compiler/doc/links.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/syntax/mentions.h"
#include "compiler/testrun/markup.h"

namespace wend::doc {

using project::ParsedFile;
using syntax::DeclKind;
using testrun::escape_markup;

std::string module_of(const ParsedFile& file) {
  return file.parsed.file.module ? file.parsed.file.module->text() : std::string();
}
std::string page_of(const std::string& module) {
  return module.empty() ? "project.html" : module + ".html";
}

std::string title_of(const syntax::Decl& decl) {
  if (std::string name = syntax::name_of(decl); !name.empty()) return name;
  if (const auto* test = decl.get_if<syntax::TestDecl>()) return test->title.text;
  if (const auto* import = decl.get_if<syntax::ImportDecl>()) return import->path.text;
  if (decl.kind() == DeclKind::Locales) return "locales";
  return "customer";
}
bool has_place(DeclKind kind) {
  return kind != DeclKind::Test && kind != DeclKind::Import && kind != DeclKind::Error && kind != DeclKind::CustomerTimezone &&
         kind != DeclKind::CustomerLocale;
}

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

std::string link(const std::string& target, const std::string& text) {
  return fmt::format("<a href=\"{}\">{}</a>", escape_markup(target), escape_text(text));
}

Links::Links(const std::vector<ParsedFile>& files, const source::Sources& sources) : sources_(sources) {
  for (const ParsedFile& file : files) {
    auto& names = declared_[module_of(file)];
    for (const syntax::Decl& decl : file.parsed.file.declarations) {
      if (has_place(decl.kind())) names.insert(title_of(decl));
    }
  }
}

std::string Links::target(const ParsedFile& file, const std::string& name) const {
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

std::string Links::named(const ParsedFile& file, const std::string& name) const {
  const std::string found = target(file, name);
  return found.empty() ? escape_markup(name) : link(found, name);
}

std::string Links::text_of(const ParsedFile& file, const syntax::Token& token) const {
  return std::string(syntax::name_text(sources_.file(file.file), token));
}

std::vector<Links::Mention> Links::mentions(const ParsedFile& file, source::Span span) const {
  std::vector<Mention> result;
  const source::SourceFile& source = sources_.file(file.file);
  for (std::size_t i = 0; i < file.tokens.tokens.size(); ++i) {
    const syntax::Token& token = file.tokens.tokens[i];
    if (token.span.begin < span.begin || token.span.end > span.end || !syntax::may_name_a_declaration(source, file.tokens, i)) continue;
    std::string name = text_of(file, token);
    std::string found = target(file, name);
    if (!found.empty()) result.push_back({token.span, std::move(name), std::move(found)});
  }
  return result;
}

std::string Links::code(const ParsedFile& file, source::Span span, std::string_view itself) const {
  const source::SourceFile& source = sources_.file(file.file);
  std::string result;
  std::uint32_t at = span.begin;
  const auto copy_to = [&](std::uint32_t end) {
    if (end > at) result += escape_text(source.text().substr(at, end - at));
    at = std::max(at, end);
  };
  for (const Mention& each : mentions(file, span)) {
    if (each.name == itself) continue;
    copy_to(each.span.begin);
    result += link(each.target, std::string(source.text(each.span)));
    at = each.span.end;
  }
  copy_to(span.end);
  return result;
}

std::set<std::string> Links::targets(const ParsedFile& file, source::Span span) const {
  std::set<std::string> result;
  for (const Mention& each : mentions(file, span)) result.insert(each.target);
  return result;
}

std::vector<std::string> Links::after(const ParsedFile& file, source::Span span, std::string_view keyword) const {
  std::vector<std::string> result;
  const source::SourceFile& source = sources_.file(file.file);
  const auto& tokens = file.tokens.tokens;
  const auto is_name = [&](std::size_t at) { return syntax::may_name_a_declaration(source, file.tokens, at); };
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (tokens[i].span.begin < span.begin || tokens[i + 1].span.end > span.end) continue;
    if (tokens[i].kind != syntax::TokenKind::word || text_of(file, tokens[i]) != keyword || !is_name(i) || !is_name(i + 1)) continue;
    const std::string text = text_of(file, tokens[i + 1]);
    if (std::ranges::find(result, text) == result.end()) result.push_back(text);
  }
  return result;
}

}  // namespace wend::doc
