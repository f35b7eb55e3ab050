#include "runtime/log/data_folder.h"

#include <gmock/gmock.h>
#include <rocksdb/db.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <map>

#include "runtime/engine/engine.h"
#include "tests/log/scratch.h"

namespace wend::log {
namespace {

using engine::Entry;
using engine::RecordTag;
using testing::HasSubstr;

struct Options {
  std::string path;
  Genesis genesis;
  Environment environment;
};

Options options_for(const std::string& path) {
  return {.path = path, .genesis = {.log_namespace = "shop"}, .environment = {.program = sha256("program"), .tzdata = sha256("tz")}};
}

std::expected<std::unique_ptr<DataFolder>, engine::LogError> try_to_open(const Options& options) {
  auto folder = DataFolder::open({.path = options.path, .genesis = options.genesis});
  if (!folder) return folder;
  if (auto agreed = (*folder)->go_on_in(options.environment); !agreed) return std::unexpected(agreed.error());
  return folder;
}

std::unique_ptr<DataFolder> open(const Options& options) {
  auto folder = try_to_open(options);
  EXPECT_TRUE(folder) << folder.error().what;
  return folder ? std::move(*folder) : nullptr;
}

std::string refusal(const Options& options) {
  auto folder = try_to_open(options);
  return folder ? "not refused" : folder.error().what;
}

void append(DataFolder& folder, const std::vector<Entry>& entries, std::string_view intake = {}) {
  engine::Batch batch;
  batch.first_position = folder.log().next_position();
  batch.entries = entries;
  const auto appended = folder.append(batch, intake);
  ASSERT_TRUE(appended) << appended.error().what;
}

void begin_log(DataFolder& folder, const Options& options) {
  const std::string genesis = encode(folder.genesis());
  const std::string barrier = encode(options.environment);
  append(folder, {{.tag = RecordTag::genesis, .body = genesis}, {.tag = RecordTag::barrier, .body = barrier}});
}

std::vector<uint64_t> positions(DataFolder& folder, uint64_t from) {
  std::vector<uint64_t> result;
  const auto read = folder.log().read(from, [&](const engine::Batch& batch) {
    for (size_t i = 0; i < batch.entries.size(); ++i) result.push_back(batch.first_position + i);
  });
  EXPECT_TRUE(read) << read.error().what;
  return result;
}

const std::vector<Entry> k_three = {{.tag = RecordTag::tick, .t_log = 1, .t_event = 1},
                                    {.tag = RecordTag::event, .t_log = 2, .t_event = 1, .customer = "ada", .body = "x"},
                                    {.tag = RecordTag::tick, .t_log = 3, .t_event = 3}};

TEST(DataFolder, ALogOutlivesItsProcess) {
  const Scratch scratch;
  const auto options = options_for(scratch.path("state"));
  {
    auto folder = open(options);
    begin_log(*folder, options);
    append(*folder, k_three);
    append(*folder, k_three);
  }
  auto renamed = options;
  renamed.genesis.log_namespace = "other";
  auto folder = open(renamed);
  EXPECT_EQ(folder->genesis().log_namespace, "shop") << "keys already given depend on it";
  EXPECT_EQ(folder->log().next_position(), 8U);
  EXPECT_THAT(positions(*folder, 0), testing::ElementsAre(0, 1, 2, 3, 4, 5, 6, 7));
  EXPECT_THAT(positions(*folder, 4), testing::ElementsAre(4, 5, 6, 7));
  EXPECT_THAT(positions(*folder, 8), testing::IsEmpty());
  ASSERT_TRUE(folder->log().truncate_below(6));
  EXPECT_THAT(positions(*folder, 6), testing::ElementsAre(6, 7));
}

TEST(DataFolder, ASecondProcessIsRefused) {
  const Scratch scratch;
  const auto options = options_for(scratch.path("state"));
  int ready[2], done[2];
  ASSERT_EQ(::pipe(ready), 0);
  ASSERT_EQ(::pipe(done), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    auto folder = try_to_open(options);
    char byte = folder ? 'y' : 'n';
    if (::write(ready[1], &byte, 1) != 1 || ::read(done[0], &byte, 1) != 1) ::_exit(1);
    ::_exit(0);
  }
  char byte = 'n';
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  ASSERT_EQ(byte, 'y');
  EXPECT_THAT(refusal(options), HasSubstr("is in use by process " + std::to_string(child)));
  ASSERT_EQ(::write(done[1], &byte, 1), 1);
  ::waitpid(child, nullptr, 0);
  EXPECT_EQ(refusal(options), "not refused") << "the lock goes with the process, also when it dies";
}

TEST(DataFolder, AnotherEnvironmentIsRefusedWithTheWayOut) {
  const Scratch scratch;
  const auto options = options_for(scratch.path("state"));
  {
    auto folder = open(options);
    begin_log(*folder, options);
  }
  auto other = options;
  other.environment.program = sha256("another");
  EXPECT_THAT(refusal(other), testing::AllOf(HasSubstr("cut off and was of another program"), HasSubstr("--data")));
  other = options;
  other.environment.semantics = 2;
  EXPECT_THAT(refusal(other), testing::AllOf(HasSubstr("semantics 1, this is 2"), HasSubstr("--data")));
  other = options;
  other.genesis.assume_consent = true;
  EXPECT_THAT(refusal(other), HasSubstr("assume_consent = false"));
  EXPECT_EQ(refusal(options), "not refused");
}

TEST(DataFolder, NewTimeZoneDataNeedsABarrierBehindASnapshot) {
  const Scratch scratch;
  auto options = options_for(scratch.path("state"));
  {
    auto folder = open(options);
    EXPECT_TRUE(folder->barrier_due());
    begin_log(*folder, options);
    ASSERT_TRUE(folder->snapshots().finish({.position = 2}));
  }
  EXPECT_FALSE(open(options)->barrier_due());
  options.environment.tzdata = sha256("newer");
  {
    auto folder = open(options);
    ASSERT_TRUE(folder->barrier_due());
    const std::string barrier = encode(options.environment);
    append(*folder, {{.tag = RecordTag::barrier, .body = barrier}});
  }
  EXPECT_FALSE(open(options)->barrier_due());
  options.environment.tzdata = sha256("newest");
  EXPECT_THAT(refusal(options), testing::AllOf(HasSubstr("was cut off"), HasSubstr("tzdata package")));
}

TEST(DataFolder, ProgramsOfBarriersAreKept) {
  const Scratch scratch;
  const auto options = options_for(scratch.path("state"));
  {
    auto folder = open(options);
    ASSERT_TRUE(folder->keep_program(options.environment.program, "the program"));
    ASSERT_TRUE(folder->keep_program(options.environment.program, "the program, its texts changed"));
    begin_log(*folder, options);
    ASSERT_TRUE(folder->snapshots().finish({.position = 2}));
  }
  auto next = options;
  next.environment.program = sha256("another");
  auto folder = open(next);
  EXPECT_TRUE(folder->barrier_due()) << "the snapshot is at the log's end: nothing has to be repeated";
  EXPECT_EQ(folder->environment()->program, options.environment.program);
  EXPECT_EQ(*folder->program(options.environment.program), "the program, its texts changed");
  EXPECT_EQ(*folder->program(next.environment.program), std::nullopt);
  EXPECT_EQ(*folder->log_begin(), 0U);
}

// Changes one byte of a stored value behind the folder's back.
void damage(const std::string& path, const std::string& family, bool last) {
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const char* name : {"default", "log", "snapshot", "intake"}) families.emplace_back(name, rocksdb::ColumnFamilyOptions());
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  ASSERT_TRUE(rocksdb::DB::Open({}, path + "/db", families, &handles, &db).ok());
  for (auto* handle : handles) {
    if (handle->GetName() == family) {
      std::unique_ptr<rocksdb::Iterator> at(db->NewIterator({}, handle));
      last ? at->SeekToLast() : at->SeekToFirst();
      ASSERT_TRUE(at->Valid());
      std::string value = at->value().ToString();
      value.back() = static_cast<char>(value.back() ^ 1);
      ASSERT_TRUE(db->Put({}, handle, at->key(), value).ok());
    }
  }
  for (auto* handle : handles) db->DestroyColumnFamilyHandle(handle);
  delete db;
}

TEST(DataFolder, ADamagedBatchIsRefusedWithItsPosition) {
  const Scratch scratch;
  const auto options = options_for(scratch.path("state"));
  {
    auto folder = open(options);
    begin_log(*folder, options);
    append(*folder, k_three);
  }
  damage(options.path, "log", true);
  EXPECT_THAT(refusal(options), testing::AllOf(HasSubstr("position 2 is damaged"), HasSubstr("checksum")));
}

TEST(DataFolder, IntakeIsKeptUntilASnapshotCoversIt) {
  const Scratch scratch;
  const auto options = options_for(scratch.path("state"));
  auto folder = open(options);
  begin_log(*folder, options);
  append(*folder, k_three, "one");
  append(*folder, k_three);
  append(*folder, k_three, "three");
  std::vector<std::string> seen;
  const auto note = [&](std::string_view intake) { seen.emplace_back(intake); };
  ASSERT_TRUE(folder->read_intake(0, note));
  EXPECT_THAT(seen, testing::ElementsAre("one", "three"));
  ASSERT_TRUE(folder->snapshots().finish({.position = 8}));
  ASSERT_TRUE(folder->forget_intake(8));
  seen.clear();
  ASSERT_TRUE(folder->read_intake(0, note));
  EXPECT_THAT(seen, testing::ElementsAre("three"));
}

std::map<uint32_t, std::string> pages(DataFolder& folder) {
  std::map<uint32_t, std::string> result;
  const auto read = folder.snapshots().read_pages([&](uint32_t page, std::string_view bytes) -> std::expected<void, std::string> {
    EXPECT_TRUE(result.emplace(page, bytes).second) << "page " << page << " twice";
    return {};
  });
  EXPECT_TRUE(read) << read.error().what;
  return result;
}

TEST(Snapshots, AnUnfinishedOneDoesNotCount) {
  const Scratch scratch;
  const auto options = options_for(scratch.path("state"));
  const std::map<uint32_t, std::string> expected = {{0, "zero"}, {1, "one'"}, {2, "two"}, {engine::k_engine_page, "engine'"}};
  {
    auto folder = open(options);
    begin_log(*folder, options);
    EXPECT_FALSE(folder->snapshots().manifest());
    for (const auto& [page, bytes] : {std::pair{0U, "zero"}, {1U, "one"}, {engine::k_engine_page, "engine"}}) {
      ASSERT_TRUE(folder->snapshots().put_page(page, bytes));
    }
    ASSERT_TRUE(folder->snapshots().finish({.position = 1, .tally = "t1"}));
    for (const auto& [page, bytes] : {std::pair{1U, "one'"}, {2U, "two"}, {engine::k_engine_page, "engine'"}}) {
      ASSERT_TRUE(folder->snapshots().put_page(page, bytes));
    }
    ASSERT_TRUE(folder->snapshots().finish({.position = 2, .tally = "t2"}));
    EXPECT_EQ(pages(*folder), expected);
    ASSERT_TRUE(folder->snapshots().put_page(0, "torn"));
    ASSERT_TRUE(folder->snapshots().put_page(3, "torn"));
  }
  auto folder = open(options);
  ASSERT_TRUE(folder->snapshots().manifest());
  EXPECT_EQ(folder->snapshots().manifest()->tally, "t2");
  EXPECT_EQ(folder->snapshots().manifest()->position, 2U);
  EXPECT_EQ(pages(*folder), expected);
  ASSERT_TRUE(folder->snapshots().put_page(0, "zero'"));
  ASSERT_TRUE(folder->snapshots().finish({.position = 2}));
  EXPECT_EQ(pages(*folder).at(0), "zero'");
  EXPECT_FALSE(pages(*folder).contains(3));
}

// The manifest is the last record of the write-ahead log of a process that was killed; cut short, it was never written, and the snapshot
// before it counts, with its own pages.
TEST(Snapshots, ATornManifestDoesNotCount) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");  // a process of its own: RocksDB's threads do not survive a fork
  const Scratch scratch;
  const char* of_parent = std::getenv("WEND_TEST_STATE");
  const auto options = options_for(of_parent != nullptr ? of_parent : scratch.path("state"));
  ::setenv("WEND_TEST_STATE", options.path.c_str(), 1);
  const auto two_snapshots_and_die = [&] {
    auto folder = try_to_open(options);
    begin_log(**folder, options);
    SnapshotStore& snapshots = (*folder)->snapshots();
    const bool ok = snapshots.put_page(0, "zero") && snapshots.put_page(1, "one") && snapshots.finish({.position = 1, .tally = "t1"}) &&
                    snapshots.put_page(1, "one'") && snapshots.finish({.position = 2, .tally = "t2"});
    if (ok) ::raise(SIGKILL);
    ::_exit(1);
  };
  EXPECT_EXIT(two_snapshots_and_die(), testing::KilledBySignal(SIGKILL), "");
  ::unsetenv("WEND_TEST_STATE");
  std::filesystem::path newest;
  for (const auto& entry : std::filesystem::directory_iterator(options.path + "/db")) {
    if (entry.path().extension() == ".log" && entry.path() > newest) newest = entry.path();
  }
  std::filesystem::resize_file(newest, std::filesystem::file_size(newest) - 3);

