// A journey's own tables, and every way into every function.

#include <algorithm>

#include "runtime/bytecode/limits.h"
#include "runtime/bytecode/operands.h"
#include "runtime/bytecode/verifier.h"

namespace wend::bytecode {
namespace {

class JourneyVerifier {
 public:
  JourneyVerifier(const Program& program, const Journey& journey, Fault& fault)
      : program_(program), journey_(journey), name_(fmt::format("journey {}", journey.name)), fault_(fault) {}

  bool verify() {
    if (!index(journey_.body, program_.functions, name_, "function")) return false;
    registers_ = &program_.function(journey_.body).registers;
    if (!fault_.require(!journey_.labels.empty() && journey_.labels[0] == "done", name_, "exit label 0 is not `done`")) return false;
    if (!fault_.require(is_known(journey_.lifetime), name_, "`lifetime` is out of range")) return false;
    for (const size_t size : {journey_.labels.size(), journey_.entries.size(), journey_.exits.size(), journey_.goals.size(),
                              journey_.layouts.size(), journey_.points.size(), journey_.sites.size(), journey_.forks.size(), journey_.calls.size()}) {
      if (!fault_.require(size <= k_table_max, name_, "more than {} entries in a table", k_table_max)) return false;
    }
    if (journey_.policy && !index(*journey_.policy, program_.policies, name_, "policy")) return false;
    return attributes(journey_.required, name_) && holdouts() && layouts() && sites() && entries() && exits() && goals() && points() &&
           verify_calls(program_, journey_, fault_) && verify_forks(program_, journey_, fault_);
  }

 private:
  template <typename Id, typename T>
  bool index(Id id, const std::vector<T>& table, const std::string& where, const char* what) {
    return fault_.require(static_cast<size_t>(id) < table.size(), where, "{} {} of {}", what, static_cast<size_t>(id), table.size());
  }
  std::string place(const char* kind, size_t number) const { return fmt::format("{}, {} {}", name_, kind, number); }

  bool attributes(const std::vector<AttributeId>& ids, const std::string& where) {
    return std::ranges::all_of(ids, [&](AttributeId id) { return index(id, program_.attributes, where, "attribute"); });
  }

  bool holdouts() {
    const auto& ids = journey_.holdouts;
    const bool ascending = std::ranges::adjacent_find(ids, std::ranges::greater_equal()) == ids.end();
    return fault_.require(ascending, name_, "the holdouts are not in order") &&
           (ids.empty() || index(ids.back(), program_.holdouts, name_, "holdout"));
  }

  bool layouts() {
    for (size_t i = 0; i < journey_.layouts.size(); ++i) {
      const std::string where = place("layout", i);
      std::vector<bool>& seen = kept_.emplace_back(registers_->size());
      // Checked first: a layout without repeats is no longer than the register file.
      const auto& slots = journey_.layouts[i].slots;
      if (!fault_.require(slots.size() <= registers_->size(), where, "more slots than registers")) return false;
      for (const LayoutSlot& slot : slots) {
        const auto reg = static_cast<size_t>(slot.reg);
        if (!index(slot.reg, *registers_, where, "register")) return false;
        if (!fault_.require(!seen[reg], where, "register {} stands twice", reg)) return false;
        seen[reg] = true;
      }
    }
    return (!journey_.goal_layout || index(*journey_.goal_layout, journey_.layouts, name_, "goal layout")) &&
           (!journey_.handoff_layout || index(*journey_.handoff_layout, journey_.layouts, name_, "handoff layout"));
  }

  bool sites() {
    for (size_t i = 0; i < journey_.sites.size(); ++i) {
      const SendSite& site = journey_.sites[i];
      const std::string where = place("send site", i);
      if (!index(site.message, program_.messages, where, "message")) return false;
      if (!fault_.require(!site.via.empty(), where, "no channel")) return false;
      for (const ChannelId channel : site.via) {
        if (!index(channel, program_.channels, where, "channel")) return false;
      }
      if (!fault_.require(site.rounds.size() <= k_rounds_max, where, "inside more than {} loops", k_rounds_max)) return false;
      if (!fault_.require(!site.within || is_known(*site.within), where, "`within` is out of range")) return false;
      for (const Register reg : site.rounds) {
        if (!index(reg, *registers_, where, "register")) return false;
        if (!fault_.require(program_.type((*registers_)[static_cast<size_t>(reg)]).kind == ValueKind::integer, where,
                            "round register {} is no integer", static_cast<size_t>(reg))) {
          return false;
        }
      }
      if (!verify_denials(program_, site.when_quiet, where, fault_) || !verify_denials(program_, site.when_capped, where, fault_) ||
          !delayed_at(site, i, where)) {
        return false;
      }
    }
    return send_points();
  }

