#pragma once

// Private to this folder: the schema that the records of an Avro file were written by.

#include <cstdint>
#include <deque>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/avro_names.h"

namespace wend::ingest {

struct AvroType;

struct AvroField {
  std::string name;
  const AvroType* type = nullptr;
};

// A node of the schema; named types may contain themselves.
struct AvroType {
  avro::Shape shape{};
  avro::Logical logical{};
  bool is_union = false;
  bool is_empty = false;                   // its values have no bytes at all, so that any number of them fits into nothing
  std::string name;                        // full name of a record, enum or fixed
  std::vector<AvroField> fields;           // record
  std::vector<std::string> symbols;        // enumeration
  std::vector<const AvroType*> branches;   // union
  const AvroType* element = nullptr;       // array, map
  uint64_t size = 0;                       // fixed
  int32_t scale = 0;                       // decimal
};

// Owns the nodes, whose places do not move.
class AvroSchema {
 public:
  // The error says what is wrong with the text.
  static std::expected<AvroSchema, std::string> parse(std::string_view json);
  const AvroType& root() const { return *root_; }

 private:
  friend class AvroSchemaReader;
  std::deque<AvroType> types_;
  const AvroType* root_ = nullptr;
};

}  // namespace wend::ingest
