#include "runtime/ingest/schema_formats.h"

#include <algorithm>

#include "runtime/base/time.h"
#include "runtime/bytecode/text_format.h"

namespace wend::ingest {
namespace {

using bytecode::SchemaFormat;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_word(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// RFC 4122: 8-4-4-4-12 digits.
bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
    if (hyphen ? text[i] != '-' : !is_hex(text[i])) return false;
  }
  return true;
}

// RFC 1123: labels of letters, digits and hyphens inside.
bool is_hostname(std::string_view text) {
  if (text.empty() || text.size() > 253) return false;
  for (;;) {
    const std::string_view label = text.substr(0, text.find('.'));
    const bool fits = !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
                      std::ranges::all_of(label, [](char c) { return is_word(c) || c == '-'; });
    if (!fits) return false;
    if (label.size() == text.size()) return true;
    text.remove_prefix(label.size() + 1);
  }
}

// Four numbers up to 255, without zeros in front.
bool is_ipv4(std::string_view text) {
  for (int part = 0; part < 4; ++part) {
    if (part > 0) {
      if (!text.starts_with('.')) return false;
      text.remove_prefix(1);
    }
    size_t size = 0;
    int value = 0;
    while (size < text.size() && size < 4 && is_digit(text[size])) value = value * 10 + (text[size++] - '0');
    if (size == 0 || size > 3 || value > 255 || (size > 1 && text[0] == '0')) return false;
    text.remove_prefix(size);
  }
  return text.empty();
}

// RFC 4291: eight groups of four digits, once `::` for groups of zeros, at the end perhaps an IPv4 address.
bool is_ipv6(std::string_view text) {
  int groups = 0;
  bool gap = false;
  if (text.starts_with("::")) {
    gap = true;
    text.remove_prefix(2);
  }
  while (!text.empty()) {
    if (text.find(':') == std::string_view::npos && text.find('.') != std::string_view::npos) {
      if (!is_ipv4(text)) return false;
      groups += 2;
      break;
    }
    const size_t size = std::min(text.find(':'), text.size());
    if (size == 0 || size > 4 || !std::ranges::all_of(text.substr(0, size), is_hex)) return false;
    ++groups;
    text.remove_prefix(size);
    if (text.empty()) break;
    if (text.starts_with("::")) {
      if (gap) return false;
      gap = true;
      text.remove_prefix(2);
    } else {
      text.remove_prefix(1);
      if (text.empty()) return false;
    }
  }
  return gap ? groups <= 7 : groups == 8;
}

// RFC 6901.
bool is_json_pointer(std::string_view text) {
  if (text.empty()) return true;
  if (text.front() != '/') return false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '~' && (i + 1 == text.size() || (text[i + 1] != '0' && text[i + 1] != '1'))) return false;
  }
  return true;
}

// RFC 3339's full-time, which is what stands behind the date of a date-time.
bool is_full_time(std::string_view text) {
  return parse_rfc3339("2000-01-01T" + std::string(text)).has_value();
}

}  // namespace

bool is_of_format(SchemaFormat format, std::string_view text) {
  switch (format) {
    case SchemaFormat::email:
    case SchemaFormat::idn_email:
      return bytecode::matches(bytecode::TextFormat::email, text);
    case SchemaFormat::uri:
    case SchemaFormat::url:
    case SchemaFormat::iri:
      return bytecode::matches(bytecode::TextFormat::url, text);
    case SchemaFormat::uuid:
      return is_uuid(text);
    case SchemaFormat::date_time:
      return parse_rfc3339(text).has_value();
    case SchemaFormat::date:
      return parse_date(text).has_value();
    case SchemaFormat::time:
      return is_full_time(text);
    case SchemaFormat::hostname:
      return is_hostname(text);
    case SchemaFormat::ipv4:
      return is_ipv4(text);
    case SchemaFormat::ipv6:
      return is_ipv6(text);
    case SchemaFormat::json_pointer:
      return is_json_pointer(text);
  }
  return false;
}

}  // namespace wend::ingest
