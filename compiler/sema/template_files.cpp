#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "compiler/diag/suggest.h"
#include "compiler/sema/template_checker.h"
#include "compiler/source/paths.h"
#include "compiler/source/utf8.h"
#include "runtime/base/utf8.h"

// Files of templates, and what they render of each other.

namespace wend::sema {

using types::simple;

namespace {

// Of one template, the ones it renders among them: each `render` stands for the whole file.
constexpr std::size_t k_expansions_max = 500;

// Where the file may be, inside of the project.
std::vector<std::string> paths_of(const Context& context, const std::string& name, const std::vector<std::string>& folders) {
  std::vector<std::string> result;
  if (name.empty() || name.starts_with('/')) return result;
  for (const std::string& folder : folders) {
    std::string path = source::in_folder(folder, name);
    const bool is_known = std::ranges::find(result, path) != result.end();
    if (!is_known && context.input.store->is_inside(path, context.input.project_folder)) result.push_back(std::move(path));
  }
  return result;
}

// What is no text is not read any further: every other finding would come of that.
liquid::Parsed parsed(const source::SourceFile& file) {
  const auto refused = [&](Kind kind, std::size_t at) {
    liquid::Parsed result;
    const auto begin = static_cast<std::uint32_t>(at);
    result.diagnostics.emplace_back(kind, Span{file.file_id(), begin, begin + 1});
    return result;
  };
  if (const auto at = source::find_invalid_utf8(file.text())) return refused(Kind::invalid_utf8, *at);
  if (const auto at = file.text().find('\0'); at != std::string_view::npos) return refused(Kind::null_byte, at);
  return liquid::parse(file);
}

}  // namespace

const TemplateFiles::File* TemplateFiles::find(Context& context, const std::string& name, const std::vector<std::string>& folders,
                                               Span asked) {
  if (!context.input.store || !context.input.sources) return nullptr;
  std::optional<source::FileError> missing;
  std::string places;
  const std::vector<std::string> paths = paths_of(context, name, folders);
  if (paths.empty()) {
    context.may_read(name, source::in_folder(folders.front(), name), asked);
    return nullptr;
  }
  for (const std::string& path : paths) {
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
    if (text->starts_with(k_byte_order_mark)) text->erase(0, k_byte_order_mark.size());
    made->source = &context.input.sources->add(path, std::move(*text));
    made->parsed = parsed(*made->source);
    for (const Diagnostic& each : made->parsed.diagnostics) context.diagnostics.push_back(each);
    return made.get();
  }
  if (!missing) return nullptr;
  Diagnostic diagnostic = diag::from_file_error(*missing, asked);
  if (missing->kind == source::FileErrorKind::not_found) diagnostic.note("looked for " + places);
  context.diagnostics.push_back(std::move(diagnostic));
  return nullptr;
}

void TemplateChecker::statement(const liquid::Render& node, Span span, TemplateBody& out) {
  const auto* name = std::get_if<std::string>(&node.file.node);
  if (name == nullptr || name->empty()) {
    context_.report(Kind::template_dynamic, node.file.span)
        .with("what", "which file is meant")
        .help("name the file with a text in quotes; choose between files with `if` or `case`");
    return;
  }
  std::vector<std::string> folders = {source::folder_of(frame_.file->source->path())};
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
    Binding binding = bound(given, argument.name->span);
    binding.variable = let(argument.name->text, std::move(given.expr), argument.value.span, out);
    flow_.assigned.insert(binding.variable);
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
    Binding binding = bound(given, node.with->span);
    binding.variable = let(alias, std::move(given.expr), node.with->span, out);
    flow_.assigned.insert(binding.variable);
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
