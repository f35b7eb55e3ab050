#include "compiler/cli/arguments.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <vector>

#include "compiler/diag/suggest.h"

namespace wend::cli {
namespace {

struct CommandInfo {
  std::string name;
  std::string summary;
};
const std::vector<CommandInfo>& command_infos() {
  static const std::vector<CommandInfo> infos = {
#define WEND_COMMAND(name, summary) {#name, summary},
#include "compiler/cli/commands.def"
#undef WEND_COMMAND
  };
  return infos;
}

Message usage_error(std::string text) {
  return {"wend: " + std::move(text) + "\n", ExitCode::usage};
}

std::string did_you_mean(const std::string& word, const std::vector<std::string>& candidates) {
  const auto near = diag::nearest(word, candidates);
  return near ? fmt::format("; did you mean `{}`?", *near) : std::string();
}

// The options of every command, bound to the variables the parser fills in.
class CommandLine {
 public:
  CommandLine() {
    app_.set_help_all_flag("");
    app_.require_subcommand(0, 1);
    app_.set_version_flag("--version,-V", "wend " WEND_VERSION);
    app_.footer("`wend help <command>` says more.");
    for (const CommandInfo& info : command_infos()) app_.add_subcommand(info.name, info.summary);
    add_new(command("new"));
    add_check(command("check"));
    add_test(command("test"));
    add_preview(command("preview"));
    add_build(command("build"));
    add_dis(command("dis"));
    add_run(command("run"));
    add_project(command("lock"), lock_.project);
    add_colours(command("lock"));
    add_fmt(command("fmt"));
    add_doc(command("doc"));
    command("explain").add_option("code", explain_.code, "a code such as E0101")->required();
  }

  std::expected<Arguments, Message> parse(std::vector<std::string> words) {
    const auto commands = names();
    if (words.empty()) return std::unexpected(Message{app_.help(), ExitCode::usage});
    if (words[0] == "help") {
      if (words.size() == 1) return std::unexpected(Message{app_.help(), ExitCode::ok});
      words = {words[1], "--help"};
    }
    if (!words[0].starts_with('-') && std::find(commands.begin(), commands.end(), words[0]) == commands.end()) {
      return std::unexpected(usage_error(
          fmt::format("unknown command `{}`{}\n      `wend help` lists the commands", words[0], did_you_mean(words[0], commands))));
    }
    try {
      std::vector<std::string> reversed(words.rbegin(), words.rend());
      app_.parse(reversed);
    } catch (const CLI::ParseError& error) {
      return std::unexpected(message_of(error));
    }
    return arguments();
  }

 private:
  CLI::App& command(const std::string& name) { return *app_.get_subcommand(name); }

  static std::vector<std::string> names() {
    std::vector<std::string> result;
    for (const CommandInfo& info : command_infos()) result.push_back(info.name);
    return result;
  }

  static void add_project(CLI::App& app, std::string& project) {
    app.add_option("project", project, "a folder with *.journey files, or one such file")->capture_default_str();
  }
  template <typename Choice>
  using Choices = std::map<std::string, Choice>;
  // An option whose value is one of a few words.
  template <typename Choice>
  static void add_choice(CLI::App& app, const std::string& name, Choice& choice, const Choices<Choice>& choices, const std::string& help) {
    const auto read = [&choice, choices](const std::string& word) {
      const auto found = choices.find(word);
      if (found == choices.end()) return false;
      choice = found->second;
      return true;
    };
    app.add_option_function<std::string>(
           name,
           [name, read](const std::string& word) {
             if (!read(word)) throw CLI::ValidationError(name, "`" + word + "` is none of the choices");
           },
           help)
        ->type_name("");
  }
  static void add_format(CLI::App& app, OutputFormat& format) {
    add_choice(app, "--format", format, {{"text", OutputFormat::text}, {"json", OutputFormat::json}}, "text (default) or json");
  }
  static void add_locked(CLI::App& app, bool& locked) {
    app.add_flag("--locked", locked, "fail when wend.lock does not agree with the schemas and the shares of experiments");
  }
  void add_colours(CLI::App& app) {
    add_choice(app, "--color", colours_,
               {{"auto", ColourChoice::automatic}, {"always", ColourChoice::always}, {"never", ColourChoice::never}},
               "auto (default: on a terminal), always or never");
  }

