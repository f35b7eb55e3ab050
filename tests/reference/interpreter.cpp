#include "tests/reference/interpreter.h"

#include <algorithm>

namespace wend::reference {

namespace {
constexpr int k_changes_max = 200;
}  // namespace

Interpreter::Interpreter(const syntax::File& file, RunOptions options) : all_(file), options_(std::move(options)) {
  for (const auto* declaration : all_.journeys) journeys_.push_back(std::make_unique<Journey>(*declaration, all_));
}

Customer& Interpreter::customer(const std::string& id) {
  auto& known = customers_[id];
  if (known == nullptr) {
    known = std::make_unique<Customer>();
    known->id = id;
  }
  return *known;
}

Zone Interpreter::zone(const Customer& customer) const {
  return Evaluator(all_, customer, log_time_, options_.assume_consent).zone();
}

// Customers do not see each other, so each one's timers may fire when something concerns that customer.
void Interpreter::react(const Input& input) {
  const Instant at{input.t_log};
  if (const auto* hold = std::get_if<HoldInput>(&input.what)) {
    for (auto& [id, customer] : customers_) {
      if (!held_) fire_timers(*customer, at, false);
    }
    log_time_ = at;
    if (held_ && !hold->hold) {
      for (auto& [id, customer] : customers_) fire_overdue(*customer, at);
    }
    held_ = hold->hold;
  } else if (!input.customer.empty()) {
    Customer& who = customer(input.customer);
    if (!held_) fire_timers(who, at, false);
    log_time_ = at;
    if (const auto* event = std::get_if<EventInput>(&input.what)) react_to(who, input, *event);
    if (const auto* traits = std::get_if<TraitsInput>(&input.what)) react_to(who, input, *traits);
    if (const auto* receipt = std::get_if<ReceiptInput>(&input.what)) react_to(who, input, *receipt);
    forget_ended(who);
  }
  log_time_ = at;
  ++position_;
}

Outcome Interpreter::finish() {
  for (auto& [id, customer] : customers_) {
    if (!held_) fire_timers(*customer, log_time_, false);
    for (const auto& instance : customer->instances) {
      const Waiting& waiting = *instance->waiting;
      outcome_.waiting.push_back(id + " " + instance->journey->name + " " + instance->name.text() + " " + waiting.path +
                                 (waiting.deadline ? " until " + std::to_string(waiting.deadline->ms) : ""));
    }
    std::sort(outcome_.goals[id].begin(), outcome_.goals[id].end());
  }
  std::sort(outcome_.waiting.begin(), outcome_.waiting.end());
  return outcome_;
}

// ── inputs ───────────────────────────────────────────────────────────────────────────────────────────────────────

bool Interpreter::is_duplicate(Customer& customer, const Input& input, const EventInput& event) {
  std::string id = event.message_id;
  if (const auto& by = all_.events.at(event.type)->dedupe_by) {
    for (const auto& [name, field] : event.fields) {
      if (name == by->text) id = field.as<std::string>();
    }
  }
  if (id.empty()) return false;
  const auto [seen, is_new] = customer.last_seen.try_emplace(event.type + " " + id, Instant{input.t_log});
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
  if (is_duplicate(customer, input, event)) return;
  auto heard = std::make_shared<HeardEvent>();
  heard->position = position_;
  heard->t_log = {input.t_log};
  heard->t_event = {std::min(input.t_event, input.t_log)};
  heard->type = event.type;
  heard->fields = std::make_shared<const Fields>(event.fields);
  heard->late = zone(customer).add(heard->t_event, all_.late(event.type)).ms < input.t_log;
  customer.heard.push_back(heard);
  if (heard->late) return;
  const Moment moment{{input.t_log}, {input.t_log}, position_};
  count_goals(customer, *heard, moment);
  for (Instance* instance : in_order(customer)) react_to_event(customer, *instance, heard, moment);
  enter_all(customer, heard, moment);
  react_to_changes(customer);
}

void Interpreter::react_to(Customer& customer, const Input& input, const TraitsInput& traits) {
  Change change;
  change.moment = {{input.t_log}, {input.t_log}, position_};
  for (const auto& [name, value] : traits.attributes) {
    Value& attribute = customer.attributes[name];
    if (show(attribute) != show(value)) change.attributes.insert(name);
    attribute = value;
  }
  bool changed = !change.attributes.empty();
  for (const auto& [topic, given] : traits.consents) {
    const auto before = customer.consents.find(topic);
    changed |= (before == customer.consents.end() ? options_.assume_consent : before->second) != given;
    customer.consents[topic] = given;
  }
  if (changed) changes_.push_back(change);
  react_to_changes(customer);
}

void Interpreter::react_to(Customer& customer, const Input& input, const ReceiptInput& receipt) {
  if (receipt.delivery >= customer.delivery_keys.size()) return;
  const std::string& key = customer.delivery_keys[customer.delivery_keys.size() - 1 - receipt.delivery];
  const Moment moment{{input.t_log}, {input.t_log}, position_};
  if (receipt.receipt == "failed") std::erase_if(customer.ledger, [&](const LedgerEntry& entry) { return entry.key == key; });
  for (Instance* instance : in_order(customer)) {
    if (receipt_arm(*instance, key, receipt.receipt) == nullptr) continue;
    fire_held(customer, *instance, {input.t_event}, moment);
    const syntax::AwaitArm* arm = receipt_arm(*instance, key, receipt.receipt);
    if (arm == nullptr || (instance->waiting->deadline && input.t_event > instance->waiting->deadline->ms)) continue;
    instance->waiting.reset();
    enter_block(*instance, arm->body);
    run(customer, *instance, moment);
  }
  react_to_changes(customer);
}

void Interpreter::react_to_changes(Customer& customer) {
  for (int count = 0; !changes_.empty(); ++count) {
    if (count > k_changes_max) throw Unsettled("journeys that set what the others react to, for ever");
    const Change change = changes_.front();
    changes_.pop_front();
    for (Instance* instance : in_order(customer)) {
      if (!instance->ended) react_to_change(customer, *instance, change);
    }
  }
  forget_ended(customer);
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

namespace {

Instant release_of_lifetime(const Instance& instance) {
  return {instance.lifetime_end.ms + instance.waiting->grace_ms};
}
std::optional<Instant> release_of_wait(const Instance& instance) {
  if (!instance.waiting->deadline) return std::nullopt;
  return Instant{instance.waiting->deadline->ms + instance.waiting->grace_ms};
}
Instant next_release(const Instance& instance) {
  const Instant lifetime = release_of_lifetime(instance);
  const auto wait = release_of_wait(instance);
  return wait && wait->ms < lifetime.ms ? *wait : lifetime;
}

}  // namespace

void Interpreter::fire_timers(Customer& customer, Instant until, bool inclusive) {
  for (;;) {
    std::optional<Instant> earliest;
    for (const auto& instance : customer.instances) {
      const Instant release = next_release(*instance);
      if (!earliest || release.ms < earliest->ms) earliest = release;
    }
    if (!earliest || earliest->ms > until.ms || (earliest->ms == until.ms && !inclusive)) return;
    fire_together(customer, *earliest, nullptr);
  }
}

// What was held while the clock was fires at the release's time, both clocks.
void Interpreter::fire_overdue(Customer& customer, Instant at) {
  const Moment moment{at, at, position_};
  for (;;) {
    std::optional<Instant> earliest;
    for (const auto& instance : customer.instances) {
      const Instant release = next_release(*instance);
      if (release.ms < at.ms && (!earliest || release.ms < earliest->ms)) earliest = release;
    }
    if (!earliest) return;
    fire_together(customer, *earliest, &moment);
  }
}

// One customer's equal releases form one reaction.
void Interpreter::fire_together(Customer& customer, Instant release, const Moment* overdue) {
  // Between the entry before and the one to come: what comes is after it.
  const std::uint64_t between = position_ - 1;
  for (Instance* instance : in_order(customer)) {
    if (next_release(*instance).ms != release.ms) continue;
    const bool expires = release_of_lifetime(*instance).ms == release.ms;
    const Instant deadline = expires ? instance->lifetime_end : *instance->waiting->deadline;
    const Moment moment = overdue != nullptr ? *overdue : Moment{deadline, release, between};
    if (expires) {
      end(customer, *instance, "expired", moment.now);
    } else {
      fire(customer, *instance, moment);
    }
  }
  react_to_changes(customer);
}

}  // namespace wend::reference
