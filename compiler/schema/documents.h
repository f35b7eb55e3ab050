#pragma once

#include <deque>
#include <expected>
#include <map>
#include <string>
#include <unordered_map>

#include "compiler/schema/import.h"
#include "compiler/schema/json_tree.h"

namespace wend::schema {

/// Files of schemas are far below it.
inline constexpr std::size_t k_schema_bytes_max = 4 << 20;
/// Files that one import may refer to.
inline constexpr std::size_t k_documents_max = 100;

struct Document {
  std::string name;  ///< path relative to the imported file's folder
  JsonNode root;
  /// Drafts up to 7: what stands beside `$ref` does not count.
  bool reference_alone = false;
};

/// A schema and where it stands.
struct Located {
  const JsonNode* node = nullptr;
  const Document* document = nullptr;
  std::string path;  ///< for people: "$.properties.total"
  std::string base;  ///< what references in it are relative to
};

/// Why something cannot be had: with the place in the file that asks for it.
struct DocumentFault {
  diag::Kind kind{};
  source::Span span;
  std::string path;
  std::string what;
  source::Span earlier = {};  ///< of a key that stands twice: the first
  std::string_view help = {};  ///< of a pattern that cannot be used: what would do instead
};

/// In words. Whoever knows who asked for the schema adds it.
[[nodiscard]] diag::Diagnostic to_diagnostic(DocumentFault fault);
/// The text of a schema as JSON.
[[nodiscard]] std::expected<JsonNode, DocumentFault> read_json(const source::SourceFile& file);

/// The documents of one import, and what the references in them lead to. Nothing but files of the project is ever read.
class Documents {
 public:
  explicit Documents(const FileLoader& loader) : loader_(loader) {}

  std::expected<Located, DocumentFault> open(const source::SourceFile& file, std::string name);
  /// A schema that stands at `path` in a file of another kind, as a document by itself.
  std::expected<Located, DocumentFault> adopt(JsonNode root, std::string name, const std::string& path);
  /// Where `$ref` or `$dynamicRef` in `from` leads.
  std::expected<Located, DocumentFault> resolve(const Located& from, const JsonMember& reference);
  /// A part of a schema: `Located` of `node`, which stands at `steps` in it (".properties.total").
  [[nodiscard]] Located part(const Located& of, const JsonNode& node, const std::string& steps) const;

 private:
  void index(const Located& schema);
  void index_part(const Located& schema, const JsonNode& node, const std::string& steps);
  std::expected<const Document*, DocumentFault> load(const Located& from, const std::string& path, source::Span span);
  std::expected<Located, DocumentFault> follow(const Located& resource, std::string_view fragment, const Located& from, const JsonMember& reference);

  const FileLoader& loader_;
  std::deque<Document> documents_;
  std::map<std::string, const Document*, std::less<>> by_name_;
  std::map<std::string, Located, std::less<>> by_uri_;  // resources by their URI, anchors by URI#name
  std::map<std::string, int, std::less<>> dynamic_anchors_;  // how many schemas bear the name
  std::unordered_map<const JsonNode*, Located> located_;
};

}  // namespace wend::schema
