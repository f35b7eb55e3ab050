#pragma once

#include <vector>

#include "compiler/diag/diagnostic.h"
#include "compiler/source/source_file.h"
#include "compiler/template/tree.h"

namespace wend::liquid {

/// A mail of this size is cut off by every reader of mails.
inline constexpr std::size_t k_template_bytes_max = std::size_t{1} << 20;
/// Blocks in blocks: everything that walks a tree calls itself for each.
inline constexpr int k_block_depth_max = 64;
/// Beyond these the rest says little.
inline constexpr std::size_t k_template_errors_max = 20;

struct Parsed {
  Body body;
  std::vector<diag::Diagnostic> diagnostics;
};

/// Always gives a tree, of what could be read. The file is at most `k_template_bytes_max` long.
[[nodiscard]] Parsed parse(const source::SourceFile& file);

}  // namespace wend::liquid
