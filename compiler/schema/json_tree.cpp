#include "compiler/schema/json_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <optional>

#include "compiler/source/utf8.h"
#include "runtime/base/utf8.h"

namespace wend::schema {
namespace {

// Looking through so many members is no slower than a search.
constexpr std::size_t k_members_looked_through = 8;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// By their keys, and of one key in the order of the text.
std::vector<std::uint32_t> order_of(const std::vector<JsonMember>& members) {
  std::vector<std::uint32_t> order(members.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, {}, [&](std::uint32_t at) -> const std::string& { return members[at].key; });
  return order;
}

// Whether two values are written alike, wherever they stand.
bool is_same(const JsonNode& a, const JsonNode& b) {
  return a.kind == b.kind && a.boolean == b.boolean && a.text == b.text && std::ranges::equal(a.elements, b.elements, is_same) &&
         std::ranges::equal(a.members, b.members, [](const JsonMember& x, const JsonMember& y) { return x.key == y.key && is_same(x.value, y.value); });
}

// Stops at the first thing that is wrong, and has said then what it is.
class Reader {
 public:
  explicit Reader(const source::SourceFile& file) : file_(file), text_(file.text()) {
    if (text_.starts_with(k_byte_order_mark)) at_ = k_byte_order_mark.size();
  }

  std::expected<JsonNode, JsonError> read() {
    JsonNode root;
    if (const auto wrong = source::find_invalid_utf8(text_)) {
      at_ = *wrong;
      fail("a byte that is not UTF-8");
    } else if (value(root) && !at_end()) {
      expected("the end of the file");
    }
    if (error_) return std::unexpected(std::move(*error_));
    return root;
  }

 private:
  [[nodiscard]] source::Span span_from(std::size_t begin) const {
    return {file_.file_id(), static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(at_)};
  }
  bool fail_at(source::Span span, std::string reason) {
    error_ = JsonError{.span = span, .reason = std::move(reason)};
    return false;
  }
  bool fail(std::string reason) {
    const auto begin = static_cast<std::uint32_t>(at_);
    return fail_at({file_.file_id(), begin, begin + (at_ < text_.size() ? 1 : 0)}, std::move(reason));
  }
  bool expected(const char* what) {
    const bool is_end = at_ >= text_.size();
    const std::size_t length = is_end ? 0 : source::utf8_length_at(text_, at_);
    return fail(fmt::format("expected {}, found {}", what, is_end ? "the end of the file" : fmt::format("`{}`", text_.substr(at_, length))));
  }

  // True behind the last of what is not space.
  bool at_end() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r')) ++at_;
    return at_ == text_.size();
  }
  bool take(char c) {
    if (at_end() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  bool value(JsonNode& node) {
    if (at_end()) return expected("a value");
    switch (text_[at_]) {
      case '{':
        return object(node);
      case '[':
        return array(node);
      case '"':
        node.kind = JsonKind::string;
        return string(node.text, node.span);
      default:
        return is_digit(text_[at_]) || text_[at_] == '-' ? number(node) : word(node);
    }
  }

  bool word(JsonNode& node) {
    const std::size_t begin = at_;
    for (const std::string_view known : {"null", "true", "false"}) {
      if (!text_.substr(at_).starts_with(known)) continue;
      at_ += known.size();
      node.kind = known == "null" ? JsonKind::null : JsonKind::boolean;
      node.boolean = known == "true";
      node.text = known == "null" ? known : "";
      node.span = span_from(begin);
      return true;
    }
    return expected("a value");
  }

  bool digits() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
    return at_ > begin || expected("a digit");
  }
  bool next_is(std::string_view any) const { return at_ < text_.size() && any.find(text_[at_]) != std::string_view::npos; }

  // As it is written: how large it is, and how exact, is for others to say.
  bool number(JsonNode& node) {
    const std::size_t begin = at_;
    if (next_is("-")) ++at_;
    if (next_is("0")) {
      ++at_;
    } else if (!digits()) {
      return false;
    }
    if (next_is(".")) {
      ++at_;
      if (!digits()) return false;
    }
    if (next_is("eE")) {
      ++at_;
      if (next_is("+-")) ++at_;
      if (!digits()) return false;
    }
    if (at_ < text_.size() && is_digit(text_[at_])) return fail("a number does not begin with a zero");
    node.kind = JsonKind::number;
    node.text = text_.substr(begin, at_ - begin);
    node.span = span_from(begin);
    return true;
  }

  bool string(std::string& out, source::Span& span) {
    const std::size_t begin = at_++;
    while (at_ < text_.size() && text_[at_] != '"') {
      const char c = text_[at_];
      if (static_cast<unsigned char>(c) < 0x20) return fail("line ends and control characters stand in a text as `\\n` or `\\u0000`");
      if (c == '\\') {
        if (!escape(out)) return false;
      } else {
        out += c;
        ++at_;
      }
    }
    if (at_ == text_.size()) return fail_at({file_.file_id(), static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(begin + 1)}, "the text is not closed");
    ++at_;
    span = span_from(begin);
    return true;
  }

  bool escape(std::string& out) {
    constexpr std::string_view k_letters = R"("\/bfnrt)";
    constexpr std::string_view k_meanings = "\"\\/\b\f\n\r\t";
    const std::size_t begin = at_++;
    const char letter = at_ < text_.size() ? text_[at_] : '\0';
    if (letter == 'u') return code_point(out, begin);
    const std::size_t known = k_letters.find(letter);
    if (letter == '\0' || known == std::string_view::npos) return fail("no escape of JSON");
    out += k_meanings[known];
    ++at_;
    return true;
  }