  // Where a delayed message waits, it goes on with the `send` itself: that it is asked about again, and by whom, is certain.
  bool delayed_at(const SendSite& site, size_t number, const std::string& where) {
    if (!site.delayed_at) return true;
    if (!index(*site.delayed_at, journey_.points, where, "waiting point")) return false;
    const WaitingPoint& point = journey_.points[static_cast<size_t>(*site.delayed_at)];
    const std::vector<Instruction>& code = program_.function(journey_.body).code;
    return fault_.require(point.kind == PointKind::send, where, "it is delayed at a point of another kind") &&
           fault_.require(point.timeout && point.timeout->pc < code.size(), where, "it is delayed at a point without a timeout") &&
           fault_.require(code[point.timeout->pc].opcode == Opcode::send && code[point.timeout->pc].b == number, where,
                          "it is delayed at a point that goes on elsewhere") &&
           fault_.require(!point.fixed_ms && !point.deadline, where, "the point has a deadline of its own");
  }
  bool send_points() {
    const auto points = std::ranges::count(journey_.points, PointKind::send, &WaitingPoint::kind);
    const auto delayed = std::ranges::count_if(journey_.sites, [](const SendSite& site) { return site.delayed_at.has_value(); });
    return fault_.require(points == delayed, name_, "{} points of delayed messages, but {} that can be delayed", points, delayed);
  }

  // `event`: what the code there may read, if it reads one.
  bool entry(const Entry& entry, std::optional<EventId> event, const std::string& where, const char* what) {
    const size_t size = program_.function(journey_.body).code.size();
    if (!fault_.require(entry.pc < size, where, "{} begins at instruction {} of {}", what, entry.pc, size)) return false;
    return fault_.require(!entry.event || entry.event == event, where, "{} reads an event that is not the one it reacts to", what);
  }
  bool entry(const std::optional<Entry>& optional, std::optional<EventId> event, const std::string& where, const char* what) {
    return !optional || entry(*optional, event, where, what);
  }

  bool entered_by(const JourneyEntry& at, const std::string& where) {
    if (!fault_.require(at.event.has_value() + at.joins.has_value() + at.schedule.has_value() + at.handoff == 1, where,
                        "not exactly one of event, segment, schedule and handoff") ||
        !fault_.require(!at.handoff || !at.where, where, "a condition on a handoff") ||
        (at.event && !index(*at.event, program_.events, where, "event")) ||
        (at.joins && !index(*at.joins, program_.segments, where, "segment")) ||
        (at.schedule && !index(*at.schedule, program_.schedules, where, "schedule"))) {
      return false;
    }
    return fault_.require(!at.joins || program_.segments[static_cast<size_t>(*at.joins)].tracked, where, "the segment is not tracked");
  }

  bool entries() {
    const bool by_handoff = std::ranges::any_of(journey_.entries, &JourneyEntry::handoff);
    if (!fault_.require(by_handoff == journey_.handoff_layout.has_value(), name_, "a layout for handoffs that nobody makes, or none")) {
      return false;
    }
    for (size_t i = 0; i < journey_.entries.size(); ++i) {
      const JourneyEntry& at = journey_.entries[i];
      const std::string where = place("entry", i);
      if (!entered_by(at, where) || !entry(at.where, at.event, where, "`where`") || !entry(at.key, at.event, where, "`one per`") ||
          !entry(at.start, at.event, where, "the start") ||
          !fault_.require(at.already <= AlreadyRunning::alongside, where, "unknown re-entry rule {}", static_cast<int>(at.already)) ||
          !fault_.require(!at.cooldown || is_known(*at.cooldown), where, "`cooldown` is out of range")) {
        return false;
      }
    }
    return true;
  }

  bool exits() {
    for (size_t i = 0; i < journey_.exits.size(); ++i) {
      const JourneyExit& exit = journey_.exits[i];
      const std::string where = place("exit", i);
      if (!index(exit.label, journey_.labels, where, "label") || (exit.event && !index(*exit.event, program_.events, where, "event")) ||
          !entry(exit.where, exit.event, where, "`where`") ||
          !fault_.require(exit.event || exit.where, where, "neither an event nor a condition")) {
        return false;
      }
    }
    return true;
  }

