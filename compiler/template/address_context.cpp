#include "compiler/template/address_context.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

namespace wend::liquid {
namespace {

// Browsers take any number of zeros: `&#x0000003a;`. Beyond so many characters nobody means a letter.
constexpr std::size_t k_entity_max = 64;
// Stands for a character that no scheme has.
constexpr char k_no_letter = '/';

constexpr std::array<std::string_view, 3> k_contacts = {"mailto", "tel", "sms"};
constexpr std::array<std::string_view, 5> k_scripts = {"javascript", "vbscript", "livescript", "mocha", "data"};

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
bool is_in_scheme(char c) {
  return is_letter_or_digit(c) || c == '+' || c == '-' || c == '.';
}
bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f';
}
char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}
bool is_hex_digit(char c) {
  return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'f');
}
// Whether the character is part of the entity: a number ends where its digits do, with a `;` or without.
bool goes_on(std::string_view entity, char c) {
  if (entity.size() >= k_entity_max) return false;
  if (entity == "&") return is_letter_or_digit(c) || c == '#';
  if (!entity.starts_with("&#")) return is_letter_or_digit(c);
  if (entity == "&#" && lower(c) == 'x') return true;
  return entity.size() > 2 && lower(entity[2]) == 'x' ? is_hex_digit(c) : c >= '0' && c <= '9';
}
bool may_become_one_that_matters(std::string_view word) {
  const auto begins = [&](std::string_view scheme) { return scheme.starts_with(word); };
  return std::ranges::any_of(k_contacts, begins) || std::ranges::any_of(k_scripts, begins);
}

// What `&#106`, `&#x6a`, `&Tab` stand for, as far as it matters to a scheme.
char character_of(std::string_view entity) {
  if (entity == "&Tab") return '\t';
  if (entity == "&NewLine") return '\n';
  if (entity == "&colon") return ':';
  if (entity == "&plus") return '+';
  if (entity == "&period") return '.';
  if (!entity.starts_with("&#")) return k_no_letter;
  const bool is_hexadecimal = entity.size() > 2 && lower(entity[2]) == 'x';
  const std::string_view digits = entity.substr(is_hexadecimal ? 3 : 2);
  unsigned code = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), code, is_hexadecimal ? 16 : 10);
  return failure == std::errc() && end == digits.data() + digits.size() && code < 0x80 ? static_cast<char>(code) : k_no_letter;
}

}  // namespace

void AddressContext::advance(char c) {
  if (is_list_ && ends_candidate(c)) return;
  if (entity_.empty()) {
    if (c != '&') return read(c);
    entity_ = "&";
    return;
  }
  if (goes_on(entity_, c)) {
    entity_ += c;
    return;
  }
  end_entity();
  if (c != ';') advance(c);
}

void AddressContext::end_entity() {
  if (entity_.empty()) return;
  const char c = character_of(entity_);
  entity_.clear();
  read(c);
}

void AddressContext::read(char c) {
  if (c == '\t' || c == '\r' || c == '\n') return;
  if (!begun_ && static_cast<unsigned char>(c) <= ' ') return;
  begun_ = true;
  switch (scheme_) {
    case Scheme::open:
    case Scheme::value:
      return read_scheme(c);
    case Scheme::contact:
      if (c == '?') scheme_ = Scheme::none;
      return;
    case Scheme::script:
    case Scheme::unknown:
    case Scheme::none:
      return;
  }
}

void AddressContext::read_scheme(char c) {
  if (is_in_scheme(c)) {
    if (scheme_ == Scheme::value) return;
    word_ += lower(c);
    if (may_become_one_that_matters(word_)) return;
    scheme_ = Scheme::none;
  } else if (c != ':') {
    scheme_ = Scheme::none;
  } else if (scheme_ == Scheme::value) {
    scheme_ = Scheme::unknown;
  } else if (std::ranges::find(k_scripts, word_) != k_scripts.end()) {
    scheme_ = Scheme::script;
  } else {
    scheme_ = std::ranges::find(k_contacts, word_) != k_contacts.end() ? Scheme::contact : Scheme::none;
  }
  word_.clear();
}

/// A blank ends an address, and a comma what stands behind it: `a.png 1x, b.png`. A comma at its end does both.
bool AddressContext::ends_candidate(char c) {
  const bool is_end = begun_ && !in_descriptor_ && is_blank(c);
  const bool begins_next = in_descriptor_ ? c == ',' : is_end && last_ == ',';
  if (begins_next || is_end) *this = AddressContext(true);
  if (is_end && !begins_next) in_descriptor_ = true;
  last_ = c == ',' && begun_ ? c : '\0';
  return begins_next || in_descriptor_;
}

void AddressContext::advance_value() {
  end_entity();
  if (in_descriptor_) return;
  begun_ = true;
  last_ = 0;
  word_.clear();
  if (scheme_ == Scheme::open) scheme_ = Scheme::value;
}

bool AddressContext::join(const AddressContext& other) {
  if (*this == other) return true;
  AddressContext mine = *this;
  AddressContext theirs = other;
  const auto may_join = [](const AddressContext& each) { return each.begun_ && (each.scheme_ == Scheme::value || each.scheme_ == Scheme::none); };
  if (!may_join(mine) || !may_join(theirs)) return false;
  // A value that may be a scheme is the one to be careful with.
  mine.scheme_ = theirs.scheme_ = Scheme::value;
  if (!(mine == theirs)) return false;
  *this = mine;
  return true;
}

HtmlPlace AddressContext::place() const {
  if (in_descriptor_) return HtmlPlace::in_address;
  switch (scheme_) {
    case Scheme::open:
    case Scheme::value:
      return begun_ || !entity_.empty() ? HtmlPlace::in_address : HtmlPlace::address;
    case Scheme::contact:
      return HtmlPlace::contact;
    case Scheme::script:
      return HtmlPlace::script;
    case Scheme::unknown:
      return HtmlPlace::scheme;
    case Scheme::none:
      return HtmlPlace::in_address;
  }
  return HtmlPlace::in_address;
}

}  // namespace wend::liquid
