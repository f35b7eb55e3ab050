// The program itself: what it prints where, and how it ends.

#include "tests/cli/program.h"

#include <gmock/gmock.h>

namespace wend::cli {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST_F(Program, CheckEndsWellWhenThereIsNothingToReport) {
  const Ended ended = shell("wend check good");
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("1 journey checked"));
}

TEST_F(Program, CheckShowsFindingsAndEndsWithOne) {
  const Ended ended = shell("wend check bad");
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.out, HasSubstr("error[E0201]"));
  EXPECT_THAT(ended.out, HasSubstr("bad/j.journey:10:"));
  EXPECT_THAT(ended.out, Not(HasSubstr("\x1b[")));
  EXPECT_THAT(ended.err, IsEmpty());
}

TEST_F(Program, ColoursAreShownWhenAskedForOnly) {
  EXPECT_THAT(shell("wend check bad --color always").out, HasSubstr("\x1b["));
  EXPECT_THAT(shell("NO_COLOR=1 wend check bad").out, Not(HasSubstr("\x1b[")));
}

TEST_F(Program, JsonHasTheSameContent) {
  const Ended ended = shell("wend check bad --format json");
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.out, HasSubstr("\"code\":\"E0201\""));
  EXPECT_THAT(shell("wend check good --format json").out, HasSubstr("\"errors\":0"));
}

TEST_F(Program, WhatCannotBeReadIsAMatterOfUsage) {
  for (const char* line : {"wend check nowhere", "wend check empty", "wend build nowhere", "wend dis nowhere.wendc", "wend test nowhere",
                           "wend run nowhere --events e --data d --out o", "wend frobnicate", "wend check --nonsense"}) {
    const Ended ended = shell(line);
    EXPECT_EQ(ended.code, 2) << line;
    EXPECT_THAT(ended.out + ended.err, Not(IsEmpty())) << line;
  }
}

TEST_F(Program, OnlyRegularFilesAreRead) {
  EXPECT_EQ(shell("mkfifo good/q.journey").code, 0);
  const Ended skipped = shell("timeout 20 " WEND_PROGRAM " check good");
  EXPECT_NE(skipped.code, 0);
  EXPECT_NE(skipped.code, 124) << "nobody waits for a writer";
  EXPECT_THAT(skipped.out + skipped.err, HasSubstr("it is a named pipe, not a regular file"));
  fs::remove(folder_ / "good/q.journey");
  EXPECT_EQ(shell("mkfifo good/t.liquid").code, 0);
  std::string text = k_good;
  text.replace(text.find("body \"Hello\""), 12, "template \"t.liquid\"");
  write("good/j.journey", text);
  const Ended template_file = shell("timeout 20 " WEND_PROGRAM " check good");
  EXPECT_EQ(template_file.code, 1);
  EXPECT_THAT(template_file.out, HasSubstr("it is a named pipe, not a regular file"));
  EXPECT_EQ(shell("timeout 20 " WEND_PROGRAM " dis good/t.liquid.wendc").code, 2);
}

TEST_F(Program, BuildThenDisShowsTheSourceLines) {
  EXPECT_EQ(shell("wend build good -o j.wendc").code, 0);
  const Ended ended = shell("wend dis j.wendc");
  EXPECT_EQ(ended.code, 0);
  EXPECT_THAT(ended.out, HasSubstr("step s { wait 1 hour"));
  EXPECT_EQ(ended.out, shell("wend dis good").out.replace(8, 4, ended.out.substr(8, 4)));
  EXPECT_EQ(shell("wend build bad -o bad.wendc").code, 1);
  EXPECT_FALSE(fs::exists(folder_ / "bad.wendc"));
}

TEST_F(Program, DisQuotesNoLinesOfAFileThatHasChanged) {
  EXPECT_EQ(shell("wend build good -o j.wendc").code, 0);
  write("good/j.journey", "// a line more\n" + std::string(k_good));
  const Ended ended = shell("wend dis j.wendc");
  EXPECT_EQ(ended.code, 0);
  EXPECT_THAT(ended.out, Not(HasSubstr("step s { wait 1 hour")));
  const std::string said = "(the file has changed since the program was built)";
  const size_t first = ended.out.find(said);
  ASSERT_NE(first, std::string::npos) << ended.out;
  EXPECT_EQ(ended.out.find(said, first + 1), std::string::npos) << "once";
}

