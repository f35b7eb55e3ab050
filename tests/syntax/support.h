#pragma once

#include <memory>
#include <string>
#include <vector>

#include "compiler/diag/render.h"
#include "compiler/syntax/parse.h"

namespace wend::test {

/// A text parsed as one file, with everything needed to show what was found.
class Parsed {
 public:
  explicit Parsed(std::string text, std::string path = "test.journey")
      : result_(syntax::parse(sources_->add(std::move(path), std::move(text)))) {}

  [[nodiscard]] const syntax::File& file() const { return result_.file; }
  [[nodiscard]] bool complete() const { return result_.complete; }
  [[nodiscard]] const std::vector<diag::Diagnostic>& diagnostics() const { return result_.diagnostics; }
  [[nodiscard]] std::vector<std::string> codes() const {
    std::vector<std::string> codes;
    for (const diag::Diagnostic& each : result_.diagnostics) codes.push_back(diag::code(each.kind()));
    return codes;
  }
  [[nodiscard]] std::string rendered() const {
    diag::Sink sink;
    sink.report_all(result_.diagnostics);
    return diag::render_all(sink, *sources_);
  }
  [[nodiscard]] std::string_view text(source::Span span) const { return sources_->file(span.file_id).text(span); }
  /// The node of the n-th declaration; the test fails with an exception when it is of another kind.
  template <typename Node>
  [[nodiscard]] const Node& decl(std::size_t index = 0) const {
    return result_.file.declarations.at(index).as<Node>();
  }

 private:
  std::unique_ptr<source::Sources> sources_ = std::make_unique<source::Sources>();
  syntax::ParseResult result_;
};

[[nodiscard]] std::string read_source_file(const std::string& path_in_repository);

}  // namespace wend::test
