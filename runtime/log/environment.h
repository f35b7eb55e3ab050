#pragma once

// The first two entries of every log (permanent): what the log is, and what its meaning depends on besides its entries.

#include <optional>
#include <string>
#include <string_view>

#include "runtime/base/hash.h"
#include "runtime/engine/records.h"

namespace wend::log {

constexpr uint32_t k_log_format = 1;
// Raised when a change of the engine would give another state from the same log.
constexpr uint32_t k_semantics = 1;

// Body of `genesis`: varint format, text namespace, varint partition count, varint flags (bit 0: assume_consent).
struct Genesis {
  uint32_t format = k_log_format;
  std::string log_namespace;
  uint32_t partitions = 1;
  bool assume_consent = false;
};

// Body of `barrier`: see runtime/engine/records.h. State = f(log, environment).
struct Environment {
  Sha256Digest program{};  // behaviour digest
  Sha256Digest tzdata{};
  uint64_t semantics = k_semantics;
  friend bool operator==(const Environment&, const Environment&) = default;
};

std::string encode(const Genesis& genesis);
std::optional<Genesis> decode_genesis(std::string_view body);
// `change`: of the barrier with which the program goes on as one that adds to it.
std::string encode(const Environment& environment, const std::optional<engine::ProgramChange>& change = std::nullopt);
std::optional<Environment> decode_environment(std::string_view body);

}  // namespace wend::log
