// Types, enums and records: known kinds, indices in range, and no type inside itself.

#include <algorithm>

#include "runtime/bytecode/limits.h"
#include "runtime/bytecode/verifier.h"

namespace wend::bytecode {
namespace {

bool is_known(TextFormat format) {
  switch (format) {
#define WEND_TEXT_FORMAT(number, name, type_name) case TextFormat::name:
#include "runtime/bytecode/text_formats.def"
#undef WEND_TEXT_FORMAT
    return true;
  }
  return false;
}

bool verify_type(const Program& program, size_t index, Fault& fault) {
  const Type& type = program.types[index];
  const std::string where = fmt::format("type {}", index);
  if (!fault.require(to_string(type.kind) != nullptr, where, "unknown value kind {}", static_cast<int>(type.kind))) return false;
  if (!fault.require(is_known(type.format), where, "unknown text format {}", static_cast<int>(type.format))) return false;
  const auto enumeration = static_cast<size_t>(type.enumeration);
  const auto record = static_cast<size_t>(type.record);
  const auto element = static_cast<size_t>(type.element);
  switch (type.kind) {
    case ValueKind::enumeration:
      return fault.require(enumeration < program.enums.size(), where, "enum {} of {}", enumeration, program.enums.size());
    case ValueKind::record:
      return fault.require(record < program.records.size(), where, "record {} of {}", record, program.records.size());
    case ValueKind::list:
      return fault.require(element < program.types.size(), where, "element type {} of {}", element, program.types.size()) &&
             fault.require(!program.types[element].optional, where, "a list's element is optional");
    case ValueKind::boolean:
    case ValueKind::integer:
    case ValueKind::decimal:
    case ValueKind::text:
    case ValueKind::instant:
    case ValueKind::date:
    case ValueKind::time_of_day:
    case ValueKind::duration:
    case ValueKind::period:
    case ValueKind::time_zone:
    case ValueKind::delivery:
      return true;
  }
  return true;
}

// Heights of the types seen so far; 0 = not seen. A type inside itself is deeper than any limit, so one check finds both.
class Heights {
 public:
  explicit Heights(const Program& program) : program_(program), heights_(program.types.size()) {}

  // Of a type at `level` levels below the one asked about; nullopt when the limit is passed.
  std::optional<int> of(TypeId id, int level) {
    if (level > k_type_depth_max) return std::nullopt;
    int& known = heights_[static_cast<size_t>(id)];
    if (known != 0) return known;
    const Type& type = program_.type(id);
    int below = 0;
    if (type.kind == ValueKind::list) {
      const auto height = of(type.element, level + 1);
      if (!height) return std::nullopt;
      below = *height;
    } else if (type.kind == ValueKind::record) {
      for (const FieldInfo& field : program_.records[static_cast<size_t>(type.record)].fields) {
        const auto height = of(field.type, level + 1);
        if (!height) return std::nullopt;
        below = std::max(below, *height);
      }
    }
    if (below + 1 > k_type_depth_max) return std::nullopt;
    return heights_[static_cast<size_t>(id)] = below + 1;
  }

 private:
  const Program& program_;
  std::vector<int> heights_;
};

}  // namespace

bool verify_types(const Program& program, Fault& fault) {
  if (!fault.require(program.types.size() <= k_table_max && program.enums.size() <= k_table_max && program.records.size() <= k_table_max,
                     "section types", "more than {} entries", k_table_max)) {
    return false;
  }
  for (size_t i = 0; i < program.types.size(); ++i) {
    if (!verify_type(program, i, fault)) return false;
  }
  for (const RecordInfo& record : program.records) {
    const std::string where = fmt::format("record {}", record.name);
    // A list of values without bytes could claim any length.
    if (!fault.require(!record.fields.empty(), where, "a record has at least one field")) return false;
    if (!fault.require(record.fields.size() <= k_fields_max, where, "more than {} fields", k_fields_max)) return false;
    for (const FieldInfo& field : record.fields) {
      const auto type = static_cast<size_t>(field.type);
      if (!fault.require(type < program.types.size(), where, "field {} has type {} of {}", field.name, type, program.types.size()))
        return false;
    }
  }
  for (const EnumInfo& enumeration : program.enums) {
    if (!fault.require(!enumeration.values.empty(), fmt::format("enum {}", enumeration.name), "an enum has at least one value"))
      return false;
  }
  Heights heights(program);
  for (size_t i = 0; i < program.types.size(); ++i) {
    if (!fault.require(heights.of(static_cast<TypeId>(i), 1).has_value(), fmt::format("type {}", i),
                       "the type contains itself, or is more than {} deep", k_type_depth_max)) {
      return false;
    }
  }
  return true;
}

}  // namespace wend::bytecode
