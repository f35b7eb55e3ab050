#include "compiler/template/markup.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace wend::liquid {
namespace {

using diag::Kind;

// Brackets in brackets, and conditions joined in a row: both are walked by recursion.
constexpr std::size_t k_markup_depth_max = 64;

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// The length of the word that begins there.
std::size_t name_length(std::string_view text) {
  std::size_t length = 1;
  while (length < text.size() && (is_letter(text[length]) || is_digit(text[length]) || text[length] == '-')) ++length;
  if (length < text.size() && text[length] == '?') ++length;
  return length;
}
std::size_t number_length(std::string_view text) {
  std::size_t length = text[0] == '-' ? 1 : 0;
  while (length < text.size() && is_digit(text[length])) ++length;
  // `1..5` is a range.
  if (length + 1 < text.size() && text[length] == '.' && is_digit(text[length + 1])) {
    ++length;
    while (length < text.size() && is_digit(text[length])) ++length;
  }
  return length;
}
std::size_t symbol_length(std::string_view text) {
  for (const std::string_view two : {"==", "!=", "<>", "<=", ">=", ".."}) {
    if (text.starts_with(two)) return 2;
  }
  return std::string_view("|:,.[]()<>=").find(text[0]) != std::string_view::npos ? 1 : 0;
}

std::optional<Comparison> comparison_of(const Word& word) {
  if (word.kind != WordKind::symbol && word.kind != WordKind::name) return std::nullopt;
  constexpr std::pair<std::string_view, Comparison> k_operators[] = {
      {"==", Comparison::equal},   {"!=", Comparison::not_equal},     {"<>", Comparison::not_equal}, {"<", Comparison::less},
      {"<=", Comparison::less_equal}, {">", Comparison::greater}, {">=", Comparison::greater_equal}, {"contains", Comparison::contains}};
  for (const auto& [text, op] : k_operators) {
    if (word.text == text) return op;
  }
  return std::nullopt;
}

std::string describe(const Word& word) {
  if (word.kind == WordKind::end) return "the end of the tag";
  if (word.kind == WordKind::text) return "a text";
  return fmt::format("`{}`", word.text);
}

}  // namespace

const char* spelling(Comparison comparison) {
  switch (comparison) {
    case Comparison::equal:
      return "==";
    case Comparison::not_equal:
      return "!=";
    case Comparison::less:
      return "<";
    case Comparison::less_equal:
      return "<=";
    case Comparison::greater:
      return ">";
    case Comparison::greater_equal:
      return ">=";
    case Comparison::contains:
      return "contains";
  }
  return "";
}

Markup::Markup(const source::SourceFile& file, Span span, std::vector<diag::Diagnostic>& diagnostics)
    : file_(file), span_(span), diagnostics_(diagnostics) {
  read_words();
}

void Markup::read_words() {
  const std::string_view text = file_.text();
  std::uint32_t at = span_.begin;
  const auto add = [&](WordKind kind, std::size_t length) {
    const Span span{span_.file_id, at, at + static_cast<std::uint32_t>(length)};
    words_.push_back({kind, text.substr(at, length), span});
    at = span.end;
  };
  while (at < span_.end) {
    const std::string_view rest = text.substr(at, span_.end - at);
    if (is_space(rest[0])) {
      ++at;
    } else if (is_letter(rest[0])) {
      add(WordKind::name, name_length(rest));
    } else if (is_digit(rest[0]) || (rest[0] == '-' && rest.size() > 1 && is_digit(rest[1]))) {
      add(WordKind::number, number_length(rest));
    } else if (rest[0] == '"' || rest[0] == '\'') {
      const std::size_t close = rest.find(rest[0], 1);
      if (close == std::string_view::npos) {
        add(WordKind::wrong, 1);
        break;
      }
      add(WordKind::text, close + 1);
      words_.back().text = rest.substr(1, close - 1);
    } else if (const std::size_t length = symbol_length(rest); length > 0) {
      add(WordKind::symbol, length);
    } else {
      add(WordKind::wrong, 1);
      break;
    }
  }
  words_.push_back({WordKind::end, {}, {span_.file_id, span_.end, span_.end}});
}

bool Markup::take_if(std::string_view text) {
  if (!is(text)) return false;
  take();
  return true;
}
bool Markup::expect(std::string_view text) {
  if (take_if(text)) return true;
  fail(fmt::format("`{}`", text));
  return false;
}
void Markup::expect_end() {
  if (!at_end()) fail("the end of the tag");
}
void Markup::fail(const std::string& expected) {
  if (!failed_) {
    const Word& word = peek();
    // An empty place is shown by the mark that closes it.
    const Span place = word.span.length() > 0 ? word.span : Span{span_.file_id, span_.end, std::min<std::uint32_t>(span_.end + 2, static_cast<std::uint32_t>(file_.text().size()))};
    diagnostics_.emplace_back(Kind::template_syntax, place).with("expected", expected).with("found", describe(word));
  }
  failed_ = true;
  at_ = words_.size() - 1;
}

Span Markup::since(Span begin) const {
  const Span last = at_ > 0 ? words_[at_ - 1].span : begin;
  return {begin.file_id, begin.begin, std::max(last.end, begin.end)};
}

