#include "runtime/results/tally.h"

#include <numeric>

#include "runtime/base/bytes.h"

namespace wend::results {
namespace {

constexpr uint8_t k_tally_format = 5;

uint64_t sum(const std::vector<uint64_t>& counts) {
  return std::accumulate(counts.begin(), counts.end(), uint64_t{0});
}

// Calls `write` with each of them, behind how many there are.
template <typename T, typename Write>
void write_each(ByteWriter& writer, const std::vector<T>& parts, const Write& write) {
  writer.varint(parts.size());
  for (const T& part : parts) write(part);
}

void write_counts(ByteWriter& writer, const std::vector<uint64_t>& counts) {
  write_each(writer, counts, [&](uint64_t count) { writer.varint(count); });
}

// A program that adds to the one that was counted for has more of everything, behind what was there.
template <typename T, typename Read>
bool read_each(ByteReader& reader, std::vector<T>& parts, const Read& read) {
  const uint64_t count = reader.varint();
  if (!reader.ok() || count > parts.size()) return false;
  for (size_t i = 0; i < count; ++i) {
    if (!read(parts[i])) return false;
  }
  return reader.ok();
}

bool read_counts(ByteReader& reader, std::vector<uint64_t>& counts) {
  return read_each(reader, counts, [&](uint64_t& count) {
    count = reader.varint();
    return reader.ok();
  });
}

void write_names(ByteWriter& writer, const std::map<std::string, uint64_t, std::less<>>& names) {
  writer.varint(names.size());
  for (const auto& [name, count] : names) {
    writer.text(name);
    writer.varint(count);
  }
}

void read_names(ByteReader& reader, std::map<std::string, uint64_t, std::less<>>& names) {
  for (uint64_t left = reader.varint(); left > 0 && reader.ok(); --left) {
    const std::string_view name = reader.text();
    names.emplace(name, reader.varint());
  }
}

void add_names(std::map<std::string, uint64_t>& names, const std::map<std::string, uint64_t>& more) {
  for (const auto& [name, times] : more) ingest::Intake::count(names, name, times);
}

}  // namespace

Tally::Tally(const bytecode::Program& program)
    : messages(program.messages.size()),
      journeys(program.journeys.size()),
      holdouts(program.holdouts.size()),
      calls(program.actions.size()),
      shadowed_calls(program.actions.size()) {
  for (MessageTally& message : messages) message.sent.resize(program.channels.size());
  for (const bytecode::Experiment& experiment : program.experiments) {
    exposures.emplace_back(experiment.arms.size());
    people.emplace_back(experiment.arms.size());
  }
  excluded.resize(program.experiments.size());
}

uint64_t Tally::sent() const {
  uint64_t total = 0;
  for (const MessageTally& message : messages) total += sum(message.sent);
  return total;
}

uint64_t Tally::suppressed() const {
  uint64_t total = 0;
  for (const MessageTally& message : messages) total += sum(message.suppressed);
  return total;
}

uint64_t Tally::failed() const {
  uint64_t total = 0;
  for (const MessageTally& message : messages) total += message.failed;
  return total;
}

uint64_t Tally::rejects() const {
  return sum(rejected);
}

void Tally::add(const ingest::Intake& more) {
  intake.records += more.records;
  add_names(intake.unknown_events, more.unknown_events);
  add_names(intake.unknown_traits, more.unknown_traits);
  add_names(intake.ignored_calls, more.ignored_calls);
  for (const ingest::Reject& reject : more.rejects) {
    ++rejected[static_cast<size_t>(reject.reason)];
    rejected_lines[static_cast<size_t>(reject.reason)] += reject.lines;
  }
}

std::string encode(const Tally& tally) {
  std::string bytes;
  ByteWriter writer(bytes);
  writer.u8(k_tally_format);
  write_each(writer, tally.messages, [&](const MessageTally& message) {
    write_counts(writer, message.sent);
    write_counts(writer, message.suppressed);
    writer.varint(message.failed);
  });
  write_each(writer, tally.journeys, [&](const JourneyTally& journey) {
    writer.varint(journey.entered);
    writer.varint(journey.entered_silent);
    write_names(writer, journey.exits);
    write_names(writer, journey.goals);
    write_names(writer, journey.goals_silent);
  });
  for (const auto* counts : {&tally.exposures, &tally.people}) {
    write_each(writer, *counts, [&](const std::vector<uint64_t>& arms) { write_counts(writer, arms); });
  }
  write_each(writer, tally.holdouts, [&](const HoldoutTally& holdout) {
    write_counts(writer, holdout.instances);
    write_counts(writer, holdout.people);
  });
  write_counts(writer, tally.excluded);
  write_counts(writer, tally.calls);
  write_counts(writer, tally.shadowed_calls);
  write_counts(writer, tally.rejected);
  write_counts(writer, tally.rejected_lines);
  writer.text(ingest::encode(tally.intake));
  writer.u8(tally.has_time ? 1 : 0);
  writer.signed_varint(tally.first_t_log);
  return bytes;
}

bool decode(std::string_view bytes, Tally& tally) {
  ByteReader reader(bytes);
  if (reader.u8() != k_tally_format) return false;
  const bool has_messages = read_each(reader, tally.messages, [&](MessageTally& message) {
    if (!read_counts(reader, message.sent) || !read_counts(reader, message.suppressed)) return false;
    message.failed = reader.varint();
    return reader.ok();
  });
  const bool has_journeys = has_messages && read_each(reader, tally.journeys, [&](JourneyTally& journey) {
                              journey.entered = reader.varint();
                              journey.entered_silent = reader.varint();
                              read_names(reader, journey.exits);
                              read_names(reader, journey.goals);
                              read_names(reader, journey.goals_silent);
                              return reader.ok();
                            });
  if (!has_journeys) return false;
  for (auto* counts : {&tally.exposures, &tally.people}) {
    if (!read_each(reader, *counts, [&](std::vector<uint64_t>& arms) { return read_counts(reader, arms); })) return false;
  }
  const bool has_holdouts = read_each(reader, tally.holdouts, [&](HoldoutTally& holdout) {
    return read_counts(reader, holdout.instances) && read_counts(reader, holdout.people);
  });
  if (!has_holdouts) return false;
  if (!read_counts(reader, tally.excluded) || !read_counts(reader, tally.calls) || !read_counts(reader, tally.shadowed_calls)) return false;
  if (!read_counts(reader, tally.rejected) || !read_counts(reader, tally.rejected_lines)) return false;
  auto intake = ingest::decode_intake(reader.text());
  if (!intake) return false;
  tally.intake = std::move(*intake);
  tally.has_time = reader.u8() != 0;
  tally.first_t_log = reader.signed_varint();
  return reader.ok() && reader.at_end();
}

}  // namespace wend::results
