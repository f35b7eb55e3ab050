#pragma once

#include "compiler/syntax/lexing.h"
#include "compiler/syntax/reporter.h"

namespace wend::syntax {

/// How the parser goes on after a mistake, so that one mistake gives one diagnostic and everything else is still read.
///
/// 1. Lists (declarations, statements, header lines, fields, test lines…) are where parsing resumes: an item that does
///    not parse is skipped up to the next word that can begin an item at the same bracket depth, or the list's end.
/// 2. Every other rule passes its error outwards to the item it is part of.
/// 3. A block inside a skipped item is parsed all the same, so that mistakes in it are reported too.
/// 4. A wrong kind of name (a reserved word, a Capitalised value, a lower-case type) is reported and read as a name.
///
/// Brackets match when parsing begins (`balance_brackets`); that is what makes "the same depth" reliable.
class RecoveringStrategy final : public antlr4::DefaultErrorStrategy {
 public:
  explicit RecoveringStrategy(Reporter& reporter) : reporter_(reporter) {}

  void reportError(antlr4::Parser* parser, const antlr4::RecognitionException& error) override;
  void recover(antlr4::Parser* parser, std::exception_ptr error) override;
  antlr4::Token* recoverInline(antlr4::Parser* parser) override;
  void sync(antlr4::Parser* parser) override;

 private:
  void repair_name(antlr4::Parser* parser);
  void repair_exit_label(antlr4::Parser* parser);
  void repair_lone_type(antlr4::Parser* parser);
  void check_list_item(antlr4::Parser* parser);
  void resume_list(antlr4::Parser* parser, std::size_t rule, std::size_t offending_index);
  void skip_item(antlr4::Parser* parser, std::size_t rule, std::size_t start_index, std::size_t offending_index);
  bool parse_body(antlr4::Parser* parser, std::size_t rule, const antlr4::Token* item_start);
  void parse_item(antlr4::Parser* parser, std::size_t rule);

  Reporter& reporter_;
};

}  // namespace wend::syntax
