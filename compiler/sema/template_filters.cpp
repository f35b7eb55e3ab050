#include "compiler/sema/template_filters.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "runtime/base/time.h"

// The table of filters, their arguments, and those that concern texts.

namespace wend::sema {

using types::simple;

namespace {

types::Type integer() { return simple(types::Kind::integer); }

std::string count_of(std::size_t least, std::size_t most) {
  const auto arguments = [](std::size_t count) { return fmt::format("{} argument{}", count == 0 ? "no" : std::to_string(count), count == 1 ? "" : "s"); };
  if (least == most) return arguments(least);
  return fmt::format("{} to {}", least == 0 ? "no" : std::to_string(least), arguments(most));
}

// `2016-03-14`, `2016-03-14T09:00:00Z`, `March 14, 2016`, seconds since 1970.
std::optional<TimestampMs> read_date(const std::string& text) {
  if (const auto at = parse_rfc3339(text)) return at;
  if (const auto date = parse_date(text)) return *date * k_day_ms;
  if (const auto number = Decimal::parse(text); number && number->to_int() && !number->is_negative()) return *number->to_int() * 1000;
  constexpr std::array<std::string_view, 12> k_months = {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"};
  std::string lower;
  for (const char c : text) lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  for (std::size_t month = 0; month < k_months.size(); ++month) {
    if (!lower.starts_with(k_months[month])) continue;
    int day = 0;
    int year = 0;
    const std::size_t space = lower.find(' ');
    if (space == std::string::npos || std::sscanf(lower.c_str() + space, " %2d, %4d", &day, &year) != 2) return std::nullopt;
    if (day < 1 || year < 1 || day > days_in_month(year, static_cast<int>(month) + 1)) return std::nullopt;
    return days_from_civil({year, static_cast<int32_t>(month) + 1, day}) * k_day_ms;
  }
  return std::nullopt;
}

}  // namespace

types::Type as_list(const types::Type& list) {
  return types::list_of(list.element());
}

const std::vector<FilterCheck::Spec>& FilterCheck::specs() {
  using F = FilterCheck;
  static const std::vector<Spec> k_specs = {
      {"abs", 0, 0, &F::absolute},
      {"append", 1, 1, &F::appended},
      {"at_least", 1, 1, &F::bounded},
      {"at_most", 1, 1, &F::bounded},
      {"base64_decode", 0, 0, &F::base64_decode},
      {"base64_encode", 0, 0, &F::base64_encode},
      {"base64_url_safe_decode", 0, 0, &F::base64_decode},
      {"base64_url_safe_encode", 0, 0, &F::base64_encode},
      {"capitalize", 0, 0, &F::capitalize},
      {"ceil", 0, 0, &F::rounded},
      {"compact", 0, 0, &F::compacted},
      {"concat", 1, 1, &F::concat},
      {"date", 1, 1, &F::date},
      {"default", 1, 1, &F::defaulted},
      {"divided_by", 1, 1, &F::divided},
      {"downcase", 0, 0, &F::downcase},
      {"escape", 0, 0, &F::escape},
      {"escape_once", 0, 0, &F::escape_once},
      {"find", 1, 2, &F::selected},
      {"find_index", 1, 2, &F::selected},
      {"first", 0, 0, &F::ends},
      {"floor", 0, 0, &F::rounded},
      {"h", 0, 0, &F::escape},
      {"has", 1, 2, &F::selected},
      {"join", 0, 1, &F::joined},
      {"last", 0, 0, &F::ends},
      {"lstrip", 0, 0, &F::strip},
      {"map", 1, 1, &F::mapped},
      {"minus", 1, 1, &F::arithmetic},
      {"modulo", 1, 1, &F::modulo},
      {"newline_to_br", 0, 0, &F::newline_to_br},
      {"plus", 1, 1, &F::arithmetic},
      {"prepend", 1, 1, &F::appended},
      {"raw", 0, 0, &F::raw},
      {"reject", 1, 2, &F::selected},
      {"remove", 1, 1, &F::replaced},
      {"remove_first", 1, 1, &F::replaced},
      {"remove_last", 1, 1, &F::replaced},
      {"replace", 1, 2, &F::replaced},
      {"replace_first", 1, 2, &F::replaced},
      {"replace_last", 2, 2, &F::replaced},
      {"reverse", 0, 0, &F::reversed},
      {"round", 0, 1, &F::rounded},
      {"rstrip", 0, 0, &F::strip},
      {"size", 0, 0, &F::size},
      {"slice", 1, 2, &F::sliced},
      {"sort", 0, 1, &F::sorted},
      {"sort_natural", 0, 1, &F::sorted},
      {"split", 1, 1, &F::split},
      {"strip", 0, 0, &F::strip},
      {"strip_html", 0, 0, &F::strip_html},
      {"strip_newlines", 0, 0, &F::strip_newlines},
      {"sum", 0, 1, &F::sum},
      {"times", 1, 1, &F::arithmetic},
      {"truncate", 0, 2, &F::truncated},
      {"truncatewords", 0, 2, &F::truncated},
      {"uniq", 0, 1, &F::unique},
      {"upcase", 0, 0, &F::upcase},
      {"url_decode", 0, 0, &F::url_decode},
      {"url_encode", 0, 0, &F::url_encode},
      {"where", 1, 2, &F::selected},
  };
  return k_specs;
}

bool FilterCheck::read_arguments(const Spec& spec) {
  bool is_right = true;
  for (const liquid::Argument& argument : filter_.arguments) {
    Operand given = checker_.value(argument.value);
    is_right = is_right && !given.is_error();
    if (!argument.name) {
      arguments_.push_back(std::move(given));
      continue;
    }
    if (name_ != "default" || argument.name->text != "allow_false") {
      context()
          .report(Kind::template_filter_arguments, argument.name->span)
          .with("filter", name_)
          .with("expected", "no argument of that name")
          .with("found", "`" + argument.name->text + "`");
      is_right = false;
    }
    named_[argument.name->text] = std::move(given);
  }
  if (arguments_.size() >= spec.least && arguments_.size() <= spec.most) return is_right;
  context()
      .report(Kind::template_filter_arguments, span())
      .with("filter", name_)
      .with("expected", count_of(spec.least, spec.most))
      .with("found", arguments_.empty() ? "none" : std::to_string(arguments_.size()));
  return false;
}

Operand FilterCheck::apply(Operand input) {
  const auto spec = std::ranges::find_if(specs(), [&](const Spec& each) { return name_ == each.name; });
  if (spec == specs().end()) {
    std::vector<std::string> known;
    for (const Spec& each : specs()) known.emplace_back(each.name);
    Diagnostic& diagnostic = context().report(Kind::template_unknown_filter, filter_.name.span).with("filter", name_);
    context().suggest(diagnostic, filter_.name.span, name_, known);
    return error();
  }
  const bool is_right = read_arguments(*spec);
  if (input.is_error() || !is_right) return error();
  if (!input.is_value()) {
    if (input.special == Operand::Special::nil && name_ == "default") return std::move(arguments_[0]);
    wrong_input(input, "a value");
    return error();
  }
  if (input.markup && !takes_markup()) {
    context()
        .report(Kind::template_filter_input, filter_.name.span)
        .with("filter", name_)
        .with("expected", "a text")
        .with("found", "HTML")
        .secondary(input.span, "this is HTML")
        .help("change the values before they are part of the HTML; `raw` comes last");
    return error();
  }
  if (name_ != "default" && !checker_.require_present(input, fmt::format("`{}` needs a value", name_))) return error();
  return (this->*spec->handler)(std::move(input));
}

// What leaves HTML whole.
bool FilterCheck::takes_markup() const {
  constexpr std::array<std::string_view, 12> k_whole = {"append", "prepend", "default", "raw",            "escape",     "escape_once",
                                                        "strip",  "lstrip",  "rstrip",  "strip_newlines", "strip_html", "newline_to_br"};
  return std::ranges::find(k_whole, name_) != k_whole.end();
}

// ── inputs and arguments ─────────────────────────────────────────────────────────────────────────────────────────

void FilterCheck::wrong_input(const Operand& input, const std::string& expected) {
  context()
      .report(Kind::template_filter_input, filter_.name.span)
      .with("filter", name_)
      .with("expected", expected)
      .with("found", input.is_value() ? context().quoted(input.type()) : "a word for none")
      .secondary(input.span, input.is_value() ? "this is " + context().quoted(input.type()) : "this");
}
ExprPtr FilterCheck::wrong_argument(std::size_t at, const std::string& expected) {
  const Operand& argument = arguments_[at];
  context()
      .report(Kind::template_argument_type, argument.span)
      .with("what", fmt::format("argument {} of `{}`", at + 1, name_))
      .with("expected", expected)
      .with("found", argument.is_value() ? context().quoted(argument.type()) : "a word for none");
  return nullptr;
}

// A text, or what is printed as one by itself.
ExprPtr FilterCheck::text(Operand operand) {
  if (operand.is_list() || operand.is(types::Kind::record)) {
    wrong_input(operand, "a text");
    return nullptr;
  }
  return Printer(context(), !checker_.locale_.empty()).text(std::move(operand));
}

bool FilterCheck::list(Operand& input) {
  if (input.is_list()) return true;
  wrong_input(input, "a list");
  return false;
}

ExprPtr FilterCheck::text_argument(std::size_t at, const char* fallback) {
  if (!has(at)) return text_constant(fallback, span());
  Operand& argument = arguments_[at];
  if (argument.markup && !takes_markup()) {
    context()
        .report(Kind::template_argument_type, argument.span)
        .with("what", fmt::format("argument {} of `{}`", at + 1, name_))
        .with("expected", "a text")
        .with("found", "HTML");
    return nullptr;
  }
  if (!argument.is_value() || argument.is_list() || argument.is(types::Kind::record)) return wrong_argument(at, "a text");
  if (!checker_.require_present(argument, fmt::format("`{}` needs it", name_))) return nullptr;
  return Printer(context(), !checker_.locale_.empty()).text(std::move(argument));
}

ExprPtr FilterCheck::integer_argument(std::size_t at, std::int64_t fallback) {
  if (!has(at)) return integer_constant(fallback, span());
  Operand& argument = arguments_[at];
  if (const std::string* literal = literal_text(argument)) {
    const auto parsed = Decimal::parse(*literal);
    if (parsed && parsed->to_int()) return integer_constant(*parsed->to_int(), argument.span);
  }
  if (!argument.is(types::Kind::integer)) return wrong_argument(at, "`Int`");
  if (!checker_.require_present(argument, fmt::format("`{}` needs it", name_))) return nullptr;
  return std::move(argument.expr);
}

// ── texts ────────────────────────────────────────────────────────────────────────────────────────────────────────

Operand FilterCheck::of_text(Operand input, Native native) {
  ExprPtr made = text(std::move(input));
  return made ? make_operand(native_expr(native, types::text(), span(), std::move(made))) : error();
}

Operand FilterCheck::of_markup(Operand input, Native native) {
  const bool markup = input.markup;
  const bool has_tags = input.has_tags;
  Operand result = of_text(std::move(input), native);
  result.markup = markup;
  result.has_tags = has_tags;
  return result;
}

// In a page every text is escaped where it is written: once is enough.
Operand FilterCheck::escape(Operand input) {
  if (input.markup) return input;
  if (checker_.use_ != TextUse::html) return of_text(std::move(input), Native::_escape);
  ExprPtr made = text(std::move(input));
  return made ? make_operand(std::move(made)) : error();
}
Operand FilterCheck::newline_to_br(Operand input) {
  if (checker_.use_ == TextUse::html && !input.markup) input = of_text(std::move(input), Native::_escape);
  if (input.is_error()) return error();
  Operand result = of_text(std::move(input), Native::_newline_to_br);
  result.markup = result.has_tags = checker_.use_ == TextUse::html;
  return result;
}
Operand FilterCheck::escape_once(Operand input) {
  if (input.markup) return input;
  Operand result = of_text(std::move(input), Native::_escape_once);
  result.markup = checker_.use_ == TextUse::html;
  return result;
}
Operand FilterCheck::url_encode(Operand input) {
  Operand result = of_text(std::move(input), Native::_url_encode);
  result.url_encoded = true;
  return result;
}
Operand FilterCheck::raw(Operand input) {
  ExprPtr made = text(std::move(input));
  if (!made) return error();
  Operand result = make_operand(std::move(made));
  result.markup = checker_.use_ == TextUse::html;
  return result;
}

Operand FilterCheck::strip(Operand input) {
  const bool markup = input.markup;
  const bool has_tags = input.has_tags;
  ExprPtr made = text(std::move(input));
  if (!made) return error();
  const std::int64_t sides = name_ == "lstrip" ? 1 : (name_ == "rstrip" ? 2 : 3);
  Operand result = make_operand(native_expr(Native::_strip, types::text(), span(), std::move(made), integer_constant(sides, span())));
  result.markup = markup;
  result.has_tags = has_tags;
  return result;
}

// A literal has no markup that its author did not mean.
ExprPtr FilterCheck::as_markup(ExprPtr text, bool is_markup) const {
  const auto* constant = text->get_if<Constant>();
  const bool is_literal = constant != nullptr && std::holds_alternative<std::string>(constant->value);
  return is_markup || is_literal ? std::move(text) : native_expr(Native::_escape, types::text(), span(), std::move(text));
}

Operand FilterCheck::appended(Operand input) {
  const bool markup = input.markup || arguments_[0].markup;
  const bool has_tags = input.has_tags || arguments_[0].has_tags;
  const bool is_markup = input.markup;
  ExprPtr made = text(std::move(input));
  ExprPtr other = text_argument(0);
  if (!made || !other) return error();
  if (markup) {
    made = as_markup(std::move(made), is_markup);
    other = as_markup(std::move(other), arguments_[0].markup);
  }
  if (name_ == "prepend") std::swap(made, other);
  Operand result = make_operand(make_expr(types::text(), span(), Arithmetic{ArithmeticOp::concat, std::move(made), std::move(other)}));
  result.markup = markup;
  result.has_tags = has_tags;
  return result;
}

Operand FilterCheck::replaced(Operand input) {
  ExprPtr made = text(std::move(input));
  ExprPtr from = text_argument(0);
  ExprPtr to = text_argument(1);
  if (!made || !from || !to) return error();
  const Native native = name_.ends_with("_first") ? Native::_replace_first : (name_.ends_with("_last") ? Native::_replace_last : Native::_replace);
  return make_operand(native_expr(native, types::text(), span(), std::move(made), std::move(from), std::move(to)));
}

Operand FilterCheck::truncated(Operand input) {
  const bool words = name_ == "truncatewords";
  ExprPtr made = text(std::move(input));
  ExprPtr limit = integer_argument(0, words ? 15 : 50);
  ExprPtr end = text_argument(1, "...");
  if (!made || !limit || !end) return error();
  const Native native = words ? Native::_truncate_words : Native::_truncate;
  return make_operand(native_expr(native, types::text(), span(), std::move(made), std::move(limit), std::move(end)));
}

Operand FilterCheck::sliced(Operand input) {
  ExprPtr first = integer_argument(0, 0);
  ExprPtr count = integer_argument(1, 1);
  if (!first || !count) return error();
  if (input.is_list()) {
    const types::Type type = as_list(input.type());
    return make_operand(native_expr(Native::_slice_list, type, span(), std::move(input.expr), std::move(first), std::move(count)));
  }
  ExprPtr made = text(std::move(input));
  if (!made) return error();
  return make_operand(native_expr(Native::_slice_text, types::text(), span(), std::move(made), std::move(first), std::move(count)));
}

Operand FilterCheck::base64_encode(Operand input) {
  ExprPtr made = text(std::move(input));
  if (!made) return error();
  ExprPtr is_url = boolean_constant(name_ == "base64_url_safe_encode", span());
  return make_operand(native_expr(Native::_base64_encode, types::text(), span(), std::move(made), std::move(is_url)));
}
Operand FilterCheck::base64_decode(Operand input) {
  if (!input.is(types::Kind::text)) {
    wrong_input(input, "a text");
    return error();
  }
  return of_text(std::move(input), Native::_base64_decode);
}

Operand FilterCheck::split(Operand input) {
  if (has(0) && arguments_[0].special == Operand::Special::nil) arguments_[0] = make_operand(text_constant("", arguments_[0].span));
  ExprPtr made = text(std::move(input));
  ExprPtr by = text_argument(0);
  if (!made || !by) return error();
  return make_operand(native_expr(Native::_split, types::list_of(types::text()), span(), std::move(made), std::move(by)));
}

Operand FilterCheck::size(Operand input) {
  const bool is_list = input.is_list();
  if (is_list) return make_operand(native_expr(Native::size_of, integer(), span(), std::move(input.expr)));
  if (!input.is(types::Kind::text)) {
    wrong_input(input, "a text or a list");
    return error();
  }
  return make_operand(native_expr(Native::length_of, integer(), span(), std::move(input.expr)));
}

Operand FilterCheck::date(Operand input) {
  const std::string* pattern = literal_text(arguments_[0]);
  if (pattern == nullptr) {
    context()
        .report(Kind::template_dynamic, arguments_[0].span)
        .with("what", "how the date is written")
        .help("write the pattern in quotes: `date: \"%d %B %Y\"`");
    return error();
  }
  ExprPtr instant;
  ExprPtr zone = make_expr(simple(types::Kind::time_zone), span(), CustomerZone{});
  const auto in_utc = [&] { zone = make_expr(simple(types::Kind::time_zone), span(), Constant{std::string("UTC")}); };
  const types::Type instant_type = simple(types::Kind::instant);
  if (const std::string* literal = literal_text(input)) {
    if (*literal == "now" || *literal == "today") {
      instant = make_expr(instant_type, span(), Now{});
    } else if (const auto at = read_date(*literal)) {
      instant = make_expr(instant_type, span(), Constant{std::int64_t{*at}});
      in_utc();
    }
  } else if (input.is(types::Kind::instant)) {
    instant = std::move(input.expr);
  } else if (input.is(types::Kind::date)) {
    ExprPtr midnight = make_expr(simple(types::Kind::time_of_day), span(), Constant{std::int64_t{0}});
    ExprPtr utc = make_expr(simple(types::Kind::time_zone), span(), Constant{std::string("UTC")});
    instant = native_expr(Native::_instant_of, instant_type, span(), std::move(input.expr), std::move(midnight), std::move(utc));
    in_utc();
  } else if (input.is(types::Kind::integer)) {
    instant = native_expr(Native::_instant_of_seconds, instant_type, span(), std::move(input.expr));
  }
  if (!instant) {
    wrong_input(input, "an `Instant` or a `Date`");
    return error();
  }
  return make_operand(native_expr(Native::_date_text, types::text(), span(), std::move(instant), text_constant(*pattern, span()), std::move(zone)));
}

// Stands in for what is absent, an empty text or list, and `false`.
Operand FilterCheck::defaulted(Operand input) {
  Operand& fallback = arguments_[0];
  if (!fallback.is_value()) {
    wrong_argument(0, "a value");
    return error();
  }
  if (!checker_.require_present(fallback, "it should stand in for what is absent")) return error();
  const types::Type wanted = types::required(input.type());
  if (types::required(fallback.type()) != wanted) checker_.literal_as(fallback, wanted);
  if (fallback.is_error()) return error();
  if (fallback.type() != wanted) {
    // A number has its own text: `count | default: "none"` is a text.
    wrong_argument(0, context().quoted(wanted));
    return error();
  }
  const bool markup = input.markup || fallback.markup;
  const bool has_tags = input.has_tags || fallback.has_tags;
  const bool is_markup = input.markup;
  ExprPtr value = std::move(input.expr);
  const types::Labels labels = value->labels | fallback.expr->labels;
  const bool is_text = wanted.kind == types::Kind::text;
  const bool is_list = wanted.element_of != nullptr;
  const auto allow = named_.find("allow_false");
  const bool allows_false = allow != named_.end() && allow->second.is(types::Kind::boolean) && allow->second.expr->get_if<Constant>() != nullptr &&
                            std::get<std::int64_t>(allow->second.expr->as<Constant>().value) != 0;
  if (!is_text && !is_list) {
    if (value->type.optional) {
      return make_operand(make_expr(wanted, span(), Otherwise{std::move(value), std::move(fallback.expr)}));
    }
    if (wanted.kind != types::Kind::boolean || allows_false) return make_operand(std::move(value));
    return make_operand(make_expr(wanted, span(), Or{std::move(value), std::move(fallback.expr)}));
  }
  if (value->type.optional) {
    ExprPtr nothing = is_text ? text_constant("", span()) : make_expr(wanted, span(), MakeList{});
    nothing->type = wanted;
    value = make_expr(wanted, span(), Otherwise{std::move(value), std::move(nothing)});
  }
  // Asked and given: computed once.
  const VariableId held = checker_.new_variable("value", wanted, span(), labels);
  ExprPtr is_empty = native_expr(Native::is_empty, simple(types::Kind::boolean), span(), read_variable(context(), held, span()));
  ExprPtr given = read_variable(context(), held, span());
  if (markup) {
    given = as_markup(std::move(given), is_markup);
    fallback.expr = as_markup(std::move(fallback.expr), fallback.markup);
  }
  ExprPtr chosen = choose(std::move(is_empty), std::move(fallback.expr), std::move(given), span());
  Operand result = make_operand(make_expr(wanted, span(), LetIn{held, std::move(value), std::move(chosen)}));
  result.markup = markup;
  result.has_tags = has_tags;
  return result;
}

}  // namespace wend::sema
