#include "tests/reference/declarations.h"

#include <algorithm>

#include "tests/reference/calendar.h"
#include "tests/reference/comes_through.h"

namespace wend::reference {

using namespace syntax;

namespace {
std::set<std::string> heard_by_somebody(const Declarations& all);
}

Declarations::Declarations(const File& file, std::vector<ClosedDays> closed) : closed_days(std::move(closed)) {
  for (const Decl& declaration : file.declarations) {
    if (const auto* decl = declaration.get_if<CustomerDecl>()) customer = decl;
    if (const auto* decl = declaration.get_if<CustomerTimezoneDecl>()) zone = decl->zone.get();
    if (const auto* decl = declaration.get_if<JourneyDecl>()) journeys.push_back(decl);
    if (const auto* decl = declaration.get_if<EventDecl>()) events[decl->name.text] = decl;
    if (const auto* decl = declaration.get_if<ChannelDecl>()) channels[decl->name.text] = decl;
    if (const auto* decl = declaration.get_if<MessageDecl>()) messages[decl->name.text] = decl;
    if (const auto* decl = declaration.get_if<ActionDecl>()) actions[decl->name.text] = decl;
    if (const auto* decl = declaration.get_if<ExperimentDecl>()) {
      experiments[decl->name.text] = decl;
      experiments_in_order.push_back(decl);
    }
    if (const auto* decl = declaration.get_if<HoldoutDecl>()) holdouts[decl->name.text] = decl;
    if (const auto* decl = declaration.get_if<FnDecl>()) fns[decl->name.text] = decl;
    if (const auto* decl = declaration.get_if<RecordDecl>()) records[decl->name.text] = decl;
    if (const auto* decl = declaration.get_if<PolicyDecl>()) policies[decl->name.text] = decl;
    if (const auto* decl = declaration.get_if<CalendarDecl>()) calendars[decl->name.text] = decl;
    if (const auto* decl = declaration.get_if<FlowDecl>()) flows[decl->name.text] = decl;
    if (const auto* decl = declaration.get_if<SegmentDecl>()) segments.push_back(decl);
  }
  heard_events = heard_by_somebody(*this);
}

const SegmentDecl* Declarations::segment(const std::string& name) const {
  const auto found = std::find_if(segments.begin(), segments.end(), [&](const SegmentDecl* each) { return each->name.text == name; });
  return found == segments.end() ? nullptr : *found;
}

reference::Span Declarations::late(const std::string& event) const {
  const auto& written = events.at(event)->late;
  if (!written) return {false, 0, 0, 1};
  return span_of(*written);
}

std::int64_t Declarations::grace_ms(const std::string& event) const {
  const auto& written = events.at(event)->grace;
  return written ? span_of(*written).ms : 0;
}

bool concerns_channel(const std::vector<Name>& channels, const std::string& channel) {
  return channels.empty() || std::any_of(channels.begin(), channels.end(), [&](const Name& each) { return each.text == channel; });
}

std::vector<const DenialStep*> denial_chain(const SendStmt& send, const PolicyDecl& policy, DenialCause cause) {
  std::vector<const DenialStep*> steps;
  for (const auto* rules : {&send.denials, &policy.denials}) {
    for (const DenialRule& rule : *rules) {
      if (rule.cause != cause) continue;
      for (const DenialStep& step : rule.steps) steps.push_back(&step);
      return steps;
    }
  }
  return steps;
}

int weekday_number(const std::string& name) {
  static const std::vector<std::string> names = {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};
  const auto found = std::find(names.begin(), names.end(), name);
  return found == names.end() ? -1 : static_cast<int>(found - names.begin());
}

bool Declarations::is_in_week(const std::string& calendar, Date day) const {
  const CalendarDecl& declaration = *calendars.at(calendar);
  if (!declaration.week_from) return true;
  const int from = weekday_number(declaration.week_from->text);
  const int to = declaration.week_to ? weekday_number(declaration.week_to->text) : from;
  return (weekday_of(day) - from + 7) % 7 <= (to - from + 7) % 7;
}

bool Declarations::is_open(const std::string& calendar, Date day) const {
  if (!is_in_week(calendar, day)) return false;
  if (calendars.at(calendar)->closed.empty()) return true;
  return std::none_of(closed_days.begin(), closed_days.end(), [&](const ClosedDays& each) { return is_closed(each, day); });
}

namespace {

// Visits everything below a statement or an expression.
class Walker {
 public:
  Walker(const Declarations& all, const PolicyDecl* policy) : all_(all), policy_(policy) {}
  std::set<std::string> attributes;
  std::set<std::string> awaited;
  std::set<std::string> heard;           // events, by whatever
  std::set<std::string> asked_segments;  // by state conditions
  std::vector<const HistoryExpr*> history;
  bool consents = false;
  bool zone = false;
  bool waits = false;          // a waiting point is in it
  bool into_segments = false;  // what the segments asked for read is read

