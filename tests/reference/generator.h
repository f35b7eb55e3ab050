#pragma once

// Random well-typed programs and histories that suit them. One seed, one case.

#include "tests/reference/comparison.h"
#include "tests/reference/dice.h"

namespace wend::reference {

/// Experiments, one a line. `earlier`: what they were before, each version one line; all of them have been locked.
std::string random_experiments(Dice& dice, std::vector<std::string>& earlier);
/// Around the time of the histories.
std::vector<ClosedDays> random_closed_days(Dice& dice);
/// The declarations that every random program begins with; some of their clauses are random.
std::string random_declarations(Dice& dice);
/// Journeys, one construct a line, so that a case can be shrunk line by line.
std::string random_journeys(Dice& dice, bool may_emit);
History random_history(Dice& dice, std::size_t inputs, bool asks_outside);

Case random_case(std::uint64_t seed, std::size_t inputs);

}  // namespace wend::reference
