#include "compiler/syntax/recovery.h"

#include <algorithm>
#include <array>

#include "WendParser.h"
#include "compiler/diag/suggest.h"
#include "compiler/syntax/habits.h"
#include "compiler/syntax/syntax_error.h"
#include "compiler/syntax/words.h"

namespace wend::syntax {
namespace {

using grammar::WendParser;

/// A list rule and the rule of its items.
struct ListRule {
  std::size_t list;
  std::size_t item;
};
constexpr std::array k_lists = std::to_array<ListRule>({
    {WendParser::RuleFile, WendParser::RuleDecl},
    {WendParser::RuleImportBody, WendParser::RuleImportItem},
    {WendParser::RuleFields, WendParser::RuleField},
    {WendParser::RuleChannelBody, WendParser::RuleChannelItem},
    {WendParser::RuleCalendarBody, WendParser::RuleCalendarItem},
    {WendParser::RulePolicyBody, WendParser::RulePolicyItem},
    {WendParser::RuleExperimentBody, WendParser::RuleExperimentItem},
    {WendParser::RuleLocalesBody, WendParser::RuleLocaleItem},
    {WendParser::RuleMessageBodies, WendParser::RuleMessageBody},
    {WendParser::RuleMessageBody, WendParser::RuleBodyPart},
    {WendParser::RuleNamedValues, WendParser::RuleNamedValue},
    {WendParser::RuleJourneyBody, WendParser::RuleStmt},
    {WendParser::RuleToleratedTail, WendParser::RuleStmt},
    {WendParser::RuleBlock, WendParser::RuleStmt},
    {WendParser::RuleAwaitBody, WendParser::RuleAwaitArm},
    {WendParser::RuleMatchBody, WendParser::RuleMatchArm},
    {WendParser::RuleSplitBody, WendParser::RuleSplitArm},
    {WendParser::RuleForkBody, WendParser::RuleBranch},
    {WendParser::RuleTestBody, WendParser::RuleTestItem},
});

const ListRule* find_list(std::size_t rule) {
  const auto found = std::find_if(k_lists.begin(), k_lists.end(), [&](const ListRule& each) { return each.list == rule; });
  return found == k_lists.end() ? nullptr : &*found;
}

bool is_item(std::size_t rule) {
  return rule == WendParser::RuleUseDecl || rule == WendParser::RuleHeader || rule == WendParser::RuleRetired ||
         std::any_of(k_lists.begin(), k_lists.end(), [&](const ListRule& each) { return each.item == rule; });
}

std::string_view literal_at(antlr4::Parser* parser, ssize_t distance) {
  antlr4::Token* token = parser->getTokenStream()->LT(distance);
  return token == nullptr ? std::string_view() : literal_of(token->getType());
}

std::size_t type_at(antlr4::Parser* parser, ssize_t distance) {
  antlr4::Token* token = parser->getTokenStream()->LT(distance);
  return token == nullptr ? antlr4::Token::INVALID_TYPE : token->getType();
}

bool is_any_of(std::string_view literal, std::initializer_list<std::string_view> literals) {
  return std::find(literals.begin(), literals.end(), literal) != literals.end();
}

bool begins_line(antlr4::Parser* parser) {
  antlr4::Token* before = parser->getTokenStream()->LT(-1);
  return before == nullptr || before->getLine() < parser->getTokenStream()->LT(1)->getLine();
}

/// Inside the `{hole}` of a message text, which is parsed by itself: no statement or header can stand there.
bool is_in_hole(antlr4::Parser* parser) {
  const antlr4::tree::ParseTree* context = parser->getContext();
  while (context->parent != nullptr) context = context->parent;
  return static_cast<const antlr4::ParserRuleContext*>(context)->getRuleIndex() == WendParser::RuleHole;
}

/// `sned Foo` on a line of its own is surely an item, though not a right one: the list will say so. (Inside an expression
/// two names never stand side by side.)
bool is_misspelt_item(antlr4::Parser* parser, std::size_t item, const source::SourceFile& file) {
  const std::vector<std::string>* words = item == WendParser::RuleStmt       ? &statement_words()
                                          : item == WendParser::RuleDecl     ? &declaration_words()
                                          : item == WendParser::RuleTestItem ? &test_item_words()
                                                                             : nullptr;
  if (words == nullptr) return false;
  const antlr4::Token* next = parser->getTokenStream()->LT(2);
  if (item == WendParser::RuleStmt) {
    if (literal_at(parser, 1) == "when" && is_any_of(literal_at(parser, 2), {"quiet", "capped"})) return false;
    if (is_habit_word(text_of(file, *parser->getTokenStream()->LT(1)))) return true;
    if (begins_declaration(type_at(parser, 1)) && next->getType() == WendParser::UIDENT) return true;
  }
  if (type_at(parser, 1) != WendParser::LIDENT) return false;
  const bool same_line = next != nullptr && next->getLine() == parser->getTokenStream()->LT(1)->getLine();
  const std::size_t type = type_at(parser, 2);
  if (same_line && (type == WendParser::LIDENT || type == WendParser::UIDENT || type == WendParser::INT || type == WendParser::STRING))
    return true;
  return literal_of(type) != ":" && diag::nearest(text_of(file, *parser->getTokenStream()->LT(1)), *words).has_value();
}

/// Words that begin statements and are here part of a clause: `if already running run alongside`, `if past`, `of first send`.
bool is_part_of_another(antlr4::Parser* parser) {
  const std::string_view literal = literal_at(parser, 1);
  const std::string_view before = literal_at(parser, -1);
  const std::string_view next = literal_at(parser, 2);
  if (literal == "if") return is_any_of(next, {"already", "past", "absent"});
  if (literal == "run") return before == "running";
  if (literal == "send") return is_any_of(before, {"first", "last"});
  return false;
}

/// Whether the next token can begin an item of this kind. Errs towards no: a missed item only hides errors, a wrong
/// one invents them.
bool can_begin(antlr4::Parser* parser, std::size_t item, const source::SourceFile& file) {
  const std::size_t type = type_at(parser, 1);
  const std::string_view literal = literal_of(type);
  const std::string_view next = literal_at(parser, 2);
  if (literal_at(parser, -1) == ".") return false;
  const bool first = begins_line(parser);
  if (first && is_misspelt_item(parser, item, file)) return true;
  switch (item) {
    case WendParser::RuleDecl:
    case WendParser::RuleUseDecl:
      return first && (begins_declaration(type) || literal == "use") && next != ":" && next != ".";
    case WendParser::RuleStmt:
    case WendParser::RuleHeader:
    case WendParser::RuleRetired:
      if (next == ":" && literal != "match") return false;
      if (is_part_of_another(parser)) return false;
      return begins_statement(type) || (first && (begins_header(type) || literal == "retired"));
    case WendParser::RuleTestItem:
      return first && begins_test_item(type);
    case WendParser::RuleImportItem:
      return is_any_of(literal, {"event", "record", "enum"});
    case WendParser::RuleField:
      return is_any_name(type) && (next == ":" || next == "from" || next == "was");
    case WendParser::RuleNamedValue:
      return is_any_name(type) && next == ":";
    case WendParser::RuleChannelItem:
      return first && is_any_of(literal, {"address", "consent", "receipts", "accepts"});
    case WendParser::RuleLocaleItem:
      return type == WendParser::STRING;
    case WendParser::RuleCalendarItem:
      return first && is_any_of(literal, {"week", "closed"});
    case WendParser::RulePolicyItem:
      return first && is_any_of(literal, {"cap", "quiet", "when"});
    case WendParser::RuleExperimentItem:
      return first && is_any_of(literal, {"salt", "layer", "arm", "retired"});
    case WendParser::RuleMessageBody:
      return is_plain_name(type) && next == "{";
    case WendParser::RuleBodyPart:
      return is_any_name(type) && type_at(parser, 2) == WendParser::STRING;
    case WendParser::RuleAwaitArm:
      return is_any_of(literal, {"on", "when"}) && (first || literal_at(parser, -1) == "}");
    case WendParser::RuleSplitArm:
      return literal == "arm";
    case WendParser::RuleBranch:
      return literal == "branch";
    case WendParser::RuleMatchArm:
      return literal_at(parser, -1) == "}";
    default:  // not an item
      return false;
  }
}

/// The state of `from` that invokes `to`: the parser computes what may follow from it.
std::size_t invoking_state(antlr4::Parser* parser, std::size_t from, std::size_t to) {
  const antlr4::atn::ATN& atn = parser->getATN();
  for (const antlr4::atn::ATNState* state : atn.states) {
    if (state == nullptr || state->ruleIndex != from || state->transitions.size() != 1) continue;
    const antlr4::atn::Transition* transition = state->transitions[0];
    if (transition->getSerializationType() == antlr4::atn::Transition::RULE && transition->target->ruleIndex == to)
      return state->stateNumber;
  }
  return antlr4::atn::ATNState::INVALID_STATE_NUMBER;
}

/// The rule of the braces that belong to an item beginning with this word.
std::size_t body_rule(std::size_t item, std::string_view first_word) {
  if (item == WendParser::RuleDecl) {
    if (first_word == "journey") return WendParser::RuleJourneyBody;
    if (first_word == "flow") return WendParser::RuleBlock;
    if (first_word == "test") return WendParser::RuleTestBody;
    if (is_any_of(first_word, {"record", "event", "customer"})) return WendParser::RuleFields;
    if (first_word == "policy") return WendParser::RulePolicyBody;
    if (first_word == "channel") return WendParser::RuleChannelBody;
    if (first_word == "message") return WendParser::RuleMessageBodies;
    if (first_word == "experiment") return WendParser::RuleExperimentBody;
    return INVALID_INDEX;
  }
  if (item == WendParser::RuleStmt) {
    if (first_word == "await") return WendParser::RuleAwaitBody;
    if (first_word == "match") return WendParser::RuleMatchBody;
    if (first_word == "split") return WendParser::RuleSplitBody;
    if (first_word == "parallel" || first_word == "race") return WendParser::RuleForkBody;
    return WendParser::RuleBlock;
  }
  const bool is_arm = item == WendParser::RuleAwaitArm || item == WendParser::RuleMatchArm || item == WendParser::RuleSplitArm ||
                      item == WendParser::RuleBranch;
  return is_arm ? static_cast<std::size_t>(WendParser::RuleBlock) : INVALID_INDEX;
}

/// The rule whose states invoke the body: a declaration's body belongs to the declaration's own rule.
std::size_t body_owner(std::size_t item, std::size_t body) {
  if (item != WendParser::RuleDecl) return item;
  switch (body) {
    case WendParser::RuleJourneyBody:
      return WendParser::RuleJourneyDecl;
    case WendParser::RuleBlock:
      return WendParser::RuleFlowDecl;
    case WendParser::RuleTestBody:
      return WendParser::RuleTestDecl;
    case WendParser::RuleFields:
      return WendParser::RuleEventDecl;
    case WendParser::RulePolicyBody:
      return WendParser::RulePolicyDecl;
    case WendParser::RuleChannelBody:
      return WendParser::RuleChannelDecl;
    case WendParser::RuleMessageBodies:
      return WendParser::RuleMessageDecl;
    default:
      return WendParser::RuleExperimentDecl;
  }
}

void invoke(WendParser& parser, std::size_t rule) {
  switch (rule) {
    case WendParser::RuleBlock:
      parser.block();
      return;
    case WendParser::RuleJourneyBody:
      parser.journeyBody();
      return;
    case WendParser::RuleTestBody:
      parser.testBody();
      return;
    case WendParser::RuleFields:
      parser.fields();
      return;
    case WendParser::RulePolicyBody:
      parser.policyBody();
      return;
    case WendParser::RuleChannelBody:
      parser.channelBody();
      return;
    case WendParser::RuleMessageBodies:
      parser.messageBodies();
      return;
    case WendParser::RuleExperimentBody:
      parser.experimentBody();
      return;
    case WendParser::RuleAwaitBody:
      parser.awaitBody();
      return;
    case WendParser::RuleMatchBody:
      parser.matchBody();
      return;
    case WendParser::RuleSplitBody:
      parser.splitBody();
      return;
    case WendParser::RuleForkBody:
      parser.forkBody();
      return;
    case WendParser::RuleDecl:
      parser.decl();
      return;
    case WendParser::RuleUseDecl:
      parser.useDecl();
      return;
    case WendParser::RuleStmt:
      parser.stmt();
      return;
    case WendParser::RuleHeader:
      parser.header();
      return;
    case WendParser::RuleRetired:
      parser.retired();
      return;
    case WendParser::RuleTestItem:
      parser.testItem();
      return;
    case WendParser::RuleAwaitArm:
      parser.awaitArm();
      return;
    case WendParser::RuleMatchArm:
      parser.matchArm();
      return;
    case WendParser::RuleField:
      parser.field();
      return;
    default:  // the other lists' items are found again by the list itself
      return;
  }
}

void consume_until(antlr4::Parser* parser, std::size_t index) {
  while (parser->getTokenStream()->index() < index && type_at(parser, 1) != antlr4::Token::EOF) parser->consume();
}

/// How many brackets are open at the present token that were not at `start`.
int depth_since(antlr4::Parser* parser, std::size_t start) {
  int depth = 0;
  for (std::size_t index = start; index < parser->getTokenStream()->index(); ++index) {
    const std::size_t type = parser->getTokenStream()->get(index)->getType();
    depth += is_opening(type) ? 1 : is_closing(type) ? -1 : 0;
  }
  return depth;
}

/// A list that did not even find its opening brace is a mistake of the item around it.
bool has_begun(const antlr4::ParserRuleContext* list) {
  const bool braced = list->getRuleIndex() != WendParser::RuleFile && list->getRuleIndex() != WendParser::RuleToleratedTail;
  return !braced || literal_of(list->start->getType()) == "{";
}

std::size_t index_of(const antlr4::Token* token) {
  return token == nullptr ? 0 : token->getTokenIndex();
}

}  // namespace

void RecoveringStrategy::reportError(antlr4::Parser* parser, const antlr4::RecognitionException& error) {
  if (inErrorRecoveryMode(parser)) return;
  beginErrorCondition(parser);
  antlr4::Token* token = error.getOffendingToken();
  const auto* no_alternative = dynamic_cast<const antlr4::NoViableAltException*>(&error);
  const bool looked_ahead = no_alternative != nullptr && no_alternative->getStartToken() != token;
  const auto offset = static_cast<std::uint32_t>(token->getStartIndex());
  reporter_.mark_lost(offset);
  if (reporter_.is_silenced(offset) || reporter_.is_full()) return;
  const std::size_t rule = parser->getContext()->getRuleIndex();
  reporter_.report(
      diagnose({parser, token, rule, looked_ahead ? antlr4::misc::IntervalSet() : parser->getExpectedTokens()}, reporter_.file()));
}

void RecoveringStrategy::recover(antlr4::Parser* parser, std::exception_ptr error) {
  antlr4::ParserRuleContext* context = parser->getContext();
  const std::size_t rule = context->getRuleIndex();
  std::size_t offending_index = 0;
  try {
    std::rethrow_exception(error);
  } catch (const antlr4::RecognitionException& exception) {
    offending_index = index_of(exception.getOffendingToken());
  }
  if (is_item(rule)) {
    skip_item(parser, rule, index_of(context->start), offending_index);
  } else if (const ListRule* list = find_list(rule); list != nullptr && has_begun(context)) {
    resume_list(parser, list->item, offending_index);
  } else if (rule == WendParser::RuleHole) {
    consume_until(parser, INVALID_INDEX);
  } else {
    std::rethrow_exception(error);
  }
}

antlr4::Token* RecoveringStrategy::recoverInline(antlr4::Parser* parser) {
  antlr4::Token* token = parser->getCurrentToken();
  const antlr4::misc::IntervalSet expected = parser->getExpectedTokens();
  const bool wants_type = expected.size() == 1 && expected.contains(static_cast<std::size_t>(WendParser::UIDENT));
  const bool is_name = token->getType() == WendParser::LIDENT || is_soft(token->getType());
  if (!wants_type || !is_name || begins_line(parser)) throw antlr4::InputMismatchException(parser);
  if (!inErrorRecoveryMode(parser) && !reporter_.is_silenced(static_cast<std::uint32_t>(token->getStartIndex()))) {
    const std::string name(text_of(reporter_.file(), *token));
    reporter_.report_habit("name " + name, lower_case_type(*token, literal_at(parser, -1), reporter_.file()));
  }
  set_type(*token, WendParser::UIDENT);
  return parser->consume();
}

void RecoveringStrategy::sync(antlr4::Parser* parser) {
  if (inErrorRecoveryMode(parser)) return;
  const std::size_t rule = parser->getContext()->getRuleIndex();
  if (rule == WendParser::RuleLname) return repair_name(parser);
  if (rule == WendParser::RulePrimary || rule == WendParser::RuleExpr) return repair_lone_type(parser);
  if (rule == WendParser::RuleStmt && literal_at(parser, -1) == "exit") return repair_exit_label(parser);
  if (find_list(rule) != nullptr) check_list_item(parser);
}

/// `exit call }`: the reserved word is the label, because nothing of its own follows it.
void RecoveringStrategy::repair_exit_label(antlr4::Parser* parser) {
  const antlr4::Token* next = parser->getTokenStream()->LT(2);
  if (literal_of(next->getType()) == "}" || next->getLine() > parser->getCurrentToken()->getLine()) repair_name(parser);
}

/// At a place where only a name can stand: a reserved or Capitalised word is reported and read as one.
void RecoveringStrategy::repair_name(antlr4::Parser* parser) {
  antlr4::Token* token = parser->getCurrentToken();
  const std::size_t type = token->getType();
  if (begins_line(parser)) return;
  const std::string name(text_of(reporter_.file(), *token));
  const bool silent = reporter_.is_silenced(static_cast<std::uint32_t>(token->getStartIndex()));
  if (is_reserved(type)) {
    if (!silent) reporter_.report_habit("name " + name, reserved_word(*token, reporter_.file()));
    set_type(*token, WendParser::LIDENT);
  } else if (type == WendParser::UIDENT) {
    if (!silent) reporter_.report_habit("name " + name, capitalised_value(*token, reporter_.file()));
    set_type(*token, WendParser::LIDENT);
  }
}

/// `plan == TRIAL`, `x == past`: a word where an expression begins that cannot begin one.
void RecoveringStrategy::repair_lone_type(antlr4::Parser* parser) {
  antlr4::Token* token = parser->getCurrentToken();
  if (token != parser->getContext()->start) return;  // a later decision of the rule
  const std::string_view next = literal_at(parser, 2);
  const std::size_t type = token->getType();
  const bool is_lone_type = type == WendParser::UIDENT && next != "(" && next != ".";
  const bool begins_expression = is_any_of(literal_of(type), {"customer", "now", "consent", "did", "match", "not", "true", "false"});
  const bool may_be_item = begins_line(parser) || begins_statement(type) || next == "{";
  const bool is_misplaced_word = is_reserved(type) && !begins_expression && (!may_be_item || is_in_hole(parser));
  if (!is_lone_type && !is_misplaced_word) return;
  if (!reporter_.is_silenced(static_cast<std::uint32_t>(token->getStartIndex()))) {
    const std::string name(text_of(reporter_.file(), *token));
    reporter_.report_habit("name " + name,
                           is_lone_type ? capitalised_value(*token, reporter_.file()) : reserved_word(*token, reporter_.file()));
  }
  set_type(*token, WendParser::LIDENT);
}

/// Before each item of a list: whatever cannot begin one is reported once and skipped.
void RecoveringStrategy::check_list_item(antlr4::Parser* parser) {
  antlr4::Token* token = parser->getCurrentToken();
  antlr4::misc::IntervalSet expected = parser->getATN().nextTokens(parser->getATN().states[parser->getState()]);
  const std::size_t rule = parser->getContext()->getRuleIndex();
  const std::size_t item = find_list(rule)->item;
  const bool exit_when = literal_of(token->getType()) == "exit" && literal_at(parser, 2) == "when";
  if ((expected.contains(token->getType()) && !exit_when) || expected.contains(antlr4::Token::EPSILON)) return;
  do {
    token = parser->getCurrentToken();
    reporter_.mark_lost(static_cast<std::uint32_t>(token->getStartIndex()));
    if (!reporter_.is_silenced(static_cast<std::uint32_t>(token->getStartIndex())) && !reporter_.is_full()) {
      reporter_.report(diagnose({parser, token, rule, expected}, reporter_.file()));
    }
    beginErrorCondition(parser);
    if (is_closing(token->getType())) return;
    skip_item(parser, item, token->getTokenIndex(), token->getTokenIndex());
  } while (!expected.contains(type_at(parser, 1)) && !is_closing(type_at(parser, 1)) && type_at(parser, 1) != antlr4::Token::EOF);
}

/// A list that failed between its items goes on with them here, because its own loop is lost.
void RecoveringStrategy::resume_list(antlr4::Parser* parser, std::size_t item, std::size_t offending_index) {
  skip_item(parser, item, parser->getTokenStream()->index(), offending_index);
  while (type_at(parser, 1) != antlr4::Token::EOF && !is_closing(type_at(parser, 1))) {
    const std::size_t before = parser->getTokenStream()->index();
    parse_item(parser, item);
    if (parser->getTokenStream()->index() == before || !can_begin(parser, item, reporter_.file())) skip_item(parser, item, before, before);
  }
  if (is_closing(type_at(parser, 1))) parser->consume();
  endErrorCondition(parser);
}

void RecoveringStrategy::parse_item(antlr4::Parser* parser, std::size_t item) {
  const std::size_t list = parser->getContext()->getRuleIndex();
  std::size_t rule = item;
  const std::string_view word = literal_at(parser, 1);
  if (list == WendParser::RuleJourneyBody) {
    const bool is_exit_rule = word == "exit" && literal_at(parser, 3) == "when";
    if (is_exit_rule || (begins_header(type_at(parser, 1)) && word != "exit")) rule = WendParser::RuleHeader;
    if (word == "retired") rule = WendParser::RuleRetired;
  }
  if (list == WendParser::RuleFile && word == "use") rule = WendParser::RuleUseDecl;
  const std::size_t state = invoking_state(parser, list, rule);
  if (state == antlr4::atn::ATNState::INVALID_STATE_NUMBER) return;
  parser->setState(state);
  endErrorCondition(parser);
  invoke(static_cast<WendParser&>(*parser), rule);
}

void RecoveringStrategy::skip_item(antlr4::Parser* parser, std::size_t item, std::size_t start_index, std::size_t offending_index) {
  if (reporter_.is_full()) return consume_until(parser, INVALID_INDEX);
  const antlr4::Token* start = parser->getTokenStream()->get(start_index);
  consume_until(parser, offending_index);
  int depth = depth_since(parser, start_index);
  bool moved = parser->getTokenStream()->index() > start_index;
  while (type_at(parser, 1) != antlr4::Token::EOF) {
    const std::size_t type = type_at(parser, 1);
    if (depth <= 0) {
      // A stray closer at the outermost level cannot happen: brackets match.
      if (is_closing(type)) return;
      if (moved && can_begin(parser, item, reporter_.file())) return endErrorCondition(parser);
      if (literal_of(type) == "{" && parse_body(parser, item, start)) {
        moved = true;
        if (item != WendParser::RuleStmt && item != WendParser::RuleDecl) return;
        continue;
      }
    }
    depth += is_opening(type) ? 1 : is_closing(type) ? -1 : 0;
    parser->consume();
    moved = true;
  }
}

/// Parses the braces of an item whose beginning was wrong, so that the mistakes inside are found too.
bool RecoveringStrategy::parse_body(antlr4::Parser* parser, std::size_t item, const antlr4::Token* item_start) {
  const std::size_t body = body_rule(item, literal_of(item_start->getType()));
  if (body == INVALID_INDEX) return false;
  // `message … { }` among statements is a declaration in the wrong place, `split { }` one without its name: what is inside would
  // be held against the wrong rules.
  if (item == WendParser::RuleStmt && begins_declaration(item_start->getType())) return false;
  if (literal_of(item_start->getType()) == "split" && item_start->getTokenIndex() + 1 == parser->getTokenStream()->index()) return false;
  const std::size_t state = invoking_state(parser, body_owner(item, body), body);
  if (state == antlr4::atn::ATNState::INVALID_STATE_NUMBER) return false;
  parser->setState(state);
  endErrorCondition(parser);
  invoke(static_cast<WendParser&>(*parser), body);
  beginErrorCondition(parser);
  return true;
}

}  // namespace wend::syntax
