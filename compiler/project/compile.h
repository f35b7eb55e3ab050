#pragma once

// The compiler as one function.

#include <memory>
#include <optional>

#include "compiler/diag/sink.h"
#include "compiler/project/project.h"
#include "compiler/sema/model.h"
#include "runtime/base/time_zone.h"
#include "runtime/bytecode/program.h"

namespace wend::syntax {
struct TestDecl;
}

namespace wend::project {

struct CompileResult {
  sema::Model model;                         ///< what was understood; without errors when there is a program
  std::optional<bytecode::Program> program;  ///< there exactly when there are no errors
  diag::Sink findings;                       ///< of loading and of every phase
};

/// Source → syntax → sema → flow → emit. Reads schema files through `project_files` and adds them, and what is used of the standard
/// library, to the project's sources. `preview`: see sema::CheckInput.
[[nodiscard]] CompileResult compile(Project& project, const source::FileStore& project_files, const ZoneTable& zones,
                                    LockUse lock_use = LockUse::advise, const syntax::TestDecl* preview = nullptr);

}  // namespace wend::project
