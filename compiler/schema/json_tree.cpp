#include "compiler/schema/json_tree.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace wend::schema {

const JsonMember* JsonNode::find(std::string_view key) const {
  const auto at = std::find_if(members.begin(), members.end(), [&](const JsonMember& member) { return member.key == key; });
  return at == members.end() ? nullptr : &*at;
}

const JsonNode* JsonNode::value(std::string_view key) const {
  const JsonMember* member = find(key);
  return member == nullptr ? nullptr : &member->value;
}

namespace {

// Counts what the parser has read, so that its callbacks can say where they are: a token ends where reading stopped.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, const char** furthest) : at_(at), furthest_(furthest) {}
  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    ++at_;
    *furthest_ = std::max(*furthest_, at_);
    return *this;
  }
  CountingIterator operator++(int) {
    CountingIterator before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const CountingIterator& a, const CountingIterator& b) { return a.at_ == b.at_; }

 private:
  const char* at_;
  const char** furthest_;
};

class TreeBuilder final : public nlohmann::json_sax<nlohmann::json> {
 public:
  TreeBuilder(const source::SourceFile& file, const char* const* furthest) : file_(file), furthest_(furthest) {}

  bool null() override { return add(JsonKind::null, "null"); }
  bool boolean(bool value) override {
    JsonNode node{.kind = JsonKind::boolean, .boolean = value, .span = ending_here(value ? 4 : 5)};
    return add(std::move(node));
  }
  bool number_integer(number_integer_t value) override { return add(JsonKind::number, std::to_string(value)); }
  bool number_unsigned(number_unsigned_t value) override { return add(JsonKind::number, std::to_string(value)); }
  bool number_float(number_float_t /*value*/, const string_t& text) override { return add(JsonKind::number, text); }
  bool string(string_t& value) override {
    JsonNode node{.kind = JsonKind::string, .text = value, .span = ending_here(value.size() + 2)};
    return add(std::move(node));
  }
  bool binary(binary_t& /*value*/) override { return false; }
  bool start_object(std::size_t /*elements*/) override { return open(JsonKind::object); }
  bool start_array(std::size_t /*elements*/) override { return open(JsonKind::array); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& value) override {
    keys_.back() = {value, ending_here(value.size() + 2), {}};
    return true;
  }
  bool parse_error(std::size_t /*position*/, const std::string& /*token*/, const nlohmann::json::exception& problem) override {
    std::string reason = problem.what();
    const std::size_t colon = reason.find(": ");
    error.reason = colon == std::string::npos ? reason : reason.substr(colon + 2);
    error.span = ending_here(1);
    return false;
  }

  JsonNode root;
  JsonError error;

 private:
  source::Span ending_here(std::size_t length) const {
    const auto end = static_cast<std::uint32_t>(*furthest_ - file_.text().data());
    return {file_.file_id(), end - std::min<std::uint32_t>(end, static_cast<std::uint32_t>(length)), end};
  }
  bool add(JsonKind kind, std::string text) {
    // A number is known to have ended only when the character behind it has been read.
    source::Span span = ending_here(text.size() + (kind == JsonKind::number ? 1 : 0));
    if (kind == JsonKind::number && span.end > span.begin) --span.end;
    return add(JsonNode{.kind = kind, .text = std::move(text), .span = span});
  }
  bool add(JsonNode node) {
    if (open_.empty()) {
      root = std::move(node);
    } else if (open_.back().kind == JsonKind::array) {
      open_.back().elements.push_back(std::move(node));
    } else {
      keys_.back().value = std::move(node);
      open_.back().members.push_back(std::move(keys_.back()));
    }
    return true;
  }
  bool open(JsonKind kind) {
    if (open_.size() == k_json_depth_max) {
      error = {ending_here(1), "", true};
      return false;
    }
    open_.push_back(JsonNode{.kind = kind, .span = ending_here(1)});
    keys_.emplace_back();
    return true;
  }
  bool close() {
    JsonNode node = std::move(open_.back());
    open_.pop_back();
    keys_.pop_back();
    return add(std::move(node));
  }

  const source::SourceFile& file_;
  const char* const* furthest_;
  std::vector<JsonNode> open_;
  std::vector<JsonMember> keys_;  // the key last read in each open node
};

}  // namespace

std::expected<JsonNode, JsonError> parse_json(const source::SourceFile& file) {
  std::string_view text = file.text();
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  const char* furthest = text.data();
  TreeBuilder builder(file, &furthest);
  const CountingIterator begin(text.data(), &furthest);
  const CountingIterator end(text.data() + text.size(), &furthest);
  if (!nlohmann::json::sax_parse(begin, end, &builder)) return std::unexpected(builder.error);
  return std::move(builder.root);
}

}  // namespace wend::schema
