#include "runtime/engine/identity.h"

#include <cstring>

#include "runtime/base/bytes.h"

namespace wend::engine {
namespace {

// One partition until scale-out; part of the key so that it never has to change.
constexpr uint16_t k_partition = 0;
constexpr char k_unit_separator = '\x1f';

}  // namespace

SendKeys::SendKeys(std::string_view log_namespace) {
  ByteWriter writer(bytes_);
  writer.text("wend1");
  writer.text(log_namespace);
  prefix_bytes_ = bytes_.size();
}

SendKey SendKeys::key(const InstanceId& instance, std::string_view site, std::span<const uint64_t> rounds) {
  constexpr uint8_t instance_bytes = sizeof(uint16_t) + sizeof(uint64_t) + sizeof(uint16_t);
  char fixed[1 + instance_bytes] = {instance_bytes};
  std::memcpy(fixed + 1, &k_partition, sizeof k_partition);
  std::memcpy(fixed + 3, &instance.position, sizeof instance.position);
  std::memcpy(fixed + 11, &instance.start_index, sizeof instance.start_index);
  bytes_.resize(prefix_bytes_);
  bytes_.append(fixed, sizeof fixed);
  bytes_.append(site);
  ByteWriter writer(bytes_);
  writer.varint(rounds.size() * sizeof(uint64_t));
  for (const uint64_t round : rounds) writer.u64(round);
  const Sha256Digest digest = sha256(bytes_);
  SendKey key;
  std::memcpy(key.data(), digest.data(), key.size());
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
