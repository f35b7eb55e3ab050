#include "compiler/syntax/syntax_error.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "WendParser.h"
#include "compiler/diag/suggest.h"
#include "compiler/syntax/habits.h"
#include "compiler/syntax/spelling.h"
#include "compiler/syntax/words.h"

namespace wend::syntax {
namespace {

using diag::Applicability;
using diag::Diagnostic;
using diag::Kind;
using grammar::WendParser;

/// What a rule stands for, when the mistake is at its very beginning or nothing better is known.
std::string_view rule_phrase(std::size_t rule) {
  switch (rule) {
    case WendParser::RuleFile:
    case WendParser::RuleDecl:
      return "a declaration";
    case WendParser::RuleBlock:
    case WendParser::RuleStmt:
      return "a statement";
    case WendParser::RuleJourneyBody:
      return "a header line or a statement";
    case WendParser::RuleTestBody:
    case WendParser::RuleTestItem:
      return "a test line (`given`, `at`, `after`, `advance`, `expect`)";
    case WendParser::RuleFields:
    case WendParser::RuleField:
      return "a field such as `name: Text`";
    case WendParser::RuleAwaitBody:
    case WendParser::RuleAwaitArm:
      return "an arm (`on` or `when`)";
    case WendParser::RuleSplitBody:
    case WendParser::RuleSplitArm:
      return "an `arm`";
    case WendParser::RuleForkBody:
    case WendParser::RuleBranch:
      return "a `branch`";
    case WendParser::RulePolicyBody:
    case WendParser::RulePolicyItem:
      return "a policy line (`cap`, `quiet`, `when`)";
    case WendParser::RuleChannelBody:
    case WendParser::RuleChannelItem:
      return "a channel line (`address`, `consent`, `receipts`, `accepts`)";
    case WendParser::RuleExperimentBody:
    case WendParser::RuleExperimentItem:
      return "an experiment line (`salt`, `layer`, `arm`, `retired`)";
    case WendParser::RuleCalendarBody:
    case WendParser::RuleCalendarItem:
      return "a calendar line (`week`, `closed`)";
    case WendParser::RuleImportBody:
    case WendParser::RuleImportItem:
      return "an imported name (`event`, `record`, `enum`)";
    case WendParser::RuleLocalesBody:
    case WendParser::RuleLocaleItem:
      return "a locale such as `\"pt-BR\"`";
    case WendParser::RuleMessageBodies:
      return "a channel with its texts";
    case WendParser::RuleMessageBody:
    case WendParser::RuleBodyPart:
      return "a part such as `body \"…\"`";
    case WendParser::RuleNamedValues:
    case WendParser::RuleNamedValue:
      return "a value such as `name: \"Ada\"`";
    case WendParser::RuleExpr:
    case WendParser::RulePrimary:
    case WendParser::RuleLiteral:
    case WendParser::RuleValue:
    case WendParser::RuleArg:
      return "an expression";
    case WendParser::RuleType:
      return "a type";
    case WendParser::RuleLname:
    case WendParser::RuleAnyName:
    case WendParser::RuleQname:
    case WendParser::RuleNames:
      return "a name";
    case WendParser::RuleDur:
    case WendParser::RuleDurPart:
      return "a duration such as `2 days`";
    case WendParser::RuleUnit:
      return "a unit such as `hours`";
    case WendParser::RuleWaitSpec:
      return "a duration or `until`";
    case WendParser::RuleEnterSource:
      return "what starts the journey (`on`, `when customer joins`, `by handoff`, `every`, `at`)";
    case WendParser::RulePattern:
    case WendParser::RuleMatchBody:
    case WendParser::RuleMatchArm:
      return "a pattern";
    case WendParser::RuleMoment:
      return "a date and a time such as `2025-03-09 10:00`";
    case WendParser::RuleStimulus:
      return "an event, a receipt, `set`, `consent` or `withdraw`";
    case WendParser::RuleExpectation:
      return "something to check, such as `sent Welcome` or `exited as paid`";
    case WendParser::RuleHandler:
      return "`continue` or a block";
    case WendParser::RuleDenial:
      return "`skip`, `delay up to …` or `divert to …`";
    case WendParser::RuleSignal:
      return "an event or a receipt";
    default:
      return "";
  }
}

std::string class_phrase(std::size_t type) {
  switch (type) {
    case WendParser::DATE:
      return "a date such as `2025-03-09`";
    case WendParser::TIME:
      return "a time such as `09:00`";
    case WendParser::OFFSET:
      return "an offset such as `+02:00`";
    case WendParser::PERCENT:
      return "a share such as `40%`";
    case WendParser::DECIMAL:
      return "a decimal number";
    case WendParser::INT:
      return "a whole number";
    case WendParser::STRING:
      return "a text in double quotes";
    case WendParser::UIDENT:
      return "a Capitalised name";
    case antlr4::Token::EOF:
      return "the end of the file";
    default:
      return fmt::format("`{}`", literal_of(type));
  }
}

bool has_literal(const antlr4::misc::IntervalSet& set, std::string_view literal) {
  return set.contains(token_type(literal));
}

std::string join_phrases(const std::vector<std::string>& phrases) {
  std::string result;
  for (std::size_t index = 0; index < phrases.size(); ++index) {
    if (index > 0) result += index + 1 == phrases.size() ? " or " : ", ";
    result += phrases[index];
  }
  return result;
}

/// Operators and brackets that continue an expression say little about what is missing after it.
bool continues_expression(std::string_view literal) {
  static constexpr std::array<std::string_view, 21> k_continuing = {".",  "*",  "/",  "+", "-",   "otherwise", "is",  "in", "<", "<=", ">",
                                                                    ">=", "==", "!=", "=", "and", "or",        "not", "(",  "[", "?"};
  return std::find(k_continuing.begin(), k_continuing.end(), literal) != k_continuing.end();
}

/// The expected tokens in words; empty when there are too many to be of help.
std::string expected_phrase(const antlr4::misc::IntervalSet& expected) {
  std::vector<std::string> phrases;
  const bool any_name = expected.contains(static_cast<std::size_t>(WendParser::LIDENT));
  const bool expression = any_name && expected.contains(static_cast<std::size_t>(WendParser::STRING)) && has_literal(expected, "(");
  const bool statement = has_literal(expected, "wait") && has_literal(expected, "send") && !has_literal(expected, "and");
  if (expression) {
    phrases.emplace_back("an expression");
  } else if (statement) {
    phrases.emplace_back("a statement");
  } else if (any_name) {
    phrases.emplace_back("a name");
  }
  for (const ssize_t each : expected.toList()) {
    const auto type = static_cast<std::size_t>(each);
    const std::string_view literal = literal_of(type);
    if (type == antlr4::Token::EPSILON || type == WendParser::LIDENT || type == WendParser::QUOTED) continue;
    if (any_name && is_any_name(type)) continue;
    if (expression && (literal.empty() || continues_expression(literal))) continue;
    if (statement && (begins_statement(type) || begins_header(type))) continue;
    if (continues_expression(literal) && expected.size() > 3) continue;
    phrases.push_back(class_phrase(type));
  }
  constexpr std::size_t k_phrases_max = 5;
  if (phrases.size() > k_phrases_max) return "";
  // The end of a list is worth naming only when little else is.
  return join_phrases(phrases);
}

antlr4::Token* token_before(const SyntaxError& error) {
  const std::size_t index = error.token->getTokenIndex();
  return index == 0 || index == INVALID_INDEX ? nullptr : error.parser->getTokenStream()->get(index - 1);
}

antlr4::Token* token_after(const SyntaxError& error) {
  const std::size_t index = error.token->getTokenIndex() + 1;
  return index < error.parser->getTokenStream()->size() ? error.parser->getTokenStream()->get(index) : nullptr;
}

class Diagnosis {
 public:
  Diagnosis(const SyntaxError& error, const source::SourceFile& file)
      : error_(error),
        file_(file),
        token_(*error.token),
        before_(token_before(error)),
        after_(token_after(error)),
        span_(span_of(file, token_)) {}

