#include "compiler/syntax/mentions.h"

namespace wend::syntax {

std::string_view name_text(const source::SourceFile& file, const Token& token) {
  const std::string_view text = file.text(token.span);
  return text.size() > 2 && text.front() == '`' ? text.substr(1, text.size() - 2) : text;
}

bool is_symbol(const source::SourceFile& file, const SourceTokens& tokens, std::size_t at, std::string_view symbol) {
  return at < tokens.tokens.size() && tokens.tokens[at].kind == TokenKind::symbol && file.text(tokens.tokens[at].span) == symbol;
}

bool may_name_a_declaration(const source::SourceFile& file, const SourceTokens& tokens, std::size_t at) {
  const TokenKind kind = tokens.tokens[at].kind;
  const bool is_word = kind == TokenKind::word || kind == TokenKind::name || kind == TokenKind::type_name;
  return is_word && !is_symbol(file, tokens, at + 1, ":") && !(at > 0 && is_symbol(file, tokens, at - 1, "."));
}

std::string name_of(const Decl& decl) {
  return std::visit(
      [](const auto& node) -> std::string {
        if constexpr (requires { node.name.text; }) {
          return node.name.text;
        } else {
          return {};
        }
      },
      decl.node);
}

}  // namespace wend::syntax
