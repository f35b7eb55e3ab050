#pragma once

// Runs the typed tests of a project in virtual time, on the real engine with a log in memory. Nothing here reads a clock or
// a file. The rules, where settled.md leaves them to the runner:
//
// * Only the journey that a test is `of` takes entries: the others do not exist in it.
// * Every `expect` first fires what is due at the moment it looks at, grace or not. `advance` and stimuli let time pass as it
//   does outside: what is held for grace stays held.
// * `expect at T` with something that happens (sent, suppressed, exited) asks whether it happened at T; what is negated,
//   counted or a state is looked at at T.
// * A test goes on after a failed expectation, and ends at a stimulus that is impossible.

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/sema/model.h"
#include "compiler/source/sources.h"
#include "runtime/base/time.h"
#include "runtime/base/time_zone.h"
#include "runtime/bytecode/program.h"

namespace wend::testrun {

struct Observed;

struct Options {
  std::string filter;            ///< run only tests whose title, or journey's name, contains it; empty = all
  Observed* observed = nullptr;  ///< adds up what the tests did; see coverage.h
};

/// One thing that happened in a test.
struct TimelineLine {
  TimestampMs at = 0;
  std::string local;  ///< "2025-03-30 09:00:00", in the customer's zone at that moment
  std::string what;   ///< "sent Welcome(name: \"Ada\") via email in step hello"
};

struct Failure {
  source::Span span;       ///< of the test item
  std::string expected;    ///< "Nudge sent at 2025-03-30 09:00:00"
  std::string found;       ///< "sent at 2025-03-30 10:00:00"
  std::size_t happened{};  ///< how many lines of the timeline there were at that point
};

struct TestOutcome {
  std::string title;
  std::string journey;
  source::Span span;
  std::string zone;  ///< of the timeline
  std::vector<Failure> failures;
  std::vector<TimelineLine> timeline;

  [[nodiscard]] bool passed() const { return failures.empty(); }
};

struct Report {
  std::vector<TestOutcome> tests;  ///< those that ran, in the order of files and text
  std::size_t passed = 0;
  std::size_t failed = 0;
  std::size_t left_out = 0;  ///< by the filter
};

/// `model` is without errors, and `program` is its program. Deterministic.
[[nodiscard]] Report run(const sema::Model& model, const bytecode::Program& program, const ZoneTable& zones, const Options& options = {});

struct TextOptions {
  bool colours = false;
};
/// What a person reads: one line per test, every failure with its place and the timeline, and at the end `N passed, N failed`.
[[nodiscard]] std::string render_text(const Report& report, const source::Sources& sources, TextOptions options = {});
/// {"tests":[{"title","journey","file","line","passed","failures":[…],"timeline":[…]}],"passed":n,"failed":n}
[[nodiscard]] std::string render_json(const Report& report, const source::Sources& sources);
/// JUnit XML, one suite per journey.
[[nodiscard]] std::string render_junit(const Report& report, const source::Sources& sources);

}  // namespace wend::testrun
