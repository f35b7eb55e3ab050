// `wend preview`: whose values a text shows, when, and in which language.

#include <gmock/gmock.h>

#include "tests/cli/program.h"

namespace wend::cli {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr const char* k_letters = R"(edition 1
locales { "en" "tr" else "en" }
customer { email: Email?  first_name: Text?  timezone: TimeZone?  language: Locale? }
customer timezone = customer.timezone otherwise "UTC"
customer locale = customer.language
channel email { address customer.email }
channel push { address customer.email }
message Receipt(first_name: Text, total: Money<USD>, at: Instant, left: Int = 7) for transactional {
  email          { subject "Thanks, {first_name}"  template "receipt.liquid" }
  email in "tr"  { subject "Sağ ol, {first_name}"  body "{total}" }
  push           { title "{left} left" }
}
fixture ada { email: "ada@x.test"  first_name: "Ada <3"  timezone: "Europe/Istanbul" }
fixture efe { email: "efe@x.test"  language: "tr" }
)";

class Preview : public Program {
 protected:
  void SetUp() override {
    Program::SetUp();
    fs::create_directories(folder_ / "letters");
    write("letters/letters.journey", k_letters);
    write("letters/receipt.liquid", "<p>{{ first_name }} {{ total }} {{ at | date: '%H:%M' }}</p>\n");
  }
};

TEST_F(Preview, ShowsTheValuesGivenThenTheFixturesThenSamples) {
  const Ended ended = shell("wend preview Receipt letters --with ada --at '2025-07-01 09:30' --set 'total: 12.50 USD'");
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(ended.out,
            "Receipt at 2025-07-01 09:30 Europe/Istanbul\n"
            "\nemail in en\n  subject\n    Thanks, Ada <3\n  html\n    <p>Ada &lt;3 $12.50 12:00</p>\n\n"
            "\npush in en\n  title\n    7 left\n"
            "\nmade up, for want of a value: at\n");
}

TEST_F(Preview, IsInTheCustomersLanguageOrInTheOneAskedFor) {
  EXPECT_THAT(shell("wend preview Receipt letters --with efe").out, HasSubstr("Sağ ol, first name"));
  EXPECT_THAT(shell("wend preview Receipt letters --with ada --locale tr-TR").out, HasSubstr("Sağ ol, Ada <3"));
  EXPECT_EQ(shell("wend preview Receipt letters --locale klingonese").code, 2);
}

TEST_F(Preview, WritesAPageInWhichNothingRuns) {
  const Ended ended = shell("wend preview Receipt letters --with ada --channel email --html page.html");
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, Not(HasSubstr("push")));
  const std::string page = read("page.html");
  EXPECT_THAT(page, HasSubstr("<iframe sandbox"));
  EXPECT_THAT(page, HasSubstr("srcdoc=\"&lt;p&gt;Ada &amp;lt;3"));
  EXPECT_THAT(page, HasSubstr("Thanks, Ada &lt;3"));
}

TEST_F(Preview, SaysWhatIsWrongWithWhatIsAskedFor) {
  EXPECT_EQ(shell("wend preview Recept letters").err, "wend: there is no message `Recept`; there is `Receipt`\n");
  EXPECT_EQ(shell("wend preview 'Receipt }' letters").err, "wend: `Receipt }` is no name of a message; there is `Receipt`\n");
  EXPECT_EQ(shell("wend preview Receipt letters --with Ada").err, "wend: `--with Ada` names no fixture; there are `ada`, `efe`\n");
  EXPECT_EQ(shell("wend preview Receipt letters --at 2025-03-30").err,
            "wend: `--at 2025-03-30` is no date with a time of day; write it as `--at '2025-03-30 09:00'`\n");
  EXPECT_THAT(shell("wend preview Receipt letters --set 'total: 3'").err, StartsWith("wend: `--set total: 3`: expected `Money<USD>`, found `Int`"));
  EXPECT_THAT(shell("wend preview Receipt letters --set 'first_name: \"x\"' --set 'sum: 3 USD'").err, StartsWith("wend: `--set sum: 3 USD`: "));
  EXPECT_THAT(shell("wend preview Receipt letters --set 'left:\n1' --set 'total:\n3'").err, StartsWith("wend: `--set total:\n3`: "));
  EXPECT_THAT(shell("wend preview Receipt letters --set Ada").err, HasSubstr("`--set Ada` is no value with its name"));
  EXPECT_EQ(shell("wend preview Receipt letters --channel sms").err, "wend: `--channel sms`: the message has no body for it; it has one for email, push\n");
  EXPECT_THAT(shell("wend preview Receipt letters --html ''").err, HasSubstr("--html: expected something"));
  for (const char* wrong : {"Recept letters", "'Receipt }' letters", "Receipt letters --with Ada", "Receipt letters --at 2025-03-30",
                            "Receipt letters --set 'total: 3'", "Receipt letters --channel sms", "Receipt letters --html ''", "Receipt nowhere"}) {
    EXPECT_EQ(shell(std::string("wend preview ") + wrong).code, 2) << wrong;
  }
  EXPECT_THAT(shell("wend preview Receipt nowhere").err, Not(HasSubstr("E0201")));
}

}  // namespace
}  // namespace wend::cli
