#include <fmt/format.h>

#include <utility>

#include "compiler/sema/template_filters.h"

// Filters of lists.

namespace wend::sema {

using types::simple;

namespace {

types::Type integer() { return simple(types::Kind::integer); }

bool has_order(const types::Type& type) {
  using enum types::Kind;
  switch (type.kind) {
    case integer:
    case decimal:
    case percent:
    case money:
    case text:
    case instant:
    case date:
    case time_of_day:
    case duration:
    case boolean:
    case enumeration:
      return true;
    case error:
    case absent:
    case period:
    case time_zone:
    case record:
    case list:
    case set:
    case delivery:
      return false;
  }
  return false;
}

}  // namespace

std::optional<std::int64_t> FilterCheck::field_argument(const types::Type& list, std::size_t at, types::Type& type) {
  const types::Type& element = list.element();
  type = element;
  if (!has(at)) return -1;
  const std::string* name = literal_text(arguments_[at]);
  if (name == nullptr) {
    context()
        .report(Kind::template_dynamic, arguments_[at].span)
        .with("what", "which field is meant")
        .help(fmt::format("name it with a text in quotes: `{}: \"…\"`", name_));
    return std::nullopt;
  }
  if (element.kind != types::Kind::record) {
    context()
        .report(Kind::template_filter_input, arguments_[at].span)
        .with("filter", name_)
        .with("expected", "a list of records, when it names a field")
        .with("found", context().quoted(list));
    return std::nullopt;
  }
  const types::Record& record = context().model.types.at(element.record);
  const auto field = record.find(*name);
  if (!field) {
    std::vector<std::string> known;
    for (const types::Field& each : record.fields) known.push_back(each.name);
    const Span place = arguments_[at].span;
    Diagnostic& diagnostic = context().report(Kind::template_unknown_field, place).with("path", *name).with("owner", record.name);
    context().suggest(diagnostic, {place.file_id, place.begin + 1, place.end - 1}, *name, known);
    diagnostic.secondary(record.span, "declared here");
    return std::nullopt;
  }
  type = record.fields[*field].type;
  return static_cast<std::int64_t>(*field);
}

Operand FilterCheck::ends(Operand input) {
  if (!list(input)) return error();
  const types::Type type = types::optional(input.type().element());
  return make_operand(native_expr(name_ == "first" ? Native::first_of : Native::last_of, type, span(), std::move(input.expr)));
}

Operand FilterCheck::joined(Operand input) {
  if (!list(input)) return error();
  const types::Kind element = input.type().element().kind;
  if (element == types::Kind::record || element == types::Kind::instant || input.type().element().element_of) {
    wrong_input(input, "a list of texts or numbers");
    return error();
  }
  ExprPtr between = text_argument(0, " ");
  if (!between) return error();
  return make_operand(native_expr(Native::_join, types::text(), span(), std::move(input.expr), std::move(between)));
}

Operand FilterCheck::sorted(Operand input) {
  if (!list(input)) return error();
  types::Type key;
  const auto field = field_argument(input.type(), 0, key);
  if (!field) return error();
  if (!has_order(types::required(key))) {
    wrong_input(input, "a list whose elements have an order, or the name of a field that has one");
    return error();
  }
  const bool natural = name_ == "sort_natural";
  const types::Type type = as_list(input.type());
  if (*field < 0) return make_operand(native_expr(natural ? Native::_sort_natural : Native::_sort, type, span(), std::move(input.expr)));
  return make_operand(native_expr(natural ? Native::_sort_natural_by : Native::_sort_by, type, span(), std::move(input.expr), integer_constant(*field, span())));
}

Operand FilterCheck::unique(Operand input) {
  if (!list(input)) return error();
  types::Type key;
  const auto field = field_argument(input.type(), 0, key);
  if (!field) return error();
  const types::Type type = as_list(input.type());
  if (*field < 0) return make_operand(native_expr(Native::_unique, type, span(), std::move(input.expr)));
  return make_operand(native_expr(Native::_unique_by, type, span(), std::move(input.expr), integer_constant(*field, span())));
}

Operand FilterCheck::reversed(Operand input) {
  if (!list(input)) return error();
  const types::Type type = as_list(input.type());
  return make_operand(native_expr(Native::_reverse, type, span(), std::move(input.expr)));
}

// A list has no absent elements.
Operand FilterCheck::compacted(Operand input) {
  return list(input) ? std::move(input) : error();
}

Operand FilterCheck::concat(Operand input) {
  if (!list(input)) return error();
  Operand& other = arguments_[0];
  const types::Type type = as_list(input.type());
  if (!other.is_list() || as_list(other.type()) != type) {
    wrong_argument(0, context().quoted(type));
    return error();
  }
  if (!checker_.require_present(other, "`concat` needs it")) return error();
  return make_operand(native_expr(Native::_concat_lists, type, span(), std::move(input.expr), std::move(other.expr)));
}

Operand FilterCheck::mapped(Operand input) {
  if (!list(input)) return error();
  types::Type key;
  const auto field = field_argument(input.type(), 0, key);
  if (!field) return error();
  if (key.optional) {
    const std::string name = *literal_text(arguments_[0]);
    context()
        .report(Kind::template_may_be_absent, arguments_[0].span)
        .with("value", name)
        .label("this is " + context().quoted(key) + ": a list holds no absent elements")
        .help(fmt::format("take the elements that have it: `| where: \"{0}\" | map: \"{0}\"` does not tell, so go through the list with `for`", name));
    return error();
  }
  return make_operand(native_expr(Native::_map, types::list_of(key), span(), std::move(input.expr), integer_constant(*field, span())));
}

// `where`, `reject`, `find`, `find_index`, `has`
Operand FilterCheck::selected(Operand input) {
  if (!list(input)) return error();
  types::Type key;
  const auto field = field_argument(input.type(), 0, key);
  if (!field) return error();
  ExprPtr wanted;
  if (has(1)) {
    Operand& value = arguments_[1];
    if (value.is_value() && types::required(value.type()) != types::required(key)) checker_.literal_as(value, types::required(key));
    if (value.is_error()) return error();
    if (!value.is_value() || types::required(value.type()) != types::required(key)) {
      wrong_argument(1, context().quoted(types::required(key)));
      return error();
    }
    if (!checker_.require_present(value, fmt::format("`{}` needs it", name_))) return error();
    wanted = std::move(value.expr);
  }
  const types::Type element = input.type().element();
  const types::Type type = as_list(input.type());
  std::vector<ExprPtr> arguments;
  arguments.push_back(std::move(input.expr));
  arguments.push_back(integer_constant(*field, span()));
  const bool compares = wanted != nullptr;
  if (compares) arguments.push_back(std::move(wanted));
  if (name_ == "find_index") {
    return make_operand(native_expr(compares ? Native::_index_where : Native::_index_where_true, types::optional(integer()), span(), std::move(arguments)));
  }
  arguments.push_back(boolean_constant(name_ != "reject", span()));
  ExprPtr kept = native_expr(compares ? Native::_where : Native::_where_true, type, span(), std::move(arguments));
  if (name_ == "find") return make_operand(native_expr(Native::first_of, types::optional(element), span(), std::move(kept)));
  if (name_ == "has") {
    ExprPtr none = native_expr(Native::is_empty, simple(types::Kind::boolean), span(), std::move(kept));
    return make_operand(make_expr(simple(types::Kind::boolean), span(), Not{std::move(none)}));
  }
  return make_operand(std::move(kept));
}

Operand FilterCheck::sum(Operand input) {
  if (!list(input)) return error();
  types::Type key;
  const auto field = field_argument(input.type(), 0, key);
  if (!field) return error();
  const types::Type element = types::required(key);
  const bool whole = element.kind == types::Kind::integer;
  if (!whole && element.kind != types::Kind::decimal && element.kind != types::Kind::money) {
    wrong_input(input, has(0) ? "a field that is a number" : "a list of numbers");
    return error();
  }
  ExprPtr numbers = std::move(input.expr);
  // What is absent adds nothing.
  if (*field >= 0) numbers = native_expr(Native::_map, types::list_of(element), span(), std::move(numbers), integer_constant(*field, span()));
  return make_operand(native_expr(whole ? Native::_sum_integers : Native::_sum_decimals, element, span(), std::move(numbers)));
}

}  // namespace wend::sema
