#pragma once

// The real thing: compiler and engine, fed with the same history and written down in the same words.

#include <expected>
#include <memory>
#include <string>

#include "compiler/project/compile.h"
#include "compiler/syntax/ast.h"
#include "tests/reference/comparison.h"

namespace wend::reference {

/// A program text through the whole compiler, and its tree for the reference.
struct CompiledText {
  std::unique_ptr<project::Project> project;
  std::optional<bytecode::Program> program;  // where the case adds to one: with the numbers of that one
  std::optional<bytecode::Program> before;   // without what the case adds
  std::unique_ptr<syntax::File> tree;
  std::vector<std::unique_ptr<syntax::File>> earlier;  // of the experiments
};
/// The diagnostics when it does not compile. The earlier versions of its experiments are locked, one after the other.
std::expected<CompiledText, std::string> compile_text(const Case& subject);

const ZoneTable& system_zones();
Outcome run_engine(const CompiledText& compiled, const History& history, const RunOptions& options);

}  // namespace wend::reference
