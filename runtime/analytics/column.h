#pragma once

// Attributes and consents of all customers, one column each. Only what somebody reads is laid out.
//
// A word is what it is in a register. A decimal is its coefficient at one exponent that all columns and constants share, so that two of them
// compare as integers. A text is its number in the column's dictionary, which is good for asking whether two are equal. A column whose values do
// not fit (decimals of too many digits, texts too many and too different) is `usable == false`: conditions that read it go by customer.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "runtime/bytecode/program.h"
#include "runtime/vm/machine.h"

namespace wend::analytics {

// Texts that differ more often than this are names, not classes: nobody groups people by them.
constexpr size_t k_dictionary_max = 65'536;

struct Column {
  std::vector<int64_t> words;     // by customer; 0 where absent. Empty for a boolean
  std::vector<uint8_t> bits;      // of a boolean: 0 or 1. Empty for all others
  std::vector<uint8_t> present;   // 0 or 1
  std::vector<Decimal> decimals;  // until the exponent is known
  bool usable = true;
};

class Columns {
 public:
  explicit Columns(const bytecode::Program& program) : program_(program), attributes_(program.attributes.size()), consents_(program.topics.size()) {}

  // Before the first customer: what the function reads is wanted, and its decimal constants have to fit.
  void read_by(const bytecode::Function& function);
  void reserve(uint64_t customers);
  void add(vm::Host& customer);
  // After the last one: decimals get their common exponent, and columns are filled up to whole blocks.
  void finish();

  const Column* attribute(bytecode::AttributeId id) const { return of(attributes_, static_cast<size_t>(id)); }
  const Column* consent(bytecode::TopicId id) const { return of(consents_, static_cast<size_t>(id)); }
  // A constant as it stands in columns; nullopt: it cannot. A text that no customer has gets a number that none has.
  std::optional<int64_t> word_of(const bytecode::Constant& constant) const;

 private:
  static const Column* of(const std::vector<std::optional<Column>>& columns, size_t id) {
    return columns[id] && columns[id]->usable ? &*columns[id] : nullptr;
  }
  void add(Column& column, bytecode::ValueKind kind, const bytecode::Value& value);
  void note_exponent(const Decimal& decimal) { exponent_ = std::min(exponent_, decimal.is_zero() ? 0 : decimal.exponent()); }

  const bytecode::Program& program_;
  std::vector<std::optional<Column>> attributes_;  // by id; nullopt: nobody reads it
  std::vector<std::optional<Column>> consents_;
  std::unordered_map<std::string, int64_t> dictionary_;  // of all texts
  std::string text_;                                     // scratch
  int exponent_ = 0;                                     // of every decimal: the least that any has
};

}  // namespace wend::analytics
