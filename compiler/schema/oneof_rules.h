#pragma once

#include <google/protobuf/descriptor.h>

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "compiler/schema/import.h"

// What a `oneof` demands of a payload: at most one of its members. Private to this folder.

namespace wend::schema {

/// Invariants: in one event a message becomes one node, and nodes refer backwards only. A message inside itself is not followed, as its fields
/// are not either.
class OneofRules {
 public:
  explicit OneofRules(ImportResult& result) : result_(result) {}

  /// Of the message and of those in its fields; nothing when none of them has a choice.
  std::optional<bytecode::SchemaNodeId> of(const google::protobuf::Descriptor& message) {
    made_.clear();
    return make(message);
  }
  /// The same for the lock: "payment", "oneof", "card, cash".
  [[nodiscard]] static std::vector<ImportedRule> list(const google::protobuf::Descriptor& message);

 private:
  std::optional<bytecode::SchemaNodeId> make(const google::protobuf::Descriptor& message);

  ImportResult& result_;
  std::map<const google::protobuf::Descriptor*, std::optional<bytecode::SchemaNodeId>> made_;
  std::set<const google::protobuf::Descriptor*> open_;
};

}  // namespace wend::schema
