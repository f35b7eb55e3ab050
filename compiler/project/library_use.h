#pragma once

// What a project takes of the standard library: the modules it uses, and of them the declarations that it names.

#include <string>
#include <vector>

#include "compiler/project/project.h"
#include "compiler/syntax/parse.h"

namespace wend::project {

struct ParsedFile {
  source::FileId file{};
  syntax::ParseResult parsed;
  syntax::SourceTokens tokens;
  // Only of the library's files:
  bool is_library = false;
  source::Span used_at;                ///< the `use` line of the project because of which it is here
  std::vector<std::string> left_out;   ///< names that it declares and nobody asks for
};

[[nodiscard]] ParsedFile parse_file(const source::SourceFile& file);

/// Appends the library's files that those given use, directly or through each other. Their declarations are cut down to what is
/// named by a file that uses the module, or by another declaration that stays: a program holds nothing of the library that it does not use.
void add_library(Project& project, const source::FileStore& files, std::vector<ParsedFile>& parsed);

}  // namespace wend::project
