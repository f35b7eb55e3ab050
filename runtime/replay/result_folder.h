#pragma once

// Private to this folder: whose results a folder has. Beside them stand LOCK, held while a run writes, and RUN, which names the data folder
// they come from: results of two logs never get mixed, and none are written over because a name was given twice.

#include <expected>
#include <string>

#include "runtime/log/folder_lock.h"
#include "runtime/replay/replay.h"

namespace wend::replay {

class ResultFolder {
 public:
  // Makes the folder when there is none, and locks it. Refused when it has results that are not of the data folder with this id.
  static std::expected<ResultFolder, Error> claim(const std::string& path, const std::string& data_id);
  // From here on the results are those of that data folder. Before the first of them is changed.
  std::expected<void, Error> mark() const;

 private:
  ResultFolder(log::FolderLock lock, std::string path, std::string data_id)
      : lock_(std::move(lock)), path_(std::move(path)), data_id_(std::move(data_id)) {}

  log::FolderLock lock_;
  std::string path_;
  std::string data_id_;
};

}  // namespace wend::replay
