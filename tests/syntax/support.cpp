#include "support.h"

#include <stdexcept>

#include "tests/paths.h"

namespace wend::test {

std::string read_source_file(const std::string& path_in_repository) {
  auto text = source::DiskFileStore().read(std::string(WEND_SOURCE_DIR) + "/" + path_in_repository);
  if (!text) throw std::runtime_error("cannot read " + path_in_repository);
  return *text;
}

}  // namespace wend::test
