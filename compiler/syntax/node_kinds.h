#pragma once

#include <cstdint>
#include <string_view>

namespace wend::syntax {

enum class ExprKind : std::uint8_t {
#define WEND_EXPRESSION(kind) kind,
#include "compiler/syntax/syntax_nodes.def"
};
enum class StmtKind : std::uint8_t {
#define WEND_STATEMENT(kind) kind,
#include "compiler/syntax/syntax_nodes.def"
};
enum class DeclKind : std::uint8_t {
#define WEND_DECLARATION(kind) kind,
#include "compiler/syntax/syntax_nodes.def"
};
enum class HeaderKind : std::uint8_t {
#define WEND_HEADER(kind) kind,
#include "compiler/syntax/syntax_nodes.def"
};
enum class TestItemKind : std::uint8_t {
#define WEND_TEST_ITEM(kind) kind,
#include "compiler/syntax/syntax_nodes.def"
};
enum class PatternKind : std::uint8_t {
#define WEND_PATTERN(kind) kind,
#include "compiler/syntax/syntax_nodes.def"
};

/// The kind's name as the table writes it, for dumps and tests.
[[nodiscard]] std::string_view kind_name(ExprKind kind);
[[nodiscard]] std::string_view kind_name(StmtKind kind);
[[nodiscard]] std::string_view kind_name(DeclKind kind);
[[nodiscard]] std::string_view kind_name(HeaderKind kind);
[[nodiscard]] std::string_view kind_name(TestItemKind kind);
[[nodiscard]] std::string_view kind_name(PatternKind kind);

}  // namespace wend::syntax
