#include "compiler/syntax/repair.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

#include "WendLexer.h"
#include "compiler/diag/suggest.h"
#include "compiler/source/utf8.h"
#include "compiler/syntax/spelling.h"
#include "compiler/syntax/words.h"

namespace wend::syntax {
namespace {

using diag::Applicability;
using diag::Diagnostic;
using diag::Kind;
using diag::Replacement;
using grammar::WendLexer;

struct Lookalike {
  std::string_view character;
  std::string_view meant;
};
constexpr std::array k_lookalikes =
    std::to_array<Lookalike>({{"≤", "<="}, {"≥", ">="}, {"≠", "!="}, {"–", "-"}, {"—", "-"}, {"−", "-"}, {"×", "*"}, {"→", "=>"}});
constexpr std::array<std::string_view, 5> k_typographic = {"“", "”", "„", "‘", "’"};

class Repair {
 public:
  Repair(Lexed& lexed, Reporter& reporter) : lexed_(lexed), tokens_(lexed.tokens), reporter_(reporter), file_(reporter.file()) {}

  void run() {
    for (at_ = 0; at_ < tokens_.size(); ++at_) {
      if (tokens_[at_] == nullptr) continue;
      follow_declaration();
      repair_one();
    }
    std::erase_if(tokens_, [](const std::unique_ptr<antlr4::Token>& token) { return token == nullptr; });
  }

 private:
  antlr4::Token& token() { return *tokens_[at_]; }
  source::Span span() { return span_of(file_, token()); }
  std::string text() { return std::string(text_of(file_, token())); }

  /// The next token after the present one, or null. Removed tokens are null entries until the end of the run.
  antlr4::Token* next(std::size_t distance = 1) {
    for (std::size_t index = at_ + 1; index < tokens_.size(); ++index) {
      if (tokens_[index] != nullptr && --distance == 0) return tokens_[index].get();
    }
    return nullptr;
  }
  bool next_is(std::string_view literal) { return next() != nullptr && next()->getType() == token_type(literal); }
  void drop() { tokens_[at_].reset(); }

  /// Remembers which declaration the present token is in: field names and enum values get their own advice.
  void follow_declaration() {
    const std::size_t type = token().getType();
    if (depth_ == 0 && begins_declaration(type)) {
      declaration_ = literal_of(type);
      declaration_begin_ = span().begin;
    }
    if (is_opening(type)) ++depth_;
    if (is_closing(type) && depth_ > 0) --depth_;
  }

  void repair_one() {
    switch (token().getType()) {
      case WendLexer::SEMICOLON:
        return semicolon();
      case WendLexer::SINGLE_QUOTED:
        return single_quotes();
      case WendLexer::OPEN_STRING:
        return open_string();
      case WendLexer::BAD_QUOTED:
        return bad_quoted();
      case WendLexer::BLOCK_COMMENT:
      case WendLexer::HASH_COMMENT:
        return foreign_comment();
      case WendLexer::FOREIGN_AND:
        return foreign_operator("and");
      case WendLexer::FOREIGN_OR:
        return foreign_operator("or");
      case WendLexer::FOREIGN_NOT:
        return foreign_operator("not");
      case WendLexer::FOREIGN_EQUAL:
        return foreign_operator("==");
      case WendLexer::FOREIGN_UNEQUAL:
        return foreign_operator("!=");
      case WendLexer::SHORT_TIME:
        return short_time();
      case WendLexer::CAMEL_NAME:
        return camel_name();
      case WendLexer::UPPER_SNAKE:
        return zone_without_quotes() ? void() : upper_snake();
      case WendLexer::UIDENT:
        zone_without_quotes();
        return;
      case WendLexer::STRING:
        return quotes_in_hole();
      case WendLexer::OTHER:
      case WendLexer::OTHER_BYTES:
        return other();
      case WendLexer::INT:
        return unknown_unit();
      case WendLexer::DECIMAL:
        return fractional_duration();
      default:  // every other token type is the grammar's own
        return;
    }
  }

  void semicolon() {
    reporter_.report_habit("semicolon",
                           Diagnostic(Kind::semicolon, span()).label("not needed").help("remove it", {span(), "", Applicability::certain}));
    drop();
  }

