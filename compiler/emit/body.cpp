#include "compiler/emit/body.h"

#include <algorithm>
#include <functional>

#include "compiler/emit/deadlines.h"
#include "compiler/emit/expressions.h"
#include "compiler/emit/policies.h"
#include "compiler/emit/segments.h"
#include "compiler/flow/edges.h"
#include "compiler/flow/walk.h"

namespace wend::emit {
namespace {

using flow::BlockId;
using flow::Overloaded;
using flow::SlotId;
using types::Kind;

class JourneyEmitter {
 public:
  JourneyEmitter(ProgramBuilder& builder, const flow::Graph& graph, const source::Sources* sources)
      : builder_(builder),
        graph_(graph),
        source_(*graph.journey),
        sources_(sources),
        code_(builder, source_.name, sources),
        expressions_(code_, {}) {
    // Slots have the first registers, in their order: what a waiting point keeps is easy to find in a listing.
    for (std::size_t i = 0; i < graph.slots.size(); ++i) {
      const Register place = code_.add_register(builder.type(graph.slots[i].type));
      if (const auto* variable = std::get_if<flow::VariableOrigin>(&graph.slots[i].origin)) {
        expressions_.environment().variables[variable->variable] = place;
      } else if (const auto* field = std::get_if<flow::EventFieldOrigin>(&graph.slots[i].origin)) {
        expressions_.environment().event_fields[{field->binding, field->field}] = place;
      }
    }
    for (std::size_t i = 0; i < graph.blocks.size(); ++i) block_labels_.push_back(code_.new_label());
  }

  EmittedJourney run() {
    for (const BlockId block : block_order()) emit_block(block);
    describe();
    emit_entries();
    emit_exits();
    emit_goals();
    for (const flow::WaitingPoint& point : graph_.points) emit_point(point);
    for (const flow::SendSite& site : graph_.sites) describe_site(site);
    for (const flow::CallSite& call : graph_.calls) describe_call(call);
    for (const flow::ForkInfo& fork : graph_.forks) describe_fork(fork);
    journey_.required = required_attributes();
    bytecode::Function body = code_.finish(0);
    for (const auto& [entry, label] : pending_) entry(journey_).pc = code_.place(label);
    for (const auto& [place, label] : probe_labels_) probes_.push_back({place, code_.place(label)});
    journey_.body = builder_.add(std::move(body));
    return {std::move(journey_), std::move(probes_)};
  }

 private:
  // An entry of the finished journey whose place is known when the code is.
  using EntryOf = std::function<bytecode::Entry&(bytecode::Journey&)>;

  // Where control goes on in the end: blocks that only jump are passed by.
  BlockId destination(BlockId block) const {
    // A way round of such blocks alone does not exist: a round of a loop counts.
    while (graph_.at(block).operations.empty()) {
      const auto* jump = std::get_if<flow::Jump>(&graph_.at(block).terminator);
      if (jump == nullptr) break;
      block = jump->to;
    }
    return block;
  }
  // Reached blocks, each behind the one that most likely goes on there, so that most jumps are to the next instruction.
  std::vector<BlockId> block_order() const {
    std::vector<BlockId> order;
    std::vector<bool> seen(graph_.blocks.size(), false);
    std::vector<BlockId> open(graph_.entries.rbegin(), graph_.entries.rend());
    while (!open.empty()) {
      const BlockId block = destination(open.back());
      open.pop_back();
      if (seen[static_cast<std::size_t>(block)]) continue;
      seen[static_cast<std::size_t>(block)] = true;
      order.push_back(block);
      std::vector<flow::Edge> edges = flow::edges_from(graph_, graph_.at(block));
      // Behind a fork there is code even where no branch ends.
      if (const auto* fork = std::get_if<flow::Fork>(&graph_.at(block).terminator)) open.push_back(graph_.at(fork->fork).join);
      for (auto edge = edges.rbegin(); edge != edges.rend(); ++edge) open.push_back(edge->to);
    }
    return order;
  }