  auto folder = open(options);
  ASSERT_TRUE(folder->snapshots().manifest());
  EXPECT_EQ(folder->snapshots().manifest()->tally, "t1");
  EXPECT_EQ(pages(*folder), (std::map<uint32_t, std::string>{{0, "zero"}, {1, "one"}}));
}

TEST(Snapshots, TheLogGoesOnWhileOneIsFinished) {
  const Scratch scratch;
  const auto options = options_for(scratch.path("state"));
  auto folder = open(options);
  begin_log(*folder, options);
  EXPECT_TRUE(folder->snapshots().finished(false).value()) << "there is nothing to wait for";
  ASSERT_TRUE(folder->snapshots().put_page(0, "zero"));
  std::promise<void> appended;
  folder->snapshots().finish_behind({.position = 2}, [&]() -> std::expected<void, engine::LogError> {
    appended.get_future().wait();
    return {};
  });
  EXPECT_FALSE(folder->snapshots().finished(false).value());
  append(*folder, k_three);
  EXPECT_FALSE(folder->snapshots().manifest());
  appended.set_value();
  EXPECT_TRUE(folder->snapshots().finished(true).value());
  EXPECT_EQ(folder->snapshots().manifest()->position, 2U);
  EXPECT_EQ(folder->snapshots().manifest()->generation, 1U);

  ASSERT_TRUE(folder->snapshots().put_page(0, "zero'"));
  folder->snapshots().finish_behind({.position = 5}, [] { return std::unexpected(engine::LogError{"the disk is full"}); });
  const auto failed = folder->snapshots().finished(true);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().what, "the disk is full");
  EXPECT_EQ(folder->snapshots().manifest()->position, 2U);
}