  void state(const Expr* condition) {
    if (condition == nullptr) return;
    in_state_ = true;
    expression(condition);
    in_state_ = false;
  }

  void expression(const Expr* expr) {
    if (expr != nullptr) std::visit(*this, expr->node);
  }
  void statements(const std::vector<StmtPtr>& list) {
    for (const StmtPtr& stmt : list) std::visit(*this, stmt->node);
  }
  void arguments(const ArgumentList& list) {
    for (const Argument& argument : list.arguments) expression(argument.value.get());
  }

  void operator()(const MemberExpr& member) {
    if (member.object->kind() == ExprKind::Customer) attributes.insert(member.member.text);
    expression(member.object.get());
  }
  void operator()(const CallExpr& call) {
    arguments(call.arguments);
    zone = zone || call.function.text.starts_with("date") || call.function.text == "time_of";
    const auto fn = all_.fns.find(call.function.text);
    if (fn != all_.fns.end()) expression(fn->second->body.get());
  }
  void operator()(const ConstructExpr& construct) { arguments(construct.arguments); }
  void operator()(const ListExpr& list) {
    for (const ExprPtr& element : list.elements) expression(element.get());
  }
  void operator()(const HistoryExpr& asked) {
    heard.insert(asked.event.text);
    history.push_back(&asked);
    zone = zone || (asked.window.last && !asked.window.last->is_exact);
    expression(asked.where.get());
  }
  void operator()(const ConsentExpr&) { consents = true; }
  void operator()(const DurationExpr& duration) { zone = zone || !duration.duration.is_exact; }
  void operator()(const DateTimeExpr&) { zone = true; }
  void operator()(const MatchExpr& match) {
    expression(match.subject.get());
    for (const MatchExprArm& arm : match.arms) expression(arm.value.get());
  }
  void operator()(const UnaryExpr& unary) { expression(unary.operand.get()); }
  void operator()(const BinaryExpr& binary) {
    expression(binary.left.get());
    expression(binary.right.get());
  }
  void operator()(const IsExpr& is) { expression(is.operand.get()); }
  void operator()(const InExpr& in) {
    expression(in.element.get());
    if (in.element->kind() != ExprKind::Customer) return expression(in.collection.get());
    const SegmentDecl& segment = *all_.segment(in.collection->as<NameExpr>().name.text);
    const bool asks = in_state_;
    if (asks) asked_segments.insert(segment.name.text);
    if (!into_segments) return;  // nobody is in a segment that reads what is missing, so asking needs nothing
    in_state_ = false;
    expression(segment.condition.get());
    in_state_ = asks;
  }

  void operator()(const StepStmt& step) {
    statements(step.body.statements);
    interrupts(step.interrupts);
  }
  void operator()(const GuardedStmt& guarded) {
    statements(guarded.body.statements);
    interrupts(guarded.interrupts);
  }
  void operator()(const RunStmt& run) {
    const FlowDecl& flow = *all_.flows.at(run.flow.text);
    if (run.arguments) arguments(*run.arguments);
    for (const Parameter& parameter : flow.parameters) expression(parameter.default_value.get());
    statements(flow.body.statements);
  }
  void operator()(const SendStmt& send) {
    const MessageDecl& message = *all_.messages.at(send.message.text);
    if (send.arguments) arguments(*send.arguments);
    std::size_t positional = 0;
    std::set<std::string> given;
    if (send.arguments) {
      for (const Argument& argument : send.arguments->arguments) {
        given.insert(argument.name ? argument.name->text : message.parameters[positional++].name.text);
      }
    }
    for (const Parameter& parameter : message.parameters) {
      if (!given.contains(parameter.name.text)) expression(parameter.default_value.get());
    }
    std::vector<std::string> via;
    for (const Name& name : send.via) via.push_back(name.text);
    if (send.via.empty()) {
      for (const MessageBody& body : message.bodies) via.push_back(body.channel.text);
    }
    for (const std::string& channel : via) expression(all_.channels.at(channel)->address.get());
    if (message.purpose.text == "marketing" && policy_ != nullptr) gates(send, via);
    if (send.or_else) statements(send.or_else->body.statements);
  }
  void operator()(const WaitStmt& wait) {
    waits = true;
    std::visit([&](const auto& spec) { zone_of(spec.at); }, wait.spec);
    const auto* until = std::get_if<WaitUntilInstant>(&wait.spec);
    if (until == nullptr) return;
    expression(until->instant.get());
    for (const auto& handler : {&until->if_past, &until->if_absent}) {
      if (*handler && (*handler)->block) statements((*handler)->block->statements);
    }
  }
  void operator()(const AwaitStmt& await) {
    waits = true;
    for (const AwaitArm& arm : await.arms) {
      state(arm.condition.get());
      for (const Signal& signal : arm.signals) {
        const auto* event = std::get_if<EventSignal>(&signal.node);
        if (event == nullptr) continue;
        awaited.insert(event->pattern.event.text);
        heard.insert(event->pattern.event.text);
        expression(event->pattern.where.get());
      }
      statements(arm.body.statements);
    }
  }
  void operator()(const IfStmt& branches) {
    for (const IfBranch& branch : branches.branches) {
      expression(branch.condition.get());
      statements(branch.body.statements);
    }
    if (branches.otherwise) statements(branches.otherwise->statements);
  }
  void operator()(const MatchStmt& match) {
    expression(match.subject.get());
    for (const MatchArm& arm : match.arms) statements(arm.body.statements);
  }
  void operator()(const SplitStmt& split) {
    for (const NamedBlock& arm : split.arms) statements(arm.body.statements);
  }
  void operator()(const ForkStmt& fork) {
    for (const NamedBlock& branch : fork.branches) statements(branch.body.statements);
  }
  void operator()(const CallStmt& call) {
    waits = true;
    arguments(call.arguments);
    if (call.or_else) statements(call.or_else->body.statements);
  }
  void operator()(const EmitStmt& emit) { arguments(emit.arguments); }
  void operator()(const HandOffStmt& hand_off) {
    if (hand_off.arguments) arguments(*hand_off.arguments);
  }
  void operator()(const RepeatStmt& repeat) {
    // The wait for the next round is behind the body.
    waits = waits || (repeat.every && comes_through(repeat.body.statements, all_));
    statements(repeat.body.statements);
  }
  void operator()(const LetStmt& let) { expression(let.value.get()); }
  void operator()(const SetStmt& set) { expression(set.value.get()); }
  template <typename Leaf>
  void operator()(const Leaf&) {}

