#include "compiler/syntax/parse.h"

#include <fmt/format.h>

#include "WendLexer.h"
#include "compiler/source/utf8.h"
#include "compiler/syntax/brackets.h"
#include "compiler/syntax/hole.h"
#include "compiler/syntax/lexing.h"
#include "compiler/syntax/recovery.h"
#include "compiler/syntax/repair.h"
#include "compiler/syntax/tree_builder.h"
#include "compiler/syntax/words.h"
#include "runtime/base/utf8.h"

namespace wend::syntax {
namespace {

using diag::Diagnostic;
using diag::Kind;

/// The first try: the faster prediction mode, giving up at the first mistake. Sentences it accepts are right; those it
/// refuses are parsed again in full, where mistakes are reported.
class GiveUpStrategy final : public antlr4::BailErrorStrategy {
 public:
  void sync(antlr4::Parser*) override {}
};

/// Tokens in, a parse tree out: owns everything the tree points into.
class ParserRun {
 public:
  ParserRun(Lexed lexed, std::size_t end_offset)
      : streams_(std::move(lexed.streams)), source_(with_end(std::move(lexed.tokens), end_offset)) {
    tokens_ = std::make_unique<antlr4::CommonTokenStream>(&source_);
    tokens_->fill();
    parser_ = std::make_unique<grammar::WendParser>(tokens_.get());
    parser_->removeErrorListeners();
  }

  /// `rule` is a member function of the generated parser.
  template <typename Rule>
  auto run(Rule rule, Reporter& reporter) {
    auto* interpreter = parser_->getInterpreter<antlr4::atn::ParserATNSimulator>();
    try {
      interpreter->setPredictionMode(antlr4::atn::PredictionMode::SLL);
      parser_->setErrorHandler(std::make_shared<GiveUpStrategy>());
      return (parser_.get()->*rule)();
    } catch (const antlr4::ParseCancellationException&) {
      tokens_->seek(0);
      parser_->reset();
      interpreter->setPredictionMode(antlr4::atn::PredictionMode::LL);
      parser_->setErrorHandler(std::make_shared<RecoveringStrategy>(reporter));
      return (parser_.get()->*rule)();
    }
  }

 private:
  static TokenList with_end(TokenList tokens, std::size_t end_offset) {
    auto end = std::make_unique<antlr4::CommonToken>(antlr4::Token::EOF);
    end->setStartIndex(end_offset);
    end->setStopIndex(end_offset - 1);
    end->setLine(tokens.empty() ? 1 : tokens.back()->getLine() + 1);
    tokens.push_back(std::move(end));
    return tokens;
  }

