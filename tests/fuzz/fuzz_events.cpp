// The event decoder: any bytes, read as lines of Segment calls, as rows of CSV and as records of Avro. Whatever is taken must be well
// formed for the engine.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "runtime/bytecode/packed.h"
#include "runtime/engine/records.h"
#include "runtime/ingest/avro_source.h"
#include "runtime/ingest/csv_decoder.h"
#include "runtime/ingest/csv_source.h"
#include "runtime/ingest/line_source.h"
#include "runtime/ingest/segment_decoder.h"
#include "tests/ingest/avro_writer.h"
#include "tests/ingest/shop_program.h"

namespace {

using namespace wend;
using namespace wend::ingest;

class Bytes final : public ByteSource {
 public:
  explicit Bytes(std::string_view bytes) : bytes_(bytes) {}
  std::expected<size_t, InputError> read(std::span<char> out) override {
    // In small pieces, so that records lie across them.
    const size_t size = std::min({out.size(), bytes_.size(), size_t{61}});
    std::memcpy(out.data(), bytes_.data(), size);
    bytes_.remove_prefix(size);
    return size;
  }

 private:
  std::string_view bytes_;
};

void check(bool holds) {
  if (!holds) std::abort();
}

void check_entry(const bytecode::Program& program, const engine::Entry& entry) {
  check(!entry.customer.empty() && entry.t_event <= entry.t_log);
  if (entry.tag == engine::RecordTag::event) {
    const auto body = engine::read_event_body(entry.body, program);
    check(body.has_value());
    std::vector<bytecode::TypeId> types;
    for (const auto& field : program.event(body->event).fields) types.push_back(field.type);
    check(bytecode::validate_row(body->row, program, types));
  } else {
    std::vector<engine::AttributeChange> attributes;
    std::vector<engine::ConsentChange> consents;
    check(entry.tag == engine::RecordTag::attributes && engine::read_attributes_body(entry.body, program, attributes, consents));
  }
}

void read_all(const bytecode::Program& program, RecordSource& source, EventDecoder& decoder) {
  VirtualClock clock(k_timestamp_max_ms, std::nullopt);
  InputBatch batch;
  uint64_t records = 0;
  Record record;
  for (auto more = source.next(record); more && *more; more = source.next(record)) {
    ++records;
    decoder.peek_time(record);
    decoder.decode(record, clock, batch);
  }
  check(batch.intake.records == records && source.cursor().records == records);
  for (const engine::Entry& entry : batch.entries()) check_entry(program, entry);
  const auto intake = decode_intake(encode(batch.intake));
  check(intake && intake->rejects.size() == batch.intake.rejects.size());
}

CsvConfig mapping() {
  const TextExpression first{.column = "1", .strip_suffix = ".0"};
  CsvEvent event{.name = "Order Placed"};
  event.properties = {{"order_id", TextExpression{.column = "2"}},
                      {"total", SumExpression{{{.column = "3"}, {.column = "3"}}}},
                      {"products", EachExpression{{{"sku", TextExpression{.column = "2"}}, {"qty", TextExpression{.column = "3"}}}}}};
  CsvConfig config{.header = false, .user = first, .time = TextExpression{.column = "4"}, .time_format = "%Y-%m-%d %H:%M:%S"};
  config.group_by = {"2"};
  config.events = {event};
  return config;
}

// The bytes as a file, which seldom gets beyond its header, and as the records of one whose header is good.
void read_avro(const bytecode::Program& program, const ZoneTable& zones, std::string_view bytes) {
  constexpr std::string_view k_schema =
      R"({"type": "record", "name": "Call", "fields": [{"name": "user", "type": ["null", "string", "long"]},
      {"name": "at", "type": "long"}, {"name": "body", "type": ["null", {"type": "record", "name": "Ping", "fields": [
        {"name": "note", "type": ["string", "bytes", {"type": "array", "items": "null"}, {"type": "map", "values": "Ping"}]},
        {"name": "sum", "type": {"type": "fixed", "name": "F", "size": 3, "logicalType": "decimal"}}, {"name": "real", "type": "float"},
        {"name": "day", "type": {"type": "int", "logicalType": "date"}}, {"name": "kind", "type": {"type": "enum", "name": "E", "symbols": ["A"]}}]}]}]})";
  const AvroConfig config{.user = "user", .time = "at", .properties = "body"};
  const std::string whole = avro_file::header(k_schema) + avro_file::block(static_cast<int64_t>(bytes.size() % 7), bytes);
  for (const std::string_view file : {bytes, std::string_view(whole)}) {
    auto source = AvroSource::open(RecordBuffer(std::make_unique<Bytes>(file), "records"), config, {"Ping"});
    if (!source) continue;
    const auto decoder = make_segment_decoder(program, zones);
    VirtualClock clock(k_timestamp_max_ms, std::nullopt);
    InputBatch batch;
    Record record;
    for (auto more = (*source)->next(record); more && *more; more = (*source)->next(record)) decoder->decode(record, clock, batch);
    for (const engine::Entry& entry : batch.entries()) check_entry(program, entry);
    // Members are written only of records that are whole, so what goes to the decoder is JSON, if too deep for it.
    for (const Reject& reject : batch.intake.rejects) {
      check(reject.reason != RejectReason::bad_json || reject.message.find("nested") != std::string::npos);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const bytecode::Program k_program = shop_program();
  static const auto k_zones = ZoneTable::system();
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);

  LineSource lines(RecordBuffer(std::make_unique<Bytes>(bytes), "lines"));
  const auto segment = make_segment_decoder(k_program, *k_zones);
  read_all(k_program, lines, *segment);

  const CsvConfig config = mapping();
  auto rows = CsvSource::open(RecordBuffer(std::make_unique<Bytes>(bytes), "rows"), {}, config.header, config.group_by);
  if (rows) {
    const auto csv = make_csv_decoder(k_program, *k_zones, config, (*rows)->columns());
    if (csv) read_all(k_program, **rows, **csv);
  }
  read_avro(k_program, *k_zones, bytes);
  return 0;
}