  static Register place(SlotId slot) { return static_cast<Register>(static_cast<std::size_t>(slot)); }
  CodeLabel label(BlockId block) const { return block_labels_[static_cast<std::size_t>(destination(block))]; }

  // ── blocks ─────────────────────────────────────────────────────────────────────────────────────────────────────

  void emit_block(BlockId id) {
    const flow::Block& block = graph_.at(id);
    code_.bind(label(id));
    for (const flow::Operation& operation : block.operations) {
      const Code::Temporaries scope(code_);
      code_.at(operation.span);
      std::visit([&](const auto& node) { emit(operation, node); }, operation.node);
    }
    const Code::Temporaries scope(code_);
    code_.at(block.span);
    std::visit([&](const auto& node) { end(node); }, block.terminator);
  }

  void emit(const flow::Operation&, const flow::Assign& op) { expressions_.into(*op.value, place(op.target)); }
  void emit(const flow::Operation&, const flow::BindEvent& op) {
    for (const SlotId slot : op.fields) {
      code_.add(Opcode::load_field, place(slot), std::get<flow::EventFieldOrigin>(graph_.at(slot).origin).field);
    }
  }
  void emit(const flow::Operation&, const flow::CaptureField& op) { code_.add(Opcode::load_field, place(op.target), op.field); }
  void emit(const flow::Operation&, const flow::ArmGoals&) {}
  // An instruction that does nothing to anybody, so that the place has one of its own.
  void emit(const flow::Operation&, const flow::Probe& op) {
    probe_labels_.emplace_back(op.place, code_.new_label());
    code_.bind(probe_labels_.back().second);
    code_.add(Opcode::load_constant, code_.take(builder_.type(integer())), builder_.constant(integer(), 1));
  }
  void emit(const flow::Operation&, const flow::LoadNow& op) { code_.add(Opcode::load_now, place(op.target)); }
  void emit(const flow::Operation&, const flow::LoadZone& op) { code_.add(Opcode::load_zone, place(op.target)); }
  void emit(const flow::Operation&, const flow::LoadPosition& op) { code_.add(Opcode::load_position, place(op.target)); }
  void emit(const flow::Operation&, const flow::LoadOrdinal& op) { code_.add(Opcode::load_position, place(op.target), 1); }
  void emit(const flow::Operation&, const flow::StartRounds& op) {
    code_.add(Opcode::load_constant, place(op.round), builder_.constant(integer(), 1));
  }
  void emit(const flow::Operation&, const flow::NextRound& op) {
    code_.add(Opcode::add_integer, place(op.round), place(op.round), expressions_.constant(integer(), 1));
  }
  void emit(const flow::Operation& operation, const flow::Send& op) {
    const Register first = op.arguments.empty() ? Register{} : expressions_.values(op.arguments);
    code_.at(operation.span);
    code_.add(Opcode::send, place(op.delivery), op.site, first);
  }
  void emit(const flow::Operation& operation, const flow::SetAttribute& op) {
    const Register value = expressions_.value(*op.value);
    code_.at(operation.span);
    code_.add(Opcode::set_attribute, value, op.attribute);
  }
  void emit(const flow::Operation& operation, const flow::Emit& op) {
    const Register first = op.fields.empty() ? Register{} : expressions_.values(op.fields);
    code_.at(operation.span);
    code_.add(Opcode::emit, op.event, first);
  }
  static types::Type integer() { return types::simple(Kind::integer); }

