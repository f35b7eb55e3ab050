#pragma once

// Values of the reference interpreter. They are dynamically typed on purpose: the programs it is given have passed the checker,
// so a value says at run time what it is, and nothing here depends on the types that the compiler worked out.

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "runtime/base/decimal.h"

namespace wend::reference {

/// An overflow or a division by zero.
struct Fault : std::runtime_error {
  explicit Fault(const std::string& what) : std::runtime_error(what) {}
};

/// The documents do not say what happens, or it would take for ever: nothing is compared.
struct Unsettled : std::runtime_error {
  explicit Unsettled(const std::string& what) : std::runtime_error(what) {}
};

struct Value;

struct Absent {};
struct Money {
  Decimal amount;
  std::string currency;
};
/// Of a type that does not say the currency.
struct OpenMoney {
  Decimal amount;
  std::string currency;
};
struct Instant {
  std::int64_t ms = 0;
};
struct Date {
  std::int32_t days = 0;  // since 1970-01-01
};
struct TimeOfDay {
  std::int32_t seconds = 0;
};
/// A Duration (elapsed milliseconds) or a Period (months, then days, then business days).
struct Span {
  bool exact = true;
  std::int64_t ms = 0;
  std::int64_t months = 0;
  std::int64_t days = 0;
  std::int64_t business_days = 0;
};
struct EnumName {
  std::string name;
};
struct List {
  std::vector<Value> elements;
};
using Fields = std::vector<std::pair<std::string, Value>>;
struct Record {
  std::shared_ptr<const Fields> fields;  // in declared order
};
struct Delivery {
  std::string key;  // hexadecimal
};
/// What an event's name is bound to.
struct EventFields {
  std::shared_ptr<const Fields> fields;
};

struct Value {
  std::variant<Absent, bool, std::int64_t, Decimal, Money, OpenMoney, std::string, Instant, Date, TimeOfDay, Span, EnumName, List, Record, Delivery,
               EventFields>
      is;

  Value() : is(Absent{}) {}
  template <typename Kind>
  Value(Kind kind) : is(std::move(kind)) {}  // a value is made from any of its kinds
  explicit Value(const char* text) : is(std::string(text)) {}

  template <typename Kind>
  const Kind* get() const {
    return std::get_if<Kind>(&is);
  }
  template <typename Kind>
  const Kind& as() const {
    return std::get<Kind>(is);
  }
  bool present() const { return get<Absent>() == nullptr; }
};

/// One spelling for one value, the same as that of the engine's side of the comparison (engine_side.cpp).
std::string show(const Value& value);

/// `==` of the language: false when either side is absent.
bool equal(const Value& a, const Value& b);
/// Negative, zero, positive; of kinds that have an order.
int compare(const Value& a, const Value& b);

Value add(const Value& a, const Value& b);
Value subtract(const Value& a, const Value& b);
Value multiply(const Value& a, const Value& b);
Value divide(const Value& a, const Value& b);
Value negate(const Value& a);
Decimal to_decimal(const Value& value);

}  // namespace wend::reference