  bool goals() {
    for (size_t i = 0; i < journey_.goals.size(); ++i) {
      const Goal& goal = journey_.goals[i];
      const std::string where = place("goal", i);
      if (!index(goal.event, program_.events, where, "event") || !entry(goal.where, goal.event, where, "`where`") ||
          !fault_.require(is_known(goal.window), where, "the window is out of range") ||
          !fault_.require(goal.anchor >= GoalAnchor::entry && goal.anchor <= GoalAnchor::last_send, where, "unknown anchor {}",
                          static_cast<int>(goal.anchor))) {
        return false;
      }
    }
    return true;
  }

  bool points() {
    for (size_t i = 0; i < journey_.points.size(); ++i) {
      if (!point(journey_.points[i], place("waiting point", i))) return false;
    }
    return true;
  }

  bool point(const WaitingPoint& point, const std::string& where) {
    if (!fault_.require(point.kind >= PointKind::wait && point.kind <= PointKind::call, where, "unknown kind {}",
                        static_cast<int>(point.kind)) ||
        !index(point.layout, journey_.layouts, where, "layout") || !entry(point.deadline, std::nullopt, where, "the deadline") ||
        !entry(point.timeout, std::nullopt, where, "the timeout") || !entry(point.if_past, std::nullopt, where, "`if past`") ||
        !entry(point.if_absent, std::nullopt, where, "`if absent`") || !attributes(point.live, where)) {
      return false;
    }
    const bool ends = point.fixed_ms || point.deadline;
    if (!fault_.require(!point.fixed_ms || !point.deadline, where, "both a fixed and a computed deadline") ||
        !fault_.require(!ends || point.timeout, where, "a deadline but nothing to do when it is reached") ||
        !fault_.require(!point.fixed_ms || is_known(Span(*point.fixed_ms)), where, "the fixed deadline is out of range") ||
        !fault_.require(is_known(Span(point.grace_ms)), where, "`grace` is out of range") ||
        !fault_.require(point.interrupts <= point.arms.size(), where, "more interrupts than arms") ||
        !fault_.require(point.kind == PointKind::await || point.kind == PointKind::call || point.arms.size() == point.interrupts, where, "a wait with arms") ||
        !fault_.require(point.arms.size() <= k_table_max, where, "more than {} arms", k_table_max)) {
      return false;
    }
    for (size_t i = 0; i < point.arms.size(); ++i) {
      const AwaitArm& at = point.arms[i];
      const bool interrupts = i < point.interrupts;
      if (!arm(at, kept_[static_cast<size_t>(point.layout)], where) ||
          !fault_.require(!interrupts || (at.signal != SignalKind::receipt && at.look_back == LookBack::none), where,
                          "an interrupt by a receipt or by what came before")) {
        return false;
      }
    }
    return true;
  }

  bool arm(const AwaitArm& arm, const std::vector<bool>& layout, const std::string& where) {
    if (!fault_.require(arm.signal >= SignalKind::event && arm.signal <= SignalKind::failed_answer, where, "unknown signal {}",
                        static_cast<int>(arm.signal))) {
      return false;
    }
    switch (arm.signal) {
      case SignalKind::event:
        if (!index(arm.event, program_.events, where, "event") || !entry(arm.entry, arm.event, where, "the arm")) return false;
        break;
      case SignalKind::receipt:
        if (!kept(arm.delivery, ValueKind::delivery, layout, where)) return false;
        [[fallthrough]];
      case SignalKind::when:
      case SignalKind::answer:
      case SignalKind::failed_answer:
        if (!entry(arm.entry, std::nullopt, where, "the arm")) return false;
        break;
    }
    return fault_.require(arm.look_back <= LookBack::since_ago, where, "unknown look-back {}", static_cast<int>(arm.look_back)) &&
           (arm.look_back != LookBack::since_step || kept(arm.step_start, ValueKind::integer, layout, where)) &&
           (!arm.step_ordinal || kept(*arm.step_ordinal, ValueKind::integer, layout, where)) &&
           fault_.require(is_known(arm.ago), where, "the look-back is out of range");
  }

  bool kept(Register reg, ValueKind kind, const std::vector<bool>& layout, const std::string& where) {
    const bool in_layout = static_cast<size_t>(reg) < layout.size() && layout[static_cast<size_t>(reg)];
    return fault_.require(in_layout, where, "register {} is not kept there", static_cast<size_t>(reg)) &&
           fault_.require(program_.type((*registers_)[static_cast<size_t>(reg)]).kind == kind, where, "register {} is no {}",
                          static_cast<size_t>(reg), to_string(kind));
  }

