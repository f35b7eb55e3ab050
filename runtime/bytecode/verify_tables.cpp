// The tables that stand on their own: constants, attributes, events, history, channels, messages.

#include <algorithm>

#include "runtime/base/locale.h"
#include "runtime/bytecode/limits.h"
#include "runtime/bytecode/operands.h"
#include "runtime/bytecode/packed.h"
#include "runtime/bytecode/verifier.h"

namespace wend::bytecode {
namespace {

// Says the index and the table's size, which is all that can be said about an index that points nowhere.
template <typename Id, typename T>
bool in_table(Id id, const std::vector<T>& table, const std::string& where, const char* what, Fault& fault) {
  return fault.require(static_cast<size_t>(id) < table.size(), where, "{} {} of {}", what, static_cast<size_t>(id), table.size());
}

bool verify_sizes(const Program& program, Fault& fault) {
  const auto small = [&](const char* name, size_t size) {
    return fault.require(size <= k_table_max, fmt::format("section {}", name), "more than {} entries", k_table_max);
  };
  return small("constants", program.constants.size()) && small("attributes", program.attributes.size()) &&
         small("topics", program.topics.size()) && small("events", program.events.size()) && small("history", program.history.size()) &&
         small("channels", program.channels.size()) && small("messages", program.messages.size()) &&
         small("experiments", program.experiments.size()) && small("holdouts", program.holdouts.size()) &&
         small("policies", program.policies.size()) &&
         small("segments", program.segments.size()) && small("schedules", program.schedules.size()) &&
         small("functions", program.functions.size()) && small("journeys", program.journeys.size());
}

bool verify_constant(const Program& program, size_t index, Fault& fault) {
  const Constant& constant = program.constants[index];
  const std::string where = fmt::format("constant {}", index);
  if (!in_table(constant.type, program.types, where, "type", fault)) return false;
  const Type& type = program.type(constant.type);
  if (!fault.require(!type.optional, where, "the type is optional")) return false;
  if (!fault.require(type.kind != ValueKind::delivery, where, "a delivery is never constant")) return false;
  if (!fault.require(constant.value.index() == static_cast<size_t>(representation(type.kind)), where,
                     "the value's representation is not that of {}", to_string(type.kind))) {
    return false;
  }
  std::string row;
  ByteWriter writer(row);
  write_value(writer, program, constant.type, value_of(constant));
  const TypeId types[] = {constant.type};
  return fault.require(validate_row(row, program, types), where, "the value is no {}", to_string(type.kind));
}

bool verify_default(const Program& program, std::optional<ConstantId> id, TypeId type, const std::string& where, Fault& fault) {
  if (!id) return true;
  if (!in_table(*id, program.constants, where, "constant", fault)) return false;
  return fault.require(fits(program, program.constants[static_cast<size_t>(*id)].type, type), where, "its default is of another type");
}

bool verify_fields(const Program& program, const std::vector<FieldInfo>& fields, const std::string& owner, Fault& fault) {
  return std::all_of(fields.begin(), fields.end(), [&](const FieldInfo& field) {
    return verify_default(program, field.default_value, field.type, fmt::format("{}, field {}", owner, field.name), fault);
  });
}

bool verify_attribute(const Program& program, const Attribute& attribute, Fault& fault) {
  const std::string where = fmt::format("attribute {}", attribute.name);
  return in_table(attribute.type, program.types, where, "type", fault) &&
         verify_default(program, attribute.default_value, attribute.type, where, fault);
}

bool verify_event(const Program& program, const Event& event, Fault& fault) {
  const std::string where = fmt::format("event {}", event.name);
  if (!fault.require(event.fields.size() <= k_fields_max, where, "more than {} fields", k_fields_max)) return false;
  for (const FieldInfo& field : event.fields) {
    if (!in_table(field.type, program.types, where, "type", fault)) return false;
  }
  return verify_fields(program, event.fields, where, fault) && fault.require(is_known(event.late), where, "`late` is out of range") &&
         fault.require(is_known(Span(event.grace_ms)), where, "`grace` is out of range") &&
         (!event.dedupe_field || in_table(*event.dedupe_field, event.fields, where, "dedupe field", fault));
}

// A listed event is kept as its row, which is read as a record.
bool verify_listed(const Program& program, const HistoryQuery& query, const std::string& where, Fault& fault) {
  if (!in_table(*query.listed, program.records, where, "record", fault)) return false;
  const std::vector<FieldInfo>& fields = program.event(query.event).fields;
  const std::vector<FieldInfo>& members = program.records[static_cast<size_t>(*query.listed)].fields;
  const auto agree = [](const FieldInfo& field, const FieldInfo& member) { return field.type == member.type; };
  return fault.require(std::equal(fields.begin(), fields.end(), members.begin(), members.end(), agree), where,
                       "the fields of record {} are not the event's", static_cast<size_t>(*query.listed)) &&
         fault.require(query.limit <= k_listed_max, where, "a list keeps at most {} events", k_listed_max);
}

bool verify_history(const Program& program, size_t index, Fault& fault) {
  const HistoryQuery& query = program.history[index];
  const std::string where = fmt::format("history query {}", index);
  return in_table(query.event, program.events, where, "event", fault) &&
         (!query.filter || in_table(*query.filter, program.functions, where, "function", fault)) &&
         fault.require(!query.window || is_known(*query.window), where, "the window is out of range") &&
         fault.require(query.limit >= 1 && query.limit <= k_history_limit_max, where, "limit {} is not 1 to {}", query.limit,
                       k_history_limit_max) &&
         (!query.listed || verify_listed(program, query, where, fault));
}

bool verify_channel(const Program& program, const Channel& channel, Fault& fault) {
  const std::string where = fmt::format("channel {}", channel.name);
  for (const auto& [purpose, topic] : channel.topics) {
    if (!in_table(topic, program.topics, where, "topic", fault)) return false;
  }
  return in_table(channel.address, program.functions, where, "function", fault);
}

bool verify_message(const Program& program, const Message& message, Fault& fault) {
  const std::string where = fmt::format("message {}", message.name);
  if (!fault.require(message.parameters.size() <= k_parameters_max, where, "more than {} parameters", k_parameters_max)) return false;
  for (const Parameter& parameter : message.parameters) {
    if (!in_table(parameter.type, program.types, where, "type", fault)) return false;
  }
  size_t parts = 0;
  for (const Body& body : message.bodies) parts += body.parts.size();
  if (!fault.require(parts <= k_body_parts_max, where, "more than {} body parts", k_body_parts_max)) return false;
  for (const Body& body : message.bodies) {
    if (!in_table(body.channel, program.channels, where, "channel", fault)) return false;
    if (!fault.require(body.locale.has_value() == !program.locales.empty(), where, "a body in a locale where there are none, or the reverse"))
      return false;
    if (body.locale && !in_table(*body.locale, program.locales, where, "locale", fault)) return false;
    for (const BodyPart& part : body.parts) {
      if (!in_table(part.render, program.functions, where, "function", fault)) return false;
    }
  }
  return true;
}

// From every locale the way of `otherwise` leads to the first.
bool verify_locales(const Program& program, Fault& fault) {
  if (!fault.require(program.locales.size() <= k_locales_max, "locales", "more than {}", k_locales_max)) return false;
  if (!fault.require(!program.locale || !program.locales.empty(), "customer locale", "there are no locales")) return false;
  if (program.locale && !in_table(*program.locale, program.functions, "customer locale", "function", fault)) return false;
  for (const Locale& locale : program.locales) {
    const std::string where = fmt::format("locale {}", locale.tag);
    if (!fault.require(canonical_locale(locale.tag) == locale.tag, where, "not the tag of a locale")) return false;
    LocaleId at = locale.otherwise;
    for (size_t steps = 0; at != LocaleId{}; ++steps) {
      if (!in_table(at, program.locales, where, "locale", fault) ||
          !fault.require(steps < program.locales.size(), where, "falls back in a circle")) {
        return false;
      }
      at = program.locales[static_cast<size_t>(at)].otherwise;
    }
  }
  return true;
}

bool verify_function(const Program& program, size_t index, Fault& fault) {
  const Function& function = program.functions[index];
  const std::string where = fmt::format("function {}", index);
  if (!fault.require(!function.code.empty() && function.code.size() <= k_code_max, where, "{} instructions; 1 to {} are allowed",
                     function.code.size(), k_code_max) ||
      !fault.require(function.registers.size() <= k_registers_max, where, "more than {} registers", k_registers_max) ||
      !fault.require(function.parameter_count <= function.registers.size(), where, "{} parameters but {} registers",
                     function.parameter_count, function.registers.size()) ||
      !fault.require(function.lines.empty() || function.lines.size() == function.code.size(), where, "{} source lines for {} instructions",
                     function.lines.size(), function.code.size())) {
    return false;
  }
  for (const TypeId type : function.registers) {
    if (!in_table(type, program.types, where, "register type", fault)) return false;
  }
  return true;
}

}  // namespace

bool is_known(const Span& span) {
  if (const auto* duration_ms = std::get_if<DurationMs>(&span)) return *duration_ms >= 0 && *duration_ms <= k_span_ms_max;
  const Period period = std::get<Period>(span);
  return period.months >= 0 && period.months <= k_span_months_max && period.days >= 0 && period.days <= k_span_days_max;
}

bool verify_tables(const Program& program, Fault& fault) {
  if (!verify_sizes(program, fault)) return false;
  for (size_t i = 0; i < program.constants.size(); ++i) {
    if (!verify_constant(program, i, fault)) return false;
  }
  for (const Attribute& attribute : program.attributes) {
    if (!verify_attribute(program, attribute, fault)) return false;
  }
  if (program.zone && !in_table(*program.zone, program.functions, "customer time zone", "function", fault)) return false;
  if (!verify_locales(program, fault)) return false;
  for (const RecordInfo& record : program.records) {
    if (!verify_fields(program, record.fields, fmt::format("record {}", record.name), fault)) return false;
  }
  for (const Event& event : program.events) {
    if (!verify_event(program, event, fault)) return false;
  }
  for (size_t i = 0; i < program.history.size(); ++i) {
    if (!verify_history(program, i, fault)) return false;
  }
  for (const Channel& channel : program.channels) {
    if (!verify_channel(program, channel, fault)) return false;
  }
  for (const Message& message : program.messages) {
    if (!verify_message(program, message, fault)) return false;
  }
  for (size_t i = 0; i < program.functions.size(); ++i) {
    if (!verify_function(program, i, fault)) return false;
  }
  return true;
}

}  // namespace wend::bytecode
