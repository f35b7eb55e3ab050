#include <algorithm>

#include "tests/reference/interpreter.h"

// What a policy says of a message at commit: quiet hours, then caps, each with its chain of what to do instead.

namespace wend::reference {

using syntax::DenialAction;
using syntax::DenialCause;

namespace {

std::int32_t seconds(const syntax::TimeLiteral& time) {
  return time.hour * 3600 + time.minute * 60 + time.second;
}

// Whether quiet begins on that day. Holidays are those of files, which the programs compared here do not have.
bool begins_on(const syntax::QuietRule& rule, Date day) {
  if (rule.days.empty()) return true;
  const int weekday = weekday_of(day);
  return std::any_of(rule.days.begin(), rule.days.end(), [&](const syntax::Name& name) {
    if (name.text == "day") return true;
    if (name.text == "weekday") return weekday < 5;
    return weekday_number(name.text) == weekday;
  });
}

// A period belongs to the day on which it begins: the morning after is asked about the day before.
bool is_between(const syntax::QuietRule& rule, Date day, TimeOfDay time) {
  if (!rule.times) return begins_on(rule, day);
  const std::int32_t from = seconds(rule.times->from);
  const std::int32_t to = seconds(rule.times->to);
  if (from < to) return from <= time.seconds && time.seconds < to && begins_on(rule, day);
  if (time.seconds >= from) return begins_on(rule, day);
  return time.seconds < to && begins_on(rule, Date{day.days - 1});
}

// Quiet hours are written on quarter hours in the programs compared here, and every offset of today is a number of them: it is or is
// not quiet for a whole quarter of an hour.
constexpr std::int64_t k_quarter_hour = 900'000;
constexpr std::int64_t k_always = 29 * 96;

}  // namespace

/// The end of the quiet that there is at commit, no instant when it never ends; nullopt: it is not quiet.
std::optional<Denial> Interpreter::quiet(Customer& customer, const syntax::PolicyDecl& policy, const std::string& channel,
                                         const Moment& moment) {
  Evaluator asked(all_, customer, moment.now, options_.assume_consent);
  std::vector<const syntax::QuietRule*> rules;
  for (const syntax::QuietRule& rule : policy.quiet_hours) {
    if (concerns_channel(rule.channels, channel) && (rule.where == nullptr || asked.holds(*rule.where))) rules.push_back(&rule);
  }
  if (rules.empty()) return std::nullopt;
  const std::vector<Zone> zones = asked.zones();
  const auto is_quiet = [&](Instant at) {
    return std::any_of(zones.begin(), zones.end(), [&](const Zone& zone) {
      const Date day = zone.date_of(at);
      const TimeOfDay time = zone.time_of(at);
      return std::any_of(rules.begin(), rules.end(), [&](const auto* rule) { return is_between(*rule, day, time); });
    });
  };
  if (!is_quiet(moment.commit)) return std::nullopt;
  Instant at{moment.commit.ms / k_quarter_hour * k_quarter_hour};
  for (std::int64_t i = 0; i < k_always; ++i) {
    at.ms += k_quarter_hour;
    if (!is_quiet(at)) return Denial{at};
  }
  return Denial{};
}

/// When no cap that denies now denies any more; nullopt: none does.
std::optional<Denial> Interpreter::capped(Customer& customer, const syntax::PolicyDecl& policy, const std::string& channel,
                                          const Moment& moment) {
  const Zone here = zone(customer);
  std::optional<Denial> denial;
  for (const syntax::CapRule& cap : policy.caps) {
    if (!concerns_channel(cap.channels, channel)) continue;
    std::vector<Instant> ends;  // until when each message counts
    for (const LedgerEntry& entry : customer.ledger) {
      if (!concerns_channel(cap.channels, entry.channel)) continue;
      if (cap.in_any) {
        const Instant end = here.add(entry.commit, span_of(*cap.in_any));
        if (end.ms > moment.commit.ms) ends.push_back(end);
      } else if (here.date_of(entry.commit).days == here.date_of(moment.commit).days) {
        ends.push_back(here.add(moment.now, {false, 0, 0, 1}));
      }
    }
    const auto limit = static_cast<std::size_t>(cap.limit.value);
    if (ends.size() < limit) continue;
    std::sort(ends.begin(), ends.end(), [](Instant a, Instant b) { return a.ms < b.ms; });
    const Instant until = ends[ends.size() - limit];
    if (!denial || denial->until->ms < until.ms) denial = Denial{until};
  }
  return denial;
}

void Interpreter::ask_policy(Customer& customer, const syntax::PolicyDecl& policy, const PendingMessage& message, const Moment& moment,
                             Ruling& ruling) {
  const auto follow = [&](DenialCause cause, const Denial& denial) {
    for (const syntax::DenialStep* step : denial_chain(*message.send, policy, cause)) {
      if (step->action == DenialAction::skip) break;
      if (step->action == DenialAction::delay) {
        const Instant latest = zone(customer).add(message.reached, span_of(*step->delay_up_to));
        if (!denial.until || denial.until->ms > latest.ms) continue;
        ruling.delayed_until = denial.until;
        return;
      }
      const std::string& other = step->divert_to->text;
      if (why_not(customer, *message.send, other, moment)) continue;
      if (quiet(customer, policy, other, moment)) continue;
      if (cause == DenialCause::capped && capped(customer, policy, other, moment)) continue;
      ruling.channel = other;
      return;
    }
    ruling.channel.reset();
    ruling.reason = cause == DenialCause::quiet ? "quiet" : "capped";
  };
  if (const auto denial = quiet(customer, policy, *ruling.channel, moment)) follow(DenialCause::quiet, *denial);
  if (!ruling.channel || ruling.delayed_until) return;
  if (const auto denial = capped(customer, policy, *ruling.channel, moment)) follow(DenialCause::capped, *denial);
}

}  // namespace wend::reference
