#pragma once

// What the tests of a project come to. The tests run on a program of their own, in which every place has an instruction that does
// nothing but be counted (compiler/flow/probes.h); what they see is the same as without it.

#include <cstddef>
#include <cstdint>
#include <expected>
#include <map>
#include <string>
#include <vector>

#include "compiler/flow/probes.h"
#include "compiler/testrun/testrun.h"

namespace wend::testrun {

struct CoveredPlace {
  flow::Place place;
  std::uint64_t times = 0;
};
struct CoveredSend {
  source::Span span;
  std::string message;
  std::uint64_t sent = 0;
  std::map<std::string, std::uint64_t> suppressed;  ///< by reason
};
struct Covered {
  std::size_t covered = 0;
  std::size_t total = 0;

  /// 0 … 100, rounded down to tenths: 100 only when nothing is missing. Nothing to cover is covered.
  [[nodiscard]] double percent() const;
};
struct JourneyCoverage {
  std::string name;
  std::vector<CoveredPlace> places;  ///< in text order; `sent` is a place of each send
  std::vector<CoveredSend> sends;    ///< in text order: what became of them

  [[nodiscard]] Covered count(flow::PlaceKind kind) const;
  [[nodiscard]] Covered count() const;
  /// What was suppressed in it, by reason.
  [[nodiscard]] std::map<std::string, std::uint64_t> suppressed() const;
};
struct Coverage {
  std::vector<JourneyCoverage> journeys;
  /// Lines with code of journeys, by file, and how often an instruction of theirs ran at most.
  std::map<source::FileId, std::map<std::uint32_t, std::uint64_t>> lines;

  [[nodiscard]] Covered count(flow::PlaceKind kind) const;
  [[nodiscard]] Covered count() const;
};

struct CoveredRun {
  Report report;
  Coverage coverage;
};
/// As `run`. Says what is wrong when the program becomes too large to be counted in.
[[nodiscard]] std::expected<CoveredRun, std::string> run_with_coverage(const sema::Model& model, const source::Sources& sources,
                                                                       const ZoneTable& zones, const Options& options = {});

/// A table of journeys and kinds, then every place that no test came to, with its source line.
[[nodiscard]] std::string render_text(const Coverage& coverage, const source::Sources& sources, TextOptions options = {});
/// As `render_json` of the report, with {"coverage":{"percent",…,"journeys":[…]}} in it.
[[nodiscard]] std::string render_json(const CoveredRun& run, const source::Sources& sources);

struct HtmlPage {
  std::string name;  ///< of the file
  std::string text;
};
/// `index.html` and one page per file with journeys. They need nothing else: no network, no script.
[[nodiscard]] std::vector<HtmlPage> render_html(const Coverage& coverage, const source::Sources& sources);

}  // namespace wend::testrun
