#include "tests/replay/workload.h"

#include <fmt/format.h>

#include "runtime/base/time.h"
#include "tests/engine/shop.h"

namespace wend::replay::workload {
namespace {

using engine::testing::Shop;
using engine::testing::Simple;

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15 + 1) {}
  uint64_t below(uint64_t bound) {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return (state_ >> 11) % bound;
  }

 private:
  uint64_t state_;
};

// "7": the message's parameter as text.
bytecode::FunctionId body_function(Shop& shop) {
  return shop.b.function({.name = "body",
                          .registers = {shop.b.integer(), shop.b.text()},
                          .parameter_count = 1,
                          .code = {{bytecode::Opcode::format, 0, 1, 0, 0}, {bytecode::Opcode::return_value, 0, 1, 0, 0}}});
}

}  // namespace

bytecode::Program make_program() {
  Shop shop;
  Simple greeting(shop, shop.buy, {.name = "greeting", .up_to = 36 * k_hour_ms, .greets = true});
  greeting.finish();
  Simple patient(shop, shop.slow, {.name = "patient", .up_to = 50 * k_hour_ms, .grace = 10 * k_minute_ms});
  patient.finish();
  bytecode::Program program = std::move(shop.b.program);
  program.name = "shop";
  const auto render = [&] {
    shop.b.program = std::move(program);
    const auto function = body_function(shop);
    program = std::move(shop.b.program);
    return function;
  }();
  for (bytecode::Message& message : program.messages) message.bodies.push_back({shop.mail, std::nullopt, {{"text", render}}});
  return program;
}

std::string make_history(uint64_t seed, size_t lines) {
  Random random(seed);
  std::string text;
  std::string last;
  TimestampMs now = 1'300'000'000'000;
  for (size_t line = 0; line < lines; ++line) {
    now += static_cast<TimestampMs>(random.below(20 * k_minute_ms));
    const std::string user = fmt::format("user-{}", random.below(lines / 20 + 3));
    const std::string at = format_rfc3339(now - (random.below(10) == 0 ? static_cast<TimestampMs>(random.below(30 * k_hour_ms)) : 0));
    // A line is sent twice now and then.
    if (!last.empty() && random.below(40) == 0) {
      text += last;
      continue;
    }
    const size_t begin = text.size();
    const uint64_t kind = random.below(100);
    if (line % 97 == 50) {
      text += fmt::format(R"({{"type":"alias","userId":"{}","previousId":"user-{}","timestamp":"{}"}})", user, random.below(lines / 20 + 3), at);
    } else if (line % 211 == 100) {
      text += fmt::format(R"({{"type":"delete","userId":"{}","timestamp":"{}"}})", user, at);
    } else if (kind < 12) {
      text += fmt::format(
          R"({{"type":"identify","userId":"{}","timestamp":"{}","traits":{{"email":"{}@example.com","consents":{{"news":{}}}}}}})", user,
          at, user, random.below(2) == 0);
    } else if (kind < 94) {
      constexpr const char* k_events[] = {"Begin", "Begin", "Buy", "Slow", "Stop", "Unheard"};
      text += fmt::format(R"({{"type":"track","messageId":"m{}","userId":"{}","event":"{}","timestamp":"{}","properties":{{"n":{}}}}})",
                          random.below(lines * 4), user, k_events[random.below(6)], at, random.below(1000));
    } else if (kind < 96) {
      text += fmt::format(R"({{"type":"track","userId":"{}","event":"Begin","timestamp":"{}","properties":{{"n":"many"}}}})", user, at);
    } else if (kind < 98) {
      text += fmt::format(R"({{"type":"track","event":"Begin","timestamp":"{}"}})", at);
    } else {
      text += R"({"type":"track","userId)";
    }
    text.push_back('\n');
    last = text.substr(begin);
  }
  return text;
}

}  // namespace wend::replay::workload
