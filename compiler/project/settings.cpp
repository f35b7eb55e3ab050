#include "compiler/project/settings.h"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "compiler/diag/suggest.h"
#include "compiler/source/utf8.h"

namespace wend::project {
namespace {

using diag::Diagnostic;
using diag::Kind;

constexpr std::int64_t k_edition = 1;

// Every key that may stand at the top of the file. The tables belong to the runtime's reader of events.
enum class Owner { compiler, runtime };
struct Key {
  std::string_view name;
  Owner owner;
};
constexpr std::array k_keys = std::to_array<Key>({
    {"name", Owner::compiler},
    {"edition", Owner::compiler},
    {"run", Owner::runtime},
});

source::Span span_of(const source::SourceFile& file, const toml::source_region& region) {
  return span_between(file, {region.begin.line, region.begin.column}, {region.end.line, region.end.column});
}

class Reader {
 public:
  explicit Reader(const source::SourceFile& file) : file_(file) {}

  SettingsResult read() {
    try {
      const toml::table table = toml::parse(file_.text(), file_.path());
      for (const auto& [key, node] : table) read_key(key, node);
    } catch (const toml::parse_error& error) {
      result_.diagnostics.push_back(
          Diagnostic(Kind::settings_syntax, span_of(file_, error.source())).with("reason", std::string(error.description())));
    }
    return std::move(result_);
  }

 private:
  void read_key(const toml::key& key, const toml::node& node) {
    const auto known = std::find_if(k_keys.begin(), k_keys.end(), [&](const Key& each) { return each.name == key.str(); });
    if (known == k_keys.end()) return report_unknown(key);
    if (known->owner == Owner::runtime) {
      if (!node.is_table()) report_wrong(node, key.str(), "a table");
      return;
    }
    if (key.str() == "name") read_name(node);
    if (key.str() == "edition") read_edition(node);
  }

  void read_name(const toml::node& node) {
    const auto name = node.value_exact<std::string>();
    if (!name || name->empty()) return report_wrong(node, "name", "a text that is not empty");
    result_.settings.name = *name;
  }

  void read_edition(const toml::node& node) {
    const auto edition = node.value_exact<std::int64_t>();
    if (!edition || *edition != k_edition) report_wrong(node, "edition", "1, the only edition there is");
  }

  void report_unknown(const toml::key& key) {
    Diagnostic diagnostic(Kind::unknown_setting, span_of(file_, key.source()));
    diagnostic.with("key", std::string(key.str()));
    std::vector<std::string> names;
    for (const Key& each : k_keys) names.emplace_back(each.name);
    if (const auto near = diag::nearest(key.str(), names)) {
      diagnostic.help("did you mean `" + *near + "`?", {span_of(file_, key.source()), *near, diag::Applicability::likely});
    } else {
      diagnostic.help("the settings are `name`, `edition` and the table `[run]`");
    }
    result_.diagnostics.push_back(std::move(diagnostic));
  }

  void report_wrong(const toml::node& node, std::string_view key, std::string expected) {
    result_.diagnostics.push_back(
        Diagnostic(Kind::wrong_setting, span_of(file_, node.source())).with("key", std::string(key)).with("expected", std::move(expected)));
  }

  const source::SourceFile& file_;
  SettingsResult result_;
};

}  // namespace

source::Span span_between(const source::SourceFile& file, source::Position begin, source::Position end) {
  const auto offset_of = [&](const source::Position& position) {
    const std::uint32_t line = std::clamp<std::uint32_t>(position.line, 1, file.line_count());
    const std::string_view text = file.line_text(line);
    size_t offset = 0;
    for (std::uint32_t column = 1; column < position.column && offset < text.size(); ++column) {
      offset += source::utf8_length_at(text, offset);
    }
    return file.line_begin(line) + static_cast<std::uint32_t>(offset);
  };
  const std::uint32_t first = offset_of(begin);
  return {file.file_id(), first, std::max(offset_of(end), first)};
}

SettingsResult parse_settings(const source::SourceFile& file) {
  return Reader(file).read();
}

}  // namespace wend::project
