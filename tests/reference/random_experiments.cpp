#include <algorithm>

#include "tests/reference/generator.h"

// Experiments of a layer or not, and what they were before: each earlier version has been locked.

namespace wend::reference {

namespace {

constexpr int k_shares = 1000;  // tenths of a percent

std::string percent(std::int64_t share) {
  return std::to_string(share / 10) + (share % 10 == 0 ? "" : "." + std::to_string(share % 10)) + "%";
}

std::string arms(Dice& dice, bool has_coupon, bool had_coupon) {
  std::vector<std::string> names = {"plain", "special"};
  if (has_coupon) names.emplace_back("coupon");
  if (dice.chance(30)) std::swap(names.front(), names.back());
  std::string text;
  std::int64_t left = k_shares;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto others = static_cast<std::int64_t>(names.size() - 1 - i);
    const std::int64_t share = others == 0 ? left : dice.chance(50) ? left / (others + 1) : dice.between(1, left - others);
    text += "  arm " + names[i] + " " + percent(share);
    left -= share;
  }
  if (!has_coupon && had_coupon) text += "  retired arm coupon as " + dice.of({"plain", "special"});
  return text;
}

}  // namespace

std::string random_experiments(Dice& dice, std::vector<std::string>& earlier) {
  const std::vector<std::string> names = {"incentive", "colours", "wording"};
  std::vector<std::string> salts;
  for (std::size_t i = 0; i < names.size(); ++i) salts.push_back(std::string(1, static_cast<char>('a' + i)) + std::to_string(dice.below(1000)));
  std::vector<bool> had_coupon(names.size(), false);
  const auto version = [&](bool is_last) {
    std::vector<std::string> lines;
    const bool has_layer = dice.chance(50);
    for (std::size_t i = 0; i < names.size(); ++i) {
      const bool has_coupon = !is_last && dice.chance(30);
      const std::string layer = has_layer && dice.chance(70) ? "  layer checkout" : "";
      lines.push_back("experiment " + names[i] + " { salt \"" + salts[i] + "\"" + layer + arms(dice, has_coupon, had_coupon[i]) + " }");
      had_coupon[i] = had_coupon[i] || has_coupon;
    }
    if (dice.chance(30)) std::swap(lines.front(), lines.back());
    return lines;
  };
  for (std::int64_t i = dice.chance(60) ? dice.between(1, 3) : 0; i > 0; --i) {
    const std::vector<std::string> lines = version(false);
    earlier.push_back(lines[0] + " " + lines[1] + " " + lines[2]);
  }
  std::string text;
  for (const std::string& line : version(true)) text += line + "\n";
  return text;
}

}  // namespace wend::reference
