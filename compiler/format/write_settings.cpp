#include "compiler/format/writer.h"

namespace wend::format {

using namespace wend::syntax;

/// A body whose every line is a word and what it is set to; `value` is the one that is an expression.
void Writer::setting_lines(std::vector<std::uint32_t> begins, const Expr* value) {
  std::sort(begins.begin(), begins.end());
  up_to_brace();
  const std::size_t closing = source_.closing[next_];
  const std::size_t word_of_value = value == nullptr ? closing : word_before(value->span.begin);
  braces(LineKind::hard, 1, begins, [&](std::size_t index) {
    const Row row(*this, RowKind::setting);
    const bool is_value = next_ == word_of_value;
    emit();
    stop(0);
    if (is_value) expression(*value);
    up_to_token(index + 1 < begins.size() ? index_of(begins[index + 1]) : closing);
  });
}

void Writer::channel(const ChannelDecl& channel) {
  std::vector<std::uint32_t> begins = begins_of(channel.consents);
  if (channel.address != nullptr) begins.push_back(tokens_[word_before(channel.address->span.begin)].begin);
  if (!channel.receipts.empty()) begins.push_back(tokens_[word_before(channel.receipts.front().span.begin)].begin);
  for (const Name& each : channel.accepts) begins.push_back(tokens_[index_of(each.span.begin) - 2].begin);
  setting_lines(std::move(begins), channel.address.get());
}

void Writer::calendar(const CalendarDecl& calendar) {
  std::vector<std::uint32_t> begins;
  if (calendar.week_from) begins.push_back(tokens_[word_before(calendar.week_from->span.begin)].begin);
  for (const StringLiteral& each : calendar.closed) begins.push_back(tokens_[word_before(each.span.begin)].begin);
  setting_lines(std::move(begins), nullptr);
}

void Writer::experiment(const ExperimentDecl& experiment) {
  struct Line {
    std::uint32_t begin;
    bool is_setting;
    const ExperimentArm* arm;
  };
  std::vector<Line> lines;
  if (experiment.salt) lines.push_back({tokens_[word_before(experiment.salt->span.begin)].begin, true, nullptr});
  if (experiment.layer) lines.push_back({tokens_[word_before(experiment.layer->span.begin)].begin, true, nullptr});
  for (const ExperimentArm& each : experiment.arms) lines.push_back({each.span.begin, false, &each});
  for (const RetiredArm& each : experiment.retired) lines.push_back({each.span.begin, false, nullptr});
  std::sort(lines.begin(), lines.end(), [](const Line& first, const Line& second) { return first.begin < second.begin; });
  std::vector<std::uint32_t> begins;
  for (const Line& each : lines) begins.push_back(each.begin);
  up_to_brace();
  braces(LineKind::hard, 1, begins, [&](std::size_t index) {
    if (lines[index].is_setting) {
      const Row row(*this, RowKind::setting);
      emit();
      stop(0);
      emit();
    } else if (const ExperimentArm* arm = lines[index].arm) {
      const Row row(*this, RowKind::experiment_arm);
      up_to(arm->share.span.begin);
      stop(0);
      emit();
    }
  });
}

void Writer::holdout() {
  up_to_brace();
  braces(LineKind::soft, 1, {tokens_[next_ + 1].begin}, [](std::size_t) {});
}

void Writer::policy(const PolicyDecl& policy) {
  struct Line {
    Span span;
    const DenialRule* denial;
    const Expr* where;
  };
  std::vector<Line> lines;
  for (const CapRule& each : policy.caps) lines.push_back({each.span, nullptr, nullptr});
  for (const QuietRule& each : policy.quiet_hours) lines.push_back({each.span, nullptr, each.where.get()});
  for (const DenialRule& each : policy.denials) lines.push_back({each.span, &each, nullptr});
  std::sort(lines.begin(), lines.end(), [](const Line& first, const Line& second) { return first.span.begin < second.span.begin; });
  up_to_brace();
  braces(LineKind::hard, 1, begins_of(lines), [&](std::size_t index) {
    const Line& line = lines[index];
    if (line.denial != nullptr) return denial(*line.denial);
    if (line.where != nullptr) expression(*line.where);
    up_to(line.span.end);
  });
}

void Writer::denial(const DenialRule& rule) {
  const Row row(*this, RowKind::denial);
  up_to_token(next_ + 2);  // when quiet
  stop(0);
  up_to(rule.span.end);
}

void Writer::header(const Header& header) {
  if (const auto* enter = header.get_if<EnterHeader>()) return this->enter(*enter);
  if (const auto* exit = header.get_if<ExitHeader>()) {
    const Row row(*this, RowKind::exit_rule);
    up_to(exit->label.span.end);
    stop(0);
    emit();
    exit->event ? event_pattern(*exit->event) : expression(*exit->condition);
    return up_to(header.span.end);
  }
  if (const auto* goal = header.get_if<GoalHeader>()) {
    const Row row(*this, RowKind::goal);
    up_to(goal->name.span.end);
    stop(0);
    emit();
    event_pattern(goal->pattern);
    up_to_token(word_before(goal->within.span.begin));
    stop(1);
    up_to(goal->within.span.end);
    stop(2);
    return up_to(header.span.end);
  }
  const Row row(*this, RowKind::setting);
  emit();
  stop(0);
  up_to(header.span.end);
}

void Writer::enter(const EnterHeader& enter) {
  std::vector<std::size_t> options;
  if (enter.once_ever) options.push_back(index_of(enter.once_ever->begin));
  if (enter.one_per != nullptr) options.push_back(word_before(enter.one_per->span.begin) - 1);
  if (enter.cooldown) options.push_back(word_before(enter.cooldown->span.begin));
  if (enter.if_running) options.push_back(index_of(enter.if_running_span.begin));
  std::sort(options.begin(), options.end());
  {
    const Scope indent(*this, OpKind::open_indent);
    if (const auto* on_event = std::get_if<EnterOnEvent>(&enter.source)) event_pattern(on_event->pattern);
    if (const auto* every_year = std::get_if<EnterEveryYear>(&enter.source)) expression(*every_year->date);
    arguments(enter.with, false);
    if (!options.empty()) up_to_token(options.front());
  }
  for (std::size_t index = 0; index < options.size(); ++index) {
    clause(options[index]);
    const Scope indent(*this, OpKind::open_indent);
    if (enter.one_per != nullptr && options[index] == word_before(enter.one_per->span.begin) - 1) expression(*enter.one_per);
    if (index + 1 < options.size()) up_to_token(options[index + 1]);
  }
}

}  // namespace wend::format
