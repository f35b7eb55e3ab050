#pragma once

// A host that answers from fields and writes down what it was asked to do.

#include <map>
#include <string>
#include <vector>

#include "runtime/vm/machine.h"

namespace wend::vm::testing {

class FakeHost : public Host {
 public:
  TimestampMs now_ms = 1'700'000'000'000;
  uint64_t log_position = 42;
  std::map<uint16_t, Value> attributes;
  std::map<uint16_t, int64_t> counts;
  std::map<uint16_t, std::string> lists;
  std::map<uint16_t, bool> members;
  bool consents = true;
  std::string zone_name = "Europe/London";
  std::string key = "0123456789abcdef";  // empty: nothing is sent
  std::optional<bytecode::PointId> delayed_at;
  uint32_t arm = 1;

  struct Sent {
    uint16_t site;
    std::vector<Value> parameters;
  };
  std::vector<Sent> sent;  // emitted and handed over, too: by number of the event or journey
  std::vector<uint16_t> set;

  TimestampMs now() const override { return now_ms; }
  uint64_t position() const override { return log_position; }
  uint32_t ordinal() const override { return 3; }
  Value attribute(bytecode::AttributeId id) override { return attributes[static_cast<uint16_t>(id)]; }
  bool consent(bytecode::TopicId) override { return consents; }
  Value list(bytecode::HistoryId id) override { return Value::from_bytes(lists[static_cast<uint16_t>(id)]); }
  int64_t history(bytecode::HistoryId id) override { return counts[static_cast<uint16_t>(id)]; }
  bool segment(bytecode::SegmentId id) override { return members[static_cast<uint16_t>(id)]; }
  std::string_view zone() override { return zone_name; }
  SendResult send(bytecode::SiteId site, std::span<const Value> parameters, std::span<const Value>) override {
    sent.push_back({static_cast<uint16_t>(site), {parameters.begin(), parameters.end()}});
    return {key, delayed_at};
  }
  void set_attribute(bytecode::AttributeId id, const Value& value) override {
    set.push_back(static_cast<uint16_t>(id));
    attributes[static_cast<uint16_t>(id)] = value;
  }
  uint32_t assign_arm(bytecode::ExperimentId) override { return arm; }
  void emit(bytecode::EventId event, std::span<const Value> fields) override {
    sent.push_back({static_cast<uint16_t>(event), {fields.begin(), fields.end()}});
  }
  void hand_off(bytecode::JourneyId to, std::span<const Value> parameters) override {
    sent.push_back({static_cast<uint16_t>(to), {parameters.begin(), parameters.end()}});
  }
  void call(bytecode::CallId id, uint16_t, std::span<const bytecode::Value>) override { calls.push_back(id); }
  std::vector<bytecode::CallId> calls;
};

}  // namespace wend::vm::testing
