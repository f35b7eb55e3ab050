#pragma once

// Whether a program only adds to another one, and its form in which everything of that one has the number it had. Customer states, logs
// and snapshots hold numbers: what is written with the one program can be read with the other's extension.

#include <expected>
#include <string>
#include <vector>

#include "runtime/bytecode/program.h"

namespace wend::bytecode {

struct Extension {
  Program program;                 // `next` with the numbers of `deployed`; what is new comes behind
  std::vector<std::string> added;  // "journey `winback`", in the order of the tables; what has no name of its own is left out
};

// Both verified. Else what `deployed` has and `next` has not, or has otherwise: "journey `cart` has changed", "event `Order` is gone". Who
// owns a journey, texts of messages, what payloads are held to and names of variables may differ: people wait for nothing of that.
std::expected<Extension, std::vector<std::string>> extend(const Program& deployed, Program next);

}  // namespace wend::bytecode
