// One slip of the keyboard in a real program: a word left out, or written twice. Whatever it is, a few findings, near it, and the rest
// of the file is read.

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <random>

#include "support.h"

namespace wend::test {
namespace {

using namespace wend::syntax;

constexpr const char* k_programs[] = {
    "tests/syntax/programs/abandoned_cart.journey",
    "tests/syntax/programs/shared.journey",
    "tests/syntax/programs/trial_onboarding.journey",
    "tests/syntax/programs/winback.journey",
    "examples/shop/review.journey",
    "examples/shop/tests/welcome_test.journey",
    "tests/testrun/semantics/policies.journey",
};
// So many words of each program, with one seed for all time.
constexpr std::size_t k_slips_per_program = 120;
constexpr std::uint64_t k_seed = 20'250'309;
// One mistake gives one error; a bracket too few or too many may give another where the blocks no longer fit.
constexpr std::size_t k_findings_max = 3;

struct Piece {
  std::size_t begin = 0;
  std::size_t end = 0;
};

bool is_word(char byte) {
  return std::isalnum(static_cast<unsigned char>(byte)) != 0 || byte == '_';
}

// Words, texts in quotes and single symbols; comments are none.
std::vector<Piece> pieces_of(const std::string& text) {
  std::vector<Piece> pieces;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t begin = at;
    if (std::isspace(static_cast<unsigned char>(text[at])) != 0) {
      ++at;
      continue;
    }
    if (text.compare(at, 2, "//") == 0) {
      at = std::min(text.find('\n', at), text.size());
      continue;
    }
    if (text[at] == '"') {
      for (++at; at < text.size() && text[at] != '"'; ++at) at += text[at] == '\\' ? 1 : 0;
      ++at;
    } else if (is_word(text[at])) {
      while (at < text.size() && is_word(text[at])) ++at;
    } else {
      ++at;
    }
    pieces.push_back({begin, std::min(at, text.size())});
  }
  return pieces;
}

enum class Slip { left_out, twice };

std::string with_slip(const std::string& text, const Piece& piece, Slip slip) {
  std::string changed = text;
  if (slip == Slip::left_out) {
    changed.replace(piece.begin, piece.end - piece.begin, " ");
  } else {
    changed.insert(piece.end, " " + text.substr(piece.begin, piece.end - piece.begin));
  }
  return changed;
}

std::size_t broken_declarations(const File& file) {
  return static_cast<std::size_t>(std::ranges::count_if(file.declarations, [](const Decl& each) { return each.kind() == DeclKind::Error; }));
}

class Slips : public testing::TestWithParam<const char*> {};

TEST_P(Slips, GiveFewFindingsAndTheRestIsRead) {
  const std::string text = read_source_file(GetParam());
  const Parsed whole(text);
  ASSERT_TRUE(whole.complete());
  const std::size_t declarations = whole.file().declarations.size();
  const std::vector<Piece> pieces = pieces_of(text);
  std::mt19937_64 random(k_seed);
  std::size_t findings = 0;
  std::size_t found = 0;
  for (std::size_t round = 0; round < k_slips_per_program; ++round) {
    const Piece& piece = pieces[random() % pieces.size()];
    const Slip slip = random() % 2 == 0 ? Slip::left_out : Slip::twice;
    const Parsed parsed(with_slip(text, piece, slip));
    const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(piece.begin), '\n');
    const std::string place = std::string(GetParam()) + ":" + std::to_string(line) + ": `" +
                              text.substr(piece.begin, piece.end - piece.begin) + (slip == Slip::twice ? "` twice\n" : "` left out\n");
    EXPECT_EQ(parsed.complete(), parsed.diagnostics().empty()) << place;
    EXPECT_LE(parsed.diagnostics().size(), k_findings_max) << place << parsed.rendered();
    // A declaration may be lost, and what was left of it may pass for one more.
    EXPECT_LE(broken_declarations(parsed.file()), 1u) << place << parsed.rendered();
    EXPECT_GE(parsed.file().declarations.size() + 1, declarations) << place << parsed.rendered();
    findings += parsed.diagnostics().size();
    found += parsed.complete() ? 0 : 1;
  }
  // Most give one finding: so many slips, and at most a sixth more findings.
  EXPECT_LE(findings * 6, found * 7) << GetParam() << ": " << findings << " findings of " << found << " slips";
  EXPECT_GT(found, k_slips_per_program / 2);
}

INSTANTIATE_TEST_SUITE_P(Programs, Slips, testing::ValuesIn(k_programs));

}  // namespace
}  // namespace wend::test
