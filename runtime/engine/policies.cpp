// The policy's gates, asked at commit: quiet hours, then caps, each with its chain of what to do instead. A cap is a reservation in
// the customer's ledger: made in the reaction that sends, counted by every journey of the customer.

#include <algorithm>

#include "runtime/engine/reaction.h"

namespace wend::engine {

using bytecode::Cap;
using bytecode::ChannelId;
using bytecode::DenialAction;
using bytecode::DenialStep;
using bytecode::SendSite;

void Reaction::ask_policy(const SendSite& site, const PolicyPlan& plan, TimestampMs reached_at, Verdict& verdict) {
  if (const auto until = quiet_until(plan, verdict.channel)) {
    const auto passes = [&](ChannelId channel) { return !quiet_until(plan, channel); };
    follow(*plan.when_quiet, site, plan, reached_at, *until, Suppression::quiet, passes, verdict);
    if (verdict.reason || verdict.delayed_until) return;
  }
  if (const auto until = capped_until(plan, verdict.channel)) {
    const auto passes = [&](ChannelId channel) { return !quiet_until(plan, channel) && !capped_until(plan, channel); };
    follow(*plan.when_capped, site, plan, reached_at, *until, Suppression::capped, passes, verdict);
  }
}

// The first step that has a way out. How long a message may be delayed counts from when control reached it, however often it is
// delayed.
template <typename Passes>
void Reaction::follow(const std::vector<DenialStep>& steps, const SendSite& site, const PolicyPlan& plan, TimestampMs reached_at,
                      TimestampMs until, Suppression reason, const Passes& passes, Verdict& verdict) {
  for (const DenialStep& step : steps) {
    switch (step.action) {
      case DenialAction::skip:
        break;
      case DenialAction::delay:
        if (!site.delayed_at || until > add_span(core_.zones, zone_id(), reached_at, step.delay_max)) continue;
        verdict.delayed_until = until;
        return;
      case DenialAction::divert: {
        const auto via = std::ranges::find(plan.diverts, step.divert_to, &ViaPlan::channel);
        if (!is_reachable(via->channel) || !has_consent(*via) || !passes(via->channel)) continue;
        verdict.channel = via->channel;
        return;
      }
    }
  }
  verdict.reason = reason;
}

// When the quiet that the channel is in now ends, k_never when it does not; nullopt: it is not quiet.
std::optional<TimestampMs> Reaction::quiet_until(const PolicyPlan& plan, ChannelId channel) {
  quiet_hours_.clear();
  for (const QuietPlan& quiet : plan.quiet) {
    if (!concerns_channel(*quiet.channels, channel)) continue;
    if (quiet.where) {
      const auto holds = vm::evaluate(address_machine_, *this, core_.program.function(*quiet.where), {});
      if (!holds) ++core_.counters.faults;
      if (!holds || holds->word == 0) continue;
    }
    quiet_hours_.push_back(quiet.period);
  }
  if (quiet_hours_.empty()) return std::nullopt;
  const std::optional<TimestampMs> end = end_of_quiet(core_.zones, candidate_zones(), quiet_hours_, commit_);
  if (end == commit_) return std::nullopt;
  return end.value_or(k_never);
}

// Every zone the customer may be in; UTC when the program names none.
std::span<const ZoneId> Reaction::candidate_zones() {
  candidate_zones_.clear();
  if (zone_is_list_) {
    const std::optional<Value> value = vm::evaluate(zone_machine_, *this, core_.program.function(*core_.program.zone), {});
    ByteReader reader(value && value->present ? value->view() : std::string_view());
    for (uint64_t left = reader.at_end() ? 0 : reader.varint(); left > 0 && reader.ok(); --left) {
      candidate_zones_.push_back(core_.zones.find(reader.text()).value_or(ZoneId::utc));
    }
  }
  if (candidate_zones_.empty()) candidate_zones_.push_back(zone_id());
  return candidate_zones_;
}

// When no cap denies the channel any more, as far as is known now; nullopt: none does.
std::optional<TimestampMs> Reaction::capped_until(const PolicyPlan& plan, ChannelId channel) {
  if (!state_.has_ledger()) return std::nullopt;
  std::optional<TimestampMs> until;
  for (const Cap* cap : plan.caps) {
    if (!concerns_channel(cap->channels, channel)) continue;
    if (const auto full = full_until(*cap)) until = std::max(until.value_or(*full), *full);
  }
  return until;
}

std::optional<TimestampMs> Reaction::full_until(const Cap& cap) {
  const DateDays today = cap.window ? 0 : to_local(core_.zones, zone_id(), commit_).date;
  counted_.clear();
  const std::vector<LedgerEntry>& ledger = state_.ledger();
  for (auto entry = ledger.rbegin(); entry != ledger.rend(); ++entry) {
    if (!concerns_channel(cap.channels, entry->channel)) continue;
    // Of two messages a month back the older one may be in the window still, when the younger is out.
    if (cap.window && surely_not_after(entry->at, *cap.window, commit_)) break;
    const bool counts = cap.window ? within(entry->at, *cap.window, commit_) : to_local(core_.zones, zone_id(), entry->at).date == today;
    if (counts) counted_.push_back(entry->at);
  }
  if (counted_.size() < cap.limit) return std::nullopt;
  if (!cap.window) return add_span(core_.zones, zone_id(), now_, Period{0, 1});  // the same local time tomorrow
  // When so many have left the window that fewer than the limit are in it.
  for (TimestampMs& at : counted_) at = add_span(core_.zones, zone_id(), at, *cap.window);
  const auto last = counted_.end() - cap.limit;
  std::nth_element(counted_.begin(), last, counted_.end());
  return *last;
}

namespace {

uint64_t ledger_key(std::string_view key) {
  return ByteReader(key).u64();
}

}  // namespace

void Reaction::reserve(ChannelId channel, std::string_view key) {
  std::vector<LedgerEntry>& ledger = state_.ledger();
  std::erase_if(ledger, [&](const LedgerEntry& entry) { return entry.at + ledger_window_ms_ <= commit_; });
  const auto later = [](TimestampMs at, const LedgerEntry& entry) { return at < entry.at; };
  ledger.insert(std::upper_bound(ledger.begin(), ledger.end(), commit_, later), {commit_, channel, ledger_key(key)});
  state_.ledger_changed();
}

void Reaction::give_back(std::string_view key) {
  const uint64_t wanted = ledger_key(key);
  if (std::erase_if(state_.ledger(), [&](const LedgerEntry& entry) { return entry.key == wanted; }) > 0) state_.ledger_changed();
}

}  // namespace wend::engine
