#include "compiler/format/writer.h"

namespace wend::format {

using namespace wend::syntax;

namespace {

/// Those that are read as a whole have air around them.
bool stands_apart(const Decl& decl) {
  return decl.kind() == DeclKind::Journey || decl.kind() == DeclKind::Flow || decl.kind() == DeclKind::Test;
}

/// More fields than this are a table.
constexpr std::size_t k_fields_on_a_line_max = 2;

}  // namespace

Layout Writer::write(const File& file) {
  preamble(file);
  for (std::size_t index = 0; index < file.declarations.size(); ++index) {
    const Decl& decl = file.declarations[index];
    const bool apart = stands_apart(decl) || (index > 0 ? stands_apart(file.declarations[index - 1]) : next_ > 0);
    up_to(decl.span.begin);
    if (apart) {
      // The empty line goes above the comments that stand on the declaration, unless there is one already.
      const TokenText& token = tokens_[next_];
      bool has_blank = token.blank_before;
      CommentText* first = nullptr;
      for (std::uint32_t comment = token.comment_begin; comment < token.comment_end; ++comment) {
        CommentText& each = source_.comments[comment];
        has_blank = has_blank || each.blank_before;
        if (each.own_line && first == nullptr) first = &each;
      }
      if (!has_blank) (first != nullptr ? first->blank_before : tokens_[next_].blank_before) = true;
    }
    item(decl.span.begin, false);
    declaration(decl);
    up_to(decl.span.end);
  }
  item(tokens_.back().begin, false);
  return std::move(layout_);
}

void Writer::preamble(const File& file) {
  if (file.edition) item(tokens_[0].begin, false);
  if (file.module) item(tokens_[word_before(file.module->span.begin)].begin, false);
  if (file.module) up_to(file.module->span.end);
  for (const UseDecl& use : file.uses) {
    item(use.span.begin, false);
    if (use.names) {
      up_to_brace();
      list(begins_of(*use.names), 1, [](std::size_t) {});
    }
    up_to(use.span.end);
  }
}

void Writer::declaration(const Decl& decl) {
  if (const auto* import = decl.get_if<ImportDecl>()) return this->import(*import);
  if (const auto* enumeration = decl.get_if<EnumDecl>()) return this->enumeration(*enumeration);
  if (const auto* event = decl.get_if<EventDecl>()) return this->event(*event);
  if (const auto* record = decl.get_if<RecordDecl>()) {
    const Row row(*this, RowKind::record_decl);
    up_to_brace();
    stop(0);
    return fields(record->fields, LineKind::soft);
  }
  if (const auto* customer = decl.get_if<CustomerDecl>()) {
    up_to_brace();
    return fields(customer->fields, LineKind::hard);
  }
  if (const auto* timezone = decl.get_if<CustomerTimezoneDecl>()) return assigned(*timezone->zone);
  if (const auto* locale = decl.get_if<CustomerLocaleDecl>()) return assigned(*locale->locale);
  if (const auto* locales = decl.get_if<LocalesDecl>()) return this->locales(*locales);
  if (const auto* channel = decl.get_if<ChannelDecl>()) return this->channel(*channel);
  if (const auto* calendar = decl.get_if<CalendarDecl>()) return this->calendar(*calendar);
  if (const auto* segment = decl.get_if<SegmentDecl>()) return assigned(*segment->condition);
  if (const auto* policy = decl.get_if<PolicyDecl>()) return this->policy(*policy);
  if (decl.kind() == DeclKind::Holdout) return holdout();
  if (const auto* experiment = decl.get_if<ExperimentDecl>()) return this->experiment(*experiment);
  if (const auto* message = decl.get_if<MessageDecl>()) return this->message(*message);
  if (const auto* action = decl.get_if<ActionDecl>()) return this->action(*action);
  if (const auto* fixture = decl.get_if<FixtureDecl>()) return this->fixture(*fixture);
  if (const auto* function = decl.get_if<FnDecl>()) {
    up_to(function->name.span.end);
    parameters(function->parameters);
    up_to(function->result.span.begin);
    type(function->result);
    return assigned(*function->body);
  }
  if (const auto* flow = decl.get_if<FlowDecl>()) {
    while (next_text() != "(") emit();
    parameters(flow->parameters);
    return block(flow->body, LineKind::hard);
  }
  if (const auto* journey = decl.get_if<JourneyDecl>()) return this->journey(*journey);
  if (const auto* test = decl.get_if<TestDecl>()) return this->test(*test);
}

void Writer::import(const ImportDecl& import) {
  up_to_brace();
  braces(LineKind::hard, 1, begins_of(import.names), [&](std::size_t index) {
    const ImportedName& name = import.names[index];
    const Row row(*this, RowKind::import_name);
    emit();
    stop(0);
    emit();
    if (name.wire_name) stop(1);
    up_to(name.span.end);
  });
}

void Writer::enumeration(const EnumDecl& decl) {
  const Row row(*this, RowKind::enum_decl);
  up_to_brace();
  stop(0);
  const std::vector<std::uint32_t> begins = begins_of(decl.values);
  set_commas(begins, source_.closing[next_], true);
  braces(LineKind::soft, 1, begins, [&](std::size_t index) { up_to(decl.values[index].span.end); });
}

void Writer::event(const EventDecl& event) {
  const Row row(*this, RowKind::event_decl);
  up_to(event.name.span.end);
  if (event.wire_name) stop(0);
  up_to_brace();
  stop(1);
  fields(event.fields, LineKind::soft);
}

void Writer::fields(const std::vector<Field>& fields, LineKind kind) {
  for (const Field& each : fields) {
    if (!each.labels.empty() || fields.size() > k_fields_on_a_line_max) kind = LineKind::hard;
  }
  const std::vector<std::uint32_t> begins = begins_of(fields);
  set_commas(begins, source_.closing[next_], false);
  braces(kind, 2, begins, [&](std::size_t index) { field(fields[index]); });
}

void Writer::field(const Field& field) {
  const Row row(*this, RowKind::field);
  emit();
  if (field.wire_name) stop(0);
  up_to(field.type.span.begin);
  // Another name beside its own does not push the types of the others away.
  stop(field.wire_name || !field.was.empty() ? 1 : 2);
  type(field.type);
  if (field.default_value != nullptr) assigned(*field.default_value);
  for (std::size_t index = 0; index < field.labels.size(); ++index) {
    const FieldLabel& label = field.labels[index];
    up_to(label.span.begin);
    if (index == 0) {
      extra_space_ = 1;
      stop(3);
    }
    if (label.argument) {
      up_to(label.name.span.end);
      tighten();
    }
    up_to(label.span.end);
  }
  up_to(field.span.end);
}

void Writer::message(const MessageDecl& message) {
  up_to(message.name.span.end);
  while (next_text() != "(" && next_text() != "for") emit();
  if (next_text() == "(") parameters(message.parameters);
  up_to_brace();
  braces(LineKind::hard, 1, begins_of(message.bodies), [&](std::size_t index) { message_body(message.bodies[index]); });
}

void Writer::locales(const LocalesDecl& locales) {
  up_to_brace();
  std::vector<std::uint32_t> begins;
  for (const LocaleItem& locale : locales.locales) begins.push_back(locale.tag.span.begin);
  braces(LineKind::soft, 1, begins, [&](std::size_t index) {
    const LocaleItem& locale = locales.locales[index];
    up_to((locale.otherwise ? *locale.otherwise : locale.tag).span.end);
  });
}

void Writer::message_body(const MessageBody& body) {
  const Row row(*this, RowKind::message_body);
  up_to(body.locale ? body.locale->span.end : body.channel.span.end);
  stop(0);
  std::vector<std::uint32_t> begins;
  for (const BodyPart& part : body.parts) begins.push_back(part.key.span.begin);
  braces(LineKind::soft, 2, begins, [&](std::size_t) {
    const Row part(*this, RowKind::body_part);
    emit();
    stop(0);
    emit();
  });
}

void Writer::action(const ActionDecl& action) {
  const Scope group(*this, OpKind::open_group);
  up_to(action.name.span.end);
  parameters(action.parameters);
  if (action.result) {
    clause(word_before(action.result->span.begin), LineKind::soft);
    type(*action.result);
    expression(*action.shadow);
  }
  for (const Name& each : action.accepts) clause(index_of(each.span.begin) - 2, LineKind::soft);
}

void Writer::fixture(const FixtureDecl& fixture) {
  up_to_brace();
  const std::vector<std::uint32_t> begins = begins_of(fixture.values);
  set_commas(begins, source_.closing[next_], false);
  braces(LineKind::hard, 1, begins, [&](std::size_t index) {
    const Row row(*this, RowKind::named_value);
    up_to_token(next_ + 2);  // the name and its colon
    stop(0);
    expression(*fixture.values[index].value);
    up_to(fixture.values[index].span.end);
  });
}

void Writer::journey(const JourneyDecl& journey) {
  if (journey.parameters) {
    while (next_text() != "(") emit();
    parameters(*journey.parameters);
  }
  up_to(journey.body_span.begin);
  std::vector<std::uint32_t> begins = begins_of(journey.headers);
  for (const StmtPtr& each : journey.statements) begins.push_back(each->span.begin);
  for (const RetiredStep& each : journey.retired) begins.push_back(each.span.begin);
  braces(LineKind::hard, 1, begins, [&](std::size_t index) {
    if (index < journey.headers.size()) return header(journey.headers[index]);
    const std::size_t statement_index = index - journey.headers.size();
    if (statement_index < journey.statements.size()) statement(*journey.statements[statement_index]);
  });
}

}  // namespace wend::format
