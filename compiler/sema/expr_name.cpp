#include <algorithm>
#include <utility>

#include "compiler/diag/suggest.h"
#include "compiler/sema/expr_checker.h"
#include "runtime/bytecode/text_format.h"

// Names, members and what they read.

namespace wend::sema {
namespace {

bool is_country_name(const std::string& name) {
  return name.size() == 2 && std::ranges::all_of(name, [](char letter) { return letter >= 'a' && letter <= 'z'; });
}

std::string in_capitals(std::string name) {
  for (char& letter : name) letter = static_cast<char>(letter - 'a' + 'A');
  return name;
}

bool is_country(const types::Type* type) {
  return type && type->kind == types::Kind::text && type->format == types::TextFormat::country;
}

}  // namespace

bool ExprChecker::needs_hint(const syntax::Expr& syntax) const {
  switch (syntax.kind()) {
    case syntax::ExprKind::Name:
      return !scope_.find(syntax.as<syntax::NameExpr>().name.text);
    case syntax::ExprKind::Absent:
    case syntax::ExprKind::Text:
    case syntax::ExprKind::Int:
      return true;
    case syntax::ExprKind::List:
      return std::ranges::all_of(syntax.as<syntax::ListExpr>().elements, [&](const auto& each) { return needs_hint(*each); });
    case syntax::ExprKind::Unary:
      return needs_hint(*syntax.as<syntax::UnaryExpr>().operand);
    case syntax::ExprKind::Match:
      return std::ranges::all_of(syntax.as<syntax::MatchExpr>().arms, [&](const auto& arm) { return needs_hint(*arm.value); });
    case syntax::ExprKind::Error:
    case syntax::ExprKind::Decimal:
    case syntax::ExprKind::Percent:
    case syntax::ExprKind::Money:
    case syntax::ExprKind::Duration:
    case syntax::ExprKind::Date:
    case syntax::ExprKind::DateTime:
    case syntax::ExprKind::Time:
    case syntax::ExprKind::Bool:
    case syntax::ExprKind::Customer:
    case syntax::ExprKind::Now:
    case syntax::ExprKind::Call:
    case syntax::ExprKind::Construct:
    case syntax::ExprKind::Qualified:
    case syntax::ExprKind::Member:
    case syntax::ExprKind::Consent:
    case syntax::ExprKind::History:
    case syntax::ExprKind::Binary:
    case syntax::ExprKind::Is:
    case syntax::ExprKind::In:
      return false;
  }
  return false;
}

ExprPtr ExprChecker::read_variable(VariableId id, Span span) {
  const VariableInfo& variable = context_.model.at(id);
  if (flow_.reachable && !flow_.assigned.contains(id)) {
    Diagnostic& diagnostic =
        context_.report(Kind::unassigned_name, span).with("name", variable.name).secondary(variable.span, "assigned here");
    const auto skipped = flow_.skipped.find(id);
    if (skipped != flow_.skipped.end() && skipped->second.valid()) diagnostic.secondary(skipped->second, "this path does not assign it");
    return make_error(span);
  }
  if (variable.kind == VariableKind::event) {
    context_.report(Kind::event_is_no_value, span)
        .with("name", variable.name)
        .secondary(variable.span, "bound here")
        .help("read a field: `" + variable.name + ".…`");
    return make_error(span);
  }
  return make_expr(variable.type, span, Variable{id}, variable.labels);
}

ExprPtr ExprChecker::check_name(const syntax::Expr& syntax, const types::Type* hint) {
  const syntax::Name& name = syntax.as<syntax::NameExpr>().name;
  if (name.text.empty()) return make_error(syntax.span);
  if (const auto variable = scope_.find(name.text)) return read_variable(*variable, syntax.span);
  if (hint && hint->kind == types::Kind::enumeration) {
    if (const auto value = context_.model.types.at(hint->enumeration).find(name.text)) {
      return make_expr(types::required(*hint), syntax.span, Constant{std::int64_t{*value}});
    }
  }
  if (is_country(hint) && is_country_name(name.text)) return country(in_capitals(name.text), syntax.span);
  return report_unknown_value(name, hint);
}

ExprPtr ExprChecker::report_unknown_value(const syntax::Name& name, const types::Type* hint) {
  if (const Lookup found = context_.names.find(file_, name.text); found.symbol) {
    Diagnostic& diagnostic = context_.report(Kind::wrong_kind_of_name, name.span)
                                 .with("name", name.text)
                                 .with("found", std::string(with_article(found.symbol->kind)))
                                 .with("expected", "a value")
                                 .secondary(found.symbol->span, "declared here");
    if (found.symbol->kind == SymbolKind::segment) {
      const std::string question = "customer in " + name.text;
      diagnostic.help("ask whether the customer is in it: `" + question + "`", {name.span, question, diag::Applicability::likely});
    }
    if (found.symbol->kind == SymbolKind::fn) diagnostic.help("call it: `" + name.text + "(…)`");
    return make_error(name.span);
  }
  if (!context_.complete) return make_error(name.span);
  if (hint && hint->kind == types::Kind::enumeration) {
    const types::Enum& declared = context_.model.types.at(hint->enumeration);
    if (!context_.damaged_enums.contains(static_cast<std::uint32_t>(hint->enumeration))) {
      std::vector<std::string> candidates;
      for (const types::EnumValue& value : declared.values) candidates.push_back(value.name);
      Diagnostic& diagnostic = context_.report(Kind::unknown_enum_value, name.span).with("enum", declared.name).with("name", name.text);
      diagnostic.secondary(declared.span, "declared here");
      for (const std::string& variable : scope_.names()) candidates.push_back(variable);
      context_.suggest(diagnostic, name.span, name.text, candidates);
    }
    return make_error(name.span);
  }
  Diagnostic& diagnostic = context_.report(Kind::unknown_name, name.span).with("what", "name").with("name", name.text);
  if (name.text == "round") {
    diagnostic.help("`round` is the number of the current round, inside `repeat`");
    return make_error(name.span);
  }
  if (name.text == "null" || name.text == "nil" || name.text == "undefined") {
    diagnostic.help("a value that is not there is `absent`: test it with `… is absent`, clear an attribute with `set … = absent`");
    return make_error(name.span);
  }
  if (context_.find_attribute(name.text)) {
    diagnostic.help("the customer has an attribute of that name: `customer." + name.text + "`",
                    {name.span, "customer." + name.text, diag::Applicability::likely});
    return make_error(name.span);
  }
  if (context_.is_flooded()) return make_error(name.span);
  for (const types::Enum& declared : context_.model.types.enums) {
    if (!declared.find(name.text)) continue;
    diagnostic.help("`" + declared.name + "." + name.text + "` is a value of the enum `" + declared.name + "`",
                    {name.span, declared.name + "." + name.text, diag::Applicability::likely});
    return make_error(name.span);
  }
  // A field of an event that is bound here, without the name it is bound to.
  const std::vector<std::string> variables = scope_.names();
  for (const std::string& variable : variables) {
    const auto event = context_.model.at(*scope_.find(variable)).event;
    if (!event || !types::find_field(context_.model.at(*event).fields, name.text)) continue;
    const std::string field = variable + "." + name.text;
    diagnostic.help("`" + context_.model.at(*event).name + "` has a field of that name: `" + field + "`",
                    {name.span, field, diag::Applicability::likely});
    return make_error(name.span);
  }
  context_.suggest(diagnostic, name.span, name.text, variables);
  return make_error(name.span);
}

ExprPtr ExprChecker::check_qualified(const syntax::Expr& syntax) {
  const auto& qualified = syntax.as<syntax::QualifiedExpr>();
  if (qualified.type.text == bytecode::type_name(types::TextFormat::country) && !context_.names.find(file_, "Country").symbol) {
    if (is_country_name(qualified.member.text)) return country(in_capitals(qualified.member.text), syntax.span);
    context_.report(Kind::invalid_text, qualified.member.span)
        .with("text", qualified.member.text)
        .with("description", "a country: two letters of ISO 3166, as in `Country.at`");
    return make_error(syntax.span);
  }
  const Symbol* symbol = context_.require(file_, qualified.type, {SymbolKind::enumeration}, "enum");
  if (!symbol || qualified.member.text.empty()) return make_error(syntax.span);
  const auto enum_id = static_cast<types::EnumId>(symbol->index);
  const types::Enum& declared = context_.model.types.at(enum_id);
  if (const auto value = declared.find(qualified.member.text)) {
    return make_expr(types::enumeration(enum_id), syntax.span, Constant{std::int64_t{*value}});
  }
  if (!context_.damaged_enums.contains(symbol->index)) {
    std::vector<std::string> candidates;
    for (const types::EnumValue& value : declared.values) candidates.push_back(value.name);
    Diagnostic& diagnostic =
        context_.report(Kind::unknown_enum_value, qualified.member.span).with("enum", declared.name).with("name", qualified.member.text);
    diagnostic.secondary(declared.span, "declared here");
    context_.suggest(diagnostic, qualified.member.span, qualified.member.text, candidates);
  }
  return make_error(syntax.span);
}

ExprPtr ExprChecker::check_member(const syntax::Expr& syntax) {
  const auto& member = syntax.as<syntax::MemberExpr>();
  if (member.object->kind() == syntax::ExprKind::Customer) {
    const auto attribute = context_.require_attribute(member.member);
    if (!attribute) return make_error(syntax.span);
    const Attribute& declared = context_.model.at(*attribute);
    return make_expr(declared.type, syntax.span, AttributeRead{*attribute}, declared.labels);
  }
  if (const auto* name = member.object->get_if<syntax::NameExpr>()) {
    const auto variable = scope_.find(name->name.text);
    const auto event = variable ? context_.model.at(*variable).event : std::nullopt;
    if (event) {
      if (flow_.reachable && !flow_.assigned.contains(*variable)) return read_variable(*variable, member.object->span);
      const Event& declared = context_.model.at(*event);
      const auto field = context_.require_field(declared.fields, declared.name, declared.span, member.member,
                                                context_.damaged_events.contains(static_cast<std::uint32_t>(*event)));
      if (!field) return make_error(syntax.span);
      return make_expr(declared.fields[*field].type, syntax.span, EventField{*variable, *field}, declared.fields[*field].labels);
    }
  }
  ExprPtr object = require_present(value(*member.object));
  if (object->type.is_error()) return make_error(syntax.span);
  if (object->type.kind != types::Kind::record) {
    Diagnostic& diagnostic = context_.report(Kind::no_fields, member.member.span)
                                 .with("type", context_.quoted(object->type))
                                 .secondary(object->span, "this is " + context_.quoted(object->type));
    if (object->type.kind == types::Kind::delivery) {
      diagnostic.help("receipts are awaited: `await up to … { on " + context_.snippet(syntax.span, "nudge.clicked") + " { … } … }`");
    }
    return make_error(syntax.span);
  }
  const bool is_amount = member.member.text == "amount";
  if (is_amount && report_open_money(*object)) return make_error(syntax.span);
  const types::Record& record = context_.model.types.at(object->type.record);
  const auto field = context_.require_field(record.fields, record.name, record.span, member.member,
                                            context_.damaged_records.contains(static_cast<std::uint32_t>(object->type.record)));
  if (!field) return make_error(syntax.span);
  return make_expr(record.fields[*field].type, syntax.span, MemberRead{std::move(object), *field}, record.fields[*field].labels);
}

ExprPtr ExprChecker::check_consent(const syntax::Expr& syntax) {
  const auto topic = context_.require_topic(syntax.as<syntax::ConsentExpr>().topic);
  if (!topic) return make_error(syntax.span);
  return make_expr(types::simple(types::Kind::boolean), syntax.span, ConsentRead{*topic});
}

}  // namespace wend::sema
