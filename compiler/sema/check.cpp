#include "compiler/sema/check.h"

#include <algorithm>

#include "compiler/sema/context.h"
#include "compiler/sema/declarations.h"
#include "compiler/sema/journey_checker.h"
#include "compiler/sema/test_checker.h"

namespace wend::sema {

bool CheckResult::has_errors() const {
  return std::ranges::any_of(diagnostics, [](const diag::Diagnostic& each) { return each.severity() == diag::Severity::error; });
}

CheckResult check(const CheckInput& input) {
  CheckResult result;
  Context context(input, result.model);
  context.names.add_files(input, context.diagnostics);
  Declarations declarations(context);
  declarations.collect();
  declarations.import_schemas();
  context.names.check_used_names(context.diagnostics, context.complete);
  declarations.resolve_data();
  declarations.resolve_messaging();
  declarations.check_bodies();
  for (const Symbol& symbol : declarations.symbols()) {
    if (symbol.kind == SymbolKind::journey) JourneyChecker(context, symbol).check();
  }
  for (const Symbol& symbol : declarations.symbols()) {
    if (symbol.kind == SymbolKind::flow && !context.flows[symbol.index].is_run) JourneyChecker::check_alone(context, symbol);
  }
  for (std::size_t file = 0; file < input.files.size(); ++file) {
    for (const syntax::Decl& decl : input.files[file].file->declarations) {
      if (const auto* fixture = decl.get_if<syntax::FixtureDecl>()) check_fixture(context, *fixture, file);
      if (const auto* test = decl.get_if<syntax::TestDecl>()) TestChecker(context, file).check(*test);
    }
  }
  if (input.preview != nullptr) check_preview(context, *input.preview, declarations.symbols());
  result.diagnostics = std::move(context.diagnostics);
  result.imported_paths.assign(context.imported_paths.begin(), context.imported_paths.end());
  return result;
}

}  // namespace wend::sema