  void end(const flow::Jump& node) { code_.jump(label(node.to)); }
  void end(const flow::Branch& node) {
    expressions_.jump_unless(*node.condition, label(node.no));
    code_.jump(label(node.yes));
  }
  void end(const flow::Match& node) {
    const Register subject = expressions_.value(*node.subject);
    for (std::size_t i = 0; i < node.arms.size(); ++i) {
      expressions_.match_arm(subject, node.subject->type, *node.arms[i].patterns, i + 1 == node.arms.size(), label(node.arms[i].to));
    }
  }
  void end(const flow::Split& node) {
    const std::vector<sema::ExperimentArm>& arms = builder_.model().at(node.experiment).arms;
    const Register arm = code_.take(builder_.type(integer()));
    code_.add(Opcode::assign_arm, arm, node.experiment);
    const Register is_arm = code_.take(builder_.type(types::simple(Kind::boolean)));
    for (std::size_t i = 0; i + 1 < node.arms.size(); ++i) {
      code_.add(Opcode::equal_word, is_arm, arm, expressions_.constant(integer(), std::int64_t{arms[node.arms[i].arm].number}));
      code_.jump_if(is_arm, label(node.arms[i].to));
    }
    code_.jump(label(node.arms.back().to));
  }
  void end(const flow::IfSent& node) {
    code_.jump_if_absent(place(node.delivery), label(node.no));
    code_.jump(label(node.yes));
  }
  void end(const flow::IfRoundsLeft& node) {
    const Register more = code_.take(builder_.type(types::simple(Kind::boolean)));
    code_.add(Opcode::less_word, more, place(node.round), expressions_.constant(integer(), node.rounds_max));
    code_.jump_if(more, label(node.yes));
    code_.jump(label(node.no));
  }
  void end(const flow::DelayableSend& node) {
    const Register first = node.arguments.empty() ? Register{} : place(node.arguments.front());
    code_.add(Opcode::send, place(node.delivery), node.site, first);
    code_.jump(label(node.next));
  }
  void end(const flow::Suspend& node) { code_.add(Opcode::suspend, node.point); }
  void end(const flow::Call& node) {
    const Register first = node.arguments.empty() ? Register{} : place(node.arguments.front());
    code_.add(Opcode::call, node.call, first);
  }
  void end(const flow::Fork& node) { code_.add(Opcode::fork, node.fork); }
  void end(const flow::EndBranch& node) { code_.add(Opcode::end_branch, node.fork); }
  void end(const flow::End& node) { code_.add(Opcode::end, node.label); }
  void end(const flow::HandOff& node) {
    const Register first = node.arguments.empty() ? Register{} : expressions_.values(node.arguments);
    code_.add(Opcode::hand_off, node.journey, first, node.label);
  }

  // ── what the journey says about itself ─────────────────────────────────────────────────────────────────────────

