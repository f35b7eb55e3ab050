#include <algorithm>

#include "tests/reference/interpreter.h"

// Customers who are forgotten, and ids that turn out to be one customer's (decisions 15 and 16).

namespace wend::reference {

namespace {

/// Nothing is left of the customer but who he was. What was sent and asked under the id keeps its keys: receipts and answers name them.
void empty(Customer& customer) {
  Customer rest;
  rest.id = customer.id;
  rest.number = customer.number;
  rest.delivery_keys = std::move(customer.delivery_keys);
  rest.asked = std::move(customer.asked);
  customer = std::move(rest);
}

template <typename Item>
void append(std::vector<Item>& items, std::vector<Item>& others) {
  std::move(others.begin(), others.end(), std::back_inserter(items));
}

/// Whoever is in a journey goes on with what his own id has heard: `since entry` and `since step` are his own past.
void keep_apart(Customer& customer, const Customer& other) {
  for (const auto& instance : customer.instances) {
    for (const HeardEventPtr& event : other.heard) instance->unheard.insert(event->serial);
  }
}

bool says_run_alongside(const Journey& journey) {
  return std::any_of(journey.enters.begin(), journey.enters.end(),
                     [](const auto* header) { return header->if_running == syntax::IfRunning::run_alongside; });
}

}  // namespace

/// By which customer an id goes: chains of aliases lead to their end.
std::string Interpreter::resolved(std::string id) const {
  for (auto alias = aliases_.find(id); alias != aliases_.end(); alias = aliases_.find(id)) id = alias->second;
  return id;
}

/// Ends everything without running anything. An id that was never heard of is passed over from now on too.
void Interpreter::forget(const std::string& id, Instant at) {
  erased_.insert(id);
  const auto known = customers_.find(id);
  if (known == customers_.end()) return;
  Customer& customer = *known->second;
  for (Instance* instance : in_order(customer)) end(customer, *instance, "erased", at);
  empty(customer);
}

/// `other` is from now on an id of the customer. Who is named for the first time appears with that, unless he is known by the other id.
void Interpreter::merge(const std::string& id, const std::string& other, const Moment& moment) {
  numbered_ = 0;
  by_timer_ = false;
  Customer& survivor = customer(id);
  const bool changes_nothing = id == other || erased_.contains(other);
  if (!changes_nothing) aliases_[other] = id;
  const auto known = customers_.find(other);
  if (changes_nothing || known == customers_.end()) return finish_reaction(survivor, moment);
  survivor.appeared = false;  // whoever is in a segment through what was inherited has not joined it
  const std::vector<Instance*> inherited = in_order(*known->second);
  const std::set<std::string> changed = inherit(survivor, *known->second);
  const std::set<std::string> changed_for_inherited = differing_attributes(survivor, *known->second);
  empty(*known->second);
  end_merged(survivor, inherited, moment);
  if (deployed_) {
    for (std::size_t number = 0; number < follows_.size(); ++number) marked_.insert(number);
    reconsider(survivor, moment, true);
  }
  for (Instance* instance : in_order(survivor)) {
    const bool is_inherited = std::find(inherited.begin(), inherited.end(), instance) != inherited.end();
    react_to_change(survivor, *instance, {is_inherited ? changed_for_inherited : changed, moment});
  }
  finish_reaction(survivor, moment);
}

std::set<std::string> Interpreter::differing_attributes(const Customer& one, const Customer& other) const {
  const Evaluator left(all_, one, log_time_, options_.assume_consent);
  const Evaluator right(all_, other, log_time_, options_.assume_consent);
  std::set<std::string> differing;
  for (const Customer* each : {&one, &other}) {
    for (const auto& [name, value] : each->attributes) {
      if (show(left.attribute(name)) != show(right.attribute(name))) differing.insert(name);
    }
  }
  return differing;
}

/// The table in operations.md. Gives the attributes that are others for the customer now.
std::set<std::string> Interpreter::inherit(Customer& customer, Customer& other) {
  std::set<std::string> changed;
  for (const auto& [name, value] : other.attributes) {
    const auto own = customer.attributes.find(name);
    if (own != customer.attributes.end() && own->second.present()) continue;
    if (change_attribute(customer, name, value)) changed.insert(name);
  }
  for (const auto& [topic, given] : other.consents) {
    const auto [own, is_new] = customer.consents.try_emplace(topic, given);
    own->second = own->second && given;
  }
  keep_apart(customer, other);
  keep_apart(other, customer);
  append(customer.heard, other.heard);
  std::stable_sort(customer.heard.begin(), customer.heard.end(), [](const auto& a, const auto& b) { return a->serial < b->serial; });
  append(customer.ledger, other.ledger);
  append(customer.watches, other.watches);
  append(customer.instances, other.instances);
  for (const auto& [journey, last] : other.last_entry) {
    const auto [own, is_new] = customer.last_entry.try_emplace(journey, last);
    own->second.ms = std::max(own->second.ms, last.ms);
  }
  inherit_arms(customer, other);
  for (const auto& [holdout, is_out] : other.held_out) {
    const auto [own, is_new] = customer.held_out.try_emplace(holdout, is_out);
    own->second = own->second || is_out;
  }
  return changed;
}

/// Whoever had two arms of an experiment is no fair sample of either, which is said once.
void Interpreter::inherit_arms(Customer& customer, const Customer& other) {
  for (const syntax::ExperimentDecl* experiment : all_.experiments_in_order) {
    const std::string& name = experiment->name.text;
    const auto arm = other.assignments.find(name);
    bool is_excluded = other.excluded.contains(name);
    if (arm != other.assignments.end()) {
      const auto [own, is_new] = customer.assignments.try_emplace(name, arm->second);
      const bool differs = own->second.name != arm->second.name;
      if (arm->second.position < own->second.position) own->second = arm->second;
      is_excluded |= differs;
    }
    if (!is_excluded || !customer.excluded.insert(name).second || other.excluded.contains(name)) continue;
    outcome_.instances[customer.id].push_back("excluded from " + name);
  }
}

/// Of two that could not run side by side the one that entered first stays.
void Interpreter::end_merged(Customer& customer, const std::vector<Instance*>& inherited, const Moment& moment) {
  for (Instance* instance : inherited) {
    if (says_run_alongside(*instance->journey)) continue;
    for (Instance* other : in_order(customer)) {
      const bool are_rivals = other != instance && other->journey == instance->journey && show(other->key) == show(instance->key);
      if (are_rivals) end(customer, other->name < instance->name ? *instance : *other, "merged", moment.now);
    }
  }
}

}  // namespace wend::reference