  Diagnostic find() const {
    const std::string_view literal = literal_of(token_.getType());
    if (literal == "exit" && after_ != nullptr && literal_of(after_->getType()) == "when") return exit_without_label();
    if (literal == "}" && before_ != nullptr && literal_of(before_->getType()) == "{") {
      if (const auto diagnostic = empty_braces()) return *diagnostic;
    }
    if (before_ != nullptr && begins_statement(token_.getType()) &&
        (expects("{") || literal_of(before_->getType()) == "else" || (error_.expected.isEmpty() && is_arm())))
      return braces_needed();
    if (literal == "-" && joins_words()) return hyphenated_name();
    if (continues_expression(literal) && is_list() && after_ != nullptr && literal != "(" && literal != "[")
      return missing_operand(*after_);
    if (error_.rule == WendParser::RuleFile && before_ != nullptr && takes_keyword_for_operand()) return missing_operand(*before_);
    if (names_message()) return lower_case_type(token_, literal_of(before_->getType()), file_);
    if (is_top_line(literal)) return misplaced_top_line(literal);
    if (const auto diagnostic = unknown_word()) return *diagnostic;
    return expected_found();
  }

 private:
  bool expects(std::string_view literal) const { return error_.expected.contains(token_type(literal)); }

  bool is_arm() const {
    return error_.rule == WendParser::RuleAwaitArm || error_.rule == WendParser::RuleMatchArm || error_.rule == WendParser::RuleSplitArm ||
           error_.rule == WendParser::RuleBranch;
  }