  void describe() {
    journey_.name = source_.name;
    journey_.owner = source_.owner;
    journey_.lifetime = source_.lifetime;
    journey_.priority = source_.priority;
    if (source_.policy) journey_.policy = same_id<bytecode::PolicyId>(*source_.policy);
    journey_.labels = source_.labels;
    for (const sema::HoldoutId holdout : source_.holdouts) journey_.holdouts.push_back(same_id<bytecode::HoldoutId>(holdout));
    for (const sema::Step& step : source_.steps) journey_.steps.push_back(step.path);
  }
  void describe_site(const flow::SendSite& site) {
    bytecode::SendSite result;
    result.message = same_id<bytecode::MessageId>(site.send->message);
    result.path = site.send->path;
    result.step = step_path(site.step);
    for (const sema::ChannelId channel : site.send->via) result.via.push_back(same_id<bytecode::ChannelId>(channel));
    result.within = site.send->within;
    for (const SlotId round : site.rounds) result.rounds.push_back(place(round));
    result.when_quiet = denial_steps(site.send->when_quiet);
    result.when_capped = denial_steps(site.send->when_capped);
    if (site.delayed_at) result.delayed_at = same_id<bytecode::PointId>(*site.delayed_at);
    journey_.sites.push_back(std::move(result));
    builder_.id<bytecode::SiteId>(journey_.sites.size() - 1, "sends of one journey");
  }
  void describe_call(const flow::CallSite& call) {
    bytecode::CallSite result;
    result.action = same_id<bytecode::ActionId>(call.call->action);
    result.path = call.call->path;
    result.step = step_path(call.step);
    for (const SlotId round : call.rounds) result.rounds.push_back(place(round));
    if (call.attempt) result.attempt = place(*call.attempt);
    if (call.result) result.result = place(*call.result);
    result.waits_at = same_id<bytecode::PointId>(call.point);
    journey_.calls.push_back(std::move(result));
    builder_.id<bytecode::CallId>(journey_.calls.size() - 1, "calls of one journey");
  }
  static std::optional<bytecode::ForkPlace> place_in_fork(const std::optional<flow::ForkPlace>& place) {
    if (!place) return std::nullopt;
    return bytecode::ForkPlace{same_id<bytecode::ForkId>(place->fork), static_cast<std::uint16_t>(place->branch)};
  }
  void describe_fork(const flow::ForkInfo& fork) {
    const std::size_t index = journey_.forks.size();
    bytecode::Fork result;
    result.kind = fork.kind;
    result.path = fork.path;
    result.within = place_in_fork(fork.within);
    result.interrupts = fork.interrupts;
    result.layout = layout(fork.kept);
    result.join_layout = layout(fork.joined);
    result.branches.resize(fork.branches.size());
    builder_.id<std::uint16_t>(fork.branches.size(), "branches of one fork");
    for (std::size_t i = 0; i < fork.branches.size(); ++i) {
      note(label(fork.branches[i]), [index, i](bytecode::Journey& journey) -> bytecode::Entry& { return journey.forks[index].branches[i]; });
    }
    note(label(fork.join), [index](bytecode::Journey& journey) -> bytecode::Entry& { return journey.forks[index].join; });
    journey_.forks.push_back(std::move(result));
    builder_.id<bytecode::ForkId>(index, "forks of one journey");
  }
  std::string step_path(std::optional<sema::StepId> step) const {
    return step ? source_.steps[static_cast<std::size_t>(*step)].path : std::string();
  }
  bytecode::LayoutId layout(const std::vector<SlotId>& slots) {
    bytecode::Layout result;
    for (const SlotId slot : slots) result.slots.push_back({graph_.at(slot).name, place(slot)});
    const auto same = [&](const bytecode::Layout& each) {
      return std::equal(each.slots.begin(), each.slots.end(), result.slots.begin(), result.slots.end(),
                        [](const bytecode::LayoutSlot& a, const bytecode::LayoutSlot& b) { return a.reg == b.reg; });
    };
    const auto found = std::find_if(journey_.layouts.begin(), journey_.layouts.end(), same);
    if (found != journey_.layouts.end()) return static_cast<bytecode::LayoutId>(found - journey_.layouts.begin());
    journey_.layouts.push_back(std::move(result));
    return builder_.id<bytecode::LayoutId>(journey_.layouts.size() - 1, "layouts of one journey");
  }

  // ── entries ────────────────────────────────────────────────────────────────────────────────────────────────────

  void note(CodeLabel label, EntryOf entry) { pending_.emplace_back(std::move(entry), label); }
  CodeLabel begin_stub(source::Span span) {
    const CodeLabel start = code_.new_label();
    code_.bind(start);
    code_.at(span);
    return start;
  }
  // Code that answers with the value of an expression; `direct` is the event asked about.
  CodeLabel emit_answer(const sema::Expr& expr, std::optional<sema::VariableId> direct) {
    const Code::Temporaries scope(code_);
    const CodeLabel start = begin_stub(expr.span);
    expressions_.environment().direct = direct;
    code_.add(Opcode::return_value, expressions_.value(expr));
    expressions_.environment().direct.reset();
    return start;
  }

  bytecode::LayoutId parameters() {
    std::vector<SlotId> slots;
    for (const sema::VariableId parameter : source_.parameters) slots.push_back(*graph_.find(parameter));
    return layout(slots);
  }

