#include "compiler/syntax/habits.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "WendParser.h"
#include "compiler/syntax/spelling.h"
#include "compiler/syntax/words.h"

namespace wend::syntax {
namespace {

using diag::Applicability;
using diag::Diagnostic;
using grammar::WendParser;

struct Habit {
  std::string_view word;
  std::string_view instead;  ///< replaces the word; empty = only explained
  std::string_view help;
};

constexpr std::array k_statement_habits = std::to_array<Habit>({
    {"elseif", "else if", "write `else if`"},
    {"elif", "else if", "write `else if`"},
    {"delay", "wait", "write `wait`"},
    {"sleep", "wait", "write `wait`"},
    {"pause", "wait", "write `wait`"},
    {"var", "let", "write `let`; its value never changes"},
    {"const", "let", "write `let`"},
    {"val", "let", "write `let`"},
    {"email", "", "a message is sent by name: `send Welcome(…) via email`"},
    {"sms", "", "a message is sent by name: `send Welcome(…) via sms`"},
    {"push", "", "a message is sent by name: `send Welcome(…) via push`"},
    {"goto", "", "there are no jumps: steps follow each other, and `leave …` goes to the end of an enclosing step"},
    {"jump", "", "there are no jumps: steps follow each other, and `leave …` goes to the end of an enclosing step"},
    {"return", "", "a journey ends with `exit …` and a label, or at the end of its text"},
    {"end", "", "a journey ends with `exit …` and a label, or at the end of its text"},
    {"break", "stop repeating", "write `stop repeating`"},
    {"continue", "", "a round of `repeat` goes on to its end: put the rest of it in an `if`"},
    {"for", "", "repeat a bounded number of times: `repeat up to 3 times { … }`"},
    {"while", "", "repeat a bounded number of times: `repeat up to 3 times { … }`"},
    {"loop", "", "repeat a bounded number of times: `repeat up to 3 times { … }`"},
    {"on", "", "an event is awaited: `await up to 2 days { on … { … } on timeout { … } }`"},
    {"when", "", "a state is awaited: `await up to 2 days { when … { … } on timeout { … } }`"},
    {"expect", "", "this belongs in a test: `test \"…\" of … { … }`, outside the journey"},
    {"given", "", "this belongs in a test: `test \"…\" of … { … }`, outside the journey"},
    {"advance", "", "this belongs in a test: `test \"…\" of … { … }`, outside the journey"},
});

class Stumble {
 public:
  Stumble(const SyntaxError& error, const source::SourceFile& file, Diagnostic& diagnostic)
      : error_(error), file_(file), diagnostic_(diagnostic), span_(span_of(file, *error.token)) {}

  void explain() {
    const std::size_t type = error_.token->getType();
    const std::string found = word(0);
    const std::string before = word(-1);
    const source::Span here{span_.file_id, span_.begin, span_.begin};
    if (found == "for" && before == "wait") return help("leave out `for`", {span_.file_id, span_.begin, begin_of(1)}, "");
    if (type == WendParser::INT && (before == "await" || before == "repeat")) {
      return help("the limit is written with `up to`", here, "up to ");
    }
    if (type == WendParser::INT && before == "in" && error_.rule == WendParser::RuleWindow) return help("write `in last`", here, "last ");
    if (before == "set" && is_any_name(type)) return help("only attributes of the customer can be set", here, "customer.");
    if (type == WendParser::UIDENT && before == "enter") return help("a journey is entered `on` an event", here, "on ");
    if (type == WendParser::UIDENT && before == "when" && word(-2) == "enter") {
      return help("a journey is entered `on` an event", span_of(file_, *at(-1)), "on");
    }
    if (type == WendParser::UIDENT && before == "await") {
      return say(fmt::format("events stand in arms: `await up to 2 days {{ on {} {{ … }} on timeout {{ … }} }}`", found));
    }
    if (is_nothing(found)) return nothing(before);
    if (type == WendParser::INT || type == WendParser::TIME) return twelve_hours(found);
    if (type == WendParser::STRING) return quoted_name(found, before);
    if (found == "{" && before == "split") {
      return say("shares belong to a declared experiment: `split incentive { arm plain { … } arm discount { … } }`");
    }
    if (found == "{" && at(-1) != nullptr && at(-1)->getType() == WendParser::STRING && word(-2) == "test") {
      return say("say which journey is tested: `test \"…\" of … { … }`");
    }
    if (found == "," && error_.rule == WendParser::RulePrimary) return say("a list of values stands in square brackets: `[a, b]`");
    if (found == "[" && (error_.rule == WendParser::RuleType || error_.rule == WendParser::RuleFields)) list_type(before);
    const bool wants_comma = !error_.expected.isEmpty() && error_.expected.contains(token_type(","));
    if (wants_comma && is_any_name(type) && (error_.rule == WendParser::RuleParams || error_.rule == WendParser::RuleArgs)) {
      const std::uint32_t end = span_of(file_, *at(-1)).end;
      return help("put a comma between them", {span_.file_id, end, end}, ",");
    }
  }

