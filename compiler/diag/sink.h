#pragma once

#include <cstddef>
#include <vector>

#include "compiler/diag/diagnostic.h"

namespace wend::diag {

/// A run reports at most this many errors; the rest are only counted. Nobody reads the 101st.
inline constexpr std::size_t k_errors_max = 100;
/// The same for warnings and notes, so that they cannot crowd out memory either.
inline constexpr std::size_t k_warnings_max = 200;

/// Collects the diagnostics of a run, in the order of reporting.
class Sink {
 public:
  void report(Diagnostic diagnostic);
  void report_all(const std::vector<Diagnostic>& diagnostics);

  [[nodiscard]] bool has_errors() const { return error_count_ > 0; }
  [[nodiscard]] std::size_t error_count() const { return error_count_; }      ///< including those not kept
  [[nodiscard]] std::size_t warning_count() const { return warning_count_; }  ///< including those not kept
  [[nodiscard]] const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }
  /// The kept diagnostics by file and position; equal places keep the order of reporting.
  [[nodiscard]] std::vector<Diagnostic> sorted() const;

 private:
  std::vector<Diagnostic> diagnostics_;
  std::size_t error_count_ = 0;
  std::size_t warning_count_ = 0;
};

}  // namespace wend::diag
