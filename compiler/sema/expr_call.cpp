#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "compiler/sema/expr_checker.h"
#include "compiler/sema/walk.h"

// Calls: fns, which are expanded where they are called, and the functions of the runtime.

namespace wend::sema {

std::vector<const syntax::Argument*> match_arguments(Context& context, const std::string& callee, const std::vector<NamedType>& parameters,
                                                     const syntax::ArgumentList* arguments, bool damaged) {
  std::vector<const syntax::Argument*> result(parameters.size(), nullptr);
  if (!arguments) return result;
  std::vector<std::string> names;
  for (const NamedType& parameter : parameters) names.push_back(parameter.name);
  std::size_t next = 0;
  const syntax::Argument* first_named = nullptr;
  for (const syntax::Argument& argument : arguments->arguments) {
    std::size_t at = next;
    if (argument.name) {
      if (argument.name->text.empty()) continue;
      first_named = first_named ? first_named : &argument;
      at = static_cast<std::size_t>(std::ranges::find(names, argument.name->text) - names.begin());
      if (at == names.size()) {
        if (damaged) continue;
        Diagnostic& diagnostic =
            context.report(Kind::unknown_argument, argument.name->span).with("callee", callee).with("name", argument.name->text);
        context.suggest(diagnostic, argument.name->span, argument.name->text, names);
        continue;
      }
    } else if (first_named) {
      context.report(Kind::positional_after_named, argument.span).secondary(first_named->span, "a named argument stands before it");
      continue;
    } else if (next >= parameters.size()) {
      if (!damaged) {
        context.report(Kind::too_many_arguments, argument.span)
            .with("callee", callee)
            .with("count", fmt::format("{} argument{}", parameters.size(), parameters.size() == 1 ? "" : "s"));
      }
      break;
    } else {
      ++next;
    }
    if (result[at]) {
      context.report(Kind::repeated_argument, argument.span).with("name", names[at]).secondary(result[at]->span, "given here first");
      continue;
    }
    result[at] = &argument;
  }
  return result;
}

void FnChecker::ensure(FnId id, Span call) {
  const auto index = static_cast<std::size_t>(id);
  FnState& state = context_.fn_states[index];
  if (state == FnState::checked || state == FnState::faulty) return;
  Fn& fn = context_.model.fns[index];
  if (state == FnState::checking) {
    context_.report(Kind::recursive_fn, call)
        .with("name", fn.name)
        .secondary(fn.span, "declared here")
        .note("expressions always end, so a function cannot come back to itself");
    state = FnState::faulty;
    return;
  }
  state = FnState::checking;
  const std::size_t mark = context_.error_mark();
  const auto [declaration, file] = context_.fns[index];
  Scope scope;
  Flow flow;
  for (const Parameter& parameter : fn.parameters) {
    scope.declare(parameter.name, parameter.variable);
    flow.assigned.insert(parameter.variable);
  }
  ExprChecker checker(context_, file, scope, flow);
  ++context_.fn_depth;
  ExprPtr body = checker.want(*declaration->body, fn.result, {declaration->result.span, "declared to give this"});
  --context_.fn_depth;
  const bool is_faulty = context_.errors_since(mark) || body->type.is_error();
  context_.model.fns[index].body = std::move(body);
  if (context_.fn_states[index] == FnState::checking) context_.fn_states[index] = is_faulty ? FnState::faulty : FnState::checked;
}

ExprPtr ExprChecker::check_call(const syntax::Expr& syntax, const types::Type* hint) {
  const auto& call = syntax.as<syntax::CallExpr>();
  if (call.function.text.empty()) return make_error(syntax.span);
  const Lookup found = context_.names.find(file_, call.function.text);
  if (!found.symbol) return call_builtin(syntax, hint);
  const Symbol* symbol = context_.require(file_, call.function, {SymbolKind::fn}, "function");
  return symbol ? call_fn(syntax, static_cast<FnId>(symbol->index)) : make_error(syntax.span);
}

// let p1 = argument1 in let p2 = argument2 in body, with variables of its own in every expansion.
ExprPtr ExprChecker::call_fn(const syntax::Expr& syntax, FnId id) {
  const auto& call = syntax.as<syntax::CallExpr>();
  const auto index = static_cast<std::size_t>(id);
  if (context_.fn_depth >= k_fn_depth_max) {
    context_.report(Kind::fn_too_deep, syntax.span).with("limit", k_fn_depth_max);
    return make_error(syntax.span);
  }
  FnChecker(context_).ensure(id, call.function.span);
  struct Given {
    std::string name;
    types::Type type;
    Span span;
    ExprPtr value;
    VariableId variable{};
  };
  std::vector<Given> given;
  std::vector<NamedType> parameters;
  for (const Parameter& parameter : context_.model.fns[index].parameters) {
    parameters.push_back({parameter.name, parameter.type, parameter.span});
    given.push_back({parameter.name, parameter.type, parameter.span, nullptr, {}});
  }
  const std::size_t mark = context_.error_mark();
  const auto matched = match_arguments(context_, call.function.text, parameters, &call.arguments);
  const bool misfits = context_.errors_since(mark);
  const auto [declaration, fn_file] = context_.fns[index];
  bool is_faulty = context_.fn_states[index] != FnState::checked;
  std::string missing;
  Scope scope;
  Flow flow;
  for (std::size_t at = 0; at < given.size(); ++at) {
    Given& each = given[at];
    if (matched[at]) {
      each.value = want(*matched[at]->value, each.type, {each.span, "declared " + context_.quoted(each.type) + " here"});
    } else if (const ExprPtr& fallback = context_.model.fns[index].parameters[at].default_value; fallback && !fallback->type.is_error()) {
      Scope nothing;
      Flow start;
      ExprChecker defaults(context_, fn_file, nothing, start);
      each.value = defaults.want(*declaration->parameters[at].default_value, each.type);
    } else {
      if (!fallback) missing += (missing.empty() ? "`" : ", `") + each.name + "`";
      is_faulty = true;
      continue;
    }
    is_faulty = is_faulty || each.value->type.is_error();
    VariableInfo info;
    info.kind = VariableKind::argument;
    info.name = info.qualified_name = each.name;
    info.type = each.type;
    info.labels = each.value->labels;
    info.span = each.span;
    each.variable = context_.new_variable(std::move(info));
    scope.declare(each.name, each.variable);
    flow.assigned.insert(each.variable);
  }
  // An argument that fits no parameter is surely the one that is missing.
  if (!missing.empty() && !misfits) {
    context_.report(Kind::missing_argument, syntax.span)
        .with("callee", call.function.text)
        .with("missing", missing)
        .secondary(context_.model.fns[index].span, "declared here");
  }
  if (is_faulty || context_.expanded_operations > k_expanded_total_max) return make_error(syntax.span);
  ExprChecker inside(context_, fn_file, scope, flow);
  ++context_.fn_depth;
  ExprPtr result = inside.want(*declaration->body, context_.model.fns[index].result);
  --context_.fn_depth;
  for (auto each = given.rbegin(); each != given.rend(); ++each) {
    const types::Type type = result->type;
    const types::Labels labels = result->labels | all_labels(*each->value, context_.model.types);
    result = make_expr(type, syntax.span, LetIn{each->variable, std::move(each->value), std::move(result)}, labels);
  }
  const int operations = count_nodes(*result, k_expanded_operations_max);
  const bool is_outermost = context_.fn_depth == 0;
  if (is_outermost) context_.expanded_operations += operations;
  const bool total_exceeded = is_outermost && context_.expanded_operations > k_expanded_total_max;
  if (operations > k_expanded_operations_max || total_exceeded) {
    context_.report(Kind::fn_too_large, syntax.span)
        .with("limit", total_exceeded ? k_expanded_total_max : k_expanded_operations_max)
        .note("a call is replaced by the body of the function, and so are the calls in it");
    return make_error(syntax.span);
  }
  return result;
}

namespace {

enum class Wants : std::uint8_t { nothing, text, instant, date, integer, decimal, amount, list, zone, country };
enum class Gives : std::uint8_t {
  text,
  boolean,
  integer,
  integer_or_absent,
  date,
  time_of_day,
  zone_or_absent,
  zones_or_absent,
  element_or_absent,
  amount
};

struct Builtin {
  std::string_view name;
  Native function;
  std::array<Wants, 2> parameters;
  Gives result;
};
constexpr std::array k_builtins = {
    Builtin{"date_of", Native::date_of, {Wants::instant, Wants::zone}, Gives::date},
    Builtin{"date", Native::date_of, {Wants::instant, Wants::zone}, Gives::date},
    Builtin{"time_of", Native::_time_of, {Wants::instant, Wants::zone}, Gives::time_of_day},
    Builtin{"days_between", Native::_days_between, {Wants::date, Wants::date}, Gives::integer},
    Builtin{"timezone_of", Native::timezone_of, {Wants::text, Wants::nothing}, Gives::zone_or_absent},
    Builtin{"zones_of", Native::zones_of, {Wants::country, Wants::nothing}, Gives::zones_or_absent},
    Builtin{"size_of", Native::size_of, {Wants::list, Wants::nothing}, Gives::integer},
    Builtin{"first_of", Native::first_of, {Wants::list, Wants::nothing}, Gives::element_or_absent},
    Builtin{"last_of", Native::last_of, {Wants::list, Wants::nothing}, Gives::element_or_absent},
    Builtin{"upper", Native::upper, {Wants::text, Wants::nothing}, Gives::text},
    Builtin{"lower", Native::lower, {Wants::text, Wants::nothing}, Gives::text},
    Builtin{"trim", Native::trim, {Wants::text, Wants::nothing}, Gives::text},
    Builtin{"length_of", Native::length_of, {Wants::text, Wants::nothing}, Gives::integer},
    Builtin{"starts_with", Native::starts_with, {Wants::text, Wants::text}, Gives::boolean},
    Builtin{"contains_text", Native::contains_text, {Wants::text, Wants::text}, Gives::boolean},
    Builtin{"round_to", Native::round_to, {Wants::amount, Wants::integer}, Gives::amount},
    Builtin{"to_integer", Native::to_integer, {Wants::decimal, Wants::nothing}, Gives::integer_or_absent},
    Builtin{"minimum", Native::minimum, {Wants::amount, Wants::amount}, Gives::amount},
    Builtin{"maximum", Native::maximum, {Wants::amount, Wants::amount}, Gives::amount},
};

types::Type wanted_type(Wants wants) {
  switch (wants) {
    case Wants::text:
      return types::text();
    case Wants::instant:
      return types::simple(types::Kind::instant);
    case Wants::date:
      return types::simple(types::Kind::date);
    case Wants::integer:
      return types::simple(types::Kind::integer);
    case Wants::decimal:
      return types::simple(types::Kind::decimal);
    case Wants::zone:
      return types::simple(types::Kind::time_zone);
    case Wants::country:
      return types::text(types::TextFormat::country);
    case Wants::nothing:
    case Wants::amount:
    case Wants::list:
      break;
  }
  return {};
}

types::Type given_type(Gives gives, const types::Type& first) {
  switch (gives) {
    case Gives::text:
      return types::text();
    case Gives::boolean:
      return types::simple(types::Kind::boolean);
    case Gives::integer:
      return types::simple(types::Kind::integer);
    case Gives::integer_or_absent:
      return types::optional(types::simple(types::Kind::integer));
    case Gives::date:
      return types::simple(types::Kind::date);
    case Gives::time_of_day:
      return types::simple(types::Kind::time_of_day);
    case Gives::zone_or_absent:
      return types::optional(types::simple(types::Kind::time_zone));
    case Gives::zones_or_absent:
      return types::optional(types::list_of(types::simple(types::Kind::time_zone)));
    case Gives::element_or_absent:
      return types::optional(first.element());
    case Gives::amount:
      return first;
  }
  return {};
}

bool is_amount(const types::Type& type) {
  return type.kind == types::Kind::decimal || type.kind == types::Kind::money || type.kind == types::Kind::percent;
}

ExprPtr variable_read(Context& context, const std::string& name, const types::Type& type, const Expr& value, VariableId* made) {
  VariableInfo info;
  info.kind = VariableKind::argument;
  info.name = info.qualified_name = name;
  info.type = type;
  info.labels = value.labels;
  info.span = value.span;
  *made = context.new_variable(std::move(info));
  return make_expr(type, value.span, Variable{*made}, value.labels);
}

/// The runtime gives an empty list for a country it does not know; authors see an absent one, so that `otherwise` follows.
///     match country { absent => absent, present c => let z = native(c) in match is_empty(z) { true => absent, false => z } }
ExprPtr zones_of_country(Context& context, ExprPtr country, Span span) {
  const types::Type code = types::required(country->type);
  const types::Type list = types::list_of(types::simple(types::Kind::time_zone));
  const types::Type result = types::optional(list);
  const auto absent = [&] { return make_expr(result, span, Absent{}); };
  const auto call = [&](Native function, const types::Type& type, ExprPtr argument) {
    std::vector<ExprPtr> arguments;
    arguments.push_back(std::move(argument));
    return make_expr(type, span, NativeCall{static_cast<bytecode::NativeId>(function), std::move(arguments)});
  };
  VariableId code_variable{};
  VariableId list_variable{};
  ExprPtr zones = call(Native::zones_of, list, variable_read(context, "country", code, *country, &code_variable));
  const auto read_list = [&] { return make_expr(list, span, Variable{list_variable}); };
  ExprPtr first_read = variable_read(context, "zones", list, *zones, &list_variable);
  MatchExpr if_empty;
  if_empty.subject = call(Native::is_empty, types::simple(types::Kind::boolean), std::move(first_read));
  if_empty.arms.resize(2);
  if_empty.arms[0].patterns.push_back({ConstantPattern{std::int64_t{1}}, span});
  if_empty.arms[0].value = absent();
  if_empty.arms[1].patterns.push_back({ConstantPattern{std::int64_t{0}}, span});
  if_empty.arms[1].value = make_expr(result, span, ToOptional{read_list()});
  ExprPtr known = make_expr(result, span, LetIn{list_variable, std::move(zones), make_expr(result, span, std::move(if_empty))});
  if (!country->type.optional) return make_expr(result, span, LetIn{code_variable, std::move(country), std::move(known)});
  MatchExpr if_present;
  if_present.subject = std::move(country);
  if_present.arms.resize(2);
  if_present.arms[0].patterns.push_back({AbsentPattern{}, span});
  if_present.arms[0].value = absent();
  if_present.arms[1].patterns.push_back({PresentPattern{code_variable}, span});
  if_present.arms[1].value = std::move(known);
  return make_expr(result, span, std::move(if_present));
}

}  // namespace

ExprPtr ExprChecker::call_builtin(const syntax::Expr& syntax, const types::Type* hint) {
  const auto& call = syntax.as<syntax::CallExpr>();
  const auto builtin = std::ranges::find(k_builtins, std::string_view(call.function.text), &Builtin::name);
  if (builtin == k_builtins.end()) {
    std::vector<std::string> candidates;
    if (!context_.is_flooded()) candidates = context_.names.visible(file_, {SymbolKind::fn});
    for (const Builtin& each : k_builtins) candidates.emplace_back(each.name);
    context_.report_unknown(file_, call.function, "function", candidates);
    return make_error(syntax.span);
  }
  const std::size_t count = builtin->parameters[1] == Wants::nothing ? 1 : 2;
  const bool zone_left_out = builtin->parameters[1] == Wants::zone && call.arguments.arguments.size() < 2;
  std::vector<NamedType> parameters;
  parameters.push_back({"first", {}, {}});
  if (count == 2) parameters.push_back({"second", {}, {}});
  const std::size_t mark = context_.error_mark();
  const auto matched = match_arguments(context_, call.function.text, parameters, &call.arguments);
  if (context_.errors_since(mark)) return make_error(syntax.span);
  std::vector<ExprPtr> arguments;
  for (std::size_t at = 0; at < count; ++at) {
    const Wants wants = builtin->parameters[at];
    if (!matched[at]) {
      if (zone_left_out && at == 1) {
        arguments.push_back(make_expr(types::simple(types::Kind::time_zone), syntax.span, CustomerZone{}));
        continue;
      }
      context_.report(Kind::missing_argument, syntax.span)
          .with("callee", call.function.text)
          .with("missing", count == 1 ? "an argument" : "two arguments");
      return make_error(syntax.span);
    }
    const syntax::Expr& given = *matched[at]->value;
    const types::Type wanted = wanted_type(wants);
    if (wants == Wants::list || wants == Wants::amount) {
      const types::Type decimal = types::simple(types::Kind::decimal);
      const types::Type* argument_hint = at == 1 ? &arguments[0]->type : (hint && is_amount(*hint) ? hint : nullptr);
      ExprPtr argument = require_present(value(given, wants == Wants::amount ? (argument_hint ? argument_hint : &decimal) : nullptr));
      if (argument->type.kind == types::Kind::integer) argument = convert(std::move(argument), decimal);
      if (at == 1 && !arguments[0]->type.is_error()) argument = convert(std::move(argument), arguments[0]->type);
      const bool fits = wants == Wants::list ? argument->type.element_of != nullptr : is_amount(argument->type);
      if (!fits && !argument->type.is_error()) {
        context_.report(Kind::type_mismatch, argument->span)
            .with("expected", wants == Wants::list ? "a list or a set" : "a number")
            .with("found", context_.quoted(argument->type));
        return make_error(syntax.span);
      }
      arguments.push_back(std::move(argument));
    } else if (wants == Wants::country) {
      arguments.push_back(convert(value(given, &wanted), types::optional(wanted)));
    } else {
      arguments.push_back(want(given, wanted));
    }
  }
  if (std::ranges::any_of(arguments, [](const ExprPtr& each) { return each->type.is_error(); })) return make_error(syntax.span);
  if (builtin->function == Native::zones_of) return zones_of_country(context_, std::move(arguments[0]), syntax.span);
  types::Type result = given_type(builtin->result, arguments[0]->type);
  return native(std::move(result), syntax.span, builtin->function, std::move(arguments));
}

}  // namespace wend::sema
