#pragma once

// Private to this folder: a payload as a tree, for checks that look at it more than once. Numbers stay text.

#include <simdjson.h>

#include <memory_resource>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/bytecode/schema.h"

namespace wend::ingest {

struct PayloadMember;

struct PayloadValue {
  bytecode::JsonKinds kind = bytecode::JsonKinds::null;  // `number` for every number
  bool truth = false;
  std::string_view text;                    // string: unescaped; number: as written
  std::span<const PayloadValue> elements;   // array
  std::span<const PayloadMember> members;   // object: by name, each name once; of two in the text the last counts

  // Index among the members.
  std::optional<size_t> find(std::string_view name) const;
};
struct PayloadMember {
  std::string_view name;
  PayloadValue value;
};
// For comparing: what canonical forms of schemas' values are (runtime/bytecode/schema.h).
void append_canonical(const PayloadValue& value, std::string& out);

// The last payload parsed; what it answers lives until the next.
class Payload {
 public:
  // An object. `text` outlives the answer, and simdjson::SIMDJSON_PADDING bytes behind it can be read.
  simdjson::error_code parse(std::string_view text, PayloadValue& out);

 private:
  simdjson::error_code read(simdjson::ondemand::value value, int depth, PayloadValue& out);
  simdjson::error_code read_object(simdjson::ondemand::object object, int depth, PayloadValue& out);
  simdjson::error_code read_array(simdjson::ondemand::array array, int depth, PayloadValue& out);

  simdjson::ondemand::parser parser_;
  std::pmr::monotonic_buffer_resource arena_{16 << 10};
  // Of the objects and lists that are still open, one behind the other.
  std::vector<PayloadMember> open_members_;
  std::vector<PayloadValue> open_elements_;
};

}  // namespace wend::ingest
