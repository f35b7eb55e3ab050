#include "runtime/ingest/csv_decoder.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/base/utf8.h"
#include "runtime/engine/records.h"
#include "runtime/ingest/csv_binding.h"
#include "runtime/ingest/csv_rows.h"
#include "runtime/ingest/json_value.h"
#include "runtime/ingest/segment_decoder.h"
#include "runtime/ingest/time_format.h"
#include "runtime/ingest/value_text.h"

namespace wend::ingest {
namespace {

using bytecode::FieldInfo;
using bytecode::Type;
using bytecode::TypeId;
using bytecode::Value;
using bytecode::ValueKind;

using Row = std::vector<std::string_view>;

struct Fault {
  RejectReason reason{};
  std::string column;
  std::string message;
};

class CsvDecoder final : public EventDecoder {
 public:
  CsvDecoder(const bytecode::Program& program, const ZoneTable& zones, CsvConfig config, std::vector<std::string> columns)
      : program_(program),
        zones_(zones),
        config_(std::move(config)),
        columns_(std::move(columns)),
        fields_({config_.delimiter, config_.quote}) {}

  std::optional<std::string> bind();
  void decode(const Record& record, VirtualClock& clock, InputBatch& batch) override;
  std::optional<TimestampMs> peek_time(const Record& record) override;

 private:
  bool decode_rows(const Record& record);
  bool split(const Record& record);
  std::string_view text_of(const Text& text, const Row& row);
  bool holds(const Condition& condition) const;
  bool read_traits();
  bool read_field(const Source& source, const FieldInfo& field, Value& out);
  bool read_text(const Text& text, const Row& row, const FieldInfo& field, Value& out);
  bool read_sum(const Sum& sum, const FieldInfo& field, Value& out);
  bool read_each(const Each& each, const FieldInfo& field, Value& out);
  std::string name_of(const Text& text) const { return text.column ? columns_[*text.column] : std::string(); }
  bool fail(RejectReason reason, std::string column, std::string message) {
    fault_ = {reason, std::move(column), std::move(message)};
    return false;
  }
  std::string_view keep(std::string text) { return kept_.emplace_back(std::move(text)); }

  const bytecode::Program& program_;
  const ZoneTable& zones_;
  const CsvConfig config_;
  const std::vector<std::string> columns_;
  CsvFields fields_;
  TimeFormat format_;
  ZoneId zone_{};
  Text user_;
  Text time_;
  std::optional<Text> message_id_;
  std::vector<EventRule> rules_;
  std::vector<Trait> traits_;

