#pragma once

#include <gtest/gtest.h>

#include <fstream>

#include "runtime/ingest/event_reader.h"
#include "tests/log/scratch.h"

// Tests that read files from a folder of their own.
class Files : public testing::Test {
 protected:
  std::string path(const std::string& name) const { return scratch_.path(name); }
  void write(const std::string& name, std::string_view bytes) const {
    std::ofstream(path(name), std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }
  // Everything in one batch.
  wend::ingest::InputBatch read(const wend::bytecode::Program& program, wend::ingest::ReaderOptions options) const {
    if (options.machine_now == 0) options.machine_now = 4'000'000'000'000;
    wend::ingest::InputBatch batch;
    auto reader = wend::ingest::EventReader::open(program, *zones_, options);
    EXPECT_TRUE(reader) << reader.error().what;
    if (!reader) return batch;
    const auto more = (*reader)->next({.entries = SIZE_MAX, .bytes = SIZE_MAX, .records = SIZE_MAX}, batch);
    EXPECT_TRUE(more) << more.error().what;
    return batch;
  }

  const std::shared_ptr<const wend::ZoneTable> zones_ = wend::ZoneTable::system();

 private:
  const Scratch scratch_;
};
