#include "runtime/log/customer_file.h"

#include <gmock/gmock.h>

#include <fstream>

#include "tests/log/scratch.h"

namespace wend::log {
namespace {

std::string id_of(uint32_t number) {
  return "customer-" + std::string(number % 200, 'x') + std::to_string(number);
}

void add(CustomerFile& file, uint32_t from, uint32_t to) {
  for (uint32_t number = from; number < to; ++number) {
    const std::string id = id_of(number);
    ASSERT_TRUE(file.reserve(1, id.size()));
    file.add(engine::CustomerNumber{number}, id);
  }
}

TEST(CustomerFile, KeepsIdsInAnyOrderOfReading) {
  const Scratch scratch;
  auto file = CustomerFile::open(scratch.path("ids"), {});
  ASSERT_TRUE(file) << file.error().what;
  add(**file, 0, 5000);
  for (uint32_t number = 0; number < 5000; ++number) ASSERT_EQ((*file)->id(engine::CustomerNumber{number}), id_of(number));
  for (uint32_t i = 0; i < 5000; ++i) {
    const uint32_t number = i * 2654435761U % 5000;
    ASSERT_EQ((*file)->id(engine::CustomerNumber{number}), id_of(number));
  }
}

TEST(CustomerFile, CutsWhatTheSnapshotDoesNotVouchFor) {
  const Scratch scratch;
  CustomerMark mark;
  {
    auto file = CustomerFile::open(scratch.path("ids"), {});
    ASSERT_TRUE(file);
    add(**file, 0, 1000);
    mark = (*file)->mark();
    ASSERT_TRUE((*file)->sync(mark));
    add(**file, 1000, 1500);
  }
  auto file = CustomerFile::open(scratch.path("ids"), mark);
  ASSERT_TRUE(file) << file.error().what;
  add(**file, 1000, 1700);
  for (uint32_t number = 0; number < 1700; ++number) ASSERT_EQ((*file)->id(engine::CustomerNumber{number}), id_of(number));
}

// The mark vouches for the blank at once; the file has the id until it is told, or opened with the mark.
TEST(CustomerFile, BlanksErasedIds) {
  const Scratch scratch;
  const std::vector<uint32_t> erased = {7, 40};
  const auto bytes = [&] {
    std::ifstream file(scratch.path("ids"), std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  CustomerMark before;
  CustomerMark after;
  {
    auto file = CustomerFile::open(scratch.path("ids"), {});
    ASSERT_TRUE(file);
    add(**file, 0, 50);
    before = (*file)->mark();
    for (const uint32_t number : erased) (*file)->erase(engine::CustomerNumber{number});
    EXPECT_EQ((*file)->take_erased(), erased);
    EXPECT_TRUE((*file)->take_erased().empty());
    after = (*file)->mark();
    ASSERT_TRUE((*file)->sync(after));
  }
  EXPECT_NE(before.check, after.check);
  EXPECT_TRUE(CustomerFile::open(scratch.path("ids"), before)) << "no snapshot says yet that they are erased";
  EXPECT_THAT(bytes(), testing::HasSubstr(id_of(40)));
  EXPECT_TRUE(CustomerFile::open(scratch.path("ids"), after, erased));
  EXPECT_THAT(bytes(), testing::Not(testing::HasSubstr(id_of(40))));
  EXPECT_THAT(bytes(), testing::HasSubstr(id_of(41)));
  EXPECT_TRUE(CustomerFile::open(scratch.path("ids"), after, erased)) << "as often as it takes";
  EXPECT_FALSE(CustomerFile::open(scratch.path("ids"), before));
}

TEST(CustomerFile, RefusesAShorterOrChangedFile) {
  const Scratch scratch;
  CustomerMark mark;
  {
    auto file = CustomerFile::open(scratch.path("ids"), {});
    ASSERT_TRUE(file);
    add(**file, 0, 100);
    mark = (*file)->mark();
    ASSERT_TRUE((*file)->sync(mark));
  }
  {
    std::fstream edit(scratch.path("ids"), std::ios::in | std::ios::out | std::ios::binary);
    edit.seekp(500);
    edit.put('Z');
  }
  const auto changed = CustomerFile::open(scratch.path("ids"), mark);
  ASSERT_FALSE(changed);
  EXPECT_THAT(changed.error().what, testing::HasSubstr("are not those of the last snapshot"));
  std::filesystem::resize_file(scratch.path("ids"), 200);
  const auto shorter = CustomerFile::open(scratch.path("ids"), mark);
  ASSERT_FALSE(shorter);
  EXPECT_THAT(shorter.error().what, testing::HasSubstr("it has 200 bytes"));
}

}  // namespace
}  // namespace wend::log
