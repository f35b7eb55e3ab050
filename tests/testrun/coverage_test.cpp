#include "compiler/testrun/coverage.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "compiler/diag/render.h"
#include "compiler/project/compile.h"
#include "compiler/source/file_store.h"
#include "tests/testrun/run_text.h"

namespace wend::testrun {
namespace {

using flow::PlaceKind;

constexpr std::string_view k_journey = R"(
// <b>bold</b> & "quoted"
journey greet {
  owner    "you@shop.test"
  policy   anything
  lifetime 30 days
  enter on SignedUp
  exit bought when OrderPlaced

  step hello {
    send Hello via email as hello
      or else { exit unreachable }
    await up to 2 days {
      on hello.clicked { }
      on timeout       { }
    }
  }
  step more {
    if (customer.visits otherwise 0) > 1 {
      send Hello via email as again
    }
    split incentive {
      arm plain    { }
      arm discount { }
    }
  }
}
)";

constexpr std::string_view k_one_test = R"(
test "hello" of greet {
  given ada
  given incentive = plain
  at 2025-03-28 15:30 SignedUp(plan: absent, seats: absent)
  advance until done
}
)";

constexpr std::string_view k_other_tests = R"(
test "many visits, and a click" of greet {
  given ada with (visits: 3)
  given incentive = discount
  at 2025-03-28 15:30 SignedUp(plan: absent, seats: absent)
  after 1 hour hello.clicked
}
test "bought" of greet {
  given ada
  at 2025-03-28 15:30 SignedUp(plan: absent, seats: absent)
  after 1 hour OrderPlaced(order_id: "1", cart_id: absent, total: 9 USD)
}
test "no consent" of greet {
  given customer { email: "ada@shop.test" }
  at 2025-03-28 15:30 SignedUp(plan: absent, seats: absent)
}
)";

struct Compiled {
  source::MemoryFileStore files;
  std::shared_ptr<const ZoneTable> zones = ZoneTable::system();
  std::unique_ptr<project::Project> project;
  project::CompileResult result;
};

void compile(std::string_view tests, Compiled& compiled) {
  compiled.files.write("small/small.journey", std::string(k_preamble) + std::string(k_journey) + std::string(tests));
  compiled.project = project::load(compiled.files, "small");
  compiled.result = project::compile(*compiled.project, compiled.files, *compiled.zones);
  ASSERT_TRUE(compiled.result.program.has_value()) << diag::render_all(compiled.result.findings, compiled.project->sources);
}

CoveredRun covered_run(const Compiled& compiled) {
  auto run = run_with_coverage(compiled.result.model, compiled.project->sources, *compiled.zones);
  EXPECT_TRUE(run.has_value());
  return run ? std::move(*run) : CoveredRun{};
}

std::string missing(const Coverage& coverage) {
  std::string text;
  for (const JourneyCoverage& journey : coverage.journeys) {
    for (const CoveredPlace& each : journey.places) {
      if (each.times == 0) text += each.place.what + "\n";
    }
  }
  return text;
}

// Empty when every element is closed in its order and every `&` begins an entity.
std::string ill_formed(std::string_view html) {
  std::vector<std::string> open;
  for (size_t at = 0; at < html.size(); ++at) {
    if (html[at] == '&') {
      const std::string_view entity = html.substr(at, html.find(';', at) - at + 1);
      if (entity != "&amp;" && entity != "&lt;" && entity != "&gt;" && entity != "&quot;" && entity != "&#10;") {
        return "a loose & before " + std::string(html.substr(at, 20));
      }
    }
    if (html[at] == '>') return "a loose > before " + std::string(html.substr(at, 20));
    if (html[at] != '<') continue;
    const size_t end = html.find('>', at);
    if (end == std::string_view::npos) return "an element without end";
    const std::string_view tag = html.substr(at + 1, end - at - 1);
    const std::string name(tag.substr(0, tag.find_first_of(" \n")));
    at = end;
    if (tag.starts_with('!') || tag.ends_with('/')) continue;
    if (!tag.starts_with('/')) {
      open.push_back(name);
    } else if (open.empty() || "/" + open.back() != name) {
      return "<" + name + "> closes nothing";
    } else {
      open.pop_back();
    }
  }
  return open.empty() ? "" : open.back() + " is not closed";
}

