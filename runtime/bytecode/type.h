#pragma once

// The types of registers, fields and parameters as a program describes them.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace wend::bytecode {

enum class ValueKind : uint8_t {
#define WEND_VALUE_KIND(number, name, representation) name = number,
#include "runtime/bytecode/value_kinds.def"
#undef WEND_VALUE_KIND
};
enum class Representation : uint8_t { word, decimal, bytes };
const char* to_string(ValueKind kind);  // nullptr for a number that is no kind
Representation representation(ValueKind kind);

enum class TextFormat : uint8_t {
#define WEND_TEXT_FORMAT(number, name, type_name) name = number,
#include "runtime/bytecode/text_formats.def"
#undef WEND_TEXT_FORMAT
};

enum class TypeId : uint16_t {};
enum class ConstantId : uint16_t {};
enum class EnumId : uint16_t {};
enum class RecordId : uint16_t {};

struct Type {
  ValueKind kind{};
  bool optional = false;
  bool is_set = false;      // list only
  bool is_percent = false;  // decimal only: rendered as "40%"
  TextFormat format{};      // text only
  std::string currency;     // decimal only: ISO 4217 code of a Money, else empty
  EnumId enumeration{};     // enumeration only
  RecordId record{};        // record only
  TypeId element{};         // list only; never an optional type
  friend bool operator==(const Type&, const Type&) = default;
};

struct EnumValue {
  std::string name;
  std::string wire;  // as it stands in events; the name when the source gives no other
  std::vector<std::string> also = {};  // taken for it, too, when events are read
  friend bool operator==(const EnumValue&, const EnumValue&) = default;
};
struct EnumInfo {
  std::string name;
  std::vector<EnumValue> values;
};
struct FieldInfo {
  std::string name;
  std::string wire;
  TypeId type{};
  std::optional<ConstantId> default_value;  // what it is where nothing is given; of the type, but never optional
  std::vector<std::string> also = {};     // names taken for `wire`, too, when events are read
  bool proto_json = false;                // read as the JSON form of Protocol Buffers has it: whole numbers may be texts, enum values numbers
};
struct RecordInfo {
  std::string name;
  std::vector<FieldInfo> fields;  // a packed row has them in this order
};

}  // namespace wend::bytecode
