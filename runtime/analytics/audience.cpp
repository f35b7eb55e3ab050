#include "runtime/analytics/audience.h"

#include "runtime/vm/machine.h"

namespace wend::analytics {

using bytecode::SegmentId;

Audience::Audience(const bytecode::Program& program, engine::Engine& engine) : program_(program), engine_(engine), columns_(program) {
  std::vector<bool> runs_in_blocks;
  for (const bytecode::Segment& segment : program.segments) {
    const bytecode::Function& condition = program.function(segment.condition);
    runs_in_blocks.push_back(can_run_in_blocks(condition));
    if (runs_in_blocks.back()) columns_.read_by(condition);
  }
  fill(engine);
  for (size_t i = 0; i < program.segments.size(); ++i) {
    const bytecode::Function& condition = program.function(program.segments[i].condition);
    plans_.push_back(runs_in_blocks[i] ? BlockPlan::make(program, condition, columns_) : std::nullopt);
  }
}

void Audience::fill(engine::Engine& engine) {
  columns_.reserve(engine.customer_count());
  engine.for_each_customer([&](engine::CustomerNumber, vm::Host& customer) {
    columns_.add(customer);
    ++customers_;
  });
  columns_.finish();
}

uint64_t Audience::count(SegmentId segment) const {
  if (const auto& columnar = plan(segment)) return BlockMachine(*columnar).count(customers_);
  uint64_t members = 0;
  engine_.for_each_customer([&](engine::CustomerNumber, vm::Host& customer) { members += customer.segment(segment); });
  return members;
}

}  // namespace wend::analytics
