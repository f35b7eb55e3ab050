#include <algorithm>
#include <utility>

#include "compiler/sema/template_value.h"
#include "compiler/sema/test_checker.h"

// What `wend preview` asks for: a test of no journey.

namespace wend::sema {

using types::simple;

namespace {

constexpr int k_sample_depth_max = 4;
const DateDays k_sample_date = days_from_civil({2025, 3, 1});
constexpr TimeOfDaySeconds k_sample_time = 9 * 3600;

/// Of the whole project: who previews stands in no file that could `use` something.
const Symbol* find_anywhere(Context& context, const std::vector<Symbol>& symbols, const syntax::Name& name, SymbolKind kind, const char* what) {
  const auto is_it = [&](const Symbol& each) { return each.kind == kind && each.name == name.text; };
  const auto found = std::ranges::find_if(symbols, is_it);
  if (found == symbols.end()) {
    std::vector<std::string> known;
    for (const Symbol& each : symbols) {
      if (each.kind == kind) known.push_back(each.name);
    }
    Diagnostic& diagnostic = context.report(Kind::unknown_name, name.span).with("what", what).with("name", name.text);
    context.suggest(diagnostic, name.span, name.text, known);
    return nullptr;
  }
  return &*found;
}

ExprPtr constant_of(types::Type type, ConstantValue value, Span span) {
  return make_expr(std::move(type), span, Constant{std::move(value)});
}

std::string sample_text(types::TextFormat format, const std::string& name) {
  if (format == types::TextFormat::email) return "ada@example.com";
  if (format == types::TextFormat::phone) return "+15550100";
  if (format == types::TextFormat::url) return "https://example.com/" + name;
  std::string words = name;
  std::ranges::replace(words, '_', ' ');
  return words;
}

}  // namespace

/// The fixture's value of the attribute that is called as the parameter; null when there is none of its type.
ExprPtr TestChecker::fixture_value(const Parameter& parameter) {
  const auto attribute = std::ranges::find(context_.model.attributes, parameter.name, &Attribute::name);
  const auto given = values_.find(parameter.name);
  if (attribute == context_.model.attributes.end() || given == values_.end()) return nullptr;
  if (types::required(attribute->type) != types::required(parameter.type)) return nullptr;
  Scope scope;
  Flow flow;
  const std::size_t mark = context_.error_mark();
  ExprPtr value = ExprChecker(context_, given->second.file, scope, flow).want(*given->second.value, parameter.type, {parameter.span, "declared here"});
  if (value->type.is_error() || !check_constant(*value)) {
    context_.forget_since(mark);
    return nullptr;
  }
  return value;
}

ExprPtr TestChecker::sample(const types::Type& declared, const std::string& name, Span span, int depth) {
  const types::Type type = types::required(declared);
  using enum types::Kind;
  switch (type.kind) {
    case text:
      return constant_of(type, sample_text(type.format, name), span);
    case boolean:
      return constant_of(type, std::int64_t{1}, span);
    case integer:
      return constant_of(type, std::int64_t{3}, span);
    case decimal:
      return constant_of(type, *Decimal::parse("1.5"), span);
    case percent:
      return constant_of(type, *Decimal::parse("0.15"), span);
    case money:
      return constant_of(type, *Decimal::parse("1234.5"), span);
    case instant:
      return constant_of(type, std::int64_t{k_sample_date} * k_day_ms + std::int64_t{k_sample_time} * k_second_ms, span);
    case date:
      return constant_of(type, std::int64_t{k_sample_date}, span);
    case time_of_day:
      return constant_of(type, std::int64_t{k_sample_time}, span);
    case duration:
      return constant_of(type, std::int64_t{2 * 3600} * k_second_ms, span);
    case period:
      return constant_of(type, Period{0, 3}, span);
    case time_zone:
      return constant_of(type, std::string("Europe/Berlin"), span);
    case enumeration:
      return constant_of(type, std::int64_t{0}, span);
    case list:
    case set: {
      MakeList made;
      const int count = depth < k_sample_depth_max ? (type.kind == list ? 2 : 1) : 0;
      for (int i = 0; i < count; ++i) made.elements.push_back(sample(type.element(), name, span, depth + 1));
      return make_expr(type, span, std::move(made));
    }
    case record: {
      MakeRecord made;
      for (const types::Field& field : context_.model.types.at(type.record).fields) {
        ExprPtr value = field.type.optional ? make_expr(field.type, span, Absent{}) : sample(field.type, field.name, span, depth + 1);
        made.fields.push_back(std::move(value));
      }
      return make_expr(type, span, std::move(made));
    }
    case delivery:
    case error:
    case absent:
      break;
  }
  return make_error(span);
}

void TestChecker::check_preview(const syntax::TestDecl& asked, const Symbol& message, const Symbol* fixture) {
  const std::size_t mark = context_.error_mark();
  Preview preview;
  preview.message = static_cast<MessageId>(message.index);
  const syntax::SentExpectation* sent = nullptr;
  for (const syntax::TestItem& item : asked.items) {
    if (item.kind() == syntax::TestItemKind::StartAt) test_.start_at = moment(item.as<syntax::StartAtItem>().moment);
    if (item.kind() == syntax::TestItemKind::Expect) sent = std::get_if<syntax::SentExpectation>(&item.as<syntax::ExpectItem>().expectation);
  }
  if (fixture != nullptr) take_values(fixture->decl->as<syntax::FixtureDecl>().values, fixture->file, true);
  take_customer();
  const std::vector<Parameter>& parameters = context_.model.messages[message.index].parameters;
  auto given = expected_arguments(message, parameters, sent != nullptr && sent->arguments ? &*sent->arguments : nullptr);
  if (!given || context_.errors_since(mark)) return;
  std::vector<ExprPtr> values(parameters.size());
  for (ExpectedArgument& each : *given) values[each.parameter] = std::move(each.value);
  for (std::size_t at = 0; at < parameters.size(); ++at) {
    const Parameter& parameter = parameters[at];
    if (!values[at] && parameter.default_value != nullptr) continue;
    if (!values[at]) values[at] = fixture_value(parameter);
    if (!values[at]) {
      values[at] = sample(parameter.type, parameter.name, parameter.span, 0);
      if (parameter.type.optional) values[at] = make_expr(parameter.type, parameter.span, ToOptional{std::move(values[at])});
      preview.made_up.push_back(parameter.name);
    }
  }
  preview.given = std::move(test_);
  preview.parameters = std::move(values);
  context_.model.preview = std::move(preview);
}

void check_preview(Context& context, const syntax::TestDecl& asked, const std::vector<Symbol>& symbols) {
  const syntax::SentExpectation* sent = nullptr;
  const syntax::GivenNameItem* given = nullptr;
  for (const syntax::TestItem& item : asked.items) {
    if (item.kind() == syntax::TestItemKind::Expect) sent = std::get_if<syntax::SentExpectation>(&item.as<syntax::ExpectItem>().expectation);
    if (item.kind() == syntax::TestItemKind::GivenName) given = &item.as<syntax::GivenNameItem>();
  }
  if (sent == nullptr) return;
  const Symbol* message = find_anywhere(context, symbols, sent->message, SymbolKind::message, "message");
  const Symbol* fixture = given != nullptr ? find_anywhere(context, symbols, given->name, SymbolKind::fixture, "fixture") : nullptr;
  if (message == nullptr || message->damaged || (given != nullptr && fixture == nullptr)) return;
  TestChecker(context, message->file).check_preview(asked, *message, fixture);
}

}  // namespace wend::sema
