#include <utility>

#include "compiler/sema/journey_checker.h"

// `call` of an action.

namespace wend::sema {

StmtPtr JourneyChecker::check_call(const syntax::Stmt& stmt) {
  const auto& syntax = stmt.as<syntax::CallStmt>();
  const Symbol* symbol = context_.require(file_, syntax.action, {SymbolKind::action}, "action");
  CallStmt result;
  if (symbol) {
    result.action = static_cast<ActionId>(symbol->index);
    const Action& action = context_.model.at(result.action);
    const auto [declaration, action_file] = context_.actions[symbol->index];
    result.arguments =
        given_arguments(*symbol, action.parameters, declaration->parameters, action_file, &syntax.arguments, syntax.action, stmt.span);
    check_accepted(syntax, context_.model.at(result.action), result.arguments);
  }
  if (!syntax.action.text.empty()) result.path = waiting_point(syntax.action.text, syntax.label, stmt.keyword);
  bool failed = !symbol;
  if (syntax.retry) {
    result.retries = syntax.retry->times.value;
    if (result.retries < 1) context_.report(Kind::wrong_count, syntax.retry->times.span).with("what", "the number of retries");
    if (syntax.retry->every) {
      result.retry_every = context_.time_span(*syntax.retry->every, "`every`");
      failed = failed || !result.retry_every;
    }
  }
  flow_.expire_attributes(stmt.keyword, "call");
  Flow succeeded = flow_;
  Span failed_from = stmt.keyword;
  if (syntax.or_else) {
    result.or_else = block(syntax.or_else->body);
    failed_from = syntax.or_else->span;
  }
  if (syntax.label) {
    VariableInfo info;
    info.kind = VariableKind::let;
    const Action* action = symbol ? &context_.model.at(result.action) : nullptr;
    if (action && action->result) {
      info.type = *action->result;
    } else if (action && !syntax.label->text.empty()) {
      context_.report(Kind::call_gives_nothing, syntax.label->span)
          .with("action", action->name)
          .secondary(action->span, "declared without a result here")
          .help("leave out `as " + syntax.label->text + "`, or declare what it gives: `-> … shadow …`");
    }
    result.result = declare(*syntax.label, std::move(info));
    succeeded.assigned.insert(*result.result);
  }
  std::vector<Edge> edges;
  edges.push_back({std::move(succeeded), stmt.keyword});
  edges.push_back({std::move(flow_), failed_from});
  flow_ = merge(std::move(edges));
  return failed ? nullptr : make(stmt, std::move(result));
}

void JourneyChecker::check_accepted(const syntax::CallStmt& call, const Action& action, const std::vector<ExprPtr>& arguments) {
  for (std::size_t at = 0; at < arguments.size(); ++at) {
    if (arguments[at]->type.is_error()) continue;
    const types::Labels refused = all_labels(*arguments[at], context_.model.types).without(action.accepts);
    if (!refused.any()) continue;
    const bool is_written = call.arguments.span.file_id == arguments[at]->span.file_id && call.arguments.span.contains(arguments[at]->span.begin);
    Diagnostic& diagnostic = context_.report(Kind::action_label_not_accepted, is_written ? arguments[at]->span : call.action.span)
                                 .with("labels", types::to_string(refused))
                                 .with("action", action.name)
                                 .label("`" + action.parameters[at].name + "` carries it")
                                 .secondary(action.span, "the action is declared here");
    if (const Expr* source = find_labelled(*arguments[at], refused, context_.model)) {
      const Span declared = declaration_of(*source, context_.model);
      if (declared.valid()) diagnostic.secondary(declared, "labelled " + types::to_string(refused) + " here");
    }
    diagnostic.help("leave it out, or let the action accept it: `accepts " + std::string(refused.pii ? "@pii" : "@sensitive") + "`");
  }
}

}  // namespace wend::sema
