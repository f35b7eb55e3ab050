#include "compiler/emit/segments.h"

#include <algorithm>
#include <set>

#include "compiler/emit/declarations.h"
#include "compiler/flow/walk.h"
#include "compiler/sema/walk.h"

namespace wend::emit {
namespace {

struct Heard {
  std::set<sema::SegmentId> tracked;
  std::set<sema::SegmentId> existing;

  void add(const sema::ExprPtr& expr) {
    if (expr == nullptr) return;
    flow::for_each_expression(*expr, [&](const sema::Expr& each) {
      if (const auto* member = each.get_if<sema::InSegment>()) tracked.insert(member->segment);
    });
  }
  void add_conditions(const auto& arms) {
    for (const auto& arm : arms) {
      if (const auto* when = std::get_if<sema::WhenArm>(&arm.trigger)) add(when->condition);
    }
  }
  void add(const sema::Journey& journey) {
    for (const sema::Entry& entry : journey.entries) {
      if (entry.joins) (entry.joins->including_existing ? existing : tracked).insert(entry.joins->segment);
      if (entry.schedule && entry.schedule->segment) tracked.insert(*entry.schedule->segment);
    }
    for (const sema::Exit& exit : journey.exits) {
      if (!exit.event) add(exit.condition);
    }
    sema::for_each_stmt(journey.body, [&](const sema::Stmt& stmt) {
      if (const auto* await = stmt.get_if<sema::AwaitStmt>()) add_conditions(await->arms);
      if (const auto* guarded = stmt.get_if<sema::GuardedStmt>()) add_conditions(guarded->interrupts);
    });
  }
};

}  // namespace

void emit_segments(ProgramBuilder& builder, const source::Sources* sources) {
  Heard heard;
  for (const sema::Journey& journey : builder.model().journeys) heard.add(journey);
  std::vector<bytecode::Segment>& segments = builder.program().segments;
  for (std::size_t i = 0; i < builder.model().segments.size(); ++i) {
    const sema::Segment& segment = builder.model().segments[i];
    const bytecode::FunctionId condition = emit_condition(builder, "segment " + segment.name, *segment.condition, sources);
    segments.push_back({segment.name, condition, heard.tracked.contains(static_cast<sema::SegmentId>(i)), false});
  }
  for (const sema::SegmentId id : heard.existing) {
    const bytecode::Segment& plain = segments[static_cast<std::size_t>(id)];
    segments.push_back({plain.name, plain.condition, true, true});
  }
}

bytecode::SegmentId joined_segment(ProgramBuilder& builder, const sema::Join& join) {
  if (!join.including_existing) return same_id<bytecode::SegmentId>(join.segment);
  const std::vector<bytecode::Segment>& segments = builder.program().segments;
  const bytecode::FunctionId condition = segments[static_cast<std::size_t>(join.segment)].condition;
  const auto found = std::find_if(segments.begin(), segments.end(),
                                  [&](const bytecode::Segment& each) { return each.existing && each.condition == condition; });
  return static_cast<bytecode::SegmentId>(found - segments.begin());
}

bytecode::ScheduleId emit_schedule(ProgramBuilder& builder, const sema::Schedule& schedule, const source::Sources* sources) {
  bytecode::Schedule result;
  result.kind = schedule.kind;
  result.weekdays = schedule.weekdays;
  result.every = schedule.every;
  result.date = schedule.date;
  result.at = schedule.at;
  if (schedule.date_of != nullptr) result.date_of = emit_expression(builder, "every year on", *schedule.date_of, sources);
  if (schedule.segment) result.segment = same_id<bytecode::SegmentId>(*schedule.segment);
  std::vector<bytecode::Schedule>& schedules = builder.program().schedules;
  schedules.push_back(result);
  return builder.id<bytecode::ScheduleId>(schedules.size() - 1, "scheduled entries");
}

}  // namespace wend::emit
