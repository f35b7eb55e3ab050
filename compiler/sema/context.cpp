#include "compiler/sema/context.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "compiler/diag/suggest.h"
#include "compiler/sema/walk.h"

namespace wend::sema {

Context::Context(const CheckInput& input, Model& model) : input(input), model(model) {
  complete = std::ranges::all_of(input.files, &InputFile::complete);
}

Diagnostic& Context::report(Kind kind, Span span) {
  return diagnostics.emplace_back(kind, span);
}

bool Context::within(int limit, std::size_t count, const std::string& owner, const char* what, Span span) {
  const auto bound = static_cast<std::size_t>(limit);
  if (count == bound) report(Kind::too_many_names, span).with("owner", owner).with("limit", limit).with("what", what);
  return count < bound;
}

void Context::suggest(Diagnostic& diagnostic, Span span, const std::string& word, const std::vector<std::string>& candidates) const {
  if (is_flooded() || candidates.size() > k_candidates_max) return;
  if (const auto near = diag::nearest(word, candidates)) {
    diagnostic.help("did you mean `" + *near + "`?", {span, *near, diag::Applicability::likely});
  }
}

bool Context::errors_since(std::size_t mark) const {
  return std::any_of(diagnostics.begin() + static_cast<std::ptrdiff_t>(mark), diagnostics.end(),
                     [](const Diagnostic& each) { return each.severity() == diag::Severity::error; });
}

void Context::forget_since(std::size_t mark) {
  diagnostics.erase(diagnostics.begin() + static_cast<std::ptrdiff_t>(mark), diagnostics.end());
}

void Context::forget_repeats_since(std::size_t mark) {
  std::set<std::pair<Kind, Span>> known;
  for (std::size_t i = 0; i < mark; ++i) known.emplace(diagnostics[i].kind(), diagnostics[i].span());
  const auto is_known = [&](const Diagnostic& each) { return known.contains({each.kind(), each.span()}); };
  diagnostics.erase(std::remove_if(diagnostics.begin() + static_cast<std::ptrdiff_t>(mark), diagnostics.end(), is_known),
                    diagnostics.end());
}

std::string Context::quoted(const types::Type& type) const {
  return "`" + types::to_string(type, model.types) + "`";
}

std::string Context::snippet(Span span, const std::string& otherwise_text) const {
  constexpr std::size_t k_snippet_bytes_max = 48;
  if (!span.valid() || !input.sources) return otherwise_text;
  const std::string_view text = input.sources->file(span.file_id).text(span);
  if (text.empty() || text.size() > k_snippet_bytes_max || text.find('\n') != std::string_view::npos) return otherwise_text;
  return std::string(text);
}

// ── symbols ──────────────────────────────────────────────────────────────────────────────────────────────────────

void Context::report_unknown(std::size_t file, const syntax::Name& name, const std::string& what,
                             const std::vector<std::string>& candidates) {
  // A file that did not parse completely may hold the declaration, or a module whose name was mistyped.
  if (!complete || name.text.empty() || names.may_be_of_unknown_module(file, name.text)) return;
  Diagnostic& diagnostic = report(Kind::unknown_name, name.span).with("what", what).with("name", name.text);
  if (const auto module = names.elsewhere(file, name.text)) {
    diagnostic.label("not visible here").help("module `" + *module + "` declares it: write `use " + *module + "` at the top of the file");
  } else {
    suggest(diagnostic, name.span, name.text, candidates);
  }
}

const Symbol* Context::require(std::size_t file, const syntax::Name& name, std::initializer_list<SymbolKind> kinds,
                               const std::string& what) {
  if (name.text.empty()) return nullptr;
  const Lookup found = names.find(file, name.text);
  if (!found.symbol) {
    report_unknown(file, name, what, is_flooded() ? std::vector<std::string>() : names.visible(file, kinds));
    return nullptr;
  }
  if (found.rival) {
    report(Kind::ambiguous_name, name.span)
        .with("name", name.text)
        .secondary(found.symbol->span, "declared here, in module `" + names.module_name(found.symbol->file) + "`")
        .secondary(found.rival->span, "and here, in module `" + names.module_name(found.rival->file) + "`")
        .help("list the names you need in the `use` lines");
    return nullptr;
  }
  if (std::ranges::find(kinds, found.symbol->kind) == kinds.end()) {
    Diagnostic& diagnostic = report(Kind::wrong_kind_of_name, name.span)
                                 .with("name", name.text)
                                 .with("found", std::string(with_article(found.symbol->kind)))
                                 .with("expected", std::string(with_article(*kinds.begin())))
                                 .secondary(found.symbol->span, "declared here");
    if (!is_flooded()) suggest(diagnostic, name.span, name.text, names.visible(file, kinds));
    return nullptr;
  }
  return found.symbol;
}

std::optional<TopicId> Context::find_topic(const std::string& name) const {
  for (std::size_t at = 0; at < model.topics.size(); ++at) {
    if (model.topics[at].name == name) return static_cast<TopicId>(at);
  }
  return std::nullopt;
}

std::optional<TopicId> Context::require_topic(const syntax::Name& name) {
  if (name.text.empty()) return std::nullopt;
  if (const auto found = find_topic(name.text)) return found;
  if (!complete) return std::nullopt;
  std::vector<std::string> candidates;
  for (const Topic& topic : model.topics) candidates.push_back(topic.name);
  Diagnostic& diagnostic = report(Kind::unknown_name, name.span).with("what", "consent topic").with("name", name.text);
  diagnostic.label("no channel names this topic");
  suggest(diagnostic, name.span, name.text, candidates);
  return std::nullopt;
}

std::optional<AttributeId> Context::find_attribute(const std::string& name) const {
  for (std::size_t at = 0; at < model.attributes.size(); ++at) {
    if (model.attributes[at].name == name) return static_cast<AttributeId>(at);
  }
  return std::nullopt;
}

std::optional<AttributeId> Context::require_attribute(const syntax::Name& name) {
  if (name.text.empty()) return std::nullopt;
  if (const auto found = find_attribute(name.text)) return found;
  if (!complete || damaged_customer) return std::nullopt;
  std::vector<std::string> candidates;
  for (const Attribute& attribute : model.attributes) candidates.push_back(attribute.name);
  if (const InputFile* file = library_file(name.span)) {
    report_needed_attribute(*file, name, candidates);
    return std::nullopt;
  }
  Diagnostic& diagnostic = report(Kind::unknown_attribute, name.span).with("name", name.text);
  if (!customer_span) diagnostic.note("the project declares no `customer { … }`");
  suggest(diagnostic, name.span, name.text, candidates);
  return std::nullopt;
}

const InputFile* Context::library_file(Span span) const {
  const auto found = std::ranges::find_if(
      input.files, [&](const InputFile& each) { return each.library && each.file->span.file_id == span.file_id; });
  return found == input.files.end() ? nullptr : &*found;
}

// The library cannot declare attributes: they are the project's, and so is the way out.
void Context::report_needed_attribute(const InputFile& file, const syntax::Name& name, const std::vector<std::string>& candidates) {
  const std::string module = file.file->module->text();
  if (!needed_attributes_.emplace(module, name.text).second) return;
  Diagnostic& diagnostic = report(Kind::library_needs_attribute, file.library->used_at);
  diagnostic.with("module", module).with("name", name.text).label("used here").secondary(name.span, "read here");
  // The library's text cannot be changed: what is near is said in words.
  if (const auto near = diag::nearest(name.text, candidates)) {
    diagnostic.help("if your `" + *near + "` is the same, call it `" + name.text + " from \"" + *near + "\"`");
  }
  diagnostic.help("declare it in `customer { … }`, or write a declaration of your own instead of the library's");
}

std::optional<std::uint32_t> Context::require_field(const std::vector<types::Field>& fields, const std::string& owner, Span owner_span,
                                                    const syntax::Name& name, bool damaged) {
  if (name.text.empty()) return std::nullopt;
  if (const auto found = types::find_field(fields, name.text)) return found;
  if (damaged) return std::nullopt;
  for (const schema::UnreadableField& field : model.unreadable) {
    if (field.owner != owner || field.name != name.text) continue;
    report(Kind::schema_unreadable, name.span)
        .with("name", name.text)
        .with("owner", owner)
        .with("why", field.why)
        .with("path", field.path)
        .secondary(field.span, "this schema")
        .note(field.checked ? "its values are checked when events arrive, but there is no type for them" : "there is no type for its values")
        .help(field.checked ? "give the schema one `type`, or leave the property alone" : "read another field; events are taken with this one in them");
    return std::nullopt;
  }
  std::vector<std::string> candidates;
  for (const types::Field& field : fields) candidates.push_back(field.name);
  Diagnostic& diagnostic = report(Kind::unknown_field, name.span).with("owner", "`" + owner + "`").with("name", name.text);
  if (owner_span.valid()) diagnostic.secondary(owner_span, "declared here");
  suggest(diagnostic, name.span, name.text, candidates);
  return std::nullopt;
}

VariableId Context::new_variable(VariableInfo info) {
  model.variables.push_back(std::move(info));
  return static_cast<VariableId>(model.variables.size() - 1);
}

// ── history ──────────────────────────────────────────────────────────────────────────────────────────────────────

namespace {

std::string time_span_text(const TimeSpan& span) {
  if (const auto* period = std::get_if<Period>(&span)) return fmt::format("p{}/{}", period->months, period->days);
  return fmt::format("d{}", std::get<DurationMs>(span));
}

}  // namespace

HistoryId Context::intern(HistoryQuery query) {
  std::string key = fmt::format("{}{} {} {} ", query.listed ? "list " : "", static_cast<std::uint32_t>(query.event), query.limit,
                                query.window ? time_span_text(*query.window) : std::string("entry"));
  if (query.filter) key += fingerprint(*query.filter);
  const auto [entry, is_new] = history_by_fingerprint_.try_emplace(std::move(key), static_cast<HistoryId>(model.history.size()));
  if (is_new) model.history.push_back(std::move(query));
  return entry->second;
}

void Context::forget_history_since(std::size_t count) {
  std::erase_if(history_by_fingerprint_, [&](const auto& entry) { return static_cast<std::size_t>(entry.second) >= count; });
  model.history.erase(model.history.begin() + static_cast<std::ptrdiff_t>(count), model.history.end());
}

// ── spans of time ────────────────────────────────────────────────────────────────────────────────────────────────

std::optional<TimeSpan> Context::time_span(const syntax::DurationLiteral& literal, const std::string& what, std::int32_t* business_days) {
  // Every sum stays far from overflow because each part is bounded first.
  constexpr std::int64_t k_days_max = k_time_span_years_max * 366;
  constexpr std::int64_t k_milliseconds_max = k_days_max * k_day_ms;
  std::int64_t milliseconds = 0;
  std::int64_t months = 0;
  std::int64_t days = 0;
  std::int64_t open_days = 0;
  bool too_long = false;
  const auto add = [&](std::int64_t& sum, std::int64_t count, std::int64_t unit, std::int64_t limit) {
    if (count < 0 || count > limit / unit || sum + count * unit > limit) {
      too_long = true;
    } else {
      sum += count * unit;
    }
  };
  for (const syntax::DurationPart& part : literal.parts) {
    switch (part.unit) {
      case syntax::Unit::second:
        add(milliseconds, part.count, k_second_ms, k_milliseconds_max);
        break;
      case syntax::Unit::minute:
        add(milliseconds, part.count, k_minute_ms, k_milliseconds_max);
        break;
      case syntax::Unit::hour:
        add(milliseconds, part.count, k_hour_ms, k_milliseconds_max);
        break;
      case syntax::Unit::day:
        add(days, part.count, 1, k_days_max);
        break;
      case syntax::Unit::week:
        add(days, part.count, 7, k_days_max);
        break;
      case syntax::Unit::month:
        add(months, part.count, 1, k_time_span_years_max * 12);
        break;
      case syntax::Unit::year:
        add(months, part.count, 12, k_time_span_years_max * 12);
        break;
      case syntax::Unit::business_day:
        if (business_days == nullptr) {
          report(Kind::business_days_need_calendar, part.span).help("only a wait counts them: `wait 2 business days using …`");
          return std::nullopt;
        }
        add(open_days, part.count, 1, k_business_days_max);
        break;
    }
  }
  if (literal.parts.empty()) return std::nullopt;
  if (too_long) {
    report(Kind::time_span_too_long, literal.span).with("limit", fmt::format("{} years", k_time_span_years_max));
    return std::nullopt;
  }
  if (!what.empty() && milliseconds == 0 && months == 0 && days == 0 && open_days == 0) {
    report(Kind::empty_time_span, literal.span).with("what", what);
    return std::nullopt;
  }
  if (business_days != nullptr) *business_days = static_cast<std::int32_t>(open_days);
  if (literal.is_exact) return TimeSpan{DurationMs{milliseconds}};
  return TimeSpan{Period{static_cast<std::int32_t>(months), static_cast<std::int32_t>(days)}};
}

bool Context::may_read(const std::string& name, const std::string& path, Span span) {
  if (name.empty()) {
    report(Kind::path_empty, span);
    return false;
  }
  if (!name.starts_with('/') && input.store->is_inside(path, input.project_folder)) return true;
  report(Kind::path_leads_out, span)
      .with("path", name)
      .note("a project reads files of its own folder only, so that it means the same wherever it lies")
      .help("copy the file into the project");
  return false;
}

}  // namespace wend::sema
