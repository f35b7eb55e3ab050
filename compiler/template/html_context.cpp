#include "compiler/template/html_context.h"

#include <algorithm>
#include <array>
#include <span>

namespace wend::liquid {
namespace {

// Of names of tags and attributes: longer ones are none that matter here.
constexpr std::size_t k_name_max = 64;
// What stands in the tail of a comment that does not begin to end.
constexpr char k_other = ' ';

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f';
}
char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}
void add_name(std::string& name, char c) {
  if (name.size() < k_name_max) name += lower(c);
}

using Names = std::span<const std::string_view>;
bool is_one_of(std::string_view name, Names names) {
  return std::ranges::find(names, name) != names.end();
}
bool is_list_of_addresses(std::string_view attribute) {
  return attribute == "srcset" || attribute == "imagesrcset";
}
bool is_address(std::string_view attribute) {
  constexpr std::array<std::string_view, 17> k_addresses = {"href",     "src",    "action",     "formaction", "background", "cite",
                                                            "poster",   "data",   "longdesc",   "xlink:href", "xml:base",   "codebase",
                                                            "manifest", "lowsrc", "dynsrc",     "ping",       "usemap"};
  return is_one_of(attribute, k_addresses) || is_list_of_addresses(attribute);
}
/// What is in them is read, or read aloud, like the text beside them.
bool is_for_people(std::string_view attribute) {
  constexpr std::array<std::string_view, 11> k_words = {"title",      "alt",         "placeholder",      "label",          "summary",         "abbr",
                                                        "aria-label", "aria-description", "aria-placeholder", "aria-valuetext", "aria-roledescription"};
  return is_one_of(attribute, k_words);
}
bool is_animation(std::string_view tag, std::string_view attribute) {
  constexpr std::array<std::string_view, 5> k_tags = {"animate", "set", "animatecolor", "animatemotion", "animatetransform"};
  constexpr std::array<std::string_view, 4> k_attributes = {"to", "from", "by", "values"};
  return is_one_of(tag, k_tags) && is_one_of(attribute, k_attributes);
}

}  // namespace

const char* describe(HtmlPlace place) {
  switch (place) {
    case HtmlPlace::text:
      return "the text";
    case HtmlPlace::words:
      return "an attribute that people read";
    case HtmlPlace::attribute:
      return "an attribute";
    case HtmlPlace::address:
      return "the beginning of an address";
    case HtmlPlace::in_address:
      return "an address";
    case HtmlPlace::contact:
      return "the number or mailbox of an address";
    case HtmlPlace::style:
      return "a style";
    case HtmlPlace::script:
      return "a script";
    case HtmlPlace::scheme:
      return "an address whose scheme is a value";
    case HtmlPlace::page:
      return "a page inside of an attribute";
    case HtmlPlace::meta:
      return "the `content` of a `meta`";
    case HtmlPlace::animation:
      return "an animation";
    case HtmlPlace::tag:
      return "a tag, outside of quotes";
  }
  return "";
}

void HtmlContext::advance(std::string_view text) {
  for (const char c : text) step(c);
}

void HtmlContext::advance_value() {
  if (state_ == State::value && is_address(attribute_)) address_.advance_value();
  if (!tail_.empty()) tail_ = state_ == State::comment ? std::string(1, k_other) : std::string();
}

bool HtmlContext::join(const HtmlContext& other) {
  HtmlContext theirs = other;
  theirs.address_ = address_;
  return *this == theirs && address_.join(other.address_);
}

void HtmlContext::begin_value(char c) {
  quote_ = c == '"' || c == '\'' ? c : 0;
  address_ = AddressContext(is_list_of_addresses(attribute_));
  state_ = quote_ != 0 ? State::value : State::bare_value;
}

/// Of what was read, what may become the end that is looked for; nothing else, so that contexts are equal where they go on equally.
void HtmlContext::read_raw_text(char c) {
  const std::string end = "</" + tag_;
  tail_ += lower(c);
  while (!end.starts_with(tail_)) tail_.erase(0, 1);
  if (tail_ != end) return;
  state_ = State::in_tag;
  in_raw_text_ = false;
  tag_.clear();
  tail_.clear();
}

