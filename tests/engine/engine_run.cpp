#include "tests/engine/engine_run.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "runtime/bytecode/verify.h"

namespace wend::engine::testing {

using bytecode::Value;

void MemoryDirectory::add(CustomerNumber number, std::string_view id) {
  EXPECT_EQ(static_cast<size_t>(number), ids_.size());
  ids_.emplace_back(id);
}

void CommandLines::on_entered(const EnteredCommand& command) {
  entered.push_back(command.instance);
  lines.push_back(fmt::format("{} entered {} @{}", who(command.customer), program_.journey(command.journey).name, command.at));
}

void CommandLines::on_delivery(const DeliveryCommand& command) {
  const std::string& message = program_.messages[static_cast<size_t>(command.message)].name;
  keys.push_back(to_hex({reinterpret_cast<const uint8_t*>(command.key.data()), command.key.size()}));
  std::string parameters;
  for (size_t i = 0; i < command.parameters.size(); ++i) {
    const auto type = program_.messages[static_cast<size_t>(command.message)].parameters[i].type;
    const Value& value = command.parameters[i];
    const bool is_word = representation(program_.type(type).kind) == bytecode::Representation::word;
    parameters += " " + (!value.present ? std::string("absent") : is_word ? std::to_string(value.word) : std::string(value.view()));
  }
  if (command.sent) {
    lines.push_back(fmt::format("{} sent {}{} via {} @{} commit {}", who(command.customer), message, parameters,
                                program_.channels[static_cast<size_t>(command.channel)].name, command.at, command.committed_at));
  } else {
    lines.push_back(fmt::format("{} suppressed {}{} because {} @{}", who(command.customer), message, parameters, to_string(command.reason),
                                command.at));
  }
}

void CommandLines::on_call(const CallCommand& command) {
  const std::string& action = program_.actions[static_cast<size_t>(command.action)].name;
  keys.push_back(to_hex({reinterpret_cast<const uint8_t*>(command.key.data()), command.key.size()}));
  lines.push_back(fmt::format("{} {} {} attempt {} @{}", who(command.customer), command.shadowed ? "shadowed" : "called", action,
                              command.attempt, command.at));
}

void CommandLines::on_goal(const GoalCommand& command) {
  lines.push_back(fmt::format("{} goal {} @{}", who(command.customer), command.goal, command.at));
}

void CommandLines::on_exposure(const ExposureCommand& command) {
  ++exposures;
  people += command.is_first ? 1 : 0;
  lines.push_back(fmt::format("{} arm {} of {} @{}", who(command.customer), command.arm,
                              program_.experiments[static_cast<size_t>(command.experiment)].name, command.at));
}

void CommandLines::on_holdout(const HoldoutCommand& command) {
  lines.push_back(fmt::format("{} {} {} @{}", who(command.customer), command.held_out ? "held out by" : "not held out by",
                              program_.holdouts[static_cast<size_t>(command.holdout)].name, command.at));
}

void CommandLines::on_excluded(const ExclusionCommand& command) {
  lines.push_back(fmt::format("{} excluded from {}", who(command.customer), program_.experiments[static_cast<size_t>(command.experiment)].name));
}

void CommandLines::on_ended(const EndedCommand& command) {
  lines.push_back(fmt::format("{} exited {} @{}", who(command.customer), command.exit, command.ended_at));
}

std::string event_body(const bytecode::Program& program, EventId event, const std::vector<Value>& fields, std::string_view message_id) {
  std::vector<TypeId> types;
  for (const bytecode::FieldInfo& field : program.event(event).fields) types.push_back(field.type);
  std::string row;
  ByteWriter writer(row);
  bytecode::write_row(writer, program, types, fields);
  std::string body;
  write_event_body(body, {event, message_id, row});
  return body;
}

EngineRun::EngineRun(bytecode::Program program, EngineOptions options)
    : program_(std::move(program)), zones_(ZoneTable::system()), commands_(program_, directory_) {
  const auto fault = bytecode::verify(program_);
  EXPECT_FALSE(fault.has_value()) << fault->where << ": " << fault->what;
  engine_ = std::make_unique<Engine>(program_, *zones_, directory_, options);
}

void EngineRun::append(OwnedEntry entry) {
  const Entry view = entry.view();
  engine_->react({&view, 1}, position_++, commands_);
}

void EngineRun::event(TimestampMs at, std::string_view customer, EventId event, const std::vector<Value>& fields,
                      std::optional<TimestampMs> happened, std::string_view message_id) {
  append({RecordTag::event, at, happened.value_or(at), std::string(customer), event_body(program_, event, fields, message_id)});
}

void EngineRun::set(TimestampMs at, std::string_view customer, AttributeId attribute, const Value& value) {
  const AttributeChange change{attribute, value};
  std::string body;
  write_attributes_body(body, program_, {&change, 1}, {});
  append({RecordTag::attributes, at, at, std::string(customer), body});
}

void EngineRun::consent(TimestampMs at, std::string_view customer, TopicId topic, bool given) {
  const ConsentChange change{topic, given};
  std::string body;
  write_attributes_body(body, program_, {}, {&change, 1});
  append({RecordTag::attributes, at, at, std::string(customer), body});
}

void EngineRun::receipt(TimestampMs at, std::string_view customer, std::string_view key_hex, std::string_view name) {
  std::string key;
  for (size_t i = 0; i + 1 < key_hex.size(); i += 2) {
    key.push_back(static_cast<char>(std::stoi(std::string(key_hex.substr(i, 2)), nullptr, 16)));
  }
  std::string body;
  write_receipt_body(body, {key, name});
  append({RecordTag::receipt, at, at, std::string(customer), body});
}

void EngineRun::plain(TimestampMs at, RecordTag tag) {
  append({tag, at, at, {}, {}});
}

std::vector<std::string> EngineRun::take_lines() {
  std::vector<std::string> lines;
  lines.swap(commands_.lines);
  return lines;
}

std::vector<std::string> EngineRun::waiting_steps() {
  std::vector<std::string> steps;
  engine_->for_each_waiting([&](const WaitingInstance& waiting) {
    steps.push_back(program_.journey(waiting.journey).points[static_cast<size_t>(waiting.point)].step);
  });
  return steps;
}

}  // namespace wend::engine::testing
