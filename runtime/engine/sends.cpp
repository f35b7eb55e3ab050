// Sends: the gates in order (reachable and consented, walking `via`; holdout; `within`; then the policy's, in policies.cpp), the key, then the
// command. A send completes at commit.

#include <utility>

#include "runtime/engine/reaction.h"

namespace wend::engine {

using bytecode::SendSite;

bool Reaction::is_reachable(bytecode::ChannelId channel) {
  const ChannelPlan& plan = send_plan_.channels[static_cast<size_t>(channel)];
  // A list of addresses begins with its count.
  const auto has_address = [&](const Value& value) {
    return value.present && !value.view().empty() && !(plan.is_list && value.view().front() == '\0');
  };
  switch (plan.address) {
    case AddressKind::never:
      return false;
    case AddressKind::always:
      return true;
    case AddressKind::attribute:
      return has_address(attribute(plan.attribute));
    case AddressKind::computed: {
      const bytecode::Function& address = core_.program.function(core_.program.channels[static_cast<size_t>(channel)].address);
      const std::optional<Value> value = vm::evaluate(address_machine_, *this, address, {});
      return value && has_address(*value);
    }
  }
  return false;
}

bool Reaction::has_consent(const ViaPlan& via) {
  switch (via.need) {
    case ConsentNeed::none:
      return true;
    case ConsentNeed::topic:
      return consent(via.topic);
    case ConsentNeed::impossible:
      return false;
  }
  return false;
}

// What becomes of the message. `reached_at`: when its parameters were evaluated.
Verdict Reaction::gate(const SendSite& site, const SitePlan& plan, TimestampMs reached_at) {
  bool reachable = false;
  bool found = false;
  Verdict verdict;  // the one that every path returns: a copy of what was just put together would have to wait for the stores
  for (const ViaPlan& via : plan.via) {
    if (!is_reachable(via.channel)) continue;
    reachable = true;
    if (!has_consent(via)) continue;
    verdict.channel = via.channel;
    found = true;
    break;
  }
  if (!found) {
    verdict.reason = reachable ? Suppression::consent : Suppression::unreachable;
  } else if (running_->silent) {
    verdict.reason = Suppression::holdout;
  } else if (site.within && add_span(core_.zones, zone_id(), reached_at, *site.within) < commit_) {
    verdict.reason = Suppression::expired;
  } else if (plan.policy != nullptr) {
    ask_policy(site, *plan.policy, reached_at, verdict);
  }
  return verdict;
}

vm::SendResult Reaction::send(bytecode::SiteId id, std::span<const Value> parameters, std::span<const Value> registers) {
  const bytecode::Journey& journey = journey_of(*running_);
  const SendSite& site = journey.sites[static_cast<size_t>(id)];
  const SitePlan& plan = send_plan_.site(running_->journey, id);
  const TimestampMs reached_at = std::exchange(resumed_reached_at_, std::nullopt).value_or(now_);
  const Verdict verdict = gate(site, plan, reached_at);
  if (verdict.delayed_until) {
    delayed_ = {reached_at, *verdict.delayed_until};
    return {{}, site.delayed_at};
  }
  if (plan.key && running_->id.start_index < k_timer_start_index) {
    sent_keys_.push_back(SendKeys::key(running_->id, *plan.key));
  } else {
    rounds_.clear();
    for (const bytecode::Register round : site.rounds) {
      rounds_.push_back(static_cast<uint64_t>(registers[static_cast<size_t>(round)].word));
    }
    sent_keys_.push_back(send_keys_.key(running_->id, plan.identity, rounds_));
  }
  const std::string_view key(sent_keys_.back().data(), sent_keys_.back().size());

  const DeliveryCommand command{
      .at = now_,
      .committed_at = commit_,
      .customer = CustomerNumber{customer_},
      .journey = running_->journey,
      .instance = {running_->id.position, running_->id.start_index},
      .site = id,
      .message = site.message,
      .has_channel = verdict.reason != Suppression::consent && verdict.reason != Suppression::unreachable,
      .channel = verdict.channel,
      .key = key,
      .zone = zone(),
      .locale = customer_locale(),
      .sent = !verdict.reason,
      .reason = verdict.reason.value_or(Suppression{}),
      .parameters = parameters,
  };
  sink_->on_delivery(command);
  // One who is held out goes on as if it had been sent.
  if (!command.sent && command.reason != Suppression::holdout) return {};
  watch_send(*running_);
  if (command.sent && plan.counts) reserve(verdict.channel, key);
  return {key, std::nullopt};
}

const char* to_string(Suppression reason) {
  switch (reason) {
#define WEND_SUPPRESSION(number, name) \
  case Suppression::name:              \
    return #name;
#include "runtime/engine/suppressions.def"
#undef WEND_SUPPRESSION
  }
  return "";
}

}  // namespace wend::engine
