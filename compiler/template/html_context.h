#pragma once

#include <cstdint>
#include <string>
#include <string_view>

// Where in an HTML page a value comes to stand: what has to be done to it, so that it stays a value, depends on that.

namespace wend::liquid {

enum class HtmlPlace : std::uint8_t {
  text,       ///< between tags, and in comments
  attribute,  ///< in the quotes of an attribute
  address,    ///< at the beginning of `href`, `src` and their like
  in_address, ///< further on in one
  style,      ///< in a `style` attribute or element
  script,     ///< in a `script`, or a handler such as `onclick`
  tag,        ///< in a tag, outside of quotes
};
/// "the quotes of an attribute"
[[nodiscard]] const char* describe(HtmlPlace place);

/// Follows the text of a page. Equal contexts go on equally.
class HtmlContext {
 public:
  void advance(std::string_view text);
  /// A value stands here.
  void advance_value();
  [[nodiscard]] HtmlPlace place() const;

  friend bool operator==(const HtmlContext&, const HtmlContext&) = default;

 private:
  enum class State : std::uint8_t { text, tag_begin, tag_name, in_tag, attribute_name, attribute_end, value_begin, value, bare_value, comment };
  void step(char c);
  void begin_value();
  void read_raw_text(char c);
  void read_comment(char c);
  void close_tag();

  State state_ = State::text;
  char quote_ = 0;
  bool value_begun_ = false;
  std::string tag_;        ///< being read, or whose text this is (`script`)
  std::string attribute_;
  std::string tail_;       ///< the last characters, as far as they may belong to an end of several
  bool in_raw_text_ = false;
};

}  // namespace wend::liquid
