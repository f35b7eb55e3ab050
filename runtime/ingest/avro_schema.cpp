#include "runtime/ingest/avro_schema.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <map>

namespace wend::ingest {

using avro::Shape;
namespace dom = simdjson::dom;

namespace {

constexpr int k_depth_max = 64;
constexpr int64_t k_fixed_bytes_max = 1 << 20;
constexpr size_t k_schema_bytes_max = 4 << 20;

struct Misfit {
  std::string what;
};

std::string text_of(dom::element node, const char* key) {
  std::string_view text;
  return node[key].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

int64_t number_of(dom::element node, const char* key, int64_t otherwise) {
  int64_t number = otherwise;
  return node[key].get(number) == simdjson::SUCCESS ? number : otherwise;
}

}  // namespace

class AvroSchemaReader {
 public:
  explicit AvroSchemaReader(AvroSchema& schema) : schema_(schema) {}
  const AvroType* read(dom::element node, const std::string& space, int depth);

 private:
  const AvroType* by_word(std::string_view word, const std::string& space);
  const AvroType* read_union(dom::array branches, const std::string& space, int depth);
  AvroType& define(dom::element node, Shape shape, const std::string& space);
  void read_members(dom::element node, AvroType& type, const std::string& space, int depth);

  AvroSchema& schema_;
  std::map<std::string, const AvroType*, std::less<>> named_;
};

const AvroType* AvroSchemaReader::by_word(std::string_view word, const std::string& space) {
  const auto shape = avro::shape_of(word);
  if (shape && *shape < Shape::record) return &schema_.types_.emplace_back(AvroType{.shape = *shape, .is_empty = *shape == Shape::null});
  for (const std::string& name : {avro::full_name(word, space), std::string(word)}) {
    if (const auto found = named_.find(name); found != named_.end()) return found->second;
  }
  throw Misfit{fmt::format("it has no type `{}`", word)};
}

const AvroType* AvroSchemaReader::read_union(dom::array branches, const std::string& space, int depth) {
  AvroType& type = schema_.types_.emplace_back();
  type.is_union = true;
  for (const dom::element branch : branches) type.branches.push_back(read(branch, space, depth + 1));
  if (type.branches.empty()) throw Misfit{"a union has no branches"};
  return &type;
}

const AvroType* AvroSchemaReader::read(dom::element node, const std::string& space, int depth) {
  if (depth > k_depth_max) throw Misfit{fmt::format("it is nested more than {} deep", k_depth_max)};
  std::string_view word;
  if (node.get(word) == simdjson::SUCCESS) return by_word(word, space);
  dom::array branches;
  if (node.get(branches) == simdjson::SUCCESS) return read_union(branches, space, depth);
  dom::element inner;
  if (node["type"].get(inner) != simdjson::SUCCESS) throw Misfit{"a type has no `type`"};
  if (inner.get(word) != simdjson::SUCCESS) return read(inner, space, depth + 1);
  const auto shape = avro::shape_of(word);
  if (!shape) return by_word(word, space);
  const bool has_name = *shape == Shape::record || *shape == Shape::enumeration || *shape == Shape::fixed;
  AvroType& type = has_name ? define(node, *shape, space) : schema_.types_.emplace_back(AvroType{.shape = *shape});
  read_members(node, type, has_name ? avro::namespace_of(type.name) : space, depth);
  // What a record is made of has been read, but for a record inside itself, which nobody could write.
  type.is_empty = type.shape == Shape::null || (type.shape == Shape::fixed && type.size == 0) ||
                  (type.shape == Shape::record && std::ranges::all_of(type.fields, [](const AvroField& field) { return field.type->is_empty; }));
  return &type;
}

AvroType& AvroSchemaReader::define(dom::element node, Shape shape, const std::string& space) {
  AvroType& type = schema_.types_.emplace_back(AvroType{.shape = shape});
  dom::element given;
  const bool has_space = node["namespace"].get(given) == simdjson::SUCCESS;
  type.name = avro::full_name(text_of(node, "name"), has_space ? text_of(node, "namespace") : space);
  if (type.name.empty() || !named_.emplace(type.name, &type).second) throw Misfit{fmt::format("`{}` is no name, or one given twice", type.name)};
  return type;
}

void AvroSchemaReader::read_members(dom::element node, AvroType& type, const std::string& space, int depth) {
  dom::array members;
  dom::element element;
  switch (type.shape) {
    case Shape::record:
      if (node["fields"].get(members) != simdjson::SUCCESS) throw Misfit{fmt::format("`{}` has no fields", type.name)};
      for (const dom::element field : members) {
        if (field["type"].get(element) != simdjson::SUCCESS) throw Misfit{fmt::format("a field of `{}` has no type", type.name)};
        type.fields.push_back({text_of(field, "name"), read(element, space, depth + 1)});
      }
      return;
    case Shape::enumeration:
      if (node["symbols"].get(members) != simdjson::SUCCESS) throw Misfit{fmt::format("`{}` has no symbols", type.name)};
      for (const dom::element symbol : members) {
        std::string_view text;
        if (symbol.get(text) != simdjson::SUCCESS) throw Misfit{fmt::format("a symbol of `{}` is no text", type.name)};
        type.symbols.emplace_back(text);
      }
      return;
    case Shape::array:
    case Shape::map:
      if (node[type.shape == Shape::array ? "items" : "values"].get(element) != simdjson::SUCCESS) throw Misfit{"an array or map of nothing"};
      type.element = read(element, space, depth + 1);
      return;
    case Shape::fixed: {
      const int64_t size = number_of(node, "size", -1);
      if (size < 0 || size > k_fixed_bytes_max) throw Misfit{fmt::format("the size of `{}` is none", type.name)};
      type.size = static_cast<uint64_t>(size);
      break;
    }
    case Shape::null:
    case Shape::boolean:
    case Shape::int32:
    case Shape::int64:
    case Shape::float32:
    case Shape::float64:
    case Shape::bytes:
    case Shape::string:
      break;
  }
  type.logical = avro::logical_of(text_of(node, "logicalType"), type.shape, type.size);
  type.scale = static_cast<int32_t>(std::clamp<int64_t>(number_of(node, "scale", 0), 0, 10'000));
}

std::expected<AvroSchema, std::string> AvroSchema::parse(std::string_view json) {
  if (json.size() > k_schema_bytes_max) return std::unexpected(fmt::format("it has {} bytes; a schema has at most {}", json.size(), k_schema_bytes_max));
  AvroSchema schema;
  dom::parser parser;
  dom::element root;
  if (const auto error = parser.parse(json.data(), json.size()).get(root)) return std::unexpected(std::string(simdjson::error_message(error)));
  try {
    schema.root_ = AvroSchemaReader(schema).read(root, "", 0);
  } catch (const Misfit& misfit) {
    return std::unexpected(misfit.what);
  }
  return schema;
}

}  // namespace wend::ingest
