#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "compiler/diag/suggest.h"
#include "compiler/sema/template_checker.h"
#include "compiler/sema/template_filters.h"
#include "runtime/bytecode/limits.h"

// Names, fields and literals.

namespace wend::sema {

using types::simple;
using Special = Operand::Special;

namespace {

Operand special(Special which, Span span) {
  Operand result;
  result.special = which;
  result.span = span;
  return result;
}

}  // namespace

ExprPtr TemplateChecker::narrow(ExprPtr expr) const {
  if (!expr->type.optional || !flow_.knows_present(*expr)) return expr;
  const types::Type type = types::required(expr->type);
  const Span span = expr->span;
  return make_expr(type, span, Unwrap{std::move(expr)});
}

bool TemplateChecker::require_present(Operand& operand, const std::string& why) {
  if (!operand.is_value() || !operand.type().optional) return operand.is_value() || operand.special != Special::error;
  const std::string text = snippet(operand.span);
  Diagnostic& diagnostic = context_.report(Kind::template_may_be_absent, operand.span).with("value", text);
  diagnostic.label("this is " + context_.quoted(operand.type()) + ": " + why);
  const Span declared = declaration_of(*operand.expr, context_.model);
  if (declared.valid()) diagnostic.secondary(declared, "declared optional here");
  if (operand.is(types::Kind::text)) {
    diagnostic.help("say what else to use: `" + text + " | default: \"…\"`");
  } else if (text.find('|') != std::string::npos) {
    // `if` takes no filters.
    diagnostic.help("give it a name, and ask for that: `{% assign found = " + text + " %}{% if found %}`");
  } else {
    diagnostic.help("ask for it first: `{% if " + text + " %}`, or say what else to use: `| default: …`");
  }
  operand = error_operand(operand.span);
  return false;
}

// ── names ────────────────────────────────────────────────────────────────────────────────────────────────────────

Operand TemplateChecker::root(const liquid::Name& name) {
  const bool is_loop = name.text == "forloop" || name.text == "tablerowloop";
  const auto found = frame_.names.find(name.text);
  if (is_loop && found == frame_.names.end() && loops_.size() > frame_.first_loop) {
    Operand result = special(Special::loop, name.span);
    result.loop = loops_.size() - 1;
    return result;
  }
  if (found == frame_.names.end()) {
    std::vector<std::string> known;
    for (const auto& [each, binding] : frame_.names) known.push_back(each);
    if (is_loop) {
      context_.report(Kind::template_unknown_name, name.span).with("name", name.text).with("owner", frame_.owner).note("there is no loop around");
      return error_operand(name.span);
    }
    Diagnostic& diagnostic = context_.report(Kind::template_unknown_name, name.span).with("name", name.text).with("owner", frame_.owner);
    context_.suggest(diagnostic, name.span, name.text, known);
    if (frame_.isolated) {
      diagnostic.note("what `render` calls sees what it is given: `{% render \"…\", " + name.text + ": … %}`");
    } else if (known.empty()) {
      diagnostic.note("the message has no parameters");
    }
    return error_operand(name.span);
  }
  const Binding& binding = found->second;
  if (std::ranges::find(message_.parameters, binding.variable, &Parameter::variable) != message_.parameters.end()) used_.insert(binding.variable);
  if (binding.type.is_error()) return error_operand(name.span);
  if (binding.conflict) {
    context_.report(Kind::template_type_changes, name.span)
        .with("name", name.text)
        .with("before", context_.quoted(binding.type))
        .with("after", "of another type")
        .secondary(binding.span, "assigned here, on one of the ways")
        .help("use two names");
    return error_operand(name.span);
  }
  if (binding.is_mixed) {
    context_.report(Kind::template_type_changes, name.span)
        .with("name", name.text)
        .with("before", "a text")
        .with("after", "HTML")
        .secondary(binding.span, "assigned here, on one of the ways")
        .help("use two names, or `capture` it on each of the ways");
    return error_operand(name.span);
  }
  if (!flow_.assigned.contains(binding.variable)) {
    context_.report(Kind::template_unassigned, name.span)
        .with("name", name.text)
        .secondary(binding.span, "assigned here, but not on every way")
        .help("give it a value before the `if` or the loop");
    return error_operand(name.span);
  }
  Operand result = make_operand(narrow(read_variable(context_, binding.variable, name.span)));
  result.markup = binding.markup;
  result.has_tags = binding.has_tags;
  return result;
}

Operand TemplateChecker::member(Operand from, const liquid::Name& name, Span span) {
  if (from.special == Special::loop) {
    if (name.text == "parentloop" && from.loop > frame_.first_loop) {
      --from.loop;
      from.span = span;
      return from;
    }
    if (ExprPtr known = loop_member(from.loop, name.text, span)) return make_operand(std::move(known));
    std::vector<std::string> known = {"index", "index0", "rindex", "rindex0", "first", "last", "length", "name", "parentloop"};
    if (loops_[from.loop].columns) known.insert(known.end(), {"col", "col0", "col_first", "col_last", "row"});
    Diagnostic& diagnostic = context_.report(Kind::template_unknown_field, name.span).with("path", snippet(span)).with("owner", "`forloop`");
    context_.suggest(diagnostic, name.span, name.text, known);
    return error_operand(span);
  }
  if (!from.is_value()) {
    context_.report(Kind::template_unknown_field, name.span).with("path", snippet(span)).with("owner", "what is none");
    return error_operand(span);
  }
  const types::Type type = types::required(from.type());
  if (type.kind == types::Kind::record) {
    if (!require_present(from, "its fields are there only when it is")) return error_operand(span);
    const types::Record& record = context_.model.types.at(type.record);
    const auto field = record.find(name.text);
    if (!field) {
      if (context_.damaged_records.contains(static_cast<std::uint32_t>(type.record))) return error_operand(span);
      std::vector<std::string> known;
      for (const types::Field& each : record.fields) known.push_back(each.name);
      Diagnostic& diagnostic = context_.report(Kind::template_unknown_field, name.span).with("path", snippet(span)).with("owner", record.name);
      context_.suggest(diagnostic, name.span, name.text, known);
      diagnostic.secondary(record.span, "declared here");
      return error_operand(span);
    }
    const types::Field& made = record.fields[*field];
    return make_operand(narrow(make_expr(made.type, span, MemberRead{std::move(from.expr), *field}, made.labels)));
  }
  if (from.is_list() || type.kind == types::Kind::text) {
    const bool is_list = from.is_list();
    if (name.text == "size") {
      if (from.markup) {
        context_.report(Kind::template_filter_input, name.span).with("filter", "size").with("expected", "a text or a list").with("found", "HTML");
        return error_operand(span);
      }
      if (!require_present(from, "it has a size only when it is there")) return error_operand(span);
      return make_operand(native_expr(is_list ? Native::size_of : Native::length_of, simple(types::Kind::integer), span, std::move(from.expr)));
    }
    if (is_list && (name.text == "first" || name.text == "last")) {
      return element(std::move(from), make_operand(integer_constant(name.text == "first" ? 0 : -1, span)), span);
    }
  }
  Diagnostic& diagnostic = context_.report(Kind::template_unknown_field, name.span).with("path", snippet(span)).with("owner", context_.quoted(from.type()));
  if (from.is_list()) diagnostic.help("a list has `size`, `first` and `last`; go through its elements with `for`");
  return error_operand(span);
}

Operand TemplateChecker::element(Operand from, Operand index, Span span) {
  if (from.is_error() || index.is_error()) return error_operand(span);
  if (from.is(types::Kind::record)) {
    context_.report(Kind::template_dynamic, index.span).with("what", "which field is meant").help("choose between fields with `if` or `case`");
    return error_operand(span);
  }
  if (!from.is_list()) {
    context_.report(Kind::template_unknown_field, span).with("path", snippet(span)).with("owner", from.is_value() ? context_.quoted(from.type()) : "what is none");
    return error_operand(span);
  }
  if (!index.is(types::Kind::integer)) {
    context_.report(Kind::template_argument_type, index.span)
        .with("what", "the place in a list")
        .with("expected", "`Int`")
        .with("found", index.is_value() ? context_.quoted(index.type()) : "none");
    return error_operand(span);
  }
  if (!require_present(from, "it has elements only when it is there") || !require_present(index, "no place is meant without it")) {
    return error_operand(span);
  }
  const types::Type type = types::optional(from.type().element());
  return make_operand(native_expr(Native::_element, type, span, std::move(from.expr), std::move(index.expr)));
}

Operand TemplateChecker::select(Operand from, const liquid::Selector& selector) {
  const Span span = source::join(from.span, selector.span);
  if (from.is_error()) return from;
  if (selector.name) return member(std::move(from), *selector.name, span);
  return element(std::move(from), value(*selector.index), span);
}

Operand TemplateChecker::path(const liquid::Path& path, Span span) {
  Operand result = root(path.root);
  for (const liquid::Selector& selector : path.selectors) {
    if (result.is_error()) return error_operand(span);
    result = select(std::move(result), selector);
  }
  result.span = span;
  return result;
}

Operand TemplateChecker::value(const liquid::Value& value) {
  const Span span = value.span;
  if (std::holds_alternative<liquid::Nil>(value.node)) return special(Special::nil, span);
  if (std::holds_alternative<liquid::Empty>(value.node)) return special(Special::empty, span);
  if (std::holds_alternative<liquid::Blank>(value.node)) return special(Special::blank, span);
  if (const auto* boolean = std::get_if<bool>(&value.node)) return make_operand(boolean_constant(*boolean, span));
  if (const auto* integer = std::get_if<std::int64_t>(&value.node)) return make_operand(integer_constant(*integer, span));
  if (const auto* decimal = std::get_if<Decimal>(&value.node)) {
    return make_operand(make_expr(simple(types::Kind::decimal), span, Constant{*decimal}));
  }
  if (const auto* text = std::get_if<std::string>(&value.node)) return make_operand(text_constant(*text, span));
  if (const auto* path_node = std::get_if<liquid::Path>(&value.node)) return path(*path_node, span);
  const auto& range = std::get<liquid::Range>(value.node);
  ExprPtr first = loop_number(*range.first, "the beginning of a range");
  ExprPtr last = loop_number(*range.last, "the end of a range");
  if (!first || !last) return error_operand(span);
  const auto* low = first->get_if<Constant>();
  const auto* high = last->get_if<Constant>();
  std::int64_t size = 0;
  if (low != nullptr && high != nullptr) {
    const std::int64_t from = std::get<std::int64_t>(low->value);
    const std::int64_t to = std::get<std::int64_t>(high->value);
    if (from <= to && (__builtin_sub_overflow(to, from, &size) || size >= bytecode::k_range_max)) {
      context_.report(Kind::template_too_large, span).with("what", fmt::format("the range has more than {} numbers", bytecode::k_range_max));
      return error_operand(span);
    }
  }
  return make_operand(native_expr(Native::_range, types::list_of(simple(types::Kind::integer)), span, std::move(first), std::move(last)));
}

Operand TemplateChecker::filtered(const liquid::Filtered& filtered_value) {
  Operand result = value(filtered_value.value);
  for (const liquid::Filter& filter : filtered_value.filters) {
    FilterCheck check(*this, filter);
    result = check.apply(std::move(result));
    if (result.is_value() || result.is_error()) result.span = source::join(filtered_value.value.span, filter.span);
    if (result.expr) result.expr->span = result.span;
  }
  return result;
}

}  // namespace wend::sema
