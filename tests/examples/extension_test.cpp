// The examples laid over themselves: with their files in another order, with a journey less, with a journey that has changed.

#include "runtime/bytecode/extension.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "compiler/diag/render.h"
#include "compiler/project/compile.h"
#include "compiler/source/file_store.h"
#include "runtime/base/hash.h"
#include "runtime/bytecode/program_file.h"
#include "runtime/bytecode/verify.h"
#include "tests/paths.h"

namespace wend::examples {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

// A project's files by their paths in it.
using Files = std::map<std::string, std::string>;

Files files_of(const std::string& example) {
  const source::DiskFileStore disk;
  const std::string folder = std::string(WEND_SOURCE_DIR "/examples/") + example;
  Files files;
  const auto listed = disk.list(folder);
  EXPECT_TRUE(listed);
  for (const std::string& path : *listed) files[path.substr(folder.size() + 1)] = *disk.read(path);
  return files;
}

bytecode::Program compiled(const Files& files) {
  source::MemoryFileStore store;
  for (const auto& [path, text] : files) store.write("project/" + path, text);
  const auto project = project::load(store, "project");
  auto result = project::compile(*project, store, *ZoneTable::system());
  EXPECT_TRUE(result.program) << diag::render_all(result.findings, project->sources);
  return result.program ? std::move(*result.program) : bytecode::Program{};
}

// Files are read in the order of their names: the last one comes first.
Files turned_round(const Files& files) {
  Files result;
  size_t number = 100;
  for (const auto& [path, text] : files) {
    const bool is_source = path.ends_with(".journey") && path.find('/') == std::string::npos;
    result[is_source ? std::to_string(number--) + "_" + path : path] = text;
  }
  return result;
}

void replace(std::string& text, const std::string& what, const std::string& with) {
  const size_t at = text.find(what);
  ASSERT_NE(at, std::string::npos) << what;
  text.replace(at, what.size(), with);
}

std::string behaviour_of(const bytecode::Program& program) {
  return to_hex(bytecode::digests(program).behaviour);
}

bytecode::Extension extended(const bytecode::Program& deployed, const bytecode::Program& next) {
  auto extension = bytecode::extend(deployed, next);
  if (!extension) {
    ADD_FAILURE() << testing::PrintToString(extension.error());
    return {};
  }
  const auto fault = bytecode::verify(extension->program);
  EXPECT_FALSE(fault) << fault->where << ": " << fault->what;
  return std::move(*extension);
}

std::vector<std::string> problems(const bytecode::Program& deployed, const bytecode::Program& next) {
  const auto extension = bytecode::extend(deployed, next);
  return extension ? std::vector<std::string>{"none"} : extension.error();
}

class Extensions : public testing::TestWithParam<const char*> {};

TEST_P(Extensions, AreTheProgramItselfWhenItsFilesAreReadInAnotherOrder) {
  const Files files = files_of(GetParam());
  const bytecode::Program program = compiled(files);
  const bytecode::Program turned = compiled(turned_round(files));
  EXPECT_NE(behaviour_of(turned), behaviour_of(program)) << "else this test proves nothing";
  const auto extension = extended(program, turned);
  EXPECT_THAT(extension.added, IsEmpty());
  EXPECT_EQ(behaviour_of(extension.program), behaviour_of(program));
}

// Without each of its files that nothing else needs, and then with it.
TEST_P(Extensions, NameWhatAFileAdds) {
  const Files files = files_of(GetParam());
  const bytecode::Program program = compiled(turned_round(files));
  for (const auto& [path, text] : files) {
    if (!path.ends_with(".journey") || path.find('/') != std::string::npos || path == "shared.journey") continue;
    SCOPED_TRACE(path);
    Files less = files;
    less.erase(path);
    std::erase_if(less, [&](const auto& file) { return file.first.starts_with("tests/"); });
    if (std::string(GetParam()) == "acme" && path == "winback.journey") continue;  // handed over to
    const bytecode::Program before = compiled(less);
    const auto extension = extended(before, program);
    size_t journeys = 0;
    for (const bytecode::Journey& journey : program.journeys) {
      if (text.find("\njourney " + journey.name) == std::string::npos) continue;
      ++journeys;
      EXPECT_THAT(extension.added, Contains("journey `" + journey.name + "`"));
    }
    EXPECT_GT(journeys, 0U);
    EXPECT_THAT(problems(program, before), Contains(testing::MatchesRegex("journey `.*` is gone")));
  }
}

INSTANTIATE_TEST_SUITE_P(Examples, Extensions, testing::Values("shop", "acme", "retail"),
                         [](const auto& info) { return std::string(info.param); });

TEST(Extension, OfTheShopByWinbackIsTold) {
  Files files = files_of("shop");
  const bytecode::Program program = compiled(files);
  files.erase("winback.journey");
  files.erase("tests/winback_test.journey");
  const bytecode::Program before = compiled(files);
  const auto extension = extended(before, program);
  EXPECT_THAT(extension.added,
              ElementsAre("message `MissYou`", "message `Birthday`", "segment `lapsed`", "journey `winback`", "journey `birthday`"));
  EXPECT_THAT(problems(program, before), ElementsAre("message `MissYou` is gone", "message `Birthday` is gone", "segment `lapsed` is gone",
                                                     "journey `winback` is gone", "journey `birthday` is gone"));
}

TEST(Extension, OfTheShopIsNoneWhenAWaitHasChanged) {
  Files files = files_of("shop");
  const bytecode::Program program = compiled(files);
  replace(files["second_order.journey"], "wait 30 days at 10:00", "wait 31 days at 10:00");
  EXPECT_THAT(problems(program, compiled(files)), ElementsAre("journey `second_order` has changed"));
}

// A step begins at a position, and at an ordinal there: also where nobody emits anything yet.
TEST(Extension, ByTheFirstJourneyThatEmitsLeavesTheOthersAsTheyAre) {
  Files files = {{"a.journey", R"(edition 1
module a
event Started { }
event Bought { }
event Hinted { }
journey patient {
  owner "crm@shop.test"
  lifetime 10 days
  enter on Started
  step s { wait 1 hour  await up to 1 day { on Bought since step s { } on timeout { } } }
}
)"}};
  const bytecode::Program before = compiled(files);
  files["b.journey"] = R"(edition 1
module b
use a
journey hinting {
  owner "crm@shop.test"
  lifetime 10 days
  enter on Started
  step s { emit Hinted() }
}
)";
  EXPECT_THAT(extended(before, compiled(files)).added, ElementsAre("journey `hinting`"));
}

// What is said, who owns it and where it stands steers nothing.
TEST(Extension, OfTheShopByOtherWordsIsTheShop) {
  Files files = files_of("shop");
  const bytecode::Program program = compiled(files);
  replace(files["winback.journey"], "Happy birthday, {name}", "Many happy returns, {name}");
  replace(files["winback.journey"], "owner    \"crm@shop.test\"", "owner    \"post@shop.test\"");
  replace(files["winback.journey"], "/// The ninety days", "/// Of course, the ninety days");
  const auto extension = extended(program, compiled(files));
  EXPECT_THAT(extension.added, IsEmpty());
  EXPECT_EQ(behaviour_of(extension.program), behaviour_of(program));
}

}  // namespace
}  // namespace wend::examples
