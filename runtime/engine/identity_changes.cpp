// Erasure: the customer's instances end without running anything, and nothing stays under the number or any of its aliases but the keyed
// hash of the id, by which later inputs are recognised and passed over. See docs/decisions/0015-erasure.md.

#include "runtime/engine/reaction.h"

namespace wend::engine {

void Reaction::on_erasure(uint32_t customer, const Entry& entry, uint64_t position) {
  core_.appeared = false;
  begin(customer, position, entry.t_log, entry.t_log);
  for (size_t i = 0; i < state_.instance_count(); ++i) {
    if (!state_.instance(i).ended) end(state_.instance(i), "erased");
  }
  ++core_.counters.erasures;
  const IdentityState erased{.fate = Fate::erased};
  for (const uint32_t alias : core_.gone.aliases_of(customer)) forget(alias, erased);
  forget(customer, erased);
}

void Reaction::become_alias(uint32_t customer, uint32_t survivor) {
  forget(customer, {.fate = Fate::alias, .survivor = survivor});
}

// The number stays, so that the id is recognised; its timers are passed over when they come up.
void Reaction::forget(uint32_t customer, const IdentityState& identity) {
  core_.dirty.mark(customer);  // before the state changes: a snapshot being written may still want what was there
  CustomerRecord& record = core_.customers[customer];
  record.state = core_.arena.store(record.state, CustomerState::gone(identity));
  record.scheduled = k_not_scheduled;
  if (identity.fate == Fate::alias) {
    core_.gone.merge(customer, identity.survivor);
  } else {
    core_.gone.erase(customer);
    core_.directory.erase(CustomerNumber{customer});
  }
}

}  // namespace wend::engine
