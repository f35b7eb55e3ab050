#include "runtime/base/json_text.h"

#include <fmt/format.h>

#include <cstdint>
#include <cstring>
#include <iterator>

namespace wend {
namespace {

bool needs_escape(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\' || c == 0x7f;
}

// How many bytes at the front need no escape; eight are looked at at once. In a word, a byte is below b exactly when subtracting b from
// each borrows into its highest bit (bytes that have that bit themselves are no ASCII and need none).
size_t plain_prefix(std::string_view text) {
  constexpr uint64_t ones = 0x0101010101010101, high = 0x8080808080808080;
  const auto has_zero = [](uint64_t word) { return (word - ones) & ~word & high; };
  size_t plain = 0;
  for (; plain + sizeof(uint64_t) <= text.size(); plain += sizeof(uint64_t)) {
    uint64_t word;
    std::memcpy(&word, text.data() + plain, sizeof word);
    const uint64_t control = (word - ones * 0x20) & ~word & high;
    if ((control | has_zero(word ^ ones * '"') | has_zero(word ^ ones * '\\') | has_zero(word ^ ones * 0x7f)) != 0) break;
  }
  while (plain < text.size() && !needs_escape(text[plain])) ++plain;
  return plain;
}

void append_escaped(std::string& out, char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned char>(c));
  }
}

}  // namespace

void append_json_text(std::string& out, std::string_view text) {
  out.push_back('"');
  while (!text.empty()) {
    const size_t plain = plain_prefix(text);
    out.append(text.data(), plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    append_escaped(out, text.front());
    text.remove_prefix(1);
  }
  out.push_back('"');
}

}  // namespace wend
