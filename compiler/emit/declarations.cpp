#include "compiler/emit/declarations.h"

#include "compiler/emit/expressions.h"
#include "compiler/emit/message_text.h"
#include "compiler/emit/policies.h"
#include "compiler/emit/segments.h"
#include "compiler/emit/templates.h"
#include "compiler/sema/message_length.h"
#include "runtime/bytecode/limits.h"
#include "runtime/bytecode/message_part.h"

namespace wend::emit {
namespace {

std::vector<std::string> label_names(types::Labels labels) {
  std::vector<std::string> names;
  if (labels.pii) names.emplace_back("pii");
  if (labels.sensitive) names.emplace_back("sensitive");
  return names;
}

class DeclarationEmitter {
 public:
  DeclarationEmitter(ProgramBuilder& builder, const source::Sources* sources)
      : builder_(builder), model_(builder.model()), program_(builder.program()), sources_(sources) {}

  void run() {
    emit_types();
    for (const sema::Attribute& attribute : model_.attributes) emit(attribute);
    if (model_.zone != nullptr) program_.zone = emit_expression(builder_, "customer timezone", *model_.zone, sources_);
    for (const sema::Locale& locale : model_.locales) {
      program_.locales.push_back({locale.tag, same_id<bytecode::LocaleId>(locale.otherwise.value_or(sema::LocaleId{}))});
    }
    if (model_.locale != nullptr) program_.locale = emit_expression(builder_, "customer locale", *model_.locale, sources_);
    for (const sema::Topic& topic : model_.topics) program_.topics.push_back(topic.name);
    for (const sema::Event& event : model_.events) emit(event);
    for (const sema::HistoryQuery& query : model_.history) emit(query);
    for (const sema::Channel& channel : model_.channels) emit(channel);
    for (const sema::Message& message : model_.messages) emit(message);
    for (const sema::Action& action : model_.actions) emit(action);
    for (const sema::Experiment& experiment : model_.experiments) emit(experiment);
    for (const sema::Holdout& holdout : model_.holdouts) {
      program_.holdouts.push_back({holdout.name, holdout.salt, holdout.slots, holdout.until});
    }
    emit_policies(builder_, sources_);
    emit_segments(builder_, sources_);
    program_.schema_nodes = model_.schema_nodes;
    emit_changes();
    note_sizes();
  }

 private:
  void emit_types() {
    for (const types::Enum& declared : model_.types.enums) {
      bytecode::EnumInfo info{declared.name, {}};
      for (const types::EnumValue& value : declared.values) info.values.push_back({value.name, value.wire, value.also});
      program_.enums.push_back(std::move(info));
    }
    for (const types::Record& declared : model_.types.records) program_.records.push_back({declared.name, fields(declared.fields)});
  }
  std::optional<bytecode::ConstantId> default_of(const types::Type& type, const std::optional<types::ConstantValue>& value) {
    return value ? std::optional(builder_.constant(types::required(type), *value)) : std::nullopt;
  }
  std::vector<bytecode::FieldInfo> fields(const std::vector<types::Field>& declared) {
    std::vector<bytecode::FieldInfo> result;
    for (const types::Field& field : declared) {
      result.push_back({field.name, field.wire, builder_.type(field.type), default_of(field.type, field.default_value), field.also,
                        field.proto_json});
    }
    if (result.size() > bytecode::k_fields_max) builder_.note_overflow("fields of one record or event");
    return result;
  }

  void emit_changes() {
    for (const sema::Rename& rename : model_.renames) program_.renames.push_back({rename.kind, rename.owner, rename.from, rename.to});
    for (const sema::RetiredStep& retired : model_.retired) {
      program_.retired.push_back({same_id<bytecode::JourneyId>(retired.journey), retired.step, retired.resume_at,
                                  static_cast<bytecode::LabelId>(retired.label)});
    }
  }

