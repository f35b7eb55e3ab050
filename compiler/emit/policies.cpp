#include "compiler/emit/policies.h"

#include <algorithm>

#include "compiler/emit/declarations.h"
#include "runtime/bytecode/limits.h"

namespace wend::emit {
namespace {

std::vector<bytecode::ChannelId> channels_of(const std::vector<sema::ChannelId>& channels) {
  std::vector<bytecode::ChannelId> result;
  for (const sema::ChannelId channel : channels) result.push_back(same_id<bytecode::ChannelId>(channel));
  return result;
}

std::vector<DateDays> holidays_of(const sema::Model& model, const sema::QuietHours& quiet) {
  std::vector<DateDays> dates;
  for (const sema::CalendarId calendar : quiet.holidays_of) {
    const std::vector<DateDays>& closed = model.at(calendar).closed;
    dates.insert(dates.end(), closed.begin(), closed.end());
  }
  std::ranges::sort(dates);
  const auto repeated = std::ranges::unique(dates);
  dates.erase(repeated.begin(), repeated.end());
  return dates;
}

}  // namespace

std::vector<bytecode::DenialStep> denial_steps(const sema::DenialSteps& steps) {
  std::vector<bytecode::DenialStep> result;
  for (const sema::DenialStep& step : steps) {
    bytecode::DenialStep& made = result.emplace_back();
    made.action = step.action;
    if (step.action == bytecode::DenialAction::delay) made.delay_max = step.delay_max;
    if (step.action == bytecode::DenialAction::divert) made.divert_to = same_id<bytecode::ChannelId>(step.divert_to);
  }
  return result;
}

void emit_policies(ProgramBuilder& builder, const source::Sources* sources) {
  for (const sema::Policy& policy : builder.model().policies) {
    bytecode::Policy result;
    result.name = policy.name;
    for (const sema::Cap& cap : policy.caps) {
      result.caps.push_back({cap.purpose, channels_of(cap.channels), cap.limit, cap.window});
    }
    for (const sema::QuietHours& quiet : policy.quiet) {
      bytecode::QuietHours& made = result.quiet.emplace_back();
      made.from = quiet.from;
      made.to = quiet.to;
      made.weekdays = quiet.weekday_mask;
      made.dates = holidays_of(builder.model(), quiet);
      made.channels = channels_of(quiet.channels);
      if (made.dates.size() > bytecode::k_quiet_dates_max) builder.note_overflow("holidays of quiet hours");
      if (quiet.where != nullptr) {
        made.where = emit_expression(builder, "quiet hours of " + policy.name, *quiet.where, sources);
      }
    }
    result.when_quiet = denial_steps(policy.when_quiet);
    result.when_capped = denial_steps(policy.when_capped);
    const std::size_t longest = std::max(result.when_quiet.size(), result.when_capped.size());
    if (longest > bytecode::k_denial_steps_max) builder.note_overflow("steps after a denial");
    builder.program().policies.push_back(std::move(result));
  }
}

}  // namespace wend::emit
