#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>

#include "compiler/cli/commands.h"
#include "compiler/cli/embedded.h"
#include "compiler/cli/output_file.h"
#include "compiler/syntax/parse.h"

// `wend new`: a project that checks, tests and runs at once. The files are those of `starters/common/` and of one folder beside it, where
// the project is called `starter`; every such word becomes the project's name.

namespace wend::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view k_common = "common/";
constexpr std::string_view k_placeholder = "starter";
constexpr std::size_t k_name_length_max = 60;

bool is_name_letter(char letter) {
  return letter == '_' || (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9');
}

// The name becomes the first part of every module's name.
std::optional<std::string> wrong_with_name(const std::string& name) {
  const bool begins_well = !name.empty() && name.front() >= 'a' && name.front() <= 'z';
  if (!begins_well || !std::ranges::all_of(name, is_name_letter)) {
    return fmt::format("`{}` cannot be the name of a project: it is written in small letters, digits and `_`, and begins with a letter",
                       name);
  }
  if (name.size() > k_name_length_max) return fmt::format("the name of a project has at most {} letters", k_name_length_max);
  if (std::ranges::binary_search(syntax::reserved_words(), name))
    return fmt::format("`{}` is a word of the language; choose another name", name);
  if (name == "std") return std::string("`std` is the standard library; choose another name");
  return std::nullopt;
}

std::string with_name(std::string_view text, const std::string& name) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t found = std::min(text.find(k_placeholder, at), text.size());
    result += text.substr(at, found - at);
    if (found < text.size()) result += name;
    at = found + k_placeholder.size();
  }
  return result;
}

std::string folder_of(Starter starter) {
  switch (starter) {
    case Starter::plain:
      return "plain/";
    case Starter::segment:
      return "segment/";
    case Starter::customerio:
      return "customerio/";
  }
  return {};
}

}  // namespace

ExitCode new_project(const NewOptions& options, Console& console) {
  const auto fail = [&](const std::string& what) {
    console.error(what);
    return ExitCode::usage;
  };
  const fs::path folder = fs::path(options.path).lexically_normal();
  const std::string name = (folder.has_filename() ? folder : folder.parent_path()).filename().string();
  if (const auto wrong = wrong_with_name(name)) return fail(*wrong);
  std::error_code error;
  // Nothing of anybody's is overwritten; an empty folder is nobody's.
  if (fs::exists(fs::symlink_status(folder, error)) && !(fs::is_directory(folder, error) && fs::is_empty(folder, error))) {
    return fail(fmt::format("`{}` is there already, and not an empty folder", options.path));
  }
  std::string made;
  const std::string prefix = folder_of(options.from);
  for (const library::EmbeddedFile& file : starter_files()) {
    if (!file.path.starts_with(k_common) && !file.path.starts_with(prefix)) continue;
    const fs::path path = folder / file.path.substr(file.path.find('/') + 1);
    fs::create_directories(path.parent_path(), error);
    if (error) return fail(fmt::format("cannot make the folder `{}`: {}", path.parent_path().string(), error.message()));
    if (const auto wrong = write_file(path.string(), with_name(file.text, name))) return fail(*wrong);
    made += "  " + path.string() + "\n";
  }
  console.out(
      fmt::format("made the project `{}`:\n{}\ntry it:\n  wend test {}\n  wend run {} --data {}/state --out {}/result --until done\n", name,
                  made, options.path, options.path, options.path, options.path));
  return ExitCode::ok;
}

}  // namespace wend::cli
