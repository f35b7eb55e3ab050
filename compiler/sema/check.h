#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/diag/diagnostic.h"
#include "compiler/sema/model.h"
#include "compiler/source/sources.h"
#include "compiler/syntax/ast.h"
#include "runtime/base/time_zone.h"

namespace wend::sema {

/// A file of the standard library, cut down to what the project names of it.
struct LibraryPart {
  source::Span used_at;               ///< the project's `use` line because of which it is here
  std::vector<std::string> left_out;  ///< what it declares as well
};

/// One parsed file of the project.
struct InputFile {
  const syntax::File* file = nullptr;
  /// Folder of the file, where `import … "path"` starts from; without a slash at the end.
  std::string folder;
  /// ParseResult::complete: when false, an unknown name may have been declared in what did not parse.
  bool complete = true;
  std::optional<LibraryPart> library;
};

struct CheckInput {
  std::vector<InputFile> files;
  /// For schema imports: read files are added to `sources`, so that diagnostics can show them.
  const source::FileStore* store = nullptr;
  source::Sources* sources = nullptr;
  /// Folder of the project, in which `templates/` lies; without a slash at the end.
  std::string project_folder = ".";
  /// For checking zone names.
  const ZoneTable* zones = nullptr;
  /// A test of no journey that gives a customer and expects one message to be sent, which is what is shown of it. Null: nothing is.
  const syntax::TestDecl* preview = nullptr;
};

struct CheckResult {
  Model model;  ///< always there; may be compiled only without errors
  std::vector<diag::Diagnostic> diagnostics;
  std::vector<std::string> imported_paths;  ///< schema files read, sorted

  [[nodiscard]] bool has_errors() const;
};

/// Resolves and checks a whole project. Never stops at the first error.
[[nodiscard]] CheckResult check(const CheckInput& input);

}  // namespace wend::sema