  /// The word that wants the braces: `if`, `else`, `on`, `=>`.
  std::string braces_owner() const {
    const std::size_t before = before_->getType();
    if (literal_of(before) == "else" || literal_of(before) == "=>" || literal_of(before) == "do") return std::string(literal_of(before));
    const antlr4::RuleContext* context = error_.parser->getContext();
    const antlr4::Token* start = error_.parser->getContext()->start;
    if (start == error_.token && context->parent != nullptr) start = static_cast<const antlr4::ParserRuleContext*>(context->parent)->start;
    return std::string(text_of(file_, *start));
  }

  bool on_line_of(const antlr4::Token* other) const { return other != nullptr && other->getLine() == token_.getLine(); }

  Diagnostic exit_without_label() const {
    const source::Span after{span_.file_id, span_.end, span_.end};
    return Diagnostic(Kind::exit_without_label, span_)
        .label("which exit?")
        .note("the label is what reports and tests call this way out: `expect exited as …`")
        .help("name it", {after, " left", Applicability::placeholders});
  }

  std::optional<Diagnostic> empty_braces() const {
    struct Empty {
      std::size_t rule;
      std::string_view what;
      std::string_view item;
    };
    static constexpr std::array k_empty = std::to_array<Empty>({{WendParser::RuleJourneyBody, "a journey", "statement"},
                                                                {WendParser::RuleAwaitBody, "`await`", "arm"},
                                                                {WendParser::RuleMatchBody, "`match`", "arm"},
                                                                {WendParser::RuleSplitBody, "`split`", "arm"},
                                                                {WendParser::RuleForkBody, "`parallel` or `race`", "branch"},
                                                                {WendParser::RuleEnumItem, "an enum", "value"}});
    const auto found = std::find_if(k_empty.begin(), k_empty.end(), [&](const Empty& each) { return each.rule == error_.rule; });
    if (found == k_empty.end()) return std::nullopt;
    return Diagnostic(Kind::empty_block, source::join(span_of(file_, *before_), span_))
        .with("what", std::string(found->what))
        .with("item", std::string(found->item));
  }

