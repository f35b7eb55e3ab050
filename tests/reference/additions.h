#pragma once

// What a case deploys while its history goes on: journeys and segments that are in its program from some input on.

#include <string>
#include <vector>

#include "tests/reference/dice.h"

namespace wend::reference {

/// The program before that: without these declarations. One that is not there is passed over.
std::string without(const std::string& program, const std::vector<std::string>& added);
/// Names of journeys and segments of the program that nothing else in it names.
std::vector<std::string> random_additions(const std::string& program, Dice& dice);

}  // namespace wend::reference
