#include "compiler/sema/template_checker.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "compiler/diag/suggest.h"
#include "compiler/source/paths.h"
#include "runtime/base/locale.h"

// Statements.

namespace wend::sema {

using types::simple;

namespace {

ExprPtr is_equal(ExprPtr left, ExprPtr right, Span span) {
  return make_expr(simple(types::Kind::boolean), span, Compare{CompareOp::equal, std::move(left), std::move(right)});
}

bool means_something_in_html(std::string_view text) {
  return text.find_first_of("<&") != std::string_view::npos;
}

// Between tags values are escaped when they are written; in a text that is written later they are not yet.
void keep_values_as_they_are(TemplateBody& body) {
  for (TemplateNode& node : body) {
    if (auto* value = std::get_if<WriteValue>(&node.node)) {
      auto* call = std::get_if<NativeCall>(&value->text->node);
      if (call != nullptr && static_cast<Native>(call->native) == Native::_escape) value->text = ExprPtr(std::move(call->arguments.front()));
    } else if (auto* choice = std::get_if<Choose>(&node.node)) {
      keep_values_as_they_are(choice->yes);
      keep_values_as_they_are(choice->no);
    } else if (auto* rounds = std::get_if<Rounds>(&node.node)) {
      keep_values_as_they_are(rounds->body);
    } else if (auto* capture = std::get_if<CaptureText>(&node.node); capture != nullptr && capture->goes_on) {
      keep_values_as_they_are(capture->body);
    }
  }
}

}  // namespace

TemplateChecker::TemplateChecker(Context& context, TemplateFiles& files, const Message& message, std::size_t file, TextUse use,
                                 std::string locale)
    : context_(context),
      files_(files),
      message_(message),
      file_(file),
      use_(use),
      locale_(std::move(locale)),
      isolates_(!locale_.empty() && is_right_to_left(locale_)) {
  folders_ = {context.input.files[file].folder, source::in_folder(context.input.project_folder, "templates")};
  frame_.owner = "message `" + message.name + "`";
  for (const Parameter& parameter : message.parameters) {
    Binding binding;
    binding.variable = parameter.variable;
    binding.type = parameter.type;
    binding.fixed = true;
    binding.span = parameter.span;
    frame_.names[parameter.name] = binding;
    flow_.assigned.insert(parameter.variable);
  }
}

std::optional<TemplateBody> TemplateChecker::check(const std::string& name, Span asked) {
  const std::size_t mark = context_.error_mark();
  const TemplateFiles::File* found = files_.find(context_, name, folders_, asked);
  if (found == nullptr || !found->parsed.diagnostics.empty()) return std::nullopt;
  frame_.file = found;
  rendering_.push_back(found->source->path());
  TemplateBody made = body(found->parsed.body);
  if (use_ == TextUse::html && html_.place() != liquid::HtmlPlace::text) {
    const auto end = static_cast<std::uint32_t>(found->source->text().size());
    context_.report(Kind::template_places_differ, {found->source->file_id(), end > 0 ? end - 1 : 0, end})
        .with("first", liquid::describe(html_.place()))
        .with("second", "the end of the file")
        .help("a tag, an attribute or a script is not closed");
  }
  if (context_.errors_since(mark)) return std::nullopt;
  prologue_.insert(prologue_.end(), std::make_move_iterator(made.begin()), std::make_move_iterator(made.end()));
  return std::move(prologue_);
}

TemplateBody TemplateChecker::body(const liquid::Body& nodes) {
  TemplateBody out;
  for (const liquid::Node& node : nodes) {
    if (context_.is_flooded()) break;
    std::visit([&](const auto& statement_node) { statement(statement_node, node.span, out); }, node.node);
  }
  return out;
}

// ── writing ──────────────────────────────────────────────────────────────────────────────────────────────────────

void TemplateChecker::write_text(const std::string& text, Span span, TemplateBody& out) {
  if (use_ == TextUse::html) html_.advance(text);
  writes_markup_ = writes_markup_ || means_something_in_html(text);
  out.push_back({WriteText{text}, span});
}
void TemplateChecker::statement(const liquid::Text& node, Span span, TemplateBody& out) {
  write_text(node.text, span, out);
}

void TemplateChecker::write(Operand operand, Span span, TemplateBody& out) {
  if (operand.is_error()) return;
  if (operand.special == Operand::Special::loop) {
    context_.report(Kind::not_renderable, operand.span).with("type", "`forloop`").help("write what it knows: `forloop.index`");
    return;
  }
  if (!require_present(operand, "it would print nothing")) return;
  writes_markup_ = writes_markup_ || operand.markup;
  const bool isolates = isolates_ && !operand.markup && (use_ != TextUse::html || liquid::is_for_people(html_.place()));
  ExprPtr text = Printer(context_, !locale_.empty()).escaped(std::move(operand), use_, html_);
  if (use_ == TextUse::html) html_.advance_value();
  if (!text) return;
  if (isolates) out.push_back({WriteText{std::string(k_first_strong_isolate)}, span});
  out.push_back({WriteValue{std::move(text)}, span});
  if (isolates) out.push_back({WriteText{std::string(k_pop_isolate)}, span});
}
void TemplateChecker::statement(const liquid::Output& node, Span span, TemplateBody& out) {
  write(filtered(node.value), span, out);
}

// ── branches ─────────────────────────────────────────────────────────────────────────────────────────────────────

TemplateChecker::Branch TemplateChecker::here(Span from) const {
  return {frame_.names, flow_, html_, from};
}
void TemplateChecker::go_back(const Branch& branch) {
  frame_.names = branch.names;
  flow_ = branch.flow;
  html_ = branch.html;
}

void TemplateChecker::join(std::vector<Branch> ends) {
  std::erase_if(ends, [](const Branch& branch) { return !branch.flow.reachable; });
  if (ends.empty()) {
    flow_.reachable = false;
    return;
  }
  std::vector<Edge> edges;
  Bindings names = ends.front().names;
  liquid::HtmlContext html = ends.front().html;
  for (const Branch& branch : ends) {
    edges.push_back({branch.flow, branch.from});
    if (!html.join(branch.html)) {
      context_.report(Kind::template_places_differ, branch.from)
          .with("first", liquid::describe(ends.front().html.place()))
          .with("second", liquid::describe(branch.html.place()))
          .secondary(ends.front().from, "this leaves it otherwise")
          .note("what is done to values behind it depends on where they stand");
    }
    for (const auto& [name, binding] : branch.names) {
      const auto [mine, is_new] = names.try_emplace(name, binding);
      if (!is_new) join(mine->second, binding);
    }
  }
  frame_.names = std::move(names);
  flow_ = merge(std::move(edges));
  html_ = html;
}

void TemplateChecker::join(Binding& mine, const Binding& other) const {
  mine.conflict = mine.conflict || other.conflict || mine.variable != other.variable;
  mine.is_mixed = mine.is_mixed || other.is_mixed || (mine.markup != other.markup && !mine.is_either && !other.is_either);
  const Binding& decided = mine.is_either ? other : mine;
  mine.is_either = mine.is_either && other.is_either;
  mine.markup = decided.markup;
  mine.has_tags = mine.has_tags || other.has_tags;
}

void TemplateChecker::branches(const liquid::If& node, std::size_t at, TemplateBody& out, std::vector<Branch>& ends) {
  if (at == node.branches.size()) {
    ends.push_back(here(node.branches.back().span));
    return;
  }
  const liquid::IfBranch& branch = node.branches[at];
  if (!branch.condition) {
    TemplateBody inside = body(branch.body);
    std::ranges::move(inside, std::back_inserter(out));
    ends.push_back(here(branch.span));
    return;
  }
  Truth truth = this->truth(*branch.condition);
  if (branch.negated && truth.expr) {
    std::swap(truth.when_true, truth.when_false);
    const Span span = truth.expr->span;
    truth.expr = make_expr(simple(types::Kind::boolean), span, Not{std::move(truth.expr)});
  }
  Choose choice;
  choice.condition = std::move(truth.expr);
  const Branch before = here(branch.span);
  flow_.learn(truth.when_true);
  choice.yes = body(branch.body);
  ends.push_back(here(branch.span));
  go_back(before);
  flow_.learn(truth.when_false);
  branches(node, at + 1, choice.no, ends);
  if (choice.condition) out.push_back({std::move(choice), branch.span});
}

void TemplateChecker::statement(const liquid::If& node, Span, TemplateBody& out) {
  std::vector<Branch> ends;
  branches(node, 0, out, ends);
  join(std::move(ends));
}

void TemplateChecker::arms(const liquid::Case& node, VariableId subject, std::size_t at, TemplateBody& out, std::vector<Branch>& ends) {
  if (at == node.arms.size()) {
    ends.push_back(here(node.subject.span));
    return;
  }
  const liquid::CaseArm& arm = node.arms[at];
  if (arm.values.empty()) {
    TemplateBody inside = body(arm.body);
    std::ranges::move(inside, std::back_inserter(out));
    ends.push_back(here(arm.span));
    return;
  }
  Choose choice;
  Facts facts;
  for (const liquid::Value& each : arm.values) {
    Truth truth = compare(liquid::Comparison::equal, each.span, make_operand(narrow(read_variable(context_, subject, node.subject.span))),
                          value(each), each.span);
    if (!truth.expr) continue;
    facts = choice.condition ? either(facts, truth.when_true) : truth.when_true;
    choice.condition = choice.condition ? make_expr(simple(types::Kind::boolean), each.span, Or{std::move(choice.condition), std::move(truth.expr)})
                                        : std::move(truth.expr);
  }
  const Branch before = here(arm.span);
  flow_.learn(facts);
  choice.yes = body(arm.body);
  ends.push_back(here(arm.span));
  go_back(before);
  arms(node, subject, at + 1, choice.no, ends);
  if (choice.condition) out.push_back({std::move(choice), arm.span});
}

void TemplateChecker::statement(const liquid::Case& node, Span span, TemplateBody& out) {
  Operand subject = value(node.subject);
  if (subject.is_error()) return;
  if (!subject.is_value() || subject.markup) {
    const std::string what = subject.is_value() ? "HTML" : "this";
    context_.report(Kind::template_not_comparable, subject.span).with("operator", "case").with("left", what).with("right", "anything");
    return;
  }
  // A parameter stays what it is, so that what is learned holds for it.
  const auto* variable = subject.expr->get_if<Variable>();
  const VariableId known = variable != nullptr ? variable->variable : let("case", std::move(subject.expr), span, out);
  std::vector<Branch> ends;
  arms(node, known, 0, out, ends);
  join(std::move(ends));
}

// ── names ────────────────────────────────────────────────────────────────────────────────────────────────────────

VariableId TemplateChecker::new_variable(const std::string& name, const types::Type& type, Span span, types::Labels labels) {
  VariableInfo info;
  info.kind = VariableKind::argument;
  info.name = info.qualified_name = name;
  info.type = type;
  info.labels = labels;
  info.span = span;
  const VariableId variable = context_.new_variable(std::move(info));
  return variable;
}

VariableId TemplateChecker::let(const std::string& name, ExprPtr value, Span span, TemplateBody& out) {
  const VariableId variable = new_variable(name, value->type, span, value->labels);
  out.push_back({AssignVariable{variable, std::move(value)}, span});
  return variable;
}

VariableId TemplateChecker::counter(const std::string& key, ExprPtr begin, Span span) {
  const auto [place, is_new] = counters_.try_emplace(fmt::format("{} {}", frame_.scope, key));
  if (is_new) {
    place->second = let(key, std::move(begin), span, prologue_);
  }
  return place->second;
}

VariableId TemplateChecker::variable_of(const std::string& name, const types::Type& type, types::Labels labels, Span span) {
  const std::string key = fmt::format("{} {} {}", frame_.scope, name, types::to_string(type, context_.model.types));
  const auto [place, is_new] = variables_.try_emplace(key);
  if (is_new) place->second = new_variable(name, type, span, labels);
  VariableInfo& info = context_.variable(place->second);
  info.labels = info.labels | labels;
  return place->second;
}

void TemplateChecker::forget(VariableId variable) {
  flow_.facts.erase_where([&](const auto& fact) {
    return fact.first.root == Path::Root::variable && fact.first.id == static_cast<std::uint32_t>(variable);
  });
}

TemplateChecker::Binding TemplateChecker::bound(const Operand& value, Span span) const {
  const std::string* literal = literal_text(value);
  Binding binding;
  binding.type = value.type();
  binding.markup = value.markup;
  binding.has_tags = value.has_tags;
  binding.is_either = literal != nullptr && literal->find_first_of("<>&\"'") == std::string::npos;
  binding.loops = loops_.size();
  binding.span = span;
  return binding;
}

void TemplateChecker::bind(const liquid::Name& name, Operand value, Span span, TemplateBody& out) {
  const types::Type type = value.type();
  const auto before = frame_.names.find(name.text);
  Binding binding = bound(value, name.span);
  const bool goes_round = before != frame_.names.end() && before->second.loops < loops_.size() && !before->second.fixed;
  if (goes_round && before->second.type == type && before->second.markup != value.markup && !binding.is_either) {
    context_.report(Kind::template_type_changes, name.span)
        .with("name", name.text)
        .with("before", value.markup ? "HTML" : "a text")
        .with("after", value.markup ? "a text" : "HTML")
        .secondary(before->second.span, "assigned before the loop")
        .note("the next round would begin with the other")
        .help("use another name inside of the loop");
    return;
  }
  if (goes_round && before->second.type != type) {
    context_.report(Kind::template_type_changes, name.span)
        .with("name", name.text)
        .with("before", context_.quoted(type))
        .with("after", context_.quoted(before->second.type))
        .secondary(before->second.span, "assigned before the loop")
        .note("the next round would begin with the other type")
        .help("use another name inside of the loop");
    return;
  }
  binding.variable = variable_of(name.text, type, value.expr->labels, name.span);
  if (before != frame_.names.end() && !before->second.fixed) binding.loops = before->second.loops;
  if (goes_round) {
    // Every round begins with what the first one and the others leave.
    binding.markup = before->second.markup;
    binding.has_tags = binding.has_tags || before->second.has_tags;
    binding.is_either = false;
  }
  forget(binding.variable);
  flow_.assigned.insert(binding.variable);
  frame_.names[name.text] = binding;
  out.push_back({AssignVariable{binding.variable, std::move(value.expr)}, span});
}

void TemplateChecker::statement(const liquid::Assign& node, Span span, TemplateBody& out) {
  Operand made = filtered(node.value);
  if (made.is_error()) return;
  if (!made.is_value()) {
    context_.report(Kind::template_argument_type, made.span)
        .with("what", "what `assign` names")
        .with("expected", "a value")
        .with("found", "a word for none");
    return;
  }
  bind(node.name, std::move(made), span, out);
}

void TemplateChecker::statement(const liquid::Capture& node, Span span, TemplateBody& out) {
  const liquid::HtmlContext outside = std::exchange(html_, liquid::HtmlContext());
  const bool outside_writes_markup = std::exchange(writes_markup_, false);
  TemplateBody inside = body(node.body);
  const bool is_markup = std::exchange(writes_markup_, outside_writes_markup) && use_ == TextUse::html;
  if (use_ == TextUse::html && !is_markup) keep_values_as_they_are(inside);
  if (use_ == TextUse::html && html_.place() != liquid::HtmlPlace::text) {
    context_.report(Kind::template_places_differ, node.name.span)
        .with("first", liquid::describe(html_.place()))
        .with("second", liquid::describe(liquid::HtmlPlace::text))
        .note("what is captured is a piece of HTML that is whole in itself");
  }
  html_ = outside;
  CaptureText capture{new_variable(node.name.text, types::text(), span), std::move(inside)};
  const VariableId captured = capture.variable;
  out.push_back({std::move(capture), span});
  Operand text = make_operand(read_variable(context_, captured, node.name.span));
  text.markup = text.has_tags = is_markup;
  bind(node.name, std::move(text), span, out);
}

// ── counting ─────────────────────────────────────────────────────────────────────────────────────────────────────

void TemplateChecker::statement(const liquid::Count& node, Span span, TemplateBody& out) {
  const VariableId variable = counter("counter " + node.name.text, integer_constant(0, span), span);
  ExprPtr number = read_variable(context_, variable, span);
  if (node.down) {
    out.push_back({AssignVariable{variable, minus(std::move(number), integer_constant(1, span), span)}, span});
    write(make_operand(read_variable(context_, variable, span)), span, out);
    return;
  }
  write(make_operand(std::move(number)), span, out);
  out.push_back({AssignVariable{variable, plus(read_variable(context_, variable, span), integer_constant(1, span), span)}, span});
}

void TemplateChecker::statement(const liquid::Cycle& node, Span span, TemplateBody& out) {
  std::string key = "cycle " + node.key;
  if (node.group) {
    const auto* text = std::get_if<std::string>(&node.group->node);
    const auto* number = std::get_if<std::int64_t>(&node.group->node);
    if (text == nullptr && number == nullptr) {
      context_.report(Kind::template_dynamic, node.group->span).with("what", "which cycle is meant").help("name it with a text in quotes");
      return;
    }
    key = "group " + (text != nullptr ? *text : std::to_string(*number));
  }
  const VariableId place = counter(key, integer_constant(0, span), span);
  const liquid::HtmlContext before = html_;
  TemplateBody chain;
  for (std::size_t at = node.values.size(); at-- > 0;) {
    html_ = before;
    Choose choice;
    choice.condition =
        is_equal(read_variable(context_, place, span), integer_constant(static_cast<std::int64_t>(at), span), span);
    write(value(node.values[at]), node.values[at].span, choice.yes);
    choice.no = std::move(chain);
    chain = TemplateBody();
    chain.push_back({std::move(choice), span});
  }
  std::ranges::move(chain, std::back_inserter(out));
  ExprPtr next = plus(read_variable(context_, place, span), integer_constant(1, span), span);
  ExprPtr is_over = make_expr(simple(types::Kind::boolean), span,
                              Compare{CompareOp::greater_equal, plus(read_variable(context_, place, span), integer_constant(1, span), span),
                                      integer_constant(static_cast<std::int64_t>(node.values.size()), span)});
  out.push_back({AssignVariable{place, choose(std::move(is_over), integer_constant(0, span), std::move(next), span)}, span});
}

void TemplateChecker::statement(const liquid::IfChanged& node, Span span, TemplateBody& out) {
  const VariableId last = counter("ifchanged", text_constant("", span), span);
  CaptureText capture{new_variable("ifchanged", types::text(), span), body(node.body), true};
  const VariableId text = capture.variable;
  out.push_back({std::move(capture), span});
  Choose choice;
  choice.condition = is_equal(read_variable(context_, text, span), read_variable(context_, last, span), span);
  choice.no.push_back({WriteValue{read_variable(context_, text, span)}, span});
  choice.no.push_back({AssignVariable{last, read_variable(context_, text, span)}, span});
  out.push_back({std::move(choice), span});
}

}  // namespace wend::sema