  Diagnostic braces_needed() const {
    const std::string after = braces_owner();
    const std::string_view line = file_.line_text(file_.line_of(span_.begin));
    const std::size_t line_end = file_.line_begin(file_.line_of(span_.begin)) + line.size();
    source::Span rest{span_.file_id, span_.begin, static_cast<std::uint32_t>(line_end)};
    Diagnostic diagnostic(Kind::braces_needed, span_);
    diagnostic.with("after", after).label("expected `{` before this");
    std::string_view statement = file_.text(rest);
    const bool whole = statement.find_first_of("{}/") == std::string_view::npos;
    while (!statement.empty() && statement.back() == ' ') statement.remove_suffix(1);
    if (whole) {
      rest.end = rest.begin + static_cast<std::uint32_t>(statement.size());
      diagnostic.help("put the statement in braces", {rest, fmt::format("{{ {} }}", statement), Applicability::likely});
    } else {
      diagnostic.help("put the statement in braces: `{ … }`");
    }
    return diagnostic;
  }

  bool is_list() const {
    return error_.rule == WendParser::RuleFile || error_.rule == WendParser::RuleBlock || error_.rule == WendParser::RuleJourneyBody ||
           error_.rule == WendParser::RuleTestBody || error_.rule == WendParser::RulePolicyBody ||
           error_.rule == WendParser::RuleChannelBody;
  }

  /// `segment a = b or` and then the next declaration, whose soft first word was taken for the missing operand.
  bool takes_keyword_for_operand() const {
    const std::size_t index = before_->getTokenIndex();
    if (!begins_declaration(before_->getType()) || !on_line_of(before_) || index == 0) return false;
    const antlr4::Token* earlier = error_.parser->getTokenStream()->get(index - 1);
    const std::string_view literal = literal_of(earlier->getType());
    return earlier->getLine() < before_->getLine() && (continues_expression(literal) || literal == "=");
  }

  Diagnostic missing_operand(const antlr4::Token& found) const {
    Diagnostic diagnostic(Kind::syntax, span_of(file_, found));
    diagnostic.with("expected", std::string("an expression")).with("found", describe_token(found, file_)).label("not expected here");
    if (&found == after_) diagnostic.secondary(span_, "after this");
    const std::string_view word = text_of(file_, token_);
    if (word == "otherwise" && literal_of(found.getType()) == "{") {
      diagnostic.help("the other branch of `if` is `else`", {span_, "else", Applicability::likely});
    } else if (word == "?") {
      diagnostic.help("a choice between values is a `match`: `match … { a => 1, b => 2 }`");
    }
    return diagnostic;
  }

  /// `expect sent welcome`
  bool names_message() const {
    if (error_.rule != WendParser::RuleTestBody || before_ == nullptr || !is_plain_name(token_.getType())) return false;
    const std::string_view before = literal_of(before_->getType());
    return on_line_of(before_) && (before == "sent" || before == "called" || before == "suppressed");
  }

  bool joins_words() const {
    return before_ != nullptr && after_ != nullptr && is_word(before_->getType()) && is_word(after_->getType()) &&
           before_->getStopIndex() + 1 == token_.getStartIndex() && after_->getStartIndex() == token_.getStopIndex() + 1;
  }

  Diagnostic hyphenated_name() const {
    source::Span whole = source::join(span_of(file_, *before_), span_of(file_, *after_));
    const std::string_view text = file_.text();
    while (whole.end < text.size() &&
           (std::isalnum(static_cast<unsigned char>(text[whole.end])) != 0 || text[whole.end] == '-' || text[whole.end] == '_'))
      ++whole.end;
    const std::string name(file_.text(whole));
    const std::string snake = to_snake_case(name);
    return Diagnostic(Kind::name_not_snake_case, whole)
        .with("name", name)
        .help(fmt::format("write `{}`", snake), {whole, snake, Applicability::certain});
  }

  bool is_top_line(std::string_view literal) const {
    return error_.rule == WendParser::RuleFile && (literal == "use" || literal == "module" || literal == "edition") && after_ != nullptr &&
           (is_plain_name(after_->getType()) || after_->getType() == WendParser::INT);
  }

  Diagnostic misplaced_top_line(std::string_view literal) const {
    return Diagnostic(Kind::misplaced_top_line, span_)
        .with("line", std::string(literal))
        .note("a file begins with `edition`, then `module`, then its `use` lines, then declarations");
  }

