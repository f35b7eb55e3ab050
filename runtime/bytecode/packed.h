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
// Encoding is canonical: equal values have equal bytes (a Set is sorted and without repeats; the spare bits of a row are 0).

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

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

  // All bits zero: an absent value read by mistake is 0, never garbage.
  Value() : decimal(), present(false) {}
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

// What `load_constant` loads; views point into the constant.
inline Value value_of(const Constant& constant) {
  if (const auto* word = std::get_if<int64_t>(&constant.value)) return Value::from_word(*word);
  if (const auto* decimal = std::get_if<Decimal>(&constant.value)) return Value::from_decimal(*decimal);
  return Value::from_bytes(std::get<std::string>(constant.value));
}
inline Value default_of(const Program& program, const std::optional<ConstantId>& id) {
  return id ? value_of(program.constants[static_cast<size_t>(*id)]) : Value::absent();
}

// The packed list without elements.
constexpr std::string_view k_empty_list("\0", 1);

// One present value of a type. The reader's views point into the bytes read.
void write_value(ByteWriter& writer, const Program& program, TypeId type, const Value& value);
Value read_value(ByteReader& reader, const Program& program, TypeId type);
void skip_value(ByteReader& reader, const Program& program, TypeId type);
// Two values of the same type; absent equals absent only.
bool equal_values(const Program& program, TypeId type, const Value& a, const Value& b);

// A row of columns with the given types; values.size() == types.size().
void write_row(ByteWriter& writer, const Program& program, std::span<const TypeId> types, std::span<const Value> values);
// One column of a row without decoding the others' contents; absent when the row is malformed (the reader fails).
Value read_column(std::string_view row, const Program& program, std::span<const FieldInfo> fields, uint32_t column);
bool read_row(std::string_view row, const Program& program, std::span<const TypeId> types, std::span<Value> values);
// Whole and well formed, with every enum in range and every text valid UTF-8: for bytes that come from outside.
bool validate_row(std::string_view row, const Program& program, std::span<const TypeId> types);

// ── rows read many times: what their types say, worked out once ──

enum class Encoding : uint8_t { unsigned_word, signed_word, period, decimal, sized_bytes, nested };

struct Column {
  Encoding encoding{};
  bool optional = false;
  uint16_t presence_bit = 0;  // in the row's leading bits; optional columns only
  TypeId type{};
};

struct RowShape {
  std::vector<Column> columns;
  uint32_t presence_bytes = 0;

  static RowShape of(const Program& program, std::span<const TypeId> types);
  static RowShape of(const Program& program, std::span<const FieldInfo> fields);
};

// Reads columns of one row; cheapest in ascending order, because it goes on from where it stands.
class RowCursor {
 public:
  RowCursor() = default;
  RowCursor(const Program& program, const RowShape& shape, std::string_view row) : program_(&program), shape_(&shape), row_(row) {
    rewind();
  }

  bool is_begun() const { return shape_ != nullptr; }
  // Absent where the row says so, and where it is malformed: then failed() tells.
  Value column(uint32_t index) {
    if (index < next_) rewind();
    while (next_ < index) {
      const Column& column = shape_->columns[next_++];
      if (is_present(column)) skip(column);
    }
    const Column& column = shape_->columns[next_++];
    if (!is_present(column)) return Value();
    // In one place: a copy of a value just made would have to wait for its stores.
    Value value = read(column);
    if (!reader_.ok()) value = Value();
    return value;
  }
  bool failed() const { return !reader_.ok(); }
  // Nothing is left after the last column read.
  bool at_end() const { return reader_.ok() && reader_.at_end(); }

 private:
  void rewind() {
    reader_ = ByteReader(row_);
    presence_ = reader_.bytes(shape_->presence_bytes);
    next_ = 0;
  }
  bool is_present(const Column& column) const {
    if (!column.optional) return true;
    const size_t byte = column.presence_bit / 8;
    return byte < presence_.size() && (static_cast<uint8_t>(presence_[byte]) >> column.presence_bit % 8 & 1) != 0;
  }
  Value read(const Column& column) {
    switch (column.encoding) {
      case Encoding::unsigned_word:
        return Value::from_word(static_cast<int64_t>(reader_.varint()));
      case Encoding::signed_word:
        return Value::from_word(reader_.signed_varint());
      case Encoding::decimal:
        return Value::from_decimal(reader_.decimal());
      case Encoding::sized_bytes:
        return Value::from_bytes(reader_.text());
      case Encoding::period:
      case Encoding::nested:
        break;
    }
    return read_value(reader_, *program_, column.type);
  }
  void skip(const Column& column) {
    switch (column.encoding) {
      case Encoding::unsigned_word:
      case Encoding::signed_word:
        reader_.varint();
        return;
      case Encoding::decimal:
        reader_.skip_decimal();
        return;
      case Encoding::sized_bytes:
        reader_.text();
        return;
      case Encoding::period:
      case Encoding::nested:
        break;
    }
    skip_value(reader_, *program_, column.type);
  }

  const Program* program_ = nullptr;
  const RowShape* shape_ = nullptr;
  std::string_view row_;
  std::string_view presence_;
  ByteReader reader_{std::string_view()};
  uint32_t next_ = 0;
};

}  // namespace wend::bytecode
