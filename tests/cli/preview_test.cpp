// `wend preview`: whose values a text shows, when, and in which language.

#include <gmock/gmock.h>

#include "tests/cli/program.h"

namespace wend::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

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
  EXPECT_THAT(shell("wend preview Recept letters").err, HasSubstr("`Receipt`"));
  EXPECT_THAT(shell("wend preview Receipt letters --with adda").err, HasSubstr("`ada`"));
  EXPECT_THAT(shell("wend preview Receipt letters --set 'total: 3'").err, HasSubstr("error[E0"));
  EXPECT_THAT(shell("wend preview Receipt letters --at yesterday").err, HasSubstr("command line:2:"));
  EXPECT_THAT(shell("wend preview Receipt letters --channel sms").err, HasSubstr("it has one for email, push"));
  EXPECT_EQ(shell("wend preview 'Receipt }' letters").code, 1);
  EXPECT_EQ(shell("wend preview Receipt nowhere").code, 2);
}

}  // namespace
}  // namespace wend::cli
