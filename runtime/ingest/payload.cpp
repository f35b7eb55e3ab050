#include "runtime/ingest/payload.h"

#include <algorithm>
#include <cstring>
#include <optional>

namespace wend::ingest {
namespace {

using bytecode::JsonKinds;

void append_utf8(uint32_t point, std::pmr::string& out) {
  const auto push = [&](uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (point < 0x80) return push(point);
  if (point < 0x800) {
    push(0xc0 | point >> 6);
  } else {
    if (point < 0x10000) {
      push(0xe0 | point >> 12);
    } else {
      push(0xf0 | point >> 18);
      push(0x80 | (point >> 12 & 0x3f));
    }
    push(0x80 | (point >> 6 & 0x3f));
  }
  push(0x80 | (point & 0x3f));
}

class Parser {
 public:
  Parser(std::string_view text, std::pmr::memory_resource* arena) : text_(text), arena_(arena) {}

  bool document(PayloadValue& out) {
    if (!value(out, 0)) return false;
    skip_blanks();
    return at_ == text_.size() || fail("something follows the value");
  }
  const char* fault() const { return fault_; }

 private:
  bool fail(const char* what) {
    fault_ = what;
    return false;
  }
  void skip_blanks() {
    while (at_ < text_.size() && std::strchr(" \t\r\n", text_[at_]) != nullptr && text_[at_] != '\0') ++at_;
  }
  bool take(char c) {
    skip_blanks();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool word(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return fail("it is no value of JSON");
    at_ += word.size();
    return true;
  }

  bool value(PayloadValue& out, int depth) {
    if (depth > k_payload_depth_max) return fail("it is nested too deep");
    skip_blanks();
    if (at_ == text_.size()) return fail("it ends early");
    switch (text_[at_]) {
      case '{':
        return object(out, depth);
      case '[':
        return array(out, depth);
      case '"':
        out.kind = JsonKinds::string;
        return string(out.text);
      case 't':
        out.kind = JsonKinds::boolean;
        out.truth = true;
        return word("true");
      case 'f':
        out.kind = JsonKinds::boolean;
        return word("false");
      case 'n':
        return word("null");
      default:
        return number(out);
    }
  }

  template <typename T>
  std::span<const T> keep(const std::vector<T>& items) {
    if (items.empty()) return {};
    auto* copy = static_cast<T*>(arena_->allocate(items.size() * sizeof(T), alignof(T)));
    std::uninitialized_copy(items.begin(), items.end(), copy);
    return {copy, items.size()};
  }

  bool object(PayloadValue& out, int depth) {
    ++at_;
    out.kind = JsonKinds::object;
    std::vector<PayloadMember> members;
    if (take('}')) return true;
    do {
      PayloadMember& member = members.emplace_back();
      skip_blanks();
      if (at_ == text_.size() || text_[at_] != '"') return fail("a member of an object has no name");
      if (!string(member.name)) return false;
      if (!take(':')) return fail("a colon is missing after the name of a member");
      if (!value(member.value, depth + 1)) return false;
    } while (take(','));
    if (!take('}')) return fail("an object is not closed");
    // Of equal names the last one in the text comes first, and stays.
    std::ranges::reverse(members);
    std::ranges::stable_sort(members, {}, &PayloadMember::name);
    const auto repeats = std::ranges::unique(members, {}, &PayloadMember::name);
    members.erase(repeats.begin(), repeats.end());
    out.members = keep(members);
    return true;
  }

  bool array(PayloadValue& out, int depth) {
    ++at_;
    out.kind = JsonKinds::array;
    std::vector<PayloadValue> elements;
    if (take(']')) return true;
    do {
      if (!value(elements.emplace_back(), depth + 1)) return false;
    } while (take(','));
    if (!take(']')) return fail("a list is not closed");
    out.elements = keep(elements);
    return true;
  }

  bool number(PayloadValue& out) {
    const size_t begin = at_;
    while (at_ < text_.size() && std::string_view("+-.eE0123456789").find(text_[at_]) != std::string_view::npos) ++at_;
    out.kind = JsonKinds::number;
    out.text = text_.substr(begin, at_ - begin);
    return !bytecode::canonical_number(out.text).empty() || fail("it is no value of JSON");
  }

  std::optional<uint32_t> hex4() {
    if (text_.size() - at_ < 4) return std::nullopt;
    uint32_t value = 0;
    for (int i = 0; i < 4; ++i) {
      const char c = text_[at_++];
      const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
      if (digit < 0) return std::nullopt;
      value = value << 4 | static_cast<uint32_t>(digit);
    }
    return value;
  }

  bool escape(std::pmr::string& out) {
    if (at_ == text_.size()) return fail("a text is not closed");
    const char c = text_[at_++];
    constexpr std::string_view k_letters = "\"\\/bfnrt";
    constexpr std::string_view k_meanings = "\"\\/\b\f\n\r\t";
    if (const size_t found = k_letters.find(c); found != std::string_view::npos) {
      out.push_back(k_meanings[found]);
      return true;
    }
    if (c != 'u') return fail("an escape is none of JSON's");
    auto point = hex4();
    if (!point) return fail("an escape is none of JSON's");
    if (*point >= 0xdc00 && *point < 0xe000) return fail("half of a surrogate pair stands alone");
    if (*point >= 0xd800 && *point < 0xdc00) {
      if (!text_.substr(at_).starts_with("\\u")) return fail("half of a surrogate pair stands alone");
      at_ += 2;
      const auto low = hex4();
      if (!low || *low < 0xdc00 || *low >= 0xe000) return fail("half of a surrogate pair stands alone");
      point = 0x10000 + ((*point - 0xd800) << 10) + (*low - 0xdc00);
    }
    append_utf8(*point, out);
    return true;
  }

  bool string(std::string_view& out) {
    const size_t begin = ++at_;
    while (at_ < text_.size() && text_[at_] != '"' && text_[at_] != '\\' && static_cast<unsigned char>(text_[at_]) >= 0x20) ++at_;
    if (at_ < text_.size() && text_[at_] == '"') {
      out = text_.substr(begin, at_++ - begin);
      return true;
    }
    auto* kept = new (arena_->allocate(sizeof(std::pmr::string), alignof(std::pmr::string))) std::pmr::string(text_.substr(begin, at_ - begin), arena_);
    while (at_ < text_.size() && text_[at_] != '"') {
      const char c = text_[at_++];
      if (static_cast<unsigned char>(c) < 0x20) return fail("a text holds a control character");
      if (c != '\\') {
        kept->push_back(c);
      } else if (!escape(*kept)) {
        return false;
      }
    }
    if (at_ == text_.size()) return fail("a text is not closed");
    ++at_;
    out = *kept;
    return true;
  }

  std::string_view text_;
  std::pmr::memory_resource* arena_;
  size_t at_ = 0;
  const char* fault_ = "";
};

}  // namespace

std::optional<size_t> PayloadValue::find(std::string_view name) const {
  const auto found = std::ranges::lower_bound(members, name, {}, &PayloadMember::name);
  if (found == members.end() || found->name != name) return std::nullopt;
  return static_cast<size_t>(found - members.begin());
}

void append_canonical(const PayloadValue& value, std::string& out) {
  switch (value.kind) {
    case JsonKinds::null:
      out += "null";
      return;
    case JsonKinds::boolean:
      out += value.truth ? "true" : "false";
      return;
    case JsonKinds::integer:
    case JsonKinds::number:
      out += bytecode::canonical_number(value.text);
      return;
    case JsonKinds::string:
      return bytecode::append_canonical_text(value.text, out);
    case JsonKinds::array:
      out += '[';
      for (const PayloadValue& element : value.elements) {
        append_canonical(element, out);
        out += ',';
      }
      out += ']';
      return;
    case JsonKinds::object:
      out += '{';
      for (const PayloadMember& member : value.members) {
        bytecode::append_canonical_text(member.name, out);
        out += ':';
        append_canonical(member.value, out);
        out += ',';
      }
      out += '}';
      return;
  }
}

std::expected<PayloadValue, const char*> Payload::parse(std::string_view text) {
  arena_.release();
  Parser parser(text, &arena_);
  PayloadValue root;
  if (!parser.document(root)) return std::unexpected(parser.fault());
  return root;
}

}  // namespace wend::ingest
