// The standing section of a packed customer state (permanent):
//
//   standing   (varint number × 4 + is a schedule × 2 + member, varint 0 or 1 + zigzag(at − origin))…   segments, then schedules, each
//              ascending; the number is that of the segment or schedule; what would be "no, never" is left out

#include <algorithm>

#include "runtime/engine/customer_state.h"

namespace wend::engine {

std::vector<StandingState>& CustomerState::standing() {
  if (first_use(Section::standing)) unpack_standing();
  return standing_;
}

StandingState CustomerState::standing(StandingNumber number) {
  const std::vector<StandingState>& states = standing();
  const auto found = std::lower_bound(states.begin(), states.end(), number, std::less<>());
  return found != states.end() && found->number == number ? *found : StandingState{number};
}

void CustomerState::set_standing(const StandingState& state) {
  std::vector<StandingState>& states = standing();
  const auto place = std::lower_bound(states.begin(), states.end(), state.number, std::less<>());
  const bool known = place != states.end() && place->number == state.number;
  const bool worth_it = state.member || state.at != k_never;
  if (known ? *place == state : !worth_it) return;
  touch(Section::standing);
  if (!known) {
    states.insert(place, state);
  } else if (worth_it) {
    *place = state;
  } else {
    states.erase(place);
  }
}

void CustomerState::unpack_standing() {
  unpacked_ |= bit(Section::standing);
  standing_.clear();
  if ((present_ & bit(Section::standing)) == 0) return;
  ByteReader reader = this->reader(Section::standing);
  while (!reader.at_end() && sound_) {
    const uint64_t coded = reader.varint();
    const uint64_t at = reader.varint();
    const bool is_schedule = (coded & 2) != 0;
    const uint64_t number = coded / 4 + (is_schedule ? listening_.standing.segments : 0);
    sound_ = reader.ok() && coded / 4 < (is_schedule ? program_.schedules.size() : program_.segments.size()) &&
             (standing_.empty() || number > standing_.back().number);
    if (!sound_) break;
    standing_.push_back({static_cast<StandingNumber>(number), (coded & 1) != 0, at == 0 ? k_never : origin_ + unzigzag(at - 1)});
  }
}

void CustomerState::pack_standing(ByteWriter& writer) {
  for (const StandingState& state : standing_) {
    const bool is_schedule = listening_.standing.is_schedule(state.number);
    const uint64_t number = is_schedule ? listening_.standing.schedule_of(state.number) : state.number;
    writer.varint(number * 4 + (is_schedule ? 2 : 0) + (state.member ? 1 : 0));
    writer.varint(state.at == k_never ? 0 : zigzag(state.at - origin_) + 1);
  }
}

}  // namespace wend::engine
