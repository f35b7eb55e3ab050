// What filters of templates do to texts, and what makes a text safe where it stands.

#include <algorithm>
#include <array>
#include <vector>

#include "runtime/base/bytes.h"
#include "runtime/base/locale.h"
#include "runtime/base/utf8.h"
#include "runtime/vm/template_natives.h"

namespace wend::vm {
namespace {

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v' || c == '\0';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool give(NativeCall& call, std::string_view text) {
  call.result = Value::from_bytes(text);
  return true;
}
bool give_word(NativeCall& call, int64_t word) {
  call.result = Value::from_word(word);
  return true;
}

// Where the code point after this one begins. The text is valid UTF-8, but what bytes from outside hold may end early.
size_t next_point(std::string_view text, size_t at) {
  ++at;
  while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80) ++at;
  return at;
}
// Byte offset of code point `index`; the end when there are fewer.
size_t offset_of(std::string_view text, int64_t index) {
  size_t at = 0;
  while (index > 0 && at < text.size()) {
    at = next_point(text, at);
    --index;
  }
  return at;
}

std::string_view escaped(char c) {
  switch (c) {
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '&':
      return "&amp;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return {};
  }
}

// `&amp;`, `&#39;`
bool is_entity(std::string_view text) {
  size_t at = 1;
  const bool is_number = at < text.size() && text[at] == '#';
  if (is_number) ++at;
  const size_t begin = at;
  while (at < text.size() && (is_number ? is_digit(text[at]) : is_letter(text[at]))) ++at;
  return at > begin && at < text.size() && text[at] == ';';
}

bool escape(NativeCall& call, bool once) {
  const std::string_view text = call.arguments[0].view();
  if (text.find_first_of("<>&\"'") == std::string_view::npos) return give(call, text);
  Made made;
  for (size_t i = 0; i < text.size(); ++i) {
    const std::string_view entity = once && text[i] == '&' && is_entity(text.substr(i)) ? std::string_view() : escaped(text[i]);
    entity.empty() ? made.add(text[i]) : made.add(entity);
  }
  return made.give(call);
}

void add_percent(Made& made, char c) {
  constexpr std::string_view k_hex = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  made.add('%');
  made.add(k_hex[byte >> 4]);
  made.add(k_hex[byte & 15]);
}
bool encode_for_url(NativeCall& call, bool space_is_plus, std::string_view kept = {}) {
  Made made;
  for (const char c : call.arguments[0].view()) {
    if (is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~' || kept.find(c) != std::string_view::npos) {
      made.add(c);
    } else if (c == ' ' && space_is_plus) {
      made.add('+');
    } else {
      add_percent(made, c);
    }
  }
  return made.give(call);
}
int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// What was decoded may be any bytes; a text is valid UTF-8.
bool give_repaired(NativeCall& call, const Made& decoded) {
  if (decoded.failed()) return false;
  if (is_valid_utf8(decoded.bytes())) return decoded.give(call);
  Made repaired;
  const std::string_view bytes = decoded.bytes();
  for (size_t at = 0; at < bytes.size();) {
    const size_t next = next_point(bytes, at);
    const std::string_view point = bytes.substr(at, next - at);
    is_valid_utf8(point) ? repaired.add(point) : repaired.add("\xEF\xBF\xBD");
    at = next;
  }
  return repaired.give(call);
}

constexpr std::string_view k_base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view k_base64_url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

int base64_digit(char c) {
  if (c == '-') c = '+';
  if (c == '_') c = '/';
  const size_t found = k_base64.find(c);
  return found == std::string_view::npos ? -1 : static_cast<int>(found);
}

std::string lower_ascii(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return result;
}

// The scheme before the first colon, when what stands there is one.
std::string_view scheme_of(std::string_view address) {
  const size_t end = address.find_first_of(":/?#");
  return end == std::string_view::npos || address[end] != ':' ? std::string_view() : address.substr(0, end);
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  for (size_t at = 0; at < text.size();) {
    while (at < text.size() && is_space(text[at])) ++at;
    const size_t begin = at;
    while (at < text.size() && !is_space(text[at])) ++at;
    if (at > begin) words.push_back(text.substr(begin, at - begin));
  }
  return words;
}

bool capitalize(NativeCall& call, std::string_view locale) {
  const std::string_view text = call.arguments[0].view();
  const size_t first = text.empty() ? 0 : next_point(text, 0);
  return give(call, call.arena.concat(call.arena.copy(to_upper(text.substr(0, first), locale)), to_lower(text.substr(first), locale)));
}

