#include "runtime/engine/entry_index.h"

#include <algorithm>

#include "runtime/engine/entry_condition.h"

namespace wend::engine {
namespace {

// Below so many journeys found by a field, asking them costs no more than finding them.
constexpr size_t k_indexed_min = 4;

}  // namespace

std::unique_ptr<const EntryIndex> EntryIndex::of(const bytecode::Program& program, bytecode::EventId event,
                                                 std::span<const JourneyEntries> entries) {
  auto index = std::make_unique<EntryIndex>();
  for (uint32_t place = 0; place < entries.size(); ++place) {
    if (!index->add(program, entries[place], place)) index->always_.push_back(place);
  }
  if (entries.size() - index->always_.size() < k_indexed_min) return nullptr;
  for (const bytecode::FieldInfo& field : program.event(event).fields) index->types_.push_back(field.type);
  index->shape_ = bytecode::RowShape::of(program, index->types_);
  std::ranges::sort(index->required_);
  index->required_.erase(std::unique(index->required_.begin(), index->required_.end()), index->required_.end());
  return index;
}

bool EntryIndex::add(const bytecode::Program& program, const JourneyEntries& entries, uint32_t place) {
  const bytecode::Journey& journey = program.journey(entries.journey);
  // What is optional may be taken away again by a journey that the same event starts.
  const auto may_go = [&](bytecode::AttributeId id) { return program.type(program.attributes[static_cast<size_t>(id)].type).optional; };
  if (std::ranges::any_of(journey.required, may_go)) return false;
  std::vector<FieldTest> tests;
  for (const uint16_t entry : entries.entries) {
    std::optional<FieldTest> test = decisive_field(program, journey, journey.entries[entry]);
    if (!test) return false;
    tests.push_back(std::move(*test));
  }
  required_.insert(required_.end(), journey.required.begin(), journey.required.end());
  for (const FieldTest& test : tests) {
    Field& field = fields_[test.field];
    for (const bytecode::ConstantId id : test.constants) {
      const bytecode::Constant& constant = program.constants[static_cast<size_t>(id)];
      const auto* word = std::get_if<int64_t>(&constant.value);
      field.is_word = word != nullptr;
      Places& places = word != nullptr ? field.by_word[*word] : field.by_bytes[std::get<std::string>(constant.value)];
      if (places.empty() || places.back() != place) places.push_back(place);
    }
  }
  return true;
}

const EntryIndex::Places* EntryIndex::places_of(const Field& field, const bytecode::Value& value) const {
  if (!value.present) return nullptr;
  if (field.is_word) {
    const auto found = field.by_word.find(value.word);
    return found == field.by_word.end() ? nullptr : &found->second;
  }
  const auto found = field.by_bytes.find(value.view());
  return found == field.by_bytes.end() ? nullptr : &found->second;
}

std::optional<std::span<const uint32_t>> EntryIndex::candidates(const bytecode::Program& program, std::string_view row,
                                                                std::vector<uint32_t>& scratch) const {
  if (!bytecode::validate_row(row, program, types_)) return std::nullopt;
  bytecode::RowCursor cursor(program, shape_, row);
  const Places* only = &always_;
  bool is_merged = false;
  for (const auto& [number, field] : fields_) {
    const Places* places = places_of(field, cursor.column(number));
    if (places == nullptr) continue;
    if (!is_merged && only->empty()) {
      only = places;
      continue;
    }
    if (!is_merged) scratch = *only;
    is_merged = true;
    const auto middle = static_cast<std::ptrdiff_t>(scratch.size());
    scratch.insert(scratch.end(), places->begin(), places->end());
    std::inplace_merge(scratch.begin(), scratch.begin() + middle, scratch.end());
  }
  if (!is_merged) return std::span<const uint32_t>(*only);
  // A journey with several entries may be found by more than one field.
  scratch.erase(std::unique(scratch.begin(), scratch.end()), scratch.end());
  return std::span<const uint32_t>(scratch);
}

}  // namespace wend::engine
