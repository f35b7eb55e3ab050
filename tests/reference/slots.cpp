#include "tests/reference/slots.h"

#include <algorithm>

#include "runtime/base/decimal.h"

namespace wend::reference {

std::size_t Slots::number(const std::string& name) const {
  return static_cast<std::size_t>(std::find(names_.begin(), names_.end(), name) - names_.begin());
}

Slots::Sizes Slots::in_order(Sizes sizes) const {
  std::stable_sort(sizes.begin(), sizes.end(), [&](const auto& a, const auto& b) { return number(a.first) < number(b.first); });
  return sizes;
}

void Slots::divide(const Sizes& sizes) {
  for (const auto& [name, size] : sizes) {
    if (number(name) == names_.size()) names_.push_back(name);
  }
  std::vector<std::int64_t> missing(names_.size());
  for (const auto& [name, size] : sizes) missing[number(name)] = size;
  for (const std::uint8_t owner : owners_) --missing[owner];
  for (auto slot = owners_.rbegin(); slot != owners_.rend(); ++slot) {
    if (*slot == 0 || missing[*slot] >= 0) continue;
    ++missing[*slot];
    *slot = 0;
  }
  std::size_t next = 0;
  for (const auto& [name, size] : sizes) {
    const auto owner = static_cast<std::uint8_t>(number(name));
    for (; missing[owner] > 0; ++next) {
      if (owners_[next] != 0) continue;
      owners_[next] = owner;
      --missing[owner];
    }
  }
}

void SlotBook::edit(const std::vector<const syntax::ExperimentDecl*>& experiments) {
  std::map<std::string, std::vector<std::string>> parts;  // salts by layer
  for (const syntax::ExperimentDecl* experiment : experiments) {
    Slots::Sizes sizes;
    for (const syntax::ExperimentArm& arm : experiment->arms) {
      sizes.emplace_back(arm.name.text, *wend::multiply(*Decimal::parse(arm.share.text), Decimal::from_int(10'000))->to_int());
    }
    Slots& slots = arms_[experiment->salt->text];
    slots.divide(slots.in_order(sizes));
    if (experiment->layer) parts[experiment->layer->text].push_back(experiment->salt->text);
  }
  for (auto& [name, layer] : layers_) parts[name];  // perhaps nobody is in it any more
  for (const auto& [name, salts] : parts) {
    Slots::Sizes sizes;
    for (const std::string& salt : salts) {
      const bool takes_rest = sizes.size() < 1'000'000 % salts.size();
      sizes.emplace_back(salt, static_cast<std::int64_t>(1'000'000 / salts.size()) + (takes_rest ? 1 : 0));
    }
    layers_[name].divide(sizes);
  }
}

const std::string& SlotBook::arm(const syntax::ExperimentDecl& experiment, std::int64_t slot) const {
  return arms_.at(experiment.salt->text).owner(slot);
}

bool SlotBook::is_in_part(const syntax::ExperimentDecl& experiment, std::int64_t slot) const {
  return layers_.at(experiment.layer->text).owner(slot) == experiment.salt->text;
}

}  // namespace wend::reference
