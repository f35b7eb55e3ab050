#include <utility>

#include "compiler/sema/declarations.h"
#include "compiler/sema/expr_checker.h"
#include "compiler/sema/walk.h"

// Actions: signatures, and what a run without an outside takes for their answers.

namespace wend::sema {

void Declarations::collect_action(const syntax::ActionDecl& declaration, const syntax::Decl& decl, std::size_t file) {
  declare(SymbolKind::action, declaration.name, static_cast<std::uint32_t>(context_.model.actions.size()), decl, file);
  Action& action = context_.model.actions.emplace_back();
  action.name = declaration.name.text;
  action.span = declaration.name.span;
  context_.actions.push_back({&declaration, file});
}

void Declarations::resolve_action(const syntax::ActionDecl& declaration, const Symbol& symbol) {
  std::vector<Parameter> parameters = resolve_parameters(declaration.parameters, "action `" + symbol.name + "`", symbol.file);
  types::Labels accepts;
  for (const syntax::Name& label : declaration.accepts) {
    if (label.text == "pii") {
      accepts.pii = true;
    } else if (label.text == "sensitive") {
      accepts.sensitive = true;
    } else if (!label.text.empty()) {
      context_.report(Kind::wrong_label, label.span).with("label", label.text).label("an action accepts @pii and @sensitive");
    }
  }
  Action& action = context_.model.actions[symbol.index];
  action.parameters = std::move(parameters);
  action.accepts = accepts;
  if (declaration.result) action.result = context_.resolve_type(symbol.file, *declaration.result);
}

void Declarations::check_action(const syntax::ActionDecl& declaration, const Symbol& symbol) {
  check_defaults(declaration.parameters, context_.model.actions[symbol.index].parameters, symbol.file);
  if (!declaration.result || !declaration.shadow) return;
  const types::Type result = *context_.model.actions[symbol.index].result;
  Scope scope;
  Flow flow;
  const Because because{declaration.result->span, "declared " + context_.quoted(result) + " here"};
  ExprPtr shadow = ExprChecker(context_, symbol.file, scope, flow).want(*declaration.shadow, result, because);
  if (const auto found = find_read(*shadow, [](const Expr&) { return false; })) {
    context_.report(Kind::default_reads, found->place)
        .with("what", "a `shadow` value")
        .with("allowed", "constants")
        .with("found", describe_read(*found->read, context_.model));
  }
  context_.model.actions[symbol.index].shadow = std::move(shadow);
}

}  // namespace wend::sema
