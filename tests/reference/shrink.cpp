#include <algorithm>
#include <chrono>
#include <sstream>

#include "tests/reference/comparison.h"
#include "tests/reference/program_lines.h"

// Makes a failing case small: inputs and lines of the program go while the two sides still differ.

namespace wend::reference {
namespace {

using Lines = std::vector<std::string>;

Lines lines_of(const std::string& text) {
  std::istringstream stream(text);
  Lines lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::string text_of(const Lines& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

// Some cases run for long: what is small enough by then is small enough.
constexpr std::chrono::seconds k_patience{60};

bool differs(const Case& subject, std::chrono::steady_clock::time_point until) {
  if (std::chrono::steady_clock::now() > until) return false;
  try {
    return compare(subject).verdict == Verdict::differ;
  } catch (const std::exception&) {
    return false;
  }
}

// Removes pieces of a sequence, large ones first, while `still` holds.
template <typename Item, typename Still>
bool drop_pieces(std::vector<Item>& items, const Still& still) {
  bool changed = false;
  for (std::size_t size = std::max<std::size_t>(items.size() / 2, 1);; size /= 2) {
    for (std::size_t begin = 0; begin < items.size();) {
      std::vector<Item> fewer = items;
      const auto first = fewer.begin() + static_cast<std::ptrdiff_t>(begin);
      fewer.erase(first, first + static_cast<std::ptrdiff_t>(std::min(size, items.size() - begin)));
      if (still(fewer)) {
        items = std::move(fewer);
        changed = true;
      } else {
        begin += size;
      }
    }
    if (size <= 1) return changed;
  }
}

// The line after the block that begins in this one, without what interrupts it.
std::size_t own_end(const Lines& lines, std::size_t begin) {
  int depth = 0;
  for (std::size_t i = begin; i < lines.size(); ++i) {
    depth += depth_change(lines[i]);
    if (depth <= 0) return i + 1;
  }
  return lines.size();
}
std::size_t block_end(const Lines& lines, std::size_t begin) {
  std::size_t end = own_end(lines, begin);
  if (lines[begin].starts_with("interrupted")) return end;
  while (end < lines.size() && lines[end].starts_with("interrupted")) end = own_end(lines, end);
  return end;
}

bool drop_lines(Case& subject, std::chrono::steady_clock::time_point until) {
  bool changed = false;
  Lines lines = lines_of(subject.program);
  const auto attempt = [&](const Lines& fewer) {
    Case smaller = subject;
    smaller.program = text_of(fewer);
    if (!differs(smaller, until)) return false;
    lines = fewer;
    subject.program = smaller.program;
    return changed = true;
  };
  for (std::size_t i = 0; i < lines.size();) {
    const std::size_t end = block_end(lines, i);
    Lines without = lines;
    without.erase(without.begin() + static_cast<std::ptrdiff_t>(i), without.begin() + static_cast<std::ptrdiff_t>(end));
    if (attempt(without)) continue;
    if (end > i + 1) {  // the block stays without its braces and what interrupts it
      Lines open = lines;
      open.erase(open.begin() + static_cast<std::ptrdiff_t>(own_end(lines, i) - 1), open.begin() + static_cast<std::ptrdiff_t>(end));
      open.erase(open.begin() + static_cast<std::ptrdiff_t>(i));
      if (attempt(open)) continue;
    }
    // Clauses at the end of a line, one word after the other.
    bool cut = false;
    for (std::size_t space = lines[i].rfind(' '); space != std::string::npos && space > 0; space = lines[i].rfind(' ', space - 1)) {
      Lines shorter = lines;
      shorter[i] = lines[i].substr(0, space) + (lines[i].ends_with("{") ? " {" : "");
      if (shorter[i] == lines[i]) continue;
      if (attempt(shorter)) {
        cut = true;
        break;
      }
    }
    if (!cut) ++i;
  }
  return changed;
}

template <typename Item>
bool drop_from(std::vector<Item> Case::* list, Case& subject, std::chrono::steady_clock::time_point until) {
  return drop_pieces(subject.*list, [&](const std::vector<Item>& fewer) {
    Case smaller = subject;
    smaller.*list = fewer;
    return differs(smaller, until);
  });
}

}  // namespace

Case shrunk(Case subject) {
  const auto until = std::chrono::steady_clock::now() + k_patience;
  for (int round = 0; round < 4; ++round) {
    const bool fewer_inputs = drop_from(&Case::history, subject, until);
    const bool fewer_locks = drop_from(&Case::earlier, subject, until);
    const bool fewer_days = drop_from(&Case::closed_days, subject, until);
    const bool fewer_additions = drop_from(&Case::added, subject, until);
    const bool fewer_lines = drop_lines(subject, until);
    if (!fewer_inputs && !fewer_locks && !fewer_days && !fewer_additions && !fewer_lines) break;
  }
  return subject;
}

}  // namespace wend::reference