std::vector<std::string_view> points_of(std::string_view text) {
  std::vector<std::string_view> points;
  for (size_t at = 0; at < text.size();) {
    const size_t next = next_point(text, at);
    points.push_back(text.substr(at, next - at));
    at = next;
  }
  return points;
}

bool give_list(NativeCall& call, const std::vector<std::string_view>& texts) {
  std::string list;
  ByteWriter writer(list);
  writer.varint(texts.size());
  for (const std::string_view text : texts) writer.text(text);
  Made made;
  made.add(list);
  return made.give(call);
}

}  // namespace

namespace natives {

bool _escape(NativeCall& call) {
  return escape(call, false);
}
bool _escape_once(NativeCall& call) {
  return escape(call, true);
}

bool _one_line(NativeCall& call) {
  const std::string_view text = call.arguments[0].view();
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (std::ranges::none_of(text, is_control)) return give(call, text);
  Made made;
  for (const char c : text) made.add(is_control(c) ? ' ' : c);
  return made.give(call);
}

bool _web_address(NativeCall& call) {
  constexpr std::array<std::string_view, 6> k_schemes = {"http", "https", "mailto", "tel", "sms", "cid"};
  std::string_view text = call.arguments[0].view();
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  const std::string scheme = lower_ascii(scheme_of(text));
  const bool is_known = scheme.empty() ? scheme_of(text).data() == nullptr : std::ranges::find(k_schemes, scheme) != k_schemes.end();
  if (!is_known) return give(call, "#");
  Made made;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool stays = byte > 0x20 && byte < 0x7f && std::string_view("\"'<>\\^`{|}").find(c) == std::string_view::npos;
    stays ? made.add(c) : add_percent(made, c);
  }
  return made.give(call);
}

bool _url_encode(NativeCall& call) {
  return encode_for_url(call, true);
}
bool _url_component(NativeCall& call) {
  return encode_for_url(call, false);
}

// RFC 3966 and RFC 6068 want these as they are.
bool _url_contact(NativeCall& call) {
  return encode_for_url(call, false, "+@");
}

bool _url_decode(NativeCall& call) {
  const std::string_view text = call.arguments[0].view();
  Made made;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool is_escape = text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0;
    if (is_escape) {
      made.add(static_cast<char>(hex_digit(text[i + 1]) << 4 | hex_digit(text[i + 2])));
      i += 2;
    } else {
      made.add(text[i] == '+' ? ' ' : text[i]);
    }
  }
  return give_repaired(call, made);
}

bool _base64_encode(NativeCall& call) {
  const std::string_view text = call.arguments[0].view();
  const std::string_view digits = call.arguments[1].word != 0 ? k_base64_url : k_base64;
  Made made;
  for (size_t i = 0; i < text.size(); i += 3) {
    uint32_t bits = 0;
    const size_t count = std::min<size_t>(3, text.size() - i);
    for (size_t k = 0; k < 3; ++k) bits = bits << 8 | (k < count ? static_cast<unsigned char>(text[i + k]) : 0);
    for (size_t k = 0; k < 4; ++k) made.add(k <= count ? digits[bits >> (18 - 6 * k) & 63] : '=');
  }
  return made.give(call);
}

bool _base64_decode(NativeCall& call) {
  Made made;
  uint32_t bits = 0;
  int count = 0;
  for (const char c : call.arguments[0].view()) {
    const int digit = base64_digit(c);
    if (digit < 0) continue;
    bits = bits << 6 | static_cast<uint32_t>(digit);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    made.add(static_cast<char>(bits >> count & 0xff));
  }
  return give_repaired(call, made);
}

bool _newline_to_br(NativeCall& call) {
  const std::string_view text = call.arguments[0].view();
  Made made;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    text[i] == '\n' ? made.add("<br />\n") : made.add(text[i]);
  }
  return made.give(call);
}

bool _strip_html(NativeCall& call) {
  struct Region {
    std::string_view begin;
    std::string_view end;
  };
  // The first that fits wins; a tag that is not closed is text.
  constexpr std::array<Region, 4> k_regions = {{{"<script", "</script>"}, {"<!--", "-->"}, {"<style", "</style>"}, {"<", ">"}}};
  const std::string_view text = call.arguments[0].view();
  std::array<bool, k_regions.size()> is_gone{};  // no further end of this kind: looked for once
  Made made;
  for (size_t at = 0; at < text.size();) {
    size_t next = at;
    for (size_t i = 0; i < k_regions.size() && next == at && text[at] == '<'; ++i) {
      if (is_gone[i] || !text.substr(at).starts_with(k_regions[i].begin)) continue;
      const size_t end = text.find(k_regions[i].end, at + 1);
      is_gone[i] = end == std::string_view::npos;
      if (!is_gone[i]) next = end + k_regions[i].end.size();
    }
    if (next == at) made.add(text[next++]);
    at = next;
  }
  return made.give(call);
}

