#pragma once

// What can be known of every send site before anything is sent: the fixed part of its keys, which topic each channel asks for,
// and how each channel's address is found. Computed once per program.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/bytecode/program.h"
#include "runtime/engine/identity.h"

namespace wend::engine {

// Most addresses are a constant or an attribute: no code has to run for them.
enum class AddressKind : uint8_t { never, always, attribute, computed };
struct ChannelPlan {
  AddressKind address{};
  bytecode::AttributeId attribute{};  // attribute only
  bool is_list = false;               // the address is a list: reachable when it is not empty
};

enum class ConsentNeed : uint8_t { none, topic, impossible };
struct ViaPlan {
  bytecode::ChannelId channel{};
  ConsentNeed need{};
  bytecode::TopicId topic{};  // topic only
};

// Exempt from consent, quiet hours and caps.
constexpr std::string_view k_transactional = "transactional";
ViaPlan plan_via(const bytecode::Program& program, bytecode::ChannelId channel, const bytecode::Message& message);

struct PolicyPlan;

struct SitePlan {
  std::string identity;                   // path and message, as they stand in the key
  std::optional<SendKeys::Template> key;  // for a site outside every loop
  std::vector<ViaPlan> via;
  std::shared_ptr<const PolicyPlan> policy;  // null: nothing more is asked
  bool counts = false;                       // what it sends stands in the ledger
};

struct SendPlan {
  SendPlan(const bytecode::Program& program, const SendKeys& keys);
  const SitePlan& site(bytecode::JourneyId journey, bytecode::SiteId site) const {
    return sites[static_cast<size_t>(journey)][static_cast<size_t>(site)];
  }

  std::vector<ChannelPlan> channels;
  std::vector<std::vector<SitePlan>> sites;  // by journey
};

}  // namespace wend::engine
