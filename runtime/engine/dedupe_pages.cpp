#include "runtime/engine/dedupe_pages.h"

#include <fmt/format.h>

#include <algorithm>

namespace wend::engine {
namespace {

constexpr uint8_t k_format = 2;
constexpr size_t k_key_bytes = 2 * sizeof(uint64_t);
// Far more than a partition's memory can remember; a number beyond is damage.
constexpr uint32_t k_places_max = 1u << 24;
constexpr int64_t k_slice_max = (k_timestamp_max_ms - k_timestamp_min_ms) / k_hour_ms;

}  // namespace

void DedupePages::begin(std::vector<Dedupe>& groups, TimestampMs now) {
  uint32_t place = 0;
  const auto next_free = [&] {
    const auto is_taken = [&](const Place& at) { return at.slice != Dedupe::k_forgotten && groups[at.group].remembered(at.slice, now); };
    while (place < places_.size() && is_taken(places_[place])) ++place;
    if (place == places_.size()) places_.emplace_back();
    return place;
  };
  for (size_t group = 0; group < groups.size(); ++group) {
    for (Dedupe::Chunk& chunk : groups[group].take_fresh()) {
      if (!groups[group].remembered(chunk.slice, now)) continue;
      places_[next_free()] = {group, chunk.slice};
      owed_.push_back({place, std::move(chunk)});
    }
  }
}

void DedupePages::write_next(const std::vector<Dedupe>& groups, std::string& scratch, const PageSink& sink) {
  const Owed next = std::move(owed_.back());
  owed_.pop_back();
  scratch.clear();
  ByteWriter writer(scratch);
  writer.u8(k_format);
  writer.varint(static_cast<uint64_t>(groups[places_[next.place].group].window_ms()));
  writer.signed_varint(next.chunk.slice);
  writer.varint(next.chunk.keys.size());
  for (const Hash128& key : next.chunk.keys) {
    writer.u64(key.high);
    writer.u64(key.low);
  }
  sink(k_dedupe_page_first + next.place, scratch);
}

std::expected<void, std::string> DedupePages::load(uint32_t page, std::string_view bytes, std::vector<Dedupe>& groups) {
  const uint32_t place = page - k_dedupe_page_first;
  ByteReader reader(bytes);
  const uint8_t format = reader.u8();
  const uint64_t window = reader.varint();
  const auto of_window =
      std::ranges::find_if(groups, [&](const Dedupe& each) { return static_cast<uint64_t>(each.window_ms()) == window; });
  const auto group = static_cast<size_t>(of_window - groups.begin());
  Dedupe::Chunk chunk{.slice = reader.signed_varint(), .keys = {}};
  const uint64_t count = reader.varint();
  if (!reader.ok() || format != k_format || group >= groups.size() || place >= k_places_max || chunk.slice < 0 ||
      chunk.slice > k_slice_max || reader.remaining() / k_key_bytes != count || reader.remaining() % k_key_bytes != 0) {
    return std::unexpected(fmt::format("snapshot page {}: no page of seen ids", page));
  }
  chunk.keys.resize(count);
  for (Hash128& key : chunk.keys) {
    key.high = reader.u64();
    key.low = reader.u64();
  }
  if (place >= places_.size()) places_.resize(size_t{place} + 1);
  places_[place] = {group, chunk.slice};
  groups[group].load(chunk);
  return {};
}

}  // namespace wend::engine
