// Policies, and the steps that follow a denial.

#include <algorithm>

#include "runtime/bytecode/limits.h"
#include "runtime/bytecode/verifier.h"

namespace wend::bytecode {
namespace {

constexpr TimeOfDaySeconds k_day_seconds = 86'400;

bool verify_channels(const Program& program, const std::vector<ChannelId>& channels, const std::string& where, Fault& fault) {
  const bool ascending = std::ranges::adjacent_find(channels, std::ranges::greater_equal()) == channels.end();
  return fault.require(ascending, where, "the channels are not in order") &&
         fault.require(channels.empty() || static_cast<size_t>(channels.back()) < program.channels.size(), where, "channel {} of {}",
                       channels.empty() ? 0 : static_cast<size_t>(channels.back()), program.channels.size());
}

bool is_some_time(const Span& span) {
  return is_known(span) && span != Span(DurationMs{0}) && span != Span(Period{});
}

bool verify_cap(const Program& program, const Cap& cap, const std::string& where, Fault& fault) {
  return verify_channels(program, cap.channels, where, fault) &&
         fault.require(cap.limit >= 1 && cap.limit <= k_cap_limit_max, where, "a cap of {}; 1 to {} are allowed", cap.limit,
                       k_cap_limit_max) &&
         fault.require(!cap.window || is_some_time(*cap.window), where, "the window of a cap is out of range");
}

bool verify_quiet_days(const QuietHours& quiet, const std::string& where, Fault& fault) {
  const bool ascending = std::ranges::adjacent_find(quiet.dates, std::ranges::greater_equal()) == quiet.dates.end();
  return fault.require(quiet.weekdays <= k_every_day, where, "{:#x} is no set of weekdays", quiet.weekdays) &&
         fault.require(quiet.weekdays != 0 || !quiet.dates.empty(), where, "quiet hours that never begin") &&
         fault.require(quiet.dates.size() <= k_quiet_dates_max, where, "more than {} dates", k_quiet_dates_max) &&
         fault.require(ascending, where, "the dates are not in order");
}

bool verify_quiet(const Program& program, const QuietHours& quiet, const std::string& where, Fault& fault) {
  const auto is_time = [](TimeOfDaySeconds time) { return time >= 0 && time < k_day_seconds; };
  const bool is_period = quiet.from != quiet.to || quiet.from == 0;
  return verify_channels(program, quiet.channels, where, fault) && verify_quiet_days(quiet, where, fault) &&
         fault.require(is_time(quiet.from) && is_time(quiet.to) && is_period, where, "quiet hours from {} to {} seconds", quiet.from,
                       quiet.to) &&
         fault.require(!quiet.where || static_cast<size_t>(*quiet.where) < program.functions.size(), where, "`where` is function {} of {}",
                       quiet.where ? static_cast<size_t>(*quiet.where) : 0, program.functions.size());
}

}  // namespace

bool verify_denials(const Program& program, const std::vector<DenialStep>& steps, const std::string& where, Fault& fault) {
  if (!fault.require(steps.size() <= k_denial_steps_max, where, "more than {} steps after a denial", k_denial_steps_max)) return false;
  for (const DenialStep& step : steps) {
    switch (step.action) {
      case DenialAction::skip:
        if (!fault.require(&step == &steps.back(), where, "a step follows `skip`")) return false;
        continue;
      case DenialAction::delay:
        if (!fault.require(is_some_time(step.delay_max), where, "a delay is out of range")) return false;
        continue;
      case DenialAction::divert:
        if (!fault.require(static_cast<size_t>(step.divert_to) < program.channels.size(), where, "diverts to channel {} of {}",
                           static_cast<size_t>(step.divert_to), program.channels.size())) {
          return false;
        }
        continue;
    }
    return fault.at(where, fmt::format("unknown step {} after a denial", static_cast<int>(step.action)));
  }
  return true;
}

bool verify_policy(const Program& program, const Policy& policy, Fault& fault) {
  const std::string where = fmt::format("policy {}", policy.name);
  if (!fault.require(policy.caps.size() <= k_table_max && policy.quiet.size() <= k_table_max, where, "more than {} rules", k_table_max))
    return false;
  for (const Cap& cap : policy.caps) {
    if (!verify_cap(program, cap, where, fault)) return false;
  }
  for (const QuietHours& quiet : policy.quiet) {
    if (!verify_quiet(program, quiet, where, fault)) return false;
  }
  return verify_denials(program, policy.when_quiet, where, fault) && verify_denials(program, policy.when_capped, where, fault);
}

}  // namespace wend::bytecode
