#pragma once

// Rows of CSV become events by the mapping of wend.toml.

#include <memory>

#include "runtime/base/time_zone.h"
#include "runtime/bytecode/program.h"
#include "runtime/ingest/event_decoder.h"
#include "runtime/ingest/run_config.h"

namespace wend::ingest {

// Checks the mapping against the program and the file's columns: whatever it names must be there, and every required field must be
// given. `program` and `zones` outlive the decoder.
std::expected<std::unique_ptr<EventDecoder>, std::string> make_csv_decoder(const bytecode::Program& program, const ZoneTable& zones,
                                                                           const CsvConfig& config,
                                                                           const std::vector<std::string>& columns);

}  // namespace wend::ingest
