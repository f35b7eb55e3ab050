#pragma once

// Pages about a project, or about the standard library: what each module declares, with its comments, and links from every name to
// where it is declared. The pages need no network and no script.

#include <string>
#include <vector>

#include "compiler/project/library_use.h"
#include "compiler/source/sources.h"

namespace wend::doc {

struct Page {
  std::string name;
  std::string text;
};

/// An index and one page per module. Files that did not parse completely show what could be read.
[[nodiscard]] std::vector<Page> render(const std::string& title, const std::vector<project::ParsedFile>& files, const source::Sources& sources);

}  // namespace wend::doc