  const Program& program_;
  const Journey& journey_;
  const std::string name_;
  Fault& fault_;
  const std::vector<TypeId>* registers_ = nullptr;
  std::vector<std::vector<bool>> kept_;  // by layout: its registers
};

std::vector<Register> registers_of(const Layout& layout) {
  std::vector<Register> registers;
  for (const LayoutSlot& slot : layout.slots) registers.push_back(slot.reg);
  return registers;
}

// What every waiting point keeps: all that an exit's condition may read.
std::vector<Register> kept_everywhere(const Journey& journey, size_t register_count) {
  std::vector<bool> used(journey.layouts.size());
  for (const WaitingPoint& point : journey.points) used[static_cast<size_t>(point.layout)] = true;
  std::vector<size_t> counts(register_count);
  size_t layouts = 0;
  for (size_t i = 0; i < used.size(); ++i) {
    if (!used[i]) continue;
    ++layouts;
    for (const LayoutSlot& slot : journey.layouts[i].slots) ++counts[static_cast<size_t>(slot.reg)];
  }
  std::vector<Register> registers;
  for (size_t reg = 0; reg < counts.size() && layouts > 0; ++reg) {
    if (counts[reg] == layouts) registers.push_back(static_cast<Register>(reg));
  }
  return registers;
}

CodeUse journey_use(const Program& program, const Journey& journey) {
  CodeUse use;
  use.function = &program.function(journey.body);
  use.name = fmt::format("journey {}", journey.name);
  use.journey = &journey;
  for (const Layout& layout : journey.layouts) use.assigned.push_back(registers_of(layout));
  const auto set_of = [](LayoutId id) { return static_cast<size_t>(id) + 1; };
  const size_t everywhere = use.assigned.size();
  use.assigned.push_back(kept_everywhere(journey, use.function->registers.size()));
  if (journey.goal_layout) use.goal_registers = set_of(*journey.goal_layout);
  const size_t handed = journey.handoff_layout ? set_of(*journey.handoff_layout) : 0;

  std::optional<ForkPlace> within;
  const auto add = [&](const std::optional<Entry>& entry, Role role, size_t assigned, std::string name) {
    if (entry) use.starts.push_back({entry->pc, role, entry->event, assigned, std::move(name), std::nullopt, within});
  };
  for (size_t i = 0; i < journey.entries.size(); ++i) {
    add(journey.entries[i].where, Role::condition, 0, fmt::format("`where` of entry {}", i));
    const size_t given = journey.entries[i].handoff ? handed : 0;
    add(journey.entries[i].key, Role::key, given, fmt::format("`one per` of entry {}", i));
    add(journey.entries[i].start, Role::body, given, fmt::format("start of entry {}", i));
    use.starts.back().begins = true;
  }
  for (size_t i = 0; i < journey.exits.size(); ++i) add(journey.exits[i].where, Role::condition, everywhere, fmt::format("exit {}", i));
  for (size_t i = 0; i < journey.goals.size(); ++i)
    add(journey.goals[i].where, Role::condition, use.goal_registers, fmt::format("goal {}", i));
  for (size_t i = 0; i < journey.points.size(); ++i) {
    const WaitingPoint& point = journey.points[i];
    const size_t kept = set_of(point.layout);
    within = point.within;
    add(point.deadline, Role::deadline, kept, fmt::format("deadline of point {}", i));
    add(point.timeout, Role::body, kept, fmt::format("timeout of point {}", i));
    add(point.if_past, Role::body, kept, fmt::format("`if past` of point {}", i));
    add(point.if_absent, Role::body, kept, fmt::format("`if absent` of point {}", i));
    for (const AwaitArm& arm : point.arms) {
      size_t assigned = kept;
      if (arm.signal == SignalKind::answer && journey.calls[static_cast<size_t>(*point.call)].result) {
        assigned = use.assigned.size();
        use.assigned.push_back(use.assigned[kept]);
        use.assigned.back().push_back(*journey.calls[static_cast<size_t>(*point.call)].result);
      }
      add(arm.entry, Role::arm, assigned, fmt::format("an arm of point {}", i));
    }
  }
  for (size_t i = 0; i < journey.forks.size(); ++i) {
    const Fork& fork = journey.forks[i];
    within = fork.within;
    add(fork.join, Role::body, set_of(fork.join_layout), fmt::format("the end of fork {}", i));
    for (size_t branch = 0; branch < fork.branches.size(); ++branch) {
      within = ForkPlace{static_cast<ForkId>(i), static_cast<uint16_t>(branch)};
      add(fork.branches[branch], Role::body, set_of(fork.layout), fmt::format("branch {} of fork {}", branch, i));
    }
  }
  return use;
}

}  // namespace

bool verify_journey(const Program& program, const Journey& journey, Fault& fault) {
  return JourneyVerifier(program, journey, fault).verify();
}

std::optional<std::vector<CodeUse>> collect_uses(const Program& program, Fault& fault) {
  std::vector<CodeUse> uses(program.functions.size());
  for (size_t i = 0; i < uses.size(); ++i) {
    uses[i].function = &program.functions[i];
    uses[i].name = fmt::format("function {}", i);
  }
  const auto use_of = [&](FunctionId id) -> CodeUse& { return uses[static_cast<size_t>(id)]; };

  for (const Journey& journey : program.journeys) {
    CodeUse& use = use_of(journey.body);
    if (!fault.require(use.journey == nullptr, fmt::format("journey {}", journey.name), "shares its body with another journey"))
      return std::nullopt;
    if (!fault.require(use.function->parameter_count == 0, fmt::format("journey {}", journey.name), "its body has parameters"))
      return std::nullopt;
    use = journey_use(program, journey);
  }
  const auto called = [&](FunctionId id, Role role, std::optional<EventId> event, const std::vector<Parameter>& parameters,
                          std::string name, std::optional<TypeId> wanted = std::nullopt) {
    CodeUse& use = use_of(id);
    const Function& function = *use.function;
    if (!fault.require(use.journey == nullptr, name, "its function is a journey's body")) return false;
    bool fits_parameters = parameters.size() == function.parameter_count;
    for (size_t i = 0; i < parameters.size() && fits_parameters; ++i)
      fits_parameters = fits(program, parameters[i].type, function.registers[i]);
    if (!fault.require(fits_parameters, name, "its function takes other parameters")) return false;
    use.starts.push_back({0, role, event, 0, std::move(name), wanted});
    return true;
  };
  for (size_t i = 0; i < program.history.size(); ++i) {
    const HistoryQuery& query = program.history[i];
    if (query.filter && !called(*query.filter, Role::condition, query.event, {}, fmt::format("filter of history query {}", i)))
      return std::nullopt;
  }
  for (const Policy& policy : program.policies) {
    for (const QuietHours& quiet : policy.quiet) {
      if (quiet.where && !called(*quiet.where, Role::condition, {}, {}, fmt::format("`where` of quiet hours of policy {}", policy.name)))
        return std::nullopt;
    }
  }
  for (const Channel& channel : program.channels) {
    if (!called(channel.address, Role::address, {}, {}, fmt::format("address of channel {}", channel.name))) return std::nullopt;
  }
  if (program.zone && !called(*program.zone, Role::zone, {}, {}, "customer time zone")) return std::nullopt;
  if (program.locale && !called(*program.locale, Role::locale, {}, {}, "customer locale")) return std::nullopt;
  for (const Segment& segment : program.segments) {
    if (!called(segment.condition, Role::segment, {}, {}, fmt::format("condition of segment {}", segment.name))) return std::nullopt;
  }
  for (const Action& action : program.actions) {
    if (action.shadow && !called(*action.shadow, Role::shadow, {}, {}, fmt::format("shadow of action {}", action.name), action.result))
      return std::nullopt;
  }
  for (size_t i = 0; i < program.schedules.size(); ++i) {
    const auto& date = program.schedules[i].date_of;
    if (date && !called(*date, Role::date, {}, {}, fmt::format("date of schedule {}", i))) return std::nullopt;
  }
  for (const Message& message : program.messages) {
    for (const Body& body : message.bodies) {
      for (const BodyPart& part : body.parts) {
        if (!called(part.render, Role::text, {}, message.parameters, fmt::format("{} of message {}", part.name, message.name)))
          return std::nullopt;
      }
    }
  }
  // What nothing refers to is run by its embedder, from the beginning and for any value.
  for (CodeUse& use : uses) {
    if (use.starts.empty()) use.starts.push_back({0, Role::key, {}, 0, "the beginning"});
  }
  return uses;
}

}  // namespace wend::bytecode
