#include "compiler/sema/template_checker.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "compiler/diag/suggest.h"
#include "compiler/source/utf8.h"
#include "runtime/base/locale.h"

// Files and statements.

namespace wend::sema {

using types::simple;

namespace {

// Of one template, the ones it renders among them: each `render` stands for the whole file.
constexpr std::size_t k_expansions_max = 500;

ExprPtr is_equal(ExprPtr left, ExprPtr right, Span span) {
  return make_expr(simple(types::Kind::boolean), span, Compare{CompareOp::equal, std::move(left), std::move(right)});
}

std::string folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? "." : std::string(path.substr(0, slash == 0 ? 1 : slash));
}
std::string in_folder(const std::string& folder, const std::string& name) {
  return folder.empty() || folder == "." || name.front() == '/' ? name : folder + "/" + name;
}

}  // namespace

const TemplateFiles::File* TemplateFiles::find(Context& context, const std::string& name, const std::vector<std::string>& folders,
                                               Span asked) {
  if (!context.input.store || !context.input.sources || name.empty()) return nullptr;
  std::optional<source::FileError> missing;
  std::string places;
  for (const std::string& folder : folders) {
    const std::string path = in_folder(folder, name);
    if (const auto known = files_.find(path); known != files_.end()) return known->second.get();
    auto text = context.input.store->read(path);
    if (!text) {
      if (!missing) missing = text.error();
      places += fmt::format("{}`{}`", places.empty() ? "" : ", ", path);
      if (text.error().kind == source::FileErrorKind::not_found) continue;
      break;
    }
    auto& made = files_[path];
    if (text->size() > liquid::k_template_bytes_max) {
      context.report(Kind::file_too_large, asked)
          .with("path", path)
          .with("size", static_cast<std::int64_t>(text->size()))
          .with("limit", static_cast<std::int64_t>(liquid::k_template_bytes_max));
      return nullptr;
    }
    made = std::make_unique<File>();
    context.imported_paths.insert(path);
    made->source = &context.input.sources->add(path, std::move(*text));
    made->parsed = liquid::parse(*made->source);
    if (source::find_invalid_utf8(made->source->text())) {
      made->parsed.diagnostics.clear();
      made->parsed.diagnostics.emplace_back(Kind::invalid_utf8, made->source->whole());
    }
    for (const Diagnostic& each : made->parsed.diagnostics) context.diagnostics.push_back(each);
    return made.get();
  }
  if (!missing) return nullptr;
  Diagnostic diagnostic = diag::from_file_error(*missing, asked);
  if (missing->kind == source::FileErrorKind::not_found) diagnostic.note("looked for " + places);
  context.diagnostics.push_back(std::move(diagnostic));
  return nullptr;
}

