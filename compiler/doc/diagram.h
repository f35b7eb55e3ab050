#pragma once

#include <string>

#include "compiler/doc/links.h"

// Internal to compiler/doc.

namespace wend::doc {

/// The ways through a journey or a flow, from the top to the bottom: boxes inside boxes, which a browser lays out. Made of the syntax tree
/// alone, so that what does not check is shown, too.
[[nodiscard]] std::string diagram(const syntax::Decl& decl, const project::ParsedFile& file, const source::Sources& sources, const Links& links);

/// The style of diagrams; the page declares the colours.
extern const char* const k_diagram_style;

}  // namespace wend::doc
