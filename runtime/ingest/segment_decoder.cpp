#include "runtime/ingest/segment_decoder.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <unordered_map>

#include "runtime/engine/records.h"
#include "runtime/ingest/json_extent.h"
#include "runtime/ingest/json_value.h"
#include "runtime/ingest/record_buffer.h"
#include "runtime/ingest/schema_check.h"
#include "runtime/ingest/value_text.h"

namespace wend::ingest {
namespace {

using bytecode::TypeId;
using bytecode::Value;
namespace ondemand = simdjson::ondemand;

struct TextHash : std::hash<std::string_view> {
  using is_transparent = void;
};
template <typename Id>
using Names = std::unordered_map<std::string, Id, TextHash, std::equal_to<>>;

// The members of a call that matter. Views live as long as the document.
struct Call {
  std::string_view type;
  std::string_view event;
  std::string_view user;
  std::string_view previous;  // of an alias: the id that is no longer used
  std::string_view message_id;
  std::string_view timestamp;
  bool has_user = false;
  bool has_timestamp = false;
  bool payload_done = false;  // properties or traits have been read
};

const JsonPath k_root;
constexpr const char* k_something_follows = "something follows the JSON object on its line";

// With what simdjson wants to be able to read behind it.
constexpr char k_empty_object_padded[2 + simdjson::SIMDJSON_PADDING] = {'{', '}'};
constexpr std::string_view k_empty_object(k_empty_object_padded, 2);

class SegmentDecoder final : public EventDecoder {
 public:
  SegmentDecoder(const bytecode::Program& program, const ZoneTable& zones);
  void decode(const Record& record, VirtualClock& clock, InputBatch& batch) override;
  std::optional<TimestampMs> peek_time(const Record& record) override;

 private:
  enum class Kind : uint8_t { unknown, track, identify, alias, erase, other };

  bool decode_document(const Record& record, InputBatch& batch);
  bool read_call(ondemand::object object, InputBatch& batch, bool payload_only);
  bool read_member(ondemand::value value, std::string_view name, InputBatch& batch, bool payload_only);
  bool read_payload(ondemand::value value, const JsonPath& path, InputBatch& batch);
  bool read_traits(ondemand::object traits, const JsonPath& path, InputBatch& batch);
  bool read_consents(ondemand::value value, const JsonPath& path, InputBatch& batch);
  bool read_text(ondemand::value value, const JsonPath& path, std::string_view& out);
  bool read_id(ondemand::value value, const JsonPath& path, std::string_view& out);
  bool check_envelope();
  Kind kind() const;
  engine::RecordTag tag() const;
  void keep_envelope();
  void write_event(InputBatch& batch);
  bool write_attributes(InputBatch& batch);
  bool start(const Record& record, ondemand::document& document);
  void refuse(const Record& record, RejectReason reason, std::string path, std::string message, InputBatch& batch);

  const bytecode::Program& program_;
  Names<bytecode::EventId> events_;  // by wire name
  Names<uint16_t> attributes_;
  Names<uint16_t> topics_;
  std::vector<std::vector<TypeId>> event_types_;
  ondemand::parser parser_;
  JsonReader reader_;
  SchemaChecker checker_;

