#pragma once

#include <deque>
#include <string>

#include "compiler/source/source_file.h"

namespace wend::source {

/// Every file of one run, by id. Files are added, never removed; references stay valid.
class Sources {
 public:
  const SourceFile& add(std::string path, std::string text);
  [[nodiscard]] const SourceFile& file(FileId file_id) const;
  [[nodiscard]] std::size_t size() const { return files_.size(); }

 private:
  std::deque<SourceFile> files_;
};

}  // namespace wend::source