 private:
  void interrupts(const std::vector<Interrupt>& list) {
    for (const Interrupt& interrupt : list) {
      if (interrupt.event) heard.insert(interrupt.event->event.text);
      if (interrupt.event) expression(interrupt.event->where.get());
      state(interrupt.condition.get());
      statements(interrupt.body.statements);
    }
  }
  void zone_of(const AtTime& at) { expression(at.zone.get()); }
  void zone_of(const std::optional<AtTime>& at) {
    if (at) zone_of(*at);
  }
  /// What a policy asks for before the message goes out, and the channels to which it may be diverted. It may have to wait where a rule
  /// concerns a channel of its.
  void gates(const SendStmt& send, std::vector<std::string> channels) {
    const auto follow = [&](DenialCause cause, const auto& rules) {
      if (rules.empty()) return;
      bool delays = false;
      for (const DenialStep* step : denial_chain(send, *policy_, cause)) {
        delays = delays || step->action == DenialAction::delay;
        if (!step->divert_to) continue;
        channels.push_back(step->divert_to->text);
        expression(all_.channels.at(step->divert_to->text)->address.get());
      }
      waits = waits || (delays && std::any_of(rules.begin(), rules.end(), [&](const auto& rule) {
                          return std::any_of(channels.begin(), channels.end(),
                                             [&](const std::string& channel) { return concerns_channel(rule.channels, channel); });
                        }));
    };
    for (const QuietRule& quiet : policy_->quiet_hours) expression(quiet.where.get());
    follow(DenialCause::quiet, policy_->quiet_hours);
    follow(DenialCause::capped, policy_->caps);
  }