 private:
  antlr4::Token* at(int offset) const {
    const auto index = static_cast<std::ptrdiff_t>(error_.token->getTokenIndex()) + offset;
    const antlr4::TokenStream& stream = *error_.parser->getTokenStream();
    if (index < 0 || index >= static_cast<std::ptrdiff_t>(error_.parser->getTokenStream()->size())) return nullptr;
    return stream.get(static_cast<std::size_t>(index));
  }
  std::string word(int offset) const {
    const antlr4::Token* token = at(offset);
    return token == nullptr ? std::string() : std::string(text_of(file_, *token));
  }
  std::uint32_t begin_of(int offset) const { return at(offset) == nullptr ? span_.end : span_of(file_, *at(offset)).begin; }

  void help(std::string text, source::Span place, std::string replacement) {
    diagnostic_.help(std::move(text), {place, std::move(replacement), Applicability::likely});
  }
  void say(std::string text) { diagnostic_.help(std::move(text)); }

  static bool is_nothing(std::string_view word) { return word == "null" || word == "nil" || word == "none" || word == "undefined"; }
  // `is null`, `is not null`
  void nothing(const std::string& before) {
    if (before == "is") return help("write `absent`", span_, "absent");
    if (before != "not" || word(-2) != "is") return;
    help("write `is present`", {span_.file_id, span_of(file_, *at(-1)).begin, span_.end}, "present");
  }

  // `9pm`, `9:30 am`
  void twelve_hours(const std::string& found) {
    std::string half = word(1);
    if (half != "am" && half != "pm") return;
    const std::size_t colon = found.find(':');
    const int written = std::atoi(found.c_str());
    if (written < 1 || written > 12) return;
    const int hour = written % 12 + (half == "pm" ? 12 : 0);
    const std::string minutes = colon == std::string::npos ? "00" : found.substr(colon + 1);
    const std::string time = fmt::format("{:02}:{}", hour, minutes);
    help(fmt::format("write `{}`", time), source::join(span_, span_of(file_, *at(1))), time);
  }

  // `send "Welcome"`, `exit "bought"`
  void quoted_name(const std::string& found, const std::string& before) {
    const std::string name = found.size() > 2 ? found.substr(1, found.size() - 2) : "";
    const bool is_name = std::all_of(name.begin(), name.end(), [](unsigned char each) { return std::isalnum(each) != 0 || each == '_'; });
    if (name.empty() || !is_name) return;
    if (before == "send" || before == "emit" || before == "call") {
      help("names stand without quotes", span_, to_camel_case(name));
    } else if (before == "exit" || before == "leave" || before == "step" || before == "split") {
      help("names stand without quotes", span_, to_snake_case(name));
    }
  }

  // `Text[]`, `[Text]`
  void list_type(const std::string& before) {
    if (word(1) == "]" && at(-1) != nullptr && at(-1)->getType() == WendParser::UIDENT) {
      const std::string list = fmt::format("List<{}>", before);
      help(fmt::format("a list is `{}`", list), source::join(span_of(file_, *at(-1)), span_of(file_, *at(1))), list);
    } else if (word(2) == "]") {
      const std::string list = fmt::format("List<{}>", word(1));
      help(fmt::format("a list is `{}`", list), source::join(span_, span_of(file_, *at(2))), list);
    }
  }

  const SyntaxError& error_;
  const source::SourceFile& file_;
  Diagnostic& diagnostic_;
  source::Span span_;
};

}  // namespace

bool is_habit_word(std::string_view word) {
  return std::any_of(k_statement_habits.begin(), k_statement_habits.end(), [&](const Habit& each) { return each.word == word; });
}

bool explain_word(std::string_view word, source::Span span, Diagnostic& diagnostic) {
  const auto habit =
      std::find_if(k_statement_habits.begin(), k_statement_habits.end(), [&](const Habit& each) { return each.word == word; });
  if (habit == k_statement_habits.end()) return false;
  if (habit->instead.empty()) {
    diagnostic.help(std::string(habit->help));
  } else {
    diagnostic.help(std::string(habit->help), {span, std::string(habit->instead), Applicability::likely});
  }
  return true;
}

void explain_token(const SyntaxError& error, const source::SourceFile& file, Diagnostic& diagnostic) {
  if (error.token->getTokenIndex() != INVALID_INDEX) Stumble(error, file, diagnostic).explain();
}

}  // namespace wend::syntax
