#pragma once

// Rules of policies and spans of time as a listing shows them.

#include <string>
#include <vector>

#include "runtime/bytecode/program.h"

namespace wend::bytecode {

std::string span_text(const Span& span);
std::string weekdays_text(uint8_t weekdays);                                             // "saturday, sunday"
std::string cap_text(const Program& program, const Cap& cap);                            // "marketing on sms at 2 in any 30 days"
std::string quiet_text(const Program& program, const QuietHours& quiet);                 // "21:00 to 08:00 every sunday on push, sms"
std::string denials_text(const Program& program, const std::vector<DenialStep>& steps);  // "delay up to 14 hours else skip"

}  // namespace wend::bytecode
