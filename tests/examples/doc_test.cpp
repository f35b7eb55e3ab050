// `wend doc`: pages whose every link leads somewhere.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/examples/program.h"

namespace wend::examples {
namespace {

using testing::HasSubstr;
using testing::Not;

// Of `href="page#place"` in every page: the page is there, and so is the place.
void expect_links_lead_somewhere(const std::filesystem::path& folder) {
  std::size_t links = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string text = read_file(entry.path());
    const std::string href = "href=\"";
    for (std::size_t at = text.find(href); at != std::string::npos; at = text.find(href, at + 1)) {
      const std::string target = text.substr(at + href.size(), text.find('"', at + href.size()) - at - href.size());
      const std::size_t hash = std::min(target.find('#'), target.size());
      const std::string page = hash == 0 ? text : read_file(folder / target.substr(0, hash));
      EXPECT_FALSE(page.empty()) << entry.path() << ": " << target;
      if (hash < target.size()) {
        EXPECT_THAT(page, HasSubstr("id=\"" + target.substr(hash + 1) + "\"")) << entry.path();
      }
      ++links;
    }
    EXPECT_THAT(text, Not(HasSubstr("<script"))) << entry.path();
    EXPECT_THAT(text, Not(HasSubstr("http-equiv"))) << entry.path();
  }
  EXPECT_GT(links, 20U);
}

TEST(Doc, AProjectWithWhatItTakesOfTheLibrary) {
  const Scratch scratch("doc-project");
  const std::string site = scratch / "site";
  const Outcome outcome = run("wend doc examples/channel_fallback -o " + site);
  ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
  expect_links_lead_somewhere(site);
  EXPECT_THAT(read_file(site + "/index.html"), HasSubstr("product@example.test"));
  const std::string page = read_file(site + "/channel_fallback.journeys.html");
  EXPECT_THAT(page, HasSubstr("<dt>runs</dt><dd><a href=\"std.flows.html#fallback\">fallback</a>"));
  EXPECT_THAT(page, HasSubstr("seen first: in the product"));
  EXPECT_THAT(page, HasSubstr("<dt>tests</dt><dd><a href=\"channel_fallback.journeys.html#test-"));
  EXPECT_THAT(page, HasSubstr("<dt>sent by</dt>"));
  const std::string flows = read_file(site + "/std.flows.html");
  EXPECT_THAT(flows, HasSubstr("id=\"fallback\""));
  EXPECT_THAT(flows, Not(HasSubstr("id=\"survey\""))) << "what the project does not name is not its";
}

// The ways through a journey, as boxes: what is entered by, waited for, sent and decided, each name a link.
TEST(Doc, AJourneyAsADiagram) {
  const Scratch scratch("doc-diagram");
  const std::string site = scratch / "site";
  const Outcome outcome = run("wend doc examples/acme -o " + site);
  ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
  expect_links_lead_somewhere(site);
  const std::string page = read_file(site + "/acme.winback.html");
  EXPECT_THAT(page, HasSubstr("<div class=\"n enter\"><span>enter by handoff"));
  EXPECT_THAT(page, HasSubstr("<b>step reach_out</b>"));
  EXPECT_THAT(page, HasSubstr("<div class=\"n send\"><span>send <a href=\"acme.winback.html#MissYou\">MissYou</a> via "
                              "<a href=\"acme.shared.html#email\">email</a> as hello</span>"));
  EXPECT_THAT(page, HasSubstr("<i>on timeout</i>"));
  EXPECT_THAT(page, HasSubstr("<i>consent(marketing_sms)</i>"));
  EXPECT_THAT(page, HasSubstr("<div class=\"over\"><i>or else</i>"));
  EXPECT_THAT(page, HasSubstr("<div class=\"n end\"><span>exit sunset</span>"));
  EXPECT_THAT(page, Not(HasSubstr("<span>done</span>"))) << "every way ends with an exit";
  EXPECT_THAT(page, HasSubstr("⟲ repeat up to 2 times every 21 days"));
  EXPECT_THAT(page, HasSubstr("<dt>tests</dt><dd><a href=\"acme.winback.html#test-"));
}

TEST(Doc, TheLibraryWhole) {
  const Scratch scratch("doc-library");
  const std::string site = scratch / "site";
  const Outcome outcome = run("wend doc --std -o " + site);
  ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
  expect_links_lead_somewhere(site);
  EXPECT_THAT(read_file(site + "/std.quiet_hours.html"), HasSubstr("47 CFR 64.1200(c)(1)"));
  // The list of modules for readers names every one.
  const Outcome modules = run("for f in stdlib/*.journey; do m=std.$(basename $f .journey); grep -q \"\\`$m\\`\" docs/standard_library.md || echo $m; done");
  EXPECT_EQ(modules.output, "");
}

TEST(Doc, WhatCannotBe) {
  const Scratch scratch("doc-wrong");
  EXPECT_EQ(run("wend doc examples/hello").exit_code, 2) << "no folder for the pages";
  EXPECT_EQ(run("wend doc --std examples/hello -o " + (scratch / "a").string()).exit_code, 2);
  EXPECT_EQ(run("wend doc " + (scratch / "nowhere").string() + " -o " + (scratch / "a").string()).exit_code, 2);
}

}  // namespace
}  // namespace wend::examples
