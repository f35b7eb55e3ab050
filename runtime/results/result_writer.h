#pragma once

// The result folder: deliveries.ndjson, instances.ndjson, goals.ndjson, rejects.ndjson. docs/operations.md describes the lines.

#include <array>
#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "runtime/base/time_zone.h"
#include "runtime/engine/engine.h"
#include "runtime/results/json_text.h"
#include "runtime/results/result_file.h"
#include "runtime/results/tally.h"
#include "runtime/vm/body_renderer.h"

namespace wend::results {

// Name and length of each file.
struct FileLength {
  std::string file;
  uint64_t bytes = 0;
};

// The files of a result folder; ResultWriter::File is an index into them.
inline constexpr std::array<const char*, 5> k_result_files = {"deliveries.ndjson", "instances.ndjson", "goals.ndjson", "rejects.ndjson",
                                                              "calls.ndjson"};

class ResultWriter final : public engine::CommandSink {
 public:
  // `recorded`: of the snapshot a run goes on from; empty: a new run. No file is cut before each was found to be long enough. `program`,
  // `zones` and `customers` outlive the writer.
  static std::expected<std::unique_ptr<ResultWriter>, ResultError> open(const std::string& folder, const bytecode::Program& program,
                                                                        const ZoneTable& zones, engine::CustomerDirectory& customers,
                                                                        const std::vector<FileLength>& recorded);

  void on_entered(const engine::EnteredCommand& command) override;
  void on_delivery(const engine::DeliveryCommand& command) override;
  void on_call(const engine::CallCommand& command) override;
  void on_goal(const engine::GoalCommand& command) override;
  void on_exposure(const engine::ExposureCommand& command) override;
  void on_holdout(const engine::HoldoutCommand& command) override;
  void on_ended(const engine::EndedCommand& command) override;
  void on_excluded(const engine::ExclusionCommand& command) override;
  void take_intake(const ingest::Intake& intake);

  // Gives everything written so far to the system, and says how long the files are then.
  std::expected<std::vector<FileLength>, ResultError> flush();
  // Returns when what was flushed is on disk. May run on another thread, while more is written.
  std::expected<void, ResultError> sync_flushed() const;
  // At the end of a run, behind what a snapshot records: who still waits.
  std::expected<void, ResultError> write_waiting(const engine::Engine& engine);

  Tally& tally() { return tally_; }

 private:
  enum File : uint8_t { deliveries, instances, goals, rejects, calls };

  ResultWriter(const bytecode::Program& program, const ZoneTable& zones, engine::CustomerDirectory& customers);
  void append_body(JsonObject& line, const vm::RenderedBody& body) const;
  const std::string& journey_name(bytecode::JourneyId id) const { return program_.journey(id).name; }

  const bytecode::Program& program_;
  engine::CustomerDirectory& customers_;
  std::vector<ResultFile> files_;
  Tally tally_;
  vm::BodyRenderer renderer_;
};

}  // namespace wend::results
