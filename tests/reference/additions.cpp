#include "tests/reference/additions.h"

#include <algorithm>
#include <cctype>
#include <sstream>

#include "tests/reference/program_lines.h"

namespace wend::reference {
namespace {

bool begins(const std::string& line, const std::string& name) {
  return line.starts_with("journey " + name + " ") || line.starts_with("segment " + name + " ");
}

bool names(const std::string& program, const std::string& name) {
  const auto is_part = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  for (std::size_t at = program.find(name); at != std::string::npos; at = program.find(name, at + 1)) {
    const std::size_t end = at + name.size();
    if ((at == 0 || !is_part(program[at - 1])) && (end == program.size() || !is_part(program[end]))) return true;
  }
  return false;
}

}  // namespace

std::string without(const std::string& program, const std::vector<std::string>& added) {
  std::istringstream lines(program);
  std::string rest;
  int depth = 0;
  for (std::string line; std::getline(lines, line);) {
    const bool is_added = depth > 0 || std::ranges::any_of(added, [&](const std::string& name) { return begins(line, name); });
    if (is_added) {
      depth += depth_change(line);
    } else {
      rest += line + "\n";
    }
  }
  return rest;
}

std::vector<std::string> random_additions(const std::string& program, Dice& dice) {
  std::vector<std::string> added;
  const auto add = [&](const std::string& name) {
    std::vector<std::string> more = added;
    more.push_back(name);
    if (!names(without(program, more), name)) added = more;
  };
  for (const char* journey : {"j2", "j1", "j0"}) {
    if (names(program, journey) && dice.chance(70)) add(journey);
  }
  for (const char* segment : {"s_third", "s_second", "s_first"}) {
    if (!added.empty() && dice.chance(70)) add(segment);
  }
  return added;
}

}  // namespace wend::reference
