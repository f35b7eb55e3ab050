#include "compiler/emit/policies.h"

#include "compiler/emit/declarations.h"
#include "runtime/bytecode/limits.h"

namespace wend::emit {
namespace {

std::vector<bytecode::ChannelId> channels_of(const std::vector<sema::ChannelId>& channels) {
  std::vector<bytecode::ChannelId> result;
  for (const sema::ChannelId channel : channels) result.push_back(same_id<bytecode::ChannelId>(channel));
  return result;
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
      made.channels = channels_of(quiet.channels);
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
