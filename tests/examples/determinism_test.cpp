// The shop over generated histories: neither batches nor snapshots nor a stop half-way show in the results.

#include <gtest/gtest.h>

#include <fstream>

#include "compiler/diag/render.h"
#include "compiler/project/compile.h"
#include "compiler/source/file_store.h"
#include "examples/shop/generator/history.h"
#include "runtime/base/hash.h"
#include "runtime/replay/replay.h"
#include "tests/examples/program.h"
#include "tests/paths.h"

namespace wend::examples {
namespace {

constexpr const char* k_files[] = {"deliveries.ndjson", "instances.ndjson", "goals.ndjson", "rejects.ndjson"};

struct Way {
  size_t batch_entries = 1000;
  uint64_t snapshot_entries = 5'000'000;
  bool is_interrupted = false;
};

class Determinism : public testing::TestWithParam<uint64_t> {
 protected:
  void SetUp() override {
    project_ = project::load(files_, WEND_SOURCE_DIR "/examples/shop");
    auto compiled = project::compile(*project_, files_, *zones_);
    ASSERT_TRUE(compiled.program.has_value()) << diag::render_all(compiled.findings, project_->sources);
    program_ = std::move(*compiled.program);
    std::ofstream out(scratch_ / "history.ndjson", std::ios::binary);
    demo::write_history({.seed = GetParam(), .customers = 120}, [&](std::string_view line) { out << line << '\n'; });
  }

  replay::Options options(const std::string& name, const Way& way) {
    replay::Options options;
    options.events = scratch_ / "history.ndjson";
    options.data_folder = scratch_ / (name + "-state");
    options.result_folder = scratch_ / (name + "-result");
    options.machine_now = k_timestamp_max_ms;
    options.batch_entries = way.batch_entries;
    options.snapshot_entries = way.snapshot_entries;
    options.with_state_digest = true;
    return options;
  }

  // The digest of the state at the end, and of every result file.
  std::string outcome(const std::string& name, const Way& way) {
    replay::Options options = this->options(name, way);
    if (way.is_interrupted) {
      std::atomic<bool> stop = false;
      options.stop = &stop;
      options.progress = [&](const replay::Progress& progress) { stop = progress.records > 1500; };
      const auto half = replay::replay(program_, *zones_, options);
      EXPECT_TRUE(half.has_value());
      EXPECT_EQ(half ? half->outcome : replay::Outcome::finished, replay::Outcome::stopped);
      options.stop = nullptr;
      options.progress = nullptr;
    }
    const auto result = replay::replay(program_, *zones_, options);
    EXPECT_TRUE(result.has_value());
    if (!result) return {};
    EXPECT_EQ(result->outcome, replay::Outcome::finished);
    std::string text = to_hex(result->report.state) + " state\n";
    for (const char* file : k_files) text += to_hex(sha256(read_file(scratch_ / (name + "-result") / file))) + " " + file + "\n";
    return text;
  }

  Scratch scratch_{"determinism"};
  source::DiskFileStore files_;
  std::shared_ptr<const ZoneTable> zones_ = ZoneTable::system();
  std::unique_ptr<project::Project> project_;
  bytecode::Program program_;
};

TEST_P(Determinism, NeitherBatchesNorSnapshotsNorAStopShow) {
  const std::string expected = outcome("plain", {});
  EXPECT_EQ(outcome("small", {.batch_entries = 23}), expected);
  EXPECT_EQ(outcome("large", {.batch_entries = 100'000}), expected);
  EXPECT_EQ(outcome("snapshots", {.batch_entries = 64, .snapshot_entries = 500}), expected);
  EXPECT_EQ(outcome("stopped", {.batch_entries = 100, .is_interrupted = true}), expected);
}

INSTANTIATE_TEST_SUITE_P(Seeds, Determinism, testing::Values(11, 12, 13));

}  // namespace
}  // namespace wend::examples