Name Markup::name(const std::string& what) {
  if (peek().kind != WordKind::name) {
    fail(what);
    return {{}, peek().span};
  }
  const Word word = take();
  return {std::string(word.text), word.span};
}

ValuePtr Markup::nested() {
  if (++depth_ > k_markup_depth_max) fail(fmt::format("at most {} brackets inside each other", k_markup_depth_max));
  auto result = std::make_unique<Value>(value());
  --depth_;
  return result;
}

Value Markup::number(const Word& word) {
  if (word.text.find('.') == std::string_view::npos) {
    std::int64_t integer = 0;
    const auto [end, failure] = std::from_chars(word.text.data(), word.text.data() + word.text.size(), integer);
    if (failure == std::errc() && end == word.text.data() + word.text.size()) return {integer, word.span};
  }
  const auto decimal = Decimal::parse(word.text);
  return {decimal.value_or(Decimal()), word.span};
}

Value Markup::value() {
  const Word word = peek();
  if (word.kind == WordKind::text) return {std::string(take().text), word.span};
  if (word.kind == WordKind::number) return number(take());
  if (is("[")) {
    // `{{ ['cart'].items }}` names the parameter in another way; `{{ [name] }}` is known only when it runs.
    return path();
  }
  if (take_if("(")) {
    ValuePtr first = nested();
    expect("..");
    ValuePtr last = nested();
    expect(")");
    return {Range{std::move(first), std::move(last)}, since(word.span)};
  }
  if (word.kind != WordKind::name) {
    fail("a value");
    return {Nil{}, word.span};
  }
  const bool is_path = peek(1).text == "." || (peek(1).text == "[" && peek(1).kind == WordKind::symbol);
  if (!is_path || peek(1).kind != WordKind::symbol) {
    if (word.text == "nil" || word.text == "null") return take(), Value{Nil{}, word.span};
    if (word.text == "empty") return take(), Value{Empty{}, word.span};
    if (word.text == "blank") return take(), Value{Blank{}, word.span};
    if (word.text == "true" || word.text == "false") return take(), Value{word.text == "true", word.span};
  }
  return path();
}

Value Markup::path() {
  const Span begin = peek().span;
  Path result;
  if (take_if("[")) {
    if (peek().kind == WordKind::text) {
      const Word word = take();
      result.root = {std::string(word.text), word.span};
    } else {
      diagnostics_.emplace_back(Kind::template_dynamic, begin).with("what", "which name is meant");
      failed_ = true;
      at_ = words_.size() - 1;
      return {Nil{}, begin};
    }
    expect("]");
  } else {
    result.root = name("a name");
  }
  for (;;) {
    const Span start = peek().span;
    Selector selector;
    if (take_if(".")) {
      selector.name = name("the name of a field");
    } else if (take_if("[")) {
      if (peek().kind == WordKind::text) {
        const Word word = take();
        selector.name = Name{std::string(word.text), word.span};
      } else {
        selector.index = nested();
      }
      expect("]");
    } else {
      break;
    }
    selector.span = since(start);
    result.selectors.push_back(std::move(selector));
    if (result.selectors.size() > k_markup_depth_max) fail(fmt::format("at most {} fields in a row", k_markup_depth_max));
  }
  return {std::move(result), since(begin)};
}

Argument Markup::argument() {
  Argument result;
  if (peek().kind == WordKind::name && peek(1).kind == WordKind::symbol && peek(1).text == ":") {
    result.name = name("a name");
    take();
  }
  result.value = value();
  return result;
}

Filtered Markup::filtered() {
  const Span begin = peek().span;
  Filtered result;
  result.value = value();
  while (take_if("|")) {
    Filter filter;
    const Span start = peek().span;
    filter.name = name("the name of a filter");
    if (take_if(":")) {
      do {
        filter.arguments.push_back(argument());
      } while (take_if(","));
    }
    filter.span = since(start);
    result.filters.push_back(std::move(filter));
    if (result.filters.size() > k_markup_depth_max) fail(fmt::format("at most {} filters in a row", k_markup_depth_max));
  }
  result.span = since(begin);
  return result;
}

std::vector<Argument> Markup::named_arguments() {
  std::vector<Argument> result;
  take_if(",");
  while (!at_end()) {
    Argument made = argument();
    if (!made.name && !failed_) fail("a name and `:`");
    result.push_back(std::move(made));
    if (!take_if(",")) break;
  }
  return result;
}

Condition Markup::comparison() {
  const Span begin = peek().span;
  Value left = value();
  const Word word = peek();
  const auto op = comparison_of(word);
  if (!op) return {std::move(left), since(begin)};
  take();
  Value right = value();
  return {Compared{*op, word.span, std::move(left), std::move(right)}, since(begin)};
}

Condition Markup::condition() {
  const Span begin = peek().span;
  Condition left = comparison();
  const bool is_and = is("and");
  if (!is_and && !is("or")) return left;
  take();
  if (++depth_ > k_markup_depth_max) {
    fail(fmt::format("at most {} conditions in a row", k_markup_depth_max));
    return left;
  }
  Condition right = condition();
  --depth_;
  return {Joined{!is_and, std::make_unique<Condition>(std::move(left)), std::make_unique<Condition>(std::move(right))}, since(begin)};
}

}  // namespace wend::liquid
