#include "runtime/log/environment.h"

#include "runtime/base/bytes.h"

namespace wend::log {
namespace {

constexpr uint64_t k_flag_assume_consent = 1;

}  // namespace

std::string encode(const Genesis& genesis) {
  std::string body;
  ByteWriter writer(body);
  writer.varint(genesis.format);
  writer.text(genesis.log_namespace);
  writer.varint(genesis.partitions);
  writer.varint(genesis.assume_consent ? k_flag_assume_consent : 0);
  return body;
}

std::optional<Genesis> decode_genesis(std::string_view body) {
  ByteReader reader(body);
  Genesis genesis;
  genesis.format = static_cast<uint32_t>(reader.varint());
  genesis.log_namespace = reader.text();
  genesis.partitions = static_cast<uint32_t>(reader.varint());
  const uint64_t flags = reader.varint();
  genesis.assume_consent = (flags & k_flag_assume_consent) != 0;
  if (!reader.ok() || !reader.at_end() || (flags & ~k_flag_assume_consent) != 0) return std::nullopt;
  return genesis;
}

std::string encode(const Environment& environment, const std::optional<engine::ProgramChange>& change) {
  std::string body;
  engine::write_barrier_body(body, {environment.program, environment.tzdata, environment.semantics, change});
  return body;
}

std::optional<Environment> decode_environment(std::string_view body) {
  const auto read = engine::read_barrier_body(body);
  if (!read) return std::nullopt;
  return Environment{read->behaviour, read->zones, read->semantics};
}

}  // namespace wend::log
