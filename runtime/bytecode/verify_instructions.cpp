// Each instruction by itself: a known opcode, operands in range, register types that fit.

#include "runtime/bytecode/operands.h"
#include "runtime/bytecode/verifier.h"

namespace wend::bytecode {
namespace {

class InstructionVerifier {
 public:
  InstructionVerifier(const Program& program, const CodeUse& use, size_t pc, Fault& fault)
      : program_(program), use_(use), pc_(pc), instruction_(use.function->code[pc]), fault_(fault) {}

  bool verify() {
    const OpcodeInfo* info = opcode_info(instruction_.opcode);
    if (!require(info != nullptr, "unknown opcode {}", static_cast<int>(instruction_.opcode))) return false;
    if (!require(instruction_.zero == 0, "the second byte is not 0")) return false;
    const uint16_t operands[] = {instruction_.a, instruction_.b, instruction_.c};
    bool wide = false;
    for (size_t i = 0; i < 3; ++i) {
      // A target takes the following operand's place too.
      if (!wide && !operand(info->operands[i], "abc"[i], operands[i])) return false;
      wide = wide || info->operands[i] == OperandKind::target;
    }
    return agreement();
  }

 private:
  template <typename... Arguments>
  bool require(bool condition, fmt::format_string<Arguments...> what, Arguments&&... arguments) {
    if (condition) return true;
    return fault_.at(instruction_place(use_, pc_), fmt::format(what, std::forward<Arguments>(arguments)...));
  }

  TypeId type_id(uint16_t reg) const { return use_.function->registers[reg]; }
  const Type& type(uint16_t reg) const { return program_.type(type_id(reg)); }
  bool is(uint16_t reg, ValueKind kind) const { return type(reg).kind == kind && !type(reg).optional; }

  bool index(char name, uint16_t value, size_t size, const char* what) {
    return require(value < size, "operand {} is {} {} of {}", name, what, value, size);
  }
  bool of_journey(char name, uint16_t value, size_t (*size)(const Journey&), const char* what) {
    if (!require(use_.journey != nullptr, "`{}` outside of a journey's body", to_string(instruction_.opcode))) return false;
    return index(name, value, size(*use_.journey), what);
  }
  bool register_of(char name, uint16_t value, OperandKind kind) {
    if (!index(name, value, use_.function->registers.size(), "register")) return false;
    const Type& found = type(value);
    const bool reads = use_of(kind) == OperandUse::reads_register;
    if (kind == OperandKind::in_optional || kind == OperandKind::out_optional) {
      return require(found.optional, "operand {}: register {} is not optional", name, value);
    }
    const std::optional<ValueKind> wanted = value_kind_of(kind);
    if (!wanted) return true;
    if (!require(found.kind == *wanted, "operand {}: register {} is {}, expected {}", name, value, to_string(found.kind),
                 to_string(*wanted))) {
      return false;
    }
    return require(!reads || !found.optional, "operand {}: register {} may be absent", name, value);
  }

  bool operand(OperandKind kind, char name, uint16_t value) {
    switch (kind) {
      case OperandKind::none:
        return require(value == 0, "operand {} is not 0", name);
#define WEND_VALUE_KIND(number, name, representation) \
  case OperandKind::out_##name:                       \
  case OperandKind::in_##name:
#include "runtime/bytecode/value_kinds.def"
#undef WEND_VALUE_KIND
      case OperandKind::out_any:
      case OperandKind::out_optional:
      case OperandKind::in_any:
      case OperandKind::in_optional:
        return register_of(name, value, kind);
      case OperandKind::constant:
        return index(name, value, program_.constants.size(), "constant");
      case OperandKind::attribute:
        return index(name, value, program_.attributes.size(), "attribute");
      case OperandKind::topic:
        return index(name, value, program_.topics.size(), "topic");
      case OperandKind::history:
        return index(name, value, program_.history.size(), "history query");
      case OperandKind::segment:
        return index(name, value, program_.segments.size(), "segment");
      case OperandKind::experiment:
        return index(name, value, program_.experiments.size(), "experiment");
      case OperandKind::event:
        return index(name, value, program_.events.size(), "event");
      case OperandKind::journey:
        return index(name, value, program_.journeys.size(), "journey");
      case OperandKind::native:
        return require(native_signature(static_cast<NativeId>(value)) != nullptr, "unknown native {}", value);
      case OperandKind::site:
        return of_journey(
            name, value, [](const Journey& journey) { return journey.sites.size(); }, "send site");
      case OperandKind::call:
        return of_journey(
            name, value, [](const Journey& journey) { return journey.calls.size(); }, "call");
      case OperandKind::point:
        return of_journey(
            name, value, [](const Journey& journey) { return journey.points.size(); }, "waiting point");
      case OperandKind::fork:
        return of_journey(
            name, value, [](const Journey& journey) { return journey.forks.size(); }, "fork");
      case OperandKind::label:
        return of_journey(
            name, value, [](const Journey& journey) { return journey.labels.size(); }, "label");
      case OperandKind::target:
        return require(instruction_.target() < use_.function->code.size(), "target {} of {}", instruction_.target(),
                       use_.function->code.size());
      case OperandKind::field:   // needs the event: verify_flow
      case OperandKind::member:  // needs the record: agreement
      case OperandKind::first:   // needs the count: agreement
      case OperandKind::number:
        return true;
    }
    return false;
  }

