#include "runtime/results/result_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <span>
#include <vector>

#include "runtime/base/hash.h"
#include "runtime/results/json_text.h"

namespace wend::results {
namespace {

// A log has one partition so far; its number is the first part of an instance's name.
constexpr uint64_t k_partition = 0;

void append_number(std::string& out, uint64_t number, char behind) {
  char text[20];
  out.append(text, std::to_chars(std::begin(text), std::end(text), number).ptr);
  out.push_back(behind);
}

void append_instance(JsonObject& line, engine::InstanceId id) {
  std::string& out = line.member("instance");
  out.push_back('"');
  append_number(out, k_partition, '-');
  append_number(out, id.position, '-');
  append_number(out, id.start_index, '"');
}

void append_time(JsonObject& line, std::string_view name, TimestampMs at) {
  append_json_time(line.member(name), at);
}

void append_texts(JsonObject& line, std::string_view name, std::span<const std::string_view> texts) {
  std::string& out = line.member(name);
  out.push_back('[');
  for (size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) out.push_back(',');
    append_json_text(out, texts[i]);
  }
  out.push_back(']');
}

}  // namespace

ResultWriter::ResultWriter(const bytecode::Program& program, const ZoneTable& zones, engine::CustomerDirectory& customers)
    : program_(program), customers_(customers), tally_(program), renderer_(program, zones) {}

std::expected<std::unique_ptr<ResultWriter>, ResultError> ResultWriter::open(const std::string& folder, const bytecode::Program& program,
                                                                             const ZoneTable& zones, engine::CustomerDirectory& customers,
                                                                             const std::vector<FileLength>& recorded) {
  std::unique_ptr<ResultWriter> writer(new ResultWriter(program, zones, customers));
  for (const char* name : k_result_files) {
    const auto found = std::ranges::find(recorded, name, &FileLength::file);
    const std::string path = folder + "/" + name;
    auto file = ResultFile::open(path, found == recorded.end() ? std::nullopt : std::optional(found->bytes));
    if (!file) return std::unexpected(file.error());
    writer->files_.push_back(std::move(*file));
  }
  for (ResultFile& file : writer->files_) {
    if (auto cut = file.cut(); !cut) return std::unexpected(cut.error());
  }
  return writer;
}

void ResultWriter::on_entered(const engine::EnteredCommand& command) {
  JourneyTally& journey = tally_.journeys[static_cast<size_t>(command.journey)];
  ++journey.entered;
  if (command.silent) ++journey.entered_silent;
}

void ResultWriter::on_delivery(const engine::DeliveryCommand& command) {
  const bytecode::Message& message = program_.messages[static_cast<size_t>(command.message)];
  const bytecode::Journey& journey = program_.journey(command.journey);
  MessageTally& tally = tally_.messages[static_cast<size_t>(command.message)];
  const vm::RenderedBody* body = nullptr;
  if (command.sent) {
    body = &renderer_.render({command.message, command.channel, command.locale, command.zone, command.committed_at, command.parameters});
  }
  const bool failed = body != nullptr && !body->is_whole();
  if (failed) {
    ++tally.failed;
  } else {
    ++(command.sent ? tally.sent[static_cast<size_t>(command.channel)] : tally.suppressed[static_cast<size_t>(command.reason)]);
  }

  ResultFile& file = files_[deliveries];
  JsonObject line(file.buffer());
  append_time(line, "at", command.at);
  append_time(line, "committed_at", command.committed_at);
  line.text("customer", customers_.id(command.customer));
  line.text("journey", journey.name);
  append_instance(line, command.instance);
  line.text("step", journey.sites[static_cast<size_t>(command.site)].step);
  line.text("message", message.name);
  if (command.has_channel) {
    line.text("channel", program_.channels[static_cast<size_t>(command.channel)].name);
  } else {
    line.member("channel") += "null";
  }
  line.text("key", to_hex({reinterpret_cast<const uint8_t*>(command.key.data()), command.key.size()}));
  line.text("outcome", failed ? "failed" : (command.sent ? "sent" : "suppressed"));
  if (failed) line.text("reason", "fault");
  if (!command.sent) line.text("reason", engine::to_string(command.reason));
  JsonObject parameters(line.member("params"));
  for (size_t i = 0; i < message.parameters.size(); ++i) {
    append_json_value(parameters.member(message.parameters[i].name), program_, message.parameters[i].type, command.parameters[i]);
  }
  parameters.close();
  if (body != nullptr) append_body(line, *body);
  line.close();
  file.line_done();
}

void ResultWriter::append_body(JsonObject& line, const vm::RenderedBody& body) const {
  if (!body.locale.empty()) line.text("locale", body.locale);
  JsonObject parts(line.member("body"));
  for (const vm::RenderedPart& part : body.parts) {
    std::string& value = parts.member(part.name);
    part.text ? append_json_text(value, *part.text) : void(value += "null");
  }
  parts.close();
}

