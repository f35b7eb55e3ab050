#include <algorithm>

#include "tests/reference/interpreter.h"

// Waiting points: arming them, and what ends the wait.

namespace wend::reference {

namespace {

TimeOfDay time_of(const syntax::TimeLiteral& time) {
  return {time.hour * 3600 + time.minute * 60 + time.second};
}

bool is_called(const std::string& name, Date day) {
  if (name == "weekday") return weekday_of(day) < 5;
  return name == "day" || weekday_of(day) == weekday_number(name);
}

const syntax::Expr* zone_of(const syntax::AtTime& at) {
  return at.zone.get();
}
const syntax::Expr* zone_of(const std::optional<syntax::AtTime>& at) {
  return at ? at->zone.get() : nullptr;
}

}  // namespace

void Interpreter::enter_block(Instance& instance, const syntax::Block& block, std::string path_part) {
  Frame frame;
  frame.serial = ++frames_;
  frame.statements = &block.statements;
  frame.path_part = std::move(path_part);
  instance.here->stack.push_back(frame);
}

// ── arming ───────────────────────────────────────────────────────────────────────────────────────────────────────

/// A waiting point with what all have: its timers are held for the events exited on and those that interrupt.
Waiting Interpreter::begin_waiting(const Customer& customer, const Instance& instance, const std::string& name, Instant armed) const {
  Waiting waiting;
  waiting.path = instance.here->path_to(name);
  waiting.armed = armed;
  waiting.grace_ms = instance.journey->exit_grace_ms;
  for (const Frame& frame : instance.here->stack) {
    if (frame.interrupts == nullptr) continue;
    for (const syntax::Interrupt& interrupt : *frame.interrupts) {
      if (interrupt.event) waiting.grace_ms = std::max(waiting.grace_ms, all_.grace_ms(interrupt.event->event.text));
    }
  }
  waiting.zone = waiting.home = zone(customer);
  return waiting;
}

void Interpreter::start_waiting(Customer& customer, Instance& instance, const syntax::WaitStmt& wait, const Moment& moment) {
  Waiting waiting = begin_waiting(customer, instance, wait.label ? wait.label->text : "wait", moment.now);
  waiting.wait = &wait;
  instance.here->waiting = waiting;
  if (interrupt_on_state(customer, instance, moment)) return;
  if (const syntax::Expr* other = std::visit([](const auto& spec) { return zone_of(spec.at); }, wait.spec)) {
    waiting.zone = Zone(evaluator(customer, instance, moment).value(*other).as<std::string>());
  }
  const Zone& here = waiting.zone;
  if (const auto* spec = std::get_if<syntax::WaitFor>(&wait.spec)) {
    const Span span = span_of(spec->duration);
    if (spec->calendar) {
      const TimeOfDay at = spec->at ? time_of(spec->at->time) : TimeOfDay{};
      const auto is_open = [&](Date day) { return all_.is_open(spec->calendar->text, day); };
      waiting.deadline = here.on_open_day(moment.now, span, is_open, spec->at ? &at : nullptr);
    } else {
      waiting.deadline = here.add(moment.now, span);
      if (spec->at) waiting.deadline = here.instant_of(here.date_of(*waiting.deadline), time_of(spec->at->time));
    }
  } else if (const auto* spec = std::get_if<syntax::WaitUntilNext>(&wait.spec)) {
    const std::string& name = spec->day.text;
    const auto is_one = [&](Date day) {
      if (!spec->calendar) return is_called(name, day);
      // `weekday` is what the calendar's week says.
      return all_.is_open(spec->calendar->text, day) && (name == "weekday" || is_called(name, day));
    };
    waiting.deadline = here.next_at(moment.now, is_one, time_of(spec->at.time));
  } else if (const auto* spec = std::get_if<syntax::WaitUntilTime>(&wait.spec)) {
    waiting.deadline = here.next_at(moment.now, [](Date) { return true; }, time_of(spec->at.time));
  }
  instance.here->waiting = waiting;
  if (const auto* until = std::get_if<syntax::WaitUntilInstant>(&wait.spec)) set_live_deadline(customer, instance, *until, moment);
}

/// Works the deadline out; false when the wait is over: its instant has passed or is absent.
bool Interpreter::set_live_deadline(Customer& customer, Instance& instance, const syntax::WaitUntilInstant& until, const Moment& moment) {
  Evaluator asked = evaluator(customer, instance, moment);
  asked.fix_zone(&instance.here->waiting->home);
  const Value instant = asked.value(*until.instant);
  const Zone& here = instance.here->waiting->zone;
  std::optional<Instant> deadline;
  if (instant.present()) {
    deadline = instant.as<Instant>();
    if (until.at) deadline = here.instant_of(here.date_of(*deadline), time_of(until.at->time));
  }
  if (deadline && deadline->ms > moment.now.ms) {
    instance.here->waiting->deadline = deadline;
    return true;
  }
  instance.here->waiting.reset();
  const auto& handler = deadline ? until.if_past : until.if_absent;
  if (handler && handler->block) enter_block(instance, *handler->block);
  return false;
}

void Interpreter::start_awaiting(Customer& customer, Instance& instance, const syntax::AwaitStmt& await, const Moment& moment) {
  Waiting waiting = begin_waiting(customer, instance, await.label ? await.label->text : "await", moment.now);
  waiting.await = &await;
  for (const syntax::AwaitArm& arm : await.arms) {
    for (const syntax::Signal& signal : arm.signals) {
      const auto* event = std::get_if<syntax::EventSignal>(&signal.node);
      if (event != nullptr) waiting.grace_ms = std::max(waiting.grace_ms, all_.grace_ms(event->pattern.event.text));
    }
  }
  instance.here->waiting = waiting;
  if (interrupt_on_state(customer, instance, moment)) return;
  if (await.up_to) waiting.deadline = waiting.zone.add(moment.now, span_of(*await.up_to));
  instance.here->waiting = waiting;
  if (look_back(customer, instance, moment)) return;
  take_condition(customer, instance, moment);
}

// ── what an armed await hears ────────────────────────────────────────────────────────────────────────────────────

/// The first arm in the text that takes the event. `looks_back` asks only arms that look back far enough.
bool Interpreter::take_arm(Customer& customer, Instance& instance, const HeardEventPtr& event, bool looks_back, const Moment& moment) {
  if (instance.here->waiting->deadline && event->t_event.ms > instance.here->waiting->deadline->ms) return false;
  if (instance.here->used.contains(event->serial)) return false;
  for (const syntax::AwaitArm& arm : instance.here->waiting->await->arms) {
    for (const syntax::Signal& signal : arm.signals) {
      const auto* awaited = std::get_if<syntax::EventSignal>(&signal.node);
      if (awaited == nullptr || awaited->pattern.event.text != event->type) continue;
      if (looks_back && (!awaited->lookback || !is_in_look_back(customer, instance, *awaited->lookback, *event, moment))) continue;
      if (!takes(customer, &instance, *event, awaited->pattern, instance.entry, {}, moment)) continue;
      instance.here->used.insert(event->serial);
      if (awaited->pattern.alias) instance.here->names[awaited->pattern.alias->text] = EventFields{event->fields};
      instance.here->waiting.reset();
      enter_block(instance, arm.body);
      return true;
    }
  }
  return false;
}

bool Interpreter::is_in_look_back(const Customer& customer, const Instance& instance, const syntax::Lookback& lookback,
                                  const HeardEvent& event, const Moment& moment) {
  switch (lookback.kind) {
    case syntax::LookbackKind::from_now:
      return false;
    case syntax::LookbackKind::since_entry:
      return event.serial > instance.began && !instance.unheard.contains(event.serial);
    case syntax::LookbackKind::since_step:
      return event.serial > instance.here->step_starts.at(lookback.step->text) && !instance.unheard.contains(event.serial);
    case syntax::LookbackKind::since_ago:
      return zone(customer).add(event.t_event, span_of(*lookback.ago)).ms > moment.now.ms;
  }
  return false;
}

/// The earliest event in the log that an arm looks back to.
bool Interpreter::look_back(Customer& customer, Instance& instance, const Moment& moment) {
  const std::vector<HeardEventPtr> heard = customer.heard;
  for (const HeardEventPtr& event : heard) {
    const bool led_to_it = event->reaction == instance.reaction && event->serial <= instance.began;
    if (!event->late && !led_to_it && take_arm(customer, instance, event, true, moment)) return true;
  }
  return false;
}

bool Interpreter::take_condition(Customer& customer, Instance& instance, const Moment& moment) {
  for (const syntax::AwaitArm& arm : instance.here->waiting->await->arms) {
    if (arm.kind != syntax::AwaitArmKind::condition) continue;
    if (!evaluator(customer, instance, moment).holds(*arm.condition)) continue;
    instance.here->waiting.reset();
    enter_block(instance, arm.body);
    return true;
  }
  return false;
}

// ── inputs ───────────────────────────────────────────────────────────────────────────────────────────────────────

/// An event or a state that ends a block around control, the outermost first; then its handler begins.
bool Interpreter::interrupt_on_event(Customer& customer, Instance& instance, const HeardEventPtr& event, const Moment& moment,
                                     std::set<std::uint64_t>& asked) {
  for (std::size_t depth = 0; depth < instance.here->stack.size(); ++depth) {
    if (instance.here->stack[depth].interrupts == nullptr) continue;
    if (!asked.insert(instance.here->stack[depth].serial).second) continue;
    for (const syntax::Interrupt& interrupt : *instance.here->stack[depth].interrupts) {
      if (!interrupt.event || !takes(customer, &instance, *event, *interrupt.event, instance.entry, {}, moment)) continue;
      instance.here->used.insert(event->serial);
      if (interrupt.event->alias) instance.here->names[interrupt.event->alias->text] = EventFields{event->fields};
      leave_frames(instance, depth);
      enter_block(instance, interrupt.body);
      return true;
    }
  }
  return false;
}

bool Interpreter::interrupt_on_state(Customer& customer, Instance& instance, const Moment& moment, std::set<std::uint64_t>* asked) {
  for (std::size_t depth = 0; depth < instance.here->stack.size(); ++depth) {
    if (instance.here->stack[depth].interrupts == nullptr) continue;
    if (asked != nullptr && !asked->insert(instance.here->stack[depth].serial).second) continue;
    for (const syntax::Interrupt& interrupt : *instance.here->stack[depth].interrupts) {
      if (interrupt.condition == nullptr || !evaluator(customer, instance, moment).holds(*interrupt.condition)) continue;
      leave_frames(instance, depth);
      enter_block(instance, interrupt.body);
      return true;
    }
  }
  return false;
}

/// Exits; interrupts; then timers held for grace whose deadlines the event came after; then the arms.
void Interpreter::react_to_event(Customer& customer, Instance& instance, const HeardEventPtr& event, const Moment& of_event) {
  if (instance.ended) return;
  // What a held timer emits is heard with its deadline's clock, but nobody's own time goes back.
  Moment moment = of_event;
  for (const auto& strand : instance.strands) moment.now.ms = std::max(moment.now.ms, strand->waiting->armed.ms);
  moment.commit.ms = std::max(moment.commit.ms, moment.now.ms);
  if (leave_on_event(customer, instance, *event, moment)) return;
  std::set<std::uint64_t> asked;
  each_strand(instance, [&] {
    if (interrupt_on_event(customer, instance, event, moment, asked)) run(customer, instance, moment);
  });
  const auto has_used = [&](const auto& strand) { return strand->used.contains(event->serial); };
  if (instance.ended || std::all_of(instance.strands.begin(), instance.strands.end(), has_used)) return;
  if (instance.journey->awaited.contains(event->type)) fire_held(customer, instance, event->t_event, moment);
  each_strand(instance, [&] {
    if (instance.here->waiting->await != nullptr && take_arm(customer, instance, event, false, moment)) run(customer, instance, moment);
  });
}

/// The arm of the await where the instance is that waits for this receipt of this delivery.
const syntax::AwaitArm* Interpreter::receipt_arm(const Instance& instance, const std::string& key, const std::string& receipt) const {
  if (instance.here->waiting->await == nullptr) return nullptr;
  for (const syntax::AwaitArm& arm : instance.here->waiting->await->arms) {
    for (const syntax::Signal& signal : arm.signals) {
      const auto* awaited = std::get_if<syntax::ReceiptSignal>(&signal.node);
      if (awaited == nullptr || awaited->receipt.text != receipt) continue;
      const auto delivery = instance.here->names.find(awaited->delivery.text);
      if (delivery != instance.here->names.end() && delivery->second.present() && delivery->second.as<Delivery>().key == key) return &arm;
    }
  }
  return nullptr;
}

/// Timers with deadlines before that instant, which grace or a held clock has kept from firing.
void Interpreter::fire_held(Customer& customer, Instance& instance, Instant before, const Moment& moment) {
  while (!instance.ended) {
    instance.here = instance.strands.front();
    for (const auto& strand : instance.strands) {
      const auto& due = strand->waiting->deadline;
      const auto& sooner = instance.here->waiting->deadline;
      if (due && (!sooner || due->ms < sooner->ms)) instance.here = strand;
    }
    const auto& deadline = instance.here->waiting->deadline;
    const bool expires = instance.lifetime_end.ms < before.ms && (!deadline || instance.lifetime_end.ms <= deadline->ms);
    if (expires) {
      end(customer, instance, "expired", instance.lifetime_end);
    } else if (deadline && deadline->ms < before.ms) {
      fire(customer, instance, {*deadline, moment.commit});
    } else {
      return;
    }
  }
}

/// The deadline of a waiting point.
void Interpreter::fire(Customer& customer, Instance& instance, const Moment& moment) {
  const Waiting over = *instance.here->waiting;
  instance.here->waiting.reset();
  if (over.await != nullptr) {
    for (const syntax::AwaitArm& arm : over.await->arms) {
      if (arm.kind == syntax::AwaitArmKind::timeout) enter_block(instance, arm.body);
    }
  } else if (over.message) {
    try {
      let_go(customer, instance, *over.message, moment);
    } catch (const Fault&) {
      return end(customer, instance, "fault", moment.now);
    }
  } else if (over.call) {
    PendingCall again = *over.call;
    ++again.attempt;
    ask(customer, instance, again, moment);
  } else if (over.between_rounds) {
    Frame& loop = instance.here->stack.back();
    ++loop.round;
    loop.round_start = moment.now;
    loop.next = 0;
  }
  run(customer, instance, moment);
}

void Interpreter::react_to_change(Customer& customer, Instance& instance, const Change& change) {
  // What a held timer has set is heard with its deadline's clock, but nobody's own time goes back.
  Moment moment = change.moment;
  for (const auto& strand : instance.strands) moment.now.ms = std::max(moment.now.ms, strand->waiting->armed.ms);
  moment.commit.ms = std::max(moment.commit.ms, moment.now.ms);
  if (leave_on_state(customer, instance, moment)) return;
  std::set<std::uint64_t> asked;
  each_strand(instance, [&] { react_to_change_here(customer, instance, change, moment, asked); });
}

void Interpreter::react_to_change_here(Customer& customer, Instance& instance, const Change& change, const Moment& moment,
                                       std::set<std::uint64_t>& asked) {
  if (interrupt_on_state(customer, instance, moment, &asked)) return run(customer, instance, moment);
  const Waiting& waiting = *instance.here->waiting;
  if (waiting.await != nullptr) {
    // A state becomes true when the change is heard, whatever its date: traits apply in log order.
    if (waiting.deadline && moment.now.ms > waiting.deadline->ms) return;
    if (take_condition(customer, instance, moment)) run(customer, instance, moment);
    return;
  }
  if (waiting.wait == nullptr) return;
  const auto* until = std::get_if<syntax::WaitUntilInstant>(&waiting.wait->spec);
  if (until == nullptr) return;
  const std::set<std::string> followed = attributes_in(*until->instant, all_);
  const bool concerns =
      std::any_of(followed.begin(), followed.end(), [&](const std::string& name) { return change.attributes.contains(name); });
  if (!concerns) return;
  try {
    if (!set_live_deadline(customer, instance, *until, moment)) run(customer, instance, moment);
  } catch (const Fault&) {
    end(customer, instance, "fault", moment.now);
  }
}

}  // namespace wend::reference
