#pragma once

// What a policy asks of the marketing messages of one send site, worked out once per program. A site without a plan asks nothing:
// transactional messages, and journeys without a policy.

#include <memory>
#include <optional>
#include <vector>

#include "runtime/bytecode/program.h"
#include "runtime/engine/quiet_hours.h"
#include "runtime/engine/send_plan.h"

namespace wend::engine {

// Ledgers keep at least this long, whatever the caps of today look at.
constexpr DurationMs k_ledger_min_ms = 31 * k_day_ms;

struct QuietPlan {
  QuietPeriod period;
  const std::vector<bytecode::ChannelId>* channels = nullptr;  // empty = all
  std::optional<bytecode::FunctionId> where;
};

struct PolicyPlan {
  std::vector<QuietPlan> quiet;
  std::vector<const bytecode::Cap*> caps;
  const std::vector<bytecode::DenialStep>* when_quiet = nullptr;
  const std::vector<bytecode::DenialStep>* when_capped = nullptr;
  std::vector<ViaPlan> diverts;  // channels of `divert to`, once each
};

// The program outlives what is made of it.
std::unique_ptr<const PolicyPlan> plan_policy(const bytecode::Program& program, const bytecode::Journey& journey,
                                              const bytecode::SendSite& site);
// How long a commit may count against some cap of the program.
DurationMs ledger_window_ms(const bytecode::Program& program);

// The receipt of a message that the provider could not deliver after all.
constexpr std::string_view k_failed_receipt = "failed";

bool concerns_channel(const std::vector<bytecode::ChannelId>& channels, bytecode::ChannelId channel);

}  // namespace wend::engine
