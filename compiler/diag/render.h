#pragma once

#include <string>

#include "compiler/diag/sink.h"
#include "compiler/source/sources.h"

namespace wend::diag {

struct RenderOptions {
  bool colours = false;
};

/// One diagnostic with source excerpts, underlined spans, notes and helps; ends in a newline.
[[nodiscard]] std::string render(const Diagnostic& diagnostic, const source::Sources& sources, RenderOptions options = {});

/// All diagnostics of a run in order of place, blank lines between them, and a closing count line.
/// Empty when there is nothing to say.
[[nodiscard]] std::string render_all(const Sink& sink, const source::Sources& sources, RenderOptions options = {});

/// The same content for tools: one JSON object
/// {"diagnostics":[{"code","kind","severity","message","parameters",…}],"errors":n,"warnings":n}; ends in a newline.
[[nodiscard]] std::string render_json(const Sink& sink, const source::Sources& sources);

}  // namespace wend::diag
