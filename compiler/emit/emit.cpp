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

void note_code_size(ProgramBuilder& builder, const bytecode::Function& function) {
  if (function.code.size() > bytecode::k_code_max) builder.note_overflow("instructions of one journey or expression");
  if (function.registers.size() > bytecode::k_registers_max) builder.note_overflow("values of one journey or expression");
}

void note_code_size(ProgramBuilder& builder, const bytecode::Journey& journey) {
  note_code_size(builder, builder.program().function(journey.body));
  for (const bytecode::SendSite& site : journey.sites) {
    if (site.rounds.size() > bytecode::k_rounds_max) builder.note_overflow("loops around one `send`");
  }
  for (const bytecode::CallSite& call : journey.calls) {
    if (call.rounds.size() > bytecode::k_rounds_max) builder.note_overflow("loops around one `call`");
  }
}

}  // namespace

EmitResult emit(const sema::Model& model, const std::vector<flow::Graph>& graphs, const source::Sources& sources,
                const std::string& project_name) {
  EmitResult result;
  result.program.name = project_name;
  ProgramBuilder builder(model, result.program);
  emit_declarations(builder, &sources);
  for (const flow::Graph& graph : graphs) {
    EmittedJourney emitted = emit_journey(builder, graph, &sources);
    note_code_size(builder, emitted.journey);
    result.program.journeys.push_back(std::move(emitted.journey));
    result.probes.push_back(std::move(emitted.probes));
    if (builder.overflow().empty()) continue;
    result.diagnostics.push_back(diag::Diagnostic(diag::Kind::program_too_large, graph.journey->span).with("what", builder.overflow()));
    return result;
  }
  note_heights(builder);
  for (const bytecode::Function& function : result.program.functions) note_code_size(builder, function);
  if (!builder.overflow().empty()) {
    result.diagnostics.push_back(diag::Diagnostic(diag::Kind::program_too_large, {}).with("what", builder.overflow()));
  }
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
