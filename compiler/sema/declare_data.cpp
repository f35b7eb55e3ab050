#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "compiler/schema/formats.h"
#include "compiler/sema/declarations.h"
#include "compiler/source/paths.h"
#include "runtime/bytecode/limits.h"

// Names and ids of all declarations; enums, records, the customer, events, imports.

namespace wend::sema {

void Declarations::declare(SymbolKind kind, const syntax::Name& name, std::uint32_t index, const syntax::Decl& decl, std::size_t file) {
  Symbol symbol{kind, name.text, index, &decl, file, name.span, decl.damaged};
  symbols_.push_back(symbol);
  context_.names.declare(std::move(symbol), context_.diagnostics);
}

void Declarations::collect() {
  for (std::size_t file = 0; file < context_.input.files.size(); ++file) {
    for (const syntax::Decl& decl : context_.input.files[file].file->declarations) collect_decl(decl, file);
  }
}

void Declarations::collect_segment(const syntax::SegmentDecl& declaration, const syntax::Decl& decl, std::size_t file) {
  const auto index = static_cast<std::uint32_t>(context_.model.segments.size());
  declare(SymbolKind::segment, declaration.name, index, decl, file);
  context_.model.segments.push_back({declaration.name.text, nullptr, declaration.name.span});
  context_.segments.push_back({&declaration, file});
  context_.segment_states.push_back(SegmentState::unchecked);
  context_.segment_operations.push_back(0);
}

void Declarations::collect_decl(const syntax::Decl& decl, std::size_t file) {
  Model& model = context_.model;
  const auto next = [](const auto& list) { return static_cast<std::uint32_t>(list.size()); };
  switch (decl.kind()) {
    case syntax::DeclKind::Error:
      break;
    case syntax::DeclKind::Import:
      imports_.push_back({&decl, file});
      break;
    case syntax::DeclKind::Customer:
      customers_.push_back({&decl, file});
      break;
    case syntax::DeclKind::CustomerTimezone:
      timezones_.push_back({&decl, file});
      break;
    case syntax::DeclKind::CustomerLocale:
      customer_locales_.push_back({&decl, file});
      break;
    case syntax::DeclKind::Locales:
      locales_.push_back({&decl, file});
      break;
    case syntax::DeclKind::Test:
      break;
    case syntax::DeclKind::Enum:
      collect_enum(decl.as<syntax::EnumDecl>(), decl, file);
      break;
    case syntax::DeclKind::Record: {
      const syntax::Name& name = decl.as<syntax::RecordDecl>().name;
      if (decl.damaged) context_.damaged_records.insert(next(model.types.records));
      declare(SymbolKind::record, name, next(model.types.records), decl, file);
      model.types.records.push_back({name.text, {}, name.span});
      break;
    }
    case syntax::DeclKind::Event: {
      const syntax::Name& name = decl.as<syntax::EventDecl>().name;
      if (decl.damaged) context_.damaged_events.insert(next(model.events));
      declare(SymbolKind::event, name, next(model.events), decl, file);
      Event event;
      event.name = event.wire = name.text;
      event.span = name.span;
      model.events.push_back(std::move(event));
      break;
    }
    case syntax::DeclKind::Channel: {
      const syntax::Name& name = decl.as<syntax::ChannelDecl>().name;
      declare(SymbolKind::channel, name, next(model.channels), decl, file);
      model.channels.emplace_back().name = name.text;
      model.channels.back().span = name.span;
      break;
    }
    case syntax::DeclKind::Experiment: {
      const syntax::Name& name = decl.as<syntax::ExperimentDecl>().name;
      declare(SymbolKind::experiment, name, next(model.experiments), decl, file);
      model.experiments.emplace_back().name = name.text;
      model.experiments.back().span = name.span;
      break;
    }
    case syntax::DeclKind::Message: {
      const auto& message = decl.as<syntax::MessageDecl>();
      if (decl.damaged) context_.damaged_messages.insert(next(model.messages));
      declare(SymbolKind::message, message.name, next(model.messages), decl, file);
      model.messages.emplace_back().name = message.name.text;
      model.messages.back().span = message.name.span;
      context_.messages.push_back({&message, file});
      break;
    }
    case syntax::DeclKind::Fn: {
      const auto& fn = decl.as<syntax::FnDecl>();
      declare(SymbolKind::fn, fn.name, next(model.fns), decl, file);
      model.fns.emplace_back().name = fn.name.text;
      model.fns.back().span = fn.name.span;
      context_.fns.push_back({&fn, file});
      context_.fn_states.push_back(decl.damaged ? FnState::faulty : FnState::unchecked);
      break;
    }
    case syntax::DeclKind::Journey: {
      const syntax::Name& name = decl.as<syntax::JourneyDecl>().name;
      declare(SymbolKind::journey, name, next(model.journeys), decl, file);
      model.journeys.emplace_back().name = name.text;
      model.journeys.back().span = name.span;
      break;
    }
    case syntax::DeclKind::Fixture:
      declare(SymbolKind::fixture, decl.as<syntax::FixtureDecl>().name, 0, decl, file);
      break;
    case syntax::DeclKind::Calendar: {
      const syntax::Name& name = decl.as<syntax::CalendarDecl>().name;
      declare(SymbolKind::calendar, name, next(model.calendars), decl, file);
      model.calendars.emplace_back().name = name.text;
      model.calendars.back().span = name.span;
      break;
    }
    case syntax::DeclKind::Segment:
      collect_segment(decl.as<syntax::SegmentDecl>(), decl, file);
      break;
    case syntax::DeclKind::Policy: {
      const syntax::Name& name = decl.as<syntax::PolicyDecl>().name;
      declare(SymbolKind::policy, name, next(model.policies), decl, file);
      model.policies.emplace_back().name = name.text;
      model.policies.back().span = name.span;
      break;
    }
    case syntax::DeclKind::Holdout:
      declare(SymbolKind::holdout, decl.as<syntax::HoldoutDecl>().name, next(model.holdouts), decl, file);
      model.holdouts.emplace_back().name = decl.as<syntax::HoldoutDecl>().name.text;
      model.holdouts.back().span = decl.as<syntax::HoldoutDecl>().name.span;
      break;
    case syntax::DeclKind::Action:
      collect_action(decl.as<syntax::ActionDecl>(), decl, file);
      break;
    case syntax::DeclKind::Flow:
      declare(SymbolKind::flow, decl.as<syntax::FlowDecl>().name, next(context_.flows), decl, file);
      context_.flows.push_back({&decl.as<syntax::FlowDecl>(), file, false});
      break;
  }
}

/// Of what stands in a module's namespace.
void Declarations::add_renames(const Symbol& symbol) {
  const auto add = [&](bytecode::RenamedKind kind, const std::vector<syntax::Name>& was) {
    context_.add_renames(kind, "", symbol.name, was, [&](const std::string& name) { return context_.names.declared(symbol.file, name); });
  };
  if (symbol.kind == SymbolKind::journey) add(bytecode::RenamedKind::journey, symbol.decl->as<syntax::JourneyDecl>().was);
  if (symbol.kind == SymbolKind::flow) add(bytecode::RenamedKind::flow, symbol.decl->as<syntax::FlowDecl>().was);
  if (symbol.kind == SymbolKind::event) add(bytecode::RenamedKind::event, symbol.decl->as<syntax::EventDecl>().was);
  if (symbol.kind == SymbolKind::message) add(bytecode::RenamedKind::message, symbol.decl->as<syntax::MessageDecl>().was);
}

std::string Declarations::wire_name(const syntax::Name& name, const std::optional<syntax::StringLiteral>& wire) {
  if (!wire) return name.text;
  if (!wire->text.empty()) return wire->text;
  context_.report(Kind::empty_wire_name, wire->span).help("leave out `from` when the wire name is `" + name.text + "`");
  return name.text;
}

void Declarations::report_repeated_wire(std::map<std::string, Span>& seen, const std::string& wire, Span span, const std::string& owner) {
  const auto [earlier, is_new] = seen.try_emplace(wire, span);
  if (is_new) return;
  context_.report(Kind::repeated_wire_name, span).with("owner", owner).with("wire", wire).secondary(earlier->second, "first used here");
}

void Declarations::collect_enum(const syntax::EnumDecl& declaration, const syntax::Decl& decl, std::size_t file) {
  const auto index = static_cast<std::uint32_t>(context_.model.types.enums.size());
  if (decl.damaged) context_.damaged_enums.insert(index);
  declare(SymbolKind::enumeration, declaration.name, index, decl, file);
  types::Enum result{declaration.name.text, {}, declaration.name.span};
  const std::string owner = "enum `" + result.name + "`";
  std::map<std::string, Span> wires;
  for (const syntax::EnumValue& value : declaration.values) {
    if (value.name.text.empty()) continue;
    if (const auto earlier = result.find(value.name.text)) {
      context_.report(Kind::repeated_member, value.name.span)
          .with("owner", owner)
          .with("what", "the value")
          .with("name", value.name.text)
          .secondary(result.values[*earlier].span, "first here");
      continue;
    }
    if (!context_.within(k_enum_values_max, result.values.size(), owner, "values", value.name.span)) {
      context_.damaged_enums.insert(index);
      break;
    }
    const std::string wire = wire_name(value.name, value.wire_name);
    report_repeated_wire(wires, wire, value.wire_name ? value.wire_name->span : value.name.span, owner);
    result.values.push_back({value.name.text, wire, value.name.span});
  }
  context_.model.types.enums.push_back(std::move(result));
}

// ── imports ──────────────────────────────────────────────────────────────────────────────────────────────────────

void Declarations::import_schemas() {
  for (const auto& [decl, file] : imports_) import_schema(decl->as<syntax::ImportDecl>(), file);
}

namespace {

std::vector<schema::Wanted> wanted_names(Context& context, const syntax::ImportDecl& declaration) {
  std::vector<schema::Wanted> wanted;
  for (const syntax::ImportedName& name : declaration.names) {
    if (name.name.text.empty()) continue;
    if (const auto earlier = std::ranges::find(wanted, name.name.text, &schema::Wanted::name); earlier != wanted.end()) {
      context.report(Kind::declared_twice, name.name.span)
          .with("name", name.name.text)
          .label("second in the list")
          .secondary(earlier->span, "first here");
      continue;
    }
    schema::Wanted each;
    each.name = name.name.text;
    each.span = name.name.span;
    if (name.wire_name) each.from = name.wire_name->text;
    switch (name.kind) {
      case syntax::ImportedKind::event:
        each.kind = schema::WantedKind::event;
        break;
      case syntax::ImportedKind::record:
        each.kind = schema::WantedKind::record;
        break;
      case syntax::ImportedKind::enumeration:
        each.kind = schema::WantedKind::enumeration;
        break;
    }
    wanted.push_back(std::move(each));
  }
  return wanted;
}

std::size_t patterns_in(const bytecode::SchemaRule& rule) {
  const bytecode::SchemaKeywordInfo& info = *bytecode::schema_keyword_info(rule.keyword);
  const std::size_t names = info.names == bytecode::SchemaNames::expressions ? rule.names.size() : 0;
  return names + (info.text == bytecode::SchemaText::expression ? 1 : 0);
}

/// Of all imports so far. One import is held to the same limits, and says more exactly where it goes beyond.
struct RuleCounts {
  std::size_t nodes = 0;
  std::size_t patterns = 0;

