#include "tests/reference/comparison.h"

#include <algorithm>
#include <set>

#include "tests/reference/engine_side.h"
#include "tests/reference/interpreter.h"

namespace wend::reference {
namespace {

std::string first_difference(const std::string& what, const std::vector<std::string>& engine, const std::vector<std::string>& reference) {
  for (std::size_t i = 0; i < std::max(engine.size(), reference.size()); ++i) {
    const std::string left = i < engine.size() ? engine[i] : "(nothing)";
    const std::string right = i < reference.size() ? reference[i] : "(nothing)";
    if (left != right) return what + ", number " + std::to_string(i) + "\n  engine:    " + left + "\n  reference: " + right + "\n";
  }
  return {};
}

using ByCustomer = std::map<std::string, std::vector<std::string>>;
std::string first_difference(const std::string& what, const ByCustomer& engine, const ByCustomer& reference) {
  std::set<std::string> customers;
  for (const auto& [id, lines] : engine) customers.insert(id);
  for (const auto& [id, lines] : reference) customers.insert(id);
  const auto lines_of = [](const ByCustomer& all, const std::string& id) {
    const auto found = all.find(id);
    return found == all.end() ? std::vector<std::string>() : found->second;
  };
  for (const std::string& id : customers) {
    const std::string difference = first_difference(what + " of " + id, lines_of(engine, id), lines_of(reference, id));
    if (!difference.empty()) return difference;
  }
  return {};
}

std::size_t count(const ByCustomer& lines) {
  std::size_t total = 0;
  for (const auto& [id, each] : lines) total += each.size();
  return total;
}

// A receipt names a delivery by counting back from the last one, and an answer a call: what is due by then has to have been sent on both
// sides.
History with_ticks(const History& history) {
  History result;
  for (const Input& input : history) {
    const bool counts_back = std::get_if<ReceiptInput>(&input.what) != nullptr || std::get_if<AnswerInput>(&input.what) != nullptr;
    if (counts_back) result.push_back({input.t_log, input.t_log, "", TickInput{}});
    result.push_back(input);
  }
  return result;
}

std::string show_all(const std::string& side, const Outcome& outcome) {
  std::string text = side + "\n";
  for (const auto* lists : {&outcome.instances, &outcome.deliveries, &outcome.goals}) {
    for (const auto& [id, lines] : *lists) {
      for (const std::string& line : lines) text += "  " + id + " " + line + "\n";
    }
  }
  for (const std::string& line : outcome.waiting) text += "  waiting " + line + "\n";
  return text;
}

}  // namespace

std::string show_both(const Case& subject) {
  const auto compiled = compile_text(subject);
  if (!compiled) return compiled.error();
  const History history = with_ticks(subject.history);
  Interpreter interpreter(*compiled->tree, compiled->earlier, subject.closed_days, subject.added, subject.options);
  for (const Input& input : history) interpreter.react(input);
  return show_all("engine", run_engine(*compiled, history, subject.options)) + show_all("reference", interpreter.finish());
}

Comparison compare(const Case& subject) {
  const auto compiled = compile_text(subject);
  if (!compiled) return {Verdict::does_not_compile, compiled.error(), 0};
  const History history = with_ticks(subject.history);
  Interpreter interpreter(*compiled->tree, compiled->earlier, subject.closed_days, subject.added, subject.options);
  try {
    for (const Input& input : history) interpreter.react(input);
  } catch (const Unsettled&) {
    return {};
  }
  const Outcome reference = interpreter.finish();
  const Outcome engine = run_engine(*compiled, history, subject.options);
  std::string difference = first_difference("instances", engine.instances, reference.instances);
  if (difference.empty()) difference = first_difference("deliveries", engine.deliveries, reference.deliveries);
  if (difference.empty()) difference = first_difference("goals", engine.goals, reference.goals);
  if (difference.empty()) difference = first_difference("waiting", engine.waiting, reference.waiting);
  const std::size_t commands = count(engine.instances) + count(engine.deliveries) + count(engine.goals);
  return {difference.empty() ? Verdict::agree : Verdict::differ, difference, commands};
}

}  // namespace wend::reference
