#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "compiler/source/file_store.h"
#include "compiler/source/span.h"

namespace wend::diag {

enum class Severity : std::uint8_t { error, warning, note };

/// One entry of `diagnostics.def`; the value is the permanent number.
enum class Kind : std::uint16_t {
#define WEND_DIAGNOSTIC(number, name, severity, message) name = number,
#include "compiler/diag/diagnostics.def"
#undef WEND_DIAGNOSTIC
};

struct KindInfo {
  Kind kind;
  std::string_view name;
  Severity severity;
  std::string_view message;  ///< template with `{parameter}` holes
};

/// Every kind, in the order of the table.
[[nodiscard]] std::span<const KindInfo> all_kinds();
[[nodiscard]] const KindInfo& info(Kind kind);
/// "E0101" or "W0901".
[[nodiscard]] std::string code(Kind kind);
[[nodiscard]] std::string_view severity_name(Severity severity);

using Value = std::variant<std::string, std::int64_t>;

struct Parameter {
  std::string name;
  Value value;
};

struct Label {
  source::Span span;
  std::string text;  ///< may be empty: then the span is only underlined
};

/// Whether a tool may apply a replacement by itself.
enum class Applicability : std::uint8_t {
  certain,       ///< what the author surely meant; `--fix` may apply it
  likely,        ///< probably right, a person should look
  placeholders,  ///< the text holds a part the author must fill in
};

struct Replacement {
  source::Span span;  ///< empty span = insertion
  std::string text;
  Applicability applicability = Applicability::certain;
};

struct Help {
  std::string message;
  std::optional<Replacement> replacement;
};

/// One finding. The message is the kind's template filled with typed parameters, so that text and JSON lose nothing.
///
///     sink.report(Diagnostic(Kind::reserved_word, name.span).with("word", name.text).label("reserved").help("…"));
class Diagnostic {
 public:
  Diagnostic(Kind kind, source::Span span) : kind_(kind), primary_{span, {}} {}

  Diagnostic& with(std::string name, std::string value);
  Diagnostic& with(std::string name, std::int64_t value);
  /// What stands under the primary span.
  Diagnostic& label(std::string text);
  Diagnostic& secondary(source::Span span, std::string text);
  Diagnostic& note(std::string text);
  Diagnostic& help(std::string message);
  Diagnostic& help(std::string message, Replacement replacement);

  [[nodiscard]] Kind kind() const { return kind_; }
  [[nodiscard]] Severity severity() const { return info(kind_).severity; }
  [[nodiscard]] source::Span span() const { return primary_.span; }
  [[nodiscard]] const Label& primary() const { return primary_; }
  [[nodiscard]] const std::vector<Label>& secondaries() const { return secondaries_; }
  [[nodiscard]] const std::vector<Parameter>& parameters() const { return parameters_; }
  [[nodiscard]] const std::vector<std::string>& notes() const { return notes_; }
  [[nodiscard]] const std::vector<Help>& helps() const { return helps_; }
  /// The template with its parameters filled in. A hole without a parameter is an assertion failure.
  [[nodiscard]] std::string message() const;

 private:
  Kind kind_;
  Label primary_;
  std::vector<Label> secondaries_;
  std::vector<Parameter> parameters_;
  std::vector<std::string> notes_;
  std::vector<Help> helps_;
};

/// A file that could not be read; `span` is the place that names it (a `use`, an `import`), or none.
[[nodiscard]] Diagnostic from_file_error(const source::FileError& error, source::Span span = {});

}  // namespace wend::diag
