#include "compiler/emit/message_text.h"

#include <algorithm>
#include <string>

#include "runtime/base/locale.h"

namespace wend::emit {

using bytecode::Opcode;

TextEmitter::TextEmitter(Code& code, Expressions& expressions, bool is_read)
    : code_(code),
      expressions_(expressions),
      isolates_(is_read && !expressions.environment().locale.empty() && is_right_to_left(expressions.environment().locale)) {}

Register TextEmitter::text(const std::vector<sema::TextPiece>& pieces) {
  std::optional<Register> text;
  for (const sema::TextPiece& each : pieces) {
    const Register next = piece(each);
    text = text ? joined(*text, next) : next;
  }
  return text ? *text : expressions_.constant(types::text(), std::string());
}

Register TextEmitter::joined(Register first, Register second) {
  const Register text = code_.take(code_.builder().type(types::text()));
  code_.add(Opcode::concat, text, first, second);
  return text;
}

Register TextEmitter::piece(const sema::TextPiece& piece) {
  if (piece.hole == nullptr) return expressions_.constant(types::text(), piece.text);
  code_.at(piece.span);
  if (!piece.forms.empty()) return plural(piece);
  const Register value = hole(piece);
  if (!isolates_ || !piece.is_for_people) return value;
  const Register begun = joined(expressions_.constant(types::text(), std::string(k_first_strong_isolate)), value);
  return joined(begun, expressions_.constant(types::text(), std::string(k_pop_isolate)));
}

Register TextEmitter::hole(const sema::TextPiece& piece) {
  const Register value = expressions_.value(*piece.hole);
  if (piece.hole->type.kind == types::Kind::text && !piece.hole->type.optional) return value;
  const Register text = code_.take(code_.builder().type(types::text()));
  code_.add(Opcode::format, text, value);
  return text;
}

Register TextEmitter::decimal_count(const sema::Expr& count, Register value) {
  if (count.type.kind == types::Kind::decimal) return value;
  const Register decimal = code_.take(code_.builder().type(types::simple(types::Kind::decimal)));
  code_.add(Opcode::integer_to_decimal, decimal, value);
  return decimal;
}

/// One form after the other, "other" last: it is what is left.
Register TextEmitter::plural(const sema::TextPiece& piece) {
  const types::Type decimal = types::simple(types::Kind::decimal);
  const Register result = code_.take(code_.builder().type(types::text()));
  const Register count = decimal_count(*piece.hole, expressions_.value(*piece.hole));
  const Register form = expressions_.native("_plural_form", types::text(),
                                            {expressions_.argument(decimal, count),
                                             expressions_.argument(types::text(), sema::ConstantValue(expressions_.environment().locale))});
  const Register is_form = code_.take(code_.builder().type(types::simple(types::Kind::boolean)));
  std::vector<const sema::PluralForm*> forms;
  for (const sema::PluralForm& each : piece.forms) forms.push_back(&each);
  std::ranges::stable_partition(forms, [](const sema::PluralForm* each) { return each->name != "other"; });
  const CodeLabel end = code_.new_label();
  for (const sema::PluralForm* each : forms) {
    const Code::Temporaries scope(code_);
    const CodeLabel next = code_.new_label();
    if (each->number) {
      code_.add(Opcode::equal_decimal, is_form, count, expressions_.constant(decimal, Decimal::from_int(*each->number)));
    } else {
      code_.add(Opcode::equal_bytes, is_form, form, expressions_.constant(types::text(), each->name));
    }
    if (each != forms.back()) code_.jump_unless(is_form, next);
    code_.add(Opcode::move, result, text(each->pieces));
    code_.jump(end);
    code_.bind(next);
  }
  code_.bind(end);
  return result;
}

}  // namespace wend::emit
