#include "runtime/ingest/avro_value.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>

#include "runtime/base/base64.h"
#include "runtime/base/json_text.h"
#include "runtime/base/time.h"
#include "runtime/ingest/record_source.h"

namespace wend::ingest {

using avro::Logical;
using avro::Shape;

namespace {

constexpr int k_depth_max = 128;
// More bytes than any decimal with a counterpart has; what is longer is refused by its type.
constexpr size_t k_decimal_bytes_max = 64;

// Big-endian two's complement as decimal digits.
std::string digits_of(std::string_view bytes) {
  std::array<uint8_t, k_decimal_bytes_max> number{};
  const size_t size = bytes.size();
  const bool negative = size > 0 && (static_cast<unsigned char>(bytes[0]) & 0x80) != 0;
  uint32_t carry = negative ? 1 : 0;
  for (size_t i = size; i-- > 0;) {
    const uint32_t byte = static_cast<unsigned char>(bytes[i]) ^ (negative ? 0xffU : 0U);
    number[i] = static_cast<uint8_t>(byte + carry);
    carry = (byte + carry) >> 8;
  }
  std::string digits;
  for (size_t first = 0; first < size;) {
    uint32_t remainder = 0;
    for (size_t i = first; i < size; ++i) {
      const uint32_t part = remainder << 8 | number[i];
      number[i] = static_cast<uint8_t>(part / 10);
      remainder = part % 10;
    }
    digits.push_back(static_cast<char>('0' + remainder));
    while (first < size && number[first] == 0) ++first;
  }
  if (digits.empty()) digits = "0";
  if (negative) digits.push_back('-');
  std::ranges::reverse(digits);
  return digits;
}

void append_uuid(std::string_view bytes, std::string& out) {
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out.push_back('-');
    fmt::format_to(std::back_inserter(out), "{:02x}", static_cast<unsigned char>(bytes[i]));
  }
}

int64_t floor_divide(int64_t number, int64_t by) {
  return number / by - (number % by < 0 ? 1 : 0);
}

// Beyond the years there are, the number itself: whoever reads it as an instant refuses it.
void append_instant(int64_t milliseconds, std::string& out) {
  if (milliseconds < k_timestamp_min_ms || milliseconds > k_timestamp_max_ms) {
    fmt::format_to(std::back_inserter(out), "{}", milliseconds);
    return;
  }
  out.push_back('"');
  append_rfc3339(out, milliseconds);
  out.push_back('"');
}

void append_date(int64_t days, std::string& out) {
  if (days < k_timestamp_min_ms / k_day_ms || days > k_timestamp_max_ms / k_day_ms) {
    fmt::format_to(std::back_inserter(out), "{}", days);
  } else {
    fmt::format_to(std::back_inserter(out), "\"{}\"", format_date(static_cast<DateDays>(days)));
  }
}

void append_time_of_day(int64_t seconds, std::string& out) {
  if (seconds < 0 || seconds >= k_day_ms / k_second_ms) {
    fmt::format_to(std::back_inserter(out), "{}", seconds);
  } else {
    fmt::format_to(std::back_inserter(out), "\"{}\"", format_time_of_day(static_cast<TimeOfDaySeconds>(seconds)));
  }
}

}  // namespace

bool AvroValues::read_long(int64_t& out) {
  uint64_t bits = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (rest_.empty()) return fail("a number ends too early");
    const auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    if (shift == 63 && byte > 1) break;  // the tenth byte has room for one bit
    bits |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) != 0) continue;
    out = static_cast<int64_t>(bits >> 1) ^ -static_cast<int64_t>(bits & 1);
    return true;
  }
  return fail("a number is longer than 64 bits");
}

bool AvroValues::read_bytes(uint64_t size, std::string_view& out) {
  if (size > rest_.size()) return fail(fmt::format("a value claims {} bytes, and {} are left", size, rest_.size()));
  out = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return true;
}

bool AvroValues::read_sized(std::string_view& out) {
  int64_t size = 0;
  if (!read_long(size)) return false;
  return size < 0 ? fail("a length is negative") : read_bytes(static_cast<uint64_t>(size), out);
}

