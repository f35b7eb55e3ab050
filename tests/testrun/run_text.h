#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "compiler/project/project.h"
#include "compiler/testrun/testrun.h"

namespace wend::testrun {

/// A report together with the sources that its spans point into.
struct Checked {
  std::unique_ptr<project::Project> project;
  Report report;
};

/// Declarations that the tests share: customer (timezone, stage …), events, channels, messages.
extern const std::string_view k_preamble;

/// Parses and checks `k_preamble` and `text` as one file and runs its tests. A finding of the compiler fails the test.
void run_text(std::string_view text, Checked& run);

/// "passed", or what each failure expected and found, a line each.
std::string verdict(const Checked& run);

}  // namespace wend::testrun
