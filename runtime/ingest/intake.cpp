#include "runtime/ingest/intake.h"

#include "runtime/base/bytes.h"

namespace wend::ingest {
namespace {

constexpr uint8_t k_intake_format = 1;

void write_names(ByteWriter& writer, const std::map<std::string, uint64_t>& names) {
  writer.varint(names.size());
  for (const auto& [name, times] : names) {
    writer.text(name);
    writer.varint(times);
  }
}

void read_names(ByteReader& reader, std::map<std::string, uint64_t>& names) {
  for (uint64_t left = reader.varint(); left > 0 && reader.ok(); --left) {
    const std::string_view name = reader.text();
    names.emplace(name, reader.varint());
  }
}

bool is_reason(uint8_t number) {
  switch (static_cast<RejectReason>(number)) {
#define WEND_REJECT(number, name, meaning) case RejectReason::name:
#include "runtime/ingest/rejects.def"
#undef WEND_REJECT
    return true;
  }
  return false;
}

}  // namespace

const char* to_string(RejectReason reason) {
  switch (reason) {
#define WEND_REJECT(number, name, meaning) \
  case RejectReason::name:                 \
    return #name;
#include "runtime/ingest/rejects.def"
#undef WEND_REJECT
  }
  return "";
}

void Intake::count(std::map<std::string, uint64_t>& names, std::string_view name, uint64_t times) {
  const auto found = names.find(std::string(name));
  if (found != names.end()) {
    found->second += times;
  } else {
    names[names.size() < k_names_max ? std::string(name) : k_other_names] += times;
  }
}

std::string encode(const Intake& intake) {
  std::string bytes;
  ByteWriter writer(bytes);
  writer.u8(k_intake_format);
  writer.varint(intake.records);
  write_names(writer, intake.unknown_events);
  write_names(writer, intake.unknown_traits);
  write_names(writer, intake.ignored_calls);
  writer.varint(intake.rejects.size());
  for (const Reject& reject : intake.rejects) {
    writer.varint(reject.line);
    writer.varint(reject.lines);
    writer.u8(static_cast<uint8_t>(reject.reason));
    writer.text(reject.path);
    writer.text(reject.message);
  }
  return bytes;
}

std::optional<Intake> decode_intake(std::string_view bytes) {
  ByteReader reader(bytes);
  Intake intake;
  if (reader.u8() != k_intake_format) return std::nullopt;
  intake.records = reader.varint();
  read_names(reader, intake.unknown_events);
  read_names(reader, intake.unknown_traits);
  read_names(reader, intake.ignored_calls);
  for (uint64_t left = reader.varint(); left > 0 && reader.ok(); --left) {
    Reject reject;
    reject.line = reader.varint();
    reject.lines = static_cast<uint32_t>(reader.varint());
    const uint8_t reason = reader.u8();
    if (!is_reason(reason)) return std::nullopt;
    reject.reason = static_cast<RejectReason>(reason);
    reject.path = reader.text();
    reject.message = reader.text();
    intake.rejects.push_back(std::move(reject));
  }
  if (!reader.ok() || !reader.at_end()) return std::nullopt;
  return intake;
}

}  // namespace wend::ingest
