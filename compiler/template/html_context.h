#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "compiler/template/address_context.h"
#include "compiler/template/html_place.h"

// Follows the text of a page, to know where in it a value stands.

namespace wend::liquid {

/// Equal contexts go on equally.
class HtmlContext {
 public:
  void advance(std::string_view text);
  /// A value stands here.
  void advance_value();
  [[nodiscard]] HtmlPlace place() const;
  /// Goes on for both of two ways; false when they differ.
  bool join(const HtmlContext& other);

  friend bool operator==(const HtmlContext&, const HtmlContext&) = default;

 private:
  enum class State : std::uint8_t { text, tag_begin, tag_name, in_tag, attribute_name, attribute_end, value_begin, value, bare_value, comment };
  void step(char c);
  void begin_value(char c);
  [[nodiscard]] HtmlPlace place_in_value() const;
  void read_raw_text(char c);
  void read_comment(char c);
  void close_tag();

  State state_ = State::text;
  char quote_ = 0;
  std::string tag_;        ///< being read, or whose text this is (`script`)
  std::string attribute_;
  AddressContext address_;  ///< of an attribute that is one
  std::string tail_;       ///< the last characters, as far as they may belong to an end of several
  bool in_raw_text_ = false;
};

}  // namespace wend::liquid