  /// A word where a statement, declaration or test line should begin, perhaps misspelt.
  std::optional<Diagnostic> unknown_word() const {
    if (!is_word(token_.getType())) return std::nullopt;
    const std::string word(text_of(file_, token_));
    const bool first = !on_line_of(before_) || literal_of(before_->getType()) == "{" || literal_of(before_->getType()) == "}";
    if (!first) return std::nullopt;
    std::vector<std::string> candidates;
    Kind kind = Kind::unknown_statement;
    if (error_.rule == WendParser::RuleFile) {
      kind = Kind::unknown_declaration;
      candidates = declaration_words();
    } else if (error_.rule == WendParser::RuleBlock || error_.rule == WendParser::RuleJourneyBody) {
      candidates = statement_words();
      if (error_.rule == WendParser::RuleJourneyBody) candidates.insert(candidates.end(), header_words().begin(), header_words().end());
    } else if (error_.rule == WendParser::RuleTestBody) {
      kind = Kind::unknown_test_line;
      candidates = test_item_words();
    } else {
      return std::nullopt;
    }
    Diagnostic diagnostic(kind, span_);
    diagnostic.with("word", word);
    const bool header_in_block = error_.rule == WendParser::RuleBlock && begins_header(token_.getType());
    if (header_in_block) {
      diagnostic.note(fmt::format("`{}` is a header line: it stands at the top of the journey", word));
    } else if (kind == Kind::unknown_statement && begins_declaration(token_.getType()) && after_ != nullptr &&
               (is_any_name(after_->getType()) || after_->getType() == WendParser::UIDENT)) {
      diagnostic.note(fmt::format("`{}` begins a declaration: it stands outside the journey", word));
    } else if (kind == Kind::unknown_statement && explain_word(word, span_, diagnostic)) {
      return diagnostic;
    } else if (const auto near = diag::nearest(word, candidates)) {
      diagnostic.help(fmt::format("did you mean `{}`?", *near), {span_, *near, Applicability::likely});
    } else {
      diagnostic.note(fmt::format("one of {}", join_words(kind == Kind::unknown_statement ? statement_words() : candidates)));
    }
    return diagnostic;
  }

  static std::string join_words(const std::vector<std::string>& words) {
    std::string result;
    for (const std::string& word : words) result += fmt::format("{}`{}`", result.empty() ? "" : ", ", word);
    return result;
  }

  std::string expected_text() const {
    const bool at_start = error_.parser->getContext()->start == error_.token;
    const std::string_view phrase = rule_phrase(error_.rule);
    if (expects("{") && error_.expected.size() == 1) return "`{`";
    if (error_.rule == WendParser::RuleHole && error_.expected.contains(antlr4::Token::EOF)) return "`}`";
    if (!phrase.empty() && (at_start || error_.expected.isEmpty())) return std::string(phrase);
    std::string exact = expected_phrase(error_.expected);
    if (!exact.empty()) return exact;
    return phrase.empty() ? "something else" : std::string(phrase);
  }

  Diagnostic expected_found() const {
    Diagnostic diagnostic(Kind::syntax, span_);
    diagnostic.with("expected", expected_text()).with("found", describe_token(token_, file_)).label("not expected here");
    const bool ended_early = !on_line_of(before_) && before_ != nullptr;
    if (ended_early) {
      const source::Span last = span_of(file_, *before_);
      if (last.end > last.begin) diagnostic.secondary(last, "after this");
    }
    // A word of the language is not a misspelling of another.
    if (token_.getType() == WendParser::LIDENT && on_line_of(before_)) {
      const std::string word(text_of(file_, token_));
      if (const auto near = near_expected_word(word))
        diagnostic.help(fmt::format("did you mean `{}`?", *near), {span_, *near, Applicability::likely});
    }
    explain_token(error_, file_, diagnostic);
    return diagnostic;
  }

