#pragma once

#include <cstdint>
#include <string>

#include "compiler/template/html_place.h"

// What the text of an address says about the values in it. Browsers read entities, skip tabs and the ends of lines, and run what stands
// behind `javascript:` after they have decoded it: percent-encoding makes nothing safe there.

namespace wend::liquid {

class AddressContext {
 public:
  AddressContext() = default;
  /// In `srcset` several addresses stand, each with what it is for: `a.png 1x, b.png 2x`.
  explicit AddressContext(bool is_list) : is_list_(is_list) {}

  void advance(char c);
  void advance_value();
  [[nodiscard]] HtmlPlace place() const;
  /// Goes on for both of two ways; false when they differ.
  bool join(const AddressContext& other);

  friend bool operator==(const AddressContext&, const AddressContext&) = default;

 private:
  enum class Scheme : std::uint8_t {
    open,     ///< what stood there may become one
    value,    ///< the same, and a value stands in it: nobody knows which it becomes
    contact,  ///< `mailto:`, `tel:`, `sms:`, before their `?`
    script,   ///< what stands behind is run, or is a page of its own
    unknown,  ///< a value is the scheme
    none,     ///< none, or one that does not matter here
  };
  void read(char c);
  void end_entity();
  void read_scheme(char c);
  bool ends_candidate(char c);

  bool is_list_ = false;
  bool in_descriptor_ = false;  ///< of a list: behind an address
  bool begun_ = false;
  Scheme scheme_ = Scheme::open;
  std::string word_;    ///< of an open scheme, in small letters
  std::string entity_;  ///< being read: `&`, `&#10`
  char last_ = 0;       ///< of a list: the comma before
};

}  // namespace wend::liquid