TEST_F(Program, ABrokenProgramIsRefused) {
  EXPECT_EQ(shell("wend build good -o j.wendc").code, 0);
  std::string bytes = read("j.wendc");
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  write("j.wendc", bytes);
  const Ended ended = shell("wend dis j.wendc");
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.err, HasSubstr("is not a program"));
}

TEST_F(Program, TestsSayHowTheyWent) {
  const Ended ended = shell("wend test good");
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("1 passed, 0 failed"));
  std::string wrong = k_good;
  wrong.replace(wrong.find("at 2025-01-01 10:00 sent"), 24, "at 2025-01-01 11:00 sent");
  write("good/j.journey", wrong);
  const Ended failed = shell("wend test good");
  EXPECT_EQ(failed.code, 1);
  EXPECT_THAT(failed.out, HasSubstr("0 passed, 1 failed"));
}

TEST_F(Program, RunReplaysAHistory) {
  write("e.ndjson",
        "{\"type\":\"identify\",\"userId\":\"u1\",\"timestamp\":\"2025-01-01T08:00:00Z\",\"traits\":{\"email\":\"a@b.test\"}}\n"
        "{\"type\":\"track\",\"messageId\":\"1\",\"userId\":\"u1\",\"event\":\"Started\",\"timestamp\":\"2025-01-01T09:00:00Z\","
        "\"properties\":{}}\n");
  const Ended ended = shell("wend run good --events e.ndjson --data d --out o --until done");
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  EXPECT_THAT(read("o/deliveries.ndjson"), HasSubstr("\"at\":\"2025-01-01T10:00:00Z\""));
  EXPECT_EQ(shell("wend run good --data d2 --out o2").code, 2);
  EXPECT_EQ(shell("wend run good --events e.ndjson --data d2 --out o2 --until tomorrow").code, 2);
}

// Two journeys that set each other's segment for ever: a limit ends them, which is no fault of numbers.
TEST_F(Program, RunNamesTheKindOfAFault) {
  write("good/j.journey", R"(edition 1
module m
enum Stage { new, buying }
customer { stage: Stage? @writable }
event Started { }
segment cold = customer.stage == new
segment hot = customer.stage == buying
journey up { owner "a"  lifetime 10 days  enter when customer joins cold  step s { set customer.stage = buying } }
journey down { owner "a"  lifetime 10 days  enter when customer joins hot  step s { set customer.stage = new } }
journey first { owner "a"  lifetime 10 days  enter on Started  step s { set customer.stage = new } }
)");
  write("e.ndjson",
        "{\"type\":\"track\",\"userId\":\"u1\",\"event\":\"Started\",\"timestamp\":\"2025-01-01T09:00:00Z\",\"properties\":{}}\n");
  const Ended ended = shell("wend run good --events e.ndjson --data d --out o");
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("1 faults: an input with more than 1,000 consequences"));
  EXPECT_THAT(ended.out, Not(HasSubstr("division by zero")));
}

TEST_F(Program, ASlipInTheRunTableIsFoundByCheck) {
  write("good/wend.toml", "[run]\nassume_consnt = true\n");
  const Ended ended = shell("wend check good");
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.out, HasSubstr("assume_consnt"));
}

