// The unheard section of a packed customer state (permanent):
//
//   unheard   (varint entry position of an instance, varint its start index, varint position of an input, varint its ordinal)…   ascending

#include <algorithm>

#include "runtime/engine/customer_state.h"

namespace wend::engine {

std::vector<UnheardInput>& CustomerState::unheard() {
  if (first_use(Section::unheard)) unpack_unheard();
  return unheard_;
}

bool CustomerState::is_unheard(const InstanceId& instance, const InputId& input) {
  return has_unheard() && std::ranges::binary_search(unheard(), UnheardInput{instance, input});
}

void CustomerState::drop_unheard_of_ended() {
  const auto is_over = [&](const UnheardInput& each) {
    for (size_t i = 0; i < instance_count(); ++i) {
      if (instance(i).id == each.instance) return instance(i).ended;
    }
    return true;
  };
  if (std::erase_if(unheard(), is_over) > 0) unheard_changed();
}

void CustomerState::unpack_unheard() {
  unpacked_ |= bit(Section::unheard);
  unheard_.clear();
  if ((present_ & bit(Section::unheard)) == 0) return;
  ByteReader reader = this->reader(Section::unheard);
  while (!reader.at_end() && sound_) {
    UnheardInput each;
    each.instance.position = reader.varint();
    each.instance.start_index = static_cast<uint32_t>(reader.varint());
    each.input.position = reader.varint();
    each.input.ordinal = static_cast<uint32_t>(reader.varint());
    sound_ = reader.ok() && (unheard_.empty() || unheard_.back() < each);
    if (sound_) unheard_.push_back(each);
  }
}

void CustomerState::pack_unheard(ByteWriter& writer) {
  for (const UnheardInput& each : unheard_) {
    writer.varint(each.instance.position);
    writer.varint(each.instance.start_index);
    writer.varint(each.input.position);
    writer.varint(each.input.ordinal);
  }
}

}  // namespace wend::engine
