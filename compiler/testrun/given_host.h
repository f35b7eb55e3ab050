#pragma once

// Internal to compiler/testrun.

#include <cassert>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/sema/model.h"
#include "compiler/testrun/prepared.h"
#include "compiler/testrun/world.h"
#include "runtime/base/bytes.h"
#include "runtime/vm/machine.h"

namespace wend::testrun {

// Answers from the given values alone: before the first entry there is no engine to ask.
class GivenHost final : public vm::Host {
 public:
  /// Both outlive it.
  GivenHost(const bytecode::Program& program, const std::vector<sema::TopicId>& consents)
      : program_(program), consents_(consents), attributes_(program.attributes.size()) {}

  void give(bytecode::AttributeId id, std::optional<std::string> packed) { attributes_[static_cast<size_t>(id)] = std::move(packed); }
  void stand_in(std::string zone) { zone_ = std::move(zone); }
  void stand_at(TimestampMs now) { now_ = now; }

  bytecode::Value attribute(bytecode::AttributeId id) override {
    const auto& attribute = program_.attributes[static_cast<size_t>(id)];
    if (attribute.name == "id") return bytecode::Value::from_bytes(k_customer_id);
    const auto& packed = attributes_[static_cast<size_t>(id)];
    if (!packed && attribute.default_value) return bytecode::default_of(program_, attribute.default_value);
    const bool is_list = program_.type(attribute.type).kind == bytecode::ValueKind::list;
    if (!packed) return is_list ? bytecode::Value::from_bytes(bytecode::k_empty_list) : bytecode::Value::absent();
    ByteReader reader(*packed);
    return bytecode::read_value(reader, program_, attribute.type);
  }
  bool consent(bytecode::TopicId id) override {
    for (const sema::TopicId topic : consents_) {
      if (static_cast<size_t>(topic) == static_cast<size_t>(id)) return true;
    }
    return false;
  }
  std::string_view zone() override { return zone_; }
  TimestampMs now() const override { return now_; }
  uint64_t position() const override { return 0; }
  uint32_t ordinal() const override { return 0; }
  int64_t history(bytecode::HistoryId) override { return 0; }
  bytecode::Value list(bytecode::HistoryId) override { return bytecode::Value::from_bytes(bytecode::k_empty_list); }
  bool segment(bytecode::SegmentId) override { return false; }
  vm::SendResult send(bytecode::SiteId, std::span<const bytecode::Value>, std::span<const bytecode::Value>) override {
    assert(false);
    return {};
  }
  void set_attribute(bytecode::AttributeId, const bytecode::Value&) override { assert(false); }
  uint32_t assign_arm(bytecode::ExperimentId) override {
    assert(false);
    return 0;
  }
  void emit(bytecode::EventId, std::span<const bytecode::Value>) override { assert(false); }
  void hand_off(bytecode::JourneyId, std::span<const bytecode::Value>) override { assert(false); }
  void call(bytecode::CallId, uint16_t, std::span<const bytecode::Value>) override { assert(false); }

 private:
  const bytecode::Program& program_;
  const std::vector<sema::TopicId>& consents_;
  std::vector<std::optional<std::string>> attributes_;
  std::string zone_ = "UTC";
  TimestampMs now_ = 0;
};

/// The customer of a test before anything happened, in the zone that follows from the values; false: a value overflows.
[[nodiscard]] bool give_all(const sema::Test& test, const Prepared& prepared, vm::Machine& machine, GivenHost& host);

}  // namespace wend::testrun
