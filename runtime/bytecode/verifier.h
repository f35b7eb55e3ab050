#pragma once

// Internal to the verifier: where it keeps the first thing that is wrong, and how its parts call each other.

#include <fmt/format.h>

#include <optional>
#include <string>
#include <vector>

#include "runtime/bytecode/program_file.h"

namespace wend::bytecode {

// Keeps the first fault; everything after it may be a consequence.
class Fault {
 public:
  // Always false, so that a check can `return fault.at(…)`.
  bool at(std::string where, std::string what) {
    if (!error_) error_ = LoadError{0, std::move(where), std::move(what)};
    return false;
  }
  // `condition`, having said what is wrong when it does not hold.
  template <typename... Arguments>
  bool require(bool condition, const std::string& where, fmt::format_string<Arguments...> what, Arguments&&... arguments) {
    if (condition) return true;
    return at(where, fmt::format(what, std::forward<Arguments>(arguments)...));
  }
  std::optional<LoadError> take() { return std::move(error_); }

 private:
  std::optional<LoadError> error_;
};

// What the code reached from a start is for: what it may do and what it returns.
enum class Role : uint8_t {
  body,       // runs the journey: suspends or ends
  arm,        // the same, or declines
  condition,  // returns a boolean
  key,        // returns anything
  deadline,   // returns an instant or absent
  text,       // returns text
  address,    // returns a text or a list of texts, or absent
  zone,       // returns a time zone or a list of them, or absent
  segment,    // returns a boolean from attributes, consents and history alone
  date,       // returns a date, or absent
  shadow,     // returns what the start wants, and asks nobody
  locale,     // returns a text, or absent
};

// One way into a function's code.
struct Start {
  uint32_t pc = 0;
  Role role{};
  std::optional<EventId> event;  // what `load_field` reads
  size_t assigned = 0;           // index into CodeUse::assigned
  std::string name;              // "where of entry 0"
  std::optional<TypeId> wanted = std::nullopt;     // role `shadow`
  std::optional<ForkPlace> within = std::nullopt;  // the branch of a fork that it is in
  bool begins = false;                             // an instance begins here
};

struct CodeUse {
  const Function* function = nullptr;
  std::string name;                  // "journey cart", "function 3 (address of email)"
  const Journey* journey = nullptr;  // body of this journey; sites, points and labels are its own
  // Sets of registers that hold something at a start, besides the parameters. Set 0 is empty; the layouts follow.
  std::vector<std::vector<Register>> assigned{{}};
  std::vector<Start> starts;
  size_t goal_registers = 0;  // the set that must be assigned when a run that began at an entry's start stops
};

// In this order; each relies on what those before have checked.
bool verify_types(const Program& program, Fault& fault);
bool verify_texts(const Program& program, Fault& fault);
bool verify_tables(const Program& program, Fault& fault);
bool verify_policy(const Program& program, const Policy& policy, Fault& fault);
bool verify_segments(const Program& program, Fault& fault);
bool verify_experiments(const Program& program, Fault& fault);
bool verify_journey(const Program& program, const Journey& journey, Fault& fault);
bool verify_actions(const Program& program, Fault& fault);
bool verify_calls(const Program& program, const Journey& journey, Fault& fault);
bool verify_forks(const Program& program, const Journey& journey, Fault& fault);
bool verify_changes(const Program& program, Fault& fault);
bool verify_schemas(const Program& program, Fault& fault);
// Every function with every way into it.
std::optional<std::vector<CodeUse>> collect_uses(const Program& program, Fault& fault);
bool verify_instructions(const Program& program, const CodeUse& use, Fault& fault);
bool verify_flow(const Program& program, const CodeUse& use, Fault& fault);

// ── shared by the last ones ──

// The run ends there, and the journey goes on later or elsewhere, or not at all.
bool is_stop(Opcode opcode);
bool is_last(Opcode opcode);
// Whether who is at `inner` is at `outer` too: nowhere is around everything.
bool is_around(const Journey& journey, std::optional<ForkPlace> outer, std::optional<ForkPlace> inner);
// The innermost place around both.
std::optional<ForkPlace> common_place(const Journey& journey, std::optional<ForkPlace> a, std::optional<ForkPlace> b);

std::string instruction_place(const CodeUse& use, size_t pc);
// The registers that an instruction reads, and the one it writes.
void append_reads(const Program& program, const CodeUse& use, const Instruction& instruction, std::vector<Register>& reads);
std::optional<Register> written_register(const Instruction& instruction);

bool is_known(const Span& span);  // within the limits and not negative
bool verify_denials(const Program& program, const std::vector<DenialStep>& steps, const std::string& where, Fault& fault);

}  // namespace wend::bytecode
