// The reference journey from source: compiled when a row begins, by the compiler that everybody uses.

#include <cstdio>
#include <cstdlib>

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

}  // namespace

bytecode::Program reference_program() {
  const source::DiskFileStore files;
  const auto project = project::load(files, WEND_BENCH_REFERENCE);
  const auto zones = ZoneTable::system();
  auto compiled = project::compile(*project, files, *zones);
  if (!compiled.program) refuse(diag::render_all(compiled.findings, project->sources));
  // EventKind and SendKind are these numbers.
  check_names(compiled.program->events, {"SignedUp", "Purchased"});
  check_names(compiled.program->messages, {"Vip", "Thanks", "Reminder"});
  return std::move(*compiled.program);
}

}  // namespace wend::bench
