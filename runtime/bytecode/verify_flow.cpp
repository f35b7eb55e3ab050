// Code as it can run: every path from every start ends, reads only what it or its start has assigned, and does only what the start
// is for. Without `loop` the paths of one run are acyclic, so one pass in topological order over all starts at once is exact: a register
// is assigned at an instruction when it is on every path there from every start. What is so found at the target of a `loop` is
// then shown to hold after a round too; the machine counts the rounds, so these paths end as well.

#include <algorithm>

#include "runtime/bytecode/limits.h"
#include "runtime/bytecode/operands.h"
#include "runtime/bytecode/verifier.h"

namespace wend::bytecode {
namespace {

struct Successors {
  uint32_t targets[2]{};
  int count = 0;
  void add(uint32_t pc) { targets[count++] = pc; }
};

bool is_effect(Opcode opcode) {
  return opcode == Opcode::send || opcode == Opcode::set_attribute || opcode == Opcode::assign_arm || opcode == Opcode::call ||
         opcode == Opcode::emit || opcode == Opcode::hand_off;
}
Successors successors_of(const Instruction& instruction, uint32_t pc) {
  Successors next;
  if (is_last(instruction.opcode)) return next;
  if (opcode_info(instruction.opcode)->operands[1] == OperandKind::target) next.add(instruction.target());
  if (instruction.opcode != Opcode::jump) next.add(pc + 1);
  return next;
}

// What is known on every path to an instruction. The assigned registers are kept beside it, as bits.
struct Known {
  enum class Event : uint8_t { unreached, none, one, several };
  Event event = Event::unreached;
  EventId which{};
  uint16_t roles = 0;    // bit for each Role of the starts that lead here
  bool changed = false;  // an effect may have happened on the way
  uint16_t texts = 0;    // begun and not ended
  std::optional<ForkPlace> within;  // the innermost branch that all ways there are in
  uint32_t start = 0;    // one of the starts that lead here, for messages
};

constexpr uint16_t bit(Role role) {
  return static_cast<uint16_t>(1u << static_cast<int>(role));
}
// Ways with different numbers of texts begun come together.
constexpr uint16_t k_mixed_texts = 0xffff;
constexpr uint16_t k_running = bit(Role::body) | bit(Role::arm);

class FlowVerifier {
 public:
  FlowVerifier(const Program& program, const CodeUse& use, Fault& fault)
      : program_(program),
        use_(use),
        fault_(fault),
        code_(use.function->code),
        words_((use.function->registers.size() + 63) / 64),
        known_(code_.size()),
        assigned_(code_.size() * words_) {}

  bool verify(bool only_entry_starts) {
    only_entry_starts_ = only_entry_starts;
    std::vector<uint64_t> bits(words_);
    std::vector<uint32_t> starts;
    for (uint32_t i = 0; i < use_.starts.size(); ++i) {
      if (!counts(use_.starts[i])) continue;
      start_bits(use_.starts[i], bits);
      Known known;
      known.event = use_.starts[i].event ? Known::Event::one : Known::Event::none;
      known.which = use_.starts[i].event.value_or(EventId{});
      known.roles = bit(use_.starts[i].role);
      known.start = i;
      known.within = use_.starts[i].within;
      merge(use_.starts[i].pc, known, bits.data());
      starts.push_back(use_.starts[i].pc);
    }
    if (!order_from(starts)) return false;
    // Reversed postorder: every instruction after all that lead to it.
    for (auto pc = postorder_.rbegin(); pc != postorder_.rend(); ++pc) {
      if (!step(*pc, bits)) return false;
    }
    return std::ranges::all_of(loops_, [&](uint32_t pc) { return loops_back(pc); });
  }

 private:
  template <typename... Arguments>
  bool require(bool condition, uint32_t pc, fmt::format_string<Arguments...> what, Arguments&&... arguments) {
    if (condition) return true;
    const std::string& start = use_.starts[known_[pc].start].name;
    return fault_.at(instruction_place(use_, pc),
                     fmt::format("{} (reached from {})", fmt::format(what, std::forward<Arguments>(arguments)...), start));
  }

  bool counts(const Start& start) const { return !only_entry_starts_ || start.begins; }