  explicit RuleCounts(const Model& model) : nodes(model.schema_nodes.size()) {
    for (const bytecode::SchemaNode& node : model.schema_nodes) {
      for (const bytecode::SchemaRule& rule : node.rules) patterns += patterns_in(rule);
    }
  }
};

// Said once, at the import that goes beyond.
void refuse_too_many_rules(Context& context, const RuleCounts& before, const syntax::StringLiteral& path) {
  const RuleCounts now(context.model);
  const auto refuse = [&](std::size_t first, std::size_t second, std::size_t limit, const char* what) {
    if (first > limit || second <= limit) return;
    context.report(Kind::schema_too_large, path.span)
        .with("path", path.text)
        .with("what", fmt::format("with it, the schemas of the project have more than {} {}", limit, what));
  };
  refuse(before.nodes, now.nodes, bytecode::k_schema_nodes_max, "schemas inside each other");
  refuse(before.patterns, now.patterns, bytecode::k_schema_patterns_max, "patterns");
}

ImportedFile imported_file(const source::SourceFile& file) {
  return {file.path(), sha256(file.text())};
}

}  // namespace

// A file that the schema at `path` refers to; once for each import.
const source::SourceFile* Declarations::load_schema_part(const std::string& path, const std::string& name, Import& import) {
  const std::string full = path.substr(0, path.find_last_of('/') + 1) + name;
  if (!context_.input.store->is_inside(full, context_.input.project_folder)) return nullptr;
  auto text = context_.input.store->read(full);
  if (!text) return nullptr;
  context_.imported_paths.insert(full);
  const source::SourceFile& file = context_.input.sources->add(full, std::move(*text));
  import.files.push_back(imported_file(file));
  return &file;
}

// Takes over what payloads are held to. Answers where the nodes of the import begin in the table of the project.
std::uint32_t Declarations::take_rules(schema::ImportResult& imported) {
  Model& model = context_.model;
  const auto first = static_cast<std::uint32_t>(model.schema_nodes.size());
  for (bytecode::SchemaNode& node : imported.nodes) {
    for (bytecode::SchemaRule& rule : node.rules) {
      for (bytecode::SchemaNodeId& id : rule.nodes) id = bytecode::SchemaNodeId{static_cast<std::uint32_t>(id) + first};
    }
    model.schema_nodes.push_back(std::move(node));
  }
  for (schema::UnreadableField& field : imported.unreadable) model.unreadable.push_back(std::move(field));
  return first;
}

void Declarations::import_schema(const syntax::ImportDecl& declaration, std::size_t file) {
  Model& model = context_.model;
  const std::vector<schema::Wanted> wanted = wanted_names(context_, declaration);
  // A name whose schema is not there is still declared, as damaged, so that its uses say nothing more.
  const auto declare_damaged = [&](const schema::Wanted& each) {
    Symbol symbol{SymbolKind::event, each.name, 0, nullptr, file, each.span, true};
    if (each.kind == schema::WantedKind::event) {
      symbol.index = static_cast<std::uint32_t>(model.events.size());
      context_.damaged_events.insert(symbol.index);
      Event event;
      event.name = event.wire = each.name;
      event.span = each.span;
      model.events.push_back(std::move(event));
    } else if (each.kind == schema::WantedKind::record) {
      symbol.kind = SymbolKind::record;
      symbol.index = static_cast<std::uint32_t>(model.types.records.size());
      context_.damaged_records.insert(symbol.index);
      model.types.records.push_back({each.name, {}, each.span});
    } else {
      symbol.kind = SymbolKind::enumeration;
      symbol.index = static_cast<std::uint32_t>(model.types.enums.size());
      context_.damaged_enums.insert(symbol.index);
      model.types.enums.push_back({each.name, {}, each.span});
    }
    context_.names.declare(std::move(symbol), context_.diagnostics);
  };
  const auto give_up = [&] { std::ranges::for_each(wanted, declare_damaged); };
  if (declaration.format.text.empty()) return give_up();
  const std::optional<schema::Format> format = schema::find_format(declaration.format.text);
  if (!format) {
    Diagnostic& diagnostic =
        context_.report(Kind::unknown_name, declaration.format.span).with("what", "schema format").with("name", declaration.format.text);
    context_.suggest(diagnostic, declaration.format.span, declaration.format.text,
                     {schema::k_format_words.begin(), schema::k_format_words.end()});
    return give_up();
  }
  if (!context_.input.store || !context_.input.sources) return give_up();
  const std::string path = source::in_folder(context_.input.files[file].folder, declaration.path.text);
  if (!context_.may_read(declaration.path.text, path, declaration.path.span)) return give_up();
  auto text = context_.input.store->read(path);
  if (!text) {
    context_.diagnostics.push_back(diag::from_file_error(text.error(), declaration.path.span));
    return give_up();
  }
  context_.imported_paths.insert(path);
  const source::SourceFile& schema_file = context_.input.sources->add(path, std::move(*text));
  Import import{declaration.format.text, path, {imported_file(schema_file)}, {}, {}, {}, {}, declaration.path.span};
  const auto load = [&](const std::string& name) { return load_schema_part(path, name, import); };
  schema::ImportResult imported = schema::import_schema(*format, schema_file, declaration.path.span, wanted, model.types, load);
  const RuleCounts before(model);
  const std::uint32_t first_node = take_rules(imported);
  if (imported.diagnostics.empty()) refuse_too_many_rules(context_, before, declaration.path);
  for (Diagnostic& diagnostic : imported.diagnostics) context_.diagnostics.push_back(std::move(diagnostic));
  std::set<std::string> made;
  for (const schema::ImportedType& type : imported.types) {
    if (type.is_enum) {
      import.enums.push_back(types::EnumId{type.index});
    } else {
      import.records.push_back(types::RecordId{type.index});
    }
    Symbol symbol{type.is_enum ? SymbolKind::enumeration : SymbolKind::record, type.name, type.index, nullptr, file, type.span, false};
    if (type.listed) {
      context_.names.declare(std::move(symbol), context_.diagnostics);
    } else {
      context_.names.declare_if_free(std::move(symbol));
    }
    made.insert(type.name);
  }
  for (schema::ImportedEvent& event : imported.events) {
    const auto index = static_cast<std::uint32_t>(model.events.size());
    context_.names.declare({SymbolKind::event, event.name, index, nullptr, file, event.span, false}, context_.diagnostics);
    report_repeated_wire(event_wires_, event.wire, event.span, "the project");
    for (const std::string& other : event.also) report_repeated_wire(event_wires_, other, event.span, "the project");
    made.insert(event.name);
    Event result;
    result.name = std::move(event.name);
    result.wire = std::move(event.wire);
    result.also = std::move(event.also);
    result.fields = std::move(event.fields);
    result.span = event.span;
    if (event.schema) result.schema = bytecode::SchemaNodeId{static_cast<std::uint32_t>(*event.schema) + first_node};
    import.events.push_back(EventId{index});
    import.rules.push_back(std::move(event.rules));
    model.events.push_back(std::move(result));
  }
  model.imports.push_back(std::move(import));
  for (const schema::Wanted& each : wanted) {
    if (!made.contains(each.name)) declare_damaged(each);
  }
}

// ── fields ───────────────────────────────────────────────────────────────────────────────────────────────────────

types::Labels Declarations::field_labels(const syntax::Field& field, bool* writable) {
  types::Labels labels;
  for (const syntax::FieldLabel& label : field.labels) {
    if (label.name.text == "pii" && !label.argument) {
      labels.pii = true;
    } else if (label.name.text == "sensitive" && !label.argument) {
      labels.sensitive = true;
    } else if (label.name.text == "writable" && writable && !label.argument) {
      *writable = true;
    } else if (!label.name.text.empty()) {
      Diagnostic& diagnostic = context_.report(Kind::wrong_label, label.span).with("label", label.name.text);
      if (label.name.text == "writable") {
        diagnostic.label("only attributes of the customer are writable");
      } else {
        diagnostic.label(writable ? "labels are @pii, @sensitive and @writable" : "labels are @pii and @sensitive");
      }
    }
  }
  return labels;
}

std::vector<types::Field> Declarations::resolve_fields(const std::vector<syntax::Field>& fields, const std::string& kind,
                                                       const std::string& name, std::size_t file) {
  const std::string owner = kind + " `" + name + "`";
  std::vector<types::Field> result;
  std::map<std::string, Span> wires;
  for (const syntax::Field& field : fields) {
    if (field.name.text.empty()) continue;
    if (const auto earlier = types::find_field(result, field.name.text)) {
      context_.report(Kind::repeated_member, field.name.span)
          .with("owner", owner)
          .with("what", "the field")
          .with("name", field.name.text)
          .secondary(result[*earlier].span, "first here");
      continue;
    }
    if (!context_.within(k_members_max, result.size(), owner, "fields", field.name.span)) break;
    const std::string wire = wire_name(field.name, field.wire_name);
    report_repeated_wire(wires, wire, field.wire_name ? field.wire_name->span : field.name.span, owner);
    types::Type type = context_.resolve_type(file, field.type);
    auto default_value = field_default(field, type, file);
    result.push_back({field.name.text, wire, std::move(type), field_labels(field, nullptr), field.name.span, std::move(default_value)});
  }
  const auto find_declared = [&](const std::string& name) {
    const auto found = types::find_field(result, name);
    return found ? std::optional(result[*found].span) : std::nullopt;
  };
  for (const syntax::Field& field : fields) {
    context_.add_renames(bytecode::RenamedKind::field, name, field.name.text, field.was, find_declared);
  }
  return result;
}

void Declarations::resolve_data() {
  for (const Symbol& symbol : symbols_) add_renames(symbol);
  for (const Symbol& symbol : symbols_) {
    if (symbol.kind != SymbolKind::record) continue;
    const auto& declaration = symbol.decl->as<syntax::RecordDecl>();
    if (declaration.fields.empty() && !symbol.damaged) {
      context_.report(Kind::empty_block, symbol.span).with("what", std::string("a record")).with("item", std::string("field"));
    }
    std::vector<types::Field> fields = resolve_fields(declaration.fields, "record", symbol.name, symbol.file);
    context_.model.types.records[symbol.index].fields = std::move(fields);
  }
  refuse_recursive_records();
  for (const auto& [decl, file] : customers_) resolve_customer(decl->as<syntax::CustomerDecl>(), *decl, file);
  for (const Symbol& symbol : symbols_) {
    if (symbol.kind == SymbolKind::event) resolve_event(symbol.decl->as<syntax::EventDecl>(), symbol);
  }
}

void Declarations::refuse_recursive_records() {
  std::vector<types::Record>& records = context_.model.types.records;
  enum class State : std::uint8_t { fresh, on_path, done };
  std::vector<State> states(records.size(), State::fresh);
  std::vector<int> heights(records.size(), 0);
  const auto visit = [&](const auto& self, std::size_t index, int depth) -> void {
    states[index] = State::on_path;
    for (types::Field& field : records[index].fields) {
      const types::Type* type = &field.type;
      while (type->element_of) type = &type->element();
      if (type->kind != types::Kind::record) continue;
      const auto inner = static_cast<std::size_t>(type->record);
      if (states[inner] == State::fresh && depth < k_record_depth_max) self(self, inner, depth + 1);
      if (states[inner] == State::on_path) {
        context_.report(Kind::record_contains_itself, field.span)
            .with("name", records[inner].name)
            .label("through this field")
            .secondary(records[inner].span, "declared here");
        field.type = {};
      } else if (states[inner] == State::fresh || depth + heights[inner] >= k_record_depth_max) {
        context_.report(Kind::record_too_deep, field.span).with("limit", k_record_depth_max);
        field.type = {};
      } else {
        heights[index] = std::max(heights[index], heights[inner] + 1);
      }
    }
    states[index] = State::done;
  };
  for (std::size_t index = 0; index < records.size(); ++index) {
    if (states[index] == State::fresh) visit(visit, index, 0);
  }
}

void Declarations::resolve_customer(const syntax::CustomerDecl& declaration, const syntax::Decl& decl, std::size_t file) {
  if (context_.customer_span) {
    context_.report(Kind::second_declaration, decl.keyword)
        .with("what", "customer")
        .secondary(*context_.customer_span, "first declared here");
    return;
  }
  context_.customer_span = decl.keyword;
  context_.damaged_customer = decl.damaged;
  std::map<std::string, Span> wires;
  for (const syntax::Field& field : declaration.fields) {
    if (field.name.text.empty()) continue;
    if (const auto earlier = context_.find_attribute(field.name.text)) {
      context_.report(Kind::repeated_member, field.name.span)
          .with("owner", "the customer")
          .with("what", "the attribute")
          .with("name", field.name.text)
          .secondary(context_.model.at(*earlier).span, "first here");
      continue;
    }
    if (!context_.within(k_members_max, context_.model.attributes.size(), "the customer", "attributes", field.name.span)) {
      context_.damaged_customer = true;
      break;
    }
    Attribute attribute;
    attribute.name = field.name.text;
    attribute.wire = wire_name(field.name, field.wire_name);
    report_repeated_wire(wires, attribute.wire, field.wire_name ? field.wire_name->span : field.name.span, "the customer");
    attribute.type = context_.resolve_type(file, field.type);
    attribute.labels = field_labels(field, &attribute.writable);
    attribute.span = field.name.span;
    if (attribute.name == "id" && field.default_value) {
      context_.report(Kind::default_never_used, field.default_value->span).with("name", "id").label("a customer's id is always there");
    } else {
      attribute.default_value = field_default(field, attribute.type, file);
    }
    if (attribute.name == "id" && attribute.writable) {
      context_.report(Kind::wrong_label, field.labels.front().span).with("label", "writable").label("a customer's id never changes");
    }
    context_.model.attributes.push_back(std::move(attribute));
  }
  const auto find_declared = [&](const std::string& name) {
    const auto found = context_.find_attribute(name);
    return found ? std::optional(context_.model.at(*found).span) : std::nullopt;
  };
  for (const syntax::Field& field : declaration.fields) {
    context_.add_renames(bytecode::RenamedKind::attribute, "", field.name.text, field.was, find_declared);
  }
}

void Declarations::resolve_event(const syntax::EventDecl& declaration, const Symbol& symbol) {
  std::vector<types::Field> fields = resolve_fields(declaration.fields, "event", symbol.name, symbol.file);
  Event& event = context_.model.events[symbol.index];
  event.fields = std::move(fields);
  event.wire = wire_name(declaration.name, declaration.wire_name);
  report_repeated_wire(event_wires_, event.wire, declaration.wire_name ? declaration.wire_name->span : declaration.name.span,
                       "the project");
  if (declaration.late) event.late = context_.time_span(*declaration.late, "`late`").value_or(event.late);
  if (declaration.grace) {
    constexpr DurationMs k_grace_ms_max = 10 * k_minute_ms;
    const auto grace = context_.time_span(*declaration.grace, "`grace`");
    const auto* exact = grace ? std::get_if<DurationMs>(&*grace) : nullptr;
    if (grace && (!exact || *exact > k_grace_ms_max)) {
      context_.report(Kind::grace_too_long, declaration.grace->span)
          .label(exact ? "longer than 10 minutes" : "a calendar time")
          .note("every timer of a journey that listens to this event waits so much longer")
          .help("events that arrive later than that are covered by `late up to …`");
    } else if (exact) {
      event.grace_ms = *exact;
    }
  }
  if (declaration.dedupe_by && !declaration.dedupe_by->text.empty()) {
    const auto field = context_.require_field(event.fields, event.name, event.span, *declaration.dedupe_by, symbol.damaged);
    if (field) {
      const types::Type& type = event.fields[*field].type;
      const bool fits = type.kind == types::Kind::text && !type.optional &&
                        (type.format == types::TextFormat::plain || type.format == types::TextFormat::id);
      if (!fits && !type.is_error()) {
        context_.report(Kind::dedupe_field_type, declaration.dedupe_by->span)
            .label("this is " + context_.quoted(type))
            .secondary(event.fields[*field].span, "declared here");
      }
      event.dedupe_field = field;
    }
  }
}

}  // namespace wend::sema
