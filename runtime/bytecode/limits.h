#pragma once

// What a program may contain at most. The verifier refuses more; the compiler reports it before.

#include <cstdint>

#include "runtime/base/time.h"

namespace wend::bytecode {

// Indices are 16 bits.
constexpr size_t k_table_max = 65'536;
// A journey body of 65,536 instructions is some 10,000 lines. With the next limit it bounds what the verifier needs: 32 MiB.
constexpr size_t k_code_max = 65'536;
constexpr size_t k_registers_max = 4'096;
// Of an event or a record.
constexpr size_t k_fields_max = 1'024;
// Of a message.
constexpr size_t k_parameters_max = 256;
constexpr size_t k_body_parts_max = 256;
constexpr size_t k_locales_max = 256;
// Loops around a `send`.
constexpr size_t k_rounds_max = 64;
// Of all forks of a journey: an instance may wait in so many places.
constexpr size_t k_branches_max = 1'000;
// Nodes of all schemas, and how long a chain of nodes that refer to each other gets: checking recurses so deep.
constexpr size_t k_schema_nodes_max = 65'536;
constexpr uint32_t k_schema_depth_max = 512;
// Patterns of all schemas: each may take a machine of its own.
constexpr size_t k_schema_patterns_max = 4'096;
// Lists and records inside each other; decoding recurses this deep.
constexpr int k_type_depth_max = 32;
constexpr uint32_t k_experiment_slots = 1'000'000;
// Steps of one `when … else … else …`.
constexpr size_t k_denial_steps_max = 64;
// Holidays on which quiet hours begin: those of all calendars for a lifetime.
constexpr size_t k_quiet_dates_max = 16'384;
// Messages that a cap lets through; a customer's ledger holds as many.
constexpr uint32_t k_cap_limit_max = 10'000;
// Free counts saturate here.
constexpr uint32_t k_history_limit_max = 1'000;
// A list of events keeps their fields.
constexpr uint32_t k_listed_max = 200;
// A text, or a list, that a run makes. Rendering ends here, with a fault.
constexpr size_t k_made_bytes_max = size_t{1} << 20;
// Rounds of all loops of one run: 100 lines with 100 pieces each are a tenth of it.
constexpr uint32_t k_loop_rounds_max = 100'000;
// What a run with loops may make, and read, in total.
constexpr size_t k_run_bytes_max = size_t{64} << 20;
constexpr size_t k_read_bytes_max = size_t{256} << 20;
// Elements of a range that is made into a list.
constexpr int64_t k_range_max = 10'000;
// Texts begun inside each other.
constexpr uint16_t k_text_depth_max = 128;
// A thousand years either way of counting, so that adding a span to an instant cannot overflow.
constexpr DurationMs k_span_ms_max = 366'000 * k_day_ms;
constexpr int32_t k_span_months_max = 12'000;
constexpr int32_t k_span_days_max = 366'000;

}  // namespace wend::bytecode
