// The strands section of a packed customer state (permanent): what instances that wait in several places keep beside the instances
// section, which holds the first of their strands.
//
//   strands   (varint which of the packed instances, varint n, n × strand, varint m, m × (varint fork, varint position, varint ordinal))…
//             ascending; instances of which there is nothing to say are left out
//   strand    varint number of the waiting point counted through all journeys · signed armed_at − entered_at ·
//             varint deadline: 0 = none, else zigzag(deadline − armed_at) + 1 · text frame · varint count, count × (difference of positions taken, ordinal)

#include <algorithm>
#include <utility>

#include "runtime/engine/customer_state.h"

namespace wend::engine {
namespace {

using bytecode::ForkPlace;
using Places = std::vector<ForkPlace>;

// From the outermost branch inwards.
Places places_of(const bytecode::Journey& journey, std::optional<ForkPlace> place) {
  Places places;
  for (; place; place = journey.forks[static_cast<size_t>(place->fork)].within) places.push_back(*place);
  std::reverse(places.begin(), places.end());
  return places;
}

// Two strands of one instance are in different branches of one fork, and the first in the text is the first.
bool comes_before(const bytecode::Journey& journey, const PointInfo& a, const PointInfo& b) {
  const Places first = places_of(journey, a.what->within);
  const Places second = places_of(journey, b.what->within);
  const auto [at_a, at_b] = std::ranges::mismatch(first, second);
  return at_a != first.end() && at_b != second.end() && at_a->fork == at_b->fork && at_a->branch < at_b->branch;
}

}  // namespace

bool CustomerState::read_strand(ByteReader& reader, const InstanceState& instance, Strand& strand) const {
  const uint64_t point = reader.varint();
  if (point >= listening_.points.size() || listening_.points[point].journey != instance.journey) return false;
  strand.at = &listening_.points[point];
  strand.place = strand.at->what->within;
  strand.armed_at = instance.entered_at + reader.signed_varint();
  const uint64_t coded = reader.varint();
  strand.deadline = coded == 0 ? k_never : add_or_never(strand.armed_at, unzigzag(coded - 1));
  strand.frame = reader.text();
  uint64_t position = 0;
  for (uint64_t left = reader.varint(); left > 0 && reader.ok(); --left) {
    position += reader.varint();
    strand.taken.push_back({position, static_cast<uint32_t>(reader.varint())});
  }
  return reader.ok();
}

bool CustomerState::read_strands(ByteReader& reader, InstanceState& instance) const {
  if (!instance.at->has_forks) return false;
  const bytecode::Journey& journey = *instance.at->of;
  const PointInfo* before = instance.at;
  uint64_t count = reader.varint();
  // The first one stands in the instance; its place in the list is stale as long as it is selected.
  if (count > 0) instance.strands.emplace_back().serial = 1;
  for (; count > 0 && reader.ok(); --count) {
    Strand& strand = instance.strands.emplace_back();
    strand.serial = instance.strands.size();
    if (!read_strand(reader, instance, strand) || !comes_before(journey, *before, *strand.at)) return false;
    before = strand.at;
  }
  for (uint64_t left = reader.varint(); left > 0 && reader.ok(); --left) {
    const uint64_t fork = reader.varint();
    const uint64_t position = reader.varint();
    const SpentInput spent{static_cast<uint16_t>(fork), {position, static_cast<uint32_t>(reader.varint())}};
    if (fork >= journey.forks.size() || (!instance.spent.empty() && spent <= instance.spent.back())) return false;
    instance.spent.push_back(spent);
  }
  return reader.ok() && (instance.is_forked() || !instance.spent.empty());
}

void CustomerState::unpack_strands() {
  ByteReader reader = this->reader(Section::strands);
  std::optional<uint64_t> before;
  while (!reader.at_end() && sound_) {
    const uint64_t which = reader.varint();
    sound_ = reader.ok() && which < instance_count_ && (!before || which > *before) && read_strands(reader, *instances_[which]);
    before = which;
  }
}

void CustomerState::pack_strands(ByteWriter& writer) {
  order_instances();
  uint64_t which = 0;
  for (size_t i = 0; i < instance_count_; ++i) {
    InstanceState& instance = *instances_[i];
    if (instance.ended) continue;
    const uint64_t number = which++;
    if (!instance.is_forked() && instance.spent.empty()) continue;
    if (instance.is_forked()) instance.select(0);
    writer.varint(number);
    writer.varint(instance.is_forked() ? instance.strands.size() - 1 : 0);
    for (size_t at = 1; at < instance.strands.size(); ++at) {
      const Strand& strand = instance.strands[at];
      writer.varint(strand.at->number);
      writer.signed_varint(strand.armed_at - instance.entered_at);
      writer.varint(strand.deadline == k_never ? 0 : zigzag(strand.deadline - strand.armed_at) + 1);
      writer.text(strand.frame);
      writer.varint(strand.taken.size());
      uint64_t previous = 0;
      for (const InputId& input : strand.taken) {
        writer.varint(input.position - std::exchange(previous, input.position));
        writer.varint(input.ordinal);
      }
    }
    writer.varint(instance.spent.size());
    for (const SpentInput& spent : instance.spent) {
      writer.varint(spent.fork);
      writer.varint(spent.input.position);
      writer.varint(spent.input.ordinal);
    }
  }
}

}  // namespace wend::engine
