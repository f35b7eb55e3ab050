#include "compiler/format/format.h"

#include "compiler/format/align.h"
#include "compiler/format/printer.h"
#include "compiler/format/tokens.h"
#include "compiler/format/writer.h"
#include "compiler/syntax/parse.h"

namespace wend::format {

FormatResult format(const source::SourceFile& file) {
  syntax::SourceTokens source;
  syntax::ParseResult parsed = syntax::parse(file, &source);
  if (!parsed.complete) return {std::nullopt, std::move(parsed.diagnostics)};
  Tokens tokens = collect(file, source);
  Layout layout = Writer(tokens).write(parsed.file);
  return {align(print(tokens, std::move(layout))), std::move(parsed.diagnostics)};
}

}  // namespace wend::format
