#include "runtime/log/environment.h"

#include <algorithm>

#include "runtime/base/bytes.h"

namespace wend::log {
namespace {

constexpr uint64_t k_flag_assume_consent = 1;

void read_digest(ByteReader& reader, Sha256Digest& digest) {
  std::ranges::copy(reader.bytes(digest.size()), digest.begin());
}

}  // namespace

std::string encode(const Genesis& genesis) {
  std::string body;
  ByteWriter writer(body);
  writer.varint(genesis.format);
  writer.text(genesis.log_namespace);
  writer.varint(genesis.partitions);
  return body;
}

std::optional<Genesis> decode_genesis(std::string_view body) {
  ByteReader reader(body);
  Genesis genesis;
  genesis.format = static_cast<uint32_t>(reader.varint());
  genesis.log_namespace = reader.text();
  genesis.partitions = static_cast<uint32_t>(reader.varint());
  if (!reader.ok() || !reader.at_end()) return std::nullopt;
  return genesis;
}

std::string encode(const Environment& environment) {
  std::string body;
  ByteWriter writer(body);
  writer.varint(environment.semantics);
  writer.varint(environment.assume_consent ? k_flag_assume_consent : 0);
  writer.raw(environment.tzdata.data(), environment.tzdata.size());
  writer.varint(1);
  writer.raw(environment.program.data(), environment.program.size());
  return body;
}

std::optional<Environment> decode_environment(std::string_view body) {
  ByteReader reader(body);
  Environment environment;
  environment.semantics = static_cast<uint32_t>(reader.varint());
  const uint64_t flags = reader.varint();
  environment.assume_consent = (flags & k_flag_assume_consent) != 0;
  read_digest(reader, environment.tzdata);
  const uint64_t programs = reader.varint();
  read_digest(reader, environment.program);
  if (!reader.ok() || !reader.at_end() || programs != 1 || (flags & ~k_flag_assume_consent) != 0) return std::nullopt;
  return environment;
}

}  // namespace wend::log
