// T3: JSON in. Segment calls of about 200 bytes are decoded, checked against the events' declarations and reacted to on one core, beside
// simdjson's own parse of the same bytes.
//
// usage: engine_t3 [events, 1,000,000 by default]

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "bench/json_limit.h"
#include "bench/reference.h"
#include "bench/row.h"
#include "runtime/ingest/input_batch.h"
#include "runtime/ingest/record_buffer.h"
#include "runtime/ingest/segment_decoder.h"

using namespace wend::bench;

namespace {

constexpr size_t k_customers = 1'000'000;
constexpr int k_runs = 3;
constexpr double k_target_ratio = 0.5;
constexpr wend::TimestampMs k_start_ms = 1'704'067'200'000;  // 2024-01-01T00:00:00Z
constexpr wend::TimestampMs k_machine_now_ms = 2 * k_start_ms;

struct Lines {
  std::string text;
  std::vector<size_t> ends;  // of each line's object, without its newline
  double bytes_per_event() const { return static_cast<double>(text.size()) / static_cast<double>(ends.size()); }
};

Lines make_lines(const std::vector<ReferenceEvent>& events) {
  Lines lines;
  lines.text.reserve(events.size() * 210);
  for (size_t i = 0; i < events.size(); ++i) {
    const ReferenceEvent& event = events[i];
    const bool purchased = event.kind == EventKind::purchased;
    fmt::format_to(
        std::back_inserter(lines.text),
        R"({{"type":"track","event":"{}","userId":"{:016x}","messageId":"ajs-{:08}","timestamp":"{}","context":{{"ip":"203.0.113.{}"}},"properties":{{{}}}}})",
        purchased ? "Purchased" : "SignedUp", event.customer, i, wend::format_rfc3339(k_start_ms + event.minute * wend::k_minute_ms),
        i % 256, purchased ? fmt::format(R"("amount":{}.50)", event.amount) : R"("plan":"free")");
    lines.ends.push_back(lines.text.size());
    lines.text.push_back('\n');
  }
  lines.text.append(wend::ingest::RecordBuffer::k_padding_bytes, ' ');
  return lines;
}

struct Seconds {
  double decode = 0;
  double all = 1e9;
};

bool is_faster(const Seconds& a, const Seconds& b) {
  return a.all < b.all;
}

// Decoded and reacted to in batches, as a run has them.
Seconds measure(const wend::bytecode::Program& program, const Lines& lines) {
  const auto zones = wend::ZoneTable::system();
  const auto decoder = wend::ingest::make_segment_decoder(program, *zones);
  EngineDriver driver(program);
  CountingSink sink;
  wend::ingest::VirtualClock clock(k_machine_now_ms, std::nullopt);
  wend::ingest::InputBatch batch;
  Seconds seconds{.decode = 0, .all = 0};
  uint64_t position = 0;
  size_t begin_of_line = 0;
  for (size_t at = 0; at < lines.ends.size();) {
    const double begin = processor_seconds();
    batch.clear();
    for (; batch.size() < k_batch && at < lines.ends.size(); ++at) {
      decoder->decode({.bytes = std::string_view(lines.text).substr(begin_of_line, lines.ends[at] - begin_of_line), .line = at + 1}, clock,
                      batch);
      begin_of_line = lines.ends[at] + 1;
      if (!batch.intake.rejects.empty()) {
        fmt::print("T3: line {} was refused: {}\n", at + 1, batch.intake.rejects.front().message);
        std::exit(1);
      }
    }
    const auto& entries = batch.entries();
    const double decoded = processor_seconds();
    driver.engine().react(entries, position, sink);
    position += entries.size();
    seconds.decode += decoded - begin;
    seconds.all += processor_seconds() - begin;
  }
  if (position != lines.ends.size() || sink.sends().vip == 0 || sink.sends().thanks == 0) {
    fmt::print("T3: {} of {} lines gave events, or nothing was sent\n", position, lines.ends.size());
    std::exit(1);
  }
  return seconds;
}

void print(const char* what, const Seconds& ours, double limit, size_t count, const Lines& lines) {
  const double events = static_cast<double>(count) / 1e6;
  fmt::print(
      "T3 {}, {:.0f} bytes an event  {:.2f} M events/s, decoding alone {:.2f} M  simdjson's parse {:.2f} M  ratio {:.2f}, decoding "
      "alone {:.2f}  target {:.2f}\n",
      what, lines.bytes_per_event(), events / ours.all, events / ours.decode, events / limit, limit / ours.all, limit / ours.decode,
      k_target_ratio);
  row({"T3", fmt::format("{} decoded, checked and reacted to, to simdjson's parse", what), limit / ours.all, k_target_ratio, At::least,
       fmt::format("{:.2f} M events/s, simdjson {:.2f} M", events / ours.all, events / limit)});
}

}  // namespace

int main(int argc, char** argv) {
  const size_t count = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  const wend::bytecode::Program plain = reference_program();
  const wend::bytecode::Program of_schemas = reference_program_of_schemas();
  const Lines lines = make_lines(reference_events(reference_customers(k_customers), count));
  const std::string_view text = std::string_view(lines.text).substr(0, lines.text.size() - wend::ingest::RecordBuffer::k_padding_bytes);
  Seconds by_hand, by_schema;
  double limit = 1e9;
  // Taking turns, so that a change in the machine's speed touches all; the best of each.
  for (int run = 0; run < k_runs; ++run) {
    size_t documents = 0;
    limit = std::min(limit, simdjson_seconds(text, documents));
    if (documents != count) return 1;
    by_hand = std::min(by_hand, measure(plain, lines), is_faster);
    by_schema = std::min(by_schema, measure(of_schemas, lines), is_faster);
  }
  print("JSON in", by_hand, limit, count, lines);
  print("JSON with a schema in", by_schema, limit, count, lines);
  return 0;
}