  void single_quotes() {
    std::string inner = text().substr(1, text().size() - 2);
    std::string replaced;
    for (const char character : inner) {
      if (character == '"') replaced += '\\';
      replaced += character;
    }
    reporter_.report_habit("single quotes",
                           Diagnostic(Kind::single_quotes, span())
                               .label("single quotes")
                               .help("use double quotes", {span(), fmt::format("\"{}\"", replaced), Applicability::certain}));
    set_type(token(), WendLexer::STRING);
  }

  void open_string() {
    if (reporter_.is_full()) return set_type(token(), WendLexer::STRING);  // relexing moves all tokens: not for a hostile file's every line
    const source::Span whole = span();
    Diagnostic diagnostic(Kind::unterminated_string, whole);
    diagnostic.label("opened here");
    // What the parser makes of the rest of such a line is no mistake of the author's.
    const std::uint32_t line = file_.line_of(whole.begin);
    reporter_.silence({whole.file_id, file_.line_begin(line), whole.end});
    const bool after_string = at_ > 0 && tokens_[at_ - 1] != nullptr && tokens_[at_ - 1]->getLine() == line && has_string_on_line(line);
    if (!after_string && closes_on_later_line()) {
      diagnostic.note("a string stays on one line; a line break in a text is written `\\n`");
    } else {
      give_back_closers();
      const source::Span kept = span();
      if (after_string) {
        diagnostic.note("one of the quotes on this line has no partner");
      } else {
        diagnostic.help("close it", Replacement{{kept.file_id, kept.end, kept.end}, "\"", Applicability::likely});
      }
    }
    set_type(token(), WendLexer::STRING);
    reporter_.report(std::move(diagnostic));
  }

  bool has_string_on_line(std::uint32_t line) {
    for (std::size_t back = at_; back-- > 0 && tokens_[back] != nullptr && tokens_[back]->getLine() == line;) {
      if (tokens_[back]->getType() == WendLexer::STRING) return true;
    }
    return false;
  }

  /// A string written over several lines: the words up to its closing quote, itself an open string, are text.
  bool closes_on_later_line() {
    constexpr std::uint32_t k_lines_max = 10;
    const std::uint32_t line = file_.line_of(span().begin);
    for (std::size_t ahead = at_ + 1; ahead < tokens_.size(); ++ahead) {
      if (tokens_[ahead] == nullptr) continue;
      const source::Span place = span_of(file_, *tokens_[ahead]);
      if (tokens_[ahead]->getType() == WendLexer::STRING || file_.line_of(place.begin) > line + k_lines_max) return false;
      if (tokens_[ahead]->getType() != WendLexer::OPEN_STRING) continue;
      // What follows the closing quote on its line was swallowed by it; lexing it again gives it back.
      relex(ahead, place.begin + 1, place.end);
      for (std::size_t inside = at_ + 1; inside < ahead; ++inside) tokens_[inside].reset();
      return true;
    }
    return false;
  }

  /// Replaces the token at `index` by the tokens of [begin, end).
  void relex(std::size_t index, std::uint32_t begin, std::uint32_t end) {
    tokens_.erase(tokens_.begin() + static_cast<std::ptrdiff_t>(index));
    insert_lexed(index, begin, end);
  }

  /// The tokens of [begin, end), before the one at `index`.
  void insert_lexed(std::size_t index, std::size_t begin, std::size_t end) {
    Lexed part = lex(file_, begin, end);
    tokens_.insert(tokens_.begin() + static_cast<std::ptrdiff_t>(index), std::make_move_iterator(part.tokens.begin()),
                   std::make_move_iterator(part.tokens.end()));
    // The parser asks tokens for their text when it finds a mistake.
    lexed_.streams.insert(lexed_.streams.end(), std::make_move_iterator(part.streams.begin()), std::make_move_iterator(part.streams.end()));
  }

  /// `sms { body "Hello }`: closing brackets at the end of the line that nothing in the text opened are not text.
  void give_back_closers() {
    const std::string content = text();
    std::size_t end = content.size();
    while (end > 1 && std::string_view(" \t)}],").find(content[end - 1]) != std::string_view::npos) --end;
    int open = 0;
    for (const char character : content.substr(0, end)) open += character == '{' ? 1 : character == '}' ? -1 : 0;
    for (; open > 0 && end < content.size(); ++end) open -= content[end] == '}' ? 1 : 0;
    if (content.find_first_of(")}]", end) == std::string::npos) return;
    const source::Span whole = span();
    static_cast<antlr4::CommonToken&>(token()).setStopIndex(whole.begin + end - 1);
    insert_lexed(at_ + 1, whole.begin + end, whole.end);
  }