  const Declarations& all_;
  const PolicyDecl* policy_;
  bool in_state_ = false;
};

const PolicyDecl* policy_of(const JourneyDecl& journey, const Declarations& all) {
  for (const Header& header : journey.headers) {
    if (header.kind() == HeaderKind::Policy) return all.policies.at(header.as<PolicyHeader>().policy.text);
  }
  return nullptr;
}

std::set<std::string> heard_by_somebody(const Declarations& all) {
  Walker segments(all, nullptr);
  for (const SegmentDecl* segment : all.segments) segments.expression(segment->condition.get());
  std::set<std::string> heard = segments.heard;
  for (const JourneyDecl* journey : all.journeys) {
    Walker walker(all, policy_of(*journey, all));
    walker.statements(journey->statements);
    for (const Header& header : journey->headers) {
      const EventPattern* pattern = nullptr;
      if (header.kind() == HeaderKind::Enter) {
        const auto& enter = header.as<EnterHeader>();
        const auto* event = std::get_if<EnterOnEvent>(&enter.source);
        if (event != nullptr) pattern = &event->pattern;
        walker.expression(enter.one_per.get());
        if (enter.with) walker.arguments(*enter.with);
      }
      // Nobody leaves on an event a journey that never waits.
      const bool is_exit = header.kind() == HeaderKind::Exit && walker.waits;
      if (is_exit && header.as<ExitHeader>().event) pattern = &*header.as<ExitHeader>().event;
      if (header.kind() == HeaderKind::Goal) pattern = &header.as<GoalHeader>().pattern;
      if (pattern == nullptr) continue;
      walker.heard.insert(pattern->event.text);
      walker.expression(pattern->where.get());
    }
    heard.insert(walker.heard.begin(), walker.heard.end());
  }
  return heard;
}

}  // namespace

std::set<std::string> attributes_in(const Expr& expression, const Declarations& all) {
  Walker walker(all, nullptr);
  walker.expression(&expression);
  return walker.attributes;
}

std::set<std::string> required_attributes(const JourneyDecl& journey, const Declarations& all) {
  Walker walker(all, policy_of(journey, all));
  walker.statements(journey.statements);
  for (const Header& header : journey.headers) {
    if (header.kind() == HeaderKind::Enter) {
      const auto& enter = header.as<EnterHeader>();
      if (const auto* event = std::get_if<EnterOnEvent>(&enter.source)) walker.expression(event->pattern.where.get());
      if (const auto* year = std::get_if<EnterEveryYear>(&enter.source)) walker.expression(year->date.get());
      walker.expression(enter.one_per.get());
      if (enter.with) walker.arguments(*enter.with);
    }
    if (header.kind() == HeaderKind::Exit) {
      const auto& exit = header.as<ExitHeader>();
      // Nobody leaves on an event a journey that never waits.
      if (exit.event && walker.waits) walker.expression(exit.event->where.get());
      walker.expression(exit.condition.get());
    }
    if (header.kind() == HeaderKind::Goal) walker.expression(header.as<GoalHeader>().pattern.where.get());
  }
  walker.expression(all.zone);
  return required_of(walker.attributes, all);
}

std::set<std::string> required_of(const std::set<std::string>& attributes, const Declarations& all) {
  std::set<std::string> required;
  if (all.customer == nullptr) return required;
  for (const Field& field : all.customer->fields) {
    const bool may_be_missing = !field.type.optional && field.default_value == nullptr && field.type.name.text != "List" && field.type.name.text != "Set";
    if (may_be_missing && field.name.text != "id" && attributes.contains(field.name.text)) required.insert(field.name.text);
  }
  return required;
}

Reads reads_of(const Expr& expression, const Declarations& all) {
  Walker walker(all, nullptr);
  walker.into_segments = true;
  walker.expression(&expression);
  if (walker.zone && all.zone != nullptr) walker.expression(all.zone);
  return {walker.attributes, walker.history, walker.consents, walker.zone};
}

std::set<std::string> followed_segments(const Declarations& all) {
  Walker walker(all, nullptr);
  for (const JourneyDecl* journey : all.journeys) {
    walker.statements(journey->statements);
    for (const Header& header : journey->headers) {
      if (header.kind() == HeaderKind::Exit) walker.state(header.as<ExitHeader>().condition.get());
      if (header.kind() != HeaderKind::Enter) continue;
      const auto& source = header.as<EnterHeader>().source;
      if (const auto* join = std::get_if<EnterOnJoin>(&source); join != nullptr && !join->including_existing) {
        walker.asked_segments.insert(join->segment.text);
      }
      if (const auto* every = std::get_if<EnterEvery>(&source)) walker.asked_segments.insert(every->segment.text);
      if (const auto* moment = std::get_if<EnterAtMoment>(&source)) walker.asked_segments.insert(moment->segment.text);
    }
  }
  return walker.asked_segments;
}

Journey::Journey(const JourneyDecl& declaration, const Declarations& all) : tree(&declaration), name(declaration.name.text) {
  for (const Header& header : declaration.headers) {
    if (header.kind() == HeaderKind::Lifetime) lifetime = span_of(header.as<LifetimeHeader>().lifetime);
    if (header.kind() == HeaderKind::Priority) priority = header.as<PriorityHeader>().priority.value;
    if (header.kind() == HeaderKind::Enter) enters.push_back(&header.as<EnterHeader>());
    if (header.kind() == HeaderKind::Exit) exits.push_back(&header.as<ExitHeader>());
    if (header.kind() == HeaderKind::Holdout) holdouts.push_back(header.as<HoldoutHeader>().holdout.text);
    if (header.kind() == HeaderKind::Goal) goals.push_back(&header.as<GoalHeader>());
  }
  policy = policy_of(declaration, all);
  Walker walker(all, policy);
  walker.statements(declaration.statements);
  awaited = walker.awaited;
  required = required_attributes(declaration, all);
  for (const ExitHeader* exit : exits) {
    if (exit->event) exit_grace_ms = std::max(exit_grace_ms, all.grace_ms(exit->event->event.text));
  }
}

}  // namespace wend::reference