  bool fits_into(TypeId from, uint16_t reg, const char* what) {
    return require(fits(program_, from, type_id(reg)), "{} does not fit register {}", what, reg);
  }

  // `count` registers from `first`, each of which fits the type that `wanted` gives for it.
  template <typename Wanted>
  bool registers_fit(uint16_t first, size_t count, Wanted&& wanted) {
    const size_t size = use_.function->registers.size();
    if (!require(first + count <= size, "registers {} to {} of {}", first, first + count, size)) return false;
    for (size_t i = 0; i < count; ++i) {
      const auto reg = static_cast<uint16_t>(first + i);
      if (!require(fits(program_, type_id(reg), wanted(i)), "register {} is not what is expected there", reg)) return false;
    }
    return true;
  }

  bool comparable(Representation wanted) {
    const Type& left = type(instruction_.b);
    const bool representations = representation(left.kind) == wanted && representation(type(instruction_.c).kind) == wanted;
    const bool types = fits_but_for_presence(program_, type_id(instruction_.b), type_id(instruction_.c)) ||
                       fits_but_for_presence(program_, type_id(instruction_.c), type_id(instruction_.b));
    return require(representations && types, "registers {} and {} cannot be compared so", instruction_.b, instruction_.c);
  }

  bool add_or_subtract_word() {
    const auto are = [&](ValueKind a, ValueKind b, ValueKind c) {
      return type(instruction_.a).kind == a && is(instruction_.b, b) && is(instruction_.c, c);
    };
    using enum ValueKind;
    bool known = are(instant, instant, duration) || are(duration, duration, duration);
    if (instruction_.opcode == Opcode::subtract_word) known = known || are(duration, instant, instant);
    return require(known, "no such sum or difference of {} and {}", to_string(type(instruction_.b).kind),
                   to_string(type(instruction_.c).kind));
  }

  bool native_parameter(const NativeSignature& native, NativeKind kind, uint16_t reg) {
    const Type& found = type(reg);
    bool known = !found.optional;
    if (kind == NativeKind::same_list) {
      known = known && fits(program_, type_id(reg), type_id(instruction_.b));
    } else if (kind != NativeKind::any) {
      known = known && std::string_view(to_string(kind)) == to_string(found.kind);
    }
    return require(known, "register {} is not what `{}` takes", reg, native.name);
  }

  bool native_call() {
    const NativeSignature& native = *native_signature(static_cast<NativeId>(instruction_.c));
    const size_t count = native.parameters.size();
    const size_t size = use_.function->registers.size();
    if (!require(instruction_.b + count <= size, "registers {} to {} of {}", instruction_.b, instruction_.b + count, size)) return false;
    for (size_t i = 0; i < count; ++i) {
      if (!native_parameter(native, native.parameters[i], static_cast<uint16_t>(instruction_.b + i))) return false;
    }
    return require(native_result_fits(native.result), "register {} cannot hold what `{}` returns", instruction_.a, native.name);
  }

  bool is_list_of(const Type& type, ValueKind element) const {
    return type.kind == ValueKind::list && !type.is_set && program_.type(type.element).kind == element;
  }
  bool native_result_fits(NativeKind result) const {
    const Type& to = type(instruction_.a);
    switch (result) {
      case NativeKind::optional_any:
        return to.optional && fits_but_for_presence(program_, type(instruction_.b).element, type_id(instruction_.a));
      case NativeKind::optional_integer:
        return to.optional && to.kind == ValueKind::integer;
      case NativeKind::optional_time_zone:
        return to.optional && to.kind == ValueKind::time_zone;
      case NativeKind::list_time_zone:
        return is_list_of(to, ValueKind::time_zone);
      case NativeKind::list_text:
        return is_list_of(to, ValueKind::text);
      case NativeKind::list_integer:
        return is_list_of(to, ValueKind::integer);
      case NativeKind::same_list:
        return to.kind == ValueKind::list && !to.is_set && fits(program_, type_id(instruction_.b), type_id(instruction_.a));
      case NativeKind::any:
        return false;
#define WEND_VALUE_KIND(number, name, representation) case NativeKind::name:
#include "runtime/bytecode/value_kinds.def"
#undef WEND_VALUE_KIND
        return std::string_view(to_string(result)) == to_string(to.kind);
    }
    return false;
  }

