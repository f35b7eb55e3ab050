// What of the standard library becomes part of a program.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "compiler/diag/render.h"
#include "compiler/library/embedded_file.h"
#include "compiler/library/library.h"
#include "compiler/project/compile.h"
#include "compiler/syntax/parse.h"

namespace wend::library {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view k_journey = R"(
journey thanks {
  owner    "a@b.test"
  lifetime 1 day
  enter on OrderCompleted
  send Thanks via email
}
)";

struct Compiled {
  std::unique_ptr<project::Project> project;
  project::CompileResult result;
  std::string findings;
};
Compiled compile(const std::string& head, std::string_view tail = k_journey) {
  source::MemoryFileStore files;
  files.write("shop/a.journey", "edition 1\nmodule shop.a\n" + head + std::string(tail));
  Compiled compiled;
  compiled.project = project::load(files, "shop");
  compiled.result = project::compile(*compiled.project, files, *ZoneTable::system());
  compiled.findings = diag::render_all(compiled.result.findings, compiled.project->sources);
  return compiled;
}

std::vector<std::string> event_names(const Compiled& compiled) {
  std::vector<std::string> names;
  for (const auto& event : compiled.result.model.events) names.push_back(event.name);
  return names;
}

const std::string k_own = "customer { email: Email?  @pii }\nmessage Thanks for transactional { email { subject \"Thanks\" } }\n";

TEST(Library, OnlyWhatIsNamedIsTaken) {
  const Compiled compiled = compile("use std.channels\nuse std.commerce\n" + k_own);
  ASSERT_TRUE(compiled.result.program) << compiled.findings;
  EXPECT_THAT(event_names(compiled), ElementsAre("OrderCompleted"));
  ASSERT_EQ(compiled.result.model.channels.size(), 1U);
  EXPECT_EQ(compiled.result.model.channels[0].name, "email");
  // What a declaration names comes with it.
  ASSERT_EQ(compiled.result.model.types.records.size(), 1U);
  EXPECT_EQ(compiled.result.model.types.records[0].name, "Product");
}

TEST(Library, ItIsNotThereUnlessUsed) {
  const Compiled compiled = compile("channel email { address customer.email }\nevent OrderCompleted { order_id: Text }\n" + k_own);
  ASSERT_TRUE(compiled.result.program) << compiled.findings;
  EXPECT_EQ(compiled.project->sources.size(), 1U);
}

// A project may have its own event with a wire name that the library knows as well, as long as it does not name the library's.
TEST(Library, WhatIsNotNamedDoesNotGetInTheWay) {
  const Compiled compiled = compile("use std.channels { email }\nuse std.commerce { OrderCompleted }\nevent Refund from \"Order Refunded\" { id: Text }\n" + k_own);
  EXPECT_TRUE(compiled.result.program) << compiled.findings;
}

TEST(Library, WordsOfHolesCountAndMembersDoNot) {
  const Compiled compiled = compile(
      "use std.channels\nuse std.commerce { OrderCompleted }\nuse std.text\n"
      "customer { email: Email?  @pii  sms: Text? }\n"
      "message Thanks(name: Text = \"Ada\") for transactional { email { subject \"{hello(name)}\" } }\n"
      "segment reachable = customer.sms is present\n");
  ASSERT_TRUE(compiled.result.program) << compiled.findings;
  EXPECT_EQ(compiled.result.model.channels.size(), 1U);
  std::vector<std::string> fns;
  for (const auto& fn : compiled.result.model.fns) fns.push_back(fn.name);
  EXPECT_THAT(fns, ElementsAre("called", "hello"));
}

// Its policies concern more channels than a project names, and calendars that only some of them ask for.
TEST(Library, WhatItsOwnUseLinesListMayBeLeftOut) {
  const std::string own =
      "use std.channels { sms }\ncustomer { phone: Phone?  @pii }\nevent Begun { id: Text }\n"
      "message Offer for marketing { sms { body \"Offer\" } }\n";
  for (const std::string policy : {"us_tcpa", "us_utah", "fr_telephone"}) {
    const std::string journey =
        "journey offers { owner \"a@b.test\"  policy " + policy + "  lifetime 9 days  enter on Begun  send Offer via sms }\n";
    const Compiled compiled = compile("use std.quiet_hours { " + policy + " }\n" + own, journey);
    EXPECT_TRUE(compiled.result.program) << compiled.findings;
  }
}

TEST(Library, EveryFileIsAModuleOfItsName) {
  EXPECT_THAT(modules(), Contains("std.commerce"));
  const source::MemoryFileStore none;
  const Files files(none);
  source::Sources sources;
  for (const std::string& module : modules()) {
    const auto text = files.read(path_of(module));
    ASSERT_TRUE(text) << module;
    const syntax::ParseResult parsed = syntax::parse(sources.add(path_of(module), *text));
    EXPECT_THAT(parsed.diagnostics, IsEmpty()) << module;
    ASSERT_TRUE(parsed.file.module) << module;
    EXPECT_EQ(parsed.file.module->text(), module);
    EXPECT_TRUE(parsed.file.edition) << module;
    for (const syntax::Decl& decl : parsed.file.declarations) {
      // Attributes are the project's, and tests of the library are its own.
      const bool is_allowed = decl.kind() != syntax::DeclKind::Customer && decl.kind() != syntax::DeclKind::CustomerTimezone &&
                              decl.kind() != syntax::DeclKind::Test && decl.kind() != syntax::DeclKind::Import;
      EXPECT_TRUE(is_allowed) << module;
      EXPECT_TRUE(decl.doc) << module << ": a declaration without a comment: " << sources.file(decl.span.file_id).text(decl.span).substr(0, 60);
    }
  }
}

TEST(Library, ItsFilesAreReadThroughTheStore) {
  source::MemoryFileStore own;
  own.write("a.journey", "own");
  const Files files(own);
  EXPECT_EQ(files.read("a.journey").value(), "own");
  EXPECT_THAT(files.read("std:/channels.journey").value(), HasSubstr("module std.channels"));
  EXPECT_FALSE(files.read("std:/nothing.journey"));
  EXPECT_TRUE(files.is_folder("std:"));
  EXPECT_FALSE(files.is_folder("std"));
  EXPECT_THAT(files.list("std:").value(), Contains("std:/commerce.journey"));
}

TEST(Library, NamesThatOnlyBeginLikeItsOwnAreFree) {
  EXPECT_TRUE(is_reserved("std"));
  EXPECT_TRUE(is_reserved("std.channels"));
  EXPECT_FALSE(is_reserved("standard.channels"));
  EXPECT_FALSE(is_reserved("stdlib"));
}

}  // namespace
}  // namespace wend::library
