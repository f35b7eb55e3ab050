#include "support.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "compiler/format/format.h"
#include "compiler/source/sources.h"
#include "compiler/syntax/parse.h"
#include "tests/paths.h"
#include "tree_dump.h"

namespace wend::test {
namespace {

namespace fs = std::filesystem;

struct Read {
  explicit Read(const std::string& text) : file(sources.add("test.journey", text)), result(syntax::parse(file, &tokens)) {}

  source::Sources sources;
  const source::SourceFile& file;
  syntax::SourceTokens tokens;
  syntax::ParseResult result;

  std::string tree() const {
    std::string text;
    dump(result.file, text);
    return text;
  }
  std::vector<std::string> comments() const {
    std::vector<std::string> texts;
    for (const syntax::Comment& each : tokens.comments) {
      std::string text(file.text(each.span));
      while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) text.pop_back();
      texts.push_back(std::move(text));
    }
    return texts;
  }
};

std::optional<std::string> wrong_line(const std::string& text) {
  const Read read(text);
  std::istringstream lines(text);
  std::size_t offset = 0;
  std::size_t blanks = 1;  // none at the beginning
  for (std::string line; std::getline(lines, line); offset += line.size() + 1) {
    if (line.ends_with(' ') || line.find_first_of("\t\r") != std::string::npos) return "white space in `" + line + "`";
    blanks = line.empty() ? blanks + 1 : 0;
    if (blanks > 1) return "an empty line too many";
  }
  if (!text.empty() && (!text.ends_with('\n') || text.ends_with("\n\n"))) return "the end of the file";
  return std::nullopt;
}

}  // namespace

std::string formatted(const std::string& text) {
  source::Sources sources;
  const format::FormatResult result = format::format(sources.add("test.journey", text));
  if (!result.text) throw std::runtime_error("does not parse:\n" + text);
  return *result.text;
}

bool parses(const std::string& text) {
  return Read(text).result.complete;
}

std::optional<std::string> broken_promise(const std::string& text) {
  const Read before(text);
  const std::string once = formatted(text);
  const Read after(once);
  const auto shown = [&](const char* what) { return fmt::format("{}\n── of\n{}\n── became\n{}", what, text, once); };
  if (!after.result.complete) return shown("does not parse any more");
  if (before.tree() != after.tree()) return shown("another tree");
  if (before.comments() != after.comments()) return shown("other comments");
  if (const auto wrong = wrong_line(once)) return shown(wrong->c_str());
  const std::string twice = formatted(once);
  if (twice != once) return shown("not the last word") + "\n── became\n" + twice;
  return std::nullopt;
}

std::string respaced(const std::string& text, std::mt19937_64& random) {
  const Read read(text);
  struct Piece {
    std::uint32_t begin;
    std::uint32_t end;
    bool is_comment;
    bool own_line;
  };
  std::vector<Piece> pieces;
  for (const syntax::Token& each : read.tokens.tokens) pieces.push_back({each.span.begin, each.span.end, false, false});
  for (const syntax::Comment& each : read.tokens.comments) pieces.push_back({each.span.begin, each.span.end, true, each.own_line});
  std::sort(pieces.begin(), pieces.end(), [](const Piece& first, const Piece& second) { return first.begin < second.begin; });
  static constexpr std::array<std::string_view, 6> k_spaces = {" ", "\n", "   ", "\t", "\r\n", " \n  "};
  static constexpr std::array<std::string_view, 3> k_blanks = {"\n\n", " \r\n \n\n ", "\n\t\n"};
  std::string result;
  std::uint32_t end = 0;
  for (std::size_t index = 0; index < pieces.size(); ++index) {
    const Piece& piece = pieces[index];
    const std::string_view between = std::string_view(text).substr(end, piece.begin - end);
    const auto line_ends = std::count(between.begin(), between.end(), '\n');
    const bool after_comment = index > 0 && pieces[index - 1].is_comment;
    if (line_ends > 1) {
      result += k_blanks[random() % k_blanks.size()];
    } else if ((piece.is_comment && piece.own_line) || after_comment) {
      result += random() % 2 == 0 ? "\n" : "\n     ";
    } else if (piece.is_comment) {
      result += random() % 2 == 0 ? " " : "\t ";
    } else if (!between.empty() || random() % 2 == 0) {
      result += k_spaces[random() % k_spaces.size()];
    }
    result += std::string_view(text).substr(piece.begin, piece.end - piece.begin);
    end = piece.end;
  }
  return result + (random() % 2 == 0 ? "" : "\n\n\n");
}

std::string with_comments(const std::string& text, std::mt19937_64& random, std::size_t one_in) {
  const Read read(text);
  std::string result;
  std::uint32_t end = 0;
  int number = 0;
  for (const syntax::Token& each : read.tokens.tokens) {
    result += std::string_view(text).substr(end, each.span.begin - end);
    if (random() % one_in == 0) {
      // Commas go up to what they follow: documentation beside one would come to stand above what comes next.
      const bool beside_comma = read.file.text(each.span) == "," || (end > 0 && text[end - 1] == ',');
      const char* slashes = random() % 3 == 0 && !beside_comma ? "///" : "//";
      static constexpr std::array<std::string_view, 4> k_before = {" ", "\n", "\n\n", "\n   "};
      static constexpr std::array<std::string_view, 3> k_after = {"\n", "\n\n", " \r\n  "};
      result += fmt::format("{}{} {}{}", k_before[random() % k_before.size()], slashes, ++number, k_after[random() % k_after.size()]);
    }
    result += read.file.text(each.span);
    end = each.span.end;
  }
  return result + text.substr(end);
}

const std::vector<RepositoryFile>& repository_files() {
  static const std::vector<RepositoryFile> files = [] {
    std::vector<RepositoryFile> found;
    for (const char* folder : {"examples", "tests", "bench"}) {
      for (const auto& entry : fs::recursive_directory_iterator(fs::path(WEND_SOURCE_DIR) / folder)) {
        if (entry.path().extension() != ".journey") continue;
        std::ifstream stream(entry.path(), std::ios::binary);
        std::string text{std::istreambuf_iterator<char>(stream), {}};
        if (parses(text)) found.push_back({entry.path().string(), std::move(text)});
      }
    }
    std::sort(found.begin(), found.end(),
              [](const RepositoryFile& first, const RepositoryFile& second) { return first.path < second.path; });
    return found;
  }();
  return files;
}

}  // namespace wend::test