  bool send() {
    const SendSite& site = use_.journey->sites[instruction_.b];
    if (!require(type(instruction_.a).kind == ValueKind::delivery, "register {} is no delivery", instruction_.a)) return false;
    const auto& parameters = program_.messages[static_cast<size_t>(site.message)].parameters;
    return registers_fit(instruction_.c, parameters.size(), [&](size_t i) { return parameters[i].type; });
  }

  bool call() {
    const CallSite& call = use_.journey->calls[instruction_.a];
    const auto& parameters = program_.actions[static_cast<size_t>(call.action)].parameters;
    return registers_fit(instruction_.b, parameters.size(), [&](size_t i) { return parameters[i].type; });
  }

  bool set_attribute() {
    const Attribute& attribute = program_.attributes[instruction_.b];
    return require(attribute.writable, "attribute {} is not writable", attribute.name) &&
           require(fits(program_, type_id(instruction_.a), attribute.type), "register {} does not fit attribute {}", instruction_.a,
                   attribute.name);
  }

  bool emit() {
    const auto& fields = program_.events[instruction_.a].fields;
    return require(use_.journey != nullptr, "`emit` outside of a journey's body") &&
           registers_fit(instruction_.b, fields.size(), [&](size_t i) { return fields[i].type; });
  }

  bool hand_off() {
    const Journey& target = program_.journeys[instruction_.a];
    if (!require(use_.journey->labels[instruction_.c] == k_handed_off_label, "exit label {} is not `{}`", instruction_.c, k_handed_off_label) ||
        !require(target.handoff_layout.has_value(), "journey {} is not entered by handoff", target.name)) {
      return false;
    }
    const auto& slots = target.layouts[static_cast<size_t>(*target.handoff_layout)].slots;
    const auto& registers = program_.function(target.body).registers;
    return registers_fit(instruction_.b, slots.size(), [&](size_t i) { return registers[static_cast<size_t>(slots[i].reg)]; });
  }

  bool make_record() {
    const auto& fields = program_.records[static_cast<size_t>(type(instruction_.a).record)].fields;
    return require(instruction_.c == fields.size(), "{} values for {} fields", instruction_.c, fields.size()) &&
           registers_fit(instruction_.b, fields.size(), [&](size_t i) { return fields[i].type; });
  }

  bool member() {
    const auto& fields = program_.records[static_cast<size_t>(type(instruction_.b).record)].fields;
    return index('c', instruction_.c, fields.size(), "member") && fits_into(fields[instruction_.c].type, instruction_.a, "the member");
  }

  bool load_list() {
    const HistoryQuery& query = program_.history[instruction_.b];
    if (!require(query.listed.has_value(), "history query {} is no list", instruction_.b)) return false;
    const Type& list = type(instruction_.a);
    const Type& element = program_.type(list.element);
    return require(!list.is_set && element.kind == ValueKind::record && element.record == *query.listed,
                   "register {} cannot hold what history query {} lists", instruction_.a, instruction_.b);
  }

