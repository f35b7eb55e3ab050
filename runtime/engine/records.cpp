#include "runtime/engine/records.h"

#include <algorithm>

#include "runtime/base/bytes.h"

namespace wend::engine {
namespace {

constexpr size_t k_key_bytes = 16;
// Behind an assignment that is not of an experiment.
constexpr uint8_t k_of_holdout = 1;

std::string_view view(const Sha256Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

void read_digest(ByteReader& reader, Sha256Digest& digest) {
  const std::string_view bytes = reader.bytes(digest.size());
  std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(digest.data()));
}

}  // namespace

void write_event_body(std::string& out, const EventBody& body) {
  ByteWriter writer(out);
  writer.varint(static_cast<uint64_t>(body.event));
  writer.text(body.message_id);
  writer.raw(body.row.data(), body.row.size());
}

void write_attributes_body(std::string& out, const bytecode::Program& program, std::span<const AttributeChange> attributes,
                           std::span<const ConsentChange> consents) {
  ByteWriter writer(out);
  writer.varint(attributes.size());
  for (const AttributeChange& change : attributes) {
    writer.varint(static_cast<uint64_t>(change.attribute));
    writer.u8(change.value.present);
    if (change.value.present) {
      bytecode::write_value(writer, program, program.attributes[static_cast<size_t>(change.attribute)].type, change.value);
    }
  }
  writer.varint(consents.size());
  for (const ConsentChange& change : consents) {
    writer.varint(static_cast<uint64_t>(change.topic));
    writer.u8(change.consents);
  }
}

bool read_attributes_body(std::string_view body, const bytecode::Program& program, std::vector<AttributeChange>& attributes,
                          std::vector<ConsentChange>& consents) {
  attributes.clear();
  consents.clear();
  ByteReader reader(body);
  for (uint64_t left = reader.varint(); left > 0 && reader.ok(); --left) {
    const uint64_t attribute = reader.varint();
    const bool present = reader.u8() != 0;
    if (!reader.ok() || attribute >= program.attributes.size()) return false;
    bytecode::Value value;
    if (present) value = bytecode::read_value(reader, program, program.attributes[attribute].type);
    attributes.push_back({static_cast<bytecode::AttributeId>(attribute), value});
  }
  for (uint64_t left = reader.varint(); left > 0 && reader.ok(); --left) {
    const uint64_t topic = reader.varint();
    const bool given = reader.u8() != 0;
    if (!reader.ok() || topic >= program.topics.size()) return false;
    consents.push_back({static_cast<bytecode::TopicId>(topic), given});
  }
  return reader.ok();
}

void write_receipt_body(std::string& out, const ReceiptBody& body) {
  ByteWriter writer(out);
  writer.raw(body.key.data(), body.key.size());
  writer.text(body.receipt);
}

std::optional<ReceiptBody> read_receipt_body(std::string_view body) {
  ByteReader reader(body);
  ReceiptBody result;
  result.key = reader.bytes(k_key_bytes);
  result.receipt = reader.text();
  return reader.ok() ? std::optional(result) : std::nullopt;
}

void write_answer_value(std::string& out, const bytecode::Program& program, bytecode::TypeId type, const bytecode::Value& value) {
  ByteWriter writer(out);
  if (program.type(type).optional) writer.u8(value.present ? 1 : 0);
  if (value.present) bytecode::write_value(writer, program, type, value);
}

std::optional<bytecode::Value> read_answer_value(std::string_view bytes, const bytecode::Program& program, bytecode::TypeId type) {
  ByteReader reader(bytes);
  bytecode::Value value;
  const bool is_there = !program.type(type).optional || reader.u8() != 0;
  if (is_there) value = bytecode::read_value(reader, program, type);
  return reader.ok() && reader.at_end() ? std::optional(value) : std::nullopt;
}

void write_answer_body(std::string& out, const AnswerBody& body) {
  ByteWriter writer(out);
  writer.raw(body.key.data(), body.key.size());
  writer.varint(body.attempt);
  writer.u8(body.succeeded ? 1 : 0);
  out.append(body.value);
}

std::optional<AnswerBody> read_answer_body(std::string_view body) {
  ByteReader reader(body);
  AnswerBody result;
  result.key = reader.bytes(k_key_bytes);
  result.attempt = reader.varint();
  result.succeeded = reader.u8() != 0;
  result.value = {reader.position(), reader.remaining()};
  return reader.ok() ? std::optional(result) : std::nullopt;
}

void write_assignment_body(std::string& out, const AssignmentBody& body) {
  ByteWriter writer(out);
  if (body.holdout) {
    writer.varint(static_cast<uint64_t>(*body.holdout));
    writer.varint(body.held_out ? 1 : 0);
    writer.u8(k_of_holdout);
    return;
  }
  writer.varint(static_cast<uint64_t>(body.experiment));
  writer.varint(body.arm);
}

std::optional<AssignmentBody> read_assignment_body(std::string_view body, const bytecode::Program& program) {
  ByteReader reader(body);
  const uint64_t experiment = reader.varint();
  const uint64_t arm = reader.varint();
  if (reader.ok() && !reader.at_end()) {
    if (reader.u8() != k_of_holdout || experiment >= program.holdouts.size() || arm > 1) return std::nullopt;
    return AssignmentBody{{}, 0, static_cast<bytecode::HoldoutId>(experiment), arm == 1};
  }
  if (!reader.ok() || experiment >= program.experiments.size() || arm >= program.experiments[experiment].arms.size()) return std::nullopt;
  return AssignmentBody{static_cast<bytecode::ExperimentId>(experiment), static_cast<uint32_t>(arm), std::nullopt, false};
}

std::optional<std::string_view> read_merge_body(std::string_view body) {
  return body.empty() ? std::nullopt : std::optional(body);
}

void write_barrier_body(std::string& out, const BarrierBody& body) {
  ByteWriter writer(out);
  writer.raw(view(body.behaviour).data(), body.behaviour.size());
  writer.raw(view(body.zones).data(), body.zones.size());
  writer.varint(body.semantics);
  if (!body.change) return;
  writer.varint(body.change->history_from);
  writer.varint(body.change->release_per_hour);
}

std::optional<BarrierBody> read_barrier_body(std::string_view body) {
  ByteReader reader(body);
  BarrierBody result;
  read_digest(reader, result.behaviour);
  read_digest(reader, result.zones);
  result.semantics = reader.varint();
  if (reader.ok() && !reader.at_end()) {
    ProgramChange& change = result.change.emplace();
    change.history_from = reader.varint();
    change.release_per_hour = reader.varint();
  }
  return reader.ok() ? std::optional(result) : std::nullopt;
}

}  // namespace wend::engine
