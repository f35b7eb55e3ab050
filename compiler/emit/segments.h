#pragma once

#include "compiler/emit/program_builder.h"
#include "compiler/source/sources.h"

namespace wend::emit {

/// The segments of the model in its order, then once more those that somebody enters `including existing`. Only those are
/// tracked whose members somebody waits for: an entry, a state exit, an `await { when … }`.
void emit_segments(ProgramBuilder& builder, const source::Sources* sources);

/// The tracked segment whose joins the entry hears. After emit_segments.
[[nodiscard]] bytecode::SegmentId joined_segment(ProgramBuilder& builder, const sema::Join& join);

[[nodiscard]] bytecode::ScheduleId emit_schedule(ProgramBuilder& builder, const sema::Schedule& schedule, const source::Sources* sources);

}  // namespace wend::emit
