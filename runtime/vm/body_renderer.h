#pragma once

// Makes the texts of a message for somebody: picks the body of the locale that serves them, and runs the code of its parts.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/locale.h"
#include "runtime/vm/machine.h"

namespace wend::vm {

struct BodyRequest {
  bytecode::MessageId message{};
  bytecode::ChannelId channel{};
  std::string_view locale;  // the customer's, as written in the attribute; empty or no locale at all: the program's first
  std::string_view zone;    // IANA name of the customer's principal zone
  TimestampMs now = 0;      // when the message leaves
  std::span<const Value> parameters;
};

struct RenderedPart {
  std::string_view name;            // the program's
  std::optional<std::string> text;  // nullopt: a fault, such as an overflow
};
struct RenderedBody {
  std::string_view locale;  // of the body that was picked; empty in a program without locales
  std::vector<RenderedPart> parts;

  // Nobody is sent a message of which a text is missing.
  bool is_whole() const;
};

class BodyRenderer {
 public:
  // Both outlive it.
  BodyRenderer(const bytecode::Program& program, const ZoneTable& zones);

  // Valid until the next call. Without parts when the message has no body for the channel.
  const RenderedBody& render(const BodyRequest& request);

 private:
  const bytecode::Body* pick(const BodyRequest& request) const;

  const bytecode::Program& program_;
  std::optional<LocaleMatcher> matcher_;
  Machine machine_;
  RenderedBody rendered_;
};

}  // namespace wend::vm
