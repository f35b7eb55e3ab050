#pragma once

// Object container files of Apache Avro as records: every datum becomes the JSON text of a Segment `track` call, as [run.avro] of wend.toml
// maps it, and goes the way of all such calls.

#include <array>
#include <set>
#include <string>
#include <vector>

#include "runtime/ingest/avro_value.h"
#include "runtime/ingest/record_buffer.h"
#include "runtime/ingest/record_source.h"
#include "runtime/ingest/run_config.h"

namespace wend::ingest {

// Blocks beyond this, as they are and decompressed, are refused. Writers make blocks of 16 KB to a few MB.
constexpr size_t k_avro_block_bytes_max = 64 << 20;

class AvroSource final : public RecordSource {
 public:
  // Reads the header. `event_names`: wire names of the program; of a record the full name is looked for first, then the one without namespace.
  static std::expected<std::unique_ptr<AvroSource>, InputError> open(RecordBuffer buffer, const AvroConfig& config,
                                                                     std::set<std::string> event_names);

  std::expected<bool, InputError> next(Record& record) override;
  // Blocks are consumed whole: the bytes stand behind the block of the record given last.
  const engine::SourceCursor& cursor() override;
  std::expected<void, InputError> skip_to(const engine::SourceCursor& cursor) override;

 private:
  enum class Codec : uint8_t { none, deflate, zstandard };
  // Where a path of names leads in a record; empty: nowhere.
  using Path = std::vector<size_t>;
  // How one type of record becomes a call.
  struct Shape {
    const AvroType* type = nullptr;
    Path user, time, message_id, event, properties;
    std::string name;  // of the event, when no field and no payload names it
  };

  AvroSource(RecordBuffer buffer, const AvroConfig& config, std::set<std::string> event_names)
      : buffer_(std::move(buffer)), config_(config), event_names_(std::move(event_names)) {}

  std::expected<void, InputError> read_header();
  std::expected<void, InputError> read_metadata(std::string& schema, std::string& codec);
  std::expected<void, InputError> bind();
  std::expected<bool, InputError> read_block();
  std::expected<void, InputError> decompress(std::string_view stored);
  std::expected<int64_t, InputError> take_long(const char* what);
  std::expected<std::string_view, InputError> take_bytes(uint64_t size, const char* what);
  std::expected<bool, InputError> has_more();
  void stand_here();
  std::string event_name(const std::string& full_name) const;
  bool append_call(std::string& out);
  bool append_member(const Shape& shape, const Path& path, std::string_view datum, std::string_view name, std::string& out);
  InputError damaged(const std::string& what) const;

  RecordBuffer buffer_;
  AvroConfig config_;
  std::set<std::string> event_names_;
  AvroSchema schema_;
  std::vector<Shape> shapes_;
  Codec codec_{};
  std::string sync_;
  uint64_t offset_ = 0;        // in the file, of the block being read
  std::string block_;          // its data, decompressed
  AvroValues values_{std::string_view()};  // what of it is left
  uint64_t left_ = 0;          // records in it not given yet
  uint64_t records_before_ = 0;  // those of the blocks before
  uint64_t block_records_ = 0;
  uint64_t given_ = 0;
  std::string text_;           // the record given last
  engine::SourceCursor cursor_;
};

}  // namespace wend::ingest