  std::vector<std::unique_ptr<ByteStream>> streams_;
  antlr4::ListTokenSource source_;
  std::unique_ptr<antlr4::CommonTokenStream> tokens_;
  std::unique_ptr<grammar::WendParser> parser_;
};

std::size_t text_begin(const source::SourceFile& file) {
  return file.text().starts_with(k_byte_order_mark) ? k_byte_order_mark.size() : 0;
}

/// False, with a diagnostic, when the text cannot be read at all.
bool check_text(const source::SourceFile& file, Reporter& reporter) {
  if (file.text().size() > k_source_bytes_max) {
    // Without a place: what is so large is rarely text, and its first line says nothing.
    reporter.report(Diagnostic(Kind::file_too_large, {})
                        .with("path", file.path())
                        .with("size", static_cast<std::int64_t>(file.text().size()))
                        .with("limit", static_cast<std::int64_t>(k_source_bytes_max)));
    return false;
  }
  if (const auto offset = source::find_invalid_utf8(file.text())) {
    const auto begin = static_cast<std::uint32_t>(*offset);
    const unsigned byte = static_cast<unsigned char>(file.text()[*offset]);
    Diagnostic diagnostic(Kind::invalid_utf8, {file.file_id(), begin, begin + 1});
    diagnostic.label(fmt::format("byte 0x{:02X} at offset {}", byte, begin));
    const bool is_utf16 = file.text().starts_with("\xFF\xFE") || file.text().starts_with("\xFE\xFF");
    diagnostic.note(is_utf16 ? "it looks like UTF-16; save it as UTF-8" : "save the file as UTF-8");
    reporter.report(std::move(diagnostic));
    return false;
  }
  return true;
}

TokenKind kind_of(std::size_t type) {
  using grammar::WendLexer;
  switch (type) {
    case WendLexer::LIDENT:
    case WendLexer::QUOTED:
      return TokenKind::name;
    case WendLexer::UIDENT:
      return TokenKind::type_name;
    case WendLexer::INT:
    case WendLexer::DECIMAL:
    case WendLexer::PERCENT:
    case WendLexer::DATE:
      return TokenKind::number;
    case WendLexer::TIME:
    case WendLexer::OFFSET:
      return TokenKind::time;
    case WendLexer::STRING:
      return TokenKind::text;
    default:  // the literals of the grammar, and what is not part of the language
      return is_word(type) ? TokenKind::word : TokenKind::symbol;
  }
}

SourceTokens tokens_of(const source::SourceFile& file, const Lexed& lexed) {
  SourceTokens result{{}, lexed.comments};
  result.tokens.reserve(lexed.tokens.size());
  for (const std::unique_ptr<antlr4::Token>& each : lexed.tokens) result.tokens.push_back({kind_of(each->getType()), span_of(file, *each)});
  return result;
}

void parse_text(const source::SourceFile& file, Reporter& reporter, ParseResult& result, SourceTokens* tokens) {
  Lexed lexed = lex(file, text_begin(file), file.text().size());
  if (lexed.too_many) {
    reporter.report(
        Diagnostic(Kind::too_many_tokens, span_of(file, *lexed.tokens.back())).with("limit", static_cast<std::int64_t>(k_tokens_max)));
    return;
  }
  if (tokens != nullptr) *tokens = tokens_of(file, lexed);
  repair_tokens(lexed, reporter);
  balance_brackets(lexed.tokens, reporter);
  if (!check_depth(lexed.tokens, reporter)) return;
  const std::vector<Comment> comments = std::move(lexed.comments);
  ParserRun run(std::move(lexed), file.text().size());
  grammar::WendParser::FileContext* tree = run.run(&grammar::WendParser::file, reporter);
  TreeBuilder builder(reporter, comments);
  result.file = builder.build_file(tree);
  result.complete = !builder.found_error() && tree->exception == nullptr;
}

}  // namespace

ParseResult parse(const source::SourceFile& file, SourceTokens* tokens) {
  ParseResult result;
  result.file.span = {file.file_id(), 0, static_cast<std::uint32_t>(std::min<std::size_t>(file.text().size(), k_source_bytes_max))};
  Reporter reporter(file);
  if (check_text(file, reporter)) parse_text(file, reporter, result, tokens);
  result.complete = result.complete && reporter.empty();
  result.diagnostics = reporter.take();
  return result;
}

ExprPtr parse_hole(source::Span inside, Reporter& reporter) {
  const source::SourceFile& file = reporter.file();
  ExprPtr error = std::make_unique<Expr>(Expr{inside, ErrorExpr{}});
  Lexed lexed = lex(file, inside.begin, inside.end);
  repair_tokens(lexed, reporter);
  balance_brackets(lexed.tokens, reporter);
  if (!check_depth(lexed.tokens, reporter)) return error;
  ParserRun run(std::move(lexed), inside.end);
  grammar::WendParser::HoleContext* tree = run.run(&grammar::WendParser::hole, reporter);
  if (tree->exception != nullptr || is_broken(tree->expr())) return error;
  return TreeBuilder(reporter, {}).build_expr(tree->expr());
}

}  // namespace wend::syntax
