#pragma once

// The packed encoding of values: what event bodies in the log, frames, attributes and parameters are made of (permanent).
//
//   row      one bit per optional column in order (⌈n/8⌉ bytes, bit set = present), then the present columns
//   word     zigzag varint        boolean, enumeration: varint
//   period   zigzag varint months, zigzag varint days
//   decimal  ByteWriter::decimal
//   text     varint length, bytes      time_zone, delivery: the same
//   record   the row of its fields     list: varint count, elements
//
// Encoding is canonical: equal values have equal bytes (a Set is sorted and without repeats).

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "runtime/base/bytes.h"
#include "runtime/bytecode/program.h"

namespace wend::bytecode {

// What a register holds. Bytes are views: whoever made the value says how long they live. Records and lists are their packed encoding.
struct Value {
  union {
    int64_t word;
    Decimal decimal;
    struct {
      const char* data;
      size_t size;
    } bytes;
  };
  bool present;

  Value() : word(0), present(false) {}
  static Value absent() { return Value(); }
  static Value from_word(int64_t word) {
    Value value;
    value.word = word;
    value.present = true;
    return value;
  }
  static Value from_decimal(const Decimal& decimal) {
    Value value;
    value.decimal = decimal;
    value.present = true;
    return value;
  }
  static Value from_bytes(std::string_view bytes) {
    Value value;
    value.bytes = {bytes.data(), bytes.size()};
    value.present = true;
    return value;
  }
  std::string_view view() const { return {bytes.data, bytes.size}; }
  Period period() const { return {static_cast<int32_t>(word >> 32), static_cast<int32_t>(word)}; }
  static Value from_period(Period period) {
    return from_word(
        static_cast<int64_t>(static_cast<uint64_t>(static_cast<uint32_t>(period.months)) << 32 | static_cast<uint32_t>(period.days)));
  }
};

// One present value of a type. The reader's views point into the bytes read.
void write_value(ByteWriter& writer, const Program& program, TypeId type, const Value& value);
Value read_value(ByteReader& reader, const Program& program, TypeId type);
void skip_value(ByteReader& reader, const Program& program, TypeId type);

// A row of columns with the given types; values.size() == types.size().
void write_row(ByteWriter& writer, const Program& program, std::span<const TypeId> types, std::span<const Value> values);
// One column of a row without decoding the others' contents; absent when the row is malformed (the reader fails).
Value read_column(std::string_view row, const Program& program, std::span<const FieldInfo> fields, uint32_t column);
bool read_row(std::string_view row, const Program& program, std::span<const TypeId> types, std::span<Value> values);
// Whole and well formed, with every enum in range and every text valid UTF-8: for bytes that come from outside.
bool validate_row(std::string_view row, const Program& program, std::span<const TypeId> types);

}  // namespace wend::bytecode
