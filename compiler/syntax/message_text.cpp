#include <algorithm>

// The texts of messages: `Hello {name}`, `{count, plural, one {# item} other {# items}}`.

#include "compiler/syntax/hole.h"
#include "compiler/syntax/tree_builder.h"

namespace wend::syntax {

using diag::Diagnostic;
using diag::Kind;

Template TreeBuilder::build_template(antlr4::tree::TerminalNode* node) {
  Template result;
  result.literal = build_string(node);  // reports what is wrong with its escapes
  cut_text(string_content(result.literal.span), result.pieces, nullptr);
  return result;
}

std::optional<char> TreeBuilder::escape_meaning(char escaped) {
  static constexpr std::string_view k_escapes = "nt\"\\";
  static constexpr std::string_view k_meanings = "\n\t\"\\";
  const std::size_t found = k_escapes.find(escaped);
  return found == std::string_view::npos ? std::nullopt : std::optional(k_meanings[found]);
}

/// Cuts a text at its holes. Inside a form of a plural, `#` stands for its `count`.
void TreeBuilder::cut_text(Span content, std::vector<TemplatePiece>& pieces, const Span* count) {
  const std::string_view source = file_.text();
  std::string text;
  std::uint32_t piece_begin = content.begin;
  std::uint32_t at = content.begin;
  const auto end_piece = [&](std::uint32_t end) {
    if (!text.empty()) pieces.push_back({std::move(text), nullptr, {content.file_id, piece_begin, end}, {}});
    text.clear();
  };
  while (at < content.end) {
    const char character = source[at];
    const bool is_special = character == '{' || character == '}' || (count != nullptr && character == '#');
    if (character == '\\' && at + 1 < content.end) {
      text += escape_meaning(source[at + 1]).value_or(source[at + 1]);
      at += 2;
    } else if (!is_special) {
      text += character;
      ++at;
    } else if (at + 1 < content.end && source[at + 1] == character) {
      text += character;
      at += 2;
    } else if (character == '}') {
      const Span place{content.file_id, at, at + 1};
      report(Diagnostic(Kind::stray_brace_in_text, place)
                 .help("a brace in the text is written twice", {place, "}}", diag::Applicability::likely}));
      ++at;
    } else {
      end_piece(at);
      if (character == '#') {
        const Span place{content.file_id, at, at + 1};
        if (!count_hole(place)) return;
        pieces.push_back({"", hole_expression(*count, place), place, {}});
        ++at;
      } else if (!take_hole(at, content, pieces)) {
        return;
      }
      piece_begin = at;
    }
  }
  end_piece(content.end);
}

/// Whether the file may have one more.
bool TreeBuilder::count_hole(Span place) {
  if (++hole_count_ <= k_holes_max) return true;
  if (hole_count_ == k_holes_max + 1)
    report(Diagnostic(Kind::too_many_holes, place).with("limit", static_cast<std::int64_t>(k_holes_max)));
  return false;
}

ExprPtr TreeBuilder::hole_expression(Span inside, Span whole) {
  const std::string_view expression = file_.text(inside);
  ExprPtr hole = std::make_unique<Expr>(Expr{inside, ErrorExpr{}});
  if (expression.find_first_not_of(" \t") == std::string_view::npos) {
    report(Diagnostic(Kind::empty_hole, whole).help("a brace in the text is written twice: `{{`"));
  } else if (expression.find('\\') != std::string_view::npos) {
    report(Diagnostic(Kind::quotes_in_hole, whole).note("give the text to the message as a parameter, or as a parameter's default"));
  } else {
    hole = parse_hole(inside, reporter_);
  }
  found_error_ = found_error_ || hole->kind() == ExprKind::Error;
  return hole;
}

namespace {

constexpr std::string_view k_spaces = " \t\r\n";

/// Where `, plural,` ends in the text of a hole; npos when it is a hole like any other.
std::size_t end_of_plural_word(std::string_view inside, std::size_t comma) {
  constexpr std::string_view word = "plural";
  const std::size_t begin = inside.find_first_not_of(k_spaces, comma + 1);
  if (begin == std::string_view::npos || !inside.substr(begin).starts_with(word)) return std::string_view::npos;
  const std::size_t second = inside.find_first_not_of(k_spaces, begin + word.size());
  return second != std::string_view::npos && inside[second] == ',' ? second + 1 : std::string_view::npos;
}

/// The word of `{n, select, …`, where `plural` is expected; empty when it is a hole like any other.
std::string_view wrong_plural_word(std::string_view hole) {
  const std::size_t comma = hole.find(',');
  // Behind a bracket a comma separates arguments.
  if (comma == std::string_view::npos || hole.find_first_of("([") < comma) return {};
  const std::size_t begin = hole.find_first_not_of(k_spaces, comma + 1);
  if (begin == std::string_view::npos) return {};
  const std::size_t end = std::min(hole.find_first_not_of("abcdefghijklmnopqrstuvwxyz", begin), hole.size());
  const std::size_t next = hole.find_first_not_of(k_spaces, end);
  return next != std::string_view::npos && hole[next] == ',' ? hole.substr(begin, end - begin) : std::string_view();
}

/// Behind the `}` that closes the brace there, or at the end.
std::size_t behind_braces(std::string_view source, std::size_t open) {
  int depth = 0;
  for (std::size_t at = open; at < source.size(); ++at) {
    if (source[at] == '{') ++depth;
    if (source[at] == '}' && --depth == 0) return at + 1;
  }
  return source.size();
}

}  // namespace

/// At the `{` of a hole: parses it and moves behind its `}`. False when it is not closed or there are too many.
bool TreeBuilder::take_hole(std::uint32_t& at, Span content, std::vector<TemplatePiece>& pieces) {
  const std::string_view source = file_.text().substr(0, content.end);
  const std::uint32_t begin = at;
  const std::size_t close = source.find('}', at);
  const Span brace{content.file_id, begin, begin + 1};
  if (close == std::string_view::npos) {
    report(Diagnostic(Kind::unclosed_hole, brace)
               .label("opened here")
               .help("close the hole with `}`, or write `{{` for a brace in the text", {brace, "{{", diag::Applicability::placeholders}));
    return false;
  }
  const std::string_view inside = source.substr(0, close);
  for (std::size_t comma = inside.find(',', begin); comma != std::string_view::npos; comma = inside.find(',', comma + 1)) {
    const std::size_t forms = end_of_plural_word(inside, comma);
    if (forms == std::string_view::npos) continue;
    const Span count{content.file_id, begin + 1, static_cast<std::uint32_t>(comma)};
    return take_plural(at, content, count, static_cast<std::uint32_t>(forms), pieces);
  }
  if (const std::string_view word = wrong_plural_word(inside.substr(begin)); !word.empty()) {
    const auto word_begin = static_cast<std::uint32_t>(word.data() - source.data());
    const Span place{content.file_id, word_begin, word_begin + static_cast<std::uint32_t>(word.size())};
    report(Diagnostic(Kind::plural_form_expected, place)
               .label("a text chooses by `plural` only")
               .help("choose by a number: `{count, plural, one {# item} other {# items}}`; between texts, choose with `match` at the `send`"));
    found_error_ = true;
    at = static_cast<std::uint32_t>(behind_braces(source, begin));
    return true;
  }
  at = static_cast<std::uint32_t>(close) + 1;
  const Span whole{content.file_id, begin, at};
  if (!count_hole(whole)) return false;
  pieces.push_back({"", hole_expression({content.file_id, begin + 1, at - 1}, whole), whole, {}});
  return true;
}

/// `forms`: where they begin. Moves behind the last `}`.
bool TreeBuilder::take_plural(std::uint32_t& at, Span content, Span count, std::uint32_t forms, std::vector<TemplatePiece>& pieces) {
  const std::string_view source = file_.text().substr(0, content.end);
  const Span brace{content.file_id, at, at + 1};
  TemplatePiece plural{"", nullptr, brace, {}};
  if (!count_hole(brace)) return false;
  const auto fail = [&](Span place, const char* what) {
    report(Diagnostic(Kind::plural_form_expected, place)
               .label(what)
               .note("a plural names the forms of a word: `{count, plural, one {# item} other {# items}}`"));
    found_error_ = true;
    return false;
  };
  if (is_in_plural_) return fail(brace, "a plural inside a plural");
  while (true) {
    const std::size_t next = source.find_first_not_of(k_spaces, forms);
    forms = static_cast<std::uint32_t>(std::min(next, source.size()));
    if (next == std::string_view::npos) return fail(brace, "not closed");
    if (source[next] == '}') break;
    std::optional<PluralForm> form = take_form(forms, content, count);
    if (!form) return fail({content.file_id, forms, forms + 1}, "expected a form such as `one {…}`");
    plural.forms.push_back(std::move(*form));
  }
  at = forms + 1;
  plural.span.end = at;
  if (plural.forms.empty()) return fail(plural.span, "no forms");
  plural.hole = hole_expression(count, plural.span);
  pieces.push_back(std::move(plural));
  return true;
}

/// `few {# items}`, `=0 {nothing}`. Moves behind it, or to where something else was expected.
std::optional<PluralForm> TreeBuilder::take_form(std::uint32_t& at, Span content, Span count) {
  const std::string_view source = file_.text().substr(0, content.end);
  const std::uint32_t begin = at;
  const bool is_number = source[at] == '=';
  const std::string_view letters = is_number ? "0123456789" : "abcdefghijklmnopqrstuvwxyz";
  const std::size_t name_end = source.find_first_not_of(letters, at + (is_number ? 1 : 0));
  if (name_end == std::string_view::npos || name_end == begin + (is_number ? 1 : 0)) return std::nullopt;
  const Span name{content.file_id, begin, static_cast<std::uint32_t>(name_end)};
  const std::size_t open = source.find_first_not_of(k_spaces, name_end);
  at = static_cast<std::uint32_t>(std::min(open, source.size()));
  if (open == std::string_view::npos || source[open] != '{') return std::nullopt;
  int depth = 0;
  for (std::size_t end = open; end < source.size(); ++end) {
    if (source[end] == '{') ++depth;
    if (source[end] != '}' || --depth > 0) continue;
    PluralForm form{{std::string(file_.text(name)), name}, {}};
    at = static_cast<std::uint32_t>(end) + 1;
    is_in_plural_ = true;
    cut_text({content.file_id, static_cast<std::uint32_t>(open) + 1, at - 1}, form.pieces, &count);
    is_in_plural_ = false;
    return form;
  }
  return std::nullopt;
}

}  // namespace wend::syntax
