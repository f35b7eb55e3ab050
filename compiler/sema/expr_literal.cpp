#include <charconv>
#include <string_view>
#include <utility>

#include "compiler/sema/expr_checker.h"
#include "compiler/sema/walk.h"
#include "runtime/bytecode/text_format.h"

// Literals, lists and record constructions.

namespace wend::sema {

ExprPtr make_expr(types::Type type, Span span, ExprNode node, types::Labels labels) {
  auto result = std::make_unique<Expr>();
  result->type = std::move(type);
  result->labels = labels;
  result->span = span;
  result->node = std::move(node);
  for (const Expr* operand : children(*result)) result->labels = result->labels | operand->labels;
  return result;
}

ExprPtr make_error(Span span) {
  return make_expr({}, span, ErrorExpr{});
}

types::Labels all_labels(const Expr& expr, const types::TypeTable& table) {
  return expr.labels | types::contained_labels(expr.type, table);
}

// Countries are those that the tz database knows, and two islands on which nobody lives.
ExprPtr ExprChecker::country(std::string code, Span span) {
  const ZoneTable* zones = context_.input.zones;
  const bool is_known = zones == nullptr || !zones->zones_of_country(code).empty() || code == "BV" || code == "HM";
  if (is_known) return make_expr(types::text(types::TextFormat::country), span, Constant{std::move(code)});
  const bool is_slip = code == "UK";
  Diagnostic& diagnostic = context_.report(Kind::invalid_text, span)
                               .with("text", std::move(code))
                               .with("description", bytecode::description(types::TextFormat::country));
  if (is_slip) diagnostic.help("the code of the United Kingdom is `GB`");
  return make_error(span);
}

ExprPtr ExprChecker::check_text(const syntax::Expr& syntax, const types::Type* hint) {
  const std::string& text = syntax.as<syntax::TextExpr>().text;
  if (hint && hint->kind == types::Kind::time_zone) {
    if (!context_.input.zones || context_.input.zones->find(text)) {
      return make_expr(types::simple(types::Kind::time_zone), syntax.span, Constant{text});
    }
    Diagnostic& diagnostic =
        context_.report(Kind::invalid_text, syntax.span).with("text", text).with("description", "a time zone of the tz database");
    const auto names = context_.input.zones->all_names();
    std::vector<std::string> quoted;
    for (const std::string& name : names) quoted.push_back("\"" + name + "\"");
    context_.suggest(diagnostic, syntax.span, "\"" + text + "\"", quoted);
    return make_error(syntax.span);
  }
  if (hint && hint->kind == types::Kind::text && hint->format != types::TextFormat::plain) {
    if (bytecode::matches(hint->format, text)) {
      if (hint->format == types::TextFormat::country) return country(text, syntax.span);
      return make_expr(types::text(hint->format), syntax.span, Constant{text});
    }
    context_.report(Kind::invalid_text, syntax.span).with("text", text).with("description", bytecode::description(hint->format));
    return make_error(syntax.span);
  }
  warn_of_holes(text, syntax.span);
  return make_expr(types::text(), syntax.span, Constant{text});
}

namespace {

/// What stands between the first braces with nothing but a name between them: "order.total" of "paid {order.total}".
std::string_view name_in_braces(std::string_view text) {
  constexpr std::string_view name_letters = "abcdefghijklmnopqrstuvwxyz0123456789_.";
  for (std::size_t open = text.find('{'); open != std::string_view::npos; open = text.find('{', open + 1)) {
    const std::size_t end = text.find_first_not_of(name_letters, open + 1);
    const std::string_view inside = text.substr(open + 1, end - open - 1);
    const bool is_name = !inside.empty() && inside.front() >= '_' && inside.back() != '.';
    if (end != std::string_view::npos && text[end] == '}' && is_name) return inside;
  }
  return {};
}

}  // namespace

// Only the bodies of messages have holes; elsewhere `{name}` is sent to people as it stands.
void ExprChecker::warn_of_holes(const std::string& text, Span span) {
  const std::string name(name_in_braces(text));
  if (name.empty()) return;
  context_.report(Kind::hole_not_filled, span)
      .with("hole", "{" + name + "}")
      .label("a text like any other")
      .note("holes are filled in the bodies of messages")
      .help("join texts with `+`: `\"Hello \" + " + name + "`");
}

ExprPtr ExprChecker::check_int(const syntax::Expr& syntax, const std::string& digits, bool negative, const types::Type* hint) {
  const std::string written = (negative ? "-" : "") + digits;
  if (hint && hint->kind == types::Kind::decimal) {
    if (const auto decimal = Decimal::parse(written)) {
      return make_expr(types::simple(types::Kind::decimal), syntax.span, Constant{*decimal});
    }
  }
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(written.data(), written.data() + written.size(), value);
  if (error != std::errc() || end != written.data() + written.size()) {
    context_.report(Kind::number_too_large, syntax.span).with("number", written).with("type", "`Int`").note("an `Int` has 64 bits");
    return make_error(syntax.span);
  }
  return make_expr(types::simple(types::Kind::integer), syntax.span, Constant{value});
}

namespace {

/// Literals are exact: more digits than a Decimal holds would be rounded silently.
std::optional<Decimal> parse_exactly(const std::string& text) {
  int digits = 0;
  for (const char character : text) {
    if (character >= '0' && character <= '9' && (digits > 0 || character != '0')) ++digits;
  }
  return digits <= Decimal::k_digits ? Decimal::parse(text) : std::nullopt;
}

}  // namespace

ExprPtr ExprChecker::check_decimal(const syntax::Expr& syntax) {
  const std::string& text = syntax.as<syntax::DecimalExpr>().text;
  if (const auto decimal = parse_exactly(text)) {
    return make_expr(types::simple(types::Kind::decimal), syntax.span, Constant{*decimal});
  }
  context_.report(Kind::number_too_large, syntax.span).with("number", text).with("type", "`Decimal`").note("a `Decimal` has 34 digits");
  return make_error(syntax.span);
}

ExprPtr ExprChecker::check_percent(const syntax::Expr& syntax) {
  const std::string& text = syntax.as<syntax::PercentExpr>().text;
  const auto number = parse_exactly(text);
  const auto fraction = number ? divide(*number, Decimal::from_int(100)) : std::nullopt;
  if (fraction) return make_expr(types::simple(types::Kind::percent), syntax.span, Constant{*fraction});
  context_.report(Kind::number_too_large, syntax.span).with("number", text + "%").with("type", "`Percent`");
  return make_error(syntax.span);
}

ExprPtr ExprChecker::check_money(const syntax::Expr& syntax) {
  const auto& money = syntax.as<syntax::MoneyExpr>();
  const std::string& currency = money.currency.text;
  if (!types::is_currency_code(currency)) {
    context_.report(Kind::unknown_name, money.currency.span)
        .with("what", "currency")
        .with("name", currency)
        .help("a currency has three capital letters, as in `25.00 USD`");
    return make_error(syntax.span);
  }
  if (const auto amount = parse_exactly(money.amount)) return make_expr(types::money(currency), syntax.span, Constant{*amount});
  context_.report(Kind::number_too_large, syntax.span).with("number", money.amount).with("type", "`Money<" + currency + ">`");
  return make_error(syntax.span);
}

ExprPtr ExprChecker::check_duration(const syntax::Expr& syntax) {
  const auto span = context_.time_span(syntax.as<syntax::DurationExpr>().duration, "");
  if (!span) return make_error(syntax.span);
  if (const auto* period = std::get_if<Period>(&*span)) {
    return make_expr(types::simple(types::Kind::period), syntax.span, Constant{*period});
  }
  return make_expr(types::simple(types::Kind::duration), syntax.span, Constant{std::get<DurationMs>(*span)});
}

namespace {

std::int64_t days_of(const syntax::DateLiteral& date) {
  return days_from_civil({date.year, date.month, date.day});
}

}  // namespace

ExprPtr ExprChecker::native(types::Type type, Span span, Native function, std::vector<ExprPtr> arguments) {
  types::Labels labels;
  for (const ExprPtr& argument : arguments) labels = labels | all_labels(*argument, context_.model.types);
  return make_expr(std::move(type), span, NativeCall{static_cast<bytecode::NativeId>(function), std::move(arguments)}, labels);
}

ExprPtr ExprChecker::check_date_time(const syntax::Expr& syntax) {
  if (const auto* date = syntax.get_if<syntax::DateExpr>()) {
    return make_expr(types::simple(types::Kind::date), syntax.span, Constant{days_of(date->date)});
  }
  if (const auto* time = syntax.get_if<syntax::TimeExpr>()) {
    return make_expr(types::simple(types::Kind::time_of_day), syntax.span, Constant{std::int64_t{time->time.seconds_of_day()}});
  }
  // A local time: which instant it is depends on the customer.
  const auto& date_time = syntax.as<syntax::DateTimeExpr>();
  std::vector<ExprPtr> arguments;
  arguments.push_back(make_expr(types::simple(types::Kind::date), syntax.span, Constant{days_of(date_time.date)}));
  arguments.push_back(make_expr(types::simple(types::Kind::time_of_day), syntax.span, Constant{std::int64_t{date_time.time.seconds_of_day()}}));
  arguments.push_back(make_expr(types::simple(types::Kind::time_zone), syntax.span, CustomerZone{}));
  return native(types::simple(types::Kind::instant), syntax.span, Native::_instant_of, std::move(arguments));
}

ExprPtr ExprChecker::check_list(const syntax::Expr& syntax, const types::Type* hint) {
  const auto& list = syntax.as<syntax::ListExpr>();
  const bool hinted = hint && hint->element_of;
  const bool is_set = hinted && hint->kind == types::Kind::set;
  std::vector<ExprPtr> elements(list.elements.size());
  types::Type element = hinted ? hint->element() : types::Type{};
  if (!hinted) {
    // The first element with a type of its own gives it to the others.
    for (std::size_t at = 0; at < elements.size() && element.is_error(); ++at) {
      if (needs_hint(*list.elements[at]) && at + 1 < elements.size()) continue;
      elements[at] = require_present(value(*list.elements[at]));
      element = elements[at]->type;
    }
    if (elements.empty()) {
      context_.report(Kind::unknown_type_of_value, syntax.span).with("what", "an empty list");
      return make_error(syntax.span);
    }
    if (element.is_error()) return make_error(syntax.span);
  }
  for (std::size_t at = 0; at < elements.size(); ++at) {
    if (!elements[at]) elements[at] = want(*list.elements[at], element);
    if (!hinted) elements[at] = convert(std::move(elements[at]), element);
  }
  return make_expr(is_set ? types::set_of(element) : types::list_of(element), syntax.span, MakeList{std::move(elements)});
}

std::vector<ExprPtr> ExprChecker::fields(const std::string& owner, const std::vector<types::Field>& fields,
                                         const syntax::ArgumentList* arguments, Span span, Kind missing, bool damaged) {
  std::vector<NamedType> parameters;
  for (const types::Field& field : fields) parameters.push_back({field.name, field.type, field.span});
  const std::size_t mark = context_.error_mark();
  const auto matched = match_arguments(context_, owner, parameters, arguments, damaged);
  const bool misfits = context_.errors_since(mark);
  std::vector<ExprPtr> result;
  std::string left_out;
  for (std::size_t at = 0; at < fields.size(); ++at) {
    const types::Field& field = fields[at];
    if (matched[at]) {
      result.push_back(want(*matched[at]->value, field.type, {field.span, "declared " + context_.quoted(field.type) + " here"}));
    } else if (field.default_value) {
      result.push_back(default_expr(field, span));
    } else if (field.type.optional) {
      result.push_back(make_expr(field.type, span, Absent{}));
    } else {
      if (!field.type.is_error()) left_out += (left_out.empty() ? "`" : ", `") + field.name + "`";
      result.push_back(make_error(span));
    }
  }
  if (!left_out.empty() && !misfits) {
    Diagnostic& diagnostic = context_.report(missing, span).with(missing == Kind::missing_argument ? "missing" : "names", left_out);
    if (missing == Kind::missing_argument) diagnostic.with("callee", owner);
  }
  return result;
}

ExprPtr ExprChecker::check_construct(const syntax::Expr& syntax) {
  const auto& construct = syntax.as<syntax::ConstructExpr>();
  const bool is_money = construct.type.text == "Money";
  const Symbol* symbol = is_money ? nullptr : context_.require(file_, construct.type, {SymbolKind::record}, "record");
  if (!symbol && !is_money) return make_error(syntax.span);
  const auto record_id = is_money ? context_.open_money().record : static_cast<types::RecordId>(symbol->index);
  // Copied, because checking the values may not move the table, but nothing here says so.
  const std::vector<types::Field> record_fields = context_.model.types.at(record_id).fields;
  std::vector<ExprPtr> values = fields(construct.type.text, record_fields, &construct.arguments, syntax.span, Kind::missing_argument,
                                       symbol && context_.damaged_records.contains(symbol->index));
  return make_expr(types::record(record_id), syntax.span, MakeRecord{std::move(values)});
}

}  // namespace wend::sema