void HtmlContext::read_comment(char c) {
  const bool is_first = tail_.empty();
  if (is_first && c == '[') {
    state_ = State::in_tag;
    tag_ = "!";
  } else if (c == '>' && tail_ == "--") {
    tag_.clear();
    close_tag();
  } else if (c == '-') {
    tail_ = tail_.starts_with('-') ? "--" : "-";
  } else {
    tail_ = k_other;
  }
}

void HtmlContext::close_tag() {
  state_ = State::text;
  in_raw_text_ = tag_ == "script" || tag_ == "style";
  if (!in_raw_text_) tag_.clear();
  attribute_.clear();
  tail_.clear();
}

void HtmlContext::step(char c) {
  switch (state_) {
    case State::text:
      if (in_raw_text_) return read_raw_text(c);
      if (c == '<') state_ = State::tag_begin;
      return;
    case State::tag_begin:
      if (c == '!' || lower(c) == '/' || (lower(c) >= 'a' && lower(c) <= 'z') || c == '?') {
        state_ = State::tag_name;
        add_name(tag_, c);
      } else if (c != '<') {
        state_ = State::text;
      }
      return;
    case State::tag_name:
      if (c == '>') return close_tag();
      if (is_space(c)) {
        state_ = State::in_tag;
        return;
      }
      add_name(tag_, c);
      // `<!--[if mso]>` hides HTML from most readers, and is HTML for the others: it is a tag like any other.
      if (tag_ == "!--") state_ = State::comment;
      return;
    case State::comment:
      return read_comment(c);
    case State::in_tag:
      attribute_.clear();
      if (c == '>') return close_tag();
      if (is_space(c) || c == '/') return;
      state_ = State::attribute_name;
      add_name(attribute_, c);
      return;
    case State::attribute_name:
    case State::attribute_end:
      if (c == '>') return close_tag();
      if (c == '=') {
        state_ = State::value_begin;
      } else if (is_space(c)) {
        state_ = State::attribute_end;
      } else if (state_ == State::attribute_end) {
        attribute_.clear();
        add_name(attribute_, c);
        state_ = State::attribute_name;
      } else {
        add_name(attribute_, c);
      }
      return;
    case State::value_begin:
      if (is_space(c)) return;
      if (c == '>') return close_tag();
      return begin_value(c);
    case State::value:
      if (c == quote_) {
        state_ = State::in_tag;
        quote_ = 0;
        attribute_.clear();
        address_ = AddressContext();
      } else if (is_address(attribute_)) {
        address_.advance(c);
      }
      return;
    case State::bare_value:
      if (c == '>') return close_tag();
      if (is_space(c)) state_ = State::in_tag;
      return;
  }
}

HtmlPlace HtmlContext::place() const {
  switch (state_) {
    case State::text:
      if (!in_raw_text_) return HtmlPlace::text;
      return tag_ == "script" ? HtmlPlace::script : HtmlPlace::style;
    case State::comment:
      return HtmlPlace::text;
    case State::value:
      return place_in_value();
    case State::tag_begin:
    case State::tag_name:
    case State::in_tag:
    case State::attribute_name:
    case State::attribute_end:
    case State::value_begin:
    case State::bare_value:
      return HtmlPlace::tag;
  }
  return HtmlPlace::tag;
}

HtmlPlace HtmlContext::place_in_value() const {
  if (attribute_.starts_with("on") || tag_ == "script") return HtmlPlace::script;
  if (attribute_ == "style") return HtmlPlace::style;
  if (attribute_ == "srcdoc") return HtmlPlace::page;
  if (tag_ == "meta" && attribute_ == "content") return HtmlPlace::meta;
  if (is_animation(tag_, attribute_)) return HtmlPlace::animation;
  if (is_address(attribute_)) return address_.place();
  return is_for_people(attribute_) ? HtmlPlace::words : HtmlPlace::attribute;
}

}  // namespace wend::liquid
