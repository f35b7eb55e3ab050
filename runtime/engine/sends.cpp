// Sends: the key, then the gates in order (reachable and consented, walking `via`; then `within`), then the command. A send
// completes at commit.

#include "runtime/engine/reaction.h"

namespace wend::engine {

using bytecode::Channel;
using bytecode::Message;
using bytecode::SendSite;

namespace {

constexpr std::string_view k_transactional = "transactional";

bool is_empty_address(const bytecode::Program& program, const bytecode::Function& function, const bytecode::Value& value) {
  if (!value.present || value.view().empty()) return true;
  for (const bytecode::Instruction& instruction : function.code) {
    if (instruction.opcode != bytecode::Opcode::return_value) continue;
    // A list of addresses begins with its count.
    if (program.type(function.registers[instruction.a]).kind == bytecode::ValueKind::list) return value.view().front() == '\0';
    return false;
  }
  return false;
}

}  // namespace

bool Reaction::is_reachable(const Channel& channel) {
  const bytecode::Function& address = core_.program.function(channel.address);
  const std::optional<Value> value = vm::evaluate(address_machine_, *this, address, {});
  return value && !is_empty_address(core_.program, address, *value);
}

bool Reaction::has_consent(const Channel& channel, const Message& message) {
  if (message.purpose == k_transactional) return true;
  for (const auto& [purpose, topic] : channel.topics) {
    if (purpose == message.purpose) return consent(topic);
  }
  return false;
}

// Why the message does not go out; nullopt when it does, by `channel`.
std::optional<Suppression> Reaction::gate(const SendSite& site, const Message& message, bytecode::ChannelId& channel) {
  bool reachable = false;
  bool found = false;
  for (const bytecode::ChannelId candidate : site.via) {
    const Channel& info = core_.program.channels[static_cast<size_t>(candidate)];
    if (!is_reachable(info)) continue;
    reachable = true;
    if (!has_consent(info, message)) continue;
    channel = candidate;
    found = true;
    break;
  }
  if (!found) return reachable ? Suppression::consent : Suppression::unreachable;
  if (site.within && add_span(core_.zones, zone_id(), now_, *site.within) < commit_) return Suppression::expired;
  return std::nullopt;
}

std::string_view Reaction::send(bytecode::SiteId id, std::span<const Value> parameters, std::span<const Value> registers) {
  const bytecode::Journey& journey = journey_of(*running_);
  const SendSite& site = journey.sites[static_cast<size_t>(id)];
  const Message& message = core_.program.messages[static_cast<size_t>(site.message)];
  rounds_.clear();
  for (const bytecode::Register round : site.rounds) {
    rounds_.push_back(static_cast<uint64_t>(registers[static_cast<size_t>(round)].word));
  }
  sent_keys_.push_back(send_keys_.key(running_->id, site.path, message.name, rounds_));
  const std::string_view key(sent_keys_.back().data(), sent_keys_.back().size());

  DeliveryCommand command;
  const std::optional<Suppression> suppressed = gate(site, message, command.channel);
  command.at = now_;
  command.committed_at = commit_;
  command.customer = CustomerNumber{customer_};
  command.journey = running_->journey;
  command.instance = running_->id;
  command.site = id;
  command.message = site.message;
  command.has_channel = !suppressed || *suppressed == Suppression::expired;
  command.key = key;
  command.sent = !suppressed;
  command.reason = suppressed.value_or(Suppression{});
  command.parameters = parameters;
  command.zone = zone();
  sink_->on_delivery(command);
  if (!command.sent) return {};
  watch_send(*running_);
  return key;
}

const char* to_string(Suppression reason) {
  switch (reason) {
#define WEND_SUPPRESSION(number, name) \
  case Suppression::name:              \
    return #name;
#include "runtime/engine/suppressions.def"
#undef WEND_SUPPRESSION
  }
  return "";
}

}  // namespace wend::engine
