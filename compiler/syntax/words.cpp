#include "compiler/syntax/words.h"

#include <antlr4-runtime.h>

#include <algorithm>
#include <cassert>
#include <cctype>
#include <unordered_map>

#include "WendParser.h"
#include "compiler/syntax/parse.h"

namespace wend::syntax {
namespace {

using grammar::WendParser;

enum Use : unsigned {
  k_soft = 1U << 0,
  k_reserved = 1U << 1,
  k_statement = 1U << 2,
  k_header = 1U << 3,
  k_declaration = 1U << 4,
  k_test_item = 1U << 5,
  k_unit = 1U << 6,
  k_opening = 1U << 7,
  k_closing = 1U << 8,
};

struct Vocabulary {
  std::vector<std::string> literals;  ///< by token type, without the grammar's quotes
  std::vector<unsigned> uses;         ///< by token type
  std::unordered_map<std::string, std::size_t> types;
  std::vector<std::string> soft;
  std::vector<std::string> reserved;

  Vocabulary();
  void mark(const std::vector<std::string>& words, unsigned use) {
    for (const std::string& word : words) uses[types.at(word)] |= use;
  }
  /// The token types a rule accepts at its beginning.
  antlr4::misc::IntervalSet first_of(WendParser& parser, std::size_t rule_index) const {
    return parser.getATN().nextTokens(parser.getATN().ruleToStartState[rule_index]);
  }
};

const std::vector<std::string> k_units = {"second", "seconds", "minute", "minutes", "hour",   "hours", "business", "day",
                                          "days",   "week",    "weeks",  "month",   "months", "year",  "years"};

Vocabulary::Vocabulary() {
  WendParser parser(nullptr);
  const antlr4::dfa::Vocabulary& grammar_words = parser.getVocabulary();
  const std::size_t count = parser.getATN().maxTokenType + 1;
  literals.resize(count);
  uses.resize(count);
  for (std::size_t type = 1; type < count; ++type) {
    const std::string quoted = grammar_words.getLiteralName(type);
    if (quoted.size() < 2) continue;
    literals[type] = quoted.substr(1, quoted.size() - 2);
    types[literals[type]] = type;
  }
  const antlr4::misc::IntervalSet soft_types = first_of(parser, WendParser::RuleSoft);
  const antlr4::misc::IntervalSet reserved_types = first_of(parser, WendParser::RuleKeyword);
  for (std::size_t type = 1; type < count; ++type) {
    if (soft_types.contains(type)) {
      uses[type] |= k_soft;
      soft.push_back(literals[type]);
    }
    if (reserved_types.contains(type)) {
      uses[type] |= k_reserved;
      reserved.push_back(literals[type]);
    }
  }
  std::sort(soft.begin(), soft.end());
  std::sort(reserved.begin(), reserved.end());
  mark(statement_words(), k_statement);
  mark(header_words(), k_header);
  mark(declaration_words(), k_declaration);
  mark(test_item_words(), k_test_item);
  mark(k_units, k_unit);
  mark({"(", "[", "{"}, k_opening);
  mark({")", "]", "}"}, k_closing);
}

const Vocabulary& vocabulary() {
  static const Vocabulary instance;
  return instance;
}

bool has(std::size_t type, unsigned use) {
  const Vocabulary& words = vocabulary();
  return type < words.uses.size() && (words.uses[type] & use) != 0;
}

}  // namespace

std::size_t token_type(std::string_view literal) {
  return vocabulary().types.at(std::string(literal));
}

std::string_view literal_of(std::size_t type) {
  const Vocabulary& words = vocabulary();
  return type < words.literals.size() ? std::string_view(words.literals[type]) : std::string_view();
}

bool is_word(std::size_t type) {
  const std::string_view literal = literal_of(type);
  return type == WendParser::LIDENT || (!literal.empty() && std::islower(static_cast<unsigned char>(literal.front())) != 0);
}

bool is_soft(std::size_t type) {
  return has(type, k_soft);
}
bool is_reserved(std::size_t type) {
  return has(type, k_reserved);
}
bool is_plain_name(std::size_t type) {
  return type == WendParser::LIDENT || type == WendParser::QUOTED || is_soft(type);
}
bool is_any_name(std::size_t type) {
  return is_plain_name(type) || is_reserved(type);
}
bool is_opening(std::size_t type) {
  return has(type, k_opening);
}
bool is_closing(std::size_t type) {
  return has(type, k_closing);
}
bool begins_statement(std::size_t type) {
  return has(type, k_statement);
}
bool begins_header(std::size_t type) {
  return has(type, k_header);
}
bool begins_declaration(std::size_t type) {
  return has(type, k_declaration);
}
bool begins_test_item(std::size_t type) {
  return has(type, k_test_item);
}
bool is_unit(std::size_t type) {
  return has(type, k_unit);
}

const std::vector<std::string>& statement_words() {
  static const std::vector<std::string> words = {"step",   "do",   "send",  "wait", "await", "if",  "match", "split", "parallel", "race",
                                                 "repeat", "stop", "leave", "run",  "let",   "set", "emit",  "call",  "hand",     "exit"};
  return words;
}

const std::vector<std::string>& declaration_words() {
  static const std::vector<std::string> words = {"import",   "enum",    "record", "customer", "event",      "channel",
                                                 "calendar", "segment", "policy", "holdout",  "experiment", "message",
                                                 "action",   "fixture", "fn",     "flow",     "journey",    "test"};
  return words;
}

const std::vector<std::string>& header_words() {
  static const std::vector<std::string> words = {"owner", "policy", "holdout", "lifetime", "priority", "enter", "exit", "goal"};
  return words;
}

const std::vector<std::string>& test_item_words() {
  static const std::vector<std::string> words = {"start", "given", "at", "after", "advance", "expect"};
  return words;
}

const std::vector<std::string>& clause_words() {
  static const std::vector<std::string> words = {"via",     "within", "when",     "where",       "until",   "using",  "else",
                                                 "with",    "per",    "cooldown", "once",        "since",   "from",   "for",
                                                 "because", "times",  "every",    "interrupted", "retired", "and",    "otherwise",
                                                 "same",    "late",   "grace",    "dedupe",      "accepts", "shadow", "retry"};
  return words;
}

const std::vector<std::string>& soft_words() {
  return vocabulary().soft;
}
const std::vector<std::string>& reserved_words() {
  return vocabulary().reserved;
}

}  // namespace wend::syntax
