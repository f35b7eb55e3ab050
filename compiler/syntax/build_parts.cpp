#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <chrono>

#include "compiler/source/utf8.h"
#include "compiler/syntax/tree_builder.h"
#include "compiler/syntax/words.h"

namespace wend::syntax {

using diag::Diagnostic;
using diag::Kind;

TreeBuilder::TreeBuilder(Reporter& reporter, const std::vector<Comment>& comments) : reporter_(reporter), file_(reporter.file()) {
  for (const Comment& comment : comments) {
    if (comment.kind == CommentKind::doc && comment.own_line) docs_by_line_[file_.line_of(comment.span.begin)] = &comment;
  }
}

Span TreeBuilder::span_of_token(const antlr4::Token* token) const {
  return token == nullptr ? Span{} : span_of(file_, *token);
}

Span TreeBuilder::span_of_context(antlr4::ParserRuleContext* context) const {
  const Span first = span_of_token(context->start);
  const antlr4::Token* stop = context->stop;
  if (stop == nullptr || stop->getTokenIndex() < context->start->getTokenIndex()) return {first.file_id, first.begin, first.begin};
  return source::join(first, span_of_token(stop));
}

std::string TreeBuilder::text_of_token(const antlr4::Token* token) const {
  return std::string(text_of(file_, *token));
}

std::optional<DocComment> TreeBuilder::doc_before(Span span) const {
  // What follows another thing on its line is not what the comment above that line is about.
  if (docs_by_line_.empty() || !begins_line(file_.text(), span.begin)) return std::nullopt;
  std::uint32_t line = file_.line_of(span.begin);
  std::vector<const Comment*> lines;
  for (auto found = docs_by_line_.find(--line); found != docs_by_line_.end(); found = docs_by_line_.find(--line))
    lines.push_back(found->second);
  if (lines.empty()) return std::nullopt;
  DocComment doc;
  for (auto each = lines.rbegin(); each != lines.rend(); ++each) {
    std::string_view text = file_.text((*each)->span).substr(3);
    if (text.starts_with(' ')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\r')) text.remove_suffix(1);
    doc.text += (doc.text.empty() ? "" : "\n") + std::string(text);
    doc.span = source::join(doc.span, (*each)->span);
  }
  return doc;
}

void TreeBuilder::report(Diagnostic diagnostic) {
  found_error_ = true;
  reporter_.report(std::move(diagnostic));
}

void TreeBuilder::report_repeated(std::string_view clause, Span again) {
  report(Diagnostic(Kind::repeated_clause, again).with("clause", std::string(clause)).label("given a second time here"));
}

// ── names ────────────────────────────────────────────────────────────────────────────────────────────────────────

Name TreeBuilder::build_name(Grammar::LnameContext* context) {
  std::string text = text_of_token(context->start);
  const bool quoted = context->start->getType() == Grammar::QUOTED;
  if (quoted) std::erase(text, '`');
  return {std::move(text), span_of_token(context->start), quoted};
}

Name TreeBuilder::build_name(Grammar::AnyNameContext* context) {
  if (context->lname() != nullptr) return build_name(context->lname());
  return {text_of_token(context->start), span_of_token(context->start), false};
}

Name TreeBuilder::build_type_name(antlr4::tree::TerminalNode* node) {
  return {text_of_token(node->getSymbol()), span_of_node(node), false};
}

std::vector<Name> TreeBuilder::build_names(Grammar::NamesContext* context) {
  std::vector<Name> names;
  if (context == nullptr) return names;
  for (Grammar::LnameContext* each : context->lname()) names.push_back(build_name(each));
  return names;
}

std::vector<Name> TreeBuilder::build_was(Grammar::WasContext* context) {
  std::vector<Name> names;
  if (context == nullptr) return names;
  for (Grammar::OldNameContext* each : context->oldName()) {
    names.push_back(each->anyName() != nullptr ? build_name(each->anyName()) : build_type_name(each->UIDENT()));
  }
  return names;
}

std::optional<Name> TreeBuilder::build_as(Grammar::AsNameContext* context) {
  if (context == nullptr) return std::nullopt;
  return build_name(context->lname());
}

QualifiedName TreeBuilder::build_qualified(Grammar::QnameContext* context) {
  QualifiedName name;
  for (Grammar::LnameContext* each : context->lname()) name.parts.push_back(build_name(each));
  name.span = span_of_context(context);
  return name;
}

// ── numbers and times ────────────────────────────────────────────────────────────────────────────────────────────

std::int64_t TreeBuilder::int_value(std::string_view digits, Span span) {
  std::int64_t value = 0;
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (result.ec == std::errc::result_out_of_range) {
    report(Diagnostic(Kind::invalid_number, span).with("number", std::string(digits)).label("a whole number has at most 64 bits"));
    return 1;  // neither too large nor too small for anything
  }
  return value;
}

IntLiteral TreeBuilder::build_int(antlr4::tree::TerminalNode* node) {
  IntLiteral literal{text_of_token(node->getSymbol()), 0, span_of_node(node)};
  std::erase(literal.text, '_');
  literal.value = int_value(literal.text, literal.span);
  return literal;
}

PercentLiteral TreeBuilder::build_percent(antlr4::tree::TerminalNode* node) {
  std::string text = text_of_token(node->getSymbol());
  text.pop_back();
  return {std::move(text), span_of_node(node)};
}

DateLiteral TreeBuilder::build_date(antlr4::tree::TerminalNode* node) {
  const std::string text = text_of_token(node->getSymbol());
  DateLiteral date;
  date.span = span_of_node(node);
  std::from_chars(text.data(), text.data() + 4, date.year);
  std::from_chars(text.data() + 5, text.data() + 7, date.month);
  std::from_chars(text.data() + 8, text.data() + 10, date.day);
  const std::chrono::year_month_day check{std::chrono::year(date.year), std::chrono::month(static_cast<unsigned>(date.month)),
                                          std::chrono::day(static_cast<unsigned>(date.day))};
  if (check.ok()) return date;
  Diagnostic diagnostic(Kind::invalid_date, date.span);
  diagnostic.with("date", text);
  if (date.month < 1 || date.month > 12) {
    diagnostic.label("a date is year-month-day, and months go from 01 to 12");
  } else {
    const std::chrono::year_month_day_last last{check.year(), std::chrono::month_day_last(check.month())};
    diagnostic.label(fmt::format("this month has {} days", static_cast<unsigned>(last.day())));
  }
  report(std::move(diagnostic));
  date.year = 1970;
  date.month = 1;
  date.day = 1;
  return date;
}

/// `ends_a_span`: the time is the end of a part of each day, which may be midnight.
TimeLiteral TreeBuilder::build_time(antlr4::tree::TerminalNode* node, bool ends_a_span) {
  const std::string text = text_of_token(node->getSymbol());
  TimeLiteral time;
  time.span = span_of_node(node);
  int* const parts[] = {&time.hour, &time.minute, &time.second};
  const char* at = text.data();
  for (int* part : parts) {
    at = std::from_chars(at, text.data() + text.size(), *part).ptr;
    if (at == text.data() + text.size()) break;
    ++at;
  }
  if (time.hour < 24 && time.minute < 60 && time.second < 60) return time;
  Diagnostic diagnostic(Kind::invalid_time, time.span);
  diagnostic.with("time", text);
  if (text.starts_with("24:00")) {
    if (ends_a_span) {
      diagnostic.help("what ends at midnight ends as the next day begins", {time.span, "00:00", diag::Applicability::likely});
    } else {
      diagnostic.help("a day begins with its midnight, `00:00`; the one that it ends with is the next day's");
    }
  } else {
    diagnostic.label("hours go from 00 to 23, minutes and seconds from 00 to 59");
  }
  report(std::move(diagnostic));
  time.hour = time.minute = time.second = 0;
  return time;
}

MomentLiteral TreeBuilder::build_moment(Grammar::MomentContext* context) {
  MomentLiteral moment;
  moment.date = build_date(context->DATE());
  moment.time = build_time(context->TIME());
  moment.span = span_of_context(context);
  if (antlr4::tree::TerminalNode* node = context->OFFSET()) {
    const std::string text = text_of_token(node->getSymbol());
    int hours = 0;
    int minutes = 0;
    std::from_chars(text.data() + 1, text.data() + 3, hours);
    std::from_chars(text.data() + 4, text.data() + 6, minutes);
    constexpr int k_offset_hours_max = 18;  // the widest that time libraries accept; real zones stay within 14
    if (hours > k_offset_hours_max || minutes > 59) {
      report(Diagnostic(Kind::invalid_time, span_of_node(node)).with("time", text).label("an offset from UTC is at most 18:00"));
    }
    moment.offset_minutes = (text.front() == '-' ? -1 : 1) * (hours * 60 + minutes);
  }
  return moment;
}

Unit TreeBuilder::build_unit(Grammar::UnitContext* context) {
  const std::string_view first = literal_of(context->start->getType());
  if (first == "business") return Unit::business_day;
  if (first.starts_with("second")) return Unit::second;
  if (first.starts_with("minute")) return Unit::minute;
  if (first.starts_with("hour")) return Unit::hour;
  if (first.starts_with("day")) return Unit::day;
  if (first.starts_with("week")) return Unit::week;
  return first.starts_with("month") ? Unit::month : Unit::year;
}

namespace {

bool is_exact(Unit unit) {
  return unit == Unit::second || unit == Unit::minute || unit == Unit::hour;
}

}  // namespace

DurationLiteral TreeBuilder::build_duration(Grammar::DurContext* context) {
  DurationLiteral duration;
  duration.span = span_of_context(context);
  for (Grammar::DurPartContext* each : context->durPart()) {
    std::string digits = text_of_token(each->INT()->getSymbol());
    std::erase(digits, '_');
    duration.parts.push_back({int_value(digits, span_of_node(each->INT())), build_unit(each->unit()), span_of_context(each)});
  }
  duration.is_exact = is_exact(duration.parts.front().unit);
  const auto other = std::find_if(duration.parts.begin(), duration.parts.end(),
                                  [&](const DurationPart& part) { return is_exact(part.unit) != duration.is_exact; });
  if (other != duration.parts.end()) {
    report(Diagnostic(Kind::mixed_duration, other->span)
               .label(duration.is_exact ? "on the calendar" : "exact")
               .secondary(duration.parts.front().span, duration.is_exact ? "exact" : "on the calendar")
               .note("a calendar day has 23, 24 or 25 hours; write all of it in hours, or all in days and add `at` a time"));
  }
  return duration;
}

// ── text ─────────────────────────────────────────────────────────────────────────────────────────────────────────

Span TreeBuilder::string_content(Span literal) const {
  const std::string_view source = file_.text(literal);
  if (std::isalnum(static_cast<unsigned char>(source.front())) != 0) return literal;  // of a text that has no quotes, and should have
  const bool closed = source.size() > 1 && (source.back() == '"' || source.back() == '\'');
  return {literal.file_id, literal.begin + 1, literal.end - (closed ? 1 : 0)};
}

StringLiteral TreeBuilder::build_string(antlr4::tree::TerminalNode* node) {
  const Span span = span_of_node(node);
  return {decode_string(string_content(span)), span};
}

std::optional<StringLiteral> TreeBuilder::build_wire_name(Grammar::WireNameContext* context) {
  if (context == nullptr) return std::nullopt;
  return build_string(context->STRING());
}

/// Decodes escapes.
std::string TreeBuilder::decode_string(Span content) {
  const std::string_view source = file_.text();
  std::string text;
  for (std::uint32_t at = content.begin; at < content.end;) {
    if (source[at] != '\\' || at + 1 == content.end) {
      text += source[at++];
      continue;
    }
    const std::optional<char> meaning = escape_meaning(source[at + 1]);
    if (!meaning) {
      const auto length = static_cast<std::uint32_t>(1 + source::utf8_length_at(source, at + 1));
      const Span place{content.file_id, at, at + length};
      report(Diagnostic(Kind::unknown_escape, place)
                 .with("escape", std::string(file_.text(place)))
                 .note("the escapes are `\\\"`, `\\\\`, `\\n`, `\\t`; a text may hold any character as it is"));
    }
    text += meaning.value_or(source[at + 1]);
    at += 2;
  }
  return text;
}

}  // namespace wend::syntax
