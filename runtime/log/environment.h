#pragma once

// The first two entries of every log (permanent): what the log is, and what its meaning depends on besides its entries.

#include <optional>
#include <string>
#include <string_view>

#include "runtime/base/hash.h"

namespace wend::log {

constexpr uint32_t k_log_format = 1;
// Raised when a change of the engine would give another state from the same log.
constexpr uint32_t k_semantics = 1;

// Body of `genesis`: varint format, text namespace, varint partition count.
struct Genesis {
  uint32_t format = k_log_format;
  std::string log_namespace;
  uint32_t partitions = 1;
};

// Body of `barrier`: varint semantics, varint flags (bit 0: assume_consent), 32 bytes tzdata digest, varint count, count × 32 bytes
// behaviour digest of a program. State = f(log, environment).
struct Environment {
  uint32_t semantics = k_semantics;
  bool assume_consent = false;
  Sha256Digest tzdata{};
  Sha256Digest program{};
  friend bool operator==(const Environment&, const Environment&) = default;
};

std::string encode(const Genesis& genesis);
std::optional<Genesis> decode_genesis(std::string_view body);
std::string encode(const Environment& environment);
std::optional<Environment> decode_environment(std::string_view body);

}  // namespace wend::log
