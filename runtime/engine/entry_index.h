#pragma once

// Which of many entries on one event can hold, by the value of a field that their conditions compare with constants: the others are not
// asked, because their conditions would return false, without a fault.
//
// Invariants
//   1. An entry that is left out has no effect on anything, counters included. So only events that are well-formed and customers who have
//      everything that the journeys require go through the index.
//   2. Candidates are in the order of the entries.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "runtime/bytecode/packed.h"
#include "runtime/bytecode/program.h"

namespace wend::engine {

// The entries of one journey on one event, in text order.
struct JourneyEntries {
  bytecode::JourneyId journey{};
  std::vector<uint16_t> entries;
};

class EntryIndex {
 public:
  // Null where asking all of them is as fast. The program and the entries outlive it.
  static std::unique_ptr<const EntryIndex> of(const bytecode::Program& program, bytecode::EventId event,
                                              std::span<const JourneyEntries> entries);

  // Attributes without which an entry is refused before it is asked. Once set they stay, so that it is enough to look beforehand.
  const std::vector<bytecode::AttributeId>& required() const { return required_; }
  // Places in the entries, ascending; `scratch` may hold them. nullopt: the row is malformed, and all have to be asked.
  std::optional<std::span<const uint32_t>> candidates(const bytecode::Program& program, std::string_view row,
                                                      std::vector<uint32_t>& scratch) const;

 private:
  using Places = std::vector<uint32_t>;
  struct Field {
    bool is_word = false;
    std::unordered_map<int64_t, Places> by_word;
    std::unordered_map<std::string_view, Places> by_bytes;
  };
  const Places* places_of(const Field& field, const bytecode::Value& value) const;
  // The journey's entries on the event, each by its field. False: one of them has to be asked whatever the event says.
  bool add(const bytecode::Program& program, const JourneyEntries& entries, uint32_t place);

  std::map<uint16_t, Field> fields_;
  Places always_;
  std::vector<bytecode::AttributeId> required_;
  std::vector<bytecode::TypeId> types_;  // of the event's fields
  bytecode::RowShape shape_;
};

}  // namespace wend::engine
