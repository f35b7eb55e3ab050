#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "compiler/source/span.h"
#include "runtime/base/decimal.h"
#include "runtime/base/time.h"
#include "runtime/bytecode/type.h"

// Types as authors see them. The same words describe schemas, declarations and typed expressions; code generation turns
// them into `bytecode::Type`.

namespace wend::types {

enum class Kind : std::uint8_t {
  error,   ///< something here was wrong and has been reported: fits everything, so that one mistake gives one error
  absent,  ///< of the bare word `absent` until the expected type is known; never in a finished typed tree
  boolean,
  integer,
  decimal,
  percent,  ///< a fraction: 40% is 0.4
  money,    ///< with `currency`
  text,     ///< with `format`: Text and the nominal texts
  instant,
  date,
  time_of_day,
  duration,  ///< elapsed: hours, minutes, seconds
  period,    ///< calendar: days, weeks, months, years
  time_zone,
  enumeration,
  record,
  list,
  set,
  delivery,  ///< what `send … as x` gives
};

enum class EnumId : std::uint32_t {};
enum class RecordId : std::uint32_t {};

using bytecode::TextFormat;

/// A value; cheap to copy. Only the members that its kind uses are set, so that equal types are equal member by member.
struct Type {
  Kind kind = Kind::error;
  bool optional = false;
  TextFormat format = TextFormat::plain;   ///< text
  EnumId enumeration{};                    ///< enumeration
  RecordId record{};                       ///< record
  std::string currency;                    ///< money: ISO 4217
  std::shared_ptr<const Type> element_of;  ///< list and set: never optional

  [[nodiscard]] bool is_error() const { return kind == Kind::error; }
  [[nodiscard]] const Type& element() const { return *element_of; }
  friend bool operator==(const Type& first, const Type& second);
};

[[nodiscard]] Type simple(Kind kind);
[[nodiscard]] Type text(TextFormat format = TextFormat::plain);
[[nodiscard]] Type money(std::string currency);
[[nodiscard]] Type enumeration(EnumId enum_id);
[[nodiscard]] Type record(RecordId record_id);
[[nodiscard]] Type list_of(Type element);
[[nodiscard]] Type set_of(Type element);
[[nodiscard]] Type optional(Type type);
/// Without its question mark.
[[nodiscard]] Type required(Type type);

/// Data protection labels: part of the static type, absent at run time. A value made from labelled values carries their labels.
struct Labels {
  bool pii = false;
  bool sensitive = false;

  [[nodiscard]] bool any() const { return pii || sensitive; }
  [[nodiscard]] Labels without(Labels accepted) const { return {pii && !accepted.pii, sensitive && !accepted.sensitive}; }
  friend Labels operator|(Labels first, Labels second) { return {first.pii || second.pii, first.sensitive || second.sensitive}; }
  friend bool operator==(Labels first, Labels second) = default;
};
/// "@pii", "@pii and @sensitive".
[[nodiscard]] std::string to_string(Labels labels);

struct EnumValue {
  std::string name;
  std::string wire;  ///< as it stands in events; the name when nothing else is given
  source::Span span;
  std::vector<std::string> also = {};  ///< taken for it, too, when events are read
};
struct Enum {
  std::string name;
  std::vector<EnumValue> values;
  source::Span span;  ///< of the name

  [[nodiscard]] std::optional<std::uint32_t> find(std::string_view value) const;
};

/// By the kind of the value's type: boolean 0/1, integer, instant (ms), date (days), time of day (seconds), duration
/// (ms) and enumeration (index) are int64; decimal, percent and money are Decimal; texts and time zones are strings, and so is the
/// packed form of the empty list.
using ConstantValue = std::variant<std::int64_t, Decimal, Period, std::string>;

/// A field of a record or event.
struct Field {
  std::string name;
  std::string wire;
  Type type;
  Labels labels;
  source::Span span;  ///< of the name
  std::optional<ConstantValue> default_value = {};  ///< of the type without its question mark
  std::vector<std::string> also = {};               ///< names taken for `wire`, too, when events are read
  bool proto_json = false;                          ///< read as the JSON form of Protocol Buffers has it
};
struct Record {
  std::string name;
  std::vector<Field> fields;
  source::Span span;  ///< of the name

  [[nodiscard]] std::optional<std::uint32_t> find(std::string_view field) const;
};
/// Fields of `TypeTable::open_money`.
inline constexpr std::uint32_t k_open_money_amount = 0;
inline constexpr std::uint32_t k_open_money_currency = 1;
/// Three capital letters.
[[nodiscard]] bool is_currency_code(std::string_view text);
[[nodiscard]] std::optional<std::uint32_t> find_field(const std::vector<Field>& fields, std::string_view name);

/// The declared types of a project; ids index the vectors.
struct TypeTable {
  std::vector<Enum> enums;
  std::vector<Record> records;
  /// `Money` of a currency that only the value tells: a record of its amount and its currency. Only when some type asks for it.
  std::optional<RecordId> open_money;

  [[nodiscard]] const Enum& at(EnumId enum_id) const { return enums[static_cast<std::size_t>(enum_id)]; }
  [[nodiscard]] const Record& at(RecordId record_id) const { return records[static_cast<std::size_t>(record_id)]; }
  /// Optional or not.
  [[nodiscard]] bool is_open_money(const Type& type) const { return type.kind == Kind::record && open_money == type.record; }
};

/// As an author writes it: `Money<USD>?`, `List<CartItem>`.
[[nodiscard]] std::string to_string(const Type& type, const TypeTable& table);
/// The labels of everything inside: a record carries those of its fields, a list those of its elements.
[[nodiscard]] Labels contained_labels(const Type& type, const TypeTable& table);

}  // namespace wend::types
