#include <algorithm>
#include <cctype>
#include <fstream>
#include <map>
#include <sstream>

#include "tests/reference/evaluator.h"

// The functions of the language. Letters are ASCII in the programs that are compared here.

namespace wend::reference {
namespace {

Value with_amount(const Value& like, const Decimal& amount) {
  if (const auto* money = like.get<Money>()) return Money{amount, money->currency};
  return amount;
}
Decimal amount_of(const Value& value) {
  return value.get<Money>() != nullptr ? value.as<Money>().amount : to_decimal(value);
}

std::string mapped(std::string text, int (*letter)(int)) {
  for (char& c : text) c = static_cast<char>(letter(static_cast<unsigned char>(c)));
  return text;
}

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::int64_t code_points(const std::string& text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; });
}

Value end_of(const Value& list, bool first) {
  const auto& elements = list.as<List>().elements;
  if (elements.empty()) return {};
  return first ? elements.front() : elements.back();
}

// The zones of a country in the order of the system's table; absent when it is unknown.
Value zones_of(const Value& country) {
  if (!country.present()) return {};
  static const auto table = [] {
    std::map<std::string, List> zones;
    std::ifstream file("/usr/share/zoneinfo/zone.tab");
    for (std::string line; std::getline(file, line);) {
      std::istringstream columns(line);
      std::string code, place, zone;
      if (line.starts_with('#') || !(columns >> code >> place >> zone)) continue;
      zones[code].elements.emplace_back(zone);
    }
    return zones;
  }();
  const auto found = table.find(country.as<std::string>());
  return found == table.end() ? Value() : Value(found->second);
}

}  // namespace

Value call_builtin(const std::string& name, const std::vector<Value>& arguments, const Zone& zone) {
  const Value& first = arguments.at(0);
  const auto text = [&](std::size_t at) -> const std::string& { return arguments.at(at).as<std::string>(); };
  if (name == "zones_of") return zones_of(first);
  if (name == "size_of") return static_cast<std::int64_t>(first.as<List>().elements.size());
  if (name == "first_of" || name == "last_of") return end_of(first, name == "first_of");
  if (name == "upper") return mapped(text(0), std::toupper);
  if (name == "lower") return mapped(text(0), std::tolower);
  if (name == "trim") return trimmed(text(0));
  if (name == "length_of") return code_points(text(0));
  if (name == "starts_with") return text(0).starts_with(text(1));
  if (name == "contains_text") return text(0).find(text(1)) != std::string::npos;
  if (name == "round_to")
    return with_amount(first, round_to_places(amount_of(first), static_cast<int>(arguments.at(1).as<std::int64_t>())));
  if (name == "to_integer") {
    const auto whole = to_decimal(first).to_int();
    return whole ? Value(*whole) : Value();
  }
  if (name == "minimum") return with_amount(first, std::min(amount_of(first), amount_of(arguments.at(1))));
  if (name == "maximum") return with_amount(first, std::max(amount_of(first), amount_of(arguments.at(1))));
  if (name == "date_of" || name == "date") return zone.date_of(first.as<Instant>());
  if (name == "time_of") return zone.time_of(first.as<Instant>());
  if (name == "days_between") return std::int64_t{arguments.at(1).as<Date>().days} - first.as<Date>().days;
  throw std::logic_error("the reference does not know the function " + name);
}

}  // namespace wend::reference
