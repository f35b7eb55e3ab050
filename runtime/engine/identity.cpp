#include "runtime/engine/identity.h"

#include <cstring>

#include "runtime/base/bytes.h"

namespace wend::engine {
namespace {

// One partition until scale-out; part of the key so that it never has to change.
constexpr uint16_t k_partition = 0;
constexpr char k_unit_separator = '\x1f';
constexpr size_t k_instance_bytes = sizeof(uint16_t) + sizeof(uint64_t) + sizeof(uint16_t);
// A site whose path and message are longer than that goes the long way.
constexpr size_t k_template_lanes_max = 8 * k_sha256_block_lanes;

}  // namespace

SendKeys::SendKeys(std::string_view log_namespace) {
  ByteWriter writer(bytes_);
  writer.text("wend1");
  writer.text(log_namespace);
  prefix_bytes_ = bytes_.size();
}

SendKey SendKeys::key(const InstanceId& instance, std::string_view site, std::span<const uint64_t> rounds) {
  const size_t instance_bytes = k_instance_bytes + (instance.start_index < k_timer_start_index ? 0 : sizeof(uint16_t));
  char fixed[1 + k_instance_bytes + sizeof(uint16_t)] = {static_cast<char>(instance_bytes)};
  std::memcpy(fixed + 1, &k_partition, sizeof k_partition);
  std::memcpy(fixed + 3, &instance.position, sizeof instance.position);
  std::memcpy(fixed + 11, &instance.start_index, sizeof instance.start_index);
  bytes_.resize(prefix_bytes_);
  bytes_.append(fixed, 1 + instance_bytes);
  bytes_.append(site);
  ByteWriter writer(bytes_);
  writer.varint(rounds.size() * sizeof(uint64_t));
  for (const uint64_t round : rounds) writer.u64(round);
  const Sha256Digest digest = sha256(bytes_);
  SendKey key;
  std::memcpy(key.data(), digest.data(), key.size());
  return key;
}

std::optional<SendKeys::Template> SendKeys::prepare(std::string_view site) const {
  constexpr size_t lane_bytes = sizeof(Bytes16);
  constexpr size_t block_bytes = k_sha256_block_lanes * lane_bytes;
  std::string message = bytes_.substr(0, prefix_bytes_);
  message.push_back(static_cast<char>(k_instance_bytes));
  Template result;
  result.instance_at_ = message.size();
  message.append(k_instance_bytes, '\0');
  message.append(site);
  message.push_back('\0');  // no rounds
  const uint64_t bits = __builtin_bswap64(message.size() * 8);
  message.push_back('\x80');
  while ((message.size() + sizeof bits) % block_bytes != 0) message.push_back('\0');
  message.append(reinterpret_cast<const char*>(&bits), sizeof bits);
  if (message.size() / lane_bytes > k_template_lanes_max) return std::nullopt;
  result.lanes_.resize(message.size() / lane_bytes);
  std::memcpy(result.lanes_.data(), message.data(), message.size());
  return result;
}

// The twelve bytes of the instance are shifted to their place and joined with the template in registers.
SendKey SendKeys::key(const InstanceId& instance, const Template& site) {
  static_assert(k_partition == 0);
  const uint64_t low = instance.position << 16;
  const uint64_t high = instance.position >> 48 | uint64_t{instance.start_index} << 16;
  const size_t lane = site.instance_at_ / sizeof(Bytes16);
  const auto shift = static_cast<int>(site.instance_at_ % sizeof(uint64_t)) * 8;
  const uint64_t words[3] = {low << shift, high << shift | (shift == 0 ? 0 : low >> (64 - shift)), shift == 0 ? 0 : high >> (64 - shift)};
  const bool is_upper = site.instance_at_ % sizeof(Bytes16) >= sizeof(uint64_t);
  std::array<Bytes16, k_template_lanes_max> message;
  const size_t count = site.lanes_.size();
  for (size_t i = 0; i < count; ++i) message[i] = site.lanes_[i];
  message[lane] |= is_upper ? Bytes16{0, words[0]} : Bytes16{words[0], words[1]};
  message[lane + 1] |= is_upper ? Bytes16{words[1], words[2]} : Bytes16{words[2], 0};
  const Bytes16 half = sha256_padded({message.data(), count});
  SendKey key;
  std::memcpy(key.data(), &half, key.size());
  return key;
}

uint32_t experiment_slot(std::string& scratch, std::string_view salt, std::string_view purpose, std::string_view customer) {
  scratch.assign(salt);
  scratch.push_back(k_unit_separator);
  scratch.append(purpose);
  scratch.push_back(k_unit_separator);
  scratch.append(customer);
  const Sha256Digest digest = sha256(scratch);
  uint64_t first = 0;
  for (size_t i = 0; i < sizeof first; ++i) first = first << 8 | digest[i];
  return static_cast<uint32_t>(first % k_experiment_slots);
}

SipKey customer_hash_key(std::string_view log_namespace) {
  std::string bytes = "wend customer key";
  bytes.push_back(k_unit_separator);
  bytes.append(log_namespace);
  const Sha256Digest digest = sha256(bytes);
  SipKey key;
  std::memcpy(&key.k0, digest.data(), sizeof key.k0);
  std::memcpy(&key.k1, digest.data() + sizeof key.k0, sizeof key.k1);
  return key;
}

}  // namespace wend::engine