  std::optional<std::string> near_expected_word(const std::string& word) const {
    std::vector<std::string> candidates = is_list() ? clause_words() : std::vector<std::string>();
    for (const ssize_t type : error_.expected.toList()) {
      const std::string_view literal = literal_of(static_cast<std::size_t>(type));
      if (literal.size() > 1 && is_any_name(static_cast<std::size_t>(type))) candidates.emplace_back(literal);
    }
    std::erase(candidates, word);
    return word.size() < 3 ? std::nullopt : diag::nearest(word, candidates);
  }

  const SyntaxError& error_;
  const source::SourceFile& file_;
  const antlr4::Token& token_;
  const antlr4::Token* before_;
  const antlr4::Token* after_;
  source::Span span_;
};

}  // namespace

Diagnostic diagnose(const SyntaxError& error, const source::SourceFile& file) {
  return Diagnosis(error, file).find();
}

std::string describe_token(const antlr4::Token& token, const source::SourceFile& file) {
  constexpr std::size_t k_shown_bytes_max = 40;
  const std::size_t type = token.getType();
  if (type == antlr4::Token::EOF) return token.getStartIndex() < file.text().size() ? "the end of the hole" : "the end of the file";
  std::string text(text_of(file, token));
  if (text.size() > k_shown_bytes_max) text = text.substr(0, k_shown_bytes_max) + "…";
  if (type == WendParser::STRING) return fmt::format("the text {}", text);
  if (is_reserved(type)) return fmt::format("the keyword `{}`", text);
  if (is_plain_name(type) || type == WendParser::UIDENT) return fmt::format("the name `{}`", text);
  if (text.empty()) return fmt::format("`{}`", literal_of(type));
  return fmt::format("`{}`", text);
}

Diagnostic reserved_word(const antlr4::Token& token, const source::SourceFile& file) {
  const std::string word(text_of(file, token));
  const source::Span span = span_of(file, token);
  return Diagnostic(Kind::reserved_word, span)
      .with("word", word)
      .note(fmt::format("an enum value of this name is written with its type: `Type.{}`", word))
      .help("to use it as a name, put it in back-quotes", {span, fmt::format("`{}`", word), Applicability::certain});
}

Diagnostic capitalised_value(const antlr4::Token& token, const source::SourceFile& file) {
  const std::string name(text_of(file, token));
  const std::string snake = to_snake_case(name);
  const source::Span span = span_of(file, token);
  return Diagnostic(Kind::name_not_snake_case, span)
      .with("name", name)
      .note("Capitalised words are types, events, messages and actions; everything else is lower case")
      .help(fmt::format("write `{}`", snake), {span, snake, Applicability::certain});
}

Diagnostic lower_case_type(const antlr4::Token& token, std::string_view before, const source::SourceFile& file) {
  struct What {
    std::string_view keyword;
    std::string_view phrase;
  };
  static constexpr std::array k_what = std::to_array<What>({{"event", "the name of an event"},
                                                            {"emit", "the name of an event"},
                                                            {"message", "the name of a message"},
                                                            {"send", "the name of a message"},
                                                            {"sent", "the name of a message"},
                                                            {"suppressed", "the name of a message"},
                                                            {"action", "the name of an action"},
                                                            {"call", "the name of an action"},
                                                            {"called", "the name of an action"},
                                                            {"enum", "the name of an enum"},
                                                            {"record", "the name of a record"},
                                                            {"of", "the name of an event"},
                                                            {"did", "the name of an event"},
                                                            {"by", "the name of an event"}});
  const auto found = std::find_if(k_what.begin(), k_what.end(), [&](const What& each) { return each.keyword == before; });
  const std::string name(text_of(file, token));
  const std::string camel = to_camel_case(name);
  const source::Span span = span_of(file, token);
  return Diagnostic(Kind::type_not_capitalised, span)
      .with("what", std::string(found == k_what.end() ? "the name of a type" : found->phrase))
      .with("name", name)
      .help(fmt::format("write `{}`", camel), {span, camel, Applicability::certain});
}

}  // namespace wend::syntax