  void bad_quoted() {
    const std::string content = text();
    const std::string name = to_snake_case(content.substr(1, content.size() - (content.size() > 1 && content.back() == '`' ? 2 : 1)));
    Diagnostic diagnostic(Kind::unterminated_quoted_name, span());
    diagnostic.label("expected a lower-case name between two back-quotes");
    const bool usable = !name.empty() && std::all_of(name.begin(), name.end(), [](char each) {
      return each == '_' || std::isalnum(static_cast<unsigned char>(each)) != 0;
    });
    if (usable) diagnostic.help("write it so", {span(), fmt::format("`{}`", name), Applicability::likely});
    reporter_.report(std::move(diagnostic));
    set_type(token(), WendLexer::QUOTED);
  }

  void foreign_comment() {
    const std::string content = text();
    Diagnostic diagnostic(Kind::block_comment, {file_.file_id(), span().begin, span().begin + (content.front() == '#' ? 1U : 2U)});
    if (content.front() == '#') {
      diagnostic.help("write `//`", {diagnostic.span(), "//", Applicability::certain});
    } else {
      diagnostic.help("begin every line with `//`");
    }
    const bool is_open = content.front() == '/' && (content.size() < 4 || !content.ends_with("*/"));
    if (is_open) {
      diagnostic.label("nothing closes it, so the rest of the file is left out");
      lose_rest();
      reporter_.report(std::move(diagnostic));
    } else {
      reporter_.report_habit(content.front() == '#' ? "#" : "/*", std::move(diagnostic));
    }
    drop();
  }

  /// From here on there is nothing: what the declaration around it lacks is lost, not missing.
  void lose_rest() {
    const source::Span here = span();
    reporter_.mark_lost(here.begin);
    reporter_.silence({here.file_id, depth_ > 0 ? declaration_begin_ : here.begin, static_cast<std::uint32_t>(file_.text().size()) + 1});
  }

  void foreign_operator(std::string_view meant) {
    reporter_.report_habit(text(), Diagnostic(Kind::unknown_operator, span())
                                       .with("operator", text())
                                       .help(fmt::format("write `{}`", meant),
                                             {span(), std::string(meant) + (text() == "!" ? " " : ""), Applicability::certain}));
    set_type(token(), token_type(meant));
  }

  void short_time() {
    const std::string content = text();
    const std::size_t colon = content.find(':');
    const std::string hour = content.substr(0, colon);
    const std::string minute = content.substr(colon + 1);
    const std::string full = fmt::format("{:0>2}:{:0>2}", hour, minute);
    reporter_.report(
        Diagnostic(Kind::short_time, span())
            .with("time", content)
            .help(fmt::format("write `{}`", full), {span(), full, minute.size() == 2 ? Applicability::certain : Applicability::likely}));
    set_type(token(), WendLexer::TIME);
  }

  void camel_name() {
    const std::string name = text();
    const std::string snake = to_snake_case(name);
    if (names_type()) {
      const std::string camel = to_camel_case(name);
      reporter_.report_habit("name " + name, Diagnostic(Kind::type_not_capitalised, span())
                                                 .with("what", std::string("the name of a type, event, message or action"))
                                                 .with("name", name)
                                                 .help(fmt::format("write `{}`", camel), {span(), camel, Applicability::certain}));
      set_type(token(), WendLexer::UIDENT);
      return;
    }
    const bool is_field =
        depth_ == 1 && next_is(":") && (declaration_ == "record" || declaration_ == "event" || declaration_ == "customer");
    Diagnostic diagnostic(Kind::name_not_snake_case, span());
    diagnostic.with("name", name);
    if (is_field) {
      const std::string renamed = fmt::format("{} from \"{}\"", snake, name);
      diagnostic.help(fmt::format("name the field `{}` and keep its name in the data", snake), {span(), renamed, Applicability::certain});
    } else {
      diagnostic.help(fmt::format("write `{}`", snake), {span(), snake, Applicability::certain});
    }
    reporter_.report_habit("name " + name, std::move(diagnostic));
    set_type(token(), WendLexer::LIDENT);
  }

