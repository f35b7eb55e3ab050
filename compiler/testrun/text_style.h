#pragma once

namespace wend::testrun {

// What is put before and after a text to colour it on a terminal; all empty where there is none.
struct Style {
  const char* red = "";
  const char* green = "";
  const char* bold = "";
  const char* dim = "";
  const char* off = "";
};
constexpr Style k_plain{};
constexpr Style k_coloured{"\033[31m", "\033[32m", "\033[1m", "\033[2m", "\033[0m"};

}  // namespace wend::testrun