const AvroType* AvroValues::branch(const AvroType& type) {
  if (!type.is_union) return &type;
  int64_t index = 0;
  if (!read_long(index)) return nullptr;
  if (index < 0 || static_cast<uint64_t>(index) >= type.branches.size()) {
    fail(fmt::format("a union of {} has no branch {}", type.branches.size(), index));
    return nullptr;
  }
  return type.branches[static_cast<size_t>(index)];
}

bool AvroValues::read_symbol(const AvroType& type, int64_t& out) {
  if (!read_long(out)) return false;
  return (out >= 0 && static_cast<uint64_t>(out) < type.symbols.size()) || fail(fmt::format("`{}` has no symbol {}", type.name, out));
}

bool AvroValues::skip(const AvroType& type, int depth) {
  if (depth > k_depth_max) return fail(fmt::format("a value is nested more than {} deep", k_depth_max));
  if (type.is_union) {
    const AvroType* taken = branch(type);
    return taken != nullptr && skip(*taken, depth + 1);
  }
  if (type.is_empty) return spend_empty();
  std::string_view bytes;
  int64_t number = 0;
  switch (type.shape) {
    case Shape::null:
      return true;
    case Shape::boolean:
      return read_bytes(1, bytes);
    case Shape::int32:
    case Shape::int64:
      return read_long(number);
    case Shape::enumeration:
      return read_symbol(type, number);
    case Shape::float32:
      return read_bytes(4, bytes);
    case Shape::float64:
      return read_bytes(8, bytes);
    case Shape::bytes:
    case Shape::string:
      return read_sized(bytes);
    case Shape::fixed:
      return read_bytes(type.size, bytes);
    case Shape::record:
      return std::ranges::all_of(type.fields, [&](const AvroField& field) { return skip(*field.type, depth + 1); });
    case Shape::array:
    case Shape::map:
      return read_blocks(type, nullptr, depth);
  }
  return false;
}

bool AvroValues::read_blocks(const AvroType& type, std::string* out, int depth) {
  const bool is_map = type.shape == Shape::map;
  const bool takes_nothing = !is_map && type.element->is_empty;
  if (out != nullptr) out->push_back(is_map ? '{' : '[');
  bool first = true;
  for (int64_t count = 0;;) {
    if (!read_long(count)) return false;
    if (count == 0) break;
    if (count < 0) {
      int64_t size = 0;
      if (count == INT64_MIN || !read_long(size)) return fail("an array claims too much");
      count = -count;
    }
    // What takes no bytes would be there as often as the count claims.
    if (takes_nothing) continue;
    for (; count > 0; --count) {
      std::string_view key;
      if (is_map && !read_sized(key)) return false;
      // Of what is too long to be an event only the rest is passed over.
      if (out != nullptr && out->size() > k_record_bytes_max) out = nullptr;
      if (out == nullptr) {
        if (!skip(*type.element, depth + 1)) return false;
        continue;
      }
      if (!first) out->push_back(',');
      first = false;
      if (is_map) {
        append_json_text(*out, key);
        out->push_back(':');
      }
      if (!append_json(*type.element, *out, depth + 1)) return false;
    }
  }
  if (out != nullptr) out->push_back(is_map ? '}' : ']');
  return true;
}

bool AvroValues::append_record(const AvroType& type, std::string& out, int depth) {
  char before = '{';
  if (type.fields.empty()) out.push_back('{');
  for (const AvroField& field : type.fields) {
    out.push_back(before);
    before = ',';
    append_json_text(out, field.name);
    out.push_back(':');
    if (!append_json(*field.type, out, depth + 1)) return false;
  }
  out.push_back('}');
  return true;
}

