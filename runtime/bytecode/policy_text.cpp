#include "runtime/bytecode/policy_text.h"

#include <fmt/format.h>

namespace wend::bytecode {
namespace {

std::string on_channels(const Program& program, const std::vector<ChannelId>& channels) {
  std::string text;
  for (const ChannelId channel : channels) {
    text += (text.empty() ? " on " : ", ") + program.channels[static_cast<size_t>(channel)].name;
  }
  return text;
}

std::string step_text(const Program& program, const DenialStep& step) {
  switch (step.action) {
    case DenialAction::skip:
      return "skip";
    case DenialAction::delay:
      return "delay up to " + span_text(step.delay_max);
    case DenialAction::divert:
      return "divert to " + program.channels[static_cast<size_t>(step.divert_to)].name;
  }
  return {};
}

}  // namespace

std::string span_text(const Span& span) {
  if (const auto* duration_ms = std::get_if<DurationMs>(&span)) return format_duration(*duration_ms);
  return format_period(std::get<Period>(span));
}

std::string cap_text(const Program& program, const Cap& cap) {
  return fmt::format("{}{} at {} {}", cap.purpose, on_channels(program, cap.channels), cap.limit,
                     cap.window ? "in any " + span_text(*cap.window) : "per calendar day");
}

std::string quiet_text(const Program& program, const QuietHours& quiet) {
  return fmt::format("{} to {}{}{}", format_time_of_day(quiet.from), format_time_of_day(quiet.to), on_channels(program, quiet.channels),
                     quiet.where ? fmt::format(" where function {}", static_cast<size_t>(*quiet.where)) : "");
}

std::string denials_text(const Program& program, const std::vector<DenialStep>& steps) {
  std::string text;
  for (const DenialStep& step : steps) text += (text.empty() ? "" : " else ") + step_text(program, step);
  return text;
}

}  // namespace wend::bytecode
