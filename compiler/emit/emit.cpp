#include "compiler/emit/emit.h"

#include <algorithm>

#include "compiler/emit/body.h"
#include "compiler/emit/declarations.h"
#include "runtime/bytecode/limits.h"

namespace wend::emit {
namespace {

// Lists and records inside each other; the checker has refused types that contain themselves.
int height(const bytecode::Program& program, bytecode::TypeId id, std::vector<int>& known) {
  int& result = known[static_cast<std::size_t>(id)];
  if (result != 0) return result;
  const bytecode::Type& type = program.type(id);
  int below = 0;
  if (type.kind == bytecode::ValueKind::list) below = height(program, type.element, known);
  if (type.kind == bytecode::ValueKind::record) {
    for (const bytecode::FieldInfo& field : program.records[static_cast<std::size_t>(type.record)].fields) {
      below = std::max(below, height(program, field.type, known));
    }
  }
  return result = below + 1;
}

void note_heights(ProgramBuilder& builder) {
  const bytecode::Program& program = builder.program();
  std::vector<int> known(program.types.size());
  for (std::size_t i = 0; i < program.types.size(); ++i) {
    if (height(program, static_cast<bytecode::TypeId>(i), known) > bytecode::k_type_depth_max)
      builder.note_overflow("types inside each other");
  }
}

void note_size(ProgramBuilder& builder, const bytecode::Journey& journey) {
  builder.note_size(builder.program().function(journey.body));
  for (const bytecode::SendSite& site : journey.sites) {
    if (site.rounds.size() > bytecode::k_rounds_max) builder.note_overflow("loops around one `send`");
  }
  for (const bytecode::CallSite& call : journey.calls) {
    if (call.rounds.size() > bytecode::k_rounds_max) builder.note_overflow("loops around one `call`");
  }
}

// False when something is too large, which is reported then; `place` is where, unless the builder knows better.
bool is_within_bounds(const ProgramBuilder& builder, source::Span place, EmitResult& result) {
  if (builder.overflow().empty()) return true;
  if (builder.overflow_place().valid()) place = builder.overflow_place();
  result.diagnostics.push_back(diag::Diagnostic(diag::Kind::program_too_large, place).with("what", builder.overflow()));
  return false;
}

}  // namespace

EmitResult emit(const sema::Model& model, const std::vector<flow::Graph>& graphs, const source::Sources& sources,
                const std::string& project_name) {
  EmitResult result;
  result.program.name = project_name;
  ProgramBuilder builder(model, result.program);
  emit_declarations(builder, &sources);
  if (!is_within_bounds(builder, {}, result)) return result;
  for (const flow::Graph& graph : graphs) {
    EmittedJourney emitted = emit_journey(builder, graph, &sources);
    note_size(builder, emitted.journey);
    result.program.journeys.push_back(std::move(emitted.journey));
    result.probes.push_back(std::move(emitted.probes));
    if (!is_within_bounds(builder, graph.journey->span, result)) return result;
  }
  note_heights(builder);
  for (const bytecode::Function& function : result.program.functions) builder.note_size(function);
  is_within_bounds(builder, {}, result);
  return result;
}

std::vector<bytecode::FunctionId> emit_test_expressions(const sema::Model& model, bytecode::Program& program,
                                                        std::span<const sema::Expr* const> expressions) {
  ProgramBuilder builder(model, program);
  std::vector<bytecode::FunctionId> functions;
  for (const sema::Expr* expr : expressions) functions.push_back(emit_expression(builder, "test", *expr, nullptr));
  return functions;
}

}  // namespace wend::emit