bool AvroValues::append_number(const AvroType& type, std::string& out) {
  int64_t number = 0;
  if (!read_long(number)) return false;
  switch (type.logical) {
    case Logical::date:
      append_date(number, out);
      return true;
    case Logical::time_millis:
      append_time_of_day(floor_divide(number, 1'000), out);
      return true;
    case Logical::time_micros:
      append_time_of_day(floor_divide(number, 1'000'000), out);
      return true;
    case Logical::timestamp_millis:
      append_instant(number, out);
      return true;
    case Logical::timestamp_micros:
      append_instant(floor_divide(number, 1'000), out);
      return true;
    case Logical::timestamp_nanos:
      append_instant(floor_divide(number, 1'000'000), out);
      return true;
    case Logical::none:
    case Logical::decimal:
    case Logical::uuid:
    case Logical::local_timestamp:
    case Logical::duration:
      break;
  }
  fmt::format_to(std::back_inserter(out), "{}", number);
  return true;
}

bool AvroValues::append_time(const AvroType& type, TimeUnit unit, std::string& out) {
  if (type.is_union) {
    const AvroType* taken = branch(type);
    return taken != nullptr && append_time(*taken, unit, out);
  }
  const bool is_plain = (type.shape == Shape::int64 || type.shape == Shape::int32) && type.logical == Logical::none;
  if (!is_plain) return append_json(type, out);
  int64_t number = 0;
  if (!read_long(number)) return false;
  if (unit == TimeUnit::seconds) number = std::clamp<int64_t>(number, k_timestamp_min_ms, k_timestamp_max_ms) * k_second_ms;
  if (unit == TimeUnit::microseconds) number = floor_divide(number, 1'000);
  append_instant(number, out);
  return true;
}

// The shortest digits that mean the same binary number; what is no number is a text, which no number's type takes.
bool AvroValues::append_float(size_t size, std::string& out) {
  static_assert(std::endian::native == std::endian::little);
  std::string_view bytes;
  if (!read_bytes(size, bytes)) return false;
  float single = 0;
  double number = 0;
  std::memcpy(size == sizeof single ? static_cast<void*>(&single) : &number, bytes.data(), size);
  const bool finite = size == sizeof single ? std::isfinite(single) : std::isfinite(number);
  const std::string text = size == sizeof single ? fmt::format("{}", single) : fmt::format("{}", number);
  out += finite ? text : "\"" + text + "\"";
  return true;
}

bool AvroValues::append_bytes(const AvroType& type, std::string& out) {
  std::string_view bytes;
  if (!(type.shape == Shape::fixed ? read_bytes(type.size, bytes) : read_sized(bytes))) return false;
  if (type.logical == Logical::decimal && bytes.size() <= k_decimal_bytes_max) {
    fmt::format_to(std::back_inserter(out), "{}e-{}", digits_of(bytes), type.scale);
    return true;
  }
  out.push_back('"');
  if (type.logical == Logical::uuid) {
    append_uuid(bytes, out);
  } else {
    out += to_base64(bytes);
  }
  out.push_back('"');
  return true;
}

bool AvroValues::append_json(const AvroType& type, std::string& out, int depth) {
  // Of what is too long to be an event only the rest is passed over.
  if (out.size() > k_record_bytes_max) return skip(type, depth);
  if (depth > k_depth_max) return fail(fmt::format("a value is nested more than {} deep", k_depth_max));
  if (type.is_empty && !spend_empty()) return false;
  if (type.is_union) {
    const AvroType* taken = branch(type);
    return taken != nullptr && append_json(*taken, out, depth + 1);
  }
  std::string_view bytes;
  int64_t number = 0;
  switch (type.shape) {
    case Shape::null:
      out += "null";
      return true;
    case Shape::boolean:
      if (!read_bytes(1, bytes)) return false;
      out += bytes[0] != 0 ? "true" : "false";
      return true;
    case Shape::int32:
    case Shape::int64:
      return append_number(type, out);
    case Shape::float32:
      return append_float(4, out);
    case Shape::float64:
      return append_float(8, out);
    case Shape::string:
      if (!read_sized(bytes)) return false;
      append_json_text(out, bytes);
      return true;
    case Shape::bytes:
    case Shape::fixed:
      return append_bytes(type, out);
    case Shape::enumeration:
      if (!read_symbol(type, number)) return false;
      append_json_text(out, type.symbols[static_cast<size_t>(number)]);
      return true;
    case Shape::record:
      return append_record(type, out, depth);
    case Shape::array:
    case Shape::map:
      return read_blocks(type, &out, depth);
  }
  return false;
}

}  // namespace wend::ingest
