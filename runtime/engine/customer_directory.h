#pragma once

// Customer id strings, kept outside the engine's memory (on disk, or in memory for tests).

#include <string_view>

#include "runtime/engine/command.h"

namespace wend::engine {

class CustomerDirectory {
 public:
  virtual ~CustomerDirectory() = default;
  // Called once for each new number, in order 0, 1, 2, …
  virtual void add(CustomerNumber number, std::string_view id) = 0;
  // The view lives until the next call. A known number always has an id, until it is erased.
  virtual std::string_view id(CustomerNumber number) = 0;
  // The id is never asked for again.
  virtual void erase(CustomerNumber number) = 0;
};

}  // namespace wend::engine