  // Behind `\`, at `u`.
  std::optional<char32_t> hex() {
    char32_t value = 0;
    if (at_ + 5 > text_.size() || text_[at_] != 'u') return std::nullopt;
    for (const char c : text_.substr(at_ + 1, 4)) {
      const std::size_t digit = std::string_view("0123456789abcdef").find(c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c);
      if (digit == std::string_view::npos) return std::nullopt;
      value = value * 16 + static_cast<char32_t>(digit);
    }
    at_ += 5;
    return value;
  }

  bool code_point(std::string& out, std::size_t begin) {
    const auto first = hex();
    if (!first) return fail("`\\u` stands with four hexadecimal digits");
    char32_t whole = *first;
    if (whole >= 0xd800 && whole <= 0xdfff) {
      const bool is_first_half = whole < 0xdc00 && at_ < text_.size() && text_[at_] == '\\';
      if (is_first_half) ++at_;
      const auto second = is_first_half ? hex() : std::nullopt;
      if (!second || *second < 0xdc00 || *second > 0xdfff) return fail_at(span_from(begin), "half a character");
      whole = 0x10000 + ((whole - 0xd800) << 10) + (*second - 0xdc00);
    }
    source::utf8_append(out, whole);
    return true;
  }

  bool open(JsonNode& node, JsonKind kind) {
    const std::size_t begin = at_++;
    node.kind = kind;
    node.span = span_from(begin);
    if (++depth_ <= k_json_depth_max) return true;
    error_ = JsonError{.kind = JsonErrorKind::too_deep, .span = node.span};
    return false;
  }

  bool array(JsonNode& node) {
    if (!open(node, JsonKind::array)) return false;
    if (!take(']')) {
      do {
        if (!value(node.elements.emplace_back())) return false;
      } while (take(','));
      if (!take(']')) return expected("`,` or `]`");
    }
    --depth_;
    return true;
  }

  bool object(JsonNode& node) {
    if (!open(node, JsonKind::object)) return false;
    if (!take('}')) {
      do {
        if (at_end() || text_[at_] != '"') return expected("a key in quotation marks");
        JsonMember& member = node.members.emplace_back();
        if (!string(member.key, member.key_span)) return false;
        if (!take(':')) return expected("`:`");
        if (!value(member.value)) return false;
      } while (take(','));
      if (!take('}')) return expected("`,` or `}`");
    }
    --depth_;
    return has_every_key_once(node);
  }

  // Readers of JSON differ in which of two members counts, so neither does; what only says the same again is left out.
  bool has_every_key_once(JsonNode& node) {
    std::vector<JsonMember>& members = node.members;
    std::vector<std::uint32_t> order = order_of(members);
    std::vector<bool> says_the_same(members.size());
    bool some_do = false;
    const JsonMember* repeated = nullptr;
    const JsonMember* earlier = nullptr;
    for (std::size_t i = 1; i < order.size(); ++i) {
      const JsonMember& first = members[order[i - 1]];
      const JsonMember& second = members[order[i]];
      if (first.key != second.key) continue;
      if (is_same(first.value, second.value)) {
        says_the_same[order[i]] = some_do = true;
      } else if (repeated == nullptr || &second < repeated) {
        repeated = &second;
        earlier = &first;
      }
    }
    if (repeated != nullptr) {
      error_ = JsonError{.kind = JsonErrorKind::repeated_key, .span = repeated->key_span, .reason = repeated->key, .earlier = earlier->key_span};
      return false;
    }
    if (some_do) {
      std::size_t at = 0;
      std::erase_if(members, [&](const JsonMember&) { return says_the_same[at++]; });
      order = order_of(members);
    }
    if (members.size() > k_members_looked_through) node.by_key = std::move(order);
    return true;
  }

  const source::SourceFile& file_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  std::optional<JsonError> error_;
};

}  // namespace

const JsonMember* JsonNode::find(std::string_view key) const {
  if (by_key.size() != members.size()) {
    const auto at = std::ranges::find(members, key, &JsonMember::key);
    return at == members.end() ? nullptr : &*at;
  }
  const auto at = std::ranges::lower_bound(by_key, key, {}, [&](std::uint32_t index) { return std::string_view(members[index].key); });
  return at == by_key.end() || members[*at].key != key ? nullptr : &members[*at];
}

const JsonNode* JsonNode::value(std::string_view key) const {
  const JsonMember* member = find(key);
  return member == nullptr ? nullptr : &member->value;
}

std::expected<JsonNode, JsonError> parse_json(const source::SourceFile& file) {
  return Reader(file).read();
}

}  // namespace wend::schema
