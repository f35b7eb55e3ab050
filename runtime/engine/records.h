#pragma once

// Bodies of log entries (record_tags.def): written by whoever fills the log, read by the engine. Permanent encodings.
// Readers are total: a body that does not fit gives nullopt, and the engine passes over such an entry.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/bytes.h"
#include "runtime/base/hash.h"
#include "runtime/bytecode/packed.h"
#include "runtime/bytecode/program.h"

namespace wend::engine {

struct EventBody {
  bytecode::EventId event{};
  std::string_view message_id;  // empty: none
  std::string_view row;         // packed row of all declared fields
};
void write_event_body(std::string& out, const EventBody& body);
inline std::optional<EventBody> read_event_body(std::string_view body, const bytecode::Program& program) {
  ByteReader reader(body);
  const uint64_t event = reader.varint();
  EventBody result;
  result.message_id = reader.text();
  if (!reader.ok() || event >= program.events.size()) return std::nullopt;
  result.event = static_cast<bytecode::EventId>(event);
  result.row = {reader.position(), reader.remaining()};
  return result;
}

struct AttributeChange {
  bytecode::AttributeId attribute{};
  bytecode::Value value;  // absent clears
};
struct ConsentChange {
  bytecode::TopicId topic{};
  bool consents = false;
};
void write_attributes_body(std::string& out, const bytecode::Program& program, std::span<const AttributeChange> attributes,
                           std::span<const ConsentChange> consents);
// Fills the two lists; false when the body does not fit. Views point into `body`.
bool read_attributes_body(std::string_view body, const bytecode::Program& program, std::vector<AttributeChange>& attributes,
                          std::vector<ConsentChange>& consents);

struct ReceiptBody {
  std::string_view key;  // 16 bytes
  std::string_view receipt;
};
void write_receipt_body(std::string& out, const ReceiptBody& body);
std::optional<ReceiptBody> read_receipt_body(std::string_view body);

// Of an experiment's arm, or of being held out or not.
struct AnswerBody {
  std::string_view key;  // 16 bytes
  uint64_t attempt = 1;
  bool succeeded = false;
  std::string_view value;  // packed, of the type that the action gives; empty when it failed or gives nothing
};
// The value of an answer; that of an optional type begins with a byte that says whether it is there.
void write_answer_value(std::string& out, const bytecode::Program& program, bytecode::TypeId type, const bytecode::Value& value);
// nullopt: the bytes are no such value. Views point into them.
std::optional<bytecode::Value> read_answer_value(std::string_view bytes, const bytecode::Program& program, bytecode::TypeId type);
void write_answer_body(std::string& out, const AnswerBody& body);
std::optional<AnswerBody> read_answer_body(std::string_view body);

struct AssignmentBody {
  bytecode::ExperimentId experiment{};
  uint32_t arm = 0;
  std::optional<bytecode::HoldoutId> holdout;  // instead of the experiment
  bool held_out = false;
};
void write_assignment_body(std::string& out, const AssignmentBody& body);
std::optional<AssignmentBody> read_assignment_body(std::string_view body, const bytecode::Program& program);

// The id that is no longer used; nothing else.
std::optional<std::string_view> read_merge_body(std::string_view body);

// What a barrier says when the program goes on as one that adds to it.
struct ProgramChange {
  uint64_t history_from = 0;        // the first position of the log from which new questions about the past were answered
  uint64_t release_per_hour = 0;  // of those who enter because they are members already; 0 = all at once
};
// 32 bytes behaviour digest, 32 bytes tzdata digest, varint semantics number [varint history from, varint release per hour].
struct BarrierBody {
  Sha256Digest behaviour{};
  Sha256Digest zones{};
  uint64_t semantics = 0;
  std::optional<ProgramChange> change;
};
void write_barrier_body(std::string& out, const BarrierBody& body);
std::optional<BarrierBody> read_barrier_body(std::string_view body);

}  // namespace wend::engine