  // Of the record being decoded.
  std::vector<Row> rows_;
  size_t row_count_ = 0;
  std::deque<std::string> kept_;  // texts that stand in no row as they are
  std::vector<Value> values_;
  std::string traits_body_;  // empty: the record says nothing of the customer
  std::string row_;
  const EventRule* rule_ = nullptr;
  std::string_view user_id_;
  std::string_view message_id_text_;
  TimestampMs event_time_ = 0;
  Fault fault_;
};

std::optional<std::string> CsvDecoder::bind() {
  Binder binder(program_, columns_);
  user_ = binder.text(config_.user, "`user`");
  time_ = binder.text(config_.time, "`time`");
  if (config_.message_id) message_id_ = binder.text(*config_.message_id, "`message_id`");
  for (const CsvEvent& event : config_.events) rules_.push_back(binder.event(event));
  for (const auto& [name, rule] : config_.traits) traits_.push_back(binder.trait(name, rule));
  if (binder.error()) return binder.error();
  auto format = TimeFormat::parse(config_.time_format);
  if (!format) return format.error();
  format_ = std::move(*format);
  const auto zone = zones_.find(config_.zone);
  if (!zone) return fmt::format("`zone`: there is no time zone `{}`", config_.zone);
  zone_ = *zone;
  return std::nullopt;
}

// Fills rows_; a text that was quoted with doubled quotes is copied, because the next row takes its place.
bool CsvDecoder::split(const Record& record) {
  row_count_ = 0;
  kept_.clear();
  std::string_view text = record.bytes;
  const char* const begin = text.data();
  const char* const end = text.data() + text.size();
  while (!text.empty()) {
    fields_.take_row(text);
    if (row_count_ == rows_.size()) rows_.emplace_back();
    Row& row = rows_[row_count_++];
    row.clear();
    for (const std::string_view field : fields_.fields()) {
      const bool in_record = field.empty() || (field.data() >= begin && field.data() < end);
      row.push_back(in_record ? field : keep(std::string(field)));
    }
    if (row.size() != columns_.size()) {
      return fail(RejectReason::bad_csv, "", fmt::format("the row has {} fields, the header {}", row.size(), columns_.size()));
    }
  }
  return true;
}

std::string_view CsvDecoder::text_of(const Text& text, const Row& row) {
  std::string_view value = text.column ? row[*text.column] : std::string_view(text.rule->constant);
  if (!text.rule->strip_suffix.empty() && value.ends_with(text.rule->strip_suffix)) value.remove_suffix(text.rule->strip_suffix.size());
  for (const auto& [from, to] : text.rule->mapped) {
    if (value == from) return to;
  }
  return value;
}

bool CsvDecoder::holds(const Condition& condition) const {
  const std::string_view value = rows_[0][condition.column];
  const std::string_view operand = condition.rule->operand;
  switch (condition.rule->test) {
    case ColumnTest::equals:
      return value == operand;
    case ColumnTest::not_equals:
      return value != operand;
    case ColumnTest::starts_with:
      return value.starts_with(operand);
    case ColumnTest::not_starts_with:
      return !value.starts_with(operand);
    case ColumnTest::contains:
      return value.find(operand) != std::string_view::npos;
    case ColumnTest::is_empty:
      return value.empty() == (operand == "true");
  }
  return false;
}

void CsvDecoder::decode(const Record& record, VirtualClock& clock, InputBatch& batch) {
  ++batch.intake.records;
  std::optional<TimestampMs> t_log;
  bool taken = decode_rows(record);
  const bool is_event = rule_ != nullptr && rule_->event;
  if (taken && !is_event) Intake::count(batch.intake.unknown_events, rule_ == nullptr ? "(no rule for the row)" : rule_->name);
  if (taken && !is_event && traits_body_.empty()) return;
  if (taken && !(t_log = clock.advance(event_time_))) {
    taken = fail(
        RejectReason::time_jump, name_of(time_),
        fmt::format("{} is later than the machine's clock, or more than 366 days after the event before", format_rfc3339(event_time_)));
  }
  if (taken) {
    // What is known of the customer with the row is known before the event.
    if (!traits_body_.empty()) {
      batch.bytes() += traits_body_;
      batch.add(engine::RecordTag::attributes, *t_log, event_time_, user_id_);
    }
    if (!is_event) return;
    engine::write_event_body(batch.bytes(), {*rule_->event, message_id_text_, row_});
    return batch.add(engine::RecordTag::event, *t_log, event_time_, user_id_);
  }
  batch.intake.rejects.push_back({record.line, record.lines, fault_.reason, std::move(fault_.column), std::move(fault_.message)});
}

bool CsvDecoder::decode_rows(const Record& record) {
  rule_ = nullptr;
  traits_body_.clear();
  if (record.fault == RecordFault::too_long) {
    return fail(RejectReason::too_long, "", fmt::format("the row or group of rows is longer than {} bytes", k_record_bytes_max));
  }
  if (record.fault == RecordFault::bad_quotes) return fail(RejectReason::bad_csv, "", "a quote is never closed, or stands inside a field");
  if (!is_valid_utf8(record.bytes)) return fail(RejectReason::not_utf8, "", "the row is not valid UTF-8");
  if (!split(record)) return false;

  const auto rule = std::ranges::find_if(rules_, [&](const EventRule& candidate) {
    return std::ranges::all_of(candidate.conditions, [&](const Condition& c) { return holds(c); });
  });
  rule_ = rule == rules_.end() ? nullptr : &*rule;
  if (rule_ == nullptr && traits_.empty()) return true;
  user_id_ = text_of(user_, rows_[0]);
  if (user_id_.empty()) return fail(RejectReason::no_user, name_of(user_), "the row names no customer");
  message_id_text_ = message_id_ ? text_of(*message_id_, rows_[0]) : std::string_view{};
  if (user_id_.size() > k_id_bytes_max || message_id_text_.size() > k_id_bytes_max) {
    return fail(RejectReason::too_long, name_of(user_id_.size() > k_id_bytes_max ? user_ : *message_id_),
                fmt::format("an id has at most {} bytes", k_id_bytes_max));
  }
  const auto time = format_.read(text_of(time_, rows_[0]), zones_, zone_);
  if (!time)
    return fail(RejectReason::bad_time, name_of(time_), fmt::format("\"{}\" does not fit the time format", text_of(time_, rows_[0])));
  event_time_ = *time;
  if (!read_traits()) return false;
  if (rule_ == nullptr || !rule_->event) return true;

  const auto& fields = program_.event(*rule_->event).fields;
  values_.assign(fields.size(), Value::absent());
  for (size_t i = 0; i < fields.size(); ++i) {
    if (!read_field(rule_->sources[i], fields[i], values_[i])) return false;
    if (!values_[i].present) values_[i] = bytecode::default_of(program_, fields[i].default_value);
  }
  row_.clear();
  ByteWriter writer(row_);
  bytecode::write_row(writer, program_, rule_->types, values_);
  return true;
}

// An empty cell says nothing of the attribute: a column cannot clear one.
bool CsvDecoder::read_traits() {
  std::vector<engine::AttributeChange> changes;
  for (const Trait& trait : traits_) {
    const std::string_view cell = text_of(trait.text, rows_[0]);
    if (cell.empty()) continue;
    const bytecode::Attribute& attribute = program_.attributes[static_cast<size_t>(trait.attribute)];
    const auto value = parse_value(program_, zones_, attribute.type, cell);
    if (!value) {
      return fail(
          RejectReason::bad_value, name_of(trait.text),
          fmt::format("`{}`: expected {}, found \"{}\"", attribute.name, expectation(program_, attribute.type), cell.substr(0, 40)));
    }
    changes.push_back({trait.attribute, *value});
  }
  if (!changes.empty()) engine::write_attributes_body(traits_body_, program_, changes, {});
  return true;
}

bool CsvDecoder::read_field(const Source& source, const FieldInfo& field, Value& out) {
  if (const auto* text = std::get_if<Text>(&source)) return read_text(*text, rows_[0], field, out);
  if (const auto* sum = std::get_if<Sum>(&source)) return read_sum(*sum, field, out);
  if (const auto* each = std::get_if<Each>(&source)) return read_each(*each, field, out);
  if (std::holds_alternative<Count>(source)) out = Value::from_word(static_cast<int64_t>(row_count_));
  return true;
}

// An empty cell is the default where there is one, absent where the type allows it, and the empty text where it is one.
bool CsvDecoder::read_text(const Text& text, const Row& row, const FieldInfo& field, Value& out) {
  const std::string_view cell = text_of(text, row);
  const Type& type = program_.type(field.type);
  if (cell.empty() && (type.optional || field.default_value)) return true;
  const auto parsed = parse_value(program_, zones_, field.type, cell);
  if (parsed) {
    out = *parsed;
    return true;
  }
  return fail(cell.empty() ? RejectReason::missing_field : RejectReason::bad_value, name_of(text),
              fmt::format("`{}`: expected {}, found \"{}\"", field.wire, expectation(program_, field.type), cell.substr(0, 40)));
}

bool CsvDecoder::read_sum(const Sum& sum, const FieldInfo& field, Value& out) {
  Decimal total;
  for (size_t i = 0; i < row_count_; ++i) {
    Decimal product = Decimal::from_int(1);
    for (const Factor& factor : sum.factors) {
      const auto number = factor.column ? Decimal::parse(rows_[i][*factor.column]) : std::optional(factor.number);
      if (!number) {
        return fail(RejectReason::bad_value, columns_[*factor.column],
                    fmt::format("`{}`: expected a number, found \"{}\"", field.wire, rows_[i][*factor.column].substr(0, 40)));
      }
      const auto next = multiply(product, *number);
      if (!next) return fail(RejectReason::bad_value, "", fmt::format("`{}`: the sum is too large", field.wire));
      product = *next;
    }
    const auto next = add(total, product);
    if (!next) return fail(RejectReason::bad_value, "", fmt::format("`{}`: the sum is too large", field.wire));
    total = *next;
  }
  if (program_.type(field.type).kind == ValueKind::decimal) {
    out = Value::from_decimal(total);
    return true;
  }
  const auto whole = total.to_int();
  if (!whole) return fail(RejectReason::bad_value, "", fmt::format("`{}`: {} is no whole number", field.wire, total.to_string()));
  out = Value::from_word(*whole);
  return true;
}

bool CsvDecoder::read_each(const Each& each, const FieldInfo& field, Value& out) {
  const Type& type = program_.type(field.type);
  const auto& fields = program_.records[static_cast<size_t>(program_.type(type.element).record)].fields;
  std::vector<TypeId> types;
  for (const FieldInfo& member : fields) types.push_back(member.type);
  std::string elements;
  std::vector<size_t> ends;
  ByteWriter writer(elements);
  for (size_t i = 0; i < row_count_; ++i) {
    std::vector<Value> members(fields.size());
    for (size_t j = 0; j < fields.size(); ++j) {
      if (each.members[j] && !read_text(*each.members[j], rows_[i], fields[j], members[j])) return false;
      if (!members[j].present) members[j] = bytecode::default_of(program_, fields[j].default_value);
    }
    bytecode::write_row(writer, program_, types, members);
    ends.push_back(elements.size());
  }
  std::string packed;
  pack_list(type.is_set, elements, ends, packed);
  out = Value::from_bytes(keep(std::move(packed)));
  return true;
}

std::optional<TimestampMs> CsvDecoder::peek_time(const Record& record) {
  if (record.fault != RecordFault::none || record.bytes.empty()) return std::nullopt;
  std::string_view text = record.bytes;
  fields_.take_row(text);
  if (fields_.fields().size() != columns_.size()) return std::nullopt;
  return format_.read(text_of(time_, fields_.fields()), zones_, zone_);
}

}  // namespace

std::expected<std::unique_ptr<EventDecoder>, std::string> make_csv_decoder(const bytecode::Program& program, const ZoneTable& zones,
                                                                           const CsvConfig& config,
                                                                           const std::vector<std::string>& columns) {
  auto decoder = std::make_unique<CsvDecoder>(program, zones, config, columns);
  if (auto problem = decoder->bind()) return std::unexpected(std::move(*problem));
  return decoder;
}

}  // namespace wend::ingest
