#include "runtime/bytecode/verify.h"

#include "runtime/bytecode/verifier.h"

namespace wend::bytecode {
namespace {

bool verify_all(const Program& program, Fault& fault) {
  if (!verify_types(program, fault) || !verify_texts(program, fault) || !verify_tables(program, fault) ||
      !verify_segments(program, fault) || !verify_experiments(program, fault) || !verify_actions(program, fault)) {
    return false;
  }
  for (const Policy& policy : program.policies) {
    if (!verify_policy(program, policy, fault)) return false;
  }
  for (const Journey& journey : program.journeys) {
    if (!verify_journey(program, journey, fault)) return false;
  }
  if (!verify_changes(program, fault) || !verify_schemas(program, fault)) return false;
  const auto uses = collect_uses(program, fault);
  if (!uses) return false;
  for (const CodeUse& use : *uses) {
    if (!verify_instructions(program, use, fault) || !verify_flow(program, use, fault)) return false;
  }
  return true;
}

}  // namespace

std::optional<LoadError> verify(const Program& program) {
  Fault fault;
  verify_all(program, fault);
  return fault.take();
}

}  // namespace wend::bytecode
