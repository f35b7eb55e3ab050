#pragma once

#include <functional>

#include "compiler/sema/typed_expr.h"

namespace wend::flow {

template <typename... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};
template <typename... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

/// Calls `visit` with every expression inside `expr`, itself included, parents first.
void for_each_expression(const sema::Expr& expr, const std::function<void(const sema::Expr&)>& visit);

}  // namespace wend::flow
