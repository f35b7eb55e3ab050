#include "runtime/bytecode/packed.h"

#include <cassert>

#include "runtime/base/utf8.h"

namespace wend::bytecode {
namespace {

// ── the columns of a row, by types or by fields ──

TypeId type_of(TypeId type) {
  return type;
}
TypeId type_of(const FieldInfo& field) {
  return field.type;
}

template <typename Columns>
size_t presence_bytes(const Program& program, const Columns& columns) {
  size_t optional_count = 0;
  for (const auto& column : columns) optional_count += program.type(type_of(column)).optional ? 1 : 0;
  return (optional_count + 7) / 8;
}

// Walks the columns in order and calls `visit(index, type)` for those present; stops when it returns false.
template <typename Columns, typename Visit>
void walk_row(ByteReader& reader, const Program& program, const Columns& columns, Visit&& visit) {
  const std::string_view presence = reader.bytes(presence_bytes(program, columns));
  if (!reader.ok()) return;
  size_t bit = 0;
  size_t index = 0;
  for (const auto& column : columns) {
    const TypeId type = type_of(column);
    bool present = true;
    if (program.type(type).optional) {
      present = (static_cast<uint8_t>(presence[bit / 8]) >> bit % 8 & 1) != 0;
      ++bit;
    }
    if (!visit(index, type, present) || !reader.ok()) return;
    ++index;
  }
}

bool spare_bits_are_zero(std::string_view presence, size_t optional_count) {
  return presence.empty() || optional_count % 8 == 0 || static_cast<uint8_t>(presence.back()) >> optional_count % 8 == 0;
}

const std::vector<FieldInfo>& fields_of(const Program& program, const Type& type) {
  return program.records[static_cast<size_t>(type.record)].fields;
}

// An element takes at least one byte (a record has a field), so a larger count can only be a lie.
uint64_t read_count(ByteReader& reader) {
  const uint64_t count = reader.varint();
  if (count > reader.remaining()) reader.bytes(count);
  return reader.ok() ? count : 0;
}

std::string_view since(const char* start, const ByteReader& reader) {
  return {start, static_cast<size_t>(reader.position() - start)};
}

// ── validation ──

bool validate_value(ByteReader& reader, const Program& program, TypeId type_id);

template <typename Columns>
bool validate_columns(ByteReader& reader, const Program& program, const Columns& columns) {
  size_t optional_count = 0;
  for (const auto& column : columns) optional_count += program.type(type_of(column)).optional ? 1 : 0;
  ByteReader presence_reader = reader;
  if (!spare_bits_are_zero(presence_reader.bytes((optional_count + 7) / 8), optional_count)) return false;
  bool valid = true;
  walk_row(reader, program, columns,
           [&](size_t, TypeId type, bool present) { return valid = !present || validate_value(reader, program, type); });
  return valid && reader.ok();
}

bool validate_list(ByteReader& reader, const Program& program, const Type& type) {
  const uint64_t count = read_count(reader);
  std::string_view previous;
  for (uint64_t i = 0; i < count; ++i) {
    const char* start = reader.position();
    if (!validate_value(reader, program, type.element)) return false;
    const std::string_view element = since(start, reader);
    if (type.is_set && i > 0 && previous >= element) return false;
    previous = element;
  }
  return reader.ok();
}

bool validate_value(ByteReader& reader, const Program& program, TypeId type_id) {
  const Type& type = program.type(type_id);
  switch (type.kind) {
    case ValueKind::boolean:
      return reader.varint() <= 1 && reader.ok();
    case ValueKind::enumeration:
      return reader.varint() < program.enums[static_cast<size_t>(type.enumeration)].values.size() && reader.ok();
    case ValueKind::instant: {
      const TimestampMs at = reader.signed_varint();
      return reader.ok() && at >= k_timestamp_min_ms && at <= k_timestamp_max_ms;
    }
    case ValueKind::date: {
      const int64_t day = reader.signed_varint();
      return reader.ok() && day >= k_timestamp_min_ms / k_day_ms && day <= k_timestamp_max_ms / k_day_ms;
    }
    case ValueKind::time_of_day: {
      const int64_t second = reader.signed_varint();
      return reader.ok() && second >= 0 && second < 86400;
    }
    case ValueKind::period: {
      const int64_t months = reader.signed_varint();
      const int64_t days = reader.signed_varint();
      return reader.ok() && months == static_cast<int32_t>(months) && days == static_cast<int32_t>(days);
    }
    case ValueKind::integer:
    case ValueKind::duration:
      reader.varint();
      return reader.ok();
    case ValueKind::decimal:
      reader.decimal();
      return reader.ok();
    case ValueKind::text:
    case ValueKind::time_zone: {
      const std::string_view text = reader.text();
      return reader.ok() && is_valid_utf8(text);
    }
    case ValueKind::delivery:
      return reader.text().size() == 16;
    case ValueKind::record:
      return validate_columns(reader, program, fields_of(program, type));
    case ValueKind::list:
      return validate_list(reader, program, type);
  }
  return false;
}

Encoding encoding_of(ValueKind kind) {
  switch (kind) {
    case ValueKind::boolean:
    case ValueKind::enumeration:
      return Encoding::unsigned_word;
    case ValueKind::integer:
    case ValueKind::instant:
    case ValueKind::date:
    case ValueKind::time_of_day:
    case ValueKind::duration:
      return Encoding::signed_word;
    case ValueKind::period:
      return Encoding::period;
    case ValueKind::decimal:
      return Encoding::decimal;
    case ValueKind::text:
    case ValueKind::time_zone:
    case ValueKind::delivery:
      return Encoding::sized_bytes;
    case ValueKind::record:
    case ValueKind::list:
      return Encoding::nested;
  }
  return Encoding::nested;
}

template <typename Columns>
RowShape shape_of(const Program& program, const Columns& columns) {
  RowShape shape;
  uint16_t optional_count = 0;
  for (const auto& source : columns) {
    const Type& type = program.type(type_of(source));
    Column& column = shape.columns.emplace_back();
    column.encoding = encoding_of(type.kind);
    column.optional = type.optional;
    column.type = type_of(source);
    if (type.optional) column.presence_bit = optional_count++;
  }
  shape.presence_bytes = (optional_count + 7u) / 8;
  return shape;
}

}  // namespace

void write_value(ByteWriter& writer, const Program& program, TypeId type_id, const Value& value) {
  assert(value.present);
  switch (encoding_of(program.type(type_id).kind)) {
    case Encoding::unsigned_word:
      return writer.varint(static_cast<uint64_t>(value.word));
    case Encoding::signed_word:
      return writer.signed_varint(value.word);
    case Encoding::period:
      writer.signed_varint(value.period().months);
      return writer.signed_varint(value.period().days);
    case Encoding::decimal:
      return writer.decimal(value.decimal);
    case Encoding::sized_bytes:
      return writer.text(value.view());
    case Encoding::nested:
      return writer.raw(value.bytes.data, value.bytes.size);
  }
}

Value read_value(ByteReader& reader, const Program& program, TypeId type_id) {
  switch (encoding_of(program.type(type_id).kind)) {
    case Encoding::unsigned_word:
      return Value::from_word(static_cast<int64_t>(reader.varint()));
    case Encoding::signed_word:
      return Value::from_word(reader.signed_varint());
    case Encoding::period: {
      const auto months = static_cast<int32_t>(reader.signed_varint());
      return Value::from_period({months, static_cast<int32_t>(reader.signed_varint())});
    }
    case Encoding::decimal:
      return Value::from_decimal(reader.decimal());
    case Encoding::sized_bytes:
      return Value::from_bytes(reader.text());
    case Encoding::nested:
      break;
  }
  const char* start = reader.position();
  skip_value(reader, program, type_id);
  return reader.ok() ? Value::from_bytes(since(start, reader)) : Value::from_bytes({});
}

void skip_value(ByteReader& reader, const Program& program, TypeId type_id) {
  const Type& type = program.type(type_id);
  switch (encoding_of(type.kind)) {
    case Encoding::unsigned_word:
    case Encoding::signed_word:
      reader.varint();
      return;
    case Encoding::period:
      reader.varint();
      reader.varint();
      return;
    case Encoding::decimal:
      reader.skip_decimal();
      return;
    case Encoding::sized_bytes:
      reader.text();
      return;
    case Encoding::nested:
      break;
  }
  if (type.kind == ValueKind::record) {
    walk_row(reader, program, fields_of(program, type), [&](size_t, TypeId field, bool present) {
      if (present) skip_value(reader, program, field);
      return true;
    });
    return;
  }
  const uint64_t count = read_count(reader);
  for (uint64_t i = 0; i < count && reader.ok(); ++i) skip_value(reader, program, type.element);
}

bool equal_values(const Program& program, TypeId type, const Value& a, const Value& b) {
  if (!a.present || !b.present) return a.present == b.present;
  switch (representation(program.type(type).kind)) {
    case Representation::word:
      return a.word == b.word;
    case Representation::decimal:
      return a.decimal == b.decimal;
    case Representation::bytes:
      return a.view() == b.view();
  }
  return false;
}

void write_row(ByteWriter& writer, const Program& program, std::span<const TypeId> types, std::span<const Value> values) {
  assert(types.size() == values.size());
  uint8_t presence = 0;
  int bits = 0;
  for (size_t i = 0; i < types.size(); ++i) {
    if (!program.type(types[i]).optional) continue;
    if (values[i].present) presence |= static_cast<uint8_t>(1 << bits);
    if (++bits == 8) {
      writer.u8(presence);
      presence = 0;
      bits = 0;
    }
  }
  if (bits != 0) writer.u8(presence);
  for (size_t i = 0; i < types.size(); ++i) {
    if (values[i].present) write_value(writer, program, types[i], values[i]);
  }
}

Value read_column(std::string_view row, const Program& program, std::span<const FieldInfo> fields, uint32_t column) {
  ByteReader reader(row);
  Value value;
  walk_row(reader, program, fields, [&](size_t index, TypeId type, bool present) {
    if (index == column && present) value = read_value(reader, program, type);
    if (index < column && present) skip_value(reader, program, type);
    return index < column;
  });
  return reader.ok() ? value : Value();
}

bool read_row(std::string_view row, const Program& program, std::span<const TypeId> types, std::span<Value> values) {
  assert(types.size() == values.size());
  ByteReader reader(row);
  walk_row(reader, program, types, [&](size_t index, TypeId type, bool present) {
    values[index] = present ? read_value(reader, program, type) : Value();
    return true;
  });
  return reader.ok() && reader.at_end();
}

bool validate_row(std::string_view row, const Program& program, std::span<const TypeId> types) {
  ByteReader reader(row);
  return validate_columns(reader, program, types) && reader.at_end();
}

RowShape RowShape::of(const Program& program, std::span<const TypeId> types) {
  return shape_of(program, types);
}
RowShape RowShape::of(const Program& program, std::span<const FieldInfo> fields) {
  return shape_of(program, fields);
}

}  // namespace wend::bytecode