bool _strip_newlines(NativeCall& call) {
  Made made;
  for (const char c : call.arguments[0].view()) {
    if (c != '\n' && c != '\r') made.add(c);
  }
  return made.give(call);
}

bool _strip(NativeCall& call) {
  std::string_view text = call.arguments[0].view();
  const int64_t sides = call.arguments[1].word;
  while ((sides & 1) != 0 && !text.empty() && is_space(text.front())) text.remove_prefix(1);
  while ((sides & 2) != 0 && !text.empty() && is_space(text.back())) text.remove_suffix(1);
  return give(call, text);
}

bool _capitalize(NativeCall& call) {
  return capitalize(call, {});
}
bool _capitalize_in(NativeCall& call) {
  return capitalize(call, call.arguments[1].view());
}

bool _replace(NativeCall& call) {
  const std::string_view text = call.arguments[0].view();
  const std::string_view from = call.arguments[1].view();
  const std::string_view to = call.arguments[2].view();
  Made made;
  if (from.empty()) {
    made.add(to);
    for (const std::string_view point : points_of(text)) {
      made.add(point);
      made.add(to);
    }
    return made.give(call);
  }
  for (size_t at = 0;;) {
    const size_t found = text.find(from, at);
    made.add(text.substr(at, found - at));
    if (found == std::string_view::npos || made.failed()) break;
    made.add(to);
    at = found + from.size();
  }
  return made.give(call);
}

bool replace_at(NativeCall& call, size_t at) {
  const std::string_view text = call.arguments[0].view();
  if (at == std::string_view::npos) return give(call, text);
  Made made;
  made.add(text.substr(0, at));
  made.add(call.arguments[2].view());
  made.add(text.substr(at + call.arguments[1].view().size()));
  return made.give(call);
}
bool _replace_first(NativeCall& call) {
  return replace_at(call, call.arguments[0].view().find(call.arguments[1].view()));
}
bool _replace_last(NativeCall& call) {
  return replace_at(call, call.arguments[0].view().rfind(call.arguments[1].view()));
}

bool _slice_text(NativeCall& call) {
  const std::string_view text = call.arguments[0].view();
  const int64_t size = count_code_points(text);
  int64_t first = call.arguments[1].word;
  const int64_t count = call.arguments[2].word;
  if (first < 0) first += size;
  if (first < 0 || first > size || count <= 0) return give(call, {});
  const size_t begin = offset_of(text, first);
  return give(call, text.substr(begin, offset_of(text.substr(begin), count)));
}

bool _truncate(NativeCall& call) {
  const std::string_view text = call.arguments[0].view();
  const int64_t limit = call.arguments[1].word;
  const std::string_view end = call.arguments[2].view();
  if (count_code_points(text) <= limit) return give(call, text);
  Made made;
  made.add(text.substr(0, offset_of(text, std::max<int64_t>(limit - count_code_points(end), 0))));
  made.add(end);
  return made.give(call);
}

bool _truncate_words(NativeCall& call) {
  const std::string_view text = call.arguments[0].view();
  const auto limit = static_cast<uint64_t>(std::max<int64_t>(call.arguments[1].word, 1));
  const std::vector<std::string_view> words = words_of(text);
  if (words.size() <= limit) return give(call, text);
  Made made;
  for (size_t i = 0; i < limit; ++i) {
    if (i > 0) made.add(' ');
    made.add(words[i]);
  }
  made.add(call.arguments[2].view());
  return made.give(call);
}

bool _split(NativeCall& call) {
  const std::string_view text = call.arguments[0].view();
  const std::string_view by = call.arguments[1].view();
  if (by == " ") return give_list(call, words_of(text));
  if (by.empty()) return give_list(call, points_of(text));
  std::vector<std::string_view> parts;
  for (size_t at = 0; at <= text.size();) {
    const size_t found = std::min(text.find(by, at), text.size());
    parts.push_back(text.substr(at, found - at));
    at = found + by.size();
  }
  while (!parts.empty() && parts.back().empty()) parts.pop_back();
  return give_list(call, parts);
}

bool _less_text(NativeCall& call) {
  return give_word(call, call.arguments[0].view() < call.arguments[1].view() ? 1 : 0);
}

}  // namespace natives
}  // namespace wend::vm