void ResultWriter::on_call(const engine::CallCommand& command) {
  const bytecode::Action& action = program_.actions[static_cast<size_t>(command.action)];
  const bytecode::Journey& journey = program_.journey(command.journey);
  ++(command.shadowed ? tally_.shadowed_calls : tally_.calls)[static_cast<size_t>(command.action)];
  ResultFile& file = files_[calls];
  JsonObject line(file.buffer());
  append_time(line, "at", command.at);
  line.text("customer", customers_.id(command.customer));
  line.text("journey", journey.name);
  append_instance(line, command.instance);
  line.text("step", journey.calls[static_cast<size_t>(command.call)].step);
  line.text("action", action.name);
  line.text("key", to_hex({reinterpret_cast<const uint8_t*>(command.key.data()), command.key.size()}));
  line.number("attempt", command.attempt);
  line.text("outcome", command.shadowed ? "shadow" : "asked");
  JsonObject parameters(line.member("params"));
  for (size_t i = 0; i < action.parameters.size(); ++i) {
    append_json_value(parameters.member(action.parameters[i].name), program_, action.parameters[i].type, command.parameters[i]);
  }
  parameters.close();
  line.close();
  file.line_done();
}

void ResultWriter::on_goal(const engine::GoalCommand& command) {
  JourneyTally& tally = tally_.journeys[static_cast<size_t>(command.journey)];
  ++tally.goals.try_emplace(std::string(command.goal)).first->second;
  if (command.silent) ++tally.goals_silent.try_emplace(std::string(command.goal)).first->second;
  ResultFile& file = files_[goals];
  JsonObject line(file.buffer());
  line.text("journey", journey_name(command.journey));
  append_instance(line, command.instance);
  line.text("customer", customers_.id(command.customer));
  line.text("goal", command.goal);
  append_time(line, "at", command.at);
  if (command.silent) line.member("held_out") += "true";
  line.close();
  file.line_done();
}

void ResultWriter::on_exposure(const engine::ExposureCommand& command) {
  const auto experiment = static_cast<size_t>(command.experiment);
  ++tally_.exposures[experiment][command.arm];
  if (command.is_first) ++tally_.people[experiment][command.arm];
}

void ResultWriter::on_holdout(const engine::HoldoutCommand& command) {
  HoldoutTally& tally = tally_.holdouts[static_cast<size_t>(command.holdout)];
  ++tally.instances[command.held_out ? 1 : 0];
  if (command.is_first) ++tally.people[command.held_out ? 1 : 0];
}

void ResultWriter::on_excluded(const engine::ExclusionCommand& command) {
  ++tally_.excluded[static_cast<size_t>(command.experiment)];
}

void ResultWriter::on_ended(const engine::EndedCommand& command) {
  auto& counts = tally_.journeys[static_cast<size_t>(command.journey)].exits;
  const auto found = counts.find(command.exit);
  ++(found == counts.end() ? counts.try_emplace(std::string(command.exit)).first->second : found->second);
  ResultFile& file = files_[instances];
  JsonObject line(file.buffer());
  line.text("journey", journey_name(command.journey));
  append_instance(line, command.instance);
  line.text("customer", customers_.id(command.customer));
  append_time(line, "entered_at", command.entered_at);
  append_time(line, "ended_at", command.ended_at);
  line.text("exit", command.exit);
  if (command.silent) line.member("held_out") += "true";
  line.close();
  file.line_done();
}

void ResultWriter::take_intake(const ingest::Intake& intake) {
  tally_.add(intake);
  for (const ingest::Reject& reject : intake.rejects) {
    ResultFile& file = files_[rejects];
    JsonObject line(file.buffer());
    line.number("line", reject.line);
    if (reject.lines > 1) line.number("lines", reject.lines);
    line.text("reason", ingest::to_string(reject.reason));
    if (!reject.path.empty()) line.text("path", reject.path);
    line.text("message", reject.message);
    line.close();
    file.line_done();
  }
}

std::expected<std::vector<FileLength>, ResultError> ResultWriter::flush() {
  std::vector<FileLength> lengths;
  for (size_t i = 0; i < files_.size(); ++i) {
    if (auto flushed = files_[i].flush(); !flushed) return std::unexpected(flushed.error());
    lengths.push_back({k_result_files[i], files_[i].length()});
  }
  return lengths;
}

std::expected<void, ResultError> ResultWriter::sync_flushed() const {
  for (const ResultFile& file : files_) {
    if (auto synced = file.sync_flushed(); !synced) return synced;
  }
  return {};
}

// One line for each instance; one that waits in several branches names the first step, and the others in `also_in`.
std::expected<void, ResultError> ResultWriter::write_waiting(const engine::Engine& engine) {
  ResultFile& file = files_[instances];
  std::vector<std::string_view> steps;
  engine.for_each_waiting([&](const engine::WaitingInstance& waiting) {
    steps.push_back(program_.journey(waiting.journey).points[static_cast<size_t>(waiting.point)].step);
    if (steps.size() < waiting.strands) return;
    JsonObject line(file.buffer());
    line.text("journey", journey_name(waiting.journey));
    append_instance(line, waiting.instance);
    line.text("customer", customers_.id(waiting.customer));
    append_time(line, "entered_at", waiting.entered_at);
    line.text("waiting_in", steps.front());
    if (steps.size() > 1) append_texts(line, "also_in", std::span(steps).subspan(1));
    steps.clear();
    if (waiting.silent) line.member("held_out") += "true";
    line.close();
    file.line_done();
  });
  return file.sync();
}

}  // namespace wend::results
