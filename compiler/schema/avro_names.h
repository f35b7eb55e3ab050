#pragma once

#include <map>
#include <string>
#include <vector>

#include "compiler/schema/json_tree.h"
#include "compiler/schema/type_maker.h"
#include "runtime/base/avro_names.h"

// The types that an Avro schema names. Private to this folder.

namespace wend::schema {

/// One record, enum or fixed of the schema.
struct AvroNamed {
  const JsonNode* node = nullptr;
  avro::Shape shape{};
  std::string full;
  std::vector<std::string> aliases;  ///< full names
};

/// Every named type of a schema document, in the order of the text, with what is malformed reported.
class AvroNames {
 public:
  /// False after reporting.
  bool collect(const JsonNode& root, TypeMaker& maker);
  /// By a name as it is written where `space` is the namespace; nullptr: nobody defines it.
  [[nodiscard]] const AvroNamed* find(const std::string& name, const std::string& space) const;
  [[nodiscard]] const AvroNamed* find(const JsonNode& definition) const;
  [[nodiscard]] const std::vector<AvroNamed>& all() const { return all_; }

 private:
  bool walk(const JsonNode& node, const std::string& space, const std::string& path, TypeMaker& maker);
  bool walk_definition(const JsonNode& node, avro::Shape shape, const std::string& space, const std::string& path, TypeMaker& maker);
  bool walk_fields(const JsonNode& node, const AvroNamed& record, TypeMaker& maker);

  std::vector<AvroNamed> all_;
  std::map<std::string, std::size_t> by_name_;
};

}  // namespace wend::schema
