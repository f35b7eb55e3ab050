#include "runtime/engine/reaction.h"

#include <algorithm>
#include <cassert>

namespace wend::engine {

using vm::Outcome;
using vm::OutcomeKind;

namespace {

bool returns_list(const bytecode::Program& program, const bytecode::Function& function) {
  const auto at = std::find_if(function.code.begin(), function.code.end(),
                               [](const auto& instruction) { return instruction.opcode == bytecode::Opcode::return_value; });
  return at != function.code.end() && program.type(function.registers[at->a]).kind == bytecode::ValueKind::list;
}

// Code that asks nothing of anybody: it returns the same whenever it runs.
bool is_constant(const bytecode::Function& function) {
  return std::all_of(function.code.begin(), function.code.end(), [](const bytecode::Instruction& at) {
    return at.opcode == bytecode::Opcode::load_constant || at.opcode == bytecode::Opcode::return_value;
  });
}

// `customer { id: Id }`: never stored, because it is the id under which the customer is known.
std::optional<bytecode::AttributeId> find_id_attribute(const bytecode::Program& program) {
  for (size_t i = 0; i < program.attributes.size(); ++i) {
    const bytecode::Attribute& attribute = program.attributes[i];
    const bytecode::Type& type = program.type(attribute.type);
    if (attribute.name == "id" && type.kind == bytecode::ValueKind::text && type.format == bytecode::TextFormat::id) {
      return static_cast<bytecode::AttributeId>(i);
    }
  }
  return std::nullopt;
}

}  // namespace

Reaction::Reaction(EngineCore& core)
    : core_(core),
      machine_(core.program, core.zones, core.options.visits),
      address_machine_(core.program, core.zones),
      segment_machine_(core.program, core.zones),
      zone_machine_(core.program, core.zones),
      state_(core.program, core.listening),
      send_keys_(core.options.log_namespace),
      send_plan_(core.program, send_keys_),
      id_attribute_(find_id_attribute(core.program)),
      ledger_window_ms_(ledger_window_ms(core.program)) {
  for (const bytecode::Attribute& attribute : core.program.attributes) {
    attribute_defaults_.push_back(bytecode::default_of(core.program, attribute.default_value));
  }
  sent_keys_.reserve(core.listening.sends_in_code_max);
  zone_is_list_ = core.program.zone && returns_list(core.program, core.program.function(*core.program.zone));
  if (!core.program.zone) {
    constant_zone_ = ZoneId::utc;
  } else if (is_constant(core.program.function(*core.program.zone))) {
    constant_zone_ = computed_zone();
  }
}

void Reaction::begin(uint32_t customer, uint64_t position, TimestampMs now, TimestampMs commit) {
  customer_ = customer;
  input_ = {position, 0};
  log_time_ = now;
  set_clocks(now, commit);
  state_.open(core_.arena.view(core_.customers[customer].state), core_.origin.value_or(0));
  standing_before_ = k_never;
  releases_noted_ = false;
  if (state_.has_standing() || state_.has_strands()) [[unlikely]]
    note_releases();
  zone_ = constant_zone_;
  running_ = nullptr;
  ran_ = false;
  resumptions_ = derived_count_ = next_number_ = 0;
  derived_too_much_ = by_timer_ = silent_ = false;
  if (core_.appeared) [[unlikely]] {
    core_.appeared = false;
    mark(core_.listening.standing.all);
  }
}

void Reaction::begin_timers(uint32_t customer, TimestampMs log_time) {
  begin(customer, core_.next_position - 1, log_time, log_time);
  begin_by_timers();
}

void Reaction::begin_by_timers() {
  by_timer_ = true;
  input_ = after_timers();
  first_by_timers_ = {core_.next_position - 1, k_timer_start_index + core_.timer_numbers};
}

InputId Reaction::after_timers() const {
  return {core_.next_position - 1, core_.listening.emits ? k_timer_start_index - 1 + core_.timer_numbers : 0};
}

void Reaction::finish() {
  if (!marked_.empty()) reconsider();
  if (!derived_.empty()) drain_derived();
  if (ran_) ++core_.counters.reactions;
  if (!state_.changed()) return;
  if (state_.has_kept()) drop_stale_kept();
  if (state_.has_watches()) drop_closed_watches();
  if (state_.has_unheard()) [[unlikely]]
    state_.drop_unheard_of_ended();
  schedule(earliest_release());
  state_.pack(packed_);
  core_.dirty.mark(customer_);  // before the state changes: a snapshot being written may still want what was there
  CustomerRecord& record = core_.customers[customer_];
  record.state = core_.arena.store(record.state, packed_);
}

// Before the state is stored: within a second the record does not tell when the wheel will look, only that it is not after what was
// the earliest release when the reaction began.
void Reaction::schedule(TimestampMs release) {
  const bool is_close = core_.customers[customer_].scheduled == coarse_second(release);
  core_.schedule(customer_, is_close ? earliest_release_before() : k_never, release);
}

TimestampMs Reaction::earliest_release_before() {
  TimestampMs earliest = standing_before_;
  if (releases_noted_) return earliest;
  state_.for_each_packed_instance([&](const InstanceState& instance) { earliest = std::min(earliest, release_of(instance)); });
  return earliest;
}

// The packed instances do not show their further strands.
void Reaction::note_releases() {
  standing_before_ = earliest_standing(true);
  releases_noted_ = state_.has_strands();
  if (!releases_noted_) return;
  for (size_t i = 0; i < state_.instance_count(); ++i) standing_before_ = std::min(standing_before_, release_of(state_.instance(i)));
}

// First in first out, each heard by every instance, in their order: those that have entered by now are among them.
void Reaction::drain_derived() {
  for (size_t i = 0; i < derived_.size(); ++i) {
    const DerivedInput input = derived_[i];
    if (state_.has_instances()) state_.order_instances();
    set_clocks(input.now, input.commit);
    if (input.segment) {
      hear_membership(input);
    } else if (input.event) {
      hear_emitted(input);
    } else if (input.handed_to) {
      enter_by_handoff(input);
    } else {
      changed({{&*input.attribute, 1}, false});
      set_clocks(input.now, input.commit);
      mark_attribute(*input.attribute);
      reconsider();
    }
  }
  derived_.clear();
}

bool Reaction::may_derive() {
  derived_too_much_ = derived_too_much_ || ++derived_count_ > k_derived_inputs_max;
  return !derived_too_much_;
}

InputId Reaction::next_input_id() {
  if (by_timer_) return {core_.next_position - 1, k_timer_start_index + core_.timer_numbers++};
  next_number_ = std::max(next_number_, 1u);
  return {input_.position, next_number_++};
}

bool Reaction::load(InstanceState& instance) {
  const PointInfo& at = *instance.at;
  machine_.begin(*at.body);
  sent_keys_.clear();
  return at.keeps_nothing ? instance.frame.empty() : machine_.load_frame(*at.of, *at.layout, instance.frame);
}

Outcome Reaction::attempt(InstanceState& instance, const bytecode::Entry& entry, const vm::EventView* event) {
  if (!load(instance) || ++resumptions_ > k_resumptions_max) return Outcome(OutcomeKind::faulted);
  running_ = &instance;
  Outcome outcome = machine_.run(*this, entry.pc, event);
  running_ = nullptr;
  if (outcome.kind() == OutcomeKind::declined) {
    if (outcome.has_fault()) ++core_.counters.faults;
    return vm::k_declined;
  }
  ran_ = true;
  return outcome;
}

bool Reaction::predicate(InstanceState& instance, const bytecode::Entry& entry, const vm::EventView* event) {
  if (!load(instance)) return false;
  running_ = &instance;
  const Outcome outcome = machine_.run(*this, entry.pc, event);
  running_ = nullptr;
  if (outcome.kind() == OutcomeKind::faulted) ++core_.counters.faults;
  return outcome.kind() == OutcomeKind::returned && machine_.returned().present && machine_.returned().word != 0;
}

bool Reaction::resume(InstanceState& instance, const bytecode::Entry& entry, const vm::EventView* event) {
  const Outcome outcome = attempt(instance, entry, event);
  if (outcome) proceed(instance, outcome);
  return static_cast<bool>(outcome);
}

void Reaction::proceed(InstanceState& instance, Outcome outcome) {
  state_.instances_changed();
  for (;;) {
    if (derived_too_much_) {
      derived_too_much_ = false;
      ++core_.counters.cascades;
      ++core_.counters.faults;
      return end(instance, "fault");
    }
    switch (outcome.kind()) {
      case OutcomeKind::suspended: {
        instance.at = &core_.listening.point(instance.journey, outcome.index());
        instance.frame = {};
        if (!instance.at->keeps_nothing) {
          machine_.save_frame(*instance.at->of, *instance.at->layout, scratch_);
          instance.frame = state_.bytes().copy(scratch_);
        }
        instance.armed_at = now_;
        if (instance.at->only_waits) [[likely]] {
          instance.deadline = add_or_never(now_, instance.at->fixed_ms);
          return;
        }
        if (instance.at->is_delayed_send) {
          instance.armed_at = delayed_.reached_at;
          instance.deadline = delayed_.until;
        }
        if (instance.at->has_forks) leave_branches(instance, instance.at->what->within);
        break;
      }
      case OutcomeKind::forked:
        fork(instance, outcome.index());
        outcome = begin_branch(instance);
        continue;
      case OutcomeKind::branch_ended:
        outcome = end_branch(instance, outcome.index());
        if (!outcome) outcome = begin_branch(instance);
        if (!outcome) return;
        continue;
      case OutcomeKind::ended:
        return end(instance, journey_of(instance).labels[outcome.index()]);
      case OutcomeKind::declined:
      case OutcomeKind::returned:
      case OutcomeKind::faulted:
        return fault(instance);
    }
    Outcome next = arm(instance);
    if (!next && instance.is_forked()) [[unlikely]]
      next = begin_branch(instance);
    if (!next) return;
    outcome = next;
  }
}

// Control has just reached the point: sets its deadline and asks whether it is over already.
Outcome Reaction::arm(InstanceState& instance) {
  if (instance.at->interrupts > 0 && instance.at->has_when) {
    if (Outcome outcome = state_interrupt(instance)) return outcome;
  }
  if (Outcome outcome = rearm(instance)) return outcome;
  if (instance.at->hears_answers) [[unlikely]] {
    if (Outcome outcome = answer_itself(instance)) return outcome;
  }
  if (instance.at->has_look_back) {
    if (Outcome outcome = look_back(instance)) return outcome;
  }
  return instance.at->has_when ? when_outcome(instance) : vm::k_declined;
}

Outcome Reaction::rearm(InstanceState& instance) {
  const bytecode::WaitingPoint& point = *instance.at->what;
  const std::optional<TimestampMs> deadline = deadline_of(instance);
  if (!deadline) [[unlikely]]
    return Outcome(OutcomeKind::faulted);
  instance.deadline = *deadline;
  if (*deadline == k_never) return point.if_absent ? attempt(instance, *point.if_absent, nullptr) : vm::k_declined;
  return *deadline <= now_ && point.if_past ? attempt(instance, *point.if_past, nullptr) : vm::k_declined;
}

std::optional<TimestampMs> Reaction::deadline_of(InstanceState& instance) {
  if (instance.at->has_fixed) return add_or_never(instance.armed_at, instance.at->fixed_ms);
  if (instance.at->is_delayed_send) return instance.deadline;
  const bytecode::WaitingPoint& point = *instance.at->what;
  if (!point.deadline) return k_never;
  if (!load(instance)) return std::nullopt;
  const TimestampMs now = now_;
  now_ = instance.armed_at;
  running_ = &instance;
  const Outcome outcome = machine_.run(*this, point.deadline->pc, nullptr);
  running_ = nullptr;
  now_ = now;
  if (outcome.kind() != OutcomeKind::returned) return std::nullopt;
  return machine_.returned().present ? machine_.returned().word : k_never;
}

void Reaction::end(InstanceState& instance, std::string_view exit) {
  instance.ended = true;
  if (instance.is_forked()) [[unlikely]]
    instance.forget_strands();
  state_.instances_changed();
  sink_->on_ended({instance.journey, instance.id, CustomerNumber{customer_}, instance.entered_at, now_, exit, instance.silent});
}

void Reaction::fault(InstanceState& instance) {
  ++core_.counters.faults;
  if (resumptions_ > k_resumptions_max) ++core_.counters.endless;
  end(instance, "fault");
}

// The principal zone: the first member when the program gives a list, UTC when it gives nothing.
ZoneId Reaction::computed_zone() {
  const std::optional<Value> value = vm::evaluate(zone_machine_, *this, core_.program.function(*core_.program.zone), {});
  if (!value || !value->present) return ZoneId::utc;
  std::string_view name = value->view();
  if (zone_is_list_) {
    ByteReader reader(name);
    name = reader.varint() > 0 ? reader.text() : std::string_view();
  }
  return core_.zones.find(name).value_or(ZoneId::utc);
}

// Runs when a message leaves: what a locale changes is not part of the state.
std::string_view Reaction::customer_locale() {
  if (!core_.program.locale) return {};
  const std::optional<Value> value = vm::evaluate(zone_machine_, *this, core_.program.function(*core_.program.locale), {});
  return value && value->present ? value->view() : std::string_view();
}

bool Reaction::within(TimestampMs at, const bytecode::Span& span, TimestampMs now) {
  if (surely_after(at, span, now)) return true;
  if (surely_not_after(at, span, now)) return false;
  return add_span(core_.zones, zone_id(), at, span) > now;
}

bytecode::Value Reaction::attribute(bytecode::AttributeId id) {
  if (id == id_attribute_) return Value::from_bytes(customer_id());
  return read_or_default(id, state_.attribute(id));
}

// What is read where a customer has that value, or none.
bytecode::Value Reaction::read_or_default(bytecode::AttributeId id, const Value& value) const {
  if (value.present) return value;
  if (const Value& by_default = attribute_defaults_[static_cast<size_t>(id)]; by_default.present) return by_default;
  const bytecode::Type& type = core_.program.type(core_.program.attributes[static_cast<size_t>(id)].type);
  return type.kind == bytecode::ValueKind::list && !type.optional ? Value::from_bytes(bytecode::k_empty_list) : value;
}

std::string_view Reaction::customer_id() {
  return core_.directory.id(CustomerNumber{customer_});
}

CustomerState& Reaction::look(uint32_t customer, TimestampMs now) {
  begin(customer, core_.next_position, now, now);
  return state_;
}

TimestampMs Reaction::earliest_release() {
  TimestampMs earliest = k_never;
  for (size_t i = 0; i < state_.instance_count(); ++i) {
    const InstanceState& instance = state_.instance(i);
    if (!instance.ended) earliest = std::min(earliest, release_of(instance));
  }
  return std::min(earliest, earliest_standing(true));
}

}  // namespace wend::engine
