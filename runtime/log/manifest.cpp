#include "runtime/log/manifest.h"

#include <algorithm>

#include "runtime/base/bytes.h"
#include "runtime/base/hash.h"

namespace wend::log {
namespace {

constexpr uint8_t k_manifest_format = 3;

std::string encode_fields(const Manifest& manifest) {
  std::string bytes;
  ByteWriter writer(bytes);
  writer.varint(manifest.generation);
  writer.varint(manifest.position);
  writer.signed_varint(manifest.t_log);
  writer.text(encode(manifest.environment));
  writer.text(manifest.cursor.source);
  writer.varint(manifest.cursor.records);
  writer.varint(manifest.cursor.bytes);
  writer.raw(manifest.cursor.consumed.data(), manifest.cursor.consumed.size());
  writer.varint(manifest.source_end.position);
  writer.signed_varint(manifest.source_end.t_log);
  writer.varint(manifest.results.size());
  for (const ResultLength& result : manifest.results) {
    writer.text(result.file);
    writer.varint(result.bytes);
  }
  writer.text(manifest.tally);
  writer.varint(manifest.customers.count);
  writer.varint(manifest.customers.bytes);
  writer.u64(manifest.customers.check);
  writer.varint(manifest.erased.size());
  for (const uint32_t customer : manifest.erased) writer.varint(customer);
  return bytes;
}

}  // namespace

std::string encode(const Manifest& manifest) {
  const std::string fields = encode_fields(manifest);
  std::string bytes;
  ByteWriter writer(bytes);
  writer.u8(k_manifest_format);
  writer.u64(xxh3_64(fields));
  bytes += fields;
  return bytes;
}

std::expected<Manifest, std::string> decode_manifest(std::string_view bytes) {
  ByteReader reader(bytes);
  const uint8_t format = reader.u8();
  const uint64_t checksum = reader.u64();
  if (!reader.ok()) return std::unexpected("it is too short");
  if (format != k_manifest_format) return std::unexpected("it was written by another version of wend");
  if (checksum != xxh3_64(bytes.substr(1 + sizeof checksum))) return std::unexpected("its checksum does not match its bytes");

  Manifest manifest;
  manifest.generation = static_cast<uint32_t>(reader.varint());
  manifest.position = reader.varint();
  manifest.t_log = reader.signed_varint();
  const auto environment = decode_environment(reader.text());
  manifest.cursor.source = reader.text();
  manifest.cursor.records = reader.varint();
  manifest.cursor.bytes = reader.varint();
  std::ranges::copy(reader.bytes(manifest.cursor.consumed.size()), manifest.cursor.consumed.begin());
  manifest.source_end.position = reader.varint();
  manifest.source_end.t_log = reader.signed_varint();
  for (uint64_t left = reader.varint(); left > 0 && reader.ok(); --left) {
    ResultLength result;
    result.file = reader.text();
    result.bytes = reader.varint();
    manifest.results.push_back(std::move(result));
  }
  manifest.tally = reader.text();
  manifest.customers.count = static_cast<uint32_t>(reader.varint());
  manifest.customers.bytes = reader.varint();
  manifest.customers.check = reader.u64();
  for (uint64_t left = reader.varint(); left > 0 && reader.ok(); --left) manifest.erased.push_back(static_cast<uint32_t>(reader.varint()));
  if (!environment || !reader.ok() || !reader.at_end()) return std::unexpected("its fields do not fit its bytes");
  manifest.environment = *environment;
  return manifest;
}

}  // namespace wend::log
