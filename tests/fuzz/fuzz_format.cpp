// Whatever parses has a layout: one that parses to the same tree, has the same comments, and is its own layout.

#include <cstdint>
#include <cstdlib>
#include <string>

#include "compiler/format/format.h"
#include "compiler/source/sources.h"
#include "compiler/syntax/parse.h"
#include "tests/format/tree_dump.h"

namespace {

struct Read {
  std::string tree;
  std::string comments;
  bool complete = false;
};

Read read(const wend::source::SourceFile& file) {
  wend::syntax::SourceTokens tokens;
  const auto result = wend::syntax::parse(file, &tokens);
  Read read;
  read.complete = result.complete;
  if (!read.complete) return read;
  wend::test::dump(result.file, read.tree);
  for (const auto& each : tokens.comments) {
    std::string text(file.text(each.span));
    while (text.ends_with(' ') || text.ends_with('\t')) text.pop_back();
    read.comments += text + "\n";
  }
  return read;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string text(reinterpret_cast<const char*>(data), size);
  // Commas and single carriage returns may move documentation to another line; what it is about is not the question here.
  for (std::size_t at = 0; (at = text.find("///", at)) != std::string::npos;) text[at + 2] = '.';
  wend::source::Sources sources;
  const auto& before = sources.add("before.journey", std::move(text));
  const auto formatted = wend::format::format(before);
  if (!formatted.text) return 0;
  const auto& after = sources.add("after.journey", *formatted.text);
  const Read first = read(before);
  const Read second = read(after);
  if (!second.complete || first.tree != second.tree || first.comments != second.comments) std::abort();
  if (wend::format::format(after).text != after.text()) std::abort();
  return 0;
}