  // Of the call being decoded.
  Call call_;
  std::string kept_;  // the envelope's texts, when the document has to be read a second time
  TimestampMs time_ = 0;
  const bytecode::EventId* event_ = nullptr;  // null: not declared
  std::vector<Value> values_;
  std::string row_;
  std::vector<engine::AttributeChange> attribute_changes_;
  std::vector<engine::ConsentChange> consent_changes_;
  std::vector<std::optional<Value>> traits_;  // by attribute number; nullopt: not named
  std::vector<std::optional<bool>> consents_;
};

SegmentDecoder::SegmentDecoder(const bytecode::Program& program, const ZoneTable& zones)
    : program_(program), reader_(program, zones), checker_(program) {
  for (size_t i = 0; i < program.events.size(); ++i) {
    events_.emplace(program.events[i].wire, static_cast<bytecode::EventId>(i));
    for (const std::string& other : program.events[i].also) events_.emplace(other, static_cast<bytecode::EventId>(i));
    auto& types = event_types_.emplace_back();
    for (const auto& field : program.events[i].fields) types.push_back(field.type);
  }
  for (size_t i = 0; i < program.attributes.size(); ++i) {
    // A customer's `id` is the user id itself and cannot be given as a trait.
    if (program.attributes[i].name != "id") attributes_.emplace(program.attributes[i].trait(), static_cast<uint16_t>(i));
  }
  for (size_t i = 0; i < program.topics.size(); ++i) topics_.emplace(program.topics[i], static_cast<uint16_t>(i));
  traits_.resize(program.attributes.size());
  consents_.resize(program.topics.size());
}

void SegmentDecoder::refuse(const Record& record, RejectReason reason, std::string path, std::string message, InputBatch& batch) {
  batch.discard();
  batch.intake.rejects.push_back({record.line, record.lines, reason, std::move(path), std::move(message)});
}

bool SegmentDecoder::start(const Record& record, ondemand::document& document) {
  reader_.reset();
  call_ = {};
  event_ = nullptr;
  std::ranges::fill(traits_, std::nullopt);
  std::ranges::fill(consents_, std::nullopt);
  const simdjson::padded_string_view json(record.bytes.data(), record.bytes.size(), record.bytes.size() + RecordBuffer::k_padding_bytes);
  if (const auto error = parser_.iterate(json).get(document)) return reader_.fail(error, k_root);
  return true;
}

void SegmentDecoder::decode(const Record& record, VirtualClock& clock, InputBatch& batch) {
  ++batch.intake.records;
  if (record.fault != RecordFault::none) {
    return refuse(record, RejectReason::too_long, "", fmt::format("the line is longer than {} bytes", k_record_bytes_max), batch);
  }
  if (!decode_document(record, batch)) {
    const JsonFault& fault = *reader_.fault();
    return refuse(record, fault.reason, fault.path, fault.message, batch);
  }
  if (kind() == Kind::other) return Intake::count(batch.intake.ignored_calls, call_.type);
  if (kind() == Kind::track && event_ == nullptr) return Intake::count(batch.intake.unknown_events, call_.event);
  if (kind() == Kind::identify && !write_attributes(batch)) return batch.discard();
  if (kind() == Kind::track) write_event(batch);
  if (kind() == Kind::alias) batch.bytes() += call_.previous;
  const auto t_log = clock.advance(time_);
  if (!t_log) {
    return refuse(record, RejectReason::time_jump, "$.timestamp",
                  fmt::format("{} is later than the machine's clock, or more than 366 days after the event before", call_.timestamp),
                  batch);
  }
  batch.add(tag(), *t_log, time_, call_.user);
}

engine::RecordTag SegmentDecoder::tag() const {
  switch (kind()) {
    case Kind::track:
      return engine::RecordTag::event;
    case Kind::alias:
      return engine::RecordTag::merge;
    case Kind::erase:
      return engine::RecordTag::erasure;
    case Kind::identify:
    case Kind::unknown:
    case Kind::other:
      break;
  }
  return engine::RecordTag::attributes;
}

// Reads the whole document once; a second time when its payload stood before what says how to read it.
bool SegmentDecoder::decode_document(const Record& record, InputBatch& batch) {
  ondemand::document document;
  if (!start(record, document)) return false;
  ondemand::object object;
  if (const auto error = document.get_object().get(object)) {
    const bool is_followed = record.bytes.starts_with('{') && json_object_end(record.bytes) < record.bytes.size();
    if (is_followed) return reader_.fail(RejectReason::bad_json, k_root, k_something_follows);
    return error == simdjson::INCORRECT_TYPE ? reader_.fail(RejectReason::bad_json, k_root, "the line is not a JSON object")
                                             : reader_.fail(error, k_root);
  }
  if (!read_call(object, batch, false)) return false;
  if (document.current_location().error() != simdjson::OUT_OF_BOUNDS)
    return reader_.fail(RejectReason::bad_json, k_root, k_something_follows);
  if (!check_envelope()) return false;
  const bool has_payload = kind() == Kind::identify || (kind() == Kind::track && event_ != nullptr);
  if (call_.payload_done || !has_payload) return true;

  keep_envelope();
  document.rewind();
  if (const auto error = document.get_object().get(object)) return reader_.fail(error, k_root);
  if (!read_call(object, batch, true)) return false;
  if (call_.payload_done || kind() != Kind::track) return true;
  // No properties at all: an event whose fields are all optional, or one whose first required field is missing.
  const JsonPath nothing{&k_root, "properties"};
  if (const auto& schema = program_.event(*event_).schema; schema && !checker_.check(*schema, k_empty_object, nothing, reader_))
    return false;
  values_.assign(program_.event(*event_).fields.size(), Value::absent());
  for (size_t i = 0; i < values_.size(); ++i) {
    const auto& field = program_.event(*event_).fields[i];
    values_[i] = bytecode::default_of(program_, field.default_value);
    if (values_[i].present || program_.type(field.type).optional) continue;
    return reader_.fail(RejectReason::missing_field, JsonPath{&nothing, field.wire},
                        fmt::format("it is required: {}", expectation(program_, field.type)));
  }
  return true;
}

bool SegmentDecoder::read_call(ondemand::object object, InputBatch& batch, bool payload_only) {
  for (auto member : object) {
    std::string_view name;
    if (const auto error = member.unescaped_key().get(name)) return reader_.fail(error, k_root);
    ondemand::value value;
    if (const auto error = member.value().get(value)) return reader_.fail(error, k_root);
    if (!read_member(value, name, batch, payload_only)) return false;
  }
  return true;
}

bool SegmentDecoder::read_member(ondemand::value value, std::string_view name, InputBatch& batch, bool payload_only) {
  const JsonPath path{&k_root, name};
  if (name == "properties" || name == "traits") {
    const bool is_ours =
        (name == "properties" && kind() == Kind::track && event_ != nullptr) || (name == "traits" && kind() == Kind::identify);
    return is_ours ? read_payload(value, path, batch) : reader_.check(value, path);
  }
  if (payload_only) return true;
  if (name == "type") return read_text(value, path, call_.type);
  if (name == "event") {
    if (!read_text(value, path, call_.event)) return false;
    const auto found = events_.find(call_.event);
    event_ = found == events_.end() ? nullptr : &found->second;
    return true;
  }
  if (name == "userId") {
    if (!read_id(value, path, call_.user)) return false;
    call_.has_user = !call_.user.empty();
    return true;
  }
  if (name == "previousId") return read_id(value, path, call_.previous);
  if (name == "messageId") return read_text(value, path, call_.message_id);
  if (name == "timestamp") {
    call_.has_timestamp = true;
    return read_text(value, path, call_.timestamp);
  }
  return reader_.check(value, path);
}

bool SegmentDecoder::read_payload(ondemand::value value, const JsonPath& path, InputBatch& batch) {
  ondemand::object object;
  if (value.get_object().get(object) != simdjson::SUCCESS) return reader_.fail(RejectReason::wrong_type, path, "expected an object");
  call_.payload_done = true;
  if (kind() == Kind::identify) return read_traits(object, path, batch);
  if (const auto& schema = program_.event(*event_).schema) {
    std::string_view text;
    if (const auto error = object.raw_json().get(text)) return reader_.fail(error, path);
    if (!checker_.check(*schema, text, path, reader_)) return false;
    if (const auto error = object.reset().error()) return reader_.fail(error, path);
  }
  return reader_.read_fields(object, program_.event(*event_).fields, path, values_);
}

bool SegmentDecoder::read_traits(ondemand::object traits, const JsonPath& path, InputBatch& batch) {
  for (auto member : traits) {
    std::string_view name;
    if (const auto error = member.unescaped_key().get(name)) return reader_.fail(error, path);
    ondemand::value value;
    if (const auto error = member.value().get(value)) return reader_.fail(error, path);
    const JsonPath place{&path, name};
    const auto attribute = attributes_.find(name);
    if (attribute != attributes_.end()) {
      Value& read = traits_[attribute->second].emplace();
      if (!reader_.read_value(value, program_.attributes[attribute->second].type, place, read)) return false;
    } else if (name == "consents") {
      if (!read_consents(value, place, batch)) return false;
    } else {
      Intake::count(batch.intake.unknown_traits, name);
      if (!reader_.check(value, place)) return false;
    }
  }
  return true;
}

bool SegmentDecoder::read_consents(ondemand::value value, const JsonPath& path, InputBatch& batch) {
  ondemand::object object;
  if (value.get_object().get(object) != simdjson::SUCCESS) {
    return reader_.fail(RejectReason::wrong_type, path, "expected an object of topics, each true or false");
  }
  for (auto member : object) {
    std::string_view name;
    if (const auto error = member.unescaped_key().get(name)) return reader_.fail(error, path);
    bool consents = false;
    const JsonPath place{&path, name};
    if (member.value().get_bool().get(consents) != simdjson::SUCCESS) {
      return reader_.fail(RejectReason::wrong_type, place, "expected true or false");
    }
    const auto topic = topics_.find(name);
    if (topic != topics_.end()) {
      consents_[topic->second] = consents;
    } else {
      Intake::count(batch.intake.unknown_traits, fmt::format("consents.{}", name));
    }
  }
  return true;
}

bool SegmentDecoder::read_text(ondemand::value value, const JsonPath& path, std::string_view& out) {
  bool null = false;
  if (value.is_null().get(null) == simdjson::SUCCESS && null) return true;
  const auto error = value.get_string().get(out);
  if (error == simdjson::INCORRECT_TYPE) return reader_.fail(RejectReason::wrong_type, path, "expected a text");
  return error ? reader_.fail(error, path) : true;
}

// Ids are texts; exports that write them as whole numbers mean the digits.
bool SegmentDecoder::read_id(ondemand::value value, const JsonPath& path, std::string_view& out) {
  ondemand::json_type type;
  if (const auto error = value.type().get(type)) return reader_.fail(error, path);
  if (type == ondemand::json_type::number) {
    int64_t number = 0;
    std::string_view token = value.raw_json_token();
    if (value.get_int64().get(number) != simdjson::SUCCESS) return reader_.fail(RejectReason::wrong_type, path, "expected a text");
    out = token.substr(0, token.find_first_of(" \t\r\n"));
    return true;
  }
  return read_text(value, path, out);
}

// Everything about the call but its payload. Undeclared events are counted only when the rest of the line is sound.
bool SegmentDecoder::check_envelope() {
  const auto member = [](std::string_view name) { return JsonPath{&k_root, name}; };
  if (kind() == Kind::unknown) return reader_.fail(RejectReason::missing_field, member("type"), "it says which call the line is");
  if (kind() == Kind::other) return true;
  if (!call_.has_user) return reader_.fail(RejectReason::no_user, member("userId"), "the call names no user");
  if (call_.user.size() > k_id_bytes_max || call_.message_id.size() > k_id_bytes_max) {
    return reader_.fail(RejectReason::too_long, member(call_.user.size() > k_id_bytes_max ? "userId" : "messageId"),
                        fmt::format("an id has at most {} bytes", k_id_bytes_max));
  }
  if (call_.previous.size() > k_id_bytes_max) {
    return reader_.fail(RejectReason::too_long, member("previousId"), fmt::format("an id has at most {} bytes", k_id_bytes_max));
  }
  if (kind() == Kind::alias && call_.previous.empty()) {
    return reader_.fail(RejectReason::missing_field, member("previousId"), "it names the id that is the same customer");
  }
  if (kind() == Kind::track && call_.event.empty()) return reader_.fail(RejectReason::missing_field, member("event"), "it names the event");
  const auto time = parse_rfc3339(call_.timestamp);
  if (!time) {
    return reader_.fail(RejectReason::bad_time, member("timestamp"),
                        call_.has_timestamp
                            ? fmt::format("expected an instant such as `2011-03-01T08:26:00Z`, found \"{}\"", call_.timestamp.substr(0, 40))
                            : "the call has no time");
  }
  time_ = *time;
  return true;
}

SegmentDecoder::Kind SegmentDecoder::kind() const {
  if (call_.type == "track") return Kind::track;
  if (call_.type == "identify") return Kind::identify;
  if (call_.type == "alias") return Kind::alias;
  if (call_.type == "delete") return Kind::erase;
  return call_.type.empty() ? Kind::unknown : Kind::other;
}

// Rewinding a document gives up its texts.
void SegmentDecoder::keep_envelope() {
  std::string_view* texts[] = {&call_.type, &call_.event, &call_.user, &call_.previous, &call_.message_id, &call_.timestamp};
  kept_.clear();
  size_t size = 0;
  for (const std::string_view* text : texts) size += text->size();
  kept_.reserve(size);
  for (std::string_view* text : texts) {
    const size_t start = kept_.size();
    kept_ += *text;
    *text = std::string_view(kept_).substr(start, text->size());
  }
}

void SegmentDecoder::write_event(InputBatch& batch) {
  row_.clear();
  ByteWriter writer(row_);
  bytecode::write_row(writer, program_, event_types_[static_cast<size_t>(*event_)], values_);
  engine::write_event_body(batch.bytes(), {*event_, call_.message_id, row_});
}

// False: the call says nothing about anything declared.
bool SegmentDecoder::write_attributes(InputBatch& batch) {
  attribute_changes_.clear();
  for (size_t i = 0; i < traits_.size(); ++i) {
    if (traits_[i]) attribute_changes_.push_back({static_cast<bytecode::AttributeId>(i), *traits_[i]});
  }
  consent_changes_.clear();
  for (size_t i = 0; i < consents_.size(); ++i) {
    if (consents_[i]) consent_changes_.push_back({static_cast<bytecode::TopicId>(i), *consents_[i]});
  }
  if (attribute_changes_.empty() && consent_changes_.empty()) return false;
  engine::write_attributes_body(batch.bytes(), program_, attribute_changes_, consent_changes_);
  return true;
}

std::optional<TimestampMs> SegmentDecoder::peek_time(const Record& record) {
  ondemand::document document;
  std::string_view text;
  if (record.fault != RecordFault::none || !start(record, document)) return std::nullopt;
  if (document.find_field_unordered("timestamp").get_string().get(text) != simdjson::SUCCESS) return std::nullopt;
  return parse_rfc3339(text);
}

}  // namespace

std::unique_ptr<EventDecoder> make_segment_decoder(const bytecode::Program& program, const ZoneTable& zones) {
  return std::make_unique<SegmentDecoder>(program, zones);
}

}  // namespace wend::ingest
