#pragma once

// `wend.lock`: what imported schemas were, and which slots are whose, so that an edit of the shares moves nobody who need not move. Experiments are known by their
// salts, which outlive their names. Whatever else stands in the file is wrong.

#include <optional>
#include <string>
#include <vector>

#include "compiler/diag/diagnostic.h"
#include "compiler/project/schema_lock.h"
#include "compiler/sema/slot_ranges.h"
#include "compiler/source/source_file.h"

namespace wend::project {

struct LockedArm {
  std::string name;
  sema::SlotRanges slots;
};
struct LockedExperiment {
  std::string salt;
  std::string name;             ///< for readers
  std::vector<LockedArm> arms;  ///< in the order of their numbers
  source::Span place{};         ///< in wend.lock; nowhere when it was not read from there
};
struct LockedPart {
  std::string salt;
  std::string name;  ///< for readers
  sema::SlotRanges slots;
};
struct LockedLayer {
  std::string name;
  std::vector<LockedPart> experiments;
};
struct Lock {
  std::vector<LockedExperiment> experiments;
  std::vector<LockedLayer> layers;
  std::vector<LockedSchema> schemas;
};

struct LockResult {
  std::optional<Lock> lock;  ///< absent when it cannot be read
  std::vector<diag::Diagnostic> diagnostics;
};
/// Never throws; reads nothing but the text.
[[nodiscard]] LockResult parse_lock(const source::SourceFile& file);
[[nodiscard]] std::string write_lock(const Lock& lock);

/// What the shares of the source come to, beside what is locked.
enum class LockUse : std::uint8_t {
  advise,   ///< a difference is a warning
  require,  ///< a difference is an error
  update,   ///< a difference is what is asked for
};
/// Gives the arms their numbers, and arms and parts of layers their slots: whoever shrank gives up slots, whoever grew takes those.
[[nodiscard]] std::vector<diag::Diagnostic> apply_lock(const Lock& lock, LockUse use, sema::Model& model);
/// Says which schemas of the project, whose folder that is, are not those of the lock, and what changed for whom.
[[nodiscard]] std::vector<diag::Diagnostic> compare_schemas(const Lock& lock, LockUse use, const sema::Model& model, const std::string& folder);
/// What the model has now.
[[nodiscard]] Lock lock_of(const sema::Model& model, const std::string& folder);
/// Tables of a lock, as TOML.
[[nodiscard]] std::string write_schemas(const std::vector<LockedSchema>& schemas);
/// A text of TOML, in quotation marks.
[[nodiscard]] std::string quoted(const std::string& text);

}  // namespace wend::project
