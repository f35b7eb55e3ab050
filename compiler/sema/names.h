#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/diag/diagnostic.h"
#include "compiler/sema/check.h"

// Which names a project declares and what each file sees of them.
//
// 1. A module has one flat namespace; files of one module share it. Files without a `module` line share the nameless module.
// 2. A file sees its module's names, and those that its `use` lines bring. A module's own name wins over a used one.
// 3. Every name is public. Fields, attributes, steps, variables and consent topics are not in these namespaces.

namespace wend::sema {

enum class SymbolKind : std::uint8_t {
  enumeration,
  record,
  event,
  message,
  action,
  channel,
  calendar,
  segment,
  policy,
  holdout,
  experiment,
  fixture,
  fn,
  flow,
  journey,
};
/// "an enum", "a channel".
[[nodiscard]] std::string_view with_article(SymbolKind kind);

struct Symbol {
  SymbolKind kind = SymbolKind::enumeration;
  std::string name;
  /// Position in the model's vector of that kind; for kinds the model does not hold, meaningless.
  std::uint32_t index = 0;
  const syntax::Decl* decl = nullptr;  ///< null for what a schema import made
  std::size_t file = 0;                ///< index into CheckInput::files
  Span span;                           ///< of the name
  /// Something in the declaration was wrong and has been reported: what it lacks may be in the broken part.
  bool damaged = false;
};

struct Lookup {
  const Symbol* symbol = nullptr;
  /// Two used modules declare the name; `symbol` is the first of them.
  const Symbol* rival = nullptr;
};

/// Every lookup walks the `use` lines of its file.
inline constexpr std::int64_t k_uses_max = 1'000;

class Names {
 public:
  /// Reads module and use lines, reporting what is wrong with them.
  void add_files(const CheckInput& input, std::vector<diag::Diagnostic>& diagnostics);
  /// Reports a second declaration of a name and keeps the first.
  void declare(Symbol symbol, std::vector<diag::Diagnostic>& diagnostics);
  /// For names that schema imports make by themselves: false when the name is taken.
  bool declare_if_free(Symbol symbol);
  /// After the last declaration: are the names listed in braces there?
  void check_used_names(std::vector<diag::Diagnostic>& diagnostics, bool complete) const;

  [[nodiscard]] Lookup find(std::size_t file, const std::string& name) const;
  /// Where the file's own module declares the name.
  [[nodiscard]] std::optional<Span> declared(std::size_t file, const std::string& name) const;
  /// Every name that the file sees, sorted, for suggestions; only those of the given kinds when there are any.
  [[nodiscard]] std::vector<std::string> visible(std::size_t file, std::initializer_list<SymbolKind> kinds) const;
  /// A module that declares the name but is not used by the file.
  [[nodiscard]] std::optional<std::string> elsewhere(std::size_t file, const std::string& name) const;
  /// Whether a `use` line of the file, which has been reported, may have meant to bring the name.
  [[nodiscard]] bool may_be_of_unknown_module(std::size_t file, const std::string& name) const;
  [[nodiscard]] const std::string& module_name(std::size_t file) const { return modules_[files_[file].module].name; }

 private:
  struct Module {
    std::string name;
    std::map<std::string, Symbol> symbols;
    Span span;
    std::vector<std::string> left_out;  ///< of a module of the library: what it declares besides
  };
  struct Use {
    std::size_t module = 0;
    const syntax::UseDecl* decl = nullptr;
  };
  struct FileNames {
    std::size_t module = 0;
    std::vector<Use> uses;
    std::vector<const syntax::UseDecl*> unknown_uses;  ///< of modules that there are not
  };

  void resolve_uses(const CheckInput& input, std::size_t file, std::vector<diag::Diagnostic>& diagnostics);
  void report_circles(std::vector<diag::Diagnostic>& diagnostics) const;
  [[nodiscard]] std::size_t module_of(const std::optional<syntax::QualifiedName>& name);
  void refuse_reserved(const CheckInput& input, std::vector<diag::Diagnostic>& diagnostics) const;
  void report_unknown_module(const syntax::UseDecl& use, std::vector<diag::Diagnostic>& diagnostics) const;

  std::vector<Module> modules_;
  std::map<std::string, std::size_t> module_by_name_;
  std::vector<FileNames> files_;
};

}  // namespace wend::sema