  void add_new(CLI::App& app) {
    app.add_option("name", new_.path, "the folder to make; the project is called like it")->required();
    add_choice(app, "--from", new_.from, {{"segment", Starter::segment}, {"customerio", Starter::customerio}},
               "segment or customerio: begin with the events, names and exports of that service");
    add_colours(app);
  }
  void add_check(CLI::App& app) {
    add_project(app, check_.project);
    add_locked(app, check_.locked);
    add_format(app, check_.format);
    app.add_flag("--strict", check_.strict, "warnings fail the check, too");
    add_colours(app);
  }
  void add_test(CLI::App& app) {
    add_project(app, test_.project);
    app.add_option("--filter", test_.filter, "only tests whose title, or journey, contains this text");
    add_choice(app, "--format", test_.format, {{"text", TestFormat::text}, {"json", TestFormat::json}, {"junit", TestFormat::junit}},
               "text (default), json or junit");
    app.add_flag("--coverage", test_.coverage, "say which steps, branches, arms, sends and exits the tests come to");
    app.add_option("--coverage-html", test_.coverage_html, "the same as pages, into this folder");
    app.add_option("--min", test_.coverage_min, "fail when less than this percentage is covered")->check(CLI::Range(0.0, 100.0));
    add_colours(app);
  }
  // An option with nothing in it would be taken for one that is not there.
  static std::string not_empty(const std::string& text) { return text.empty() ? "expected something" : ""; }
  void add_preview(CLI::App& app) {
    app.add_option("message", preview_.message, "the message to show")->required();
    add_project(app, preview_.project);
    app.add_option("--with", preview_.fixture, "the customer: a fixture of the project")->check(not_empty);
    app.add_option("--at", preview_.at, "when it leaves, such as `2025-03-30 09:00`, in the customer's time zone (default: now)")->check(not_empty);
    app.add_option("--set", preview_.values, "values of the message's parameters, such as `name: \"Ada\", total: 12 USD`")->allow_extra_args(false)->check(not_empty);
    app.add_option("--channel", preview_.channel, "only the body for this channel")->check(not_empty);
    app.add_option("--locale", preview_.locale, "the texts for somebody who reads this language, such as `pt-BR`")->check(not_empty);
    app.add_option("--html", preview_.html, "write a page that shows the bodies, too")->check(not_empty);
    add_colours(app);
  }
  void add_build(CLI::App& app) {
    add_project(app, build_.project);
    add_locked(app, build_.locked);
    app.add_option("-o,--output", build_.output, "the program to write (default: <project name>.wendc)");
    add_format(app, build_.format);
    add_colours(app);
  }
  void add_dis(CLI::App& app) {
    app.add_option("path", dis_.path, "a built program (*.wendc) or a project")->required();
    add_colours(app);
  }
  void add_run(CLI::App& app) {
    add_project(app, run_.project);
    app.add_option("--events", run_.events, "history: one event a line (JSON), or CSV as wend.toml maps it; plain, .gz or .zst");
    app.add_option("--data", run_.data, "folder of the log and the state; a run goes on where the last one in it stopped")->required();
    app.add_option("--out", run_.out, "folder of the results")->required();
    app.add_option("--until", run_.until, "go on after the last event: to this time (RFC 3339), or `done`");
    app.add_flag("--sort", run_.sort, "order the history by time first");
    app.add_option("--max-rejects", run_.rejects_max, "stop when more lines than this do not fit")->check(CLI::NonNegativeNumber);
    CLI::Option* deploy = app.add_flag("--deploy", run_.deploy, "go on with this program where it only adds to the one of the data folder");
    app.add_option("--release", run_.release, "how many are let in who are members already when a journey is deployed: 500/min, 20/s, or all")
        ->needs(deploy);
    add_format(app, run_.format);
    add_colours(app);
  }