TEST(Coverage, SaysWhatNoTestCameTo) {
  Compiled compiled;
  ASSERT_NO_FATAL_FAILURE(compile(k_one_test, compiled));
  const Coverage coverage = covered_run(compiled).coverage;
  EXPECT_EQ(missing(coverage),
            "never left as `bought`\n"
            "`or else` was never needed\n"
            "never left as `unreachable`\n"
            "this never ended the wait\n"
            "the condition was never true\n"
            "`Hello` was never sent here\n"
            "nobody was assigned arm `discount`\n");
  const JourneyCoverage& greet = coverage.journeys.at(0);
  EXPECT_EQ(greet.count(PlaceKind::entry).covered, 1U);
  EXPECT_EQ(greet.count(PlaceKind::step).covered, 2U);
  EXPECT_EQ(greet.count(PlaceKind::branch).covered, 2U);
  EXPECT_EQ(greet.count(PlaceKind::branch).total, 4U);
  EXPECT_EQ(greet.count(PlaceKind::timeout).covered, 1U);
  EXPECT_EQ(greet.count(PlaceKind::arm).covered, 0U);
  EXPECT_EQ(greet.count(PlaceKind::send).total, 3U);
}

TEST(Coverage, IsFullWhenTheTestsComeEverywhere) {
  Compiled compiled;
  ASSERT_NO_FATAL_FAILURE(compile(std::string(k_one_test) + std::string(k_other_tests), compiled));
  const Coverage coverage = covered_run(compiled).coverage;
  EXPECT_EQ(missing(coverage), "");
  EXPECT_EQ(coverage.count().percent(), 100);
  EXPECT_EQ(coverage.journeys.at(0).suppressed(), (std::map<std::string, std::uint64_t>{{"consent", 1}}));
}

TEST(Coverage, ChangesNothingThatATestSees) {
  Compiled compiled;
  ASSERT_NO_FATAL_FAILURE(compile(std::string(k_one_test) + std::string(k_other_tests), compiled));
  const Report plain = run(compiled.result.model, *compiled.result.program, *compiled.zones);
  const Report counted = covered_run(compiled).report;
  EXPECT_EQ(render_json(plain, compiled.project->sources), render_json(counted, compiled.project->sources));
}

TEST(Coverage, OneInAThousandMissingIsNotAHundred) {
  EXPECT_EQ((Covered{1999, 2000}.percent()), 99.9);
  EXPECT_EQ((Covered{0, 0}.percent()), 100);
}

TEST(Coverage, PagesAreWellFormedAndNeedNothingElse) {
  Compiled compiled;
  ASSERT_NO_FATAL_FAILURE(compile(k_one_test, compiled));
  const std::vector<HtmlPage> pages = render_html(covered_run(compiled).coverage, compiled.project->sources);
  ASSERT_EQ(pages.size(), 2U);
  EXPECT_EQ(pages[0].name, "index.html");
  EXPECT_NE(pages[0].text.find("href=\"" + pages[1].name + "\""), std::string::npos);
  for (const HtmlPage& page : pages) {
    EXPECT_EQ(ill_formed(page.text), "") << page.name;
    for (const char* outside : {"<script", "http:", "https:", "src=", "@import", "url("}) {
      EXPECT_EQ(page.text.find(outside), std::string::npos) << outside;
    }
  }
  EXPECT_NE(pages[1].text.find("&lt;b&gt;bold&lt;/b&gt; &amp; &quot;quoted&quot;"), std::string::npos);
  EXPECT_NE(pages[1].text.find("class=\"hit\""), std::string::npos);
  EXPECT_NE(pages[1].text.find("class=\"miss\""), std::string::npos);
  EXPECT_NE(pages[1].text.find("class=\"part\""), std::string::npos);
}

}  // namespace
}  // namespace wend::testrun