TemplateChecker::TemplateChecker(Context& context, TemplateFiles& files, const Message& message, std::size_t file, TextUse use,
                                 std::string locale)
    : context_(context),
      files_(files),
      message_(message),
      file_(file),
      use_(use),
      locale_(std::move(locale)),
      isolates_(!locale_.empty() && is_right_to_left(locale_)) {
  folders_ = {context.input.files[file].folder, in_folder(context.input.project_folder, "templates")};
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
  const bool isolates = isolates_ && !operand.markup && (use_ != TextUse::html || html_.place() == liquid::HtmlPlace::text);
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
  for (const Branch& branch : ends) {
    edges.push_back({branch.flow, branch.from});
    if (!(branch.html == ends.front().html)) {
      context_.report(Kind::template_places_differ, branch.from)
          .with("first", liquid::describe(ends.front().html.place()))
          .with("second", liquid::describe(branch.html.place()))
          .secondary(ends.front().from, "this leaves it otherwise")
          .note("what is done to values behind it depends on where they stand");
    }
    for (const auto& [name, binding] : branch.names) {
      const auto [mine, is_new] = names.try_emplace(name, binding);
      if (is_new) continue;
      mine->second.conflict = mine->second.conflict || binding.conflict || mine->second.variable != binding.variable;
      mine->second.markup = mine->second.markup && binding.markup;
    }
  }
  const liquid::HtmlContext html = ends.front().html;
  frame_.names = std::move(names);
  flow_ = merge(std::move(edges));
  html_ = html;
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
  if (!subject.is_value()) {
    context_.report(Kind::template_not_comparable, subject.span).with("operator", "case").with("left", "this").with("right", "anything");
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
  flow_.assigned.insert(variable);
  out.push_back({AssignVariable{variable, std::move(value)}, span});
  return variable;
}

VariableId TemplateChecker::counter(const std::string& key, ExprPtr begin, Span span) {
  const auto [place, is_new] = counters_.try_emplace(fmt::format("{} {}", frame_.scope, key));
  if (is_new) {
    place->second = let(key, std::move(begin), span, prologue_);
  }
  flow_.assigned.insert(place->second);
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

void TemplateChecker::bind(const liquid::Name& name, Operand value, Span span, TemplateBody& out) {
  const types::Type type = value.type();
  const auto before = frame_.names.find(name.text);
  if (before != frame_.names.end() && before->second.loops < loops_.size() && !before->second.fixed && before->second.type != type) {
    context_.report(Kind::template_type_changes, name.span)
        .with("name", name.text)
        .with("before", context_.quoted(type))
        .with("after", context_.quoted(before->second.type))
        .secondary(before->second.span, "assigned before the loop")
        .note("the next round would begin with the other type")
        .help("use another name inside of the loop");
    return;
  }
  Binding binding;
  binding.variable = variable_of(name.text, type, value.expr->labels, name.span);
  binding.type = type;
  binding.markup = value.markup;
  binding.loops = before != frame_.names.end() && !before->second.fixed ? before->second.loops : loops_.size();
  binding.span = name.span;
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
  TemplateBody inside = body(node.body);
  if (use_ == TextUse::html && html_.place() != liquid::HtmlPlace::text) {
    context_.report(Kind::template_places_differ, node.name.span)
        .with("first", liquid::describe(html_.place()))
        .with("second", liquid::describe(liquid::HtmlPlace::text))
        .note("what is captured is a piece of HTML that is whole in itself");
  }
  html_ = outside;
  CaptureText capture{new_variable(node.name.text, types::text(), span), std::move(inside)};
  const VariableId captured = capture.variable;
  flow_.assigned.insert(captured);
  out.push_back({std::move(capture), span});
  Operand text = make_operand(read_variable(context_, captured, node.name.span));
  text.markup = use_ == TextUse::html || use_ == TextUse::address;
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
  CaptureText capture{new_variable("ifchanged", types::text(), span), body(node.body)};
  const VariableId text = capture.variable;
  flow_.assigned.insert(text);
  out.push_back({std::move(capture), span});
  Choose choice;
  choice.condition = is_equal(read_variable(context_, text, span), read_variable(context_, last, span), span);
  choice.no.push_back({WriteValue{read_variable(context_, text, span)}, span});
  choice.no.push_back({AssignVariable{last, read_variable(context_, text, span)}, span});
  out.push_back({std::move(choice), span});
}

// ── other files ──────────────────────────────────────────────────────────────────────────────────────────────────

void TemplateChecker::statement(const liquid::Render& node, Span span, TemplateBody& out) {
  const auto* name = std::get_if<std::string>(&node.file.node);
  if (name == nullptr || name->empty()) {
    context_.report(Kind::template_dynamic, node.file.span)
        .with("what", "which file is meant")
        .help("name the file with a text in quotes; choose between files with `if` or `case`");
    return;
  }
  std::vector<std::string> folders = {folder_of(frame_.file->source->path())};
  folders.insert(folders.end(), folders_.begin(), folders_.end());
  const std::string file_name = name->ends_with(".liquid") ? *name : *name + ".liquid";
  const TemplateFiles::File* file = files_.find(context_, file_name, folders, node.file.span);
  if (file == nullptr || !file->parsed.diagnostics.empty()) return;
  if (const auto around = std::ranges::find(rendering_, file->source->path()); around != rendering_.end()) {
    std::string circle;
    for (auto each = around; each != rendering_.end(); ++each) circle += *each + " → ";
    context_.report(Kind::template_renders_itself, node.file.span).with("circle", circle + file->source->path());
    return;
  }
  if (++expansions_ > k_expansions_max) {
    if (expansions_ == k_expansions_max + 1) {
      context_.report(Kind::template_too_large, span)
          .with("what", fmt::format("the template renders more than {} files, all counted", k_expansions_max));
    }
    return;
  }
  Bindings names = node.isolated ? Bindings() : frame_.names;
  for (const liquid::Argument& argument : node.arguments) {
    if (!argument.name) continue;
    Operand given = value(argument.value);
    if (given.is_error() || !given.is_value()) continue;
    Binding binding;
    binding.type = given.type();
    binding.markup = given.markup;
    binding.loops = loops_.size();
    binding.span = argument.name->span;
    binding.variable = let(argument.name->text, std::move(given.expr), argument.value.span, out);
    names[argument.name->text] = binding;
  }
  render_file(node, *file, std::move(names), span, out);
}

void TemplateChecker::render_file(const liquid::Render& node, const TemplateFiles::File& file, Bindings names, Span span, TemplateBody& out) {
  std::string stem = file.source->path();
  stem = stem.substr(stem.rfind('/') == std::string::npos ? 0 : stem.rfind('/') + 1);
  if (const std::size_t dot = stem.find('.'); dot != std::string::npos) stem.resize(dot);
  const std::string alias = node.alias ? node.alias->text : stem;
  const auto run = [&](TemplateBody& into) {
    Frame outside = std::exchange(frame_, Frame());
    frame_.file = &file;
    frame_.names = std::move(names);
    frame_.isolated = node.isolated;
    frame_.scope = node.isolated ? ++scopes_ : outside.scope;
    frame_.first_loop = node.isolated && !node.each ? loops_.size() : (node.isolated ? loops_.size() - 1 : outside.first_loop);
    frame_.owner = node.isolated ? "`render`" : outside.owner;
    rendering_.push_back(file.source->path());
    const std::size_t mark = context_.error_mark();
    TemplateBody inside = body(file.parsed.body);
    context_.forget_repeats_since(mark);
    std::ranges::move(inside, std::back_inserter(into));
    rendering_.pop_back();
    Bindings left = std::move(frame_.names);
    frame_ = std::move(outside);
    if (!node.isolated) frame_.names = std::move(left);
  };
  if (!node.with) return run(out);
  if (!node.each) {
    Operand given = value(*node.with);
    if (given.is_error() || !given.is_value()) return;
    Binding binding;
    binding.type = given.type();
    binding.markup = given.markup;
    binding.loops = loops_.size();
    binding.span = node.with->span;
    binding.variable = let(alias, std::move(given.expr), node.with->span, out);
    names[alias] = binding;
    return run(out);
  }
  Operand list = value(*node.with);
  if (list.is_error()) return;
  if (!list.is_list()) {
    context_.report(Kind::template_not_a_list, node.with->span).with("found", list.is_value() ? context_.quoted(list.type()) : "none");
    return;
  }
  const types::Type element = list.type().element();
  const VariableId all = let("list", std::move(list.expr), span, out);
  const VariableId count = let("count", native_expr(Native::size_of, simple(types::Kind::integer), span, read_variable(context_, all, span)), span, out);
  Rounds rounds;
  rounds.counter = new_variable("counter", simple(types::Kind::integer), span);
  rounds.count = count;
  rounds.item = new_variable(alias, element, span);
  flow_.assigned.insert(rounds.counter);
  flow_.assigned.insert(rounds.item);
  rounds.value = make_expr(element, span,
                           Unwrap{native_expr(Native::_element, types::optional(element), span, read_variable(context_, all, span),
                                              read_variable(context_, rounds.counter, span))});
  Binding binding;
  binding.variable = rounds.item;
  binding.type = element;
  binding.fixed = true;
  binding.loops = loops_.size() + 1;
  binding.span = node.with->span;
  names[alias] = binding;
  loops_.push_back({rounds.counter, count, nullptr, alias, html_});
  enter_loop(file.parsed.body);
  const Flow before = flow_;
  run(rounds.body);
  if (!(html_ == loops_.back().at_begin)) {
    context_.report(Kind::template_places_differ, span)
        .with("first", liquid::describe(loops_.back().at_begin.place()))
        .with("second", liquid::describe(html_.place()));
  }
  flow_ = before;
  loops_.pop_back();
  out.push_back({std::move(rounds), span});
}

}  // namespace wend::sema
