#include <algorithm>
#include <utility>

#include "compiler/sema/context.h"
#include "compiler/sema/journey_checker.h"

// `was` and `retired step`: what a program says of names that are gone, so that running instances can be brought along.

namespace wend::sema {

void Context::add_renames(bytecode::RenamedKind kind, const std::string& owner, const std::string& name,
                          const std::vector<syntax::Name>& was,
                          const std::function<std::optional<Span>(const std::string&)>& find_declared) {
  // The part of a step's path before its own name.
  const std::string prefix = kind == bytecode::RenamedKind::step ? name.substr(0, name.rfind('.') + 1) : std::string();
  for (const syntax::Name& old : was) {
    if (old.text.empty()) continue;
    const std::string from = prefix + old.text;
    if (const auto declared = find_declared(from)) {
      report(Kind::old_name_declared, old.span)
          .with("name", old.text)
          .secondary(*declared, from == name ? "it has this name today" : "declared here")
          .help("`was` names what is no more; leave it out, or give what is still there another name");
      continue;
    }
    const auto earlier = std::ranges::find_if(
        model.renames, [&](const Rename& each) { return each.kind == kind && each.owner == owner && each.from == from; });
    if (earlier != model.renames.end()) {
      // The text of a flow is checked wherever it is run.
      if (earlier->span == old.span && earlier->to == name) continue;
      report(Kind::old_name_twice, old.span).with("name", old.text).secondary(earlier->span, "claimed here first");
      continue;
    }
    model.renames.push_back({kind, owner, from, name, old.span});
  }
}

types::RecordId Context::event_record(EventId event) {
  const auto [entry, is_new] = event_records_.try_emplace(event, static_cast<types::RecordId>(model.types.records.size()));
  if (is_new) {
    const Event& declared = model.at(event);
    if (damaged_events.contains(static_cast<std::uint32_t>(event))) damaged_records.insert(static_cast<std::uint32_t>(entry->second));
    model.types.records.push_back({declared.name, declared.fields, declared.span});
  }
  return entry->second;
}

/// After the last step: a name may be in use further down.
void JourneyChecker::check_renames() {
  const auto find_step = [&](const std::string& path) {
    const auto found = step_paths_.find(path);
    return found == step_paths_.end() ? std::nullopt : std::optional(found->second);
  };
  for (const auto& [path, was] : renamed_steps_) {
    context_.add_renames(bytecode::RenamedKind::step, symbol_.name, path, *was, find_step);
  }
  for (const syntax::RetiredStep& retired : syntax_.retired) check_retired(retired);
}

void JourneyChecker::check_retired(const syntax::RetiredStep& syntax) {
  const std::string step = syntax.step.text();
  if (step.empty()) return;
  RetiredStep result{static_cast<JourneyId>(symbol_.index), step, {}, 0, syntax.step.span};
  if (const auto there = step_paths_.find(step); there != step_paths_.end()) {
    context_.report(Kind::retired_step_declared, syntax.step.span)
        .with("name", step)
        .secondary(there->second, "declared here")
        .help("`retired step` says where the people of a deleted step go; leave it out while the step is there");
    return;
  }
  for (const Rename& rename : context_.model.renames) {
    if (rename.kind != bytecode::RenamedKind::step || rename.owner != symbol_.name || rename.from != step) continue;
    context_.report(Kind::old_name_twice, syntax.step.span).with("name", step)
        .secondary(rename.span, "its people go to the step that was called so");
    return;
  }
  for (const RetiredStep& earlier : context_.model.retired) {
    if (earlier.journey != result.journey || earlier.step != step) continue;
    context_.report(Kind::old_name_twice, syntax.step.span).with("name", step).secondary(earlier.span, "retired here first");
    return;
  }
  if (syntax.resume_at) {
    result.resume_at = syntax.resume_at->text();
    if (result.resume_at.empty()) return;
    if (!step_paths_.contains(result.resume_at)) {
      std::vector<std::string> steps;
      for (const auto& [path, span] : step_paths_) steps.push_back(path);
      Diagnostic& diagnostic =
          context_.report(Kind::unknown_name, syntax.resume_at->span).with("what", "step").with("name", result.resume_at);
      diagnostic.secondary(symbol_.span, "the journey is declared here");
      context_.suggest(diagnostic, syntax.resume_at->span, result.resume_at, steps);
      return;
    }
  } else if (syntax.exit && !syntax.exit->text.empty()) {
    result.label = exit_label(*syntax.exit);
  } else {
    return;
  }
  context_.model.retired.push_back(std::move(result));
}

}  // namespace wend::sema
