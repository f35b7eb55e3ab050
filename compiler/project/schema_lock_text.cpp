#include <fmt/format.h>

#include <algorithm>

#include "compiler/project/lock.h"

// Schemas in `wend.lock`: as text, and beside what the project has now.

namespace wend::project {
namespace {

using diag::Diagnostic;
using diag::Kind;

// A finding shows so many changes; a new version of a large schema has hundreds.
constexpr std::size_t k_changes_shown = 30;

template <typename Rows, typename Parts>
std::string rows_text(const char* key, const Rows& rows, const Parts& parts) {
  std::string text = fmt::format("{} = [", key);
  for (const auto& row : rows) {
    std::string line;
    for (const std::string& part : parts(row)) line += fmt::format("{}{}", line.empty() ? "" : ", ", quoted(part));
    text += fmt::format("\n  [{}],", line);
  }
  return text + (rows.empty() ? "]\n" : "\n]\n");
}

using Texts = std::vector<std::string>;

void note_changes(Diagnostic& finding, const std::vector<std::string>& changes) {
  for (std::size_t i = 0; i < std::min(changes.size(), k_changes_shown); ++i) finding.note(changes[i]);
  if (changes.size() > k_changes_shown) finding.note(fmt::format("and {} more changes", changes.size() - k_changes_shown));
  if (changes.empty()) finding.note("nothing that the project takes from it is different");
}

}  // namespace

std::string write_schemas(const std::vector<LockedSchema>& schemas) {
  std::string text;
  for (const LockedSchema& schema : schemas) {
    text += fmt::format("\n[[schema]]\nformat = {}\n", quoted(schema.format));
    text += rows_text("files", schema.files, [](const LockedFile& file) { return Texts{file.path, file.digest}; });
    for (const LockedShape& shape : schema.shapes) {
      text += fmt::format("[[schema.shape]]\nkind = {}\nname = {}\nwire = {}\n", quoted(shape.kind), quoted(shape.name), quoted(shape.wire));
      text += rows_text("fields", shape.fields, [](const LockedField& field) { return Texts{field.name, field.wire, field.type}; });
      if (!shape.rules.empty()) text += rows_text("rules", shape.rules, [](const LockedRule& rule) { return Texts{rule.path, rule.keyword, rule.value}; });
    }
  }
  return text;
}

std::vector<Diagnostic> compare_schemas(const Lock& lock, LockUse use, const sema::Model& model, const std::string& folder) {
  std::vector<Diagnostic> findings;
  if (use == LockUse::update) return findings;
  const auto differs = [&](const std::string& path, source::Span place, const std::vector<std::string>& changes) {
    Diagnostic& finding = findings.emplace_back(use == LockUse::require ? Kind::schema_lock_behind : Kind::schema_lock_outdated, place);
    finding.with("path", path).help("look at what changed, write the lock again and commit it: `wend lock`");
    note_changes(finding, changes);
  };
  // Two imports of one file stand in the lock in the order of the text.
  std::vector<LockedSchema> before = lock.schemas;
  for (const auto& [now, place] : schemas_of(model, folder)) {
    const std::string& path = now.files.front().path;
    const auto known = std::ranges::find_if(before, [&](const LockedSchema& schema) { return schema.files.front().path == path; });
    if (known == before.end()) {
      differs(path, place, {"it is not in the lock"});
      continue;
    }
    if (*known != now) differs(path, place, schema_changes(*known, now, model));
    before.erase(known);
  }
  for (const LockedSchema& gone : before) differs(gone.files.front().path, {}, {"it is not imported any more"});
  return findings;
}

}  // namespace wend::project
