#include "compiler/flow/walk.h"

#include "compiler/sema/walk.h"

namespace wend::flow {

void for_each_expression(const sema::Expr& expr, const std::function<void(const sema::Expr&)>& visit) {
  visit(expr);
  for (const sema::Expr* child : sema::children(expr)) for_each_expression(*child, visit);
}

}  // namespace wend::flow