  void emit(const sema::Attribute& attribute) {
    program_.attributes.push_back({attribute.name, builder_.type(attribute.type), attribute.writable, label_names(attribute.labels),
                                   default_of(attribute.type, attribute.default_value),
                                   attribute.wire == attribute.name ? std::string() : attribute.wire});
  }
  void emit(const sema::Event& event) {
    bytecode::Event result{event.name, event.wire, fields(event.fields), event.late, event.grace_ms, std::nullopt, event.schema,
                           event.also};
    if (event.dedupe_field) result.dedupe_field = static_cast<std::uint16_t>(*event.dedupe_field);
    program_.events.push_back(std::move(result));
  }
  void emit(const sema::HistoryQuery& query) {
    bytecode::HistoryQuery result{same_id<bytecode::EventId>(query.event), std::nullopt, query.window, query.limit, std::nullopt};
    if (query.listed) result.listed = same_id<bytecode::RecordId>(*query.listed);
    if (query.filter != nullptr) result.filter = emit_expression(builder_, "history filter", *query.filter, sources_);
    program_.history.push_back(std::move(result));
  }
  void emit(const sema::Channel& channel) {
    bytecode::Channel result;
    result.name = channel.name;
    result.address = emit_expression(builder_, "address of " + channel.name, *channel.address, sources_);
    for (const sema::ChannelConsent& consent : channel.consents) {
      result.topics.emplace_back(consent.purpose, same_id<bytecode::TopicId>(consent.topic));
    }
    result.receipts = channel.receipts;
    result.accepts = label_names(channel.accepts);
    program_.channels.push_back(std::move(result));
  }
  void emit(const sema::Action& action) {
    bytecode::Action result;
    result.name = action.name;
    for (const sema::Parameter& parameter : action.parameters)
      result.parameters.push_back({parameter.name, builder_.type(parameter.type)});
    if (action.result) {
      result.result = builder_.type(*action.result);
      result.shadow = emit_expression(builder_, "shadow of " + action.name, *action.shadow, sources_);
    }
    result.accepts = label_names(action.accepts);
    if (result.parameters.size() > bytecode::k_parameters_max) builder_.note_overflow("parameters of one action");
    program_.actions.push_back(std::move(result));
  }
  void emit(const sema::Experiment& experiment) {
    bytecode::Experiment result{experiment.name, experiment.salt, experiment.layer, experiment.layer_ranges, 0, {}};
    result.control = experiment.arms[experiment.first_arm()].number;
    result.arms.resize(experiment.arms.size());
    for (const sema::ExperimentArm& arm : experiment.arms) {
      bytecode::Arm& out = result.arms[arm.number];
      out.name = arm.name;
      out.slots = arm.ranges;
      if (arm.retired) out.retired_as = experiment.arms[*arm.retired].number;
    }
    program_.experiments.push_back(std::move(result));
  }

