#include "runtime/analytics/column.h"

#include <algorithm>

#include "runtime/analytics/lanes.h"

namespace wend::analytics {

using bytecode::Constant;
using bytecode::Instruction;
using bytecode::Opcode;
using bytecode::Representation;
using bytecode::Value;

namespace {

// A text that is in no column.
constexpr int64_t k_unknown_text = -1;
// 10^18 is the largest power of ten that a word holds.
constexpr int k_word_digits = 18;

// decimal = word × 10^exponent; nullopt when the word would not fit.
std::optional<int64_t> at_exponent(const Decimal& decimal, int exponent) {
  if (decimal.is_zero()) return 0;
  const int shift = decimal.exponent() - exponent;
  if (shift < 0 || shift > k_word_digits) return std::nullopt;
  unsigned __int128 magnitude = decimal.coefficient();
  if (magnitude > INT64_MAX) return std::nullopt;
  for (int i = 0; i < shift; ++i) {
    magnitude *= 10;
    if (magnitude > INT64_MAX) return std::nullopt;
  }
  return decimal.is_negative() ? -static_cast<int64_t>(magnitude) : static_cast<int64_t>(magnitude);
}

}  // namespace

void Columns::read_by(const bytecode::Function& function) {
  for (const Instruction& at : function.code) {
    if (at.opcode == Opcode::load_attribute && !attributes_[at.b]) attributes_[at.b].emplace();
    if (at.opcode == Opcode::load_consent && !consents_[at.b]) consents_[at.b].emplace();
    if (at.opcode != Opcode::load_constant) continue;
    const Constant& constant = program_.constants[at.b];
    if (const auto* decimal = std::get_if<Decimal>(&constant.value)) note_exponent(*decimal);
  }
}

void Columns::reserve(uint64_t customers) {
  for (auto* columns : {&attributes_, &consents_}) {
    for (auto& column : *columns) {
      if (column) column->present.reserve(customers);
    }
  }
}

void Columns::add(vm::Host& customer) {
  for (size_t id = 0; id < attributes_.size(); ++id) {
    if (!attributes_[id]) continue;
    const bytecode::ValueKind kind = program_.type(program_.attributes[id].type).kind;
    add(*attributes_[id], kind, customer.attribute(static_cast<bytecode::AttributeId>(id)));
  }
  for (size_t id = 0; id < consents_.size(); ++id) {
    if (!consents_[id]) continue;
    add(*consents_[id], bytecode::ValueKind::boolean, Value::from_word(customer.consent(static_cast<bytecode::TopicId>(id))));
  }
}

void Columns::add(Column& column, bytecode::ValueKind kind, const Value& value) {
  column.present.push_back(value.present);
  if (kind == bytecode::ValueKind::boolean) {
    column.bits.push_back(value.present && value.word != 0);
    return;
  }
  int64_t word = 0;
  switch (bytecode::representation(kind)) {
    case Representation::word:
      if (value.present) word = value.word;
      break;
    case Representation::decimal:
      column.decimals.push_back(value.present ? value.decimal : Decimal());
      note_exponent(column.decimals.back());
      return;
    case Representation::bytes: {
      if (!value.present || !column.usable) break;
      text_.assign(value.view());
      const auto known = dictionary_.find(text_);
      if (known != dictionary_.end()) {
        word = known->second;
        break;
      }
      column.usable = dictionary_.size() < k_dictionary_max;
      if (!column.usable) break;
      word = static_cast<int64_t>(dictionary_.size());
      dictionary_.emplace(text_, word);
      break;
    }
  }
  column.words.push_back(word);
}

void Columns::finish() {
  for (auto* columns : {&attributes_, &consents_}) {
    for (auto& column : *columns) {
      if (!column) continue;
      for (const Decimal& decimal : column->decimals) {
        const auto word = at_exponent(decimal, exponent_);
        column->usable &= word.has_value();
        column->words.push_back(word.value_or(0));
      }
      std::vector<Decimal>().swap(column->decimals);
      const size_t whole_blocks = (column->present.size() + k_lanes - 1) / k_lanes * k_lanes;
      column->present.resize(whole_blocks);
      if (column->bits.empty()) {
        column->words.resize(whole_blocks);
      } else {
        column->bits.resize(whole_blocks);
      }
    }
  }
}

std::optional<int64_t> Columns::word_of(const Constant& constant) const {
  if (const auto* word = std::get_if<int64_t>(&constant.value)) return *word;
  if (const auto* decimal = std::get_if<Decimal>(&constant.value)) return at_exponent(*decimal, exponent_);
  const auto known = dictionary_.find(std::get<std::string>(constant.value));
  return known != dictionary_.end() ? known->second : k_unknown_text;
}

}  // namespace wend::analytics