  /// The word before says that a type, event, message or action is named here.
  bool names_type() {
    static constexpr std::array<std::string_view, 11> k_introducing = {"event", "enum", "record", "message", "action", "send",
                                                                       "emit",  "call", "sent",   "called",  "did"};
    if (at_ == 0 || tokens_[at_ - 1] == nullptr || next_is(":") || next_is(".")) return false;
    const std::string_view before = literal_of(tokens_[at_ - 1]->getType());
    return std::find(k_introducing.begin(), k_introducing.end(), before) != k_introducing.end();
  }

  /// `in Europe/Berlin`, `customer timezone = UTC`. True when it was one.
  bool zone_without_quotes() {
    const source::Span first = span();
    const std::string_view text = file_.text();
    const auto is_letter = [&](std::uint32_t at) { return at < text.size() && std::isalpha(static_cast<unsigned char>(text[at])) != 0; };
    const bool has_place = first.end < text.size() && text[first.end] == '/' && is_letter(first.end + 1);
    if (!has_place && !names_zone()) return false;
    source::Span whole = first;
    const auto goes_on = [&](std::uint32_t at) {
      if (at >= text.size()) return false;
      const auto byte = static_cast<unsigned char>(text[at]);
      if (std::isalnum(byte) != 0 || byte == '_') return true;
      const bool joins = byte == '/' || byte == '-' || byte == '+';
      return joins && at + 1 < text.size() && std::isalnum(static_cast<unsigned char>(text[at + 1])) != 0;
    };
    while (goes_on(whole.end)) ++whole.end;
    const std::string zone(file_.text(whole));
    reporter_.report_habit("zone " + zone,
                           Diagnostic(Kind::zone_without_quotes, whole)
                               .with("zone", zone)
                               .help("put it in quotes", {whole, fmt::format("\"{}\"", zone), Applicability::certain}));
    cover(whole, WendLexer::STRING);
    return true;
  }

  /// Nothing but a zone stands here: `at 09:00 in …`, `timezone = …`.
  bool names_zone() {
    if (at_ < 2 || tokens_[at_ - 1] == nullptr || tokens_[at_ - 2] == nullptr || next_is("(") || next_is(".")) return false;
    const std::string_view before = literal_of(tokens_[at_ - 1]->getType());
    const std::size_t earlier = tokens_[at_ - 2]->getType();
    return (before == "in" && earlier == WendLexer::TIME) || (before == "=" && literal_of(earlier) == "timezone" && depth_ == 0);
  }

  /// `"Hello {name otherwise "there"}"`: the quotes of the hole end the text, which goes on behind them.
  void quotes_in_hole() {
    if (declaration_ != "message" || depth_ < 2 || !has_open_hole(text())) return;
    const source::Span begin = span();
    std::optional<source::Span> first;
    std::optional<source::Span> closing;  ///< the quote that ends the text inside
    source::Span last;
    source::Span before = begin;
    for (std::size_t ahead = at_ + 1; ahead < tokens_.size(); ++ahead) {
      if (tokens_[ahead] == nullptr) continue;
      const source::Span place = span_of(file_, *tokens_[ahead]);
      if (tokens_[ahead]->getLine() != token().getLine()) return;
      if (!first) first = place;
      last = place;
      const bool is_joined = place.begin == before.end || first->begin == begin.end;
      before = place;
      if (tokens_[ahead]->getType() == WendLexer::STRING && !closing) closing = place;
      if (tokens_[ahead]->getType() == WendLexer::STRING && is_joined && !has_open_hole(file_.text(source::join(begin, place)))) break;
      if (ahead + 1 == tokens_.size()) return;
    }
    if (!first) return;
    reporter_.report(Diagnostic(Kind::quotes_in_hole, {begin.file_id, begin.end - 1, closing->begin + 1})
                         .label("this ends the text around it")
                         .note("give the text to the message as a parameter, or as a parameter's default"));
    cover(source::join(begin, last), WendLexer::STRING);
  }

  static bool has_open_hole(std::string_view text) {
    int depth = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
      if (text[at] == '\\' || (depth == 0 && text.substr(at).starts_with("{{"))) {
        ++at;
      } else if (text[at] == '{') {
        ++depth;
      } else if (text[at] == '}' && depth > 0) {
        --depth;
      }
    }
    return depth > 0;
  }

