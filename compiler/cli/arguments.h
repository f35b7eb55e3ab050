#pragma once

// What the user asked for, read from the command line. The only header the command-line library stands behind.

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "compiler/cli/console.h"

namespace wend::cli {

enum class OutputFormat { text, json };
enum class TestFormat { text, json, junit };

/// Whose events a new project begins with.
enum class Starter { plain, segment, customerio };
struct NewOptions {
  std::string path;  ///< the folder to make; its last part is the project's name
  Starter from = Starter::plain;
};
struct CheckOptions {
  std::string project = ".";
  bool locked = false;  ///< a lock that does not agree with the source is an error
  OutputFormat format = OutputFormat::text;
  bool strict = false;  ///< warnings count as errors
};
struct TestOptions {
  std::string project = ".";
  std::string filter;  ///< only tests whose title, or journey's name, contains it; empty: all
  TestFormat format = TestFormat::text;
  bool coverage = false;               ///< also by the two that follow
  std::string coverage_html;           ///< folder for pages; empty: none
  std::optional<double> coverage_min;  ///< percent below which the command fails
};
struct BuildOptions {
  std::string project = ".";
  bool locked = false;
  std::string output;  ///< empty: the project's name with `.wendc`, in the current folder
  OutputFormat format = OutputFormat::text;
};
struct DisOptions {
  std::string path;  ///< a built program or a project
};
struct RunOptions {
  std::string project = ".";
  std::string events;  ///< empty: what `[run]` of wend.toml names
  std::string data;
  std::string out;
  std::optional<std::string> until;  ///< a time, or "done"
  bool sort = false;
  std::optional<std::uint64_t> rejects_max;
  bool deploy = false;                 ///< go on with a program that adds to the data folder's
  std::optional<std::string> release;  ///< at what rate members are let in then
  OutputFormat format = OutputFormat::text;
};
struct LockOptions {
  std::string project = ".";
};
struct FmtOptions {
  std::vector<std::string> paths;  ///< files, and folders with *.journey files; never empty
  bool check = false;              ///< change nothing, show what would be
  bool from_stdin = false;
  std::string stdin_filename = "<stdin>";  ///< what diagnostics call it
};
struct DocOptions {
  std::string project = ".";
  bool of_library = false;  ///< about the standard library instead of a project
  std::string output;       ///< the folder of the pages
};
struct PreviewOptions {
  std::string message;
  std::string project = ".";
  std::string fixture;              ///< empty: a customer of whom nothing is known
  std::string at;                   ///< "2025-03-30 09:00"; empty: now
  std::vector<std::string> values;  ///< `name: "Ada"`
  std::string channel;              ///< empty: all
  std::string locale;               ///< empty: the customer's
  std::string html;                 ///< a page to write
};
struct ExplainOptions {
  std::string code;
};

struct Arguments {
  std::variant<NewOptions, CheckOptions, TestOptions, BuildOptions, DisOptions, RunOptions, LockOptions, FmtOptions, DocOptions,
               PreviewOptions, ExplainOptions>
      command;
  ColourChoice colours = ColourChoice::automatic;
};

/// Nothing to run: print `text` (a help page, the version, or what is wrong) and end.
struct Message {
  std::string text;
  ExitCode code = ExitCode::ok;
};

[[nodiscard]] std::expected<Arguments, Message> parse_arguments(std::span<const char* const> arguments);

}  // namespace wend::cli
