#include "compiler/project/library_use.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

#include "compiler/library/library.h"
#include "compiler/syntax/mentions.h"

namespace wend::project {
namespace {

using Words = std::set<std::string, std::less<>>;

bool is_word_letter(char letter) {
  return letter == '_' || (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9');
}

// The words between the braces of a message text. A word too many only keeps a declaration that could have gone.
void add_words_of_holes(std::string_view text, Words& words) {
  bool inside = false;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '{' || text[at] == '}') inside = text[at] == '{';
    std::size_t end = at;
    while (inside && end < text.size() && is_word_letter(text[end])) ++end;
    if (end > at) words.emplace(text.substr(at, end - at));
    at = std::max(end, at + 1);
  }
}

void add_words(const source::SourceFile& file, const syntax::SourceTokens& tokens, source::Span within, Words& words) {
  for (std::size_t at = 0; at < tokens.tokens.size(); ++at) {
    const syntax::Token& token = tokens.tokens[at];
    if (token.span.begin < within.begin || token.span.end > within.end) continue;
    if (token.kind == syntax::TokenKind::text) add_words_of_holes(file.text(token.span), words);
    if (syntax::may_name_a_declaration(file, tokens, at)) words.emplace(syntax::name_text(file, token));
  }
}

class Library {
 public:
  Library(Project& project, const source::FileStore& files, std::vector<ParsedFile>& parsed)
      : project_(project), files_(files), parsed_(parsed) {}

  void run() {
    // The list grows while it is read: the library uses itself.
    for (std::size_t at = 0; at < parsed_.size(); ++at) read_used(at);
    if (at_.empty()) return;
    for (const ParsedFile& each : parsed_) {
      if (!each.is_library) ask(each, each.parsed.file.span);
    }
    keep_what_is_asked_for();
    for (ParsedFile& each : parsed_) {
      if (each.is_library) cut_down(each);
    }
    for (ParsedFile& each : parsed_) {
      if (each.is_library) forget_left_out(each);
    }
  }

 private:
  void read_used(std::size_t at) {
    const std::vector<syntax::UseDecl> uses = parsed_[at].parsed.file.uses;
    for (const syntax::UseDecl& use : uses) {
      const std::string module = use.module.text();
      if (!library::is_reserved(module) || at_.contains(module)) continue;
      const std::string path = library::path_of(module);
      auto text = std::ranges::binary_search(library::modules(), module) ? files_.read(path) : std::unexpected(source::FileError{});
      if (!text) continue;  // the checker says that there is no such module
      ParsedFile file = parse_file(project_.sources.add(path, std::move(*text)));
      file.is_library = true;
      file.used_at = parsed_[at].is_library ? parsed_[at].used_at : use.span;
      at_.emplace(module, parsed_.size());
      kept_.emplace(module, std::set<std::size_t>());
      parsed_.push_back(std::move(file));
    }
  }

  // The modules that the file uses, and its own, are asked for every word of the part.
  void ask(const ParsedFile& file, source::Span part) {
    Words words;
    add_words(project_.sources.file(file.file), file.tokens, part, words);
    const auto ask_module = [&](const std::string& module) {
      if (at_.contains(module)) asked_[module].insert(words.begin(), words.end());
    };
    for (const syntax::UseDecl& use : file.parsed.file.uses) ask_module(use.module.text());
    if (file.is_library) ask_module(file.parsed.file.module->text());
  }

  void keep_what_is_asked_for() {
    for (bool again = true; again;) {
      again = false;
      for (auto& [module, kept] : kept_) {
        const ParsedFile& file = parsed_[at_.at(module)];
        const auto& declarations = file.parsed.file.declarations;
        for (std::size_t i = 0; i < declarations.size(); ++i) {
          const bool is_asked_for = asked_[module].contains(name_of(declarations[i]));
          if (!is_asked_for || !kept.insert(i).second) continue;
          ask(file, declarations[i].span);
          again = true;
        }
      }
    }
  }

  void cut_down(ParsedFile& file) {
    const std::set<std::size_t>& kept = kept_.at(file.parsed.file.module->text());
    std::vector<syntax::Decl> declarations;
    for (std::size_t i = 0; i < file.parsed.file.declarations.size(); ++i) {
      syntax::Decl& decl = file.parsed.file.declarations[i];
      if (kept.contains(i)) {
        declarations.push_back(std::move(decl));
      } else {
        file.left_out.push_back(name_of(decl));
      }
    }
    file.parsed.file.declarations = std::move(declarations);
  }

  // The library's own `use` lines list what all of its declarations need; what no kept one names is not there any more.
  void forget_left_out(ParsedFile& file) {
    for (syntax::UseDecl& use : file.parsed.file.uses) {
      const auto used = at_.find(use.module.text());
      if (!use.names || used == at_.end()) continue;
      const std::vector<std::string>& left_out = parsed_[used->second].left_out;
      std::erase_if(*use.names, [&](const syntax::Name& name) { return std::ranges::find(left_out, name.text) != left_out.end(); });
    }
  }

  Project& project_;
  const source::FileStore& files_;
  std::vector<ParsedFile>& parsed_;
  std::map<std::string, std::size_t> at_;  ///< module → its file
  std::map<std::string, std::set<std::size_t>> kept_;
  std::map<std::string, Words> asked_;
};

}  // namespace

ParsedFile parse_file(const source::SourceFile& file) {
  ParsedFile result;
  result.file = file.file_id();
  result.parsed = syntax::parse(file, &result.tokens);
  return result;
}

void add_library(Project& project, const source::FileStore& files, std::vector<ParsedFile>& parsed) {
  Library(project, files, parsed).run();
}

}  // namespace wend::project
