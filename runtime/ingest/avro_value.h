#pragma once

// Private to this folder: values in Avro's binary encoding, written out as JSON.

#include <optional>
#include <string>
#include <string_view>

#include "runtime/ingest/avro_schema.h"
#include "runtime/ingest/run_config.h"

namespace wend::ingest {

// Reads values off the front of a block. Nothing that a length or a count claims is believed beyond the block's own bytes.
class AvroValues {
 public:
  explicit AvroValues(std::string_view bytes) : rest_(bytes), empty_left_(k_empty_values_min + bytes.size()) {}

  size_t left() const { return rest_.size(); }
  // False: the bytes are none of the type; error() says why. Then the rest of the block is lost.
  bool skip(const AvroType& type, int depth = 0);
  // Instants are RFC 3339 in UTC; bytes are base64; a decimal is a number with all its digits; a union is the value it holds.
  bool append_json(const AvroType& type, std::string& out, int depth = 0);
  // The branch of a union that comes next; the type itself when it is none.
  const AvroType* branch(const AvroType& type);
  // A number as an instant.
  bool append_time(const AvroType& type, TimeUnit unit, std::string& out);
  const std::string& error() const { return error_; }

 private:
  // Values without bytes are as many as a schema says, whatever the block has room for; more than these nobody has a use for.
  static constexpr size_t k_empty_values_min = 1'000'000;
  bool spend_empty() {
    if (empty_left_ == 0) return fail("it has too many values without bytes");
    --empty_left_;
    return true;
  }

  bool fail(std::string what) {
    if (error_.empty()) error_ = std::move(what);
    return false;
  }
  bool read_long(int64_t& out);
  bool read_bytes(uint64_t size, std::string_view& out);
  bool read_sized(std::string_view& out);
  bool read_symbol(const AvroType& type, int64_t& out);
  bool append_number(const AvroType& type, std::string& out);
  bool append_float(size_t size, std::string& out);
  bool append_bytes(const AvroType& type, std::string& out);
  bool append_record(const AvroType& type, std::string& out, int depth);
  // Of an array or a map; `out` null: they are skipped.
  bool read_blocks(const AvroType& type, std::string* out, int depth);

  std::string_view rest_;
  size_t empty_left_;
  std::string error_;
};

}  // namespace wend::ingest
