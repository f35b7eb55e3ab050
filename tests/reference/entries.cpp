#include <algorithm>

#include "tests/reference/interpreter.h"
#include "tests/reference/keys.h"

// Entries, exits and goals.

namespace wend::reference {

namespace {

constexpr std::size_t k_instances_max = 80;  // of one customer
constexpr std::size_t k_lines_max = 20'000;

const syntax::EventPattern& pattern_of(const syntax::EnterHeader& enter) {
  return std::get<syntax::EnterOnEvent>(enter.source).pattern;
}

const Value* field_of(const Fields& fields, const std::string& name) {
  for (const auto& [field, value] : fields) {
    if (field == name) return &value;
  }
  return nullptr;
}

Names entry_names(const HeardEvent& entry, const syntax::EnterHeader& enter) {
  Names names;
  const auto& alias = pattern_of(enter).alias;
  if (alias) names[alias->text] = EventFields{entry.fields};
  return names;
}

}  // namespace

/// Type, `same` and `where` of an exit, goal or arm. `names` are those that the condition may read besides the event's.
bool Interpreter::takes(Customer& customer, const Instance* instance, const HeardEvent& event, const syntax::EventPattern& pattern,
                        const HeardEventPtr& entry, const Names& names, const Moment& moment) {
  if (event.type != pattern.event.text) return false;
  for (const syntax::Name& same : pattern.same) {
    const Value* left = field_of(*event.fields, same.text);
    const Value* right = field_of(*entry->fields, same.text);
    if (left == nullptr || right == nullptr || !equal(*left, *right)) return false;
  }
  if (pattern.where == nullptr) return true;
  Names binding;
  if (pattern.alias) binding[pattern.alias->text] = EventFields{event.fields};
  Evaluator asked =
      instance != nullptr ? evaluator(customer, *instance, moment) : Evaluator(all_, customer, moment.now, options_.assume_consent);
  asked.see(names);
  asked.see(binding);
  return asked.holds(*pattern.where);
}

// ── entries ──────────────────────────────────────────────────────────────────────────────────────────────────────

void Interpreter::enter_all(Customer& customer, const HeardEventPtr& event, const Moment& moment) {
  std::vector<const Journey*> order;
  for (const auto& journey : journeys_) order.push_back(journey.get());
  std::stable_sort(order.begin(), order.end(), [](const Journey* a, const Journey* b) { return a->priority > b->priority; });
  for (const Journey* journey : order) {
    if (!is_deployed(journey->name) || !is_complete(customer, *journey)) continue;  // before `where`, which may read what is missing
    const syntax::EnterHeader* header = matching_entry(customer, *journey, *event, moment);
    if (header != nullptr) enter(customer, *journey, *header, event, moment, entry_names(*event, *header));
  }
}

bool Interpreter::is_complete(const Customer& customer, const Journey& journey) const {
  const Evaluator asked(all_, customer, log_time_, options_.assume_consent);
  return std::all_of(journey.required.begin(), journey.required.end(),
                     [&](const std::string& attribute) { return asked.attribute(attribute).present(); });
}

const syntax::EnterHeader* Interpreter::matching_entry(Customer& customer, const Journey& journey, const HeardEvent& event,
                                                       const Moment& moment) {
  for (const syntax::EnterHeader* header : journey.enters) {
    if (std::get_if<syntax::EnterOnEvent>(&header->source) == nullptr) continue;
    const syntax::EventPattern& pattern = pattern_of(*header);
    if (pattern.event.text != event.type) continue;
    if (pattern.where == nullptr) return header;
    const Names names = entry_names(event, *header);
    Evaluator asked(all_, customer, moment.now, options_.assume_consent);
    asked.see(names);
    if (asked.holds(*pattern.where)) return header;
  }
  return nullptr;
}

void Interpreter::enter(Customer& customer, const Journey& journey, const syntax::EnterHeader& header, const HeardEventPtr& event,
                        const Moment& moment, const Names& names, bool silent) {
  Evaluator asked(all_, customer, moment.now, options_.assume_consent);
  asked.see(names);
  Value key;
  try {
    if (header.one_per != nullptr) key = asked.value(*header.one_per);
  } catch (const Fault&) {
    return;
  }

  // Without `one per` there is one instance for the customer.
  std::vector<Instance*> running;
  for (Instance* instance : in_order(customer)) {
    if (instance->journey != &journey) continue;
    if (header.one_per == nullptr || show(instance->key) == show(key)) running.push_back(instance);
  }
  const syntax::IfRunning policy = header.if_running.value_or(syntax::IfRunning::ignore);
  if (!running.empty() && policy == syntax::IfRunning::ignore) return;
  if (!running.empty() && policy == syntax::IfRunning::restart) {
    for (Instance* instance : running) {
      end(customer, *instance, "restarted", moment.now);
      std::erase_if(customer.watches, [&](const Watch& watch) { return watch.journey == &journey && watch.instance == instance->name; });
    }
  } else {
    const auto last = customer.last_entry.find(journey.name);
    const bool entered = last != customer.last_entry.end();
    if (header.once_ever && entered) return;
    if (header.cooldown && entered && moment.now.ms < zone(customer).add(last->second, span_of(*header.cooldown)).ms) return;
    customer.last_entry[journey.name] = moment.now;
  }

  auto instance = std::make_unique<Instance>();
  instance->journey = &journey;
  instance->name = next_name();
  instance->entry = event;
  instance->enter = &header;
  instance->key = key;
  instance->entered_at = moment.now;
  instance->lifetime_end = zone(customer).add(moment.now, journey.lifetime);
  instance->silent = silent;
  for (const std::string& holdout : journey.holdouts) instance->silent |= is_held_out(customer, *instance, holdout);
  instance->began = heard_;
  instance->reaction = reaction_;
  instance->here = std::make_shared<Strand>();
  instance->strands.push_back(instance->here);
  instance->here->names = names;
  Frame body;
  body.serial = ++frames_;
  body.statements = &journey.tree->statements;
  instance->here->stack.push_back(body);
  outcome_.instances[customer.id].push_back("entered " + journey.name + " " + instance->name.text() + " @" + std::to_string(moment.now.ms));
  customer.instances.push_back(std::move(instance));
  if (customer.instances.size() > k_instances_max)
    throw Unsettled("journeys that start each other more and more often: slow on both sides");
  if (outcome_.instances[customer.id].size() > k_lines_max) throw Unsettled("journeys that start each other, second after second");
  Instance& begun = *customer.instances.back();
  if (leave_on_state(customer, begun, moment)) return;  // entered and gone at once: nothing is watched
  for (const syntax::GoalHeader* goal : journey.goals) {
    Watch watch;
    watch.journey = &journey;
    watch.goal = goal;
    watch.instance = begun.name;
    watch.entry = event;
    watch.names = names;
    if (goal->anchor == syntax::GoalAnchor::entry) watch.anchor = event->t_event;
    customer.watches.push_back(watch);
  }
  try {
    if (journey.tree->parameters && std::get_if<syntax::EnterByHandoff>(&header.source) == nullptr) {
      const Names given = arguments_of(*journey.tree->parameters, header.with, evaluator(customer, begun, moment), customer, moment);
      for (const auto& [name, value] : given) begun.here->names[name] = value;
    }
  } catch (const Fault&) {
    for (std::size_t i = 0; i < journey.goals.size(); ++i) customer.watches[customer.watches.size() - 1 - i].lacks_parameters = true;
    return end(customer, begun, "fault", moment.now);
  }
  for (std::size_t i = 0; i < journey.goals.size(); ++i) customer.watches[customer.watches.size() - 1 - i].names = begun.here->names;
  run(customer, begun, moment);
}

/// Settled by the slot at the first entry of a journey that names the holdout.
bool Interpreter::is_held_out(Customer& customer, const Instance& instance, const std::string& name) {
  const syntax::HoldoutDecl& holdout = *all_.holdouts.at(name);
  const auto& until = holdout.until;
  const Date today = zone(customer).date_of(instance.entered_at);
  if (until && today.days > date_from_civil(until->year, until->month, until->day).days) return false;
  const auto [known, is_new] = customer.held_out.try_emplace(name);
  const auto slots = wend::multiply(*Decimal::parse(holdout.share.text), Decimal::from_int(10'000))->to_int();
  if (is_new) known->second = experiment_slot(holdout.salt.text, "holdout", customer.id) < *slots;
  outcome_.instances[customer.id].push_back((known->second ? "held out by " : "not held out by ") + name + " " + instance.name.text() +
                                            " @" + std::to_string(instance.entered_at.ms));
  return known->second;
}

/// The position of the entry and which of its instances; those that timers start are counted from 65,536 on, behind the entry before.
InstanceName Interpreter::next_name() {
  if (!by_timer_) return {position_, numbered_++};
  return {position_ - 1, 65'536 + numbered_by_time_++};
}

/// What is emitted draws from the same numbers, from 1 on.
void Interpreter::number_emitted() {
  if (by_timer_) {
    ++numbered_by_time_;
  } else {
    numbered_ = std::max(numbered_, 1) + 1;
  }
}

/// The parameters were given by the journey that has ended.
void Interpreter::enter_by_handoff(Customer& customer, const Change& change) {
  const Journey& journey = *change.handed_to;
  const Moment& moment = change.moment;
  if (!is_complete(customer, journey)) return;
  const auto is_it = [](const auto* header) { return std::get_if<syntax::EnterByHandoff>(&header->source) != nullptr; };
  const auto header = std::find_if(journey.enters.begin(), journey.enters.end(), is_it);
  auto cause = std::make_shared<HeardEvent>();
  cause->t_log = log_time_;
  cause->t_event = moment.now;
  cause->fields = std::make_shared<const Fields>();
  enter(customer, journey, **header, cause, moment, change.given, change.silent);
}

// ── exits ────────────────────────────────────────────────────────────────────────────────────────────────────────

void Interpreter::end(Customer& customer, Instance& instance, const std::string& label, Instant at) {
  instance.ended = true;
  outcome_.instances[customer.id].push_back("exited " + instance.journey->name + " " + instance.name.text() + " " + label + " @" +
                                            std::to_string(at.ms));
}

bool Interpreter::leave_on_event(Customer& customer, Instance& instance, const HeardEvent& event, const Moment& moment) {
  for (const syntax::ExitHeader* exit : instance.journey->exits) {
    if (!exit->event) continue;
    if (!takes(customer, &instance, event, *exit->event, instance.entry, {}, moment)) continue;
    end(customer, instance, exit->label.text, moment.now);
    return true;
  }
  return false;
}

bool Interpreter::leave_on_state(Customer& customer, Instance& instance, const Moment& moment) {
  for (const syntax::ExitHeader* exit : instance.journey->exits) {
    if (exit->event) continue;
    if (!evaluator(customer, instance, moment).holds(*exit->condition)) continue;
    end(customer, instance, exit->label.text, moment.now);
    return true;
  }
  return false;
}

// ── goals ────────────────────────────────────────────────────────────────────────────────────────────────────────

void Interpreter::count_goals(Customer& customer, const HeardEvent& event, const Moment& moment) {
  for (Watch& watch : customer.watches) {
    if (watch.converted || !watch.anchor) continue;
    const Instant end = zone(customer).add(*watch.anchor, span_of(watch.goal->within));
    if (event.t_event.ms <= watch.anchor->ms || event.t_event.ms > end.ms) continue;
    if (watch.lacks_parameters && watch.goal->pattern.where != nullptr) throw Unsettled("a goal that may read a parameter never computed");
    if (!takes(customer, nullptr, event, watch.goal->pattern, watch.entry, watch.names, moment)) continue;
    watch.converted = true;
    outcome_.goals[customer.id].push_back(watch.goal->name.text + " of " + watch.journey->name + " " + watch.instance.text() + " @" +
                                          std::to_string(event.t_event.ms));
  }
}

}  // namespace wend::reference
