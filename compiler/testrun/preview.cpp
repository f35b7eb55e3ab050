#include "compiler/testrun/preview.h"

#include <algorithm>
#include <deque>
#include <utility>

#include "compiler/testrun/given_host.h"
#include "compiler/testrun/local_time.h"
#include "compiler/testrun/prepared.h"
#include "runtime/vm/body_renderer.h"

namespace wend::testrun {
namespace {

using bytecode::Value;

// Values with bytes of their own: what the machine returns lives until it runs again.
class Kept {
 public:
  explicit Kept(const bytecode::Program& program) : program_(program) {}

  void add(bytecode::TypeId type, const Value& value) {
    if (!value.present) return values_.push_back(Value::absent());
    std::string& bytes = bytes_.emplace_back();
    ByteWriter writer(bytes);
    bytecode::write_value(writer, program_, type, value);
    ByteReader reader(bytes);
    values_.push_back(bytecode::read_value(reader, program_, type));
  }
  const std::vector<Value>& values() const { return values_; }

 private:
  const bytecode::Program& program_;
  std::deque<std::string> bytes_;
  std::vector<Value> values_;
};

// What is not given has the message's default, which may read the customer.
std::vector<const sema::Expr*> parameters_of(const sema::Model& model) {
  const auto& declared = model.messages[static_cast<std::size_t>(model.preview->message)].parameters;
  std::vector<const sema::Expr*> result;
  for (std::size_t at = 0; at < declared.size(); ++at) {
    const sema::ExprPtr& given = model.preview->parameters[at];
    result.push_back(given != nullptr ? given.get() : declared[at].default_value.get());
  }
  return result;
}

std::string locale_of(const bytecode::Program& program, vm::Machine& machine, GivenHost& host) {
  if (!program.locale) return {};
  const auto value = vm::evaluate(machine, host, program.function(*program.locale), {});
  return value && value->present ? std::string(value->view()) : std::string();
}

}  // namespace

std::optional<Previewed> preview(const sema::Model& model, bytecode::Program program, const ZoneTable& zones, const PreviewWishes& wishes) {
  const sema::Preview& asked = *model.preview;
  const std::vector<const sema::Expr*> parameters = parameters_of(model);
  std::vector<const sema::Expr*> expressions = expressions_of(asked.given);
  expressions.insert(expressions.end(), parameters.begin(), parameters.end());
  const Prepared prepared(model, std::move(program), expressions);

  vm::Machine machine(prepared.program(), zones);
  GivenHost host(prepared.program(), asked.given.consents);
  if (!give_all(asked.given, prepared, machine, host)) return std::nullopt;
  const TimestampMs now = asked.given.start_at ? instant_of(*asked.given.start_at, zones, host.zone()) : wishes.now;
  host.stand_at(now);

  const bytecode::Message& message = prepared.program().messages[static_cast<std::size_t>(asked.message)];
  Kept kept(prepared.program());
  for (std::size_t at = 0; at < parameters.size(); ++at) {
    const auto value = vm::evaluate(machine, host, prepared.function(*parameters[at]), {});
    if (!value) return std::nullopt;
    kept.add(message.parameters[at].type, *value);
  }

  Previewed result{message.name, format_local(zones, host.zone(), now), std::string(host.zone()), {}, asked.made_up};
  const std::string locale = wishes.locale.empty() ? locale_of(prepared.program(), machine, host) : wishes.locale;
  vm::BodyRenderer renderer(prepared.program(), zones);
  std::vector<bytecode::ChannelId> shown;
  for (const bytecode::Body& body : message.bodies) {
    const std::string& channel = prepared.program().channels[static_cast<std::size_t>(body.channel)].name;
    const bool is_wanted = wishes.channel.empty() || wishes.channel == channel;
    if (!is_wanted || std::ranges::find(shown, body.channel) != shown.end()) continue;
    shown.push_back(body.channel);
    const vm::RenderedBody& rendered =
        renderer.render({static_cast<bytecode::MessageId>(asked.message), body.channel, locale, host.zone(), now, kept.values()});
    PreviewedBody& made = result.bodies.emplace_back(PreviewedBody{channel, std::string(rendered.locale), {}});
    for (const vm::RenderedPart& part : rendered.parts) made.parts.push_back({std::string(part.name), part.text});
  }
  return result;
}

}  // namespace wend::testrun