  void upper_snake() {
    set_type(token(), WendLexer::UIDENT);
    if (declaration_ == "enum" && depth_ > 0) return;  // the tree builder knows that it is a value
    const std::string name = text();
    const bool is_value = at_ > 0 && tokens_[at_ - 1] != nullptr &&
                          (literal_of(tokens_[at_ - 1]->getType()) == "==" || literal_of(tokens_[at_ - 1]->getType()) == "!=");
    if (is_value) return;  // reported as a value by the parser
    const std::string camel = to_camel_case(name);
    reporter_.report_habit("name " + name, Diagnostic(Kind::type_with_underscore, span())
                                               .with("name", name)
                                               .help(fmt::format("write `{}`", camel), {span(), camel, Applicability::certain}));
  }

  void other() {
    const std::string content = text();
    if (token().getType() == WendLexer::OTHER_BYTES) {
      if (typographic_quotes(content) || foreign_letters() || lookalike(content)) return;
    }
    const std::size_t length = source::utf8_length_at(content, 0);
    const char32_t code_point = source::utf8_decode_at(content, 0);
    const bool shown = code_point > 0x20 && code_point != 0x7F && code_point != 0xA0 && code_point != 0xFEFF &&
                       !(code_point >= 0x2000 && code_point <= 0x200F);
    const std::string number = fmt::format("U+{:04X}", static_cast<unsigned>(code_point));
    Diagnostic diagnostic(Kind::unexpected_character, {file_.file_id(), span().begin, span().begin + static_cast<std::uint32_t>(length)});
    diagnostic.with("character", shown ? fmt::format("`{}`", content.substr(0, length)) : number);
    if (code_point == 0xA0 || code_point == 0x2007 || code_point == 0x202F || code_point == 0xFEFF || code_point == 0x200B) {
      diagnostic.help("replace this invisible character by an ordinary space", {span(), " ", Applicability::certain});
    } else if (code_point == 0) {
      diagnostic.note("the file may not be a text file");
    } else if (content.starts_with("$") || content.starts_with("€") || content.starts_with("£")) {
      diagnostic.help("an amount of money is a number with its currency: `50 USD`");
    }
    reporter_.report_habit("character " + number, std::move(diagnostic));
    const std::uint32_t line = file_.line_of(span().begin);
    if (!reporter_.is_full()) {
      reporter_.silence({span().file_id, span().begin, file_.line_begin(line) + static_cast<std::uint32_t>(file_.line_text(line).size())});
    }
    drop();
  }

  bool typographic_quotes(const std::string& content) {
    const auto opens =
        std::find_if(k_typographic.begin(), k_typographic.end(), [&](std::string_view quote) { return content.starts_with(quote); });
    if (opens == k_typographic.end()) return false;
    const source::Span first = span();
    const std::uint32_t line = file_.line_of(first.begin);
    constexpr std::size_t k_quoted_bytes_max = 200;
    const std::string_view rest = file_.line_text(line).substr(first.begin - file_.line_begin(line), k_quoted_bytes_max);
    std::size_t close = std::string_view::npos;
    for (const std::string_view quote : k_typographic) close = std::min(close, rest.find(quote, opens->size()));
    const std::size_t length = close == std::string_view::npos ? content.size() : close + 3;
    const source::Span whole{first.file_id, first.begin, first.begin + static_cast<std::uint32_t>(length)};
    Diagnostic diagnostic(Kind::typographic_quotes, whole);
    if (close != std::string_view::npos) {
      const std::string inner(rest.substr(opens->size(), close - opens->size()));
      diagnostic.help("use plain double quotes", {whole, fmt::format("\"{}\"", inner), Applicability::certain});
      cover(whole, WendLexer::STRING);
    } else {
      diagnostic.help("use plain double quotes");
      drop();
    }
    reporter_.report_habit("typographic quotes", std::move(diagnostic));
    return true;
  }

  /// Makes the present token cover the span, removing the tokens that it swallows.
  void cover(source::Span whole, std::size_t type) {
    auto& covering = static_cast<antlr4::CommonToken&>(token());
    covering.setStartIndex(whole.begin);
    covering.setStopIndex(whole.end - 1);
    set_type(token(), type);
    for (std::size_t inside = at_ + 1; inside < tokens_.size(); ++inside) {
      if (tokens_[inside] == nullptr) continue;
      if (tokens_[inside]->getStartIndex() >= whole.end) return;
      tokens_[inside].reset();
    }
  }

