#pragma once

// What `wend.lock` keeps of imported schemas: digests of the files, and what a project takes from them, so that a change of a file is seen
// for what it is.

#include <string>
#include <vector>

#include "compiler/sema/model.h"

namespace wend::project {

/// Of an event or a record its fields; of an enum its values (without a type).
struct LockedField {
  std::string name;
  std::string wire;
  std::string type;
  friend bool operator==(const LockedField&, const LockedField&) = default;
};
struct LockedRule {
  std::string path;
  std::string keyword;
  std::string value;
  friend bool operator==(const LockedRule&, const LockedRule&) = default;
};
struct LockedShape {
  std::string kind;  ///< "event", "record", "enum"
  std::string name;
  std::string wire;  ///< of an event
  std::vector<LockedField> fields;
  std::vector<LockedRule> rules;  ///< what an event is held to, and how its parts are read beyond their types
  friend bool operator==(const LockedShape&, const LockedShape&) = default;
};
struct LockedFile {
  std::string path;    ///< relative to the project's folder
  std::string digest;  ///< SHA-256, hexadecimal
  friend bool operator==(const LockedFile&, const LockedFile&) = default;
};
struct LockedSchema {
  std::string format;
  std::vector<LockedFile> files;  ///< the imported one first
  std::vector<LockedShape> shapes;
  friend bool operator==(const LockedSchema&, const LockedSchema&) = default;
};

struct TakenSchema {
  LockedSchema schema;
  source::Span place;  ///< the file's name in the import
};

/// What the imports of the model come to, in the order of their paths.
[[nodiscard]] std::vector<TakenSchema> schemas_of(const sema::Model& model, const std::string& folder);

/// One sentence for each difference, with whoever reads what it is about: "`Order.total`: `Decimal` is now `Int`: narrowed; read by journey
/// `nudge`".
[[nodiscard]] std::vector<std::string> schema_changes(const LockedSchema& before, const LockedSchema& now, const sema::Model& model);

/// Journeys, messages and segments that read the field, sorted: "journey `nudge`". An empty field: any of the owner's.
[[nodiscard]] std::vector<std::string> readers_of(const sema::Model& model, const std::string& owner, const std::string& field);

}  // namespace wend::project
