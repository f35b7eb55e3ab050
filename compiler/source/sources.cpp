#include "compiler/source/sources.h"

#include <cassert>

namespace wend::source {

const SourceFile& Sources::add(std::string path, std::string text) {
  const FileId file_id{static_cast<std::uint32_t>(files_.size())};
  return files_.emplace_back(file_id, std::move(path), std::move(text));
}

const SourceFile& Sources::file(FileId file_id) const {
  assert(file_id.value < files_.size());
  return files_[file_id.value];
}

}  // namespace wend::source