// What an author does with shares: lock them, edit them, see who has to move, lock them again.
TEST_F(Program, LockKeepsSlotsAcrossEdits) {
  const auto project = [](const std::string& arms, const std::string& split) {
    std::string text = k_good;
    const std::string experiment = "experiment offer { salt \"offer-1\"  " + arms + " }\n";
    text.insert(text.find("journey j"), experiment);
    text.insert(text.find("wait 1 hour"), "split offer { " + split + " }  ");
    return text;
  };
  write("good/j.journey", project("arm plain 50%  arm gift 50%", "arm plain { }  arm gift { }"));
  EXPECT_THAT(shell("wend check good").out, HasSubstr("nothing to report")) << "without a lock there is nothing to disagree with";
  const Ended written = shell("wend lock good");
  EXPECT_EQ(written.code, 0) << written.out << written.err;
  EXPECT_THAT(written.out, HasSubstr("good/wend.lock: 1 experiment, 0 layers, 0 schemas, written"));
  EXPECT_THAT(shell("wend lock good").out, HasSubstr("nothing changed"));
  EXPECT_EQ(shell("wend lock good/j.journey").code, 2) << "one file knows a part of the experiments only";
  EXPECT_EQ(shell("wend check --locked good").code, 0);

  write("good/j.journey", project("arm plain 30%  arm gift 40%  arm trial 30%", "arm plain { }  arm gift { }  arm trial { }"));
  const Ended outdated = shell("wend check good");
  EXPECT_EQ(outdated.code, 0);
  EXPECT_THAT(outdated.out, HasSubstr("warning[W0955]"));
  const Ended required = shell("wend build --locked good -o x.wendc");
  EXPECT_EQ(required.code, 1);
  EXPECT_THAT(required.out, HasSubstr("error[E0545]"));
  const Ended listed = shell("wend dis good");
  EXPECT_THAT(listed.out,
              HasSubstr("plain slots 0 to 300000\n  gift slots 500000 to 900000\n  trial slots 300000 to 500000, 900000 to 1000000"));

  EXPECT_EQ(shell("wend lock good").code, 0);
  EXPECT_THAT(read("good/wend.lock"), HasSubstr("slots = [[300000, 500000], [900000, 1000000]]"));
  EXPECT_EQ(shell("wend build --locked good -o x.wendc").code, 0);

  write("good/j.journey", project("arm plain 60%  arm trial 40%", "arm plain { }  arm trial { }"));
  EXPECT_THAT(shell("wend check good").out, HasSubstr("error[E0544]: experiment `offer` had an arm `gift`"));
  write("good/j.journey", project("arm plain 60%  retired arm gift as plain  arm trial 40%", "arm plain { }  arm trial { }"));
  EXPECT_EQ(shell("wend lock good && wend check --locked good").code, 0);
  EXPECT_THAT(shell("wend dis good").out, HasSubstr("gift retired as plain"));
}

TEST_F(Program, TheReportSetsThoseHeldOutAgainstTheOthers) {
  std::string text = k_good;
  text.insert(text.find("journey j"), "event Bought { }\nholdout half { 50% salt \"half-1\" }\n");
  text.insert(text.find("  enter on"), "  holdout half\n  goal bought when Bought within 1 day of last send\n");
  write("good/j.journey", text);
  std::string events;
  for (int i = 0; i < 40; ++i) {
    events +=
        fmt::format(
            R"({{"type":"identify","userId":"u{0}","messageId":"i{0}","timestamp":"2025-01-01T08:00:00Z","traits":{{"email":"x@y.test"}}}})",
            i) +
        "\n";
    events +=
        fmt::format(R"({{"type":"track","userId":"u{0}","messageId":"s{0}","timestamp":"2025-01-01T09:00:00Z","event":"Started"}})", i) +
        "\n";
  }
  for (int i = 0; i < 40; ++i) {
    events +=
        fmt::format(R"({{"type":"track","userId":"u{0}","messageId":"b{0}","timestamp":"2025-01-01T12:00:00Z","event":"Bought"}})", i) +
        "\n";
  }
  write("events.ndjson", events);
  const Ended ended = shell("wend run good --events events.ndjson --data d --out o --sort");
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("half: held out"));
  EXPECT_THAT(ended.out, HasSubstr("goals of those held out"));
  const auto count = [&](const std::string& file, const std::string& what) {
    const std::string content = read(file);
    size_t times = 0;
    for (size_t at = content.find(what); at != std::string::npos; at = content.find(what, at + 1)) ++times;
    return times;
  };
  const size_t held_out = count("o/instances.ndjson", "\"held_out\":true");
  EXPECT_GT(held_out, 5U);
  EXPECT_LT(held_out, 35U);
  EXPECT_EQ(count("o/goals.ndjson", "\"held_out\":true"), held_out);
  EXPECT_EQ(count("o/goals.ndjson", "\"goal\":\"bought\""), 40U);
  EXPECT_EQ(count("o/deliveries.ndjson", "\"reason\":\"holdout\""), held_out);
  EXPECT_EQ(count("o/deliveries.ndjson", "\"outcome\":\"sent\""), 40U - held_out);
}

TEST_F(Program, ExplainPrintsThePageAndSuggestsANearCode) {
  const Ended page = shell("wend explain E0402");
  EXPECT_EQ(page.code, 0);
  EXPECT_THAT(page.out, HasSubstr("# E0402"));
  EXPECT_THAT(shell("wend explain missed_event").out, HasSubstr("# E0402"));
  const Ended unknown = shell("wend explain E04022");
  EXPECT_EQ(unknown.code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("did you mean `E0"));
}