  void emit_entries() {
    for (std::size_t i = 0; i < source_.entries.size(); ++i) {
      const sema::Entry& entry = source_.entries[i];
      std::optional<bytecode::EventId> event;
      if (entry.event) event = same_id<bytecode::EventId>(*entry.event);
      bytecode::JourneyEntry result;
      if (entry.joins) result.joins = joined_segment(builder_, *entry.joins);
      if (entry.schedule) result.schedule = emit_schedule(builder_, *entry.schedule, sources_);
      result.event = event;
      result.handoff = entry.handoff;
      if (entry.handoff) journey_.handoff_layout = parameters();
      result.once_ever = entry.once_ever;
      result.already = static_cast<bytecode::AlreadyRunning>(entry.already);
      result.cooldown = entry.cooldown;
      result.start.event = event;
      note(label(graph_.entries[i]), [i](bytecode::Journey& journey) -> bytecode::Entry& { return journey.entries[i].start; });
      if (entry.where != nullptr) {
        result.where = bytecode::Entry{0, event};
        note(emit_answer(*entry.where, entry.binding),
             [i](bytecode::Journey& journey) -> bytecode::Entry& { return *journey.entries[i].where; });
      }
      if (entry.one_per != nullptr) {
        result.key = bytecode::Entry{0, event};
        note(emit_answer(*entry.one_per, entry.binding),
             [i](bytecode::Journey& journey) -> bytecode::Entry& { return *journey.entries[i].key; });
      }
      journey_.entries.push_back(std::move(result));
    }
  }

  void emit_exits() {
    for (const sema::Exit& exit : source_.exits) {
      // An instance that never waits hears no event; its frame, which the predicate would read, is never kept.
      if (exit.event && graph_.points.empty()) continue;
      const std::size_t i = journey_.exits.size();
      bytecode::JourneyExit result;
      result.label = static_cast<bytecode::LabelId>(exit.label);
      if (exit.event) result.event = same_id<bytecode::EventId>(*exit.event);
      if (exit.condition != nullptr) {
        result.where = bytecode::Entry{0, result.event};
        note(emit_answer(*exit.condition, exit.binding),
             [i](bytecode::Journey& journey) -> bytecode::Entry& { return *journey.exits[i].where; });
      }
      journey_.exits.push_back(std::move(result));
    }
  }

  void emit_goals() {
    if (!source_.goals.empty() && !graph_.goal_slots.empty()) journey_.goal_layout = layout(graph_.goal_slots);
    for (std::size_t i = 0; i < source_.goals.size(); ++i) {
      const sema::Goal& goal = source_.goals[i];
      bytecode::Goal result;
      result.name = goal.name;
      result.event = same_id<bytecode::EventId>(goal.event);
      result.window = goal.window;
      result.anchor = goal.anchor;
      if (goal.where != nullptr) {
        result.where = bytecode::Entry{0, result.event};
        note(emit_answer(*goal.where, goal.binding),
             [i](bytecode::Journey& journey) -> bytecode::Entry& { return *journey.goals[i].where; });
      }
      journey_.goals.push_back(std::move(result));
    }
  }

  // ── waiting points ─────────────────────────────────────────────────────────────────────────────────────────────

  void emit_point(const flow::WaitingPoint& point) {
    const std::size_t index = journey_.points.size();
    bytecode::WaitingPoint result;
    result.kind = point.kind;
    result.path = point.path;
    result.step = step_path(point.step);
    result.layout = layout(point.kept);
    result.grace_ms = grace_ms(point);
    for (const sema::AttributeId attribute : point.live) result.live.push_back(same_id<bytecode::AttributeId>(attribute));
    if (point.timeout) {
      result.timeout = bytecode::Entry{};
      note(label(*point.timeout), [index](bytecode::Journey& journey) -> bytecode::Entry& { return *journey.points[index].timeout; });
    }
    // A round that is due already begins at once, and not by a timer that grace would hold.
    const bool is_round = std::holds_alternative<flow::RoundEnd>(point.deadline);
    const std::optional<flow::BlockId> if_past = is_round ? point.timeout : point.if_past;
    if (if_past) {
      result.if_past = bytecode::Entry{};
      note(label(*if_past), [index](bytecode::Journey& journey) -> bytecode::Entry& { return *journey.points[index].if_past; });
    }
    if (point.if_absent) {
      result.if_absent = bytecode::Entry{};
      note(label(*point.if_absent), [index](bytecode::Journey& journey) -> bytecode::Entry& { return *journey.points[index].if_absent; });
    }
    emit_deadline(point, result, index);
    result.interrupts = point.interrupts;
    result.within = place_in_fork(point.within);
    if (point.call) result.call = same_id<bytecode::CallId>(*point.call);
    for (const flow::Arm& arm : point.arms) emit_arm(arm, result, index);
    journey_.points.push_back(std::move(result));
    builder_.id<bytecode::PointId>(index, "waiting points of one journey");
  }

