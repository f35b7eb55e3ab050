#include "runtime/bytecode/disassemble.h"

#include <fmt/format.h>

#include <iterator>

#include "runtime/bytecode/operands.h"
#include "runtime/bytecode/policy_text.h"
#include "runtime/bytecode/program_file.h"
#include "runtime/bytecode/schema_text.h"
#include "runtime/bytecode/text_format.h"

namespace wend::bytecode {
namespace {

// Control characters would tear the listing apart.
std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    if (c == '\n') {
      result += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      result += fmt::format("\\x{:02x}", static_cast<int>(c));
    } else {
      result += c;
    }
  }
  return result + "\"";
}

class Lister {
 public:
  Lister(const Program& program, const SourceLine& source_line) : program_(program), source_line_(source_line) {}

  std::string list() {
    const ProgramDigests digest = digests(program_);
    line("program {}", program_.name);
    line("  behaviour {}", to_hex(digest.behaviour));
    line("  bodies    {}", to_hex(digest.bodies));
    line("  schema    {}", to_hex(digest.schema));
    list_types();
    list_events();
    list_tables();
    for (const Journey& journey : program_.journeys) list_journey(journey);
    for (size_t i = 0; i < program_.functions.size(); ++i) {
      if (!listed_[i]) list_function(i, nullptr);
    }
    return std::move(text_);
  }

