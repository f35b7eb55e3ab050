#include "runtime/vm/body_renderer.h"

#include <algorithm>

#include "runtime/bytecode/message_part.h"

namespace wend::vm {
namespace {

// What a message's body may ask while it is rendered: its parameters are in registers, the rest is the moment of sending.
class RenderHost final : public Host {
 public:
  RenderHost(const BodyRequest& request, std::string_view locale) : request_(request), locale_(locale) {}
  TimestampMs now() const override { return request_.now; }
  uint64_t position() const override { return 0; }
  uint32_t ordinal() const override { return 0; }
  Value attribute(bytecode::AttributeId) override { return Value::absent(); }
  bool consent(bytecode::TopicId) override { return false; }
  int64_t history(bytecode::HistoryId) override { return 0; }
  Value list(bytecode::HistoryId) override { return Value::from_bytes(bytecode::k_empty_list); }
  bool segment(bytecode::SegmentId) override { return false; }
  std::string_view zone() override { return request_.zone; }
  std::string_view locale() override { return locale_; }
  SendResult send(bytecode::SiteId, std::span<const Value>, std::span<const Value>) override { return {}; }
  void set_attribute(bytecode::AttributeId, const Value&) override {}
  uint32_t assign_arm(bytecode::ExperimentId) override { return 0; }
  void emit(bytecode::EventId, std::span<const Value>) override {}
  void hand_off(bytecode::JourneyId, std::span<const Value>) override {}
  void call(bytecode::CallId, uint16_t, std::span<const Value>) override {}

 private:
  const BodyRequest& request_;
  std::string_view locale_;
};

std::vector<std::string> tags_of(const std::vector<bytecode::Locale>& locales) {
  std::vector<std::string> tags;
  for (const bytecode::Locale& locale : locales) tags.push_back(locale.tag);
  return tags;
}

// Somebody from Austria who reads German reads it with Austria's numbers; but not a text that is not German.
std::string way_of_writing(std::string_view customer, std::string_view body) {
  const std::optional<std::string> own = canonical_locale(customer);
  return own && language_of(*own) == language_of(body) ? *own : std::string(body);
}

}  // namespace

bool RenderedBody::is_whole() const {
  return std::ranges::all_of(parts, [](const RenderedPart& part) { return part.text.has_value(); });
}

BodyRenderer::BodyRenderer(const bytecode::Program& program, const ZoneTable& zones) : program_(program), machine_(program, zones) {
  if (!program.locales.empty()) matcher_.emplace(tags_of(program.locales));
}

const bytecode::Body* BodyRenderer::pick(const BodyRequest& request) const {
  const auto& bodies = program_.messages[static_cast<size_t>(request.message)].bodies;
  std::optional<bytecode::LocaleId> locale;
  if (matcher_) locale = static_cast<bytecode::LocaleId>(matcher_->best(request.locale).value_or(0));
  while (true) {
    const auto found = std::ranges::find_if(
        bodies, [&](const bytecode::Body& body) { return body.channel == request.channel && body.locale == locale; });
    if (found != bodies.end()) return &*found;
    if (!locale || *locale == bytecode::LocaleId{}) return nullptr;
    locale = program_.locales[static_cast<size_t>(*locale)].otherwise;
  }
}

const RenderedBody& BodyRenderer::render(const BodyRequest& request) {
  rendered_ = {};
  const bytecode::Body* body = pick(request);
  if (body == nullptr) return rendered_;
  std::string writing;
  if (body->locale) {
    rendered_.locale = program_.locales[static_cast<size_t>(*body->locale)].tag;
    writing = way_of_writing(request.locale, rendered_.locale);
  }
  for (const bytecode::BodyPart& part : body->parts) {
    RenderHost host(request, bytecode::is_read(part.name) ? std::string_view(writing) : std::string_view());
    const auto text = evaluate(machine_, host, program_.function(part.render), request.parameters);
    rendered_.parts.push_back({part.name, text ? std::optional(std::string(text->view())) : std::nullopt});
  }
  return rendered_;
}

}  // namespace wend::vm