  DurationMs grace_ms(const flow::WaitingPoint& point) const {
    DurationMs largest = 0;
    const auto hear = [&](sema::EventId event) { largest = std::max(largest, builder_.model().at(event).grace_ms); };
    for (const sema::Exit& exit : source_.exits) {
      if (exit.event) hear(*exit.event);
    }
    for (const flow::Arm& arm : point.arms) {
      if (const auto* trigger = std::get_if<flow::EventTrigger>(&arm.trigger)) hear(trigger->event);
    }
    return largest;
  }

  Environment deadline_environment(const flow::WaitingPoint& point) {
    Environment environment = expressions_.environment();
    if (point.anchor) environment.now = place(*point.anchor);
    if (point.zone) environment.zone = place(*point.zone);
    return environment;
  }

  void emit_deadline(const flow::WaitingPoint& point, bytecode::WaitingPoint& result, std::size_t index) {
    if (std::holds_alternative<flow::NoDeadline>(point.deadline)) return;
    if (const auto* after = std::get_if<flow::AfterDuration>(&point.deadline)) {
      result.fixed_ms = after->duration_ms;
      return;
    }
    const Code::Temporaries scope(code_);
    const CodeLabel start = begin_stub(point.span);
    Expressions from_frame(code_, deadline_environment(point));
    const Places places{[](SlotId slot) { return place(slot); }};
    emit_deadline_code(code_, from_frame, point, places);
    result.deadline = bytecode::Entry{};
    note(start, [index](bytecode::Journey& journey) -> bytecode::Entry& { return *journey.points[index].deadline; });
  }

  void emit_arm(const flow::Arm& arm, bytecode::WaitingPoint& result, std::size_t index) {
    const std::size_t arm_index = result.arms.size();
    bytecode::AwaitArm out;
    CodeLabel start = label(arm.body);
    std::visit(Overloaded{
                   [&](const flow::EventTrigger& trigger) {
                     out.signal = bytecode::SignalKind::event;
                     out.event = same_id<bytecode::EventId>(trigger.event);
                     out.entry.event = out.event;
                     out.look_back = trigger.look_back;
                     if (trigger.step_start) out.step_start = place(*trigger.step_start);
                     if (trigger.step_ordinal) out.step_ordinal = place(*trigger.step_ordinal);
                     out.ago = trigger.ago;
                     if (trigger.where != nullptr) start = emit_guard(*trigger.where, trigger.binding, arm.body);
                   },
                   [&](const flow::ReceiptTrigger& trigger) {
                     out.signal = bytecode::SignalKind::receipt;
                     out.delivery = place(trigger.delivery);
                     out.receipt = trigger.receipt;
                   },
                   [&](const flow::ConditionTrigger& trigger) {
                     out.signal = bytecode::SignalKind::when;
                     start = emit_guard(*trigger.condition, std::nullopt, arm.body);
                   },
                   [&](const flow::AnswerTrigger& trigger) {
                     out.signal = trigger.failed ? bytecode::SignalKind::failed_answer : bytecode::SignalKind::answer;
                   },
               },
               arm.trigger);
    note(start, [index, arm_index](bytecode::Journey& journey) -> bytecode::Entry& { return journey.points[index].arms[arm_index].entry; });
    result.arms.push_back(std::move(out));
  }
  // Runs the arm when the condition holds, else declines the input.
  CodeLabel emit_guard(const sema::Expr& condition, std::optional<sema::VariableId> direct, BlockId body) {
    const Code::Temporaries scope(code_);
    const CodeLabel start = begin_stub(condition.span);
    const CodeLabel declined = code_.new_label();
    expressions_.environment().direct = direct;
    expressions_.jump_unless(condition, declined);
    expressions_.environment().direct.reset();
    code_.jump(label(body));
    code_.bind(declined);
    code_.add(Opcode::decline);
    return start;
  }