  void emit(const sema::Message& message) {
    bytecode::Message result{message.name, message.purpose, {}, {}};
    for (const sema::Parameter& parameter : message.parameters)
      result.parameters.push_back({parameter.name, builder_.type(parameter.type)});
    for (const sema::MessageBody& body : message.bodies) {
      bytecode::Body out{same_id<bytecode::ChannelId>(body.channel), std::nullopt, {}};
      if (body.locale) out.locale = same_id<bytecode::LocaleId>(*body.locale);
      const std::string locale = body.locale ? model_.locales[static_cast<std::size_t>(*body.locale)].tag : std::string();
      // "…" is not in GSM-7, and one such letter makes the whole text message UCS-2: more than twice as long.
      const std::string ending = sema::is_sms(model_.at(body.channel).name) ? "..." : "…";
      for (const sema::MessagePart& part : body.parts) out.parts.push_back({part.name, render(message, part, locale, ending)});
      result.bodies.push_back(std::move(out));
    }
    std::size_t parts = 0;
    for (const bytecode::Body& body : result.bodies) parts += body.parts.size();
    if (parts > bytecode::k_body_parts_max) builder_.note_overflow("body parts of one message");
    if (result.parameters.size() > bytecode::k_parameters_max) builder_.note_overflow("parameters of one message");
    program_.messages.push_back(std::move(result));
  }
  // A text that is longer than its declaration says is cut, and ends so.
  void cut(Code& code, Register value, const sema::Parameter& parameter, const std::string& ending) {
    const Code::Temporaries scope(code);
    const CodeLabel end = code.new_label();
    Register text = value;
    if (parameter.type.optional) {
      code.jump_if_absent(value, end);
      text = code.take(builder_.type(types::text()));
      code.add(Opcode::unwrap, text, value);
    }
    Expressions expressions(code, {});
    const Register made = expressions.native("_truncate", types::text(),
                                             {expressions.argument(types::text(), text),
                                              expressions.argument(types::simple(types::Kind::integer), sema::ConstantValue(*parameter.max_length)),
                                              expressions.argument(types::text(), sema::ConstantValue(ending))});
    code.add(Opcode::move, value, made);
    code.bind(end);
  }
  // Text and holes joined from left to right.
  bytecode::FunctionId render(const sema::Message& message, const sema::MessagePart& part, const std::string& locale,
                              const std::string& ending) {
    Code code(builder_, message.name + " " + part.name + (locale.empty() ? "" : " in " + locale), sources_);
    Environment environment;
    environment.locale = locale;
    for (const sema::Parameter& parameter : message.parameters) {
      environment.variables[parameter.variable] = code.add_register(builder_.type(parameter.type));
    }
    // The lines of a function are of one file.
    code.at(part.body && !part.body->empty() ? part.body->front().span : part.span);
    for (const sema::Parameter& parameter : message.parameters) {
      if (parameter.max_length) cut(code, environment.variables[parameter.variable], parameter, ending);
    }
    if (part.body) {
      emit_template(code, std::move(environment), *part.body, part.span);
    } else {
      Expressions expressions(code, std::move(environment));
      code.at(part.span);
      code.add(Opcode::return_value, TextEmitter(code, expressions, bytecode::is_read(part.name)).text(part.pieces));
    }
    bytecode::Function made = code.finish(static_cast<std::uint16_t>(message.parameters.size()));
    builder_.note_size(made, part.span);
    return builder_.add(std::move(made));
  }

  void note_sizes() {
    const auto bounded = [&](std::size_t size, const char* table) {
      if (size > bytecode::k_table_max) builder_.note_overflow(table);
    };
    bounded(program_.enums.size(), "enums");
    bounded(program_.records.size(), "records");
    bounded(program_.attributes.size(), "attributes");
    bounded(program_.topics.size(), "consent topics");
    bounded(program_.events.size(), "events");
    bounded(program_.history.size(), "history queries");
    bounded(program_.channels.size(), "channels");
    bounded(program_.messages.size(), "messages");
    bounded(program_.actions.size(), "actions");
    bounded(program_.experiments.size(), "experiments");
    bounded(program_.holdouts.size(), "holdouts");
    bounded(program_.policies.size(), "policies");
    bounded(program_.segments.size(), "segments");
  }

  ProgramBuilder& builder_;
  const sema::Model& model_;
  bytecode::Program& program_;
  const source::Sources* sources_;
};

}  // namespace

void emit_declarations(ProgramBuilder& builder, const source::Sources* sources) {
  DeclarationEmitter(builder, sources).run();
}

namespace {

bytecode::FunctionId emit_in(ProgramBuilder& builder, std::string name, const sema::Expr& expr, const source::Sources* sources,
                             Environment environment) {
  Code code(builder, std::move(name), sources);
  Expressions expressions(code, std::move(environment));
  const Register value = expressions.value(expr);
  code.add(Opcode::return_value, value);
  return builder.add(code.finish(0));
}

}  // namespace

bytecode::FunctionId emit_expression(ProgramBuilder& builder, std::string name, const sema::Expr& expr, const source::Sources* sources) {
  Environment environment;
  environment.all_direct = true;
  return emit_in(builder, std::move(name), expr, sources, std::move(environment));
}

bytecode::FunctionId emit_condition(ProgramBuilder& builder, std::string name, const sema::Expr& expr, const source::Sources* sources) {
  Environment environment;
  environment.segments_inline = true;
  return emit_in(builder, std::move(name), expr, sources, std::move(environment));
}

}  // namespace wend::emit
