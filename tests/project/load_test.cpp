#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "compiler/project/project.h"

namespace wend::project {
namespace {

using diag::Kind;
using source::MemoryFileStore;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<Kind> kinds(const Project& project) {
  std::vector<Kind> result;
  for (const auto& finding : project.findings.diagnostics()) result.push_back(finding.kind());
  return result;
}
std::vector<std::string> paths(const Project& project) {
  std::vector<std::string> result;
  for (const auto file : project.journeys) result.emplace_back(project.sources.file(file).path());
  return result;
}

TEST(Load, TakesEveryJourneyBelowTheFolderInTheOrderOfPaths) {
  MemoryFileStore files;
  files.write("shop/z.journey", "");
  files.write("shop/a/cart.journey", "");
  files.write("shop/README.md", "");
  const auto project = load(files, "shop/");
  EXPECT_THAT(paths(*project), ElementsAre("shop/a/cart.journey", "shop/z.journey"));
  EXPECT_EQ(project->name, "shop");
  EXPECT_EQ(project->folder, "shop");
  EXPECT_THAT(kinds(*project), IsEmpty());
}

TEST(Load, TakesOneFileAsAProject) {
  MemoryFileStore files;
  files.write("shop/cart.journey", "");
  files.write("shop/other.journey", "");
  const auto project = load(files, "shop/cart.journey");
  EXPECT_THAT(paths(*project), ElementsAre("shop/cart.journey"));
  EXPECT_EQ(project->name, "cart");
  EXPECT_EQ(project->folder, "shop");
}

TEST(Load, ReadsTheNameFromTheSettings) {
  MemoryFileStore files;
  files.write("shop/a.journey", "");
  files.write("shop/wend.toml", "name = \"Corner shop\"\nedition = 1\n[run]\nassume_consent = true\n");
  const auto project = load(files, "shop");
  EXPECT_EQ(project->name, "Corner shop");
  EXPECT_EQ(project->settings_path, "shop/wend.toml");
  EXPECT_THAT(project->settings_text, HasSubstr("assume_consent"));
  EXPECT_THAT(kinds(*project), IsEmpty());
}

TEST(Load, ReadsNoSettingsFromFoldersBelow) {
  MemoryFileStore files;
  files.write("shop/a.journey", "");
  files.write("shop/vendor/wend.toml", "nonsense");
  EXPECT_THAT(kinds(*load(files, "shop")), IsEmpty());
}

TEST(Load, ReportsAMissingFolderOnce) {
  const auto project = load(MemoryFileStore(), "nowhere");
  EXPECT_THAT(kinds(*project), ElementsAre(Kind::file_not_found));
  EXPECT_EQ(project->findings.diagnostics()[0].message(), "cannot find `nowhere`");
}

TEST(Load, ReportsAFolderWithoutJourneys) {
  MemoryFileStore files;
  files.write("shop/README.md", "");
  EXPECT_THAT(kinds(*load(files, "shop")), ElementsAre(Kind::project_empty));
}

TEST(Load, SaysHowLargeAFileIsThatIsTooLarge) {
  MemoryFileStore files;
  files.write("shop/a.journey", std::string(source::k_file_bytes_max + 1, ' '));
  const auto project = load(files, "shop/a.journey");
  ASSERT_THAT(kinds(*project), ElementsAre(Kind::file_too_large));
  EXPECT_THAT(project->findings.diagnostics()[0].message(), HasSubstr("67108865 bytes"));
}

TEST(Load, ListsADiskFolderWithoutHiddenFilesAndLinkedFolders) {
  namespace fs = std::filesystem;
  const fs::path folder = fs::path(testing::TempDir()) / "wend_listing";
  fs::remove_all(folder);
  fs::create_directories(folder / "below" / "deeper");
  fs::create_directories(folder / ".hidden");
  for (const char* file : {"b.journey", "below/deeper/a.journey", ".hidden/c.journey", ".d.journey"}) std::ofstream(folder / file) << "\n";
  fs::create_directory_symlink(folder, folder / "circle");
  fs::create_symlink(folder / "nowhere", folder / "dangling.journey");
  const auto project = load(source::DiskFileStore(), folder.string());
  EXPECT_THAT(paths(*project), ElementsAre((folder / "b.journey").string(), (folder / "below/deeper/a.journey").string()));
  fs::remove_all(folder);
}

struct SettingsCase {
  const char* text;
  Kind kind;
  const char* message;
  const char* at;  // the text under the primary span
};
class Settings : public testing::TestWithParam<SettingsCase> {};

TEST_P(Settings, NameTheirMistakeAndItsPlace) {
  MemoryFileStore files;
  files.write("shop/a.journey", "");
  files.write("shop/wend.toml", GetParam().text);
  const auto project = load(files, "shop");
  ASSERT_THAT(kinds(*project), ElementsAre(GetParam().kind));
  const auto& finding = project->findings.diagnostics()[0];
  EXPECT_THAT(finding.message(), HasSubstr(GetParam().message));
  EXPECT_EQ(project->sources.file(finding.span().file_id).text(finding.span()), GetParam().at);
}

INSTANTIATE_TEST_SUITE_P(All, Settings,
                         testing::Values(SettingsCase{"naem = \"x\"", Kind::unknown_setting, "unknown setting `naem`", "naem"},
                                         SettingsCase{"name = 7", Kind::wrong_setting, "`name` must be a text", "7"},
                                         SettingsCase{"# größer\nedition = 2", Kind::wrong_setting, "`edition` must be 1", "2"},
                                         SettingsCase{"run = true", Kind::wrong_setting, "`run` must be a table", "true"}));

TEST(Load, SuggestsANearSetting) {
  MemoryFileStore files;
  files.write("shop/a.journey", "");
  files.write("shop/wend.toml", "editon = 1");
  const auto project = load(files, "shop");
  ASSERT_EQ(project->findings.diagnostics().size(), 1u);
  const auto& helps = project->findings.diagnostics()[0].helps();
  ASSERT_EQ(helps.size(), 1u);
  EXPECT_EQ(helps[0].replacement->text, "edition");
}

TEST(Load, ReportsSettingsThatAreNotToml) {
  MemoryFileStore files;
  files.write("shop/a.journey", "");
  files.write("shop/wend.toml", "name = = 1");
  EXPECT_THAT(kinds(*load(files, "shop")), ElementsAre(Kind::settings_syntax));
}

}  // namespace
}  // namespace wend::project