  // ── required attributes ────────────────────────────────────────────────────────────────────────────────────────

  // The customer's own id is always there, a list that was never set is empty, and what has a default reads as that.
  static bool can_be_unset(const sema::Attribute& attribute) {
    const bool is_own_id = attribute.name == "id";
    const bool is_list = attribute.type.kind == Kind::list || attribute.type.kind == Kind::set;
    return !attribute.type.optional && !is_own_id && !is_list && !attribute.default_value;
  }
  // Conditions of quiet hours, and addresses of channels that a message may be diverted to; when a message asks for them.
  template <typename NoteAll>
  void note_policy(const bytecode::SendSite& site, const NoteAll& note_all) const {
    const bytecode::Program& program = builder_.program();
    const bool is_exempt = program.messages[static_cast<std::size_t>(site.message)].purpose == "transactional";
    if (!journey_.policy || is_exempt) return;
    const bytecode::Policy& policy = program.policies[static_cast<std::size_t>(*journey_.policy)];
    for (const bytecode::QuietHours& quiet : policy.quiet) {
      if (quiet.where) note_all(program.function(*quiet.where).code);
    }
    const auto note_diverts = [&](const std::vector<bytecode::DenialStep>& steps) {
      for (const bytecode::DenialStep& step : steps) {
        if (step.action != bytecode::DenialAction::divert) continue;
        note_all(program.function(program.channels[static_cast<std::size_t>(step.divert_to)].address).code);
      }
    };
    // What a send says itself stands instead of what the policy says.
    note_diverts(site.when_quiet.empty() ? policy.when_quiet : site.when_quiet);
    note_diverts(site.when_capped.empty() ? policy.when_capped : site.when_capped);
  }
  // Everything the journey's code can read, and what its channels' addresses and the zone read for it.
  std::vector<bytecode::AttributeId> required_attributes() const {
    std::vector<bool> read(builder_.model().attributes.size(), false);
    const auto note_all = [&](const std::vector<bytecode::Instruction>& code) {
      for (const bytecode::Instruction& each : code) {
        if (each.opcode == Opcode::load_attribute) read[each.b] = true;
      }
    };
    const bytecode::Program& program = builder_.program();
    note_all(code_.instructions());
    for (const bytecode::SendSite& site : journey_.sites) {
      for (const bytecode::ChannelId channel : site.via) {
        note_all(program.function(program.channels[static_cast<std::size_t>(channel)].address).code);
      }
      note_policy(site, note_all);
    }
    if (program.zone) note_all(program.function(*program.zone).code);
    std::vector<bytecode::AttributeId> result;
    for (std::size_t i = 0; i < read.size(); ++i) {
      if (read[i] && can_be_unset(builder_.model().attributes[i])) result.push_back(static_cast<bytecode::AttributeId>(i));
    }
    return result;
  }

  ProgramBuilder& builder_;
  const flow::Graph& graph_;
  const sema::Journey& source_;
  const source::Sources* sources_;
  Code code_;
  Expressions expressions_;
  std::vector<CodeLabel> block_labels_;
  std::vector<std::pair<EntryOf, CodeLabel>> pending_;
  std::vector<std::pair<std::uint32_t, CodeLabel>> probe_labels_;
  std::vector<PlacedProbe> probes_;
  bytecode::Journey journey_;
};

}  // namespace

EmittedJourney emit_journey(ProgramBuilder& builder, const flow::Graph& graph, const source::Sources* sources) {
  return JourneyEmitter(builder, graph, sources).run();
}

}  // namespace wend::emit
