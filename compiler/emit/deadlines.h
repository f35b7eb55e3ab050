#pragma once

#include <functional>
#include <optional>

#include "compiler/emit/expressions.h"
#include "compiler/flow/graph.h"

namespace wend::emit {

/// The register of a slot.
using Places = std::function<Register(flow::SlotId)>;

/// Code that returns the deadline of a waiting point from what its frame keeps, never before the moment it was armed.
/// Not for points without deadline or with a fixed one.
void emit_deadline_code(Code& code, Expressions& from_frame, const flow::WaitingPoint& point, const Places& places);

}  // namespace wend::emit
