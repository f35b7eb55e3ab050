#pragma once

// Everything that is derived from a hash and lives for ever: send keys, experiment slots, the key under which a customer is found.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/hash.h"
#include "runtime/engine/command.h"

namespace wend::engine {

constexpr size_t k_send_key_bytes = 16;
using SendKey = std::array<char, k_send_key_bytes>;

// The idempotency key of a send: the first 128 bits of SHA-256 over six strings, each with its varint length before it:
//   "wend1" · namespace · instance (u16 partition, u64 position, start index as u16, or u32 when it does not fit; little-endian) · path of
//   the send site · name of the message · round counters of the enclosing loops, outermost first (u64 little-endian each)
class SendKeys {
 public:
  explicit SendKeys(std::string_view log_namespace);
  // `site` is path and message, both with their lengths (SitePlan::identity).
  SendKey key(const InstanceId& instance, std::string_view site, std::span<const uint64_t> rounds);

  // What is hashed for the sends of a site outside every loop: the whole padded message with zeros where the instance stands.
  class Template;
  // For instances that an entry has started. nullopt: the names are so long that there is nothing to gain.
  std::optional<Template> prepare(std::string_view site) const;
  static SendKey key(const InstanceId& instance, const Template& site);

 private:
  std::string bytes_;
  size_t prefix_bytes_;  // the first two strings never change
};

class SendKeys::Template {
  friend class SendKeys;
  std::vector<Bytes16> lanes_;
  size_t instance_at_ = 0;  // bytes before the instance
};

// Out of this many slots an arm owns its share.
constexpr uint32_t k_experiment_slots = 1'000'000;
// Big-endian first 64 bits of SHA-256(salt 0x1F purpose 0x1F customer id) modulo the number of slots.
uint32_t experiment_slot(std::string& scratch, std::string_view salt, std::string_view purpose, std::string_view customer);

// First 16 bytes, little-endian words, of SHA-256("wend customer key" 0x1F namespace).
SipKey customer_hash_key(std::string_view log_namespace);

}  // namespace wend::engine