TEST(Snapshots, ADamagedPageIsRefused) {
  const Scratch scratch;
  const auto options = options_for(scratch.path("state"));
  {
    auto folder = open(options);
    begin_log(*folder, options);
    ASSERT_TRUE(folder->snapshots().put_page(5, "five"));
    ASSERT_TRUE(folder->snapshots().finish({.position = 2}));
  }
  damage(options.path, "snapshot", false);
  auto folder = open(options);
  const auto read = folder->snapshots().read_pages([](uint32_t, std::string_view) -> std::expected<void, std::string> { return {}; });
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().what, HasSubstr("page 5 of the snapshot is damaged"));
}

TEST(Snapshots, APageOfAnotherVersionIsNotCalledDamaged) {
  const Scratch scratch;
  const auto options = options_for(scratch.path("state"));
  auto folder = open(options);
  begin_log(*folder, options);
  ASSERT_TRUE(folder->snapshots().put_page(5, "five"));
  ASSERT_TRUE(folder->snapshots().finish({.position = 2}));
  const auto read = folder->snapshots().read_pages(
      [](uint32_t, std::string_view) -> std::expected<void, std::string> { return std::unexpected("the snapshot has format 3"); });
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().what, testing::AllOf(HasSubstr("the snapshot has format 3; use the version of wend that wrote it"), HasSubstr("--data"),
                                                testing::Not(HasSubstr("damaged"))));
}

TEST(Snapshots, ALogShorterThanItsSnapshotIsRefused) {
  const Scratch scratch;
  const auto options = options_for(scratch.path("state"));
  {
    auto folder = open(options);
    begin_log(*folder, options);
    ASSERT_TRUE(folder->snapshots().finish({.position = 10}));
  }
  EXPECT_THAT(refusal(options), HasSubstr("its log ends at position 2, before its snapshot's 10"));
}

}  // namespace
}  // namespace wend::log
