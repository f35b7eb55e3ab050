// What the program says of names that are gone.

#include <algorithm>

#include "runtime/bytecode/limits.h"
#include "runtime/bytecode/verifier.h"

namespace wend::bytecode {
namespace {

bool verify_retired(const Program& program, const RetiredStep& retired, Fault& fault) {
  const std::string where = fmt::format("retired step {}", retired.step);
  const auto number = static_cast<size_t>(retired.journey);
  if (!fault.require(number < program.journeys.size(), where, "journey {} of {}", number, program.journeys.size())) return false;
  const Journey& journey = program.journeys[number];
  const auto has = [&](const std::string& step) { return std::find(journey.steps.begin(), journey.steps.end(), step) != journey.steps.end(); };
  return fault.require(!has(retired.step), where, "journey {} still has the step", journey.name) &&
         fault.require(retired.resume_at.empty() || has(retired.resume_at), where, "journey {} has no step {}", journey.name,
                       retired.resume_at) &&
         fault.require(static_cast<size_t>(retired.label) < journey.labels.size(), where, "label {} of {}",
                       static_cast<size_t>(retired.label), journey.labels.size());
}

}  // namespace

const char* to_string(RenamedKind kind) {
  switch (kind) {
    case RenamedKind::journey:
      return "journey";
    case RenamedKind::step:
      return "step";
    case RenamedKind::flow:
      return "flow";
    case RenamedKind::event:
      return "event";
    case RenamedKind::message:
      return "message";
    case RenamedKind::field:
      return "field";
    case RenamedKind::attribute:
      return "attribute";
  }
  return nullptr;
}

bool verify_changes(const Program& program, Fault& fault) {
  if (!fault.require(program.renames.size() <= k_table_max && program.retired.size() <= k_table_max, "section changes",
                     "more than {} entries", k_table_max)) {
    return false;
  }
  for (const Rename& rename : program.renames) {
    const std::string where = fmt::format("renamed {}", rename.to);
    if (!fault.require(to_string(rename.kind) != nullptr, where, "unknown kind {}", static_cast<int>(rename.kind)) ||
        !fault.require(!rename.from.empty() && rename.from != rename.to, where, "it was never called otherwise")) {
      return false;
    }
  }
  return std::all_of(program.retired.begin(), program.retired.end(),
                     [&](const RetiredStep& retired) { return verify_retired(program, retired, fault); });
}

}  // namespace wend::bytecode
