#include "runtime/bytecode/text_format.h"

#include <algorithm>
#include <cstddef>

namespace wend::bytecode {
namespace {

bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) { return is_alpha(c) || is_digit(c); }
bool is_beyond_ascii(char c) { return static_cast<unsigned char>(c) >= 0x80; }
bool is_visible(char c) { return static_cast<unsigned char>(c) > 0x20 && c != 0x7f; }

// One label of a host name: letters and digits, hyphens inside, at most 63 bytes (RFC 1035); beyond ASCII as RFC 6531 allows.
bool is_host_label(std::string_view label) {
  return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
         std::ranges::all_of(label, [](char c) { return is_word(c) || c == '-' || is_beyond_ascii(c); });
}

// The rule of HTML's <input type=email> with RFC 6531's letters beyond ASCII and RFC 5321's lengths: what mail servers take.
bool is_email(std::string_view text) {
  const size_t at = text.find('@');
  if (at == std::string_view::npos || at == 0 || at > 64 || text.size() > 254) return false;
  constexpr std::string_view k_marks = ".!#$%&'*+/=?^_`{|}~-";
  const bool local_fits = std::ranges::all_of(
      text.substr(0, at), [&](char c) { return is_word(c) || is_beyond_ascii(c) || k_marks.find(c) != std::string_view::npos; });
  if (!local_fits) return false;
  std::string_view domain = text.substr(at + 1);
  for (size_t dot; (dot = domain.find('.')) != std::string_view::npos; domain.remove_prefix(dot + 1)) {
    if (!is_host_label(domain.substr(0, dot))) return false;
  }
  return is_host_label(domain);
}

// Digits with the separators people write; E.164 has at most 15 digits.
bool is_phone(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto digits = std::ranges::count_if(text, is_digit);
  constexpr std::string_view k_separators = " -.()/";
  return digits >= 5 && digits <= 15 &&
         std::ranges::all_of(text, [&](char c) { return is_digit(c) || k_separators.find(c) != std::string_view::npos; });
}

// scheme ":" and something visible after it (RFC 3986).
bool is_url(std::string_view text) {
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon + 1 == text.size() || !is_alpha(text.front())) return false;
  const bool scheme_fits =
      std::ranges::all_of(text.substr(0, colon), [](char c) { return is_word(c) || c == '+' || c == '-' || c == '.'; });
  return scheme_fits && std::ranges::all_of(text, is_visible);
}

// A language tag in shape (BCP 47), with `_` for `-` as POSIX writes it: "en", "pt-BR", "zh_Hant_TW".
bool is_locale(std::string_view text) {
  size_t length = 0;
  bool first = true;
  for (const char c : text) {
    if (c == '-' || c == '_') {
      if (length < (first ? 2U : 1U)) return false;
      first = false;
      length = 0;
    } else if ((first ? is_alpha(c) : is_word(c)) && length < 8) {
      ++length;
    } else {
      return false;
    }
  }
  return length >= (first ? 2U : 1U);
}

bool is_country(std::string_view text) {
  return text.size() == 2 && std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

bool is_id(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; });
}

}  // namespace

const char* type_name(TextFormat format) {
  switch (format) {
#define WEND_TEXT_FORMAT(number, name, type_name) \
  case TextFormat::name:                          \
    return type_name;
#include "runtime/bytecode/text_formats.def"
#undef WEND_TEXT_FORMAT
  }
  return "";
}

const char* description(TextFormat format) {
  switch (format) {
    case TextFormat::plain: return "a text";
    case TextFormat::email: return "an address such as `ada@example.com`";
    case TextFormat::phone: return "a telephone number such as `+44 20 7946 0000`";
    case TextFormat::url: return "an absolute URL such as `https://example.com/a`";
    case TextFormat::locale: return "a language tag such as `en-GB`";
    case TextFormat::country: return "an ISO 3166 country code such as `GB`";
    case TextFormat::id: return "an identifier: not empty, without control characters";
  }
  return "";
}

bool matches(TextFormat format, std::string_view text) {
  switch (format) {
    case TextFormat::plain: return true;
    case TextFormat::email: return is_email(text);
    case TextFormat::phone: return is_phone(text);
    case TextFormat::url: return is_url(text);
    case TextFormat::locale: return is_locale(text);
    case TextFormat::country: return is_country(text);
    case TextFormat::id: return is_id(text);
  }
  return false;
}

}  // namespace wend::bytecode
