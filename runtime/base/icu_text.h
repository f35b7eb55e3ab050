#pragma once

// Internal to the files that use ICU: its texts, its locales, its errors.

#include <unicode/locid.h>
#include <unicode/numberformatter.h>
#include <unicode/unistr.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace wend {

inline icu::UnicodeString icu_text(std::string_view text) {
  return icu::UnicodeString::fromUTF8(icu::StringPiece(text));
}
inline std::string utf8(const icu::UnicodeString& text) {
  std::string result;
  return text.toUTF8String(result);
}
/// Of a canonical tag; the root locale for an empty one.
inline icu::Locale icu_locale(std::string_view tag) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Locale locale = icu::Locale::forLanguageTag(icu::StringPiece(tag), status);
  return U_FAILURE(status) ? icu::Locale::getRoot() : locale;
}
/// ICU fails when its data is missing or memory is: nothing that input decides.
inline void check(UErrorCode status, const char* what) {
  if (U_FAILURE(status)) throw std::runtime_error(std::string("ICU gives no ") + what + ": " + u_errorName(status));
}
/// Sorted.
const std::vector<std::string>& icu_languages();

}  // namespace wend
