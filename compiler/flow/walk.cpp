#include "compiler/flow/walk.h"

namespace wend::flow {
namespace {

using namespace sema;

// The direct children of each kind of node, in the order of evaluation.
class Children {
 public:
  explicit Children(const std::function<void(const Expr&)>& visit) : visit_(visit) {}

  void operator()(const MemberRead& node) const { one(node.record); }
  void operator()(const ToOptional& node) const { one(node.operand); }
  void operator()(const ToDecimal& node) const { one(node.operand); }
  void operator()(const Unwrap& node) const { one(node.operand); }
  void operator()(const Otherwise& node) const { both(node.left, node.right); }
  void operator()(const IsPresent& node) const { one(node.operand); }
  void operator()(const Not& node) const { one(node.operand); }
  void operator()(const And& node) const { both(node.left, node.right); }
  void operator()(const Or& node) const { both(node.left, node.right); }
  void operator()(const Negate& node) const { one(node.operand); }
  void operator()(const Arithmetic& node) const { both(node.left, node.right); }
  void operator()(const Compare& node) const { both(node.left, node.right); }
  void operator()(const Contains& node) const { both(node.element, node.collection); }
  void operator()(const NativeCall& node) const { all(node.arguments); }
  void operator()(const LetIn& node) const { both(node.value, node.body); }
  void operator()(const MatchExpr& node) const {
    one(node.subject);
    for (const MatchExprArm& arm : node.arms) one(arm.value);
  }
  void operator()(const MakeRecord& node) const { all(node.fields); }
  void operator()(const MakeList& node) const { all(node.elements); }
  void operator()(const ErrorExpr&) const {}
  void operator()(const Constant&) const {}
  void operator()(const Absent&) const {}
  void operator()(const Variable&) const {}
  void operator()(const EventField&) const {}
  void operator()(const AttributeRead&) const {}
  void operator()(const ConsentRead&) const {}
  void operator()(const HistoryCount&) const {}
  void operator()(const Now&) const {}
  void operator()(const CustomerZone&) const {}

 private:
  void one(const ExprPtr& child) const { for_each_expression(*child, visit_); }
  void both(const ExprPtr& left, const ExprPtr& right) const {
    one(left);
    one(right);
  }
  void all(const std::vector<ExprPtr>& children) const {
    for (const ExprPtr& child : children) one(child);
  }

  const std::function<void(const Expr&)>& visit_;
};

}  // namespace

void for_each_expression(const Expr& expr, const std::function<void(const Expr&)>& visit) {
  visit(expr);
  std::visit(Children(visit), expr.node);
}

}  // namespace wend::flow
