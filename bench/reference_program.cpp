// The reference journey from source: compiled when a row begins, by the compiler that everybody uses.

#include <cstdio>
#include <cstdlib>

#include "bench/compile.h"
#include "bench/reference.h"
#include "compiler/diag/render.h"
#include "compiler/project/compile.h"
#include "compiler/source/file_store.h"

namespace wend::bench {
namespace {

[[noreturn]] void refuse(const std::string& why) {
  std::fprintf(stderr, "%s: %s\n", WEND_BENCH_REFERENCE, why.c_str());
  std::exit(2);
}

template <typename Items>
void check_names(const Items& items, std::initializer_list<const char*> names) {
  if (items.size() != names.size()) refuse("declares more or less than bench/reference.h counts with");
  for (size_t i = 0; i < names.size(); ++i) {
    if (items[i].name != names.begin()[i]) refuse(items[i].name + " stands where " + names.begin()[i] + " is counted with");
  }
}

void replace(std::string& text, std::string_view what, std::string_view with) {
  const size_t at = text.find(what);
  if (at == std::string::npos) refuse("has no `" + std::string(what) + "`");
  text.replace(at, what.size(), with);
}

// What event schemas usually say.
constexpr const char* k_signed_up_schema = R"({"type": "object", "additionalProperties": true, "properties":
  {"plan": {"type": "string", "enum": ["free", "team"]}}, "required": ["plan"]})";
constexpr const char* k_purchased_schema = R"({"type": "object", "additionalProperties": true, "properties":
  {"amount": {"type": "number", "minimum": 0, "maximum": 100000}}, "required": ["amount"]})";

bytecode::Program compiled(const source::FileStore& files, const std::string& path) {
  const auto project = project::load(files, path);
  const auto zones = ZoneTable::system();
  auto compiled = project::compile(*project, files, *zones);
  if (!compiled.program) refuse(diag::render_all(compiled.findings, project->sources));
  // EventKind and SendKind are these numbers.
  check_names(compiled.program->events, {"SignedUp", "Purchased"});
  check_names(compiled.program->messages, {"Vip", "Thanks", "Reminder"});
  return std::move(*compiled.program);
}

}  // namespace

bytecode::Program reference_program() {
  return compiled(source::DiskFileStore(), WEND_BENCH_REFERENCE);
}

bytecode::Program reference_program_of_schemas() {
  std::string text = read_file(WEND_BENCH_REFERENCE);
  replace(text, "event SignedUp  { }", "import jsonschema \"signed_up.json\" { event SignedUp }");
  replace(text, "event Purchased { amount: Money<USD> }", "import jsonschema \"purchased.json\" { event Purchased }");
  replace(text, "50.00 USD", "50.00");
  source::MemoryFileStore files;
  files.write("reference.journey", text);
  files.write("signed_up.json", k_signed_up_schema);
  files.write("purchased.json", k_purchased_schema);
  return compiled(files, "reference.journey");
}

}  // namespace wend::bench
