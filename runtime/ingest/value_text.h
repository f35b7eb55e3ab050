#pragma once

// Values written as text: cells of CSV, and the JSON strings that stand for dates, decimals, enum values and the like.

#include <optional>
#include <string>
#include <string_view>

#include "runtime/base/time_zone.h"
#include "runtime/bytecode/packed.h"
#include "runtime/bytecode/program.h"

namespace wend::ingest {

// What a value of the type looks like in input, for a message: "an instant such as `2011-03-01T08:26:00Z`".
std::string expectation(const bytecode::Program& program, bytecode::TypeId type);

// A present value of `type`, which is no record and no list, from valid UTF-8. Text values are views into `text`. nullopt: it is none.
std::optional<bytecode::Value> parse_value(const bytecode::Program& program, const ZoneTable& zones, bytecode::TypeId type,
                                           std::string_view text);

// ISO 8601: "PT1H30M" (hours, minutes, seconds with a fraction), and calendar spans "P1Y2M3W4D".
std::optional<DurationMs> parse_iso_duration(std::string_view text);
std::optional<Period> parse_iso_period(std::string_view text);
// As the JSON form of Protocol Buffers has it: "3.5s", "-0.25s". What is below a millisecond is cut off.
std::optional<DurationMs> parse_proto_duration(std::string_view text);

}  // namespace wend::ingest
