#pragma once

// Private to this folder: the mapping of wend.toml, checked against a program and a file's columns, with names replaced by indexes.

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "runtime/base/decimal.h"
#include "runtime/bytecode/program.h"
#include "runtime/ingest/run_config.h"

namespace wend::ingest {

// `rule` is the configuration's, which outlives it.
struct Text {
  std::optional<size_t> column;
  const TextExpression* rule = nullptr;
};
struct Condition {
  size_t column = 0;
  const ColumnCondition* rule = nullptr;
};
struct Factor {
  std::optional<size_t> column;
  Decimal number;
};
struct Sum {
  std::vector<Factor> factors;
};
struct Count {};
struct Each {
  std::vector<std::optional<Text>> members;  // by field of the record
};
using Source = std::variant<std::monostate, Text, Sum, Count, Each>;

struct EventRule {
  std::string name;
  std::optional<bytecode::EventId> event;  // absent: not declared, counted
  std::vector<Condition> conditions;
  std::vector<Source> sources;  // by field of the event
  std::vector<bytecode::TypeId> types;
};

struct Trait {
  bytecode::AttributeId attribute{};
  Text text;
};

// Turns names into indexes; the first one that names nothing is the error.
class Binder {
 public:
  Binder(const bytecode::Program& program, const std::vector<std::string>& columns) : program_(program), columns_(columns) {}

  size_t column(const std::string& name, const std::string& where);
  Text text(const TextExpression& rule, const std::string& where);
  EventRule event(const CsvEvent& rule);
  Trait trait(const std::string& name, const TextExpression& rule);

  const std::optional<std::string>& error() const { return error_; }

 private:
  Source source(const PropertyExpression& expression, const bytecode::FieldInfo& field, const std::string& where);
  Each each(const EachExpression& expression, bytecode::TypeId type, const std::string& where);
  void fail(std::string what) {
    if (!error_) error_ = std::move(what);
  }

  const bytecode::Program& program_;
  const std::vector<std::string>& columns_;
  std::optional<std::string> error_;
};

}  // namespace wend::ingest