 private:
  template <typename... Arguments>
  void line(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Arguments>(arguments)...);
    text_ += '\n';
  }

  void list_fields(const std::vector<FieldInfo>& fields) {
    for (size_t i = 0; i < fields.size(); ++i) {
      const FieldInfo& field = fields[i];
      line("  {:>4}  {}: {}{}", i, field.name, type_text(program_, field.type),
           wire_text(field.name, field.wire, field.also) + default_text(field.default_value) + (field.proto_json ? " proto json" : ""));
    }
  }

  // `from "orderId" or "order_id"`; nothing where the wire has only the name itself.
  static std::string wire_text(const std::string& name, const std::string& wire, const std::vector<std::string>& also) {
    std::string text = wire == name && also.empty() ? "" : " from " + quoted(wire);
    for (const std::string& other : also) text += " or " + quoted(other);
    return text;
  }

  std::string default_text(const std::optional<ConstantId>& id) const {
    return id ? " = " + constant_text(program_.constants[static_cast<size_t>(*id)]) : "";
  }

  void list_types() {
    for (const EnumInfo& enumeration : program_.enums) {
      line("\nenum {}", enumeration.name);
      for (size_t i = 0; i < enumeration.values.size(); ++i) {
        const EnumValue& value = enumeration.values[i];
        line("  {:>4}  {}{}", i, value.name, wire_text(value.name, value.wire, value.also));
      }
    }
    for (const RecordInfo& record : program_.records) {
      line("\nrecord {}", record.name);
      list_fields(record.fields);
    }
    if (!program_.attributes.empty()) line("\ncustomer");
    for (size_t i = 0; i < program_.attributes.size(); ++i) {
      const Attribute& attribute = program_.attributes[i];
      const std::string wire = attribute.wire.empty() ? "" : fmt::format(" from \"{}\"", attribute.wire);
      line("  {:>4}  {}{}: {}{}{}", i, attribute.name, wire, type_text(program_, attribute.type), default_text(attribute.default_value),
           attribute.writable ? " writable" : "");
    }
    if (program_.zone) line("  time zone: function {}", static_cast<size_t>(*program_.zone));
    if (program_.locale) line("  locale: function {}", static_cast<size_t>(*program_.locale));
    if (!program_.locales.empty()) line("\nlocales");
    for (size_t i = 0; i < program_.locales.size(); ++i) {
      const Locale& locale = program_.locales[i];
      line("  {:>4}  {}{}", i, locale.tag, i == 0 ? "" : ", else " + program_.locales[static_cast<size_t>(locale.otherwise)].tag);
    }
  }

  void list_events() {
    for (const Event& event : program_.events) {
      line("\nevent {}{}", event.name, wire_text(event.name, event.wire, event.also));
      line("        late {}, grace {}", span_text(event.late), format_duration(event.grace_ms));
      if (event.dedupe_field) line("        deduplicated by {}", event.fields[*event.dedupe_field].name);
      if (event.schema) line("        a payload obeys schema node {}", static_cast<size_t>(*event.schema));
      list_fields(event.fields);
    }
    text_ += schema_text(program_.schema_nodes);
    if (!program_.history.empty()) line("\nhistory");
    for (size_t i = 0; i < program_.history.size(); ++i) {
      const HistoryQuery& query = program_.history[i];
      line("  {:>4}  {}{}{} {}, at most {}", i, query.listed ? "list of " : "", program_.event(query.event).name,
           query.filter ? fmt::format(" where function {}", static_cast<size_t>(*query.filter)) : "",
           query.window ? "in the last " + span_text(*query.window) : "since entry", query.limit);
    }
    list_segments();
  }

  void list_segments() {
    for (const Segment& segment : program_.segments) {
      line("\nsegment {}: function {}{}{}", segment.name, static_cast<size_t>(segment.condition), segment.tracked ? ", tracked" : "",
           segment.existing ? ", existing members join" : "");
    }
    if (!program_.schedules.empty()) line("\nschedules");
    for (size_t i = 0; i < program_.schedules.size(); ++i) {
      const Schedule& schedule = program_.schedules[i];
      line("  {:>4}  {} at {}{}", i, rhythm_text(schedule), format_time_of_day(schedule.at),
           schedule.segment ? " for " + program_.segments[static_cast<size_t>(*schedule.segment)].name : "");
    }
  }

  static std::string rhythm_text(const Schedule& schedule) {
    switch (schedule.kind) {
      case ScheduleKind::weekdays:
        return weekdays_text(schedule.weekdays);
      case ScheduleKind::days:
        return fmt::format("every {} from 1970-01-01", format_period({0, static_cast<int32_t>(schedule.every)}));
      case ScheduleKind::months:
        return fmt::format("every {} from 1970-01-01", format_period({static_cast<int32_t>(schedule.every), 0}));
      case ScheduleKind::yearly:
        return fmt::format("every year on function {}", static_cast<size_t>(*schedule.date_of));
      case ScheduleKind::once:
        return format_date(schedule.date);
    }
    return "";
  }

  void list_tables() {
    for (const Channel& channel : program_.channels) {
      line("\nchannel {}: address function {}", channel.name, static_cast<size_t>(channel.address));
      for (const auto& [purpose, topic] : channel.topics) line("  {} needs topic {}", purpose, program_.topics[static_cast<size_t>(topic)]);
    }
    for (const Message& message : program_.messages) {
      line("\nmessage {} ({})", message.name, message.purpose);
      for (const Parameter& parameter : message.parameters) line("  {}: {}", parameter.name, type_text(program_, parameter.type));
      for (const Body& body : message.bodies) {
        for (const BodyPart& part : body.parts) {
          line("  {}{} {}: function {}", program_.channels[static_cast<size_t>(body.channel)].name,
               body.locale ? " in " + program_.locales[static_cast<size_t>(*body.locale)].tag : "", part.name,
               static_cast<size_t>(part.render));
        }
      }
    }
    for (const Experiment& experiment : program_.experiments) {
      list_experiment(experiment);
    }
    for (const Holdout& holdout : program_.holdouts) {
      line("\nholdout {}, salt {}: {} slots{}", holdout.name, quoted(holdout.salt), holdout.slots,
           holdout.until ? " until " + format_date(*holdout.until) : "");
    }
    for (const Policy& policy : program_.policies) list_policy(policy);
    for (const Action& action : program_.actions) list_action(action);
    list_changes();
  }

  void list_changes() {
    if (program_.renames.empty() && program_.retired.empty()) return;
    line("\nchanges");
    for (const Rename& rename : program_.renames) {
      line("  {} {}{} was {}", to_string(rename.kind), rename.owner.empty() ? "" : rename.owner + " ", rename.to, rename.from);
    }
    for (const RetiredStep& retired : program_.retired) {
      const Journey& journey = program_.journey(retired.journey);
      line("  retired step {} {} {}", journey.name, retired.step,
           retired.resume_at.empty() ? "exit " + journey.labels[static_cast<size_t>(retired.label)] : "resume at " + retired.resume_at);
    }
  }

  static std::string ranges_text(const std::vector<SlotRange>& ranges) {
    std::string text;
    for (const SlotRange& range : ranges) text += fmt::format("{}{} to {}", text.empty() ? "" : ", ", range.first, range.end);
    return text.empty() ? "none" : text;
  }
  void list_experiment(const Experiment& experiment) {
    line("\nexperiment {}, salt {}", experiment.name, quoted(experiment.salt));
    if (!experiment.layer.empty()) {
      line("  layer {} slots {}, others run {}", experiment.layer, ranges_text(experiment.layer_slots),
           experiment.arms[experiment.control].name);
    }
    for (const Arm& arm : experiment.arms) {
      line("  {} {}", arm.name,
           arm.retired_as ? "retired as " + experiment.arms[*arm.retired_as].name : "slots " + ranges_text(arm.slots));
    }
  }

  void list_action(const Action& action) {
    line("\naction {}{}", action.name, action.result ? " -> " + type_text(program_, *action.result) : "");
    for (const Parameter& parameter : action.parameters) line("  {}: {}", parameter.name, type_text(program_, parameter.type));
    if (action.shadow) line("  shadow: function {}", static_cast<size_t>(*action.shadow));
  }

  void list_policy(const Policy& policy) {
    line("\npolicy {}", policy.name);
    for (const Cap& cap : policy.caps) line("  cap {}", cap_text(program_, cap));
    for (const QuietHours& quiet : policy.quiet) line("  quiet {}", quiet_text(program_, quiet));
    list_denials("  ", policy.when_quiet, policy.when_capped);
  }
  void list_denials(const char* indent, const std::vector<DenialStep>& quiet, const std::vector<DenialStep>& capped) {
    if (!quiet.empty()) line("{}when quiet {}", indent, denials_text(program_, quiet));
    if (!capped.empty()) line("{}when capped {}", indent, denials_text(program_, capped));
  }

  std::string source_text(const JourneyEntry& entry) const {
    if (entry.joins) return fmt::format("when joins {}", program_.segments[static_cast<size_t>(*entry.joins)].name);
    if (entry.handoff) return "by handoff";
    if (entry.schedule) return fmt::format("by schedule {}", static_cast<size_t>(*entry.schedule));
    return "on " + event_name(entry.event);
  }
  std::string event_name(std::optional<EventId> event) const { return event ? program_.event(*event).name : "state"; }
  static std::string entry_text(const char* name, const std::optional<Entry>& entry) {
    return entry ? fmt::format(" {} @{}", name, entry->pc) : "";
  }

  void list_journey(const Journey& journey) {
    line("\njourney {}, lifetime {}, priority {}", journey.name, span_text(journey.lifetime), journey.priority);
    if (journey.policy) line("  policy {}", program_.policies[static_cast<size_t>(*journey.policy)].name);
    for (const HoldoutId holdout : journey.holdouts) line("  holdout {}", program_.holdouts[static_cast<size_t>(holdout)].name);
    for (const JourneyEntry& entry : journey.entries) {
      line("  enter {}{}{} start @{}", source_text(entry), entry_text("where", entry.where), entry_text("one per", entry.key),
           entry.start.pc);
    }
    for (const JourneyExit& exit : journey.exits) {
      line("  exit {} on {}{}", journey.labels[static_cast<size_t>(exit.label)], event_name(exit.event), entry_text("where", exit.where));
    }
    for (const Goal& goal : journey.goals) {
      line("  goal {} on {} within {}{}", goal.name, event_name(goal.event), span_text(goal.window), entry_text("where", goal.where));
    }
    if (journey.handoff_layout) list_slots(journey, *journey.handoff_layout, "handed");
    for (size_t i = 0; i < journey.points.size(); ++i) list_point(journey, i);
    for (size_t i = 0; i < journey.sites.size(); ++i) list_site(journey, i);
    for (size_t i = 0; i < journey.calls.size(); ++i) list_call(journey, i);
    for (size_t i = 0; i < journey.forks.size(); ++i) list_fork(journey, i);
    list_function(static_cast<size_t>(journey.body), &journey);
  }

  void list_slots(const Journey& journey, LayoutId layout, const char* what) {
    for (const LayoutSlot& slot : journey.layouts[static_cast<size_t>(layout)].slots) {
      const TypeId type = program_.function(journey.body).registers[static_cast<size_t>(slot.reg)];
      line("    {} r{} {}: {}", what, static_cast<size_t>(slot.reg), slot.name, type_text(program_, type));
    }
  }
  void list_point(const Journey& journey, size_t index) {
    const WaitingPoint& point = journey.points[index];
    line("  point {} {}{}{}{}{}{}{}", index, point.path, place_text(point.within), point.fixed_ms ? " for " + format_duration(*point.fixed_ms) : "",
         entry_text("deadline", point.deadline), entry_text("timeout", point.timeout), entry_text("if past", point.if_past),
         entry_text("if absent", point.if_absent));
    list_slots(journey, point.layout, "keeps");
    for (size_t i = 0; i < point.arms.size(); ++i) {
      const AwaitArm& arm = point.arms[i];
      const char* how = i < point.interrupts ? "interrupted " : "";
      switch (arm.signal) {
        case SignalKind::event:
          line("    {}on {} @{}", how, event_name(arm.event), arm.entry.pc);
          break;
        case SignalKind::receipt:
          line("    on r{}.{} @{}", static_cast<size_t>(arm.delivery), arm.receipt, arm.entry.pc);
          break;
        case SignalKind::when:
          line("    {}when @{}", how, arm.entry.pc);
          break;
        case SignalKind::answer:
          line("    on answer @{}", arm.entry.pc);
          break;
        case SignalKind::failed_answer:
          line("    on failed answer @{}", arm.entry.pc);
          break;
      }
    }
  }

  void list_call(const Journey& journey, size_t index) {
    const CallSite& call = journey.calls[index];
    line("  call {} {}: {} at point {}{}{}", index, call.path, program_.actions[static_cast<size_t>(call.action)].name,
         static_cast<size_t>(call.waits_at), call.result ? fmt::format(", result r{}", static_cast<size_t>(*call.result)) : "",
         call.attempt ? fmt::format(", attempt r{}", static_cast<size_t>(*call.attempt)) : "");
  }
  static std::string place_text(const std::optional<ForkPlace>& place) {
    return place ? fmt::format(" in branch {} of fork {}", place->branch, static_cast<size_t>(place->fork)) : "";
  }
  void list_fork(const Journey& journey, size_t index) {
    const Fork& fork = journey.forks[index];
    line("  fork {} {}{} join @{}", index, fork.path, place_text(fork.within), fork.join.pc);
    for (size_t i = 0; i < fork.branches.size(); ++i) line("    branch {} @{}", i, fork.branches[i].pc);
    const auto names = [&](LayoutId layout) {
      std::string text;
      for (const LayoutSlot& slot : journey.layouts[static_cast<size_t>(layout)].slots) text += (text.empty() ? "" : ", ") + slot.name;
      return text.empty() ? std::string("nothing") : text;
    };
    line("    begins with {}; leaves {}", names(fork.layout), names(fork.join_layout));
  }

  void list_site(const Journey& journey, size_t index) {
    const SendSite& site = journey.sites[index];
    std::string via;
    for (const ChannelId channel : site.via) via += (via.empty() ? "" : ", else ") + program_.channels[static_cast<size_t>(channel)].name;
    line("  site {} {}: send {} via {}{}", index, site.path, program_.messages[static_cast<size_t>(site.message)].name, via,
         site.delayed_at ? fmt::format(", delayed at point {}", static_cast<size_t>(*site.delayed_at)) : "");
    list_denials("    ", site.when_quiet, site.when_capped);
  }

  void list_function(size_t index, const Journey* journey) {
    listed_[index] = true;
    const Function& function = program_.functions[index];
    line("\nfunction {}{}", index, function.name.empty() ? "" : " " + function.name);
    for (size_t reg = 0; reg < function.registers.size(); ++reg) {
      line("    r{}: {}{}", reg, type_text(program_, function.registers[reg]), reg < function.parameter_count ? " (parameter)" : "");
    }
    uint32_t shown_line = 0;
    for (size_t pc = 0; pc < function.code.size(); ++pc) {
      const uint32_t source = function.lines.empty() ? 0 : function.lines[pc];
      if (source != 0 && source != shown_line) list_source(function, source);
      if (source != 0) shown_line = source;
      list_instruction(pc, function.code[pc], journey);
    }
  }

  void list_source(const Function& function, uint32_t source) {
    const std::string file = function.source_file < program_.source_files.size() ? program_.source_files[function.source_file].path : "?";
    line("  -- {}:{}  {}", file, source, source_line_ ? source_line_(file, source) : "");
  }

  void list_instruction(size_t pc, const Instruction& instruction, const Journey* journey) {
    const OpcodeInfo& info = *opcode_info(instruction.opcode);
    const uint16_t operands[] = {instruction.a, instruction.b, instruction.c};
    std::string text;
    for (size_t i = 0; i < 3 && info.operands[i] != OperandKind::target; ++i) {
      if (info.operands[i] == OperandKind::none) continue;
      text += (text.empty() ? "" : ", ") + operand_text(info.operands[i], operands[i], journey);
    }
    if (info.operands[1] == OperandKind::target) text += fmt::format("{}@{}", text.empty() ? "" : ", ", instruction.target());
    line("  {:>4}  {:<18} {}", pc, info.name, text);
  }

  std::string constant_text(const Constant& constant) const {
    if (const auto* decimal = std::get_if<Decimal>(&constant.value)) return decimal->to_string();
    if (const auto* bytes = std::get_if<std::string>(&constant.value)) {
      const ValueKind kind = program_.type(constant.type).kind;
      return kind == ValueKind::record || kind == ValueKind::list ? fmt::format("{} of {} bytes", to_string(kind), bytes->size())
                                                                  : quoted(*bytes);
    }
    return word_text(program_.type(constant.type), std::get<int64_t>(constant.value));
  }
  std::string word_text(const Type& type, int64_t word) const {
    switch (type.kind) {
      case ValueKind::boolean:
        return word != 0 ? "true" : "false";
      case ValueKind::instant:
        return format_rfc3339(word);
      case ValueKind::date:
        return format_date(static_cast<DateDays>(word));
      case ValueKind::time_of_day:
        return format_time_of_day(static_cast<TimeOfDaySeconds>(word));
      case ValueKind::duration:
        return format_duration(word);
      case ValueKind::period:
        return format_period({static_cast<int32_t>(word >> 32), static_cast<int32_t>(word)});
      case ValueKind::enumeration:
        return program_.enums[static_cast<size_t>(type.enumeration)].values[static_cast<size_t>(word)].name;
      case ValueKind::integer:
      case ValueKind::decimal:
      case ValueKind::text:
      case ValueKind::time_zone:
      case ValueKind::record:
      case ValueKind::list:
      case ValueKind::delivery:
        break;
    }
    return std::to_string(word);
  }

  std::string operand_text(OperandKind kind, uint16_t value, const Journey* journey) const {
    switch (kind) {
      case OperandKind::constant:
        return constant_text(program_.constants[value]);
      case OperandKind::attribute:
        return "customer." + program_.attributes[value].name;
      case OperandKind::topic:
        return program_.topics[value];
      case OperandKind::native:
        return native_signature(static_cast<NativeId>(value))->name;
      case OperandKind::site:
        return journey->sites[value].path;
      case OperandKind::call:
        return journey->calls[value].path;
      case OperandKind::point:
        return journey->points[value].path;
      case OperandKind::fork:
        return journey->forks[value].path;
      case OperandKind::label:
        return journey->labels[value];
      case OperandKind::segment:
        return program_.segments[value].name;
      case OperandKind::experiment:
        return program_.experiments[value].name;
      case OperandKind::event:
        return program_.events[value].name;
      case OperandKind::journey:
        return program_.journeys[value].name;
      case OperandKind::field:
      case OperandKind::member:
      case OperandKind::history:
        return fmt::format("{} {}", to_string(kind), value);
#define WEND_VALUE_KIND(number, name, representation) \
  case OperandKind::out_##name:                       \
  case OperandKind::in_##name:
#include "runtime/bytecode/value_kinds.def"
#undef WEND_VALUE_KIND
      case OperandKind::out_any:
      case OperandKind::out_optional:
      case OperandKind::in_any:
      case OperandKind::in_optional:
      case OperandKind::first:
        return fmt::format("r{}", value);
      case OperandKind::none:
      case OperandKind::number:
      case OperandKind::target:
        break;
    }
    return std::to_string(value);
  }

  const Program& program_;
  const SourceLine& source_line_;
  std::vector<bool> listed_ = std::vector<bool>(program_.functions.size());
  std::string text_;
};

}  // namespace

