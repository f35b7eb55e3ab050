// Two ids of one person. The states of both become one, under the surviving id; the other id is an alias from then on. Nothing that is
// inherited starts a journey: segments are looked at silently. See docs/decisions/0016-merge.md.

#include <algorithm>

#include "runtime/engine/reaction.h"

namespace wend::engine {

using bytecode::AttributeId;
using bytecode::ExperimentId;
using bytecode::HistoryId;
using bytecode::JourneyId;
using bytecode::TopicId;

void Reaction::on_merge(uint32_t customer, uint32_t previous, const Entry& entry, uint64_t position) {
  begin(customer, position, entry.t_log, entry.t_log);
  if (other_state_ == nullptr) other_state_ = std::make_unique<CustomerState>(core_.program, core_.listening);
  CustomerState& other = *other_state_;
  // Its bytes stay where they are until finish(): views into them may be taken over.
  other.open(core_.arena.view(core_.customers[previous].state), core_.origin.value_or(0));
  merge_attributes(other);
  merge_consents(other);
  merge_assignments(other);
  merge_holdouts(other);
  merge_past(other);
  merge_unheard(other);
  merge_history(other);
  merge_instances(other);
  zone_ = constant_zone_;
  ++core_.counters.merges;
  silent_ = true;
  mark(core_.listening.standing.all);
  reconsider();
  silent_ = false;
  hear_merge();
  set_clocks(entry.t_log, entry.t_log);
  finish();
  become_alias(previous, customer);
}

// What asks for a state is asked again. Deadlines move where what they are made of is another for the instance than it was.
void Reaction::hear_merge() {
  const TimestampMs now = now_;
  for (size_t i = 0; i < state_.instance_count(); ++i) {
    InstanceState& instance = state_.instance(i);
    if (instance.ended) continue;
    const bool is_inherited = std::binary_search(inherited_.begin(), inherited_.end(), instance.id);
    hear_changes_at_own_time(instance, {is_inherited ? changed_for_inherited_ : changed_attributes_}, now, now);
  }
}

// The survivor's values win; what only the other has is taken over.
void Reaction::merge_attributes(CustomerState& other) {
  changed_attributes_.clear();
  changed_for_inherited_.clear();
  for (size_t i = 0; i < core_.program.attributes.size(); ++i) {
    const auto id = static_cast<AttributeId>(i);
    if (id == id_attribute_) continue;
    const Value before = attribute(id);
    const Value theirs = read_or_default(id, other.attribute(id));
    if (!state_.attribute(id).present) state_.set_attribute(id, other.attribute(id));
    const bytecode::TypeId type = core_.program.attributes[i].type;
    if (!bytecode::equal_values(core_.program, type, before, attribute(id))) changed_attributes_.push_back(id);
    if (!bytecode::equal_values(core_.program, type, theirs, attribute(id))) changed_for_inherited_.push_back(id);
  }
}

// What was withdrawn under either id is withdrawn; a topic that was never set under one is as under the other.
void Reaction::merge_consents(CustomerState& other) {
  for (size_t i = 0; i < core_.program.topics.size(); ++i) {
    const auto topic = static_cast<TopicId>(i);
    const std::optional<bool> theirs = other.consent(topic);
    const std::optional<bool> mine = state_.consent(topic);
    if (theirs && theirs != mine) state_.set_consent(topic, *theirs && mine.value_or(true));
  }
}

// The first exposure's arm stays. Who has seen two arms is no fair sample of either.
void Reaction::merge_assignments(CustomerState& other) {
  std::vector<ExperimentId> excluded = other.identity().excluded;
  for (const Assignment& theirs : other.assignments()) {
    std::vector<Assignment>& assignments = state_.assignments();
    const auto mine = std::find_if(assignments.begin(), assignments.end(),
                                   [&](const Assignment& each) { return each.experiment == theirs.experiment; });
    if (mine == assignments.end()) {
      state_.assign(theirs.experiment, theirs.arm, theirs.position);
      continue;
    }
    if (mine->arm != theirs.arm) excluded.push_back(theirs.experiment);
    if (theirs.position < mine->position) *mine = theirs;
    state_.assignments_changed();
  }
  for (const ExperimentId experiment : excluded) {
    std::vector<ExperimentId>& all = state_.identity().excluded;
    const auto place = std::lower_bound(all.begin(), all.end(), experiment);
    if (place != all.end() && *place == experiment) continue;
    all.insert(place, experiment);
    state_.identity_changed();
    const std::vector<ExperimentId>& before = other.identity().excluded;
    if (std::find(before.begin(), before.end(), experiment) == before.end()) sink_->on_excluded({experiment, CustomerNumber{customer_}});
  }
}

// Who was held out under either id stays so: the other way round, somebody would be sent what the comparison is about.
void Reaction::merge_holdouts(CustomerState& other) {
  for (size_t i = 0; i < core_.program.holdouts.size(); ++i) {
    const auto id = static_cast<bytecode::HoldoutId>(i);
    const std::optional<bool> theirs = other.held_out(id);
    const std::optional<bool> mine = state_.held_out(id);
    if (theirs && theirs != mine) state_.settle_holdout(id, *theirs || mine.value_or(false));
  }
}

// Entries that cooldowns and `once ever` remember, goals that are still open, messages that caps count.
void Reaction::merge_past(CustomerState& other) {
  for (const JourneyMemory& memory : other.entered()) {
    const std::optional<TimestampMs> mine = state_.last_entry(memory.journey);
    if (!mine || *mine < memory.last_entry_at) state_.set_last_entry(memory.journey, memory.last_entry_at);
  }
  if (other.has_watches()) {
    state_.watches().insert(state_.watches().end(), other.watches().begin(), other.watches().end());
    state_.watches_changed();
  }
  if (other.has_ledger()) {
    std::vector<LedgerEntry>& ledger = state_.ledger();
    ledger.insert(ledger.end(), other.ledger().begin(), other.ledger().end());
    const auto order = [](const LedgerEntry& entry) { return std::pair(entry.at, entry.key); };
    std::sort(ledger.begin(), ledger.end(), [&](const LedgerEntry& a, const LedgerEntry& b) { return order(a) < order(b); });
    state_.ledger_changed();
  }
}

void Reaction::merge_history(CustomerState& other) {
  if (other.has_history()) {
    for (size_t i = 0; i < core_.program.history.size(); ++i) {
      const bytecode::HistoryQuery& query = core_.program.history[i];
      const std::vector<HistoryItem>& theirs = other.history(static_cast<HistoryId>(i));
      if (theirs.empty()) continue;
      std::vector<HistoryItem>& items = state_.history(static_cast<HistoryId>(i));
      items.insert(items.end(), theirs.begin(), theirs.end());
      std::sort(items.begin(), items.end(), [&](const HistoryItem& a, const HistoryItem& b) {
        return query.window ? a < b : a.input < b.input;
      });
      forget_oldest(items, query);
      state_.history_changed();
    }
  }
  if (other.has_kept()) {
    std::vector<KeptInput>& kept = state_.kept();
    kept.insert(kept.end(), other.kept().begin(), other.kept().end());
    std::sort(kept.begin(), kept.end(), [](const KeptInput& a, const KeptInput& b) { return a.id < b.id; });
    state_.kept_changed();
  }
}

// Whoever is in a journey goes on with what his own id has heard: his entry and his steps have no other past. What is asked by time is
// asked of the customer.
void Reaction::merge_unheard(CustomerState& other) {
  const std::vector<InputId> mine = past_of(state_);
  const std::vector<InputId> theirs = past_of(other);
  std::vector<UnheardInput> unheard;
  if (state_.has_unheard()) unheard = state_.unheard();
  if (other.has_unheard()) unheard.insert(unheard.end(), other.unheard().begin(), other.unheard().end());
  const auto add = [&](CustomerState& whose, const std::vector<InputId>& inputs) {
    for (size_t i = 0; i < whose.instance_count(); ++i) {
      const InstanceId& instance = whose.instance(i).id;
      for (const InputId& input : inputs) {
        if (input > InputId{instance.position, instance.start_index}) unheard.push_back({instance, input});
      }
    }
  };
  if (state_.has_instances()) add(state_, theirs);
  if (other.has_instances()) add(other, mine);
  if (unheard.empty()) return;
  std::sort(unheard.begin(), unheard.end());
  unheard.erase(std::unique(unheard.begin(), unheard.end()), unheard.end());
  state_.unheard() = std::move(unheard);
  state_.unheard_changed();
}

// What instances may look back to, or count, as far as their entry or a step.
std::vector<InputId> Reaction::past_of(CustomerState& state) const {
  std::vector<InputId> inputs;
  if (state.has_kept()) {
    for (const KeptInput& input : state.kept()) {
      if (!input.is_receipt) inputs.push_back(input.id);
    }
  }
  if (!state.has_history()) return inputs;
  for (size_t i = 0; i < core_.program.history.size(); ++i) {
    if (core_.program.history[i].window) continue;
    for (const HistoryItem& item : state.history(static_cast<HistoryId>(i))) inputs.push_back(item.input);
  }
  return inputs;
}

// Of two instances that could not run side by side the one that entered first stays.
void Reaction::merge_instances(CustomerState& other) {
  inherited_.clear();
  const size_t count = other.has_instances() ? other.instance_count() : 0;
  for (size_t i = 0; i < count; ++i) {
    const InstanceState& theirs = other.instance(i);
    if (InstanceState* mine = rival_of(theirs)) {
      if (mine->id < theirs.id) {
        InstanceState ended = theirs;
        end(ended, "merged");
        continue;
      }
      end(*mine, "merged");
    }
    state_.add_instance() = theirs;
    inherited_.push_back(theirs.id);
    state_.instances_changed();
    if (theirs.is_forked() || !theirs.spent.empty()) state_.strands_changed();
  }
  std::sort(inherited_.begin(), inherited_.end());
  if (count > 0) state_.order_instances();
}

InstanceState* Reaction::rival_of(const InstanceState& instance) {
  const bytecode::Journey& journey = core_.program.journey(instance.journey);
  const bool side_by_side = std::any_of(journey.entries.begin(), journey.entries.end(), [](const bytecode::JourneyEntry& entry) {
    return entry.already == bytecode::AlreadyRunning::alongside;
  });
  const bool is_full = running_in(instance.journey) >= k_instances_max;
  for (size_t i = 0; i < state_.instance_count(); ++i) {
    InstanceState& mine = state_.instance(i);
    if (mine.ended || mine.journey != instance.journey) continue;
    if (is_full || (!side_by_side && mine.key == instance.key)) return &mine;
  }
  return nullptr;
}

}  // namespace wend::engine
