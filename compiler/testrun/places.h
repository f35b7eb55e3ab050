#pragma once

#include <string>
#include <string_view>

// Places of a journey as tests and their reports name them, from the paths that a program holds: "nudge.first_touch/pause".

namespace wend::testrun {

/// "nudge.first_touch.pause"; of "nudge.first_touch/wait", which has no name of its own, the place around it: "nudge.first_touch".
std::string place_of(std::string_view path);

/// The place around it in any case: "nudge.first_touch". Empty where nothing around it has a name.
std::string enclosing_place(std::string_view path);

/// " in nudge", or nothing.
std::string in(const std::string& place);

}  // namespace wend::testrun
