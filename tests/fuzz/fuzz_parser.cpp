// Any bytes parse: into a tree and diagnostics that can be shown, without a crash and within bounded time and memory.

#include <cstdint>
#include <string>

#include "compiler/diag/render.h"
#include "compiler/diag/sink.h"
#include "compiler/source/sources.h"
#include "compiler/syntax/parse.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  wend::source::Sources sources;
  const auto& file = sources.add("fuzz.journey", std::string(reinterpret_cast<const char*>(data), size));
  const auto result = wend::syntax::parse(file);
  wend::diag::Sink sink;
  sink.report_all(result.diagnostics);
  static_cast<void>(wend::diag::render_all(sink, sources, {false}));
  static_cast<void>(wend::diag::render_json(sink, sources));
  return 0;
}
