#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "compiler/testrun/coverage.h"
#include "compiler/testrun/markup.h"
#include "compiler/testrun/testrun.h"

// The forms for tools: JSON and JUnit.

namespace wend::testrun {

namespace {

using Json = nlohmann::ordered_json;

struct Place {
  std::string file;
  uint32_t line = 0;
  uint32_t column = 0;
};

Place place(const source::Sources& sources, source::Span span) {
  const auto& file = sources.file(span.file_id);
  const auto position = file.position(span.begin);
  return {file.path(), position.line, position.column};
}

Json failure_json(const Failure& failure, const source::Sources& sources) {
  const Place at = place(sources, failure.span);
  return {{"file", at.file},
          {"line", at.line},
          {"column", at.column},
          {"source", sources.file(failure.span.file_id).text(failure.span)},
          {"expected", failure.expected},
          {"found", failure.found}};
}

Json test_json(const TestOutcome& test, const source::Sources& sources) {
  const Place at = place(sources, test.span);
  Json json = {{"title", test.title}, {"journey", test.journey}, {"file", at.file},
               {"line", at.line},     {"passed", test.passed()}, {"zone", test.zone}};
  json["failures"] = Json::array();
  for (const auto& failure : test.failures) json["failures"].push_back(failure_json(failure, sources));
  json["timeline"] = Json::array();
  for (const auto& line : test.timeline) {
    json["timeline"].push_back({{"at", format_rfc3339(line.at)}, {"local", line.local}, {"what", line.what}});
  }
  return json;
}

Json report_json(const Report& report, const source::Sources& sources) {
  Json json;
  json["tests"] = Json::array();
  for (const auto& test : report.tests) json["tests"].push_back(test_json(test, sources));
  json["passed"] = report.passed;
  json["failed"] = report.failed;
  json["left_out"] = report.left_out;
  return json;
}

Json covered_json(const Covered& covered) {
  return {{"covered", covered.covered}, {"total", covered.total}, {"percent", covered.percent()}};
}

Json journey_json(const JourneyCoverage& journey, const source::Sources& sources) {
  Json json = {{"name", journey.name}, {"all", covered_json(journey.count())}};
  for (const flow::PlaceKind kind : flow::place_kinds()) json[flow::plural(kind)] = covered_json(journey.count(kind));
  json["places"] = Json::array();
  for (const CoveredPlace& each : journey.places) {
    const Place at = place(sources, each.place.span);
    Json found = {{"kind", flow::plural(each.place.kind)}, {"file", at.file}, {"line", at.line}, {"column", at.column}};
    found["times"] = each.times;
    if (each.times == 0) found["missing"] = each.place.what;
    json["places"].push_back(std::move(found));
  }
  json["outcomes"] = Json::array();
  for (const CoveredSend& send : journey.sends) {
    const Place at = place(sources, send.span);
    json["outcomes"].push_back(
        {{"message", send.message}, {"file", at.file}, {"line", at.line}, {"sent", send.sent}, {"suppressed", Json(send.suppressed)}});
  }
  return json;
}

Json coverage_json(const Coverage& coverage, const source::Sources& sources) {
  Json json = covered_json(coverage.count());
  json["journeys"] = Json::array();
  for (const JourneyCoverage& journey : coverage.journeys) json["journeys"].push_back(journey_json(journey, sources));
  return json;
}

std::string dump(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string junit_case(const TestOutcome& test, const source::Sources& sources) {
  const Place at = place(sources, test.span);
  std::string text = fmt::format("    <testcase classname=\"{}\" name=\"{}\" file=\"{}\" line=\"{}\"", escape_markup(test.journey),
                                 escape_markup(test.title), escape_markup(at.file), at.line);
  if (test.passed()) return text + "/>\n";
  text += ">\n";
  std::string timeline;
  for (const auto& line : test.timeline) timeline += fmt::format("{}  {}\n", line.local, line.what);
  for (const auto& failure : test.failures) {
    const Place where = place(sources, failure.span);
    text += fmt::format("      <failure message=\"{}\">{}</failure>\n",
                        escape_markup(fmt::format("expected {}, found {}", failure.expected, failure.found)),
                        escape_markup(fmt::format("{}:{}:{}\n{}", where.file, where.line, where.column, timeline)));
  }
  return text + "    </testcase>\n";
}

struct Suite {
  std::string journey;
  std::vector<const TestOutcome*> tests;
  size_t failed = 0;
};

std::vector<Suite> suites(const Report& report) {
  std::vector<Suite> suites;
  for (const auto& test : report.tests) {
    Suite* suite = nullptr;
    for (auto& existing : suites) {
      if (existing.journey == test.journey) suite = &existing;
    }
    if (suite == nullptr) suite = &suites.emplace_back(Suite{test.journey, {}, 0});
    suite->tests.push_back(&test);
    if (!test.passed()) ++suite->failed;
  }
  return suites;
}

}  // namespace

std::string render_json(const Report& report, const source::Sources& sources) {
  return dump(report_json(report, sources));
}

std::string render_json(const CoveredRun& run, const source::Sources& sources) {
  Json json = report_json(run.report, sources);
  json["coverage"] = coverage_json(run.coverage, sources);
  return dump(json);
}

std::string render_junit(const Report& report, const source::Sources& sources) {
  std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  text += fmt::format("<testsuites tests=\"{}\" failures=\"{}\">\n", report.tests.size(), report.failed);
  for (const auto& suite : suites(report)) {
    text += fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\">\n", escape_markup(suite.journey), suite.tests.size(),
                        suite.failed);
    for (const auto* test : suite.tests) text += junit_case(*test, sources);
    text += "  </testsuite>\n";
  }
  return text + "</testsuites>\n";
}

}  // namespace wend::testrun
