#pragma once

// One function per command (`fmt`, `new` and `doc` are spelt out: the names are taken). Each prints its own output and says how `wend` ends.

#include "compiler/cli/arguments.h"
#include "compiler/cli/console.h"

namespace wend::cli {

ExitCode new_project(const NewOptions& options, Console& console);
ExitCode check(const CheckOptions& options, Console& console);
ExitCode test(const TestOptions& options, Console& console);
ExitCode preview(const PreviewOptions& options, Console& console);
ExitCode build(const BuildOptions& options, Console& console);
ExitCode dis(const DisOptions& options, Console& console);
ExitCode run(const RunOptions& options, Console& console);
ExitCode lock(const LockOptions& options, Console& console);
ExitCode format(const FmtOptions& options, Console& console);
ExitCode document(const DocOptions& options, Console& console);
ExitCode explain(const ExplainOptions& options, Console& console);

}  // namespace wend::cli