std::string type_text(const Program& program, TypeId id) {
  const Type& type = program.type(id);
  std::string text;
  switch (type.kind) {
    case ValueKind::boolean:
      text = "Bool";
      break;
    case ValueKind::integer:
      text = "Int";
      break;
    case ValueKind::decimal:
      text = type.is_percent ? "Percent" : type.currency.empty() ? "Decimal" : "Money<" + type.currency + ">";
      break;
    case ValueKind::text:
      text = type_name(type.format);
      break;
    case ValueKind::instant:
      text = "Instant";
      break;
    case ValueKind::date:
      text = "Date";
      break;
    case ValueKind::time_of_day:
      text = "TimeOfDay";
      break;
    case ValueKind::duration:
      text = "Duration";
      break;
    case ValueKind::period:
      text = "Period";
      break;
    case ValueKind::time_zone:
      text = "TimeZone";
      break;
    case ValueKind::enumeration:
      text = program.enums[static_cast<size_t>(type.enumeration)].name;
      break;
    case ValueKind::record:
      text = program.records[static_cast<size_t>(type.record)].name;
      break;
    case ValueKind::list:
      text = (type.is_set ? "Set<" : "List<") + type_text(program, type.element) + ">";
      break;
    case ValueKind::delivery:
      text = "Delivery";
      break;
  }
  return type.optional ? text + "?" : text;
}

std::string disassemble(const Program& program, const SourceLine& source_line) {
  return Lister(program, source_line).list();
}

}  // namespace wend::bytecode
