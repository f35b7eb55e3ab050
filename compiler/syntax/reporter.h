#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "compiler/diag/diagnostic.h"
#include "compiler/source/source_file.h"

namespace wend::syntax {

/// Collects the findings of one file and keeps them to one per mistake. Internal to compiler/syntax.
class Reporter {
 public:
  explicit Reporter(const source::SourceFile& file) : file_(file) {}

  [[nodiscard]] const source::SourceFile& file() const { return file_; }

  /// A second finding at the same place is dropped: it would only be a consequence of the first.
  void report(diag::Diagnostic diagnostic);
  /// A habit (semicolons, camelCase…) is one mistake however often it occurs: the first occurrence is reported, the
  /// others with the same key become a note on it.
  void report_habit(const std::string& key, diag::Diagnostic diagnostic);
  /// Syntax errors in this range are consequences of a mistake that has been reported.
  void silence(source::Span range) { silenced_.push_back(range); }
  [[nodiscard]] bool is_silenced(std::uint32_t offset) const;
  /// What stands there was passed over: whoever looks for something in the text around it may find it missing.
  void mark_lost(std::uint32_t offset) { lost_.insert(offset); }
  [[nodiscard]] bool has_lost_in(source::Span range) const;
  [[nodiscard]] bool is_full() const;
  [[nodiscard]] bool empty() const { return diagnostics_.empty(); }

  /// The findings in text order, habits with their notes.
  [[nodiscard]] std::vector<diag::Diagnostic> take();

 private:
  struct Habit {
    std::size_t index = 0;
    std::set<std::uint32_t> other_lines;
    std::size_t others = 0;
  };

  const source::SourceFile& file_;
  std::vector<diag::Diagnostic> diagnostics_;
  std::map<std::string, Habit> habits_;
  std::set<std::uint32_t> places_;
  std::vector<source::Span> silenced_;
  std::set<std::uint32_t> lost_;
};

}  // namespace wend::syntax