  void start_bits(const Start& start, std::vector<uint64_t>& bits) const {
    std::fill(bits.begin(), bits.end(), 0);
    for (size_t reg = 0; reg < use_.function->parameter_count; ++reg) set(bits.data(), reg);
    for (const Register reg : use_.assigned[start.assigned]) set(bits.data(), static_cast<size_t>(reg));
  }
  static void set(uint64_t* bits, size_t reg) { bits[reg / 64] |= uint64_t{1} << reg % 64; }
  static bool has(const uint64_t* bits, size_t reg) { return (bits[reg / 64] >> reg % 64 & 1) != 0; }
  uint64_t* assigned_at(uint32_t pc) { return assigned_.data() + pc * words_; }

  void merge(uint32_t pc, const Known& from, const uint64_t* bits) {
    Known& to = known_[pc];
    uint64_t* assigned = assigned_at(pc);
    if (to.event == Known::Event::unreached) {
      to = from;
      std::copy(bits, bits + words_, assigned);
      return;
    }
    if (to.event != from.event || to.which != from.which) to.event = Known::Event::several;
    to.roles |= from.roles;
    to.changed = to.changed || from.changed;
    if (to.texts != from.texts) to.texts = k_mixed_texts;
    if (to.within != from.within) to.within = common_place(*use_.journey, to.within, from.within);
    for (size_t i = 0; i < words_; ++i) assigned[i] &= bits[i];
  }

  // Depth first without recursion: code is as long as a file may make it.
  bool order_from(const std::vector<uint32_t>& starts) {
    enum class Mark : uint8_t { fresh, open, done };
    std::vector<Mark> marks(code_.size(), Mark::fresh);
    struct Visit {
      uint32_t pc;
      int next;
    };
    std::vector<Visit> stack;
    for (const uint32_t start : starts) {
      if (marks[start] != Mark::fresh) continue;
      marks[start] = Mark::open;
      stack.push_back({start, 0});
      while (!stack.empty()) {
        Visit& visit = stack.back();
        const Successors next = successors_of(code_[visit.pc], visit.pc);
        if (visit.next == next.count) {
          marks[visit.pc] = Mark::done;
          postorder_.push_back(visit.pc);
          stack.pop_back();
          continue;
        }
        const uint32_t target = next.targets[visit.next++];
        if (!fault_.require(target < code_.size(), instruction_place(use_, visit.pc), "the code falls off its end")) return false;
        if (!fault_.require(marks[target] != Mark::open, instruction_place(use_, visit.pc), "a cycle to instruction {} without a `suspend`",
                            target)) {
          return false;
        }
        if (marks[target] == Mark::fresh) {
          marks[target] = Mark::open;
          stack.push_back({target, 0});
        }
      }
    }
    return true;
  }

  bool step(uint32_t pc, std::vector<uint64_t>& bits) {
    const Instruction& instruction = code_[pc];
    const uint64_t* before = assigned_at(pc);
    reads_.clear();
    append_reads(program_, use_, instruction, reads_);
    for (const Register reg : reads_) {
      if (!require(has(before, static_cast<size_t>(reg)), pc, "register {} is read before it is assigned", static_cast<size_t>(reg)))
        return false;
    }
    if (!allowed(pc, instruction) || !loads_field(pc, instruction) || !returns(pc, instruction) || !stops(pc, instruction, before))
      return false;
    Known after = known_[pc];
    after.changed = after.changed || is_effect(instruction.opcode);
    if (!writes(pc, instruction, after)) return false;
    std::copy(before, before + words_, bits.begin());
    if (const auto written = written_register(instruction)) set(bits.data(), static_cast<size_t>(*written));
    const Successors next = successors_of(instruction, pc);
    for (int i = 0; i < next.count; ++i) merge(next.targets[i], after, bits.data());
    return true;
  }

  // What was taken to hold at the target, from the ways that lead there first, holds after every round too.
  bool loops_back(uint32_t pc) {
    const uint32_t target = code_[pc].target();
    const Known& at = known_[target];
    if (!require(at.event != Known::Event::unreached && target <= pc, pc, "`loop` to where no way led before")) return false;
    if (!require(at.texts == known_[pc].texts, pc, "`loop` with another number of texts begun")) return false;
    const uint64_t* wanted = assigned_at(target);
    const uint64_t* found = assigned_at(pc);
    for (size_t i = 0; i < words_; ++i) {
      if (!require((wanted[i] & ~found[i]) == 0, pc, "`loop` to where more registers are assigned")) return false;
    }
    return true;
  }