  /// `prénom`: a name with letters beyond ASCII.
  bool foreign_letters() {
    const source::Span here = span();
    const auto is_name = [](const antlr4::Token& each) {
      return is_word(each.getType()) || each.getType() == WendLexer::UIDENT || each.getType() == WendLexer::INT;
    };
    antlr4::Token* before = at_ > 0 ? tokens_[at_ - 1].get() : nullptr;
    if (before != nullptr && (!is_name(*before) || before->getStopIndex() + 1 != here.begin)) before = nullptr;
    std::size_t end = at_ + 1;
    std::uint32_t stop = here.end;
    while (end < tokens_.size() && tokens_[end] != nullptr && tokens_[end]->getStartIndex() == stop &&
           (is_name(*tokens_[end]) || tokens_[end]->getType() == WendLexer::OTHER_BYTES)) {
      stop = static_cast<std::uint32_t>(tokens_[end++]->getStopIndex() + 1);
    }
    const char32_t code_point = source::utf8_decode_at(file_.text(), here.begin);
    const bool is_letter = (code_point >= 0xC0 && code_point < 0x2000) || (code_point >= 0x2E80 && code_point < 0xE000);
    if ((before == nullptr && end == at_ + 1 && !is_letter) || !(is_letter || before != nullptr)) return false;
    if (!is_letter) return false;
    const source::Span whole{here.file_id, before != nullptr ? static_cast<std::uint32_t>(before->getStartIndex()) : here.begin, stop};
    reporter_.report_habit(
        "name " + std::string(file_.text(whole)),
        Diagnostic(Kind::unexpected_character, here)
            .with("character", fmt::format("`{}`", file_.text().substr(here.begin, source::utf8_length_at(file_.text(), here.begin))))
            .label("names are written in ASCII letters; strings may hold any text"));
    cover(whole, before != nullptr && before->getType() == WendLexer::UIDENT ? WendLexer::UIDENT : WendLexer::LIDENT);
    if (before != nullptr) tokens_[at_ - 1].reset();
    return true;
  }

  bool lookalike(const std::string& content) {
    const auto found =
        std::find_if(k_lookalikes.begin(), k_lookalikes.end(), [&](const Lookalike& each) { return content == each.character; });
    if (found == k_lookalikes.end()) return false;
    foreign_operator(found->meant);
    return true;
  }

  void unknown_unit() {
    antlr4::Token* after = next();
    if (after == nullptr || after->getType() != WendLexer::LIDENT) return;
    // `= 5 min: Int` is a default followed by a field called `min`.
    const std::string_view following = next(2) != nullptr ? literal_of(next(2)->getType()) : std::string_view();
    if (following == ":" || following == "=>" || following == "{" || following == "(") return;
    const std::string word(text_of(file_, *after));
    const std::string unit = unit_for(word, text());
    if (unit.empty()) return;
    const source::Span word_span = span_of(file_, *after);
    const bool joined = word_span.begin == span().end;
    const source::Span replaced = joined ? source::join(span(), word_span) : word_span;
    reporter_.report(Diagnostic(Kind::unknown_unit, word_span)
                         .with("unit", word)
                         .help(fmt::format("write `{} {}`", text(), unit),
                               {replaced, joined ? fmt::format("{} {}", text(), unit) : unit, Applicability::certain}));
    set_type(*after, token_type(unit));
  }

  void fractional_duration() {
    antlr4::Token* after = next();
    if (after == nullptr || !is_unit(after->getType())) return;
    const std::string unit(literal_of(after->getType()));
    const source::Span whole = source::join(span(), span_of(file_, *after));
    Diagnostic diagnostic(Kind::fractional_duration, whole);
    diagnostic.with("text", std::string(file_.text(whole)));
    const std::string better = whole_duration(text(), unit);
    if (!better.empty()) {
      diagnostic.help(fmt::format("write `{}`", better), {whole, better, Applicability::certain});
    } else if (unit.starts_with("day")) {
      diagnostic.note("a day of the calendar has no fixed length; in hours the duration would be exact");
    }
    reporter_.report(std::move(diagnostic));
    set_type(token(), WendLexer::INT);
  }

  Lexed& lexed_;
  TokenList& tokens_;
  Reporter& reporter_;
  const source::SourceFile& file_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  std::string_view declaration_;
  std::uint32_t declaration_begin_ = 0;
};

}  // namespace

void repair_tokens(Lexed& lexed, Reporter& reporter) {
  Repair(lexed, reporter).run();
}

}  // namespace wend::syntax
