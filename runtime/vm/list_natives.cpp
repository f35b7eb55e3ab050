// What filters of templates do to lists. Elements are taken as they are packed, and decoded only where their value matters.

#include <algorithm>
#include <compare>
#include <set>
#include <vector>

#include "runtime/base/bytes.h"
#include "runtime/base/locale.h"
#include "runtime/bytecode/operands.h"
#include "runtime/vm/template_natives.h"

namespace wend::vm {
namespace {

using bytecode::Type;
using bytecode::TypeId;
using bytecode::ValueKind;

bool give_word(NativeCall& call, int64_t word) {
  call.result = Value::from_word(word);
  return true;
}

// The packed elements of a list, each by itself.
struct Elements {
  TypeId type{};
  std::vector<std::string_view> bytes;
  bool ok = false;
};
Elements elements_of(const NativeCall& call, size_t argument) {
  Elements result;
  result.type = call.program.type(call.argument_types[argument]).element;
  ByteReader reader(call.arguments[argument].view());
  const uint64_t count = reader.varint();
  for (uint64_t i = 0; i < count && reader.ok(); ++i) {
    const char* begin = reader.position();
    bytecode::skip_value(reader, call.program, result.type);
    if (reader.ok()) result.bytes.emplace_back(begin, static_cast<size_t>(reader.position() - begin));
  }
  result.ok = reader.ok();
  return result;
}
Value read(const NativeCall& call, TypeId type, std::string_view bytes) {
  ByteReader reader(bytes);
  return bytecode::read_value(reader, call.program, type);
}

bool give_list(NativeCall& call, const std::vector<std::string_view>& elements) {
  std::string count;
  ByteWriter(count).varint(elements.size());
  Made made;
  made.add(count);
  for (const std::string_view element : elements) made.add(element);
  return made.give(call);
}

// The field of each element that `index` names; the element itself when it names none.
struct Keys {
  TypeId type{};
  std::vector<Value> values;
  bool ok = false;
};
Keys keys_of(const NativeCall& call, const Elements& elements, int64_t index) {
  Keys keys{elements.type, {}, elements.ok};
  if (index < 0) {
    for (const std::string_view element : elements.bytes) keys.values.push_back(read(call, elements.type, element));
    return keys;
  }
  const Type& element = call.program.type(elements.type);
  if (element.kind != ValueKind::record) return {};
  const auto& fields = call.program.records[static_cast<size_t>(element.record)].fields;
  if (static_cast<uint64_t>(index) >= fields.size()) return {};
  keys.type = fields[static_cast<size_t>(index)].type;
  for (const std::string_view bytes : elements.bytes) {
    keys.values.push_back(bytecode::read_column(read(call, elements.type, bytes).view(), call.program, fields, static_cast<uint32_t>(index)));
  }
  return keys;
}

// Of two present values of one type.
std::strong_ordering order(const Type& type, const Value& a, const Value& b) {
  switch (representation(type.kind)) {
    case bytecode::Representation::word:
      return a.word <=> b.word;
    case bytecode::Representation::decimal:
      return a.decimal <=> b.decimal;
    case bytecode::Representation::bytes:
      return a.view() <=> b.view();
  }
  return std::strong_ordering::equal;
}

// Absent ones come last; the order of equal ones stays.
bool sort(NativeCall& call, int64_t field, bool natural) {
  const Elements elements = elements_of(call, 0);
  Keys keys = keys_of(call, elements, field);
  if (!keys.ok) return false;
  const Type& type = call.program.type(keys.type);
  std::vector<std::string> texts;
  if (natural) {
    for (Value& value : keys.values) texts.push_back(value.present ? to_lower(print_value(call.program, call.zones, keys.type, value)) : "");
  }
  std::vector<size_t> places(elements.bytes.size());
  for (size_t i = 0; i < places.size(); ++i) places[i] = i;
  std::ranges::stable_sort(places, [&](size_t a, size_t b) {
    const Value& left = keys.values[a];
    const Value& right = keys.values[b];
    if (!left.present || !right.present) return left.present && !right.present;
    return natural ? texts[a] < texts[b] : order(type, left, right) < 0;
  });
  std::vector<std::string_view> sorted;
  for (const size_t place : places) sorted.push_back(elements.bytes[place]);
  return give_list(call, sorted);
}

bool unique(NativeCall& call, int64_t field) {
  const Elements elements = elements_of(call, 0);
  const Keys keys = keys_of(call, elements, field);
  if (!keys.ok) return false;
  std::set<std::string> seen;
  std::vector<std::string_view> kept;
  for (size_t i = 0; i < elements.bytes.size(); ++i) {
    std::string key(1, keys.values[i].present ? '1' : '0');
    ByteWriter writer(key);
    if (keys.values[i].present) bytecode::write_value(writer, call.program, keys.type, keys.values[i]);
    if (seen.insert(std::move(key)).second) kept.push_back(elements.bytes[i]);
  }
  return give_list(call, kept);
}

bool is_true(const Type& type, const Value& value) {
  return value.present && (type.kind != ValueKind::boolean || value.word != 0);
}

// Which elements a test holds for; nothing when it cannot be asked.
template <typename Test>
std::optional<std::vector<size_t>> matching(const NativeCall& call, const Elements& elements, Test&& test) {
  const Keys keys = keys_of(call, elements, call.arguments[1].word);
  if (!keys.ok) return std::nullopt;
  std::vector<size_t> result;
  for (size_t i = 0; i < keys.values.size(); ++i) {
    if (test(keys.type, keys.values[i])) result.push_back(i);
  }
  return result;
}
auto equals(const NativeCall& call) {
  return [&call](TypeId type, const Value& value) {
    return value.present && bytecode::fits_but_for_presence(call.program, call.argument_types[2], type) &&
           bytecode::equal_values(call.program, type, value, call.arguments[2]);
  };
}
auto is_set(const NativeCall& call) {
  return [&call](TypeId type, const Value& value) { return is_true(call.program.type(type), value); };
}

template <typename Test>
bool keep(NativeCall& call, bool wanted, Test&& test) {
  const Elements elements = elements_of(call, 0);
  std::vector<std::string_view> kept;
  const auto found = matching(call, elements, [&](TypeId type, const Value& value) { return test(type, value) == wanted; });
  if (!found) return false;
  for (const size_t place : *found) kept.push_back(elements.bytes[place]);
  return give_list(call, kept);
}
template <typename Test>
bool index_of(NativeCall& call, Test&& test) {
  const auto found = matching(call, elements_of(call, 0), test);
  if (!found) return false;
  return found->empty() || give_word(call, static_cast<int64_t>(found->front()));
}

}  // namespace

namespace natives {

bool _element(NativeCall& call) {
  const std::string_view list = call.arguments[0].view();
  const TypeId type = call.program.type(call.argument_types[0]).element;
  ByteReader reader(list);
  const uint64_t count = reader.varint();
  int64_t wanted = call.arguments[1].word;
  if (wanted < 0) wanted += static_cast<int64_t>(std::min<uint64_t>(count, list.size()));
  if (wanted < 0 || static_cast<uint64_t>(wanted) >= count) return reader.ok();
  const auto index = static_cast<uint64_t>(wanted);
  ElementPlaces::Place& place = call.places.of(list.data());
  const bool is_known = place.offset > 0 && place.offset <= list.size() && place.index <= index;
  if (!is_known) place = {list.data(), 0, list.size() - reader.remaining()};
  reader = ByteReader(list.substr(place.offset));
  for (; place.index < index && reader.ok(); ++place.index) bytecode::skip_value(reader, call.program, type);
  place.offset = list.size() - reader.remaining();
  if (reader.ok()) call.result = bytecode::read_value(reader, call.program, type);
  return reader.ok();
}

bool _join(NativeCall& call) {
  const Elements elements = elements_of(call, 0);
  Made made;
  for (size_t i = 0; i < elements.bytes.size() && !made.failed(); ++i) {
    if (i > 0) made.add(call.arguments[1].view());
    made.add(print_value(call.program, call.zones, elements.type, read(call, elements.type, elements.bytes[i])));
  }
  return elements.ok && made.give(call);
}

bool _reverse(NativeCall& call) {
  Elements elements = elements_of(call, 0);
  std::ranges::reverse(elements.bytes);
  return elements.ok && give_list(call, elements.bytes);
}

bool _slice_list(NativeCall& call) {
  Elements elements = elements_of(call, 0);
  const auto size = static_cast<int64_t>(elements.bytes.size());
  int64_t first = call.arguments[1].word;
  const int64_t count = call.arguments[2].word;
  if (first < 0) first += size;
  if (first < 0 || first > size || count <= 0) return elements.ok && give_list(call, {});
  const int64_t last = count < size - first ? first + count : size;
  return elements.ok && give_list(call, {elements.bytes.begin() + first, elements.bytes.begin() + last});
}

bool _sort(NativeCall& call) {
  return sort(call, -1, false);
}
bool _sort_by(NativeCall& call) {
  return sort(call, call.arguments[1].word, false);
}
bool _sort_natural(NativeCall& call) {
  return sort(call, -1, true);
}
bool _sort_natural_by(NativeCall& call) {
  return sort(call, call.arguments[1].word, true);
}
bool _unique(NativeCall& call) {
  return unique(call, -1);
}
bool _unique_by(NativeCall& call) {
  return unique(call, call.arguments[1].word);
}

bool _concat_lists(NativeCall& call) {
  Elements first = elements_of(call, 0);
  const Elements second = elements_of(call, 1);
  first.bytes.insert(first.bytes.end(), second.bytes.begin(), second.bytes.end());
  return first.ok && second.ok && give_list(call, first.bytes);
}

bool _map(NativeCall& call) {
  const Keys keys = keys_of(call, elements_of(call, 0), call.arguments[1].word);
  const TypeId to = call.program.type(call.result_type).element;
  if (!keys.ok || call.program.type(call.result_type).is_set || !bytecode::fits_but_for_presence(call.program, keys.type, to)) return false;
  uint64_t count = 0;
  std::string packed;
  ByteWriter writer(packed);
  for (const Value& value : keys.values) {
    if (!value.present) continue;
    bytecode::write_value(writer, call.program, keys.type, value);
    ++count;
  }
  std::string head;
  ByteWriter(head).varint(count);
  Made made;
  made.add(head);
  made.add(packed);
  return made.give(call);
}

bool _where(NativeCall& call) {
  return keep(call, call.arguments[3].word != 0, equals(call));
}
bool _where_true(NativeCall& call) {
  return keep(call, call.arguments[2].word != 0, is_set(call));
}
bool _index_where(NativeCall& call) {
  return index_of(call, equals(call));
}
bool _index_where_true(NativeCall& call) {
  return index_of(call, is_set(call));
}

bool _sum_integers(NativeCall& call) {
  const Elements elements = elements_of(call, 0);
  int64_t sum = 0;
  if (!elements.ok || call.program.type(elements.type).kind != ValueKind::integer) return false;
  for (const std::string_view element : elements.bytes) {
    if (__builtin_add_overflow(sum, read(call, elements.type, element).word, &sum)) return false;
  }
  return give_word(call, sum);
}
bool _sum_decimals(NativeCall& call) {
  const Elements elements = elements_of(call, 0);
  Decimal sum;
  if (!elements.ok || call.program.type(elements.type).kind != ValueKind::decimal) return false;
  for (const std::string_view element : elements.bytes) {
    const auto more = wend::add(sum, read(call, elements.type, element).decimal);
    if (!more) return false;
    sum = *more;
  }
  call.result = Value::from_decimal(sum);
  return true;
}

bool _range(NativeCall& call) {
  const int64_t first = call.arguments[0].word;
  const int64_t last = call.arguments[1].word;
  int64_t span = 0;
  if (first <= last && (__builtin_sub_overflow(last, first, &span) || span >= bytecode::k_range_max)) return false;
  const int64_t count = first <= last ? span + 1 : 0;
  std::string list;
  ByteWriter writer(list);
  writer.varint(static_cast<uint64_t>(count));
  for (int64_t i = 0; i < count; ++i) writer.signed_varint(first + i);
  call.result = Value::from_bytes(call.arena.copy(list));
  return true;
}

}  // namespace natives
}  // namespace wend::vm
