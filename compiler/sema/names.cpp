#include "compiler/sema/names.h"

#include <algorithm>
#include <set>
#include <utility>

#include "compiler/diag/suggest.h"
#include "compiler/library/library.h"

namespace wend::sema {

using diag::Diagnostic;
using diag::Kind;

std::string_view with_article(SymbolKind kind) {
  switch (kind) {
    case SymbolKind::enumeration:
      return "an enum";
    case SymbolKind::record:
      return "a record";
    case SymbolKind::event:
      return "an event";
    case SymbolKind::message:
      return "a message";
    case SymbolKind::action:
      return "an action";
    case SymbolKind::channel:
      return "a channel";
    case SymbolKind::calendar:
      return "a calendar";
    case SymbolKind::segment:
      return "a segment";
    case SymbolKind::policy:
      return "a policy";
    case SymbolKind::holdout:
      return "a holdout";
    case SymbolKind::experiment:
      return "an experiment";
    case SymbolKind::fixture:
      return "a fixture";
    case SymbolKind::fn:
      return "a function";
    case SymbolKind::flow:
      return "a flow";
    case SymbolKind::journey:
      return "a journey";
  }
  return "";
}

std::size_t Names::module_of(const std::optional<syntax::QualifiedName>& name) {
  const std::string text = name ? name->text() : std::string();
  const auto [entry, is_new] = module_by_name_.try_emplace(text, modules_.size());
  if (is_new) modules_.push_back({text, {}, name ? name->span : Span{}});
  return entry->second;
}

void Names::add_files(const CheckInput& input, std::vector<Diagnostic>& diagnostics) {
  for (const InputFile& file : input.files) {
    files_.push_back({module_of(file.file->module), {}});
    if (file.library) modules_[files_.back().module].left_out = file.library->left_out;
  }
  refuse_reserved(input, diagnostics);
  for (std::size_t file = 0; file < files_.size(); ++file) resolve_uses(input, file, diagnostics);
  report_circles(diagnostics);
}

void Names::resolve_uses(const CheckInput& input, std::size_t file, std::vector<Diagnostic>& diagnostics) {
  const bool complete = std::ranges::all_of(input.files, &InputFile::complete);
  std::map<std::size_t, Span> whole_modules;
  for (const syntax::UseDecl& use : input.files[file].file->uses) {
    const std::string name = use.module.text();
    if (name.empty()) continue;
    if (files_[file].uses.size() == k_uses_max) {
      diagnostics.push_back(
          Diagnostic(Kind::too_many_names, use.span).with("owner", "the file").with("limit", k_uses_max).with("what", "`use` lines"));
      return;
    }
    const auto found = module_by_name_.find(name);
    if (found == module_by_name_.end()) {
      // The module line of a file that did not parse may be the one that is missing.
      if (complete || library::is_reserved(name)) report_unknown_module(use, diagnostics);
      files_[file].unknown_uses.push_back(&use);
      continue;
    }
    if (!use.names) {
      const auto [first, is_new] = whole_modules.try_emplace(found->second, use.span);
      if (!is_new || found->second == files_[file].module) {
        Diagnostic diagnostic(Kind::repeated_use, use.span);
        diagnostic.with("module", name);
        if (is_new) {
          diagnostic.label("this file belongs to that module");
        } else {
          diagnostic.label("a second time").secondary(first->second, "used here");
        }
        diagnostics.push_back(std::move(diagnostic));
        continue;
      }
    }
    files_[file].uses.push_back({found->second, &use});
  }
}

void Names::report_unknown_module(const syntax::UseDecl& use, std::vector<Diagnostic>& diagnostics) const {
  const std::string name = use.module.text();
  const bool is_reserved = library::is_reserved(name);
  std::vector<std::string> candidates = library::modules();
  for (const auto& [known, index] : module_by_name_) {
    if (!known.empty() && !library::is_reserved(known)) candidates.push_back(known);
  }
  Diagnostic diagnostic(Kind::unknown_module, use.module.span);
  diagnostic.with("name", name).label(is_reserved ? "the standard library has no such module" : "no file begins with `module " + name + "`");
  if (is_reserved) {
    std::string all;
    for (const std::string& each : library::modules()) all += (all.empty() ? "`" : ", `") + each + "`";
    diagnostic.note("its modules are " + all);
  }
  if (const auto near = diag::nearest(name, candidates)) {
    diagnostic.help("did you mean `" + *near + "`?", {use.module.span, *near, diag::Applicability::likely});
  }
  diagnostics.push_back(std::move(diagnostic));
}

void Names::refuse_reserved(const CheckInput& input, std::vector<Diagnostic>& diagnostics) const {
  for (const InputFile& file : input.files) {
    if (file.library || !file.file->module || !library::is_reserved(file.file->module->text())) continue;
    diagnostics.push_back(Diagnostic(Kind::reserved_module, file.file->module->span)
                              .with("name", file.file->module->text())
                              .label("a module of the project needs a name of its own")
                              .help("begin it with the project's name"));
  }
}

void Names::report_circles(std::vector<Diagnostic>& diagnostics) const {
  std::vector<std::map<std::size_t, Span>> edges(modules_.size());
  for (const FileNames& file : files_) {
    for (const Use& use : file.uses) edges[file.module].try_emplace(use.module, use.decl->module.span);
  }
  // Depth-first search; a module on the current path closes a circle, reported once at the edge that closes it.
  enum class State : std::uint8_t { fresh, on_path, done };
  std::vector<State> states(modules_.size(), State::fresh);
  std::vector<std::size_t> path;
  const auto visit = [&](const auto& self, std::size_t module) -> void {
    states[module] = State::on_path;
    path.push_back(module);
    for (const auto& [next, span] : edges[module]) {
      if (states[next] == State::fresh) {
        self(self, next);
      } else if (states[next] == State::on_path && next != module) {
        std::string circle;
        for (auto at = std::ranges::find(path, next); at != path.end(); ++at) circle += "`" + modules_[*at].name + "` uses ";
        Diagnostic diagnostic(Kind::module_cycle, span);
        diagnostic.with("circle", circle + "`" + modules_[next].name + "`").label("this use closes the circle");
        diagnostic.help("move what both need into a module of its own");
        diagnostics.push_back(std::move(diagnostic));
      }
    }
    path.pop_back();
    states[module] = State::done;
  };
  for (std::size_t module = 0; module < modules_.size(); ++module) {
    if (states[module] == State::fresh) visit(visit, module);
  }
}

bool Names::may_be_of_unknown_module(std::size_t file, const std::string& name) const {
  return std::ranges::any_of(files_[file].unknown_uses, [&](const syntax::UseDecl* use) {
    return !use->names || std::ranges::find(*use->names, name, &syntax::Name::text) != use->names->end();
  });
}

void Names::declare(Symbol symbol, std::vector<Diagnostic>& diagnostics) {
  if (symbol.name.empty()) return;
  Module& module = modules_[files_[symbol.file].module];
  const auto [entry, is_new] = module.symbols.try_emplace(symbol.name, symbol);
  if (is_new) return;
  Diagnostic diagnostic(Kind::declared_twice, symbol.span);
  diagnostic.with("name", symbol.name).label("second declaration");
  diagnostic.secondary(entry->second.span, "first declared here as " + std::string(with_article(entry->second.kind)));
  diagnostics.push_back(std::move(diagnostic));
}

bool Names::declare_if_free(Symbol symbol) {
  Module& module = modules_[files_[symbol.file].module];
  return module.symbols.try_emplace(symbol.name, symbol).second;
}

void Names::check_used_names(std::vector<Diagnostic>& diagnostics, bool complete) const {
  for (const FileNames& file : files_) {
    for (const Use& use : file.uses) {
      if (!use.decl->names) continue;
      const Module& module = modules_[use.module];
      std::set<std::string> seen;
      for (const syntax::Name& name : *use.decl->names) {
        if (name.text.empty()) continue;
        if (!seen.insert(name.text).second) {
          diagnostics.push_back(
              Diagnostic(Kind::repeated_member, name.span).with("owner", "the list").with("what", "the name").with("name", name.text));
        }
        if (module.symbols.contains(name.text) || !complete) continue;
        std::vector<std::string> candidates;
        for (const auto& [known, symbol] : module.symbols) candidates.push_back(known);
        candidates.insert(candidates.end(), module.left_out.begin(), module.left_out.end());
        Diagnostic diagnostic(Kind::not_in_module, name.span);
        diagnostic.with("module", module.name).with("name", name.text);
        if (const auto near = diag::nearest(name.text, candidates)) {
          diagnostic.help("did you mean `" + *near + "`?", {name.span, *near, diag::Applicability::likely});
        }
        diagnostics.push_back(std::move(diagnostic));
      }
    }
  }
}

Lookup Names::find(std::size_t file, const std::string& name) const {
  const FileNames& here = files_[file];
  const auto& own = modules_[here.module].symbols;
  if (const auto found = own.find(name); found != own.end()) return {&found->second, nullptr};
  Lookup result;
  for (const Use& use : here.uses) {
    if (use.decl->names && std::ranges::none_of(*use.decl->names, [&](const syntax::Name& each) { return each.text == name; })) continue;
    const auto& symbols = modules_[use.module].symbols;
    const auto found = symbols.find(name);
    if (found == symbols.end() || result.symbol == &found->second) continue;
    if (result.symbol) {
      result.rival = &found->second;
      return result;
    }
    result.symbol = &found->second;
  }
  return result;
}

std::optional<Span> Names::declared(std::size_t file, const std::string& name) const {
  const auto& own = modules_[files_[file].module].symbols;
  const auto found = own.find(name);
  return found == own.end() ? std::nullopt : std::optional(found->second.span);
}

std::vector<std::string> Names::visible(std::size_t file, std::initializer_list<SymbolKind> kinds) const {
  std::set<std::string> result;
  const auto add = [&](const Module& module, const syntax::UseDecl* use) {
    for (const auto& [name, symbol] : module.symbols) {
      if (kinds.size() > 0 && std::ranges::find(kinds, symbol.kind) == kinds.end()) continue;
      if (use && use->names && std::ranges::none_of(*use->names, [&](const syntax::Name& each) { return each.text == name; })) continue;
      result.insert(name);
    }
    if (!use || !use->names) result.insert(module.left_out.begin(), module.left_out.end());
  };
  add(modules_[files_[file].module], nullptr);
  for (const Use& use : files_[file].uses) add(modules_[use.module], use.decl);
  return {result.begin(), result.end()};
}

std::optional<std::string> Names::elsewhere(std::size_t file, const std::string& name) const {
  for (std::size_t module = 0; module < modules_.size(); ++module) {
    if (module != files_[file].module && !modules_[module].name.empty() && modules_[module].symbols.contains(name)) {
      return modules_[module].name;
    }
  }
  return std::nullopt;
}

}  // namespace wend::sema
