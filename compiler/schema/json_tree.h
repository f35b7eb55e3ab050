#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/source/source_file.h"

// A JSON document as a tree that remembers the order of its keys and where everything stands. Only compiler/schema sees it.

namespace wend::schema {

/// Deeper documents are refused before anything walks them.
inline constexpr std::size_t k_json_depth_max = 200;

enum class JsonKind : std::uint8_t { null, boolean, number, string, array, object };

struct JsonMember;

struct JsonNode {
  JsonKind kind = JsonKind::null;
  bool boolean = false;
  std::string text;  ///< string: decoded; number: as written
  std::vector<JsonNode> elements;
  std::vector<JsonMember> members;  ///< in the order of the text
  source::Span span;                ///< of the value; of an array or object: its opening bracket
  std::vector<std::uint32_t> by_key;  ///< of an object with many members: these, in the order of their keys

  [[nodiscard]] const JsonMember* find(std::string_view key) const;
  [[nodiscard]] const JsonNode* value(std::string_view key) const;
};

struct JsonMember {
  std::string key;
  source::Span key_span;
  JsonNode value;
};

enum class JsonErrorKind : std::uint8_t { syntax, too_deep, repeated_key };

struct JsonError {
  JsonErrorKind kind = JsonErrorKind::syntax;
  source::Span span;
  std::string reason;    ///< of a repeated key: the key
  source::Span earlier;  ///< where a repeated key stood before
};

[[nodiscard]] std::expected<JsonNode, JsonError> parse_json(const source::SourceFile& file);

}  // namespace wend::schema
