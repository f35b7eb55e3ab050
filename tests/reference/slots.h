#pragma once

// Who owns which of the 1,000,000 slots, after all edits that `wend.lock` has seen.

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "compiler/syntax/ast.h"

namespace wend::reference {

class Slots {
 public:
  using Sizes = std::vector<std::pair<std::string, std::int64_t>>;  // by owner
  /// Nobody else has any. Who shrinks gives up from his end; who grows takes what is free, in this order.
  void divide(const Sizes& sizes);
  /// In which it was learned of the owners.
  Sizes in_order(Sizes sizes) const;
  const std::string& owner(std::int64_t slot) const { return names_[owners_[static_cast<std::size_t>(slot)]]; }

 private:
  std::size_t number(const std::string& name) const;
  std::vector<std::string> names_ = {""};  // the first is nobody
  std::vector<std::uint8_t> owners_ = std::vector<std::uint8_t>(1'000'000);
};

/// The slots of all experiments' arms and of all layers.
class SlotBook {
 public:
  /// The next version of the program's experiments.
  void edit(const std::vector<const syntax::ExperimentDecl*>& experiments);
  const std::string& arm(const syntax::ExperimentDecl& experiment, std::int64_t slot) const;
  bool is_in_part(const syntax::ExperimentDecl& experiment, std::int64_t slot) const;

 private:
  std::map<std::string, Slots> arms_;    // by salt
  std::map<std::string, Slots> layers_;  // by name; the owners are salts
};

}  // namespace wend::reference