  // Texts are written, and code goes round, only where a message's text is made: nothing else has the limits for it.
  bool writes(uint32_t pc, const Instruction& instruction, Known& after) {
    const bool is_write = instruction.opcode == Opcode::write;
    const bool is_begin = instruction.opcode == Opcode::begin_text;
    const bool is_end = instruction.opcode == Opcode::end_text;
    const uint16_t texts = known_[pc].texts;
    if (instruction.opcode == Opcode::return_value && !require(texts == 0, pc, "returns while a text is being written")) return false;
    if (!is_write && !is_begin && !is_end && instruction.opcode != Opcode::loop) return true;
    if (!require(known_[pc].roles == bit(Role::text), pc, "`{}` where no text is made", to_string(instruction.opcode)) ||
        !require(texts != k_mixed_texts, pc, "is reached with different numbers of texts begun") ||
        !require(!is_begin || texts < k_text_depth_max, pc, "more than {} texts inside each other", k_text_depth_max) ||
        !require((!is_write && !is_end) || texts > 0, pc, "no text has begun")) {
      return false;
    }
    after.texts = static_cast<uint16_t>(texts + (is_begin ? 1 : 0) - (is_end ? 1 : 0));
    if (instruction.opcode == Opcode::loop) loops_.push_back(pc);
    return true;
  }

  bool allowed(uint32_t pc, const Instruction& instruction) {
    const Known& known = known_[pc];
    if (is_effect(instruction.opcode) || is_stop(instruction.opcode)) {
      return require((known.roles & ~k_running) == 0, pc, "`{}` where only a value may be computed", to_string(instruction.opcode));
    }
    // A segment's condition is code of its own, which what it reads must not ask for again.
    if (instruction.opcode == Opcode::load_segment) {
      return require(use_.journey != nullptr || known.roles == bit(Role::key), pc, "`load_segment` where only a journey may ask");
    }
    if ((known.roles & bit(Role::segment)) != 0 && !belongs_to_segment(instruction)) {
      return require(false, pc, "`{}` where only attributes, consents and history are read", to_string(instruction.opcode));
    }
    if (instruction.opcode == Opcode::decline) {
      return require(known.roles == bit(Role::arm), pc, "`decline` where no arm can be declined") &&
             require(!known.changed, pc, "`decline` after something has changed");
    }
    return true;
  }

  // A segment is asked at any moment, and again when what it reads has changed.
  bool belongs_to_segment(const Instruction& instruction) const {
    if (instruction.opcode == Opcode::load_history) return program_.history[instruction.b].window.has_value();
    return instruction.opcode != Opcode::load_list && instruction.opcode != Opcode::load_now &&
           instruction.opcode != Opcode::load_position;
  }

  bool loads_field(uint32_t pc, const Instruction& instruction) {
    if (instruction.opcode != Opcode::load_field) return true;
    const Known& known = known_[pc];
    if (!require(known.event != Known::Event::several, pc, "`load_field` is reached with different events") ||
        !require(known.event == Known::Event::one, pc, "`load_field` where there is no event")) {
      return false;
    }
    const Event& event = program_.event(known.which);
    if (!require(instruction.b < event.fields.size(), pc, "field {} of {} in event {}", instruction.b, event.fields.size(), event.name))
      return false;
    return require(fits(program_, event.fields[instruction.b].type, use_.function->registers[instruction.a]), pc,
                   "field {} of event {} does not fit register {}", event.fields[instruction.b].name, event.name, instruction.a);
  }

  bool returns(uint32_t pc, const Instruction& instruction) {
    if (instruction.opcode != Opcode::return_value) return true;
    const uint16_t roles = known_[pc].roles;
    const Type& type = program_.type(use_.function->registers[instruction.a]);
    const bool list_of_text = type.kind == ValueKind::list && program_.type(type.element).kind == ValueKind::text;
    const bool list_of_zone = type.kind == ValueKind::list && program_.type(type.element).kind == ValueKind::time_zone;
    const auto only = [&](Role role, bool fits_role, const char* wanted) {
      return require((roles & bit(role)) == 0 || fits_role, pc, "returns {}{}, expected {}", type.optional ? "optional " : "",
                     to_string(type.kind), wanted);
    };
    return require((roles & k_running) == 0, pc, "`return_value` where a journey runs") &&
           only(Role::condition, type.kind == ValueKind::boolean && !type.optional, "a boolean") &&
           only(Role::deadline, type.kind == ValueKind::instant, "an instant") &&
           only(Role::text, type.kind == ValueKind::text && !type.optional, "a text") &&
           only(Role::address, type.kind == ValueKind::text || list_of_text, "a text or a list of texts") &&
           only(Role::segment, type.kind == ValueKind::boolean && !type.optional, "a boolean") &&
           only(Role::date, type.kind == ValueKind::date, "a date") && only(Role::locale, type.kind == ValueKind::text, "a text") &&
           returns_shadow(pc, instruction) && only(Role::zone, type.kind == ValueKind::time_zone || list_of_zone, "a time zone or a list of them");
  }

