#include <algorithm>
#include <array>
#include <string_view>

#include "compiler/sema/context.h"
#include "runtime/bytecode/text_format.h"

// Written types: `List<CartItem>?`.

namespace wend::sema {
namespace {

struct SimpleType {
  std::string_view name;
  types::Kind kind;
};
constexpr std::array k_simple_types = {
    SimpleType{"Bool", types::Kind::boolean},          SimpleType{"Int", types::Kind::integer},
    SimpleType{"Decimal", types::Kind::decimal},       SimpleType{"Percent", types::Kind::percent},
    SimpleType{"Instant", types::Kind::instant},       SimpleType{"Date", types::Kind::date},
    SimpleType{"TimeOfDay", types::Kind::time_of_day}, SimpleType{"Duration", types::Kind::duration},
    SimpleType{"Period", types::Kind::period},         SimpleType{"TimeZone", types::Kind::time_zone},
};
constexpr std::array k_text_types = {
#define WEND_TEXT_FORMAT(number, name, type_name) types::TextFormat::name,
#include "runtime/bytecode/text_formats.def"
#undef WEND_TEXT_FORMAT
};

/// What people who know other languages write.
struct ForeignName {
  std::string_view foreign;
  std::string_view ours;
};
constexpr std::array k_foreign_names = {
    ForeignName{"String", "Text"},       ForeignName{"Str", "Text"},          ForeignName{"Integer", "Int"},
    ForeignName{"Long", "Int"},          ForeignName{"Number", "Decimal"},    ForeignName{"Float", "Decimal"},
    ForeignName{"Double", "Decimal"},    ForeignName{"Boolean", "Bool"},      ForeignName{"DateTime", "Instant"},
    ForeignName{"Datetime", "Instant"},  ForeignName{"Timestamp", "Instant"}, ForeignName{"Time", "TimeOfDay"},
    ForeignName{"Timezone", "TimeZone"}, ForeignName{"Array", "List"},        ForeignName{"Uuid", "Id"},
    ForeignName{"Uri", "Url"},           ForeignName{"Language", "Locale"},   ForeignName{"Currency", "Text"},
};

std::vector<std::string> builtin_type_names() {
  std::vector<std::string> result = {"List", "Set", "Money"};
  for (const SimpleType& type : k_simple_types) result.emplace_back(type.name);
  for (const types::TextFormat format : k_text_types) result.emplace_back(bytecode::type_name(format));
  return result;
}

}  // namespace

types::Type Context::resolve_type(std::size_t file, const syntax::TypeRef& ref) {
  if (ref.name.text.empty()) return {};
  types::Type type = resolve_named(file, ref);
  return ref.optional ? types::optional(std::move(type)) : type;
}

types::Type Context::resolve_named(std::size_t file, const syntax::TypeRef& ref) {
  const std::string& name = ref.name.text;
  if (ref.length) {
    Diagnostic& diagnostic = report(Kind::text_length_misplaced, ref.span).with("type", snippet(ref.span, "…"));
    diagnostic.note("a parameter of a message has one, of type `Text`: what is longer is cut in the message's texts");
    if (name == "Text") diagnostic.help("write `Text`", {ref.span, ref.optional ? "Text?" : "Text", diag::Applicability::likely});
    return name == "Text" ? types::text() : types::Type();
  }
  if (name == "Money") return resolve_money(ref);
  if (name == "List" || name == "Set") return resolve_container(file, ref);
  if (name == "Delivery") {
    report(Kind::delivery_declared, ref.span)
        .label("no place to declare takes one")
        .note("a delivery stands for one message that one instance has sent; its receipts are awaited where it was sent")
        .help("name it where it is made: `send … as nudge`, then `on nudge.clicked`");
    return {};
  }
  if (!ref.arguments.empty()) {
    report(Kind::wrong_type_arguments, ref.span).with("type", name).with("expected", "no arguments").label("only List, Set and Money do");
    return {};
  }
  for (const SimpleType& simple : k_simple_types) {
    if (simple.name == name) return types::simple(simple.kind);
  }
  for (const types::TextFormat format : k_text_types) {
    if (bytecode::type_name(format) == name) return types::text(format);
  }
  const Lookup found = names.find(file, name);
  const auto foreign = std::ranges::find(k_foreign_names, name, &ForeignName::foreign);
  if (!found.symbol && foreign != k_foreign_names.end()) {
    report(Kind::unknown_name, ref.name.span)
        .with("what", "type")
        .with("name", name)
        .help("the type is called `" + std::string(foreign->ours) + "`",
              {ref.name.span, std::string(foreign->ours), diag::Applicability::likely});
    return {};
  }
  if (!found.symbol) {
    std::vector<std::string> candidates;
    if (!is_flooded()) candidates = names.visible(file, {SymbolKind::enumeration, SymbolKind::record});
    for (std::string& builtin : builtin_type_names()) candidates.push_back(std::move(builtin));
    report_unknown(file, ref.name, "type", candidates);
    return {};
  }
  const Symbol* symbol = require(file, ref.name, {SymbolKind::record, SymbolKind::enumeration}, "type");
  if (!symbol) return {};
  if (symbol->kind == SymbolKind::enumeration) return types::enumeration(static_cast<types::EnumId>(symbol->index));
  return types::record(static_cast<types::RecordId>(symbol->index));
}

types::Type Context::resolve_money(const syntax::TypeRef& ref) {
  if (ref.arguments.empty()) return open_money();
  const std::string& currency = ref.arguments.front().name.text;
  if (ref.arguments.size() != 1 || !types::is_currency_code(currency) || ref.arguments.front().optional || !ref.arguments.front().arguments.empty()) {
    report(Kind::wrong_type_arguments, ref.span)
        .with("type", "Money")
        .with("expected", "one currency of three capital letters, as in `Money<USD>`");
    return {};
  }
  return types::money(currency);
}

types::Type Context::open_money() {
  types::TypeTable& table = model.types;
  if (!table.open_money) {
    types::Field amount;
    amount.name = amount.wire = "amount";
    amount.type = types::simple(types::Kind::decimal);
    types::Field currency;
    currency.name = currency.wire = "currency";
    currency.type = types::text();
    table.open_money = static_cast<types::RecordId>(table.records.size());
    table.records.push_back({"Money", {std::move(amount), std::move(currency)}, {}});
  }
  return types::record(*table.open_money);
}

types::Type Context::resolve_container(std::size_t file, const syntax::TypeRef& ref) {
  if (ref.arguments.size() != 1) {
    report(Kind::wrong_type_arguments, ref.span)
        .with("type", ref.name.text)
        .with("expected", "one element type, as in `" + ref.name.text + "<Text>`");
    return {};
  }
  types::Type element = resolve_type(file, ref.arguments.front());
  if (element.is_error()) return {};
  if (element.optional) {
    report(Kind::optional_element, ref.arguments.front().span)
        .with("container", ref.name.text == "List" ? "list" : "set")
        .help("leave the question mark out: what is absent is simply not in it");
    return {};
  }
  return ref.name.text == "List" ? types::list_of(std::move(element)) : types::set_of(std::move(element));
}

}  // namespace wend::sema
