#pragma once

// Private to this folder: typed values out of a JSON document that is read once, front to back.

#include <simdjson.h>

#include <deque>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/time_zone.h"
#include "runtime/bytecode/packed.h"
#include "runtime/bytecode/program.h"
#include "runtime/ingest/intake.h"

namespace wend::ingest {

// Deeper nesting than this is no event but an attack on the reader's stack.
constexpr int k_json_depth_max = 64;

// Where in the document the reader is; spelt out only when something is refused.
struct JsonPath {
  const JsonPath* parent = nullptr;
  std::string_view name;
  size_t index = 0;
  bool is_index = false;
  std::string to_string() const;
};

// The beginning of it, for a message.
std::string excerpt(std::string_view text);

struct JsonFault {
  RejectReason reason{};
  std::string path;
  std::string message;
};

class JsonReader {
 public:
  JsonReader(const bytecode::Program& program, const ZoneTable& zones) : program_(program), zones_(zones) {}

  // Call before each document: empties the memory that values of the last one lie in.
  void reset() {
    arena_.release();
    fault_.reset();
  }
  const std::optional<JsonFault>& fault() const { return fault_; }

  // Every function that follows answers false after noting a fault.

  // Members of `object` by the fields' wire names into `values` (sized and set absent here); required fields must come.
  bool read_fields(simdjson::ondemand::object object, std::span<const bytecode::FieldInfo> fields, const JsonPath& path,
                   std::vector<bytecode::Value>& values);
  // Null is absent, where the type allows it. Bytes of the value live until reset() or the document's end.
  // `proto_json`: see FieldInfo.
  bool read_value(simdjson::ondemand::value value, bytecode::TypeId type, const JsonPath& path, bytecode::Value& out,
                  bool proto_json = false);
  // A value that nobody declared: read for being JSON at all.
  bool check(simdjson::ondemand::value value, const JsonPath& path, int depth = 0);

  bool fail(RejectReason reason, const JsonPath& path, std::string message);
  bool fail(simdjson::error_code error, const JsonPath& path);

 private:
  struct Scratch {
    std::vector<bytecode::Value> values;
    std::string bytes;
  };
  bool read_text(simdjson::ondemand::value value, bytecode::TypeId type, const JsonPath& path, bytecode::Value& out);
  bool read_number(simdjson::ondemand::value value, bytecode::TypeId type, const JsonPath& path, bytecode::Value& out);
  bool read_record(simdjson::ondemand::value value, bytecode::TypeId type, const JsonPath& path, bytecode::Value& out);
  bool read_list(simdjson::ondemand::value value, bytecode::TypeId type, const JsonPath& path, bytecode::Value& out, bool proto_json);
  bool read_proto_text(simdjson::ondemand::value value, bytecode::TypeId type, const JsonPath& path, bytecode::Value& out);
  bool wrong_type(bytecode::TypeId type, const JsonPath& path, std::string_view found);
  std::string_view keep(std::string_view bytes);
  Scratch& scratch();

  const bytecode::Program& program_;
  const ZoneTable& zones_;
  std::optional<JsonFault> fault_;
  std::pmr::monotonic_buffer_resource arena_{16 << 10};
  std::deque<Scratch> scratches_;  // one for each level of records and lists being read
  size_t level_ = 0;
};

// Index of the field with that wire name, or else that is also known by it, or npos. Events list their members in one order mostly: the search begins at `expected`.
size_t find_field(std::span<const bytecode::FieldInfo> fields, std::string_view wire, size_t expected);

// Packs a list's elements: sorted and without repeats for a set. `ends[i]` is where element i ends in `elements`.
void pack_list(bool is_set, std::string_view elements, std::span<const size_t> ends, std::string& out);

}  // namespace wend::ingest