  void add_fmt(CLI::App& app) {
    CLI::Option* paths = app.add_option("paths", fmt_.paths, "files, or folders with *.journey files (default: the current folder)");
    app.add_flag("--check", fmt_.check, "change no file; show what would change, and fail if anything would");
    CLI::Option* from_stdin = app.add_flag("--stdin", fmt_.from_stdin, "format standard input to standard output")->excludes(paths);
    app.add_option("--stdin-filename", fmt_.stdin_filename, "what diagnostics call standard input")->needs(from_stdin);
    add_colours(app);
  }

  void add_doc(CLI::App& app) {
    CLI::Option* project = app.add_option("project", doc_.project, "a folder with *.journey files, or one such file")->capture_default_str();
    app.add_flag("--std", doc_.of_library, "about the standard library")->excludes(project);
    app.add_option("-o,--output", doc_.output, "the folder to write the pages into")->required();
    add_colours(app);
  }

  Message message_of(const CLI::ParseError& error) {
    const CLI::App* app = &app_;
    for (const CLI::App* each : app_.get_subcommands()) app = each;
    if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) {
      const bool version = dynamic_cast<const CLI::CallForVersion*>(&error) != nullptr;
      return {version ? std::string(error.what()) + "\n" : app->help(app == &app_ ? "" : "wend"), ExitCode::ok};
    }
    if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) return unexpected_word(*app);
    return usage_error(error.what());
  }

  static Message unexpected_word(const CLI::App& app) {
    const std::vector<std::string> words = app.remaining();
    const std::string word = words.empty() ? std::string("?") : words.front();
    std::vector<std::string> options;
    for (const CLI::Option* option : app.get_options()) {
      for (const std::string& name : option->get_lnames()) options.push_back("--" + name);
    }
    return usage_error(fmt::format("unexpected `{}`{}\n      `wend help {}` lists the options", word,
                                   word.starts_with('-') ? did_you_mean(word, options) : std::string(), app.get_name()));
  }

  std::expected<Arguments, Message> arguments() const {
    const std::vector<const CLI::App*> chosen = app_.get_subcommands([](const CLI::App*) { return true; });
    for (const CLI::App* app : chosen) {
      if (!app->parsed()) continue;
      const std::string& name = app->get_name();
      if (name == "new") return Arguments{new_, colours_};
      if (name == "check") return Arguments{check_, colours_};
      if (name == "test") return test_arguments();
      if (name == "build") return Arguments{build_, colours_};
      if (name == "dis") return Arguments{dis_, colours_};
      if (name == "run") return Arguments{run_, colours_};
      if (name == "lock") return Arguments{lock_, colours_};
      if (name == "fmt") return fmt_arguments();
      if (name == "doc") return Arguments{doc_, colours_};
      if (name == "preview") return Arguments{preview_, colours_};
      if (name == "explain") return Arguments{explain_, colours_};
    }
    return std::unexpected(Message{app_.help(), ExitCode::usage});
  }

  std::expected<Arguments, Message> test_arguments() const {
    TestOptions options = test_;
    const bool is_plain = options.coverage_html.empty() && !options.coverage_min;
    if (options.coverage && is_plain && options.format == TestFormat::junit) {
      return std::unexpected(usage_error("JUnit has no place for coverage\n      use --coverage-html, --min, or --format json"));
    }
    options.coverage |= !is_plain;
    return Arguments{options, colours_};
  }

  Arguments fmt_arguments() const {
    FmtOptions options = fmt_;
    if (options.paths.empty()) options.paths.emplace_back(".");
    return {options, colours_};
  }

  CLI::App app_{"Wend: customer journeys as code.", "wend"};
  NewOptions new_;
  CheckOptions check_;
  TestOptions test_;
  BuildOptions build_;
  DisOptions dis_;
  RunOptions run_;
  LockOptions lock_;
  FmtOptions fmt_;
  DocOptions doc_;
  PreviewOptions preview_;
  ExplainOptions explain_;
  ColourChoice colours_ = ColourChoice::automatic;
};

}  // namespace

std::expected<Arguments, Message> parse_arguments(std::span<const char* const> arguments) {
  return CommandLine().parse({arguments.begin(), arguments.end()});
}

}  // namespace wend::cli
