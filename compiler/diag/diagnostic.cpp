#include "compiler/diag/diagnostic.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>

namespace wend::diag {
namespace {

constexpr std::array k_kinds = std::to_array<KindInfo>({
#define WEND_DIAGNOSTIC(number, name, severity, message) {Kind::name, #name, Severity::severity, message},
#include "compiler/diag/diagnostics.def"
#undef WEND_DIAGNOSTIC
});

static_assert(std::is_sorted(k_kinds.begin(), k_kinds.end(), [](const KindInfo& a, const KindInfo& b) { return a.kind < b.kind; }),
              "diagnostics.def is in the order of its numbers");

std::string to_text(const Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  return std::get<std::string>(value);
}

}  // namespace

std::span<const KindInfo> all_kinds() {
  return k_kinds;
}

const KindInfo& info(Kind kind) {
  const auto found = std::lower_bound(k_kinds.begin(), k_kinds.end(), kind, [](const KindInfo& a, Kind b) { return a.kind < b; });
  assert(found != k_kinds.end() && found->kind == kind);
  return *found;
}

std::string code(Kind kind) {
  return fmt::format("{}{:04}", info(kind).severity == Severity::warning ? 'W' : 'E', static_cast<int>(kind));
}

std::string_view severity_name(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "error";
    case Severity::warning:
      return "warning";
    case Severity::note:
      return "note";
  }
  return "";
}

Diagnostic& Diagnostic::with(std::string name, std::string value) {
  parameters_.push_back({std::move(name), std::move(value)});
  return *this;
}

Diagnostic& Diagnostic::with(std::string name, std::int64_t value) {
  parameters_.push_back({std::move(name), value});
  return *this;
}

Diagnostic& Diagnostic::label(std::string text) {
  primary_.text = std::move(text);
  return *this;
}

Diagnostic& Diagnostic::secondary(source::Span span, std::string text) {
  secondaries_.push_back({span, std::move(text)});
  return *this;
}

Diagnostic& Diagnostic::note(std::string text) {
  notes_.push_back(std::move(text));
  return *this;
}

Diagnostic& Diagnostic::help(std::string message) {
  helps_.push_back({std::move(message), std::nullopt});
  return *this;
}

Diagnostic& Diagnostic::help(std::string message, Replacement replacement) {
  helps_.push_back({std::move(message), std::move(replacement)});
  return *this;
}

std::string Diagnostic::message() const {
  const std::string_view pattern = info(kind_).message;
  std::string result;
  std::size_t at = 0;
  while (at < pattern.size()) {
    const std::size_t open = pattern.find('{', at);
    const std::size_t close = open == std::string_view::npos ? open : pattern.find('}', open);
    if (close == std::string_view::npos) break;
    const std::string_view name = pattern.substr(open + 1, close - open - 1);
    const auto parameter = std::find_if(parameters_.begin(), parameters_.end(), [&](const Parameter& each) { return each.name == name; });
    assert(parameter != parameters_.end() && "every hole of a message has its parameter");
    result += pattern.substr(at, open - at);
    if (parameter != parameters_.end()) result += to_text(parameter->value);
    at = close + 1;
  }
  return result.append(pattern.substr(at));
}

Diagnostic from_file_error(const source::FileError& error, source::Span span) {
  switch (error.kind) {
    case source::FileErrorKind::not_found:
      return Diagnostic(Kind::file_not_found, span).with("path", error.path);
    case source::FileErrorKind::is_folder:
      return Diagnostic(Kind::path_is_folder, span).with("path", error.path);
    case source::FileErrorKind::not_a_folder:
      return Diagnostic(Kind::not_a_folder, span).with("path", error.path);
    case source::FileErrorKind::too_large:
      return Diagnostic(Kind::file_too_large, span)
          .with("path", error.path)
          .with("size", static_cast<std::int64_t>(error.size_bytes))
          .with("limit", static_cast<std::int64_t>(source::k_file_bytes_max));
    case source::FileErrorKind::not_permitted:
    case source::FileErrorKind::other:
      return Diagnostic(Kind::file_unreadable, span).with("path", error.path).with("reason", error.detail);
  }
  return Diagnostic(Kind::file_unreadable, span).with("path", error.path).with("reason", error.detail);
}

}  // namespace wend::diag
