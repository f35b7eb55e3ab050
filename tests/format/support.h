#pragma once

#include <filesystem>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace wend::test {

/// A text's layout; the test fails with an exception when it does not parse.
[[nodiscard]] std::string formatted(const std::string& text);
[[nodiscard]] bool parses(const std::string& text);

/// What must hold for any text that parses: same tree, same comments in the same order, formatting again changes nothing, and
/// the lines look as lines must. Says what does not hold.
[[nodiscard]] std::optional<std::string> broken_promise(const std::string& text);

/// The same tokens and comments with other white space between them. Empty lines and what shares a line with a comment stay.
[[nodiscard]] std::string respaced(const std::string& text, std::mt19937_64& random);
/// The same text with comments put between its tokens.
[[nodiscard]] std::string with_comments(const std::string& text, std::mt19937_64& random, std::size_t one_in);

struct RepositoryFile {
  std::string path;
  std::string text;
};
/// Every journey file of the repository that parses.
[[nodiscard]] const std::vector<RepositoryFile>& repository_files();

}  // namespace wend::test
