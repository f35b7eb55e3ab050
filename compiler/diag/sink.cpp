#include "compiler/diag/sink.h"

#include <algorithm>

namespace wend::diag {

void Sink::report(Diagnostic diagnostic) {
  const bool is_error = diagnostic.severity() == Severity::error;
  std::size_t& count = is_error ? error_count_ : warning_count_;
  ++count;
  if (count <= (is_error ? k_errors_max : k_warnings_max)) diagnostics_.push_back(std::move(diagnostic));
}

void Sink::report_all(const std::vector<Diagnostic>& diagnostics) {
  for (const Diagnostic& diagnostic : diagnostics) report(diagnostic);
}

std::vector<Diagnostic> Sink::sorted() const {
  std::vector<Diagnostic> result = diagnostics_;
  std::stable_sort(result.begin(), result.end(),
                   [](const Diagnostic& first, const Diagnostic& second) { return first.span() < second.span(); });
  return result;
}

}  // namespace wend::diag
