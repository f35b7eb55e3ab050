#pragma once

#include "compiler/emit/program_builder.h"
#include "compiler/source/sources.h"

namespace wend::emit {

/// Everything of a program that is not a journey, in the model's order: types, attributes, events, history, channels,
/// messages with their texts, experiments, the customer's zone.
void emit_declarations(ProgramBuilder& builder, const source::Sources* sources);

/// A function without parameters that returns the value of an expression. Fields of events are those of the event that the
/// function is asked about.
[[nodiscard]] bytecode::FunctionId emit_expression(ProgramBuilder& builder, std::string name, const sema::Expr& expr,
                                                   const source::Sources* sources);

/// The same for the condition of a segment.
[[nodiscard]] bytecode::FunctionId emit_condition(ProgramBuilder& builder, std::string name, const sema::Expr& expr,
                                                  const source::Sources* sources);

}  // namespace wend::emit
