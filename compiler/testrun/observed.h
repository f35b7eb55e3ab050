#pragma once

// What the worlds of many tests did, added up; for coverage.

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "runtime/engine/command.h"
#include "runtime/vm/visits.h"

namespace wend::testrun {

struct SendOutcomes {
  std::uint64_t sent = 0;
  std::map<engine::Suppression, std::uint64_t> suppressed;
};

struct Observed {
  vm::Visits visits;
  std::map<std::pair<bytecode::JourneyId, bytecode::SiteId>, SendOutcomes> sends;
  std::map<std::pair<bytecode::JourneyId, std::string>, std::uint64_t> exits;  ///< by label
};

}  // namespace wend::testrun
