#pragma once

#include <span>
#include <string>
#include <vector>

#include "compiler/diag/diagnostic.h"
#include "compiler/emit/body.h"
#include "compiler/flow/flow.h"
#include "compiler/source/sources.h"
#include "runtime/bytecode/program.h"

namespace wend::emit {

struct EmitResult {
  bytecode::Program program;
  std::vector<std::vector<PlacedProbe>> probes;  ///< of each journey
  std::vector<diag::Diagnostic> diagnostics;     ///< with an error (a table is too long) the program is not to be used
};

/// The program of a model without errors. What comes out passes `bytecode::verify`. `sources` is for source lines only.
[[nodiscard]] EmitResult emit(const sema::Model& model, const std::vector<flow::Graph>& graphs, const source::Sources& sources,
                              const std::string& project_name);

/// Adds a function for each expression of a test to a program of the same model. The functions have no parameters; they are
/// evaluated for one customer, and where they read fields of the event that started an instance, with that event at hand.
[[nodiscard]] std::vector<bytecode::FunctionId> emit_test_expressions(const sema::Model& model, bytecode::Program& program,
                                                                      std::span<const sema::Expr* const> expressions);

}  // namespace wend::emit
