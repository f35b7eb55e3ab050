#include <fmt/format.h>

#include "compiler/syntax/spelling.h"
#include "compiler/syntax/tree_builder.h"
#include "compiler/syntax/words.h"

namespace wend::syntax {

using diag::Applicability;
using diag::Diagnostic;
using diag::Kind;

File TreeBuilder::build_file(Grammar::FileContext* context) {
  File file;
  file.span = file_.whole();
  // Skipped tokens are children too: only a number right behind the first word is the edition's.
  const bool has_edition = context->children.size() > 1 && literal_of(context->start->getType()) == "edition" && context->children[1] == context->INT();
  if (has_edition) {
    file.edition = build_int(context->INT());
    if (file.edition->value != 1) {
      report(Diagnostic(Kind::unsupported_edition, file.edition->span)
                 .with("edition", file.edition->text)
                 .help("this compiler knows edition 1", {file.edition->span, "1", Applicability::likely}));
    }
  }
  if (context->qname() != nullptr && !is_broken(context->qname())) file.module = build_qualified(context->qname());
  for (Grammar::UseDeclContext* each : context->useDecl()) {
    if (is_broken(each)) {
      found_error_ = true;
    } else {
      file.uses.push_back(build_use(each));
    }
  }
  for (Grammar::DeclContext* each : context->decl()) {
    if (auto declaration = build_decl(each)) file.declarations.push_back(std::move(*declaration));
  }
  return file;
}

UseDecl TreeBuilder::build_use(Grammar::UseDeclContext* context) {
  UseDecl use{build_qualified(context->qname()), std::nullopt, span_of_context(context)};
  if (context->tname().empty()) return use;
  use.names.emplace();
  for (Grammar::TnameContext* each : context->tname()) {
    use.names->push_back(each->lname() != nullptr ? build_name(each->lname()) : build_type_name(each->UIDENT()));
  }
  return use;
}

std::optional<Decl> TreeBuilder::build_decl(Grammar::DeclContext* context) {
  if (context->start == nullptr || context->start->getType() == antlr4::Token::EOF) return std::nullopt;
  Decl declaration;
  declaration.span = span_of_context(context);
  declaration.keyword = span_of_token(context->start);
  declaration.doc = doc_before(declaration.span);
  const bool before = std::exchange(found_error_, false);
  if (is_broken(context) || context->children.empty()) {
    found_error_ = true;
    declaration.node = ErrorDecl{};
  } else {
    declaration.node = build_decl_node(context);
  }
  found_error_ = found_error_ || reporter_.has_lost_in(declaration.span);
  declaration.damaged = found_error_;
  found_error_ = found_error_ || before;
  return declaration;
}

DeclNode TreeBuilder::build_decl_node(Grammar::DeclContext* context) {
  if (auto* each = context->importDecl()) return build_import(each);
  if (auto* each = context->enumDecl()) return build_enum(each);
  if (auto* each = context->recordDecl()) return RecordDecl{build_type_name(each->UIDENT()), build_fields(each->fields())};
  if (auto* each = context->customerDecl()) {
    if (each->fields() != nullptr) return CustomerDecl{build_fields(each->fields())};
    if (literal_of(each->setting->getType()) == "locale") return CustomerLocaleDecl{build_expr(each->expr())};
    return CustomerTimezoneDecl{build_expr(each->expr())};
  }
  if (auto* each = context->localesDecl()) return build_locales(each);
  if (auto* each = context->eventDecl()) return build_event(each);
  if (auto* each = context->channelDecl()) return build_channel(each);
  if (auto* each = context->calendarDecl()) return build_calendar(each);
  if (auto* each = context->segmentDecl()) return SegmentDecl{build_name(each->lname()), build_expr(each->expr())};
  if (auto* each = context->policyDecl()) return build_policy(each);
  if (auto* each = context->holdoutDecl()) return build_holdout(each);
  if (auto* each = context->experimentDecl()) return build_experiment(each);
  if (auto* each = context->messageDecl()) return build_message(each);
  if (auto* each = context->actionDecl()) return build_action(each);
  if (auto* each = context->fixtureDecl()) return FixtureDecl{build_name(each->lname()), build_named_values(each->namedValues())};
  if (auto* each = context->fnDecl()) {
    return FnDecl{build_name(each->lname()), build_parameters(each->params()), build_type(each->type()), build_expr(each->expr())};
  }
  if (auto* each = context->flowDecl()) {
    return FlowDecl{build_name(each->lname()), build_was(each->was()), build_parameters(each->params()), build_block(each->block())};
  }
  if (auto* each = context->journeyDecl()) return build_journey(each);
  return build_test(context->testDecl());
}

ImportDecl TreeBuilder::build_import(Grammar::ImportDeclContext* context) {
  ImportDecl import{build_name(context->lname()), build_string(context->STRING()), {}};
  for (Grammar::ImportItemContext* each : context->importBody()->importItem()) {
    if (is_broken(each)) {
      found_error_ = true;
      continue;
    }
    const std::string_view kind = literal_of(each->kind->getType());
    import.names.push_back({kind == "event"    ? ImportedKind::event
                            : kind == "record" ? ImportedKind::record
                                               : ImportedKind::enumeration,
                            build_type_name(each->UIDENT()), build_wire_name(each->wireName()), span_of_context(each)});
  }
  return import;
}

EnumDecl TreeBuilder::build_enum(Grammar::EnumDeclContext* context) {
  EnumDecl declaration{build_type_name(context->UIDENT()), {}};
  for (Grammar::EnumItemContext* each : context->enumItem()) {
    EnumValue value;
    value.span = span_of_context(each);
    value.doc = doc_before(value.span);
    value.wire_name = build_wire_name(each->wireName());
    if (each->anyName() != nullptr) {
      value.name = build_name(each->anyName());
    } else {
      const Span span = span_of_context(each->toleratedUpper());
      const std::string shouted(file_.text(span));
      const std::string snake = to_snake_case(shouted);
      const std::string replacement = value.wire_name ? snake : fmt::format("{} from \"{}\"", snake, shouted);
      reporter_.report_habit("enum value",
                             Diagnostic(Kind::shouting_enum_value, span)
                                 .with("name", shouted)
                                 .help("name it in lower case and keep its name in the data", {span, replacement, Applicability::certain}));
      found_error_ = true;
      value.name = {snake, span, false};
    }
    declaration.values.push_back(std::move(value));
  }
  return declaration;
}

std::vector<Field> TreeBuilder::build_fields(Grammar::FieldsContext* context) {
  std::vector<Field> fields;
  for (Grammar::FieldContext* each : context->field()) {
    if (is_broken(each)) {
      found_error_ = true;
    } else {
      fields.push_back(build_field(each));
    }
  }
  return fields;
}

Field TreeBuilder::build_field(Grammar::FieldContext* context) {
  Field field;
  field.span = span_of_context(context);
  field.doc = doc_before(field.span);
  field.name = build_name(context->anyName());
  field.wire_name = build_wire_name(context->wireName());
  field.was = build_was(context->was());
  field.type = build_type(context->type());
  if (context->defaultValue() != nullptr) field.default_value = build_expr(context->defaultValue()->expr());
  for (Grammar::FieldLabelContext* each : context->fieldLabel()) {
    FieldLabel label{build_name(each->anyName(0)), std::nullopt, span_of_context(each)};
    if (each->anyName().size() > 1) label.argument = build_name(each->anyName(1));
    field.labels.push_back(std::move(label));
  }
  return field;
}

EventDecl TreeBuilder::build_event(Grammar::EventDeclContext* context) {
  EventDecl event;
  event.name = build_type_name(context->UIDENT());
  event.wire_name = build_wire_name(context->wireName());
  event.was = build_was(context->was());
  for (Grammar::EventOptContext* option : context->eventOpt()) {
    const Span span = span_of_context(option);
    if (auto* late = dynamic_cast<Grammar::LateContext*>(option)) {
      set_once(event.late, build_duration(late->dur()), "late", span);
    } else if (auto* grace = dynamic_cast<Grammar::GraceContext*>(option)) {
      set_once(event.grace, build_duration(grace->dur()), "grace", span);
    } else if (auto* dedupe = dynamic_cast<Grammar::DedupeContext*>(option)) {
      set_once(event.dedupe_by, build_name(dedupe->anyName()), "dedupe", span);
    }
  }
  event.fields = build_fields(context->fields());
  return event;
}

ChannelDecl TreeBuilder::build_channel(Grammar::ChannelDeclContext* context) {
  ChannelDecl channel;
  channel.name = build_name(context->lname());
  for (Grammar::ChannelItemContext* item : context->channelBody()->channelItem()) {
    if (is_broken(item)) {
      found_error_ = true;
    } else if (auto* address = dynamic_cast<Grammar::AddressContext*>(item)) {
      if (channel.address != nullptr) report_repeated("address", span_of_context(item));
      channel.address = build_expr(address->expr());
    } else if (auto* consent = dynamic_cast<Grammar::ConsentForContext*>(item)) {
      channel.consents.push_back({build_name(consent->lname()), build_names(consent->names()), span_of_context(item)});
    } else if (auto* receipts = dynamic_cast<Grammar::ReceiptsContext*>(item)) {
      for (Grammar::AnyNameContext* each : receipts->anyName()) channel.receipts.push_back(build_name(each));
    } else if (auto* accepts = dynamic_cast<Grammar::ChannelAcceptsContext*>(item)) {
      channel.accepts.push_back(build_name(accepts->accepts()->anyName()));
    }
  }
  return channel;
}

CalendarDecl TreeBuilder::build_calendar(Grammar::CalendarDeclContext* context) {
  CalendarDecl calendar;
  calendar.name = build_name(context->lname());
  for (Grammar::CalendarItemContext* item : context->calendarBody()->calendarItem()) {
    if (is_broken(item)) {
      found_error_ = true;
    } else if (auto* week = dynamic_cast<Grammar::WeekContext*>(item)) {
      set_once(calendar.week_from, build_name(week->lname(0)), "week", span_of_context(item));
      calendar.week_to = build_name(week->lname(1));
    } else if (auto* closed = dynamic_cast<Grammar::ClosedContext*>(item)) {
      calendar.closed.push_back(build_string(closed->STRING()));
    }
  }
  return calendar;
}

CapRule TreeBuilder::build_cap(Grammar::CapContext* context) {
  CapRule cap;
  cap.span = span_of_context(context);
  cap.purpose = build_name(context->lname());
  cap.channels = build_names(context->names());
  cap.limit = build_int(context->INT());
  if (context->unit() != nullptr) cap.per_calendar = build_unit(context->unit());
  if (context->dur() != nullptr) cap.in_any = build_duration(context->dur());
  if (Grammar::ToleratedUnitContext* tolerated = context->toleratedUnit()) {
    const Span unit = span_of_context(tolerated);
    const std::string word(file_.text(unit));
    cap.per_calendar = build_unit(tolerated->unit());
    const Span insertion{unit.file_id, unit.begin, unit.begin};
    const Span per{unit.file_id, unit.begin - 4, unit.end};
    Diagnostic diagnostic(Kind::cap_per_unit, unit);
    diagnostic.with("unit", word).help("count by the customer's calendar", {insertion, "calendar ", Applicability::likely});
    if (file_.text(per).starts_with("per ")) {
      const std::string sliding = cap.per_calendar == Unit::day ? "in any 24 hours" : fmt::format("in any 1 {}", word);
      diagnostic.help("or count in a window that slides", {per, sliding, Applicability::likely});
    }
    report(std::move(diagnostic));
  }
  return cap;
}

QuietRule TreeBuilder::build_quiet(Grammar::QuietContext* context) {
  QuietRule rule;
  rule.span = span_of_context(context);
  if (context->TIME(0) != nullptr) rule.times = QuietTimes{build_time(context->TIME(0)), build_time(context->TIME(1), true)};
  if (context->quietDays() != nullptr) {
    for (Grammar::QuietDayContext* day : context->quietDays()->quietDay()) {
      if (day->calendar != nullptr) rule.calendars.push_back(build_name(day->calendar));
      if (day->day != nullptr) rule.days.push_back(build_name(day->day));
    }
  }
  rule.channels = build_names(context->names());
  if (context->expr() != nullptr) rule.where = build_expr(context->expr());
  return rule;
}

PolicyDecl TreeBuilder::build_policy(Grammar::PolicyDeclContext* context) {
  PolicyDecl policy;
  policy.name = build_name(context->lname());
  for (Grammar::PolicyItemContext* item : context->policyBody()->policyItem()) {
    if (is_broken(item)) {
      found_error_ = true;
    } else if (auto* cap = dynamic_cast<Grammar::CapContext*>(item)) {
      policy.caps.push_back(build_cap(cap));
    } else if (auto* quiet = dynamic_cast<Grammar::QuietContext*>(item)) {
      policy.quiet_hours.push_back(build_quiet(quiet));
    } else if (auto* denial = dynamic_cast<Grammar::PolicyDenialContext*>(item)) {
      policy.denials.push_back(build_denial_rule(denial->denialRule()));
    }
  }
  return policy;
}

HoldoutDecl TreeBuilder::build_holdout(Grammar::HoldoutDeclContext* context) {
  HoldoutDecl holdout{build_name(context->lname()), build_percent(context->PERCENT()), build_string(context->STRING()), std::nullopt};
  if (context->DATE() != nullptr) holdout.until = build_date(context->DATE());
  return holdout;
}

ExperimentDecl TreeBuilder::build_experiment(Grammar::ExperimentDeclContext* context) {
  ExperimentDecl experiment;
  experiment.name = build_name(context->lname());
  for (Grammar::ExperimentItemContext* item : context->experimentBody()->experimentItem()) {
    const Span span = span_of_context(item);
    if (is_broken(item)) {
      found_error_ = true;
    } else if (auto* salt = dynamic_cast<Grammar::SaltContext*>(item)) {
      set_once(experiment.salt, build_string(salt->STRING()), "salt", span);
    } else if (auto* layer = dynamic_cast<Grammar::LayerContext*>(item)) {
      set_once(experiment.layer, build_name(layer->lname()), "layer", span);
    } else if (auto* arm = dynamic_cast<Grammar::ExperimentArmContext*>(item)) {
      experiment.arms.push_back({build_name(arm->lname()), build_percent(arm->PERCENT()), span});
    } else if (auto* retired = dynamic_cast<Grammar::RetiredArmContext*>(item)) {
      experiment.retired.push_back({build_name(retired->lname(0)), build_name(retired->lname(1)), span});
    }
  }
  return experiment;
}

LocalesDecl TreeBuilder::build_locales(Grammar::LocalesDeclContext* context) {
  LocalesDecl result;
  for (Grammar::LocaleItemContext* item : context->localesBody()->localeItem()) {
    if (is_broken(item)) {
      found_error_ = true;
      continue;
    }
    LocaleItem& locale = result.locales.emplace_back();
    locale.tag = build_string(item->STRING(0));
    if (item->STRING().size() > 1) locale.otherwise = build_string(item->STRING(1));
  }
  return result;
}

MessageDecl TreeBuilder::build_message(Grammar::MessageDeclContext* context) {
  MessageDecl message;
  message.name = build_type_name(context->UIDENT());
  message.was = build_was(context->was());
  message.parameters = build_parameters(context->params());
  message.purpose = build_name(context->lname());
  for (Grammar::MessageBodyContext* body : context->messageBodies()->messageBody()) {
    if (is_broken(body) && body->lname() == nullptr) {
      found_error_ = true;
      continue;
    }
    MessageBody node{build_name(body->lname()), {}, {}, span_of_context(body)};
    if (body->STRING() != nullptr) node.locale = build_string(body->STRING());
    for (Grammar::BodyPartContext* part : body->bodyPart()) {
      if (is_broken(part)) {
        found_error_ = true;
      } else {
        node.parts.push_back({build_name(part->anyName()), build_template(part->STRING())});
      }
    }
    message.bodies.push_back(std::move(node));
  }
  return message;
}

ActionDecl TreeBuilder::build_action(Grammar::ActionDeclContext* context) {
  ActionDecl action;
  action.name = build_type_name(context->UIDENT());
  action.parameters = build_parameters(context->params());
  if (context->type() != nullptr) {
    action.result = build_type(context->type());
    action.shadow = build_expr(context->expr());
  }
  for (Grammar::AcceptsContext* each : context->accepts()) action.accepts.push_back(build_name(each->anyName()));
  return action;
}

}  // namespace wend::syntax
