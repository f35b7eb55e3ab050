#include "runtime/engine/policy_plan.h"

#include <algorithm>

#include "runtime/engine/calendar_span.h"

namespace wend::engine {

using bytecode::Cap;
using bytecode::DenialAction;
using bytecode::DenialStep;
using bytecode::Policy;
using bytecode::Program;

bool concerns_channel(const std::vector<bytecode::ChannelId>& channels, bytecode::ChannelId channel) {
  return channels.empty() || std::ranges::binary_search(channels, channel);
}

std::unique_ptr<const PolicyPlan> plan_policy(const Program& program, const bytecode::Journey& journey, const bytecode::SendSite& site) {
  const bytecode::Message& message = program.messages[static_cast<size_t>(site.message)];
  if (!journey.policy || message.purpose == k_transactional) return nullptr;
  const Policy& policy = program.policies[static_cast<size_t>(*journey.policy)];
  auto plan = std::make_unique<PolicyPlan>();
  for (const bytecode::QuietHours& quiet : policy.quiet) {
    plan->quiet.push_back({{quiet.from, quiet.to, quiet.weekdays, quiet.dates}, &quiet.channels, quiet.where});
  }
  for (const Cap& cap : policy.caps) {
    if (cap.purpose == message.purpose) plan->caps.push_back(&cap);
  }
  plan->when_quiet = site.when_quiet.empty() ? &policy.when_quiet : &site.when_quiet;
  plan->when_capped = site.when_capped.empty() ? &policy.when_capped : &site.when_capped;
  for (const auto* steps : {plan->when_quiet, plan->when_capped}) {
    for (const DenialStep& step : *steps) {
      const bool is_new = std::ranges::find(plan->diverts, step.divert_to, &ViaPlan::channel) == plan->diverts.end();
      if (step.action == DenialAction::divert && is_new) plan->diverts.push_back(plan_via(program, step.divert_to, message));
    }
  }
  return plan;
}

DurationMs ledger_window_ms(const Program& program) {
  DurationMs longest = k_ledger_min_ms;
  for (const Policy& policy : program.policies) {
    for (const Cap& cap : policy.caps) {
      if (cap.window) longest = std::max(longest, span_ms_max(*cap.window));
    }
  }
  return longest;
}

}  // namespace wend::engine
