#pragma once

// Where in packed lists the elements stand that were asked for last: a loop over a list then costs its length, not its square.

#include <array>
#include <cstddef>
#include <cstdint>

namespace wend::vm {

class ElementPlaces {
 public:
  struct Place {
    const char* list = nullptr;  // the list's first byte
    uint64_t index = 0;
    size_t offset = 0;  // of the element's first byte
  };

  bool is_clear() const { return !used_; }
  // Lists of a run stay where they are, those of the next may lie in the same place.
  void clear() {
    places_ = {};
    used_ = false;
  }
  // For this list; it may hold what is known of another one.
  Place& of(const char* list) {
    used_ = true;
    Place& place = places_[(reinterpret_cast<uintptr_t>(list) >> 3) % places_.size()];
    if (place.list != list) place = {list, 0, 0};
    return place;
  }

 private:
  std::array<Place, 16> places_{};
  bool used_ = false;
};

}  // namespace wend::vm
