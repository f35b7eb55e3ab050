#pragma once

// How many customers are in a segment, now. What a segment's condition reads of attributes and consents is laid out by column, and its
// bytecode runs over a block of customers at a time (block_machine.h). A condition that reads anything else, such as history, is asked of the
// engine, customer by customer; the answer is the same.

#include <cstdint>
#include <optional>
#include <vector>

#include "runtime/analytics/block_machine.h"
#include "runtime/analytics/column.h"
#include "runtime/bytecode/program.h"
#include "runtime/engine/engine.h"

namespace wend::analytics {

class Audience {
 public:
  // Looks at every customer, between batches: it holds what they are at that moment. `program` and `engine` outlive it.
  Audience(const bytecode::Program& program, engine::Engine& engine);

  uint64_t customers() const { return customers_; }
  // Whether the condition is answered from columns alone.
  bool is_columnar(bytecode::SegmentId segment) const { return plan(segment).has_value(); }
  uint64_t count(bytecode::SegmentId segment) const;

 private:
  const std::optional<BlockPlan>& plan(bytecode::SegmentId segment) const { return plans_[static_cast<size_t>(segment)]; }
  void fill(engine::Engine& engine);

  const bytecode::Program& program_;
  engine::Engine& engine_;
  uint64_t customers_ = 0;
  Columns columns_;
  std::vector<std::optional<BlockPlan>> plans_;  // by segment
};

}  // namespace wend::analytics
