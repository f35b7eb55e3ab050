#include "tests/reference/values.h"

namespace wend::reference {
namespace {

const Fields& fields_of(const Value& value) {
  return *value.as<Record>().fields;
}

std::string join(const std::vector<std::string>& parts, const char* open, const char* close) {
  std::string text = open;
  for (std::size_t i = 0; i < parts.size(); ++i) text += (i == 0 ? "" : ", ") + parts[i];
  return text + close;
}

std::int64_t checked_add(std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  if (__builtin_add_overflow(a, b, &result)) throw Fault("addition");
  return result;
}
std::int64_t checked_multiply(std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  if (__builtin_mul_overflow(a, b, &result)) throw Fault("multiplication");
  return result;
}
Decimal known(const std::optional<Decimal>& value) {
  if (!value) throw Fault("decimal");
  return *value;
}

bool is_number(const Value& value) {
  return value.get<std::int64_t>() != nullptr || value.get<Decimal>() != nullptr;
}

// The amount as a Decimal, and the currency that the result keeps.
Decimal amount_of(const Value& value) {
  if (const auto* money = value.get<Money>()) return money->amount;
  return to_decimal(value);
}

Value with_currency_of(const Value& a, const Value& b, const Decimal& amount) {
  if (const auto* money = a.get<Money>()) return Money{amount, money->currency};
  if (const auto* money = b.get<Money>()) return Money{amount, money->currency};
  return amount;
}

int sign(bool less, bool equal) {
  return equal ? 0 : less ? -1 : 1;
}

}  // namespace

Decimal to_decimal(const Value& value) {
  if (const auto* integer = value.get<std::int64_t>()) return Decimal::from_int(*integer);
  return value.as<Decimal>();
}

std::string show(const Value& value) {
  struct Shower {
    std::string operator()(const Absent&) const { return "absent"; }
    std::string operator()(bool truth) const { return truth ? "true" : "false"; }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(const Decimal& number) const { return number.to_string(); }
    std::string operator()(const Money& money) const { return money.amount.to_string(); }
    std::string operator()(const OpenMoney& money) const { return "(" + money.amount.to_string() + ", \"" + money.currency + "\")"; }
    std::string operator()(const std::string& text) const { return "\"" + text + "\""; }
    std::string operator()(const Instant& at) const { return "@" + std::to_string(at.ms); }
    std::string operator()(const Date& date) const { return "day " + std::to_string(date.days); }
    std::string operator()(const TimeOfDay& time) const { return "second " + std::to_string(time.seconds); }
    std::string operator()(const Span& span) const {
      return span.exact ? std::to_string(span.ms) + " ms" : std::to_string(span.months) + " months " + std::to_string(span.days) + " days";
    }
    std::string operator()(const EnumName& name) const { return name.name; }
    std::string operator()(const List& list) const {
      std::vector<std::string> parts;
      for (const Value& element : list.elements) parts.push_back(show(element));
      return join(parts, "[", "]");
    }
    std::string operator()(const Record& record) const {
      std::vector<std::string> parts;
      for (const auto& [name, field] : *record.fields) parts.push_back(show(field));
      return join(parts, "(", ")");
    }
    std::string operator()(const Delivery& delivery) const { return "delivery " + delivery.key; }
    std::string operator()(const EventFields&) const { return "event"; }
  };
  return std::visit(Shower(), value.is);
}

bool equal(const Value& a, const Value& b) {
  if (!a.present() || !b.present()) return false;
  if (is_number(a) && is_number(b)) return to_decimal(a) == to_decimal(b);
  if (a.get<Record>() != nullptr) {
    for (std::size_t i = 0; i < fields_of(a).size(); ++i) {
      const Value& left = fields_of(a)[i].second;
      const Value& right = fields_of(b)[i].second;
      if (left.present() != right.present() || (left.present() && !equal(left, right))) return false;
    }
    return true;
  }
  if (const auto* list = a.get<List>()) {
    const auto& other = b.as<List>();
    if (list->elements.size() != other.elements.size()) return false;
    for (std::size_t i = 0; i < other.elements.size(); ++i) {
      if (!equal(list->elements[i], other.elements[i])) return false;
    }
    return true;
  }
  return show(a) == show(b);
}

int compare(const Value& a, const Value& b) {
  if (const auto* money = a.get<Money>()) {
    const Decimal& other = b.as<Money>().amount;
    return sign(money->amount < other, money->amount == other);
  }
  if (const auto* at = a.get<Instant>()) return sign(at->ms < b.as<Instant>().ms, at->ms == b.as<Instant>().ms);
  if (const auto* date = a.get<Date>()) return sign(date->days < b.as<Date>().days, date->days == b.as<Date>().days);
  if (const auto* time = a.get<TimeOfDay>())
    return sign(time->seconds < b.as<TimeOfDay>().seconds, time->seconds == b.as<TimeOfDay>().seconds);
  if (const auto* span = a.get<Span>()) return sign(span->ms < b.as<Span>().ms, span->ms == b.as<Span>().ms);
  const Decimal left = to_decimal(a);
  const Decimal right = to_decimal(b);
  return sign(left < right, left == right);
}

constexpr std::size_t k_text_max = 1 << 16;

Value add(const Value& a, const Value& b) {
  if (a.get<std::int64_t>() != nullptr && b.get<std::int64_t>() != nullptr) return checked_add(a.as<std::int64_t>(), b.as<std::int64_t>());
  if (const auto* text = a.get<std::string>()) {
    if (text->size() > k_text_max) throw Unsettled("a text that grows with every event emitted: the engine bounds it");
    return *text + b.as<std::string>();
  }
  if (const auto* span = a.get<Span>()) return Span{true, checked_add(span->ms, b.as<Span>().ms)};
  return with_currency_of(a, b, known(wend::add(amount_of(a), amount_of(b))));
}

Value subtract(const Value& a, const Value& b) {
  if (a.get<std::int64_t>() != nullptr && b.get<std::int64_t>() != nullptr) {
    std::int64_t result = 0;
    if (__builtin_sub_overflow(a.as<std::int64_t>(), b.as<std::int64_t>(), &result)) throw Fault("subtraction");
    return result;
  }
  if (const auto* at = a.get<Instant>()) return Span{true, at->ms - b.as<Instant>().ms};
  if (const auto* span = a.get<Span>()) return Span{true, checked_add(span->ms, -b.as<Span>().ms)};
  return with_currency_of(a, b, known(wend::subtract(amount_of(a), amount_of(b))));
}

Value multiply(const Value& a, const Value& b) {
  if (a.get<std::int64_t>() != nullptr && b.get<std::int64_t>() != nullptr) {
    return checked_multiply(a.as<std::int64_t>(), b.as<std::int64_t>());
  }
  if (const auto* span = a.get<Span>()) return Span{true, checked_multiply(span->ms, b.as<std::int64_t>())};
  if (b.get<Span>() != nullptr) return multiply(b, a);
  return with_currency_of(a, b, known(wend::multiply(amount_of(a), amount_of(b))));
}

Value divide(const Value& a, const Value& b) {
  const Decimal quotient = known(wend::divide(amount_of(a), amount_of(b)));
  if (const auto* money = a.get<Money>(); money != nullptr && b.get<Money>() == nullptr) return Money{quotient, money->currency};
  return quotient;
}

Value negate(const Value& a) {
  if (const auto* integer = a.get<std::int64_t>()) {
    std::int64_t result = 0;
    if (__builtin_sub_overflow(std::int64_t{0}, *integer, &result)) throw Fault("negation");
    return result;
  }
  if (const auto* money = a.get<Money>()) return Money{wend::negate(money->amount), money->currency};
  return wend::negate(a.as<Decimal>());
}

}  // namespace wend::reference
