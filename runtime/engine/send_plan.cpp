#include "runtime/engine/send_plan.h"

#include "runtime/base/bytes.h"
#include "runtime/engine/policy_plan.h"

namespace wend::engine {
namespace {

using bytecode::Opcode;
using bytecode::Program;


ChannelPlan plan_channel(const Program& program, const bytecode::Channel& channel) {
  const bytecode::Function& function = program.function(channel.address);
  ChannelPlan plan{.address = AddressKind::computed};
  for (const bytecode::Instruction& instruction : function.code) {
    if (instruction.opcode == Opcode::return_value) {
      plan.is_list = program.type(function.registers[instruction.a]).kind == bytecode::ValueKind::list;
    }
  }
  const auto& code = function.code;
  if (code.size() != 2 || code[1].opcode != Opcode::return_value || code[0].a != code[1].a) return plan;
  if (code[0].opcode == Opcode::load_attribute) {
    plan.address = AddressKind::attribute;
    plan.attribute = static_cast<bytecode::AttributeId>(code[0].b);
  } else if (code[0].opcode == Opcode::load_constant) {
    const auto* text = std::get_if<std::string>(&program.constants[code[0].b].value);
    const bool empty = text == nullptr || text->empty() || (plan.is_list && *text == bytecode::k_empty_list);
    plan.address = empty ? AddressKind::never : AddressKind::always;
  }
  return plan;
}

}  // namespace

ViaPlan plan_via(const Program& program, bytecode::ChannelId channel, const bytecode::Message& message) {
  if (message.purpose == k_transactional) return {channel, ConsentNeed::none, {}};
  for (const auto& [purpose, topic] : program.channels[static_cast<size_t>(channel)].topics) {
    if (purpose == message.purpose) return {channel, ConsentNeed::topic, topic};
  }
  return {channel, ConsentNeed::impossible, {}};
}

SendPlan::SendPlan(const Program& program, const SendKeys& keys) {
  for (const bytecode::Channel& channel : program.channels) channels.push_back(plan_channel(program, channel));
  for (const bytecode::Journey& journey : program.journeys) {
    auto& plans = sites.emplace_back();
    for (const bytecode::SendSite& site : journey.sites) {
      const bytecode::Message& message = program.messages[static_cast<size_t>(site.message)];
      SitePlan& plan = plans.emplace_back();
      ByteWriter writer(plan.identity);
      writer.text(site.path);
      writer.text(message.name);
      if (site.rounds.empty()) plan.key = keys.prepare(plan.identity);
      for (const bytecode::ChannelId channel : site.via) plan.via.push_back(plan_via(program, channel, message));
      plan.policy = plan_policy(program, journey, site);
      plan.counts = !program.policies.empty() && message.purpose != k_transactional;
    }
  }
}

}  // namespace wend::engine
