#pragma once

#include <cstdint>

// Where in an HTML page a value comes to stand: what has to be done to it, so that it stays a value, depends on that.

namespace wend::liquid {

enum class HtmlPlace : std::uint8_t {
  text,       ///< between tags, and in comments
  words,      ///< in the quotes of an attribute that people read, such as `title`
  attribute,  ///< in those of any other
  address,    ///< at the beginning of `href`, `src` and their like
  in_address, ///< further on in one
  contact,    ///< the number or mailbox of `tel:`, `sms:`, `mailto:`
  style,      ///< in a `style` attribute or element
  script,     ///< in a `script`, a handler such as `onclick`, an address such as `javascript:`
  scheme,     ///< in an address whose scheme is a value
  page,       ///< in `srcdoc`, which is a page of its own
  meta,       ///< in the `content` of a `meta`, which may be an address
  animation,  ///< in what an animation makes of any attribute
  tag,        ///< in a tag, outside of quotes
};
/// "the quotes of an attribute"
[[nodiscard]] const char* describe(HtmlPlace place);
/// What stands there is written as its readers write.
[[nodiscard]] constexpr bool is_for_people(HtmlPlace place) {
  return place == HtmlPlace::text || place == HtmlPlace::words;
}

}  // namespace wend::liquid
