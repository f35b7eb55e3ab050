#include "runtime/engine/customer_state.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>

namespace wend::engine {
namespace {

constexpr size_t k_chunk_bytes_min = 16 << 10;
// In the first byte of the mask: a second one follows.
constexpr uint16_t k_more_mask = 1 << 6;
constexpr int k_mask_bits = 8;
// All sections but the instances, which run to the end of the state.
constexpr uint16_t k_length_prefixed = 0xff3f;
constexpr uint16_t k_known_sections = (1 << k_sections) - 1;

}  // namespace

std::string_view ByteStore::copy(std::string_view bytes) {
  while (chunk_ < chunks_.size() && sizes_[chunk_] - used_ < bytes.size()) {
    ++chunk_;
    used_ = 0;
  }
  if (chunk_ == chunks_.size()) {
    sizes_.push_back(std::max(k_chunk_bytes_min, bytes.size()));
    chunks_.push_back(std::make_unique_for_overwrite<char[]>(sizes_.back()));
    used_ = 0;
  }
  char* begin = chunks_[chunk_].get() + used_;
  if (!bytes.empty()) std::memcpy(begin, bytes.data(), bytes.size());
  used_ += bytes.size();
  return {begin, bytes.size()};
}

CustomerState::CustomerState(const bytecode::Program& program, const Listening& listening)
    : program_(program),
      listening_(listening),
      attributes_(program.attributes.size()),
      consents_(program.topics.size()),
      history_(program.history.size()) {}

void CustomerState::find_sections(std::string_view packed) {
  ByteReader reader(packed);
  present_ = reader.u8();
  if ((present_ & k_more_mask) != 0) [[unlikely]] {
    present_ = static_cast<uint16_t>((present_ & ~k_more_mask) | reader.u8() << k_mask_bits);
    sound_ = (present_ & ~k_known_sections) == 0;
    present_ &= k_known_sections;
  }
  for (unsigned left = present_ & k_length_prefixed; left != 0; left &= left - 1) raw_[std::countr_zero(left)] = reader.text();
  raw_[static_cast<size_t>(Section::instances)] = {reader.position(), reader.remaining()};
  check(reader);
}

void CustomerState::pack(std::string& out) {
  if ((dirty_ & bit(Section::instances)) != 0) {
    if ((present_ & bit(Section::strands)) != 0) touch(Section::strands);
    if (listening_.has_holdouts) note_silent();
  }
  if ((present_ | dirty_) == bit(Section::instances) && dirty_ != 0) {
    // All that most customers have.
    out.assign(1, static_cast<char>(bit(Section::instances)));
    pack_instances(out);
    if (out.size() == 1) out.clear();
    return;
  }
  out.clear();
  if ((present_ | dirty_) == 0) return;
  out.push_back('\0');
  // Room for the second byte; taken back when its sections turn out to be empty.
  const bool may_have_more = (present_ | dirty_) >> k_mask_bits != 0;
  if (may_have_more) out.push_back('\0');
  unsigned mask = 0;
  for (unsigned left = (present_ | dirty_) & k_length_prefixed; left != 0; left &= left - 1) {
    const int i = std::countr_zero(left);
    const bool is_dirty = (dirty_ >> i & 1) != 0;
    if (is_dirty) pack_section(static_cast<Section>(i), section_);
    const std::string_view bytes = is_dirty ? std::string_view(section_) : raw_[i];
    if (bytes.empty()) continue;
    mask |= 1u << i;
    ByteWriter(out).text(bytes);
  }
  const size_t others = out.size();
  if ((dirty_ & bit(Section::instances)) != 0) {
    pack_instances(out);
  } else if ((present_ & bit(Section::instances)) != 0) {
    out.append(raw_[static_cast<size_t>(Section::instances)]);
  }
  if (out.size() > others) mask |= bit(Section::instances);
  if (may_have_more) {
    if (mask >> k_mask_bits != 0) {
      out[1] = static_cast<char>(mask >> k_mask_bits);
      mask |= k_more_mask;
    } else {
      out.erase(1, 1);
    }
  }
  out[0] = static_cast<char>(mask);
  if (mask == 0) out.clear();
}

void CustomerState::pack_section(Section section, std::string& out) {
  out.clear();
  ByteWriter writer(out);
  switch (section) {
    case Section::attributes:
      return pack_attributes(writer);
    case Section::consents:
      return pack_consents(writer);
    case Section::assignments:
      return pack_assignments(writer);
    case Section::entered:
      return pack_entered(writer);
    case Section::history:
      return pack_history(writer);
    case Section::watches:
      return pack_watches(writer);
    case Section::kept:
      return pack_kept(writer);
    case Section::ledger:
      return pack_ledger(writer);
    case Section::standing:
      return pack_standing(writer);
    case Section::strands:
      return pack_strands(writer);
    case Section::holdouts:
      return pack_holdouts(writer);
    case Section::identity:
      return pack_identity(identity_, writer);
    case Section::unheard:
      return pack_unheard(writer);
    case Section::instances:
      return pack_instances(out);
  }
}

bool CustomerState::validate() {
  unpack_attributes();
  unpack_consents();
  unpack_assignments();
  unpack_entered();
  unpack_history();
  unpack_watches();
  unpack_kept();
  unpack_ledger();
  unpack_standing();
  unpack_holdouts();
  unpack_identity();
  unpack_unheard();
  unpack_instances();
  return sound_ && has_sound_lists();
}

}  // namespace wend::engine
