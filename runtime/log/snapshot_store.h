#pragma once

// Snapshots of the engine: pages written under a new generation, made valid at once by a manifest written last.
//
// 1. A page that has not changed keeps its older generation: a snapshot costs what changed.
// 2. Pages above the manifest's generation belong to a snapshot that was never finished; they are ignored and removed.
// 3. Of each page the newest generation at or below the manifest's counts; older ones are removed after the switch.

#include <expected>
#include <functional>
#include <optional>
#include <string_view>

#include "runtime/engine/log.h"
#include "runtime/log/manifest.h"

namespace wend::log {

class SnapshotStore {
 public:
  virtual ~SnapshotStore() = default;
  // The last finished snapshot's.
  virtual const std::optional<Manifest>& manifest() const = 0;
  // One page of the snapshot being written; at most once per page and snapshot.
  virtual std::expected<void, engine::LogError> put_page(uint32_t page, std::string_view bytes) = 0;
  // What has to be on disk besides, before the manifest may say so (result files, customers' ids). Called on another thread.
  using MakeDurable = std::function<std::expected<void, engine::LogError>()>;
  // Makes the pages put since the last call durable, then switches to them. Sets the manifest's generation.
  virtual std::expected<void, engine::LogError> finish(Manifest manifest) = 0;
  // The same behind the caller's back: until finished() says true, no page may be put. Entries may be appended meanwhile.
  virtual void finish_behind(Manifest manifest, MakeDurable make_durable) = 0;
  // Whether what finish_behind() began is done; true when there was nothing. `wait`: returns when it is.
  virtual std::expected<bool, engine::LogError> finished(bool wait) = 0;
  // Calls `load` for every page of the last finished snapshot, the engine's page first, the others ascending; what it returns as an
  // error ends the reading.
  virtual std::expected<void, engine::LogError> read_pages(
      const std::function<std::expected<void, std::string>(uint32_t page, std::string_view bytes)>& load) = 0;
};

}  // namespace wend::log