TEST_F(Program, FmtRewritesWhatIsLaidOutOtherwiseAndListsIt) {
  fs::create_directories(folder_ / "p/deeper");
  write("p/a.journey", "event A {a:Text}");
  write("p/b.journey", "event B { b: Text }\n");
  write("p/deeper/c.journey", "event C {c:Text}\r\n");
  write("p/notes.txt", "event D {d:Text}");
  fs::permissions(folder_ / "p/a.journey", fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read);
  fs::create_symlink("deeper/c.journey", folder_ / "p/linked.journey");
  const auto untouched = fs::last_write_time(folder_ / "p/b.journey");
  const Ended ended = shell("wend fmt p");
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(ended.out, "p/a.journey\np/deeper/c.journey\n");
  EXPECT_THAT(ended.err, HasSubstr("2 rewritten"));
  EXPECT_EQ(read("p/a.journey"), "event A { a: Text }\n");
  EXPECT_EQ(read("p/deeper/c.journey"), "event C { c: Text }\n");
  EXPECT_EQ(read("p/notes.txt"), "event D {d:Text}");
  EXPECT_EQ(fs::last_write_time(folder_ / "p/b.journey"), untouched);
  EXPECT_EQ(fs::status(folder_ / "p/a.journey").permissions(), fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read);
  EXPECT_TRUE(fs::is_symlink(folder_ / "p/linked.journey"));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_ / "p"), {}), 5) << "nothing is left beside the files";
  EXPECT_EQ(shell("wend fmt p").out, "");
  write("p/a.journey", "event A {a:Text}");
  EXPECT_EQ(shell("cd p && wend fmt").out, "./a.journey\n") << "the current folder is what is meant without a path";
}

TEST_F(Program, FmtRewritesThroughALink) {
  write("real.journey", "event A {a:Text}");
  fs::create_symlink("real.journey", folder_ / "link.journey");
  EXPECT_EQ(shell("wend fmt link.journey").code, 0);
  EXPECT_TRUE(fs::is_symlink(folder_ / "link.journey"));
  EXPECT_EQ(read("real.journey"), "event A { a: Text }\n");
}

TEST_F(Program, FmtCheckChangesNothingAndShowsTheDifference) {
  const std::string before = "event A {a:Text}\nevent B { b: Text }\n\n\nevent C {c:Text}";
  write("a.journey", before);
  const Ended ended = shell("wend fmt --check a.journey");
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.out, HasSubstr("-event A {a:Text}\n+event A { a: Text }\n"));
  EXPECT_EQ(read("a.journey"), before);
  EXPECT_THAT(shell("wend fmt --check a.journey --color always").out, HasSubstr("\x1b[32m+event A { a: Text }\x1b[0m\n"));
  write("a.journey", shell("wend fmt --stdin <a.journey").out);
  EXPECT_EQ(shell("wend fmt --check a.journey").code, 0);
  EXPECT_EQ(shell("wend fmt --stdin --check <a.journey").code, 0);
}

TEST_F(Program, FmtLeavesWhatDoesNotParse) {
  fs::create_directories(folder_ / "p");
  write("p/a.journey", "event A {a:}");
  write("p/b.journey", "event B {b:Text}");
  const Ended ended = shell("wend fmt p");
  EXPECT_EQ(ended.code, 1);
  EXPECT_EQ(ended.out, "p/b.journey\n") << "the others are formatted all the same";
  EXPECT_THAT(ended.err, HasSubstr("p/a.journey:1:"));
  EXPECT_THAT(ended.err, HasSubstr("1 left as it is"));
  EXPECT_EQ(read("p/a.journey"), "event A {a:}");
  const Ended from_stdin = shell("wend fmt --stdin --stdin-filename x.journey <p/a.journey");
  EXPECT_EQ(from_stdin.code, 1);
  EXPECT_THAT(from_stdin.out, IsEmpty()) << "an editor must not take half a file for the whole";
  EXPECT_THAT(from_stdin.err, HasSubstr("x.journey:1:"));
}

TEST_F(Program, FmtOfWhatIsNotThereIsAMatterOfUsage) {
  for (const char* line : {"wend fmt nowhere", "wend fmt empty", "wend fmt --stdin good", "wend fmt --stdin-filename x"}) {
    const Ended ended = shell(line);
    EXPECT_EQ(ended.code, 2) << line;
    EXPECT_THAT(ended.err, Not(IsEmpty())) << line;
  }
}

TEST_F(Program, AReaderThatGoesAwayIsNoError) {
  const Ended ended = shell("wend dis good | head -1; wend help run | head -1");
  EXPECT_EQ(ended.code, 0);
  EXPECT_THAT(ended.err, IsEmpty());
}

}  // namespace
}  // namespace wend::cli
