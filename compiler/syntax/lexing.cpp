#include "compiler/syntax/lexing.h"

#include <algorithm>

#include "WendLexer.h"
#include "compiler/syntax/words.h"
#include "runtime/base/utf8.h"

namespace wend::syntax {

using grammar::WendLexer;

void ByteStream::consume() {
  if (at_ < end_) ++at_;
}

std::size_t ByteStream::LA(ssize_t distance) {
  if (distance == 0) return 0;
  const auto at = static_cast<ssize_t>(at_) + (distance > 0 ? distance - 1 : distance);
  if (at < static_cast<ssize_t>(begin_) || at >= static_cast<ssize_t>(end_)) return antlr4::IntStream::EOF;
  const auto byte = static_cast<unsigned char>(text_[static_cast<std::size_t>(at)]);
  // The lexer caches its steps for ASCII only. To it all bytes beyond are alike, so they share one symbol, DEL, and the
  // real DEL, which is as illegal as any control character, becomes another of them.
  constexpr unsigned char k_other_byte = 0x7F;
  constexpr unsigned char k_control = 0x01;
  if (byte == k_other_byte) return k_control;
  return byte > k_other_byte ? k_other_byte : byte;
}

std::string ByteStream::getText(const antlr4::misc::Interval& interval) {
  if (interval.b < interval.a) return "";
  const auto begin = static_cast<std::size_t>(interval.a);
  return std::string(text_.substr(begin, static_cast<std::size_t>(interval.b) - begin + 1));
}

bool begins_line(std::string_view text, std::size_t offset) {
  while (offset > 0 && (text[offset - 1] == ' ' || text[offset - 1] == '\t')) --offset;
  return offset == 0 || text[offset - 1] == '\n' || (offset == k_byte_order_mark.size() && text.starts_with(k_byte_order_mark));
}

namespace {

Comment make_comment(const source::SourceFile& file, const antlr4::Token& token) {
  const std::string_view text = text_of(file, token);
  // `////…` is a ruler, not documentation.
  const bool is_doc = text.starts_with("///") && !text.starts_with("////");
  return {is_doc ? CommentKind::doc : CommentKind::plain, span_of(file, token), begins_line(file.text(), token.getStartIndex())};
}

/// Whether a `>=` after these tokens closes a type that a default follows, as in `paid: Money<USD>=0.00`. A capitalised name is never
/// compared, so what stands between such a name's `<` and here decides.
bool closes_a_type(const TokenList& tokens) {
  for (std::size_t index = tokens.size(); index > 1; --index) {
    const std::size_t type = tokens[index - 1]->getType();
    if (type == token_type("<")) return tokens[index - 2]->getType() == WendLexer::UIDENT;
    if (type != WendLexer::UIDENT && type != token_type(",") && type != token_type("?") && type != token_type(">")) return false;
  }
  return false;
}

/// The longest match takes `>=` for one token.
void push_split(TokenList& tokens, antlr4::Token* both) {
  const std::size_t begin = both->getStartIndex();
  for (const std::string_view literal : {">", "="}) {
    auto token = std::make_unique<antlr4::CommonToken>(both);
    const std::size_t at = begin + (literal == "=" ? 1 : 0);
    token->setType(token_type(literal));
    token->setStartIndex(at);
    token->setStopIndex(at);
    token->setCharPositionInLine(both->getCharPositionInLine() + (at - begin));
    tokens.push_back(std::move(token));
  }
}

}  // namespace

Lexed lex(const source::SourceFile& file, std::size_t begin, std::size_t end) {
  Lexed result;
  result.streams.push_back(std::make_unique<ByteStream>(file.text(), begin, end));
  WendLexer lexer(result.streams.front().get());
  lexer.removeErrorListeners();
  lexer.setLine(file.line_of(static_cast<std::uint32_t>(begin)));
  while (true) {
    std::unique_ptr<antlr4::Token> token = lexer.nextToken();
    if (token->getType() == antlr4::Token::EOF) return result;
    if (token->getType() == WendLexer::COMMENT) {
      result.comments.push_back(make_comment(file, *token));
      continue;
    }
    if (result.tokens.size() == k_tokens_max) {
      result.too_many = true;
      return result;
    }
    if (token->getType() == token_type(">=") && closes_a_type(result.tokens)) {
      push_split(result.tokens, token.get());
      continue;
    }
    result.tokens.push_back(std::move(token));
  }
}

source::Span span_of(const source::SourceFile& file, const antlr4::Token& token) {
  const auto begin = static_cast<std::uint32_t>(token.getStartIndex());
  if (token.getType() == antlr4::Token::EOF) {
    const auto end = static_cast<std::uint32_t>(file.text().size());
    return {file.file_id(), std::min(begin, end), std::min(begin, end)};
  }
  return {file.file_id(), begin, static_cast<std::uint32_t>(token.getStopIndex() + 1)};
}

std::string_view text_of(const source::SourceFile& file, const antlr4::Token& token) {
  return file.text(span_of(file, token));
}

void set_type(antlr4::Token& token, std::size_t type) {
  static_cast<antlr4::WritableToken&>(static_cast<antlr4::CommonToken&>(token)).setType(type);
}

}  // namespace wend::syntax
