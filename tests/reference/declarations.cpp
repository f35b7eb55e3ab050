#include "tests/reference/declarations.h"

#include <algorithm>

#include "tests/reference/calendar.h"

namespace wend::reference {

using namespace syntax;

Declarations::Declarations(const File& file) {
  for (const Decl& declaration : file.declarations) {
    if (const auto* decl = declaration.get_if<CustomerDecl>()) customer = decl;
    if (const auto* decl = declaration.get_if<CustomerTimezoneDecl>()) zone = decl->zone.get();
    if (const auto* decl = declaration.get_if<JourneyDecl>()) journeys.push_back(decl);
    if (const auto* decl = declaration.get_if<EventDecl>()) events[decl->name.text] = decl;
    if (const auto* decl = declaration.get_if<ChannelDecl>()) channels[decl->name.text] = decl;
    if (const auto* decl = declaration.get_if<MessageDecl>()) messages[decl->name.text] = decl;
    if (const auto* decl = declaration.get_if<ExperimentDecl>()) experiments[decl->name.text] = decl;
    if (const auto* decl = declaration.get_if<FnDecl>()) fns[decl->name.text] = decl;
    if (const auto* decl = declaration.get_if<RecordDecl>()) records[decl->name.text] = decl;
  }
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

namespace {

// Visits everything below a statement or an expression.
class Walker {
 public:
  explicit Walker(const Declarations& all) : all_(all) {}
  std::set<std::string> attributes;
  std::set<std::string> awaited;
  bool waits = false;  // a waiting point is in it

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
    const auto fn = all_.fns.find(call.function.text);
    if (fn != all_.fns.end()) expression(fn->second->body.get());
  }
  void operator()(const ConstructExpr& construct) { arguments(construct.arguments); }
  void operator()(const ListExpr& list) {
    for (const ExprPtr& element : list.elements) expression(element.get());
  }
  void operator()(const HistoryExpr& history) { expression(history.where.get()); }
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
    expression(in.collection.get());
  }

  void operator()(const StepStmt& step) { statements(step.body.statements); }
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
    if (send.or_else) statements(send.or_else->body.statements);
  }
  void operator()(const WaitStmt& wait) {
    waits = true;
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
      expression(arm.condition.get());
      for (const Signal& signal : arm.signals) {
        const auto* event = std::get_if<EventSignal>(&signal.node);
        if (event == nullptr) continue;
        awaited.insert(event->pattern.event.text);
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
  void operator()(const RepeatStmt& repeat) {
    waits = waits || repeat.every;
    statements(repeat.body.statements);
  }
  void operator()(const LetStmt& let) { expression(let.value.get()); }
  void operator()(const SetStmt& set) { expression(set.value.get()); }
  template <typename Leaf>
  void operator()(const Leaf&) {}

 private:
  const Declarations& all_;
};

}  // namespace

std::set<std::string> attributes_in(const Expr& expression, const Declarations& all) {
  Walker walker(all);
  walker.expression(&expression);
  return walker.attributes;
}

std::set<std::string> required_attributes(const JourneyDecl& journey, const Declarations& all) {
  Walker walker(all);
  walker.statements(journey.statements);
  for (const Header& header : journey.headers) {
    if (header.kind() == HeaderKind::Enter) {
      const auto& enter = header.as<EnterHeader>();
      if (const auto* event = std::get_if<EnterOnEvent>(&enter.source)) walker.expression(event->pattern.where.get());
      walker.expression(enter.one_per.get());
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
  std::set<std::string> required;
  if (all.customer == nullptr) return required;
  for (const Field& field : all.customer->fields) {
    const bool may_be_missing = !field.type.optional && field.type.name.text != "List" && field.type.name.text != "Set";
    if (may_be_missing && field.name.text != "id" && walker.attributes.contains(field.name.text)) required.insert(field.name.text);
  }
  return required;
}

Journey::Journey(const JourneyDecl& declaration, const Declarations& all) : tree(&declaration), name(declaration.name.text) {
  for (const Header& header : declaration.headers) {
    if (header.kind() == HeaderKind::Lifetime) lifetime = span_of(header.as<LifetimeHeader>().lifetime);
    if (header.kind() == HeaderKind::Priority) priority = header.as<PriorityHeader>().priority.value;
    if (header.kind() == HeaderKind::Enter) enters.push_back(&header.as<EnterHeader>());
    if (header.kind() == HeaderKind::Exit) exits.push_back(&header.as<ExitHeader>());
    if (header.kind() == HeaderKind::Goal) goals.push_back(&header.as<GoalHeader>());
  }
  Walker walker(all);
  walker.statements(declaration.statements);
  awaited = walker.awaited;
  required = required_attributes(declaration, all);
  for (const ExitHeader* exit : exits) {
    if (exit->event) exit_grace_ms = std::max(exit_grace_ms, all.grace_ms(exit->event->event.text));
  }
}

}  // namespace wend::reference
