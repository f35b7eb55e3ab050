#pragma once

// Private to this folder: which program a data folder goes on with.
//
// 1. States and log hold numbers. A program that says the same as the folder's in another order runs with the folder's numbers.
// 2. A program that only adds to the folder's goes on with it, behind a barrier, when that is asked for. Nothing of what runs changes.
// 3. Every other program is refused: people may wait where it has no place for them.

#include <memory>
#include <vector>

#include "runtime/log/data_folder.h"
#include "runtime/replay/replay.h"

namespace wend::replay {

struct Deployment {
  std::unique_ptr<log::DataFolder> folder;
  std::shared_ptr<const bytecode::Program> program;  // `given` itself, or with the folder's numbers
  std::vector<std::string> added;                    // to the folder's program; empty when that one goes on

  // Opens the folder. When the program goes on as another one, the folder's snapshot is brought to the log's end before.
  static std::expected<Deployment, Error> prepare(const bytecode::Program& given, const ZoneTable& zones, const Options& options);
};

// Nothing when it was never kept.
std::expected<std::optional<bytecode::Program>, Error> read_kept_program(log::DataFolder& folder, const Sha256Digest& behaviour);

}  // namespace wend::replay
