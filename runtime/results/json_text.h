#pragma once

// JSON written piece by piece into a string: no tree, no allocation beyond the string's own.

#include <string>
#include <string_view>

#include "runtime/base/json_text.h"
#include "runtime/bytecode/packed.h"
#include "runtime/bytecode/program.h"

namespace wend::results {

// RFC 3339 in UTC, with the quotes.
void append_json_time(std::string& out, TimestampMs at);

// A value by its type. Numbers that are not whole are texts, so that no reader puts them through a binary float: money has at least the
// digits of its currency's minor unit ("25.00", "25" of JPY), other decimals as many as they have. Instants are RFC 3339 in UTC, durations
// and periods ISO 8601, enum values and the members of records have their wire names. Absent is null.
void append_json_value(std::string& out, const bytecode::Program& program, bytecode::TypeId type, const bytecode::Value& value);

// The members of one object: { "name": … , … }.
class JsonObject {
 public:
  explicit JsonObject(std::string& out) : out_(out) { out_.push_back('{'); }
  // Writes the member's name; its value is to be appended to the result.
  std::string& member(std::string_view name) {
    if (!first_) out_.push_back(',');
    first_ = false;
    append_json_text(out_, name);
    out_.push_back(':');
    return out_;
  }
  void text(std::string_view name, std::string_view value) { append_json_text(member(name), value); }
  void number(std::string_view name, uint64_t value) { member(name) += std::to_string(value); }
  void close() { out_.push_back('}'); }

 private:
  std::string& out_;
  bool first_ = true;
};

}  // namespace wend::results
