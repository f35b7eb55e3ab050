#include "compiler/syntax/ast.h"

#include <array>

namespace wend::syntax {
namespace {

constexpr std::array<std::string_view, std::variant_size_v<ExprNode> - 1> k_expr_names = {
#define WEND_EXPRESSION(kind) #kind,
#include "compiler/syntax/syntax_nodes.def"
};
constexpr std::array<std::string_view, std::variant_size_v<StmtNode> - 1> k_stmt_names = {
#define WEND_STATEMENT(kind) #kind,
#include "compiler/syntax/syntax_nodes.def"
};
constexpr std::array<std::string_view, std::variant_size_v<DeclNode> - 1> k_decl_names = {
#define WEND_DECLARATION(kind) #kind,
#include "compiler/syntax/syntax_nodes.def"
};
constexpr std::array<std::string_view, std::variant_size_v<HeaderNode> - 1> k_header_names = {
#define WEND_HEADER(kind) #kind,
#include "compiler/syntax/syntax_nodes.def"
};
constexpr std::array<std::string_view, std::variant_size_v<TestItemNode> - 1> k_test_item_names = {
#define WEND_TEST_ITEM(kind) #kind,
#include "compiler/syntax/syntax_nodes.def"
};
constexpr std::array<std::string_view, std::variant_size_v<PatternNode> - 1> k_pattern_names = {
#define WEND_PATTERN(kind) #kind,
#include "compiler/syntax/syntax_nodes.def"
};

}  // namespace

std::string_view kind_name(ExprKind kind) {
  return k_expr_names.at(static_cast<std::size_t>(kind));
}
std::string_view kind_name(StmtKind kind) {
  return k_stmt_names.at(static_cast<std::size_t>(kind));
}
std::string_view kind_name(DeclKind kind) {
  return k_decl_names.at(static_cast<std::size_t>(kind));
}
std::string_view kind_name(HeaderKind kind) {
  return k_header_names.at(static_cast<std::size_t>(kind));
}
std::string_view kind_name(TestItemKind kind) {
  return k_test_item_names.at(static_cast<std::size_t>(kind));
}
std::string_view kind_name(PatternKind kind) {
  return k_pattern_names.at(static_cast<std::size_t>(kind));
}

std::string QualifiedName::text() const {
  std::string result;
  for (const Name& part : parts) result += (result.empty() ? "" : ".") + part.text;
  return result;
}

std::string_view spelling(BinaryOp op) {
  switch (op) {
    case BinaryOp::multiply:
      return "*";
    case BinaryOp::divide:
      return "/";
    case BinaryOp::add:
      return "+";
    case BinaryOp::subtract:
      return "-";
    case BinaryOp::otherwise:
      return "otherwise";
    case BinaryOp::less:
      return "<";
    case BinaryOp::less_equal:
      return "<=";
    case BinaryOp::greater:
      return ">";
    case BinaryOp::greater_equal:
      return ">=";
    case BinaryOp::equal:
      return "==";
    case BinaryOp::not_equal:
      return "!=";
    case BinaryOp::logical_and:
      return "and";
    case BinaryOp::logical_or:
      return "or";
  }
  return "";
}

}  // namespace wend::syntax
