#include "tests/reference/interpreter.h"

#include <algorithm>

namespace wend::reference {

namespace {
constexpr int k_changes_max = 200;
constexpr std::size_t k_heard_max = 1200;  // of one customer

/// Held for the largest grace among the places where the instance stands.
Instant release_of_lifetime(const Instance& instance) {
  std::int64_t grace_ms = 0;
  for (const auto& strand : instance.strands) grace_ms = std::max(grace_ms, strand->waiting->grace_ms);
  return {instance.lifetime_end.ms + grace_ms};
}
/// What is due at the end of the lifetime or later never fires.
std::optional<Instant> release_of_wait(const Instance& instance, const Strand& strand) {
  const auto& deadline = strand.waiting->deadline;
  if (!deadline || deadline->ms >= instance.lifetime_end.ms) return std::nullopt;
  return Instant{deadline->ms + strand.waiting->grace_ms};
}
Instant next_release(const Instance& instance) {
  Instant next = release_of_lifetime(instance);
  for (const auto& strand : instance.strands) {
    const auto wait = release_of_wait(instance, *strand);
    if (wait && wait->ms < next.ms) next = *wait;
  }
  return next;
}

}  // namespace

Interpreter::Interpreter(const syntax::File& file, const std::vector<std::unique_ptr<syntax::File>>& earlier,
                         std::vector<ClosedDays> closed_days, const std::vector<std::string>& added, RunOptions options)
    : all_(file, std::move(closed_days)), options_(std::move(options)), added_(added.begin(), added.end()) {
  for (const auto& version : earlier) slots_.edit(Declarations(*version).experiments_in_order);
  slots_.edit(all_.experiments_in_order);
  for (const auto* declaration : all_.journeys) journeys_.push_back(std::make_unique<Journey>(*declaration, all_));
  // Of equal priority who was deployed later comes later.
  std::ranges::stable_partition(journeys_, [&](const auto& journey) { return !added_.contains(journey->name); });
  follow_all();
}

Customer& Interpreter::customer(const std::string& id) {
  auto& known = customers_[id];
  if (known == nullptr) {
    known = std::make_unique<Customer>();
    known->id = id;
    known->number = customers_.size() - 1;
    known->appeared = deployed_;
  }
  return *known;
}

Zone Interpreter::zone(const Customer& customer) const {
  return Evaluator(all_, customer, log_time_, options_.assume_consent).zone();
}

void Interpreter::react(const Input& input) {
  const Instant at{input.t_log};
  numbered_by_time_ = 0;
  if (!held_) fire_all_timers(at);
  log_time_ = at;
  const Moment moment{at, at};
  ++reaction_;
  if (const auto* hold = std::get_if<HoldInput>(&input.what)) {
    if (held_ && !hold->hold) fire_all_overdue(at);
    held_ = hold->hold;
  } else if (std::get_if<DeployInput>(&input.what) != nullptr) {
    deploy(moment);
  } else if (const auto* extension = std::get_if<ExtendInput>(&input.what)) {
    extend(*extension, moment);
  } else if (!input.customer.empty()) {
    react_for_somebody(input, moment);
  }
  ++position_;
}

/// What concerns a customer. The first thing heard of an id makes a customer of it, unless it names what was never sent or asked.
void Interpreter::react_for_somebody(const Input& input, const Moment& moment) {
  const std::string id = resolved(input.customer);
  if (erased_.contains(id)) return;
  if (std::get_if<ErasureInput>(&input.what) != nullptr) return forget(id, moment.now);
  if (const auto* same = std::get_if<MergeInput>(&input.what)) return merge(id, resolved(same->other), moment);
  numbered_ = 0;
  by_timer_ = false;
  if (const auto* arm = std::get_if<AssignInput>(&input.what)) return assign(id, *arm, moment);
  const auto* receipt = std::get_if<ReceiptInput>(&input.what);
  const auto* answer = std::get_if<AnswerInput>(&input.what);
  if (receipt != nullptr || answer != nullptr) {
    const auto known = customers_.find(input.customer);
    if (known == customers_.end()) return;
    if (receipt != nullptr) react_to(customer(id), input, *receipt, *known->second);
    if (answer != nullptr) react_to(customer(id), input, *answer, *known->second);
    return;
  }
  Customer& who = customer(id);
  if (const auto* event = std::get_if<EventInput>(&input.what)) react_to(who, input, *event);
  if (const auto* traits = std::get_if<TraitsInput>(&input.what)) react_to(who, input, *traits);
  finish_reaction(who, moment);
}

/// What the input has changed makes the customer join and leave segments; then the consequences, before anything else.
void Interpreter::finish_reaction(Customer& customer, const Moment& moment) {
  if (customer.appeared) {
    for (std::size_t number = 0; number < follows_.size(); ++number) marked_.insert(number);
    customer.appeared = false;
  }
  reconsider(customer, moment, false);
  react_to_changes(customer);
}

Outcome Interpreter::finish() {
  if (!held_) fire_all_timers(log_time_);
  for (auto& [id, customer] : customers_) {
    for (const auto& instance : customer->instances) {
      for (const auto& strand : instance->strands) {
        const Waiting& waiting = *strand->waiting;
        outcome_.waiting.push_back(id + " " + instance->journey->name + " " + instance->name.text() + " " + waiting.path +
                                   (waiting.deadline ? " until " + std::to_string(waiting.deadline->ms) : ""));
      }
    }
    std::sort(outcome_.goals[id].begin(), outcome_.goals[id].end());
  }
  std::sort(outcome_.waiting.begin(), outcome_.waiting.end());
  return outcome_;
}

// ── inputs ───────────────────────────────────────────────────────────────────────────────────────────────────────

bool Interpreter::is_duplicate(const Input& input, const EventInput& event) {
  std::string id = event.message_id;
  if (const auto& by = all_.events.at(event.type)->dedupe_by) {
    for (const auto& [name, field] : event.fields) {
      if (name == by->text) id = field.as<std::string>();
    }
  }
  if (id.empty()) return false;
  const auto [seen, is_new] = last_seen_.try_emplace(input.customer + " " + event.type + " " + id, Instant{input.t_log});
  if (is_new) return false;
  const Zone utc;
  // At least the window. Ids are forgotten hour by hour, and a day may have 25 hours: at most two hours more.
  const std::int64_t hour = 3'600'000;
  const Instant hour_end{(seen->second.ms / hour + 1) * hour};
  const Instant forgotten{std::max(utc.add(hour_end, all_.late(event.type)).ms, hour_end.ms + 24 * hour) + hour};
  if (input.t_log < forgotten.ms) return true;
  seen->second = {input.t_log};
  return false;
}

void Interpreter::react_to(Customer& customer, const Input& input, const EventInput& event) {
  if (is_duplicate(input, event)) return;
  auto heard = std::make_shared<HeardEvent>();
  heard->t_log = {input.t_log};
  heard->t_event = {std::min(input.t_event, input.t_log)};
  heard->type = event.type;
  heard->fields = std::make_shared<const Fields>(event.fields);
  heard->late = zone(customer).add(heard->t_event, all_.late(event.type)).ms < input.t_log;
  const Moment moment{{input.t_log}, {input.t_log}};
  change_segments_before(customer, *heard, moment, true);
  if (heard->late) {
    heard->serial = ++heard_;
    customer.heard.push_back(heard);
    mark_event(customer, *heard);
    if (customer.appeared) {
      for (std::size_t number = 0; number < follows_.size(); ++number) marked_.insert(number);
      customer.appeared = false;
    }
    return reconsider(customer, moment, true);
  }
  spread(customer, heard, moment);
}

/// An event is kept and counted, then heard by the instances, then by the entries.
void Interpreter::spread(Customer& customer, const std::shared_ptr<HeardEvent>& heard, const Moment& moment) {
  heard->serial = ++heard_;
  heard->reaction = reaction_;
  customer.heard.push_back(heard);
  if (customer.heard.size() > k_heard_max) throw Unsettled("so many emitted events that asking every question anew takes for ever");
  mark_event(customer, *heard);
  count_goals(customer, *heard, moment);
  for (Instance* instance : in_order(customer)) react_to_event(customer, *instance, heard, moment);
  enter_all(customer, heard, moment);
}

/// Whether what is read there is another value now.
bool Interpreter::change_attribute(Customer& customer, const std::string& name, const Value& value) const {
  const Evaluator asked(all_, customer, log_time_, options_.assume_consent);
  const std::string before = show(asked.attribute(name));
  customer.attributes[name] = value;
  return show(asked.attribute(name)) != before;
}

void Interpreter::react_to(Customer& customer, const Input& input, const TraitsInput& traits) {
  Change change;
  change.moment = {{input.t_log}, {input.t_log}};
  for (const auto& [name, value] : traits.attributes) {
    if (change_attribute(customer, name, value)) change.attributes.insert(name);
  }
  bool consents_changed = false;
  for (const auto& [topic, given] : traits.consents) {
    const auto before = customer.consents.find(topic);
    consents_changed |= (before == customer.consents.end() ? options_.assume_consent : before->second) != given;
    customer.consents[topic] = given;
  }
  if (!consents_changed && change.attributes.empty()) return;
  for (Instance* instance : in_order(customer)) react_to_change(customer, *instance, change);
  mark_attributes(change.attributes);
  if (consents_changed) {
    for (std::size_t number = 0; number < follows_.size(); ++number) {
      if (follows_[number].reads.consents) marked_.insert(number);
    }
  }
}

void Interpreter::react_to(Customer& customer, const Input& input, const ReceiptInput& receipt, const Customer& sent_to) {
  if (receipt.delivery >= sent_to.delivery_keys.size()) return;
  const std::string key = sent_to.delivery_keys[sent_to.delivery_keys.size() - 1 - receipt.delivery];
  const Instant happened{std::min(input.t_event, input.t_log)};
  const Moment moment{{input.t_log}, {input.t_log}};
  if (receipt.receipt == "failed") std::erase_if(customer.ledger, [&](const LedgerEntry& entry) { return entry.key == key; });
  for (Instance* instance : in_order(customer)) {
    const auto arm_here = [&] { return receipt_arm(*instance, key, receipt.receipt); };
    bool is_awaited = false;
    each_strand(*instance, [&] { is_awaited = is_awaited || arm_here() != nullptr; });
    if (!is_awaited) continue;
    fire_held(customer, *instance, happened, moment);
    each_strand(*instance, [&] {
      const syntax::AwaitArm* arm = arm_here();
      auto& waiting = instance->here->waiting;
      if (arm == nullptr || (waiting->deadline && happened.ms > waiting->deadline->ms)) return;
      waiting.reset();
      enter_block(*instance, arm->body);
      run(customer, *instance, moment);
    });
  }
  finish_reaction(customer, moment);
}

void Interpreter::react_to_changes(Customer& customer) {
  for (int count = 0; !changes_.empty(); ++count) {
    if (count > k_changes_max) throw Unsettled("journeys that set what the others react to, for ever");
    const Change change = changes_.front();
    changes_.pop_front();
    if (change.emitted != nullptr) {
      hear_emitted(customer, change);
    } else if (change.handed_to != nullptr) {
      enter_by_handoff(customer, change);
    } else {
      for (Instance* instance : in_order(customer)) {
        if (!instance->ended) react_to_change(customer, *instance, change);
      }
    }
    if (change.joined) enter_standing(customer, *change.segment, change.moment);
    mark_attributes(change.attributes);
    reconsider(customer, change.moment, false);
  }
  forget_ended(customer);
  customer.next_release.reset();
  const auto consider = [&](std::optional<Instant> release) {
    if (release && (!customer.next_release || release->ms < customer.next_release->ms)) customer.next_release = release;
  };
  for (const auto& instance : customer.instances) consider(next_release(*instance));
  for (const auto& [number, standing] : customer.standings) consider(release_of(number, standing));
}

// ── time ─────────────────────────────────────────────────────────────────────────────────────────────────────────

std::vector<Instance*> Interpreter::in_order(Customer& customer) const {
  std::vector<Instance*> running;
  for (const auto& instance : customer.instances) {
    if (!instance->ended) running.push_back(instance.get());
  }
  std::stable_sort(running.begin(), running.end(), [](const Instance* a, const Instance* b) {
    if (a->journey->priority != b->journey->priority) return a->journey->priority > b->journey->priority;
    return a->name < b->name;
  });
  return running;
}

void Interpreter::forget_ended(Customer& customer) {
  std::erase_if(customer.instances, [](const auto& instance) { return instance->ended; });
}

/// In the order of (release, number of the customer).
void Interpreter::fire_all_timers(Instant until) {
  for (;;) {
    Customer* next = nullptr;
    for (auto& [id, customer] : customers_) {
      if (!customer->next_release || customer->next_release->ms >= until.ms) continue;
      const bool sooner =
          next == nullptr || std::pair(customer->next_release->ms, customer->number) < std::pair(next->next_release->ms, next->number);
      if (sooner) next = customer.get();
    }
    if (next == nullptr) return;
    fire_together(*next, *next->next_release, nullptr);
  }
}

/// What was held while the clock was fires at the release's time, both clocks.
void Interpreter::fire_all_overdue(Instant at) {
  const Moment moment{at, at};
  for (;;) {
    Customer* next = nullptr;
    for (auto& [id, customer] : customers_) {
      if (!customer->next_release || customer->next_release->ms >= at.ms) continue;
      const bool sooner =
          next == nullptr || std::pair(customer->next_release->ms, customer->number) < std::pair(next->next_release->ms, next->number);
      if (sooner) next = customer.get();
    }
    if (next == nullptr) return;
    fire_together(*next, *next->next_release, &moment);
  }
}

// One customer's equal releases form one reaction.
void Interpreter::fire_together(Customer& customer, Instant release, const Moment* overdue) {
  ++reaction_;
  by_timer_ = true;
  for (Instance* instance : in_order(customer)) {
    if (next_release(*instance).ms != release.ms) continue;
    const auto moment_of = [&](Instant deadline) { return overdue != nullptr ? *overdue : Moment{deadline, release}; };
    if (release_of_lifetime(*instance).ms == release.ms) {
      end(customer, *instance, "expired", moment_of(instance->lifetime_end).now);
      continue;
    }
    each_strand(*instance, [&] {
      const auto its_release = release_of_wait(*instance, *instance->here);
      if (its_release && its_release->ms == release.ms) fire(customer, *instance, moment_of(*instance->here->waiting->deadline));
    });
  }
  const auto is_due = [&](std::size_t number, const Standing& standing) { return release_of(number, standing)->ms == release.ms; };
  fire_standings(customer, is_due, [&](const Standing& standing) { return overdue != nullptr ? *overdue : Moment{*standing.at, release}; });
  react_to_changes(customer);
}

}  // namespace wend::reference
