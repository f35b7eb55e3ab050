#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compiler/diag/suggest.h"
#include "compiler/source/utf8.h"
#include "support.h"
#include "tests/paths.h"

namespace wend::test {
namespace {

using diag::Diagnostic;
using diag::Kind;

TEST(Utf8, FindsTheFirstMalformedByte) {
  EXPECT_EQ(source::find_invalid_utf8("plain"), std::nullopt);
  EXPECT_EQ(source::find_invalid_utf8("żółw 亀 🐢"), std::nullopt);
  EXPECT_EQ(source::find_invalid_utf8("ab\xC0\xAF"), 2U) << "overlong";
  EXPECT_EQ(source::find_invalid_utf8("a\xED\xA0\x80"), 1U) << "surrogate";
  EXPECT_EQ(source::find_invalid_utf8("\xF4\x90\x80\x80"), 0U) << "beyond Unicode";
  EXPECT_EQ(source::find_invalid_utf8("a\xE2\x82"), 1U) << "cut short";
}

TEST(SourceFile, PositionsCountCodePointsFromOne) {
  source::Sources sources;
  const auto& file = sources.add("a", "é = 1\r\nnext\n");
  EXPECT_EQ(file.position(0), (source::Position{1, 1}));
  EXPECT_EQ(file.position(2), (source::Position{1, 2}));
  EXPECT_EQ(file.position(8), (source::Position{2, 1}));
  EXPECT_EQ(file.position(1000), (source::Position{3, 1}));
  EXPECT_EQ(file.line_text(1), "é = 1");
  EXPECT_EQ(file.line_count(), 3U);
}

TEST(FileStore, MemoryAndDiskAgreeOnErrors) {
  source::MemoryFileStore memory;
  memory.write("shop/a.journey", "x");
  memory.write("shop/.hidden/b.journey", "y");
  memory.write("shop/sub/c.journey", "z");
  EXPECT_EQ(memory.read("shop/a.journey").value(), "x");
  EXPECT_EQ(memory.read("shop").error().kind, source::FileErrorKind::is_folder);
  EXPECT_EQ(memory.read("other").error().kind, source::FileErrorKind::not_found);
  EXPECT_EQ(memory.list("shop").value(), (std::vector<std::string>{"shop/a.journey", "shop/sub/c.journey"}));
  EXPECT_EQ(memory.list("shop/a.journey").error().kind, source::FileErrorKind::not_a_folder);

  const source::DiskFileStore disk;
  const std::string root = WEND_SOURCE_DIR;
  EXPECT_EQ(disk.read(root).error().kind, source::FileErrorKind::is_folder);
  EXPECT_EQ(disk.read(root + "/none").error().kind, source::FileErrorKind::not_found);
  EXPECT_EQ(disk.list(root + "/CMakeLists.txt").error().kind, source::FileErrorKind::not_a_folder);
  EXPECT_THAT(disk.list(root + "/grammar").value(), testing::Contains(root + "/grammar/Wend.g4"));
}

TEST(FileStore, ErrorsBecomeDiagnostics) {
  const auto unreadable = diag::from_file_error({source::FileErrorKind::not_permitted, "a", "permission denied", 0});
  EXPECT_EQ(diag::code(unreadable.kind()), "E0003");
  EXPECT_EQ(unreadable.message(), "cannot read `a`: permission denied");
  EXPECT_EQ(diag::code(diag::from_file_error({source::FileErrorKind::not_a_folder, "a", "", 0}).kind()), "E0009");
}

TEST(Suggest, NearNamesOnly) {
  const std::vector<std::string> names = {"order_id", "cart_id", "total"};
  EXPECT_EQ(diag::nearest("ordr_id", names), "order_id");
  EXPECT_EQ(diag::nearest("totla", names), "total");
  EXPECT_EQ(diag::nearest("customer", names), std::nullopt);
  EXPECT_EQ(diag::nearest("x", names), std::nullopt);
}

TEST(Render, LabelsInTwoFilesAndOnOneLine) {
  source::Sources sources;
  const auto& first = sources.add("a.journey", "step welcome { exit gone }\n");
  const auto& second = sources.add("b.journey", "\n\nstep welcome { }\n");
  Diagnostic diagnostic(Kind::repeated_clause, {first.file_id(), 5, 12});
  diagnostic.with("clause", std::string("welcome"))
      .label("again")
      .secondary({first.file_id(), 15, 19}, "here")
      .secondary({second.file_id(), 7, 14}, "first");
  EXPECT_EQ(diag::render(diagnostic, sources), R"(error[E0120]: `welcome` is given twice
 --> a.journey:1:6
  |
1 | step welcome { exit gone }
  |      ^^^^^^^   ---- here
  |      again
 ::: b.journey:3:6
  |
3 | step welcome { }
  |      ------- first
)");
}

TEST(Render, ColoursOnlyWhenAsked) {
  const Parsed parsed("segment a = 1;\n");
  source::Sources sources;
  const auto& file = sources.add("test.journey", "segment a = 1;\n");
  (void)file;
  diag::Sink sink;
  sink.report_all(parsed.diagnostics());
  EXPECT_EQ(diag::render_all(sink, sources).find('\x1b'), std::string::npos);
  EXPECT_NE(diag::render_all(sink, sources, {.colours = true}).find("\x1b[1;31m"), std::string::npos);
}

TEST(Render, ControlCharactersNeverReachTheTerminal) {
  const Parsed parsed("segment a = \x1b[31m \xE2\x80\xAE true\n");
  EXPECT_EQ(parsed.rendered().find('\x1b'), std::string::npos);
  EXPECT_EQ(parsed.rendered().find("\xE2\x80\xAE"), std::string::npos);
}

TEST(Sink, KeepsAHundredErrorsAndCountsTheRest) {
  source::Sources sources;
  const auto& file = sources.add("a", "x");
  diag::Sink sink;
  for (int each = 0; each < 250; ++each) sink.report(Diagnostic(Kind::semicolon, file.whole()));
  EXPECT_EQ(sink.diagnostics().size(), diag::k_errors_max);
  EXPECT_EQ(sink.error_count(), 250U);
  EXPECT_THAT(diag::render_all(sink, sources), testing::EndsWith("250 errors (150 not shown)\n"));
}

}  // namespace
}  // namespace wend::test
