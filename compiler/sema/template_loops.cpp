#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "compiler/sema/template_checker.h"
#include "runtime/bytecode/limits.h"

// Loops.

namespace wend::sema {

using types::simple;

namespace {

types::Type integer() { return simple(types::Kind::integer); }

ExprPtr is_at_least(ExprPtr left, ExprPtr right, Span span) {
  return make_expr(simple(types::Kind::boolean), span, Compare{CompareOp::greater_equal, std::move(left), std::move(right)});
}
ExprPtr is_same(ExprPtr left, ExprPtr right, Span span) {
  return make_expr(simple(types::Kind::boolean), span, Compare{CompareOp::equal, std::move(left), std::move(right)});
}
ExprPtr larger(ExprPtr left, ExprPtr right, Span span) {
  return native_expr(Native::_maximum_integer, integer(), span, std::move(left), std::move(right));
}
ExprPtr smaller(ExprPtr left, ExprPtr right, Span span) {
  return native_expr(Native::_minimum_integer, integer(), span, std::move(left), std::move(right));
}

// The body, and every other one inside of it.
template <typename Visit>
void for_each_body(const liquid::Body& body, const Visit& visit) {
  visit(body);
  for (const liquid::Node& node : body) {
    if (const auto* capture = std::get_if<liquid::Capture>(&node.node)) for_each_body(capture->body, visit);
    if (const auto* changed = std::get_if<liquid::IfChanged>(&node.node)) for_each_body(changed->body, visit);
    if (const auto* loop = std::get_if<liquid::For>(&node.node)) {
      for_each_body(loop->body, visit);
      for_each_body(loop->otherwise, visit);
    }
    if (const auto* branches = std::get_if<liquid::If>(&node.node)) {
      for (const liquid::IfBranch& branch : branches->branches) for_each_body(branch.body, visit);
    }
    if (const auto* choice = std::get_if<liquid::Case>(&node.node)) {
      for (const liquid::CaseArm& arm : choice->arms) for_each_body(arm.body, visit);
    }
  }
}

bool may_hold_markup(const liquid::Body& body) {
  constexpr std::array<std::string_view, 3> k_making = {"raw", "escape_once", "newline_to_br"};
  bool found = false;
  for_each_body(body, [&](const liquid::Body& inner) {
    for (const liquid::Node& node : inner) {
      const auto* text = std::get_if<liquid::Text>(&node.node);
      const auto* output = std::get_if<liquid::Output>(&node.node);
      found = found || (text != nullptr && text->text.find_first_of("<&") != std::string::npos) || std::holds_alternative<liquid::Render>(node.node);
      if (output == nullptr) continue;
      found = found || std::ranges::any_of(output->value.filters, [&](const liquid::Filter& filter) {
                return std::ranges::find(k_making, filter.name.text) != k_making.end();
              });
    }
  });
  return found;
}

}  // namespace

ExprPtr TemplateChecker::minus(ExprPtr left, ExprPtr right, Span span) {
  return make_expr(integer(), span, Arithmetic{ArithmeticOp::subtract_integer, std::move(left), std::move(right)});
}
ExprPtr TemplateChecker::plus(ExprPtr left, ExprPtr right, Span span) {
  return make_expr(integer(), span, Arithmetic{ArithmeticOp::add_integer, std::move(left), std::move(right)});
}

ExprPtr TemplateChecker::loop_number(const liquid::Value& value, const std::string& what) {
  Operand number = this->value(value);
  if (number.is_error()) return nullptr;
  if (const std::string* text = literal_text(number)) {
    // Liquid takes '2' for 2.
    const auto parsed = Decimal::parse(*text);
    const auto whole = parsed ? parsed->to_int() : std::nullopt;
    if (whole) return integer_constant(*whole, number.span);
  }
  if (number.is(types::Kind::integer)) {
    if (!require_present(number, "the loop would not know")) return nullptr;
    return std::move(number.expr);
  }
  context_.report(Kind::template_argument_type, number.span)
      .with("what", what)
      .with("expected", "`Int`")
      .with("found", number.is_value() ? context_.quoted(number.type()) : "none");
  return nullptr;
}

// What is true at the beginning of every round: nothing about names that a round assigns.
void TemplateChecker::enter_loop(const liquid::Body& body) {
  std::set<std::string> names;
  bool all = false;
  collect_assigned(body, names, all);
  std::set<std::string> captured;
  collect_markup(body, captured);
  for (auto& [name, binding] : frame_.names) {
    if (binding.fixed || (!all && !names.contains(name))) continue;
    forget(binding.variable);
    // `assign list = ""` before a loop that captures HTML into it.
    if (binding.is_either) binding.markup = binding.has_tags = captured.contains(name);
    binding.is_either = false;
  }
}

void TemplateChecker::collect_markup(const liquid::Body& body, std::set<std::string>& names) const {
  if (use_ != TextUse::html) return;
  for_each_body(body, [&](const liquid::Body& inner) {
    for (const liquid::Node& node : inner) {
      const auto* capture = std::get_if<liquid::Capture>(&node.node);
      if (capture != nullptr && may_hold_markup(capture->body)) names.insert(capture->name.text);
    }
  });
}

void TemplateChecker::collect_assigned(const liquid::Body& body, std::set<std::string>& names, bool& all) const {
  for_each_body(body, [&](const liquid::Body& inner) {
    for (const liquid::Node& node : inner) {
      if (const auto* assign = std::get_if<liquid::Assign>(&node.node)) names.insert(assign->name.text);
      if (const auto* capture = std::get_if<liquid::Capture>(&node.node)) names.insert(capture->name.text);
      const auto* render = std::get_if<liquid::Render>(&node.node);
      all = all || (render != nullptr && !render->isolated);
    }
  });
}

std::optional<TemplateChecker::Round> TemplateChecker::range_rounds(const liquid::For& node, const liquid::Range& range, Span span,
                                                                    TemplateBody& out) {
  ExprPtr first = loop_number(*range.first, "the beginning of a range");
  ExprPtr last = loop_number(*range.last, "the end of a range");
  if (!first || !last) return std::nullopt;
  const auto known = [](const Expr& expr) {
    const auto* constant = expr.get_if<Constant>();
    return constant != nullptr ? std::get_if<std::int64_t>(&constant->value) : nullptr;
  };
  const std::int64_t* low = known(*first);
  const std::int64_t* high = known(*last);
  std::int64_t size = 0;
  if (low != nullptr && high != nullptr && *low <= *high &&
      (__builtin_sub_overflow(*high, *low, &size) || size >= bytecode::k_range_max) && !node.options.limit) {
    context_.report(Kind::template_too_large, node.collection.span)
        .with("what", fmt::format("the range has more than {} numbers", bytecode::k_range_max));
    return std::nullopt;
  }
  Round round;
  round.is_range = true;
  round.element = integer();
  const VariableId begin = let("first", std::move(first), span, out);
  round.count = larger(plus(minus(std::move(last), read_variable(context_, begin, span), span), integer_constant(1, span), span),
                       integer_constant(0, span), span);
  round.first = read_variable(context_, begin, span);
  return round;
}

std::optional<TemplateChecker::Round> TemplateChecker::rounds(const liquid::For& node, Span span, TemplateBody& out) {
  if (const auto* range = std::get_if<liquid::Range>(&node.collection.node)) return range_rounds(node, *range, span, out);
  Operand collection = value(node.collection);
  if (collection.is_error()) return std::nullopt;
  if (!collection.is_list()) {
    Diagnostic& diagnostic = context_.report(Kind::template_not_a_list, node.collection.span)
                                 .with("found", collection.is_value() ? context_.quoted(collection.type()) : "none");
    if (collection.is(types::Kind::record)) diagnostic.help("write the fields of a record one by one: each has its own type");
    return std::nullopt;
  }
  if (!require_present(collection, "there may be nothing to go through")) return std::nullopt;
  Round round;
  round.element = collection.type().element();
  round.labels = collection.expr->labels;
  round.list = let("list", std::move(collection.expr), span, out);
  round.count = native_expr(Native::size_of, integer(), span, read_variable(context_, round.list, span));
  return round;
}

void TemplateChecker::statement(const liquid::For& node, Span span, TemplateBody& out) {
  // Without a list nothing is known of the element, and what stands in the loop says nothing more.
  if (auto round = rounds(node, span, out)) run_rounds(node, std::move(*round), span, out);
}

void TemplateChecker::run_rounds(const liquid::For& node, Round round, Span span, TemplateBody& out) {
  const VariableId all = let("all", std::move(round.count), span, out);
  const auto read = [&](VariableId variable) { return read_variable(context_, variable, span); };
  // The first element, and how many.
  const std::string name = node.variable.text + "-" + std::string(frame_.file->source->text(node.collection.span));
  const bool may_go_on = frame_.file->source->text().find("continue") != std::string_view::npos;
  const VariableId reached = may_go_on ? counter("reached " + name, integer_constant(0, span), span) : VariableId{};
  ExprPtr offset = integer_constant(0, span);
  if (node.options.continues) offset = smaller(read(reached), read(all), span);
  if (node.options.offset) offset = loop_number(*node.options.offset, "`offset`");
  if (!offset) return;
  const VariableId begin = let("offset", smaller(larger(std::move(offset), integer_constant(0, span), span), read(all), span), span, out);
  ExprPtr count = minus(read(all), read(begin), span);
  if (node.options.limit) {
    ExprPtr limit = loop_number(*node.options.limit, "`limit`");
    if (!limit) return;
    count = smaller(std::move(count), larger(std::move(limit), integer_constant(0, span), span), span);
  }
  Rounds made;
  made.count = let("count", std::move(count), span, out);
  if (may_go_on) out.push_back({AssignVariable{reached, plus(read(begin), read(made.count), span)}, span});
  made.counter = new_variable("counter", integer(), span);
  made.item = new_variable(node.variable.text, round.element, node.variable.span, round.labels);
  ExprPtr place = node.options.reversed ? minus(minus(plus(read(begin), read(made.count), span), integer_constant(1, span), span), read(made.counter), span)
                                        : plus(read(begin), read(made.counter), span);
  if (round.is_range) {
    made.value = plus(std::move(round.first), std::move(place), span);
  } else {
    made.value = make_expr(round.element, span,
                           Unwrap{native_expr(Native::_element, types::optional(round.element), span, read(round.list), std::move(place))},
                           round.labels);
  }
  Loop loop{made.counter, made.count, nullptr, name, html_};
  if (node.is_table) {
    loop.columns = node.options.columns ? loop_number(*node.options.columns, "`cols`") : read(made.count);
    if (!loop.columns) return;
    // At least one, so that dividing by it makes sense.
    const VariableId columns = let("columns", larger(std::move(loop.columns), integer_constant(1, span), span), span, out);
    loop.columns = read(columns);
    write_text("<tr class=\"row1\">\n", span, out);
    loop.at_begin = html_;
  }
  // Also behind the loop: a round may have ended anywhere.
  enter_loop(node.body);
  const Branch before = here(span);
  flow_.assigned.insert(made.item);
  Binding binding;
  binding.variable = made.item;
  binding.type = round.element;
  binding.fixed = true;
  binding.loops = loops_.size() + 1;
  binding.span = node.variable.span;
  const auto hidden = frame_.names.find(node.variable.text);
  const std::optional<Binding> shadowed = hidden == frame_.names.end() ? std::nullopt : std::optional(hidden->second);
  loops_.push_back(std::move(loop));
  frame_.names[node.variable.text] = binding;
  if (node.is_table) table(loops_.back(), made.body, true, span);
  TemplateBody inside = body(node.body);
  std::ranges::move(inside, std::back_inserter(made.body));
  if (node.is_table) table(loops_.back(), made.body, false, span);
  if (flow_.reachable && !(html_ == loops_.back().at_begin)) {
    context_.report(Kind::template_places_differ, span)
        .with("first", liquid::describe(loops_.back().at_begin.place()))
        .with("second", liquid::describe(html_.place()))
        .note("every round of a loop begins where the last one ended");
  }
  loops_.pop_back();
  frame_.names.erase(node.variable.text);
  if (shadowed) frame_.names[node.variable.text] = *shadowed;
  flow_.reachable = true;
  std::vector<Branch> ends = {before, here(span)};
  ends.back().html = before.html;
  const VariableId rounds_count = made.count;
  if (node.otherwise.empty()) {
    join(std::move(ends));
    out.push_back({std::move(made), span});
  } else {
    Choose choice;
    choice.condition = is_at_least(read(rounds_count), integer_constant(1, span), span);
    choice.yes.push_back({std::move(made), span});
    go_back(before);
    choice.no = body(node.otherwise);
    ends.push_back(here(span));
    join(std::move(ends));
    out.push_back({std::move(choice), span});
  }
  if (node.is_table) write_text("</tr>\n", span, out);
}

// The cells of a `tablerow` around what stands in it.
void TemplateChecker::table(const Loop& loop, TemplateBody& body, bool before, Span span) {
  const auto counter = [&] { return read_variable(context_, loop.counter, span); };
  const auto columns = [&] { return read_variable(context_, loop.columns->as<Variable>().variable, span); };
  const auto column = [&] { return native_expr(Native::_modulo_integer, integer(), span, counter(), columns()); };
  if (before) {
    write_text("<td class=\"col", span, body);
    write(make_operand(plus(column(), integer_constant(1, span), span)), span, body);
    write_text("\">", span, body);
    return;
  }
  write_text("</td>", span, body);
  // A row is full, and another one follows.
  Choose choice;
  ExprPtr is_full = is_same(column(), minus(columns(), integer_constant(1, span), span), span);
  ExprPtr is_more = make_expr(simple(types::Kind::boolean), span,
                              Compare{CompareOp::less, plus(counter(), integer_constant(1, span), span), read_variable(context_, loop.count, span)});
  choice.condition = make_expr(simple(types::Kind::boolean), span, And{std::move(is_full), std::move(is_more)});
  const liquid::HtmlContext outside = html_;
  write_text("</tr>\n<tr class=\"row", span, choice.yes);
  ExprPtr row = native_expr(Native::_floor_divide, integer(), span, counter(), columns());
  write(make_operand(plus(std::move(row), integer_constant(2, span), span)), span, choice.yes);
  write_text("\">", span, choice.yes);
  html_ = outside;
  body.push_back({std::move(choice), span});
}

void TemplateChecker::statement(const liquid::Break&, Span span, TemplateBody& out) {
  if (loops_.size() == frame_.first_loop) {
    context_.report(Kind::template_unmatched, span).with("tag", "break").note("it ends a loop, and there is none around");
    return;
  }
  if (loops_.back().columns) write_text("</td>", span, out);
  if (!(html_ == loops_.back().at_begin)) {
    context_.report(Kind::template_places_differ, span)
        .with("first", liquid::describe(loops_.back().at_begin.place()))
        .with("second", liquid::describe(html_.place()));
  }
  out.push_back({StopRounds{}, span});
  flow_.reachable = false;
}
void TemplateChecker::statement(const liquid::Continue&, Span span, TemplateBody& out) {
  if (loops_.size() == frame_.first_loop) {
    context_.report(Kind::template_unmatched, span).with("tag", "continue").note("it goes on with a loop, and there is none around");
    return;
  }
  if (loops_.back().columns) table(loops_.back(), out, false, span);
  if (!(html_ == loops_.back().at_begin)) {
    context_.report(Kind::template_places_differ, span)
        .with("first", liquid::describe(loops_.back().at_begin.place()))
        .with("second", liquid::describe(html_.place()));
  }
  out.push_back({NextRound{}, span});
  flow_.reachable = false;
}

// What `forloop` and `tablerowloop` know; null for what they do not.
ExprPtr TemplateChecker::loop_member(std::size_t at, const std::string& member, Span span) {
  const Loop& loop = loops_[at];
  const auto counter = [&] { return read_variable(context_, loop.counter, span); };
  const auto count = [&] { return read_variable(context_, loop.count, span); };
  const auto one = [&] { return integer_constant(1, span); };
  if (member == "index") return plus(counter(), one(), span);
  if (member == "index0") return counter();
  if (member == "rindex") return minus(count(), counter(), span);
  if (member == "rindex0") return minus(minus(count(), counter(), span), one(), span);
  if (member == "first") return is_same(counter(), integer_constant(0, span), span);
  if (member == "last") return is_same(plus(counter(), one(), span), count(), span);
  if (member == "length") return count();
  if (member == "name") return text_constant(loop.name, span);
  if (!loop.columns) return nullptr;
  const auto columns = [&] { return read_variable(context_, loop.columns->as<Variable>().variable, span); };
  const auto column = [&] { return native_expr(Native::_modulo_integer, integer(), span, counter(), columns()); };
  if (member == "col0") return column();
  if (member == "col") return plus(column(), one(), span);
  if (member == "col_first") return is_same(column(), integer_constant(0, span), span);
  if (member == "col_last") return is_same(plus(column(), one(), span), columns(), span);
  if (member == "row") return plus(native_expr(Native::_floor_divide, integer(), span, counter(), columns()), one(), span);
  return nullptr;
}

}  // namespace wend::sema