  // What the table's words do not say: how the types of several operands go together.
  bool agreement() {
    switch (instruction_.opcode) {
      case Opcode::load_constant:
        return fits_into(program_.constants[instruction_.b].type, instruction_.a, "the constant");
      case Opcode::move:
        return fits_into(type_id(instruction_.b), instruction_.a, "the value");
      case Opcode::unwrap:
        return require(fits_but_for_presence(program_, type_id(instruction_.b), type_id(instruction_.a)),
                       "the value does not fit register {}", instruction_.a);
      case Opcode::load_attribute:
        return fits_into(program_.attributes[instruction_.b].type, instruction_.a, "the attribute");
      case Opcode::member:
        return member();
      case Opcode::make_record:
        return make_record();
      case Opcode::make_list:
        return registers_fit(instruction_.b, instruction_.c, [&](size_t) { return type(instruction_.a).element; });
      case Opcode::equal_word:
        return comparable(Representation::word);
      case Opcode::less_word:
      case Opcode::less_equal_word:
        return comparable(Representation::word) && require(type(instruction_.b).kind != ValueKind::period, "periods have no order");
      case Opcode::equal_decimal:
      case Opcode::less_decimal:
      case Opcode::less_equal_decimal:
        return comparable(Representation::decimal);
      case Opcode::equal_bytes:
        return comparable(Representation::bytes);
      case Opcode::contains:
        return require(fits_but_for_presence(program_, type_id(instruction_.c), type(instruction_.b).element),
                       "register {} is no such element", instruction_.c);
      case Opcode::load_history:
        return require(!program_.history[instruction_.b].listed, "history query {} is a list", instruction_.b);
      case Opcode::load_list:
        return load_list();
      case Opcode::add_word:
      case Opcode::subtract_word:
        return add_or_subtract_word();
      case Opcode::call_native:
        return native_call();
      case Opcode::send:
        return send();
      case Opcode::call:
        return call();
      case Opcode::set_attribute:
        return set_attribute();
      case Opcode::assign_arm:
        return require(use_.journey != nullptr, "`assign_arm` outside of a journey's body");
      case Opcode::emit:
        return emit();
      case Opcode::hand_off:
        return hand_off();
      case Opcode::load_position:
        return require(instruction_.b <= 1, "operand b is neither 0 nor 1");
      case Opcode::load_absent:
      case Opcode::load_field:
      case Opcode::load_now:
      case Opcode::load_zone:
      case Opcode::load_consent:
      case Opcode::load_segment:
      case Opcode::jump:
      case Opcode::jump_if:
      case Opcode::jump_unless:
      case Opcode::jump_if_absent:
      case Opcode::return_value:
      case Opcode::decline:
      case Opcode::suspend:
      case Opcode::end:
      case Opcode::fork:
      case Opcode::end_branch:
      case Opcode::not_boolean:
      case Opcode::is_present:
      case Opcode::add_integer:
      case Opcode::subtract_integer:
      case Opcode::multiply_integer:
      case Opcode::negate_integer:
      case Opcode::integer_to_decimal:
      case Opcode::add_decimal:
      case Opcode::subtract_decimal:
      case Opcode::multiply_decimal:
      case Opcode::divide_decimal:
      case Opcode::negate_decimal:
      case Opcode::concat:
      case Opcode::format:
      case Opcode::begin_text:
      case Opcode::write:
      case Opcode::end_text:
      case Opcode::loop:
        return true;
    }
    return false;
  }

  const Program& program_;
  const CodeUse& use_;
  const size_t pc_;
  const Instruction instruction_;
  Fault& fault_;
};

}  // namespace

std::string instruction_place(const CodeUse& use, size_t pc) {
  return fmt::format("{}, instruction {} ({})", use.name, pc,
                     to_string(use.function->code[pc].opcode) == nullptr ? "?" : to_string(use.function->code[pc].opcode));
}

void append_reads(const Program& program, const CodeUse& use, const Instruction& instruction, std::vector<Register>& reads) {
  const OpcodeInfo& info = *opcode_info(instruction.opcode);
  const uint16_t operands[] = {instruction.a, instruction.b, instruction.c};
  std::optional<uint16_t> first;
  size_t count = 0;
  for (size_t i = 0; i < 3; ++i) {
    if (use_of(info.operands[i]) == OperandUse::reads_register) reads.push_back(static_cast<Register>(operands[i]));
    if (info.operands[i] == OperandKind::first) first = operands[i];
    if (info.operands[i] == OperandKind::number) count = operands[i];
    if (info.operands[i] == OperandKind::native) count = native_signature(static_cast<NativeId>(operands[i]))->parameters.size();
    if (info.operands[i] == OperandKind::event) count = program.events[operands[i]].fields.size();
    if (info.operands[i] == OperandKind::journey) {
      const Journey& target = program.journeys[operands[i]];
      count = target.layouts[static_cast<size_t>(*target.handoff_layout)].slots.size();
    }
    if (info.operands[i] == OperandKind::call) {
      const CallSite& call = use.journey->calls[operands[i]];
      count = program.actions[static_cast<size_t>(call.action)].parameters.size();
      reads.insert(reads.end(), call.rounds.begin(), call.rounds.end());
      if (call.attempt) reads.push_back(*call.attempt);
    }
    if (info.operands[i] != OperandKind::site) continue;
    const SendSite& site = use.journey->sites[operands[i]];
    count = program.messages[static_cast<size_t>(site.message)].parameters.size();
    reads.insert(reads.end(), site.rounds.begin(), site.rounds.end());
  }
  for (size_t i = 0; i < count && first; ++i) reads.push_back(static_cast<Register>(*first + i));
}

std::optional<Register> written_register(const Instruction& instruction) {
  if (use_of(opcode_info(instruction.opcode)->operands[0]) != OperandUse::writes_register) return std::nullopt;
  return static_cast<Register>(instruction.a);
}

bool verify_instructions(const Program& program, const CodeUse& use, Fault& fault) {
  for (size_t pc = 0; pc < use.function->code.size(); ++pc) {
    if (!InstructionVerifier(program, use, pc, fault).verify()) return false;
  }
  return true;
}

}  // namespace wend::bytecode