  bool returns_shadow(uint32_t pc, const Instruction& instruction) {
    if ((known_[pc].roles & bit(Role::shadow)) == 0) return true;
    const std::optional<TypeId>& wanted = use_.starts[known_[pc].start].wanted;
    return require(wanted && fits(program_, use_.function->registers[instruction.a], *wanted), pc, "returns what the action does not give");
  }

  // Where the instruction may end the reaction and wait.
  std::optional<PointId> point_of(const Instruction& instruction) const {
    if (instruction.opcode == Opcode::suspend) return static_cast<PointId>(instruction.a);
    if (instruction.opcode == Opcode::call) return use_.journey->calls[instruction.a].waits_at;
    if (instruction.opcode == Opcode::send) return use_.journey->sites[instruction.b].delayed_at;
    return std::nullopt;
  }

  bool stops(uint32_t pc, const Instruction& instruction, const uint64_t* before) {
    const std::optional<PointId> waits_at = point_of(instruction);
    if (waits_at) {
      const WaitingPoint& point = use_.journey->points[static_cast<size_t>(*waits_at)];
      if (!require((point.kind == PointKind::send) == (instruction.opcode == Opcode::send), pc,
                   "a point of delayed messages is reached by"
                   " their `send`")) {
        return false;
      }
      if (!keeps(pc, point.layout, before) || !comes_to(pc, point.within)) return false;
    }
    if (!forks(pc, instruction, before)) return false;
    if ((!is_stop(instruction.opcode) && !waits_at) || !only_entry_starts_) return true;
    for (const Register reg : use_.assigned[use_.goal_registers]) {
      if (!require(has(before, static_cast<size_t>(reg)), pc, "register {} is kept for goals but not assigned", static_cast<size_t>(reg)))
        return false;
    }
    return true;
  }

  bool keeps(uint32_t pc, LayoutId layout, const uint64_t* before) {
    for (const LayoutSlot& slot : use_.journey->layouts[static_cast<size_t>(layout)].slots) {
      if (!require(has(before, static_cast<size_t>(slot.reg)), pc, "register {} ({}) is kept but not assigned",
                   static_cast<size_t>(slot.reg), slot.name)) {
        return false;
      }
    }
    return true;
  }
  // A branch is left by going on outside of its fork, and come into by the fork only.
  bool comes_to(uint32_t pc, const std::optional<ForkPlace>& place) {
    return require(is_around(*use_.journey, place, known_[pc].within), pc, "comes into a branch of a fork from outside");
  }
  bool forks(uint32_t pc, const Instruction& instruction, const uint64_t* before) {
    if (instruction.opcode == Opcode::fork) {
      const Fork& fork = use_.journey->forks[instruction.a];
      return keeps(pc, fork.layout, before) && comes_to(pc, fork.within);
    }
    if (instruction.opcode != Opcode::end_branch) return true;
    const auto ends = static_cast<ForkId>(instruction.a);
    std::optional<ForkPlace> place = known_[pc].within;
    while (place && place->fork != ends) place = use_.journey->forks[static_cast<size_t>(place->fork)].within;
    return require(place.has_value(), pc, "ends a branch of a fork that it is not in") &&
           keeps(pc, use_.journey->forks[instruction.a].join_layout, before);
  }

  const Program& program_;
  const CodeUse& use_;
  Fault& fault_;
  const std::vector<Instruction>& code_;
  const size_t words_;
  std::vector<Known> known_;        // by instruction
  std::vector<uint64_t> assigned_;  // by instruction, words_ each
  std::vector<uint32_t> postorder_;
  std::vector<Register> reads_;
  std::vector<uint32_t> loops_;
  bool only_entry_starts_ = false;
};

}  // namespace

bool verify_flow(const Program& program, const CodeUse& use, Fault& fault) {
  if (!FlowVerifier(program, use, fault).verify(false)) return false;
  return use.goal_registers == 0 || FlowVerifier(program, use, fault).verify(true);
}

}  // namespace wend::bytecode
