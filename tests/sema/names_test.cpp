// Modules, `use`, and what is not said about files that did not parse.

#include "tests/sema/support.h"

namespace wend::sema {
namespace {

using Files = std::map<std::string, std::string>;
using Codes = std::vector<std::string>;

TEST(Names, AProjectWithoutModulesIsOneNamespace) {
  const CheckedProject project(Files{{"a.journey", "enum Plan { free }"}, {"b.journey", "record Line { plan: Plan }"}});
  EXPECT_EQ(project.codes(), Codes{}) << project.text();
}

TEST(Names, FilesOfOneModuleShareItsNames) {
  const CheckedProject project(Files{{"a.journey", "module m\nenum Plan { free }"}, {"b.journey", "module m\nrecord Line { plan: Plan }"}});
  EXPECT_EQ(project.codes(), Codes{}) << project.text();
}

TEST(Names, UseBringsAllNamesOrTheListedOnes) {
  const CheckedProject project(Files{{"a.journey", "module m\nenum Plan { free }\nenum Stage { new }"},
                                     {"b.journey", "module n\nuse m\nrecord Line { plan: Plan  stage: Stage }"},
                                     {"c.journey", "module o\nuse m { Plan }\nrecord Row { plan: Plan }"}});
  EXPECT_EQ(project.codes(), Codes{}) << project.text();
}

TEST(Names, ANameOfAnotherModuleIsPointedTo) {
  const CheckedProject project(Files{{"a.journey", "module m\nenum Plan { free }"},
                                     {"b.journey", "module n\nrecord Line { plan: Plan }"},
                                     {"c.journey", "module o\nuse m { Stage }\nrecord Row { plan: Plan }"}});
  EXPECT_EQ(project.codes(), (Codes{"E0201", "E0211", "E0201"})) << project.text();
  EXPECT_THAT(project.text(), testing::HasSubstr("write `use m` at the top of the file"));
}

TEST(Names, TheModulesOwnNameWinsOverAUsedOne) {
  const CheckedProject project(
      Files{{"a.journey", "module m\nenum Plan { free }"}, {"b.journey", "module n\nuse m\nenum Plan { pro }\nfn best() -> Plan = pro"}});
  EXPECT_EQ(project.codes(), Codes{}) << project.text();
}

TEST(Names, TwoUsedModulesWithOneName) {
  const CheckedProject project(Files{{"a.journey", "module m\nenum Plan { free }"},
                                     {"b.journey", "module n\nenum Plan { pro }"},
                                     {"c.journey", "module o\nuse m\nuse n\nrecord Line { plan: Plan }"}});
  EXPECT_EQ(project.codes(), Codes{"E0210"}) << project.text();
}

TEST(Names, ACircleOfModulesIsReportedOnce) {
  const CheckedProject project(Files{{"a.journey", "module a\nuse b"}, {"b.journey", "module b\nuse c"}, {"c.journey", "module c\nuse a"}});
  EXPECT_EQ(project.codes(), Codes{"E0209"}) << project.text();
  EXPECT_THAT(project.text(), testing::HasSubstr("`a` uses `b` uses `c` uses `a`"));
}

TEST(Names, UsedTwice) {
  const CheckedProject project(Files{{"a.journey", "module a\nuse b\nuse b"}, {"b.journey", "module b"}});
  EXPECT_EQ(project.codes(), Codes{"E0212"}) << project.text();
}

TEST(Names, NothingIsUnknownWhileAFileDoesNotParse) {
  const CheckedProject project(Files{{"a.journey", "enum Plan { free, }}} }"}, {"b.journey", "record Line { plan: Plam  stage: Stage }"}});
  for (const std::string& code : project.codes()) EXPECT_TRUE(code.starts_with("E00") || code.starts_with("E01")) << project.text();
  EXPECT_TRUE(project.has_errors());
}

TEST(Names, OneMistakeIsOneFinding) {
  // The event, its field, the name bound to it, and what is made of it: only the first is said.
  const CheckedProject project(k_shop + R"(
journey j {
  owner "o"  policy anything  lifetime 3 days
  enter on OrderPlcd as order where order.total > 5 USD and order.plan == trial
  exit bought when OrderPlaced same order_id
  step one {
    let plan = customer.pln
    if plan == trial { }
    let phone = plan otherwise free
    match plan { free => { } trial => { } }
    send Note(text: plan, colour: red) via email
  }
})");
  EXPECT_EQ(project.codes(), (Codes{"E0201", "E0203", "E0322"})) << project.text();
}

TEST(Names, ImportedNamesAreDeclared) {
  const CheckedProject project(
      Files{{"a.journey",
             "import jsonschema \"order.json\" { event OrderShipped from \"Order Shipped\" }\n"
             "journey j { owner \"o\" lifetime 3 days enter on OrderShipped as o where o.order_id == \"x\" step s { wait 1 day } }"},
            {"order.json",
             R"({"type":"object","properties":{"orderId":{"type":"string"}},"required":["orderId"],"additionalProperties":false})"}});
  EXPECT_FALSE(project.has_errors()) << project.text();
  ASSERT_EQ(project.model().events.size(), 1U);
  EXPECT_EQ(project.model().events[0].wire, "Order Shipped");
  EXPECT_EQ(project.model().events[0].fields[0].wire, "orderId");
}

TEST(Names, AMissingSchemaIsOneFinding) {
  const CheckedProject project(
      "import jsonschema \"no.json\" { event OrderShipped }\n"
      "journey j { owner \"o\" lifetime 3 days enter on OrderShipped as o where o.order_id == \"x\" step s { wait 1 day } }");
  EXPECT_EQ(project.codes(), Codes{"E0001"}) << project.text();
}

}  // namespace
}  // namespace wend::sema
