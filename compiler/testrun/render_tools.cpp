#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "compiler/testrun/testrun.h"

// The forms for tools: JSON and JUnit.

namespace wend::testrun {

namespace {

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

nlohmann::ordered_json failure_json(const Failure& failure, const source::Sources& sources) {
  const Place at = place(sources, failure.span);
  return {{"file", at.file},
          {"line", at.line},
          {"column", at.column},
          {"source", sources.file(failure.span.file_id).text(failure.span)},
          {"expected", failure.expected},
          {"found", failure.found}};
}

nlohmann::ordered_json test_json(const TestOutcome& test, const source::Sources& sources) {
  const Place at = place(sources, test.span);
  nlohmann::ordered_json json = {{"title", test.title}, {"journey", test.journey}, {"file", at.file},
                                 {"line", at.line},     {"passed", test.passed()}, {"zone", test.zone}};
  json["failures"] = nlohmann::ordered_json::array();
  for (const auto& failure : test.failures) json["failures"].push_back(failure_json(failure, sources));
  json["timeline"] = nlohmann::ordered_json::array();
  for (const auto& line : test.timeline) {
    json["timeline"].push_back({{"at", format_rfc3339(line.at)}, {"local", line.local}, {"what", line.what}});
  }
  return json;
}

std::string escape_xml(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\n':
        out += "&#10;";
        break;
      // XML 1.0 has no way to write the other control characters.
      default:
        out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
  return out;
}

std::string junit_case(const TestOutcome& test, const source::Sources& sources) {
  const Place at = place(sources, test.span);
  std::string text = fmt::format("    <testcase classname=\"{}\" name=\"{}\" file=\"{}\" line=\"{}\"", escape_xml(test.journey),
                                 escape_xml(test.title), escape_xml(at.file), at.line);
  if (test.passed()) return text + "/>\n";
  text += ">\n";
  std::string timeline;
  for (const auto& line : test.timeline) timeline += fmt::format("{}  {}\n", line.local, line.what);
  for (const auto& failure : test.failures) {
    const Place where = place(sources, failure.span);
    text += fmt::format("      <failure message=\"{}\">{}</failure>\n",
                        escape_xml(fmt::format("expected {}, found {}", failure.expected, failure.found)),
                        escape_xml(fmt::format("{}:{}:{}\n{}", where.file, where.line, where.column, timeline)));
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
  nlohmann::ordered_json json;
  json["tests"] = nlohmann::ordered_json::array();
  for (const auto& test : report.tests) json["tests"].push_back(test_json(test, sources));
  json["passed"] = report.passed;
  json["failed"] = report.failed;
  json["left_out"] = report.left_out;
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

std::string render_junit(const Report& report, const source::Sources& sources) {
  std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  text += fmt::format("<testsuites tests=\"{}\" failures=\"{}\">\n", report.tests.size(), report.failed);
  for (const auto& suite : suites(report)) {
    text += fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\">\n", escape_xml(suite.journey), suite.tests.size(),
                        suite.failed);
    for (const auto* test : suite.tests) text += junit_case(*test, sources);
    text += "  </testsuite>\n";
  }
  return text + "</testsuites>\n";
}

}  // namespace wend::testrun
