#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "compiler/sema/declarations.h"
#include "compiler/sema/policies.h"
#include "runtime/bytecode/limits.h"

// Policies: caps, and what happens to a message that is denied. Quiet hours are in declare_quiet_hours.cpp.

namespace wend::sema {

const char* clause_of(syntax::DenialCause cause) {
  return cause == syntax::DenialCause::quiet ? "when quiet" : "when capped";
}

DenialSteps check_denial(Context& context, const syntax::DenialRule& rule, std::size_t file) {
  DenialSteps steps;
  for (const syntax::DenialStep& syntax : rule.steps) {
    DenialStep step;
    step.span = syntax.span;
    switch (syntax.action) {
      case syntax::DenialAction::skip:
        step.action = bytecode::DenialAction::skip;
        break;
      case syntax::DenialAction::delay: {
        step.action = bytecode::DenialAction::delay;
        const auto span = context.time_span(*syntax.delay_up_to, "a delay");
        if (!span) continue;
        step.delay_max = *span;
        break;
      }
      case syntax::DenialAction::divert: {
        step.action = bytecode::DenialAction::divert;
        const Symbol* channel = context.require(file, *syntax.divert_to, {SymbolKind::channel}, "channel");
        if (!channel) continue;
        step.divert_to = static_cast<ChannelId>(channel->index);
        break;
      }
    }
    steps.push_back(std::move(step));
  }
  return steps;
}

namespace {

/// Whether every message within the window of `inner` is within that of `outer`.
bool is_within(const std::optional<TimeSpan>& inner, const std::optional<TimeSpan>& outer) {
  // The longest calendar day: no sliding window is as short as a calendar day, but many are longer.
  constexpr DurationMs k_longest_day_ms = 26 * k_hour_ms;
  if (!outer) return !inner;
  const auto* outer_ms = std::get_if<DurationMs>(&*outer);
  const auto* outer_period = std::get_if<Period>(&*outer);
  if (!inner) return outer_ms ? *outer_ms >= k_longest_day_ms : outer_period->months > 0 || outer_period->days >= 2;
  if (inner->index() != outer->index()) return false;
  if (outer_ms) return std::get<DurationMs>(*inner) <= *outer_ms;
  const Period inner_period = std::get<Period>(*inner);
  return inner_period.months <= outer_period->months && inner_period.days <= outer_period->days;
}

bool is_among(const std::vector<ChannelId>& inner, const std::vector<ChannelId>& outer) {
  return outer.empty() || (!inner.empty() && std::ranges::includes(outer, inner));
}

void compare_caps(Context& context, const std::vector<Cap>& caps) {
  for (std::size_t at = 0; at < caps.size(); ++at) {
    for (std::size_t other = 0; other < caps.size(); ++other) {
      const Cap& cap = caps[at];
      const Cap& stricter = caps[other];
      if (at == other || cap.purpose != stricter.purpose) continue;
      if (cap.channels == stricter.channels && cap.window == stricter.window) {
        if (other < at) context.report(Kind::caps_contradict, cap.span).secondary(stricter.span, "the first is here");
        continue;
      }
      if (cap.limit < stricter.limit || !is_among(cap.channels, stricter.channels) || !is_within(cap.window, stricter.window)) continue;
      context.report(Kind::cap_never_denies, cap.span)
          .secondary(stricter.span, "this one is reached first, or at the same time")
          .note(fmt::format("whenever {} messages count here, at least as many count there", cap.limit));
      break;
    }
  }
}

}  // namespace

void Declarations::resolve_policy(const syntax::PolicyDecl& declaration, const Symbol& symbol) {
  Policy policy;
  policy.name = symbol.name;
  policy.span = symbol.span;
  for (const syntax::CapRule& rule : declaration.caps) {
    if (auto cap = resolve_cap(rule, symbol)) policy.caps.push_back(std::move(*cap));
  }
  for (const syntax::QuietRule& rule : declaration.quiet_hours) {
    if (auto quiet = resolve_quiet(rule, symbol)) policy.quiet.push_back(std::move(*quiet));
  }
  std::map<syntax::DenialCause, Span> seen;
  for (const syntax::DenialRule& rule : declaration.denials) {
    const auto [earlier, is_new] = seen.try_emplace(rule.cause, rule.span);
    if (!is_new) {
      context_.report(Kind::repeated_clause, rule.span)
          .with("clause", clause_of(rule.cause))
          .secondary(earlier->second, "given here first");
      continue;
    }
    (rule.cause == syntax::DenialCause::quiet ? policy.when_quiet : policy.when_capped) = check_denial(context_, rule, symbol.file);
  }
  const auto require_denial = [&](bool has_rules, const char* rules, syntax::DenialCause cause, const char* help) {
    if (!has_rules || seen.contains(cause) || symbol.damaged) return;
    context_.report(Kind::denial_missing, declaration.name.span).with("policy", symbol.name).with("rules", rules).help(help);
  };
  require_denial(!declaration.caps.empty(), "caps", syntax::DenialCause::capped,
                 "say it for every send of its journeys: `when capped skip`, or `when capped delay up to 1 day else skip`");
  require_denial(!declaration.quiet_hours.empty(), "quiet hours", syntax::DenialCause::quiet,
                 "say it for every send of its journeys: `when quiet delay up to 12 hours else skip`");
  compare_caps(context_, policy.caps);
  context_.model.policies[symbol.index] = std::move(policy);
}

std::vector<ChannelId> Declarations::resolve_channels(const std::vector<syntax::Name>& names, const std::string& owner, std::size_t file,
                                                      bool* complete) {
  std::vector<ChannelId> channels;
  for (const syntax::Name& name : names) {
    const Symbol* channel = context_.require(file, name, {SymbolKind::channel}, "channel");
    if (!channel) {
      *complete = false;
      continue;
    }
    const auto id = static_cast<ChannelId>(channel->index);
    if (std::ranges::find(channels, id) == channels.end()) {
      channels.push_back(id);
    } else {
      context_.report(Kind::repeated_member, name.span).with("owner", owner).with("what", "the channel").with("name", name.text);
    }
  }
  std::ranges::sort(channels);
  return channels;
}

std::optional<Cap> Declarations::resolve_cap(const syntax::CapRule& rule, const Symbol& symbol) {
  Cap cap;
  cap.span = rule.span;
  bool complete = check_purpose(context_, rule.purpose);
  if (rule.purpose.text == "transactional") {
    context_.report(Kind::transactional_is_exempt, rule.purpose.span)
        .with("what", "a cap")
        .note("what a customer has asked for, such as a receipt or a password, is never held back");
    complete = false;
  }
  cap.purpose = rule.purpose.text;
  cap.channels = resolve_channels(rule.channels, "a cap", symbol.file, &complete);
  if (rule.limit.value < 1) {
    context_.report(Kind::wrong_count, rule.limit.span).with("what", "a cap");
    complete = false;
  } else if (rule.limit.value > bytecode::k_cap_limit_max) {
    context_.report(Kind::number_too_large, rule.limit.span).with("number", rule.limit.text).with("type", "a cap");
    complete = false;
  }
  cap.limit = static_cast<std::uint32_t>(rule.limit.value);
  if (rule.in_any) {
    cap.window = context_.time_span(*rule.in_any, "the window of a cap");
    complete = complete && cap.window;
  } else if (rule.per_calendar != syntax::Unit::day) {
    static constexpr std::array<const char*, 8> k_units = {"second", "minute", "hour", "day", "business day", "week", "month", "year"};
    const char* unit = rule.per_calendar ? k_units.at(static_cast<std::size_t>(*rule.per_calendar)) : "day";
    // `per week` has been reported where it was read.
    if (!symbol.damaged && rule.per_calendar) {
      context_.report(Kind::cap_calendar_unit, rule.span)
          .with("unit", unit)
          .help(fmt::format("count in any such time, wherever it begins: `in any 1 {}`", unit));
    }
    complete = false;
  }
  return complete ? std::optional(std::move(cap)) : std::nullopt;
}

}  // namespace wend::sema
