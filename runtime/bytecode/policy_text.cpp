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

std::string quiet_days_text(const QuietHours& quiet) {
  if (quiet.weekdays == k_every_day) return "day";
  std::string days = weekdays_text(quiet.weekdays);
  if (quiet.dates.empty()) return days;
  return fmt::format("{}{}one of {} dates from {} to {}", days, days.empty() ? "" : ", ", quiet.dates.size(), format_date(quiet.dates.front()),
                     format_date(quiet.dates.back()));
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

std::string weekdays_text(uint8_t weekdays) {
  static constexpr const char* k_days[] = {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};
  std::string days;
  for (size_t day = 0; day < std::size(k_days); ++day) {
    if ((weekdays >> day & 1) != 0) days += std::string(days.empty() ? "" : ", ") + k_days[day];
  }
  return days;
}

std::string cap_text(const Program& program, const Cap& cap) {
  return fmt::format("{}{} at {} {}", cap.purpose, on_channels(program, cap.channels), cap.limit,
                     cap.window ? "in any " + span_text(*cap.window) : "per calendar day");
}

std::string quiet_text(const Program& program, const QuietHours& quiet) {
  const bool is_whole_day = quiet.from == quiet.to;
  const std::string times = is_whole_day ? "" : fmt::format("{} to {}", format_time_of_day(quiet.from), format_time_of_day(quiet.to));
  const bool is_daily = quiet.weekdays == k_every_day;
  const std::string days = is_daily && !is_whole_day ? "" : fmt::format("{}every {}", is_whole_day ? "" : " ", quiet_days_text(quiet));
  return fmt::format("{}{}{}{}", times, days, on_channels(program, quiet.channels),
                     quiet.where ? fmt::format(" where function {}", static_cast<size_t>(*quiet.where)) : "");
}

std::string denials_text(const Program& program, const std::vector<DenialStep>& steps) {
  std::string text;
  for (const DenialStep& step : steps) text += (text.empty() ? "" : " else ") + step_text(program, step);
  return text;
}

}  // namespace wend::bytecode
