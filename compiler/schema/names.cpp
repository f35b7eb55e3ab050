#include "compiler/schema/import.h"

namespace wend::schema {
namespace {

bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

// A new word begins at a capital after a small letter or digit, and at the last capital of a run before a small letter (`HTTPCode`).
std::string snake_case(std::string_view text) {
  std::string name;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_lower(c) || is_digit(c)) {
      name.push_back(c);
    } else if (is_upper(c)) {
      const bool after_word = i > 0 && (is_lower(text[i - 1]) || is_digit(text[i - 1]));
      const bool before_word = i > 0 && is_upper(text[i - 1]) && i + 1 < text.size() && is_lower(text[i + 1]);
      if ((after_word || before_word) && !name.empty() && name.back() != '_') name.push_back('_');
      name.push_back(static_cast<char>(c - 'A' + 'a'));
    } else if (!name.empty() && name.back() != '_') {
      name.push_back('_');
    }
  }
  while (!name.empty() && name.back() == '_') name.pop_back();
  if (!name.empty() && is_digit(name.front())) name.insert(0, "value_");
  return name;
}

std::string upper_camel(std::string_view text) {
  std::string name;
  bool begins_word = true;
  for (const char c : snake_case(text)) {
    if (c == '_') {
      begins_word = true;
    } else {
      name.push_back(begins_word && is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c);
      begins_word = false;
    }
  }
  return name;
}

}  // namespace wend::schema
