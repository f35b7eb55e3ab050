#include "runtime/base/utf8.h"

#include <gtest/gtest.h>

#include <string>

namespace wend {
namespace {

TEST(Utf8, Validates) {
  for (const char* text : {"", "abc", "naïve", "日本語", "😀", "\xf4\x8f\xbf\xbf", "12345678é12345678"})
    EXPECT_TRUE(is_valid_utf8(text)) << text;
  for (const char* text : {"\x80", "\xc0\x80", "\xc3", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80", "\xf4\x90\x80\x80",
                           "\xf5\x80\x80\x80", "\xff", "12345678\xe2\x82"}) {
    EXPECT_FALSE(is_valid_utf8(text)) << text;
  }
}

TEST(Utf8, CountsCodePoints) {
  EXPECT_EQ(count_code_points(""), 0);
  EXPECT_EQ(count_code_points("a日😀"), 3);
}

}  // namespace
}  // namespace wend
