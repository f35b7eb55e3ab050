// The interpreter's loop. It trusts the verifier: indices are in range, types fit, and every path ends.

#include "runtime/vm/machine_state.h"

namespace wend::vm {

using bytecode::Instruction;
using bytecode::Opcode;
using bytecode::RowCursor;

namespace {

bool is_instant(int64_t word) {
  return word >= k_timestamp_min_ms && word <= k_timestamp_max_ms;
}

}  // namespace

template <bool k_counts>
Outcome Machine::State::run(Host& host, uint32_t pc, const EventView* event) {
  Value* const r = registers.data();
  const Instruction* at = function->code.data() + pc;
  RowCursor fields;  // of the event; begun by the first `load_field`, because much code has none

  const auto both_present = [&] { return r[at->b].present && r[at->c].present; };
  const auto set_boolean = [&](bool value) { r[at->a] = Value::from_word(value ? 1 : 0); };
  const auto set_word = [&](int64_t word) { r[at->a] = Value::from_word(word); };
  const auto set_decimal = [&](const std::optional<Decimal>& decimal) {
    if (decimal) r[at->a] = Value::from_decimal(*decimal);
    return decimal.has_value();
  };
  const auto jump = [&] { at = function->code.data() + at->target(); };
  const auto fault = [&] {
    // The question whether an arm takes the input has the answer no.
    const bool is_asked = !known->asks.empty() && known->asks[static_cast<size_t>(at - function->code.data())];
    return Outcome(is_asked ? OutcomeKind::declined : OutcomeKind::faulted, 0, true);
  };
  int64_t word = 0;

  for (;;) {
    if constexpr (k_counts) ++counts[at - function->code.data()];
    switch (at->opcode) {
      case Opcode::load_constant:
        r[at->a] = constants[at->b];
        break;
      case Opcode::load_absent:
        r[at->a] = Value();
        break;
      case Opcode::move:
        r[at->a] = r[at->b];
        break;
      case Opcode::unwrap:
        if (!r[at->b].present) return fault();
        r[at->a] = r[at->b];
        break;
      case Opcode::load_field:
        if (event == nullptr) return fault();
        if (!fields.is_begun()) fields = RowCursor(program, event_shapes[static_cast<size_t>(event->event)], event->body);
        if (!assign(at->a, fields.column(at->b))) return fault();
        break;
      case Opcode::load_attribute:
        if (!load_attribute(host, *at)) return fault();
        break;
      case Opcode::load_now:
        set_word(host.now());
        break;
      case Opcode::load_zone:
        r[at->a] = Value::from_bytes(arena.copy(host.zone()));
        break;
      case Opcode::load_position:
        set_word(at->b == 0 ? static_cast<int64_t>(host.position()) : static_cast<int64_t>(host.ordinal()));
        break;
      case Opcode::load_consent:
        set_boolean(host.consent(static_cast<bytecode::TopicId>(at->b)));
        break;
      case Opcode::load_history:
        set_word(host.history(static_cast<bytecode::HistoryId>(at->b)));
        break;
      case Opcode::load_list:
        r[at->a] = host.list(static_cast<bytecode::HistoryId>(at->b));
        break;
      case Opcode::load_segment:
        set_boolean(host.segment(static_cast<bytecode::SegmentId>(at->b)));
        break;
      case Opcode::member:
        if (!load_member(*at)) return fault();
        break;
      case Opcode::make_record:
        make_record(*at);
        break;
      case Opcode::make_list:
        make_list(*at);
        break;

      case Opcode::jump:
        jump();
        continue;
      case Opcode::jump_if:
        if (r[at->a].word == 0) break;
        jump();
        continue;
      case Opcode::jump_unless:
        if (r[at->a].word != 0) break;
        jump();
        continue;
      case Opcode::jump_if_absent:
        if (r[at->a].present) break;
        jump();
        continue;
      case Opcode::return_value:
        returned = r[at->a];
        return Outcome(OutcomeKind::returned);
      case Opcode::decline:
        return k_declined;
      case Opcode::suspend:
        return Outcome(OutcomeKind::suspended, at->a);
      case Opcode::end:
        return Outcome(OutcomeKind::ended, at->a);
      case Opcode::fork:
        return Outcome(OutcomeKind::forked, at->a);
      case Opcode::end_branch:
        return Outcome(OutcomeKind::branch_ended, at->a);

      case Opcode::not_boolean:
        set_boolean(r[at->b].word == 0);
        break;
      case Opcode::is_present:
        set_boolean(r[at->b].present);
        break;
      case Opcode::equal_word:
        set_boolean(both_present() && r[at->b].word == r[at->c].word);
        break;
      case Opcode::equal_decimal:
        set_boolean(both_present() && r[at->b].decimal == r[at->c].decimal);
        break;
      case Opcode::equal_bytes:
        set_boolean(both_present() && r[at->b].view() == r[at->c].view());
        break;
      case Opcode::less_word:
        set_boolean(both_present() && r[at->b].word < r[at->c].word);
        break;
      case Opcode::less_equal_word:
        set_boolean(both_present() && r[at->b].word <= r[at->c].word);
        break;
      case Opcode::less_decimal:
        set_boolean(both_present() && r[at->b].decimal < r[at->c].decimal);
        break;
      case Opcode::less_equal_decimal:
        set_boolean(both_present() && r[at->b].decimal <= r[at->c].decimal);
        break;
      case Opcode::contains:
        set_boolean(list_contains(*at));
        break;

      case Opcode::add_integer:
        if (__builtin_add_overflow(r[at->b].word, r[at->c].word, &word)) return fault();
        set_word(word);
        break;
      case Opcode::subtract_integer:
        if (__builtin_sub_overflow(r[at->b].word, r[at->c].word, &word)) return fault();
        set_word(word);
        break;
      case Opcode::multiply_integer:
        if (__builtin_mul_overflow(r[at->b].word, r[at->c].word, &word)) return fault();
        set_word(word);
        break;
      case Opcode::negate_integer:
        if (__builtin_sub_overflow(int64_t{0}, r[at->b].word, &word)) return fault();
        set_word(word);
        break;
      case Opcode::integer_to_decimal:
        r[at->a] = Value::from_decimal(Decimal::from_int(r[at->b].word));
        break;
      case Opcode::add_decimal:
        if (!set_decimal(add(r[at->b].decimal, r[at->c].decimal))) return fault();
        break;
      case Opcode::subtract_decimal:
        if (!set_decimal(subtract(r[at->b].decimal, r[at->c].decimal))) return fault();
        break;
      case Opcode::multiply_decimal:
        if (!set_decimal(multiply(r[at->b].decimal, r[at->c].decimal))) return fault();
        break;
      case Opcode::divide_decimal:
        if (!set_decimal(divide(r[at->b].decimal, r[at->c].decimal))) return fault();
        break;
      case Opcode::negate_decimal:
        r[at->a] = Value::from_decimal(negate(r[at->b].decimal));
        break;
      case Opcode::add_word:
        if (__builtin_add_overflow(r[at->b].word, r[at->c].word, &word)) return fault();
        if (type_of(at->a).kind == bytecode::ValueKind::instant && !is_instant(word)) return fault();
        set_word(word);
        break;
      case Opcode::subtract_word:
        if (__builtin_sub_overflow(r[at->b].word, r[at->c].word, &word)) return fault();
        if (type_of(at->a).kind == bytecode::ValueKind::instant && !is_instant(word)) return fault();
        set_word(word);
        break;
      case Opcode::concat:
        if (!concat(*at)) return fault();
        break;
      case Opcode::format:
        format(host, *at);
        break;
      case Opcode::call_native:
        if (!call(*at)) return fault();
        break;
      case Opcode::begin_text:
        texts.push_back(written.size());
        break;
      case Opcode::write:
        if (!write(*at)) return fault();
        break;
      case Opcode::end_text:
        if (!end_text(*at)) return fault();
        break;
      case Opcode::loop:
        if (!go_round()) return fault();
        jump();
        continue;

      case Opcode::send:
        if (const Outcome outcome = send(host, *at)) return outcome;
        break;
      case Opcode::call:
        return Outcome(OutcomeKind::suspended, call_action(host, *at));
      case Opcode::set_attribute:
        host.set_attribute(static_cast<bytecode::AttributeId>(at->b), r[at->a]);
        break;
      case Opcode::assign_arm:
        set_word(host.assign_arm(static_cast<bytecode::ExperimentId>(at->b)));
        break;
      case Opcode::emit:
        host.emit(static_cast<bytecode::EventId>(at->a), {r + at->b, event_shapes[at->a].columns.size()});
        break;
      case Opcode::hand_off:
        hand_off(host, *at);
        return Outcome(OutcomeKind::ended, at->c);
    }
    ++at;
  }
}

template Outcome Machine::State::run<false>(Host&, uint32_t, const EventView*);
template Outcome Machine::State::run<true>(Host&, uint32_t, const EventView*);

}  // namespace wend::vm
