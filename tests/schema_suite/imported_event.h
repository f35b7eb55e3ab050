#pragma once

// Events of schema files, the whole way: compiled into a program, written and read as a file, and decoded from lines.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>

#include "compiler/project/compile.h"
#include "runtime/bytecode/program_file.h"
#include "runtime/ingest/record_buffer.h"
#include "runtime/ingest/segment_decoder.h"
#include "tests/paths.h"

namespace wend {

inline std::filesystem::path schema_data(const char* folder) {
  const char* data = std::getenv("WEND_DATA_DIR");
  return (data != nullptr ? std::filesystem::path(data) : std::filesystem::path(WEND_SOURCE_DIR) / "../shared/data") / "schemas" / folder;
}

inline std::string text_of(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

class ImportedEvent {
 public:
  // `import jsonschema "event.json" { event Imported }` in a project with these files.
  explicit ImportedEvent(source::MemoryFileStore files) {
    files.write("p/main.journey", "edition 1\nimport jsonschema \"event.json\" { event Imported }\n");
    const auto project = project::load(files, "p");
    project::CompileResult compiled = project::compile(*project, files, *zones_);
    if (!compiled.program) {
      for (const diag::Diagnostic& finding : compiled.findings.diagnostics()) {
        if (finding.severity() == diag::Severity::error && refusal_.empty()) refusal_ = finding.message();
      }
      return;
    }
    auto program = bytecode::read_program(bytecode::write_program(*compiled.program));
    if (!program) {
      refusal_ = "the program is wrong: " + program.error().what;
      return;
    }
    program_ = std::make_unique<bytecode::Program>(std::move(*program));
    decoder_ = ingest::make_segment_decoder(*program_, *zones_);
  }

  // The first error; empty when it imports.
  const std::string& refusal() const { return refusal_; }
  const bytecode::Program& program() const { return *program_; }

  // Of a track call with these properties: why it is rejected, or nothing.
  std::optional<ingest::Reject> rejected(const std::string& properties) {
    const std::string line =
        R"({"type":"track","userId":"u","event":"Imported","timestamp":"2024-01-01T00:00:00Z","properties":)" + properties + "}";
    const std::string padded = line + std::string(ingest::RecordBuffer::k_padding_bytes, ' ');
    ingest::InputBatch batch;
    ingest::VirtualClock clock(1'893'456'000'000, std::nullopt);
    decoder_->decode({.bytes = std::string_view(padded).substr(0, line.size()), .line = 1}, clock, batch);
    if (!batch.intake.rejects.empty()) return batch.intake.rejects.front();
    if (batch.entries().size() != 1) return ingest::Reject{.message = "nothing came of it"};
    return std::nullopt;
  }

 private:
  const std::shared_ptr<const ZoneTable> zones_ = ZoneTable::system();
  std::string refusal_;
  std::unique_ptr<bytecode::Program> program_;
  std::unique_ptr<ingest::EventDecoder> decoder_;
};

}  // namespace wend
