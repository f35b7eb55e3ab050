#pragma once

#include "compiler/emit/expressions.h"
#include "compiler/sema/typed_template.h"

namespace wend::emit {

/// The code of a whole function that returns the text of a template.
void emit_template(Code& code, Environment environment, const sema::TemplateBody& body, source::Span span);

}  // namespace wend::emit
