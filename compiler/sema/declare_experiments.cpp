#include <algorithm>
#include <utility>

#include "compiler/sema/declarations.h"
#include "compiler/sema/slot_ranges.h"
#include "runtime/base/decimal.h"

// Experiments and holdouts: shares become slots.

namespace wend::sema {
namespace {

/// Slots of a share such as "33.3333" (percent), if it is a whole number of them.
std::optional<std::int64_t> slots_of(const std::string& percent) {
  const auto share = Decimal::parse(percent);
  const auto slots = share ? multiply(*share, Decimal::from_int(k_slots / 100)) : std::nullopt;
  const auto whole = slots ? slots->to_int() : std::nullopt;
  return whole && *whole >= 0 && *whole <= k_slots ? whole : std::nullopt;
}

std::string percent_of_slots(std::int64_t slots) {
  const auto percent = divide(Decimal::from_int(slots), Decimal::from_int(k_slots / 100));
  return percent ? percent->to_string() : "0";
}

/// `arm` or `retired arm`, in the order of the text: an arm that is retired where it stands keeps its number.
struct ArmLine {
  const syntax::Name* name = nullptr;
  const syntax::PercentLiteral* share = nullptr;  ///< null = retired
  const syntax::Name* as = nullptr;
};
std::vector<ArmLine> arm_lines(const syntax::ExperimentDecl& declaration) {
  std::vector<ArmLine> lines;
  for (const syntax::ExperimentArm& arm : declaration.arms) lines.push_back({&arm.name, &arm.share, nullptr});
  for (const syntax::RetiredArm& arm : declaration.retired) lines.push_back({&arm.name, nullptr, &arm.as});
  std::ranges::stable_sort(lines, {}, [](const ArmLine& line) { return line.name->span.begin; });
  return lines;
}

}  // namespace

void Declarations::resolve_experiment(const syntax::ExperimentDecl& declaration, const Symbol& symbol) {
  Experiment& experiment = context_.model.experiments[symbol.index];
  if (declaration.layer) experiment.layer = declaration.layer->text;
  if (declaration.salt) experiment.salt = declaration.salt->text;
  std::int64_t sum = 0;
  bool shares_fit = !symbol.damaged;
  for (const ArmLine& arm : arm_lines(declaration)) {
    if (arm.name->text.empty()) continue;
    const auto earlier = std::ranges::find(experiment.arms, arm.name->text, &ExperimentArm::name);
    if (earlier != experiment.arms.end()) {
      context_.report(Kind::repeated_member, arm.name->span)
          .with("owner", "experiment `" + symbol.name + "`")
          .with("what", "the arm")
          .with("name", arm.name->text)
          .secondary(earlier->span, "first here");
      shares_fit = false;
      continue;
    }
    const auto slots = arm.share ? slots_of(arm.share->text) : 0;
    if (!slots) {
      context_.report(Kind::share_too_fine, arm.share->span);
      shares_fit = false;
    }
    sum += slots.value_or(0);
    ExperimentArm& made = experiment.arms.emplace_back();
    made.name = arm.name->text;
    made.slots = static_cast<std::uint32_t>(slots.value_or(0));
    made.number = static_cast<std::uint32_t>(experiment.arms.size() - 1);
    made.span = arm.name->span;
  }
  for (const syntax::RetiredArm& arm : declaration.retired) resolve_retired(arm, declaration, experiment, symbol.damaged);
  if (shares_fit && sum != k_slots) {
    Diagnostic& diagnostic =
        context_.report(Kind::shares_not_whole, declaration.name.span).with("experiment", symbol.name).with("sum", percent_of_slots(sum));
    diagnostic.label("the arms of an experiment share 100%");
    if (sum < k_slots) diagnostic.help("an arm for the remaining " + percent_of_slots(k_slots - sum) + "% is missing");
  }
}

void Declarations::resolve_retired(const syntax::RetiredArm& arm, const syntax::ExperimentDecl& declaration, Experiment& experiment,
                                   bool damaged) {
  const auto own = std::ranges::find(experiment.arms, arm.name.text, &ExperimentArm::name);
  if (own == experiment.arms.end() || arm.as.text.empty()) return;
  const auto as = std::ranges::find(experiment.arms, arm.as.text, &ExperimentArm::name);
  if (as == experiment.arms.end()) {
    if (damaged) return;
    std::vector<std::string> candidates;
    for (const syntax::ExperimentArm& each : declaration.arms) candidates.push_back(each.name.text);
    Diagnostic& diagnostic = context_.report(Kind::unknown_name, arm.as.span).with("what", "arm").with("name", arm.as.text);
    context_.suggest(diagnostic, arm.as.span, arm.as.text, candidates);
    return;
  }
  own->retired = static_cast<std::uint32_t>(as - experiment.arms.begin());
  const auto is_retired = [&](const syntax::RetiredArm& each) { return each.name.text == arm.as.text; };
  if (std::ranges::any_of(declaration.retired, is_retired)) {
    context_.report(Kind::retired_as_retired, arm.as.span)
        .with("arm", arm.name.text)
        .with("as", arm.as.text)
        .secondary(as->span, "retired here")
        .help("name the arm that its people run now");
  }
}

void Declarations::resolve_holdout(const syntax::HoldoutDecl& declaration, const Symbol& symbol) {
  Holdout& holdout = context_.model.holdouts[symbol.index];
  holdout.salt = declaration.salt.text;
  if (declaration.until) {
    holdout.until = days_from_civil({declaration.until->year, declaration.until->month, declaration.until->day});
  }
  const auto slots = slots_of(declaration.share.text);
  holdout.slots = static_cast<std::uint32_t>(slots.value_or(0));
  if (symbol.damaged) return;
  if (!slots) {
    context_.report(Kind::share_too_fine, declaration.share.span);
  } else if (*slots == 0 || *slots == k_slots) {
    context_.report(Kind::holdout_share, declaration.share.span)
        .with("holdout", symbol.name)
        .label(*slots == 0 ? "this is nobody" : "this is everybody")
        .note("those who are held out are compared with those who are not");
  }
}

void Declarations::check_salts() {
  std::map<std::string, Span> seen;
  for (const Symbol& symbol : symbols_) {
    const bool is_experiment = symbol.kind == SymbolKind::experiment;
    if (symbol.damaged || (!is_experiment && symbol.kind != SymbolKind::holdout)) continue;
    const syntax::StringLiteral* salt = nullptr;
    if (!is_experiment) {
      salt = &symbol.decl->as<syntax::HoldoutDecl>().salt;
    } else if (const auto& own = symbol.decl->as<syntax::ExperimentDecl>().salt) {
      salt = &*own;
    }
    if (!salt || salt->text.empty()) {
      context_.report(Kind::salt_missing, salt ? salt->span : symbol.span)
          .with("what", (is_experiment ? "experiment `" : "holdout `") + symbol.name + "`")
          .note(is_experiment ? "the salt decides who is in which arm; it stays when the experiment is renamed"
                              : "the salt decides who is held out; it stays when the holdout is renamed")
          .help("give it one: `salt \"" + symbol.name + "\"`");
      continue;
    }
    const auto [earlier, is_new] = seen.try_emplace(salt->text, salt->span);
    if (is_new) continue;
    context_.report(Kind::salt_used_twice, salt->span)
        .with("salt", salt->text)
        .secondary(earlier->second, "first used here")
        .note("with one salt both put the same customers into the same slots");
  }
}

}  // namespace wend::sema
