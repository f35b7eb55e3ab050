#pragma once

#include <vector>

#include "compiler/emit/expressions.h"
#include "compiler/sema/model.h"

// Internal to compiler/emit.

namespace wend::emit {

/// Code that joins a message text from its literal texts and holes. The environment says in which locale; what is filled in is isolated from
/// the text around it where that runs from right to left.
class TextEmitter {
 public:
  TextEmitter(Code& code, Expressions& expressions, bool is_read);

  Register text(const std::vector<sema::TextPiece>& pieces);

 private:
  Register piece(const sema::TextPiece& piece);
  Register hole(const sema::TextPiece& piece);
  Register plural(const sema::TextPiece& piece);
  Register decimal_count(const sema::Expr& count, Register value);
  Register joined(Register first, Register second);

  Code& code_;
  Expressions& expressions_;
  bool isolates_;
};

}  // namespace wend::emit
