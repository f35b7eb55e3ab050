#include "compiler/schema/documents.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

#include "compiler/schema/uri.h"

namespace wend::schema {
namespace {

// Keywords whose value is a schema, a list of schemas, or schemas by name.
enum class Shape { schema, schemas, named, either };
struct Applicator {
  std::string_view keyword;
  Shape shape;
};
constexpr auto k_applicators = std::to_array<Applicator>({
    {"properties", Shape::named},
    {"patternProperties", Shape::named},
    {"definitions", Shape::named},
    {"$defs", Shape::named},
    {"dependencies", Shape::named},
    {"dependentSchemas", Shape::named},
    {"additionalProperties", Shape::schema},
    {"propertyNames", Shape::schema},
    {"unevaluatedProperties", Shape::schema},
    {"unevaluatedItems", Shape::schema},
    {"additionalItems", Shape::schema},
    {"contains", Shape::schema},
    {"not", Shape::schema},
    {"if", Shape::schema},
    {"then", Shape::schema},
    {"else", Shape::schema},
    {"items", Shape::either},
    {"prefixItems", Shape::schemas},
    {"allOf", Shape::schemas},
    {"anyOf", Shape::schemas},
    {"oneOf", Shape::schemas},
});

const std::string* text_of(const JsonNode& schema, std::string_view key) {
  const JsonNode* value = schema.value(key);
  return value != nullptr && value->kind == JsonKind::string ? &value->text : nullptr;
}

// Of the known dialects, those in which `$ref` stands alone; nullopt for a dialect that is not known.
std::optional<bool> reference_stands_alone(std::string_view dialect) {
  for (const std::string_view draft : {"json-schema.org/draft-03/", "json-schema.org/draft-04/", "json-schema.org/draft-06/",
                                       "json-schema.org/draft-07/", "com.snowplowanalytics.self-desc/"}) {
    if (dialect.find(draft) != std::string_view::npos) return true;
  }
  for (const std::string_view draft : {"json-schema.org/draft/2019-09/", "json-schema.org/draft/2020-12/", "json-schema.org/draft/next/",
                                       "json-schema.org/schema"}) {
    if (dialect.find(draft) != std::string_view::npos) return false;
  }
  return std::nullopt;
}

std::unexpected<DocumentFault> fault(diag::Kind kind, source::Span span, std::string path, std::string what) {
  return std::unexpected(DocumentFault{kind, span, std::move(path), std::move(what)});
}

}  // namespace

diag::Diagnostic to_diagnostic(DocumentFault fault) {
  struct Parameter {
    diag::Kind kind;
    const char* name;
  };
  // What the message calls that which was found.
  static constexpr std::array k_parameters = std::to_array<Parameter>({{diag::Kind::schema_not_json, "reason"},
                                                                       {diag::Kind::repeated_member, "name"},
                                                                       {diag::Kind::schema_unsupported, "construct"},
                                                                       {diag::Kind::schema_wrong_shape, "expected"},
                                                                       {diag::Kind::schema_name_clash, "name"},
                                                                       {diag::Kind::schema_too_large, "what"},
                                                                       {diag::Kind::schema_reference, "what"},
                                                                       {diag::Kind::schema_pattern, "what"}});
  const auto parameter = std::ranges::find(k_parameters, fault.kind, &Parameter::kind);
  assert(parameter != k_parameters.end());
  diag::Diagnostic diagnostic(fault.kind, fault.span);
  if (fault.kind == diag::Kind::repeated_member) {
    diagnostic.with("owner", std::string("the object")).with("what", std::string("the key")).secondary(fault.earlier, "first here");
  } else if (fault.kind != diag::Kind::schema_not_json) {
    diagnostic.with("path", std::move(fault.path));
  }
  diagnostic.with(parameter->name, std::move(fault.what));
  return diagnostic;
}

std::expected<JsonNode, DocumentFault> read_json(const source::SourceFile& file) {
  if (file.text().size() > k_schema_bytes_max) {
    return fault(diag::Kind::schema_too_large, {file.file_id(), 0, 0}, "$",
                 fmt::format("the file has {} bytes; a schema has at most {}", file.text().size(), k_schema_bytes_max));
  }
  auto root = parse_json(file);
  if (root) return std::move(*root);
  JsonError& error = root.error();
  switch (error.kind) {
    case JsonErrorKind::syntax:
      return fault(diag::Kind::schema_not_json, error.span, "$", std::move(error.reason));
    case JsonErrorKind::too_deep:
      return fault(diag::Kind::schema_too_large, error.span, "$", fmt::format("brackets are nested more than {} deep", k_json_depth_max));
    case JsonErrorKind::repeated_key:
      return std::unexpected(DocumentFault{diag::Kind::repeated_member, error.span, "$", std::move(error.reason), error.earlier});
  }
  std::unreachable();
}

std::expected<Located, DocumentFault> Documents::open(const source::SourceFile& file, std::string name) {
  auto root = read_json(file);
  if (!root) return std::unexpected(std::move(root.error()));
  if (root->kind != JsonKind::object && root->kind != JsonKind::boolean) {
    return fault(diag::Kind::schema_wrong_shape, root->span, "$", "an object: a JSON Schema");
  }
  return adopt(std::move(*root), std::move(name), "$");
}

std::expected<Located, DocumentFault> Documents::adopt(JsonNode root, std::string name, const std::string& path) {
  Document& document = documents_.emplace_back();
  document.name = std::move(name);
  document.root = std::move(root);
  by_name_.emplace(document.name, &document);
  if (const JsonMember* dialect = document.root.find("$schema"); dialect != nullptr && dialect->value.kind == JsonKind::string) {
    const auto alone = reference_stands_alone(dialect->value.text);
    if (!alone) {
      return fault(diag::Kind::schema_unsupported, dialect->value.span, path + ".$schema", fmt::format("the dialect `{}`", dialect->value.text));
    }
    document.reference_alone = *alone;
  }
  const std::string uri = "file:///" + document.name;
  index({&document.root, &document, path, uri});
  by_uri_.emplace(uri, located_.at(&document.root));
  return located_.at(&document.root);
}

// Notes the identifiers in a schema and in those inside it.
void Documents::index(const Located& schema) {
  Located here = schema;
  const JsonNode& node = *schema.node;
  const bool alone = schema.document->reference_alone && node.find("$ref") != nullptr;
  const std::string* id = text_of(node, "$id");
  if (id == nullptr && schema.document->reference_alone) id = text_of(node, "id");
  if (id != nullptr && !alone) {
    if (id->starts_with('#')) {
      by_uri_.emplace(here.base + *id, here);
    } else {
      const std::string uri = resolve_uri(here.base, *id);
      here.base = uri.substr(0, uri.find('#'));
      by_uri_.emplace(here.base, here);
      if (uri.size() > here.base.size() + 1) by_uri_.emplace(uri, here);
    }
  }
  for (const char* keyword : {"$anchor", "$dynamicAnchor"}) {
    if (const std::string* anchor = text_of(node, keyword)) by_uri_.emplace(here.base + "#" + *anchor, here);
  }
  if (const std::string* anchor = text_of(node, "$dynamicAnchor")) ++dynamic_anchors_[*anchor];
  located_.emplace(&node, here);
  for (const JsonMember& member : node.members) {
    for (const Applicator& applicator : k_applicators) {
      if (applicator.keyword != member.key) continue;
      const std::string steps = "." + member.key;
      const bool is_list = member.value.kind == JsonKind::array;
      if (applicator.shape == Shape::named) {
        for (const JsonMember& named : member.value.members) index_part(here, named.value, steps + "." + named.key);
      } else if (is_list && applicator.shape != Shape::schema) {
        for (std::size_t i = 0; i < member.value.elements.size(); ++i) index_part(here, member.value.elements[i], fmt::format("{}[{}]", steps, i));
      } else if (!is_list && applicator.shape != Shape::schemas) {
        index_part(here, member.value, steps);
      }
    }
  }
}

void Documents::index_part(const Located& schema, const JsonNode& node, const std::string& steps) {
  if (node.kind == JsonKind::object) index({&node, schema.document, schema.path + steps, schema.base});
}

Located Documents::part(const Located& of, const JsonNode& node, const std::string& steps) const {
  const auto known = located_.find(&node);
  return known != located_.end() ? known->second : Located{&node, of.document, of.path + steps, of.base};
}

std::expected<const Document*, DocumentFault> Documents::load(const Located& from, const std::string& path, source::Span span) {
  const auto known = by_name_.find(path);
  if (known != by_name_.end()) return known->second;
  if (documents_.size() == k_documents_max) {
    return fault(diag::Kind::schema_too_large, span, from.path, fmt::format("one import refers to more than {} files", k_documents_max));
  }
  const source::SourceFile* file = loader_ ? loader_(path) : nullptr;
  if (file == nullptr) return fault(diag::Kind::schema_reference, span, from.path, fmt::format("there is no file `{}` in the project", path));
  const auto opened = open(*file, path);
  if (!opened) return std::unexpected(opened.error());
  return opened->document;
}

std::expected<Located, DocumentFault> Documents::resolve(const Located& from, const JsonMember& reference) {
  const source::Span span = reference.value.span;
  const std::string path = from.path + "." + reference.key;
  if (reference.value.kind != JsonKind::string) return fault(diag::Kind::schema_wrong_shape, reference.key_span, path, "a string");
  const std::string& written = reference.value.text;
  const std::string uri = resolve_uri(from.base, written);
  const std::size_t hash = std::min(uri.find('#'), uri.size());
  const std::string target = uri.substr(0, hash);
  const std::string fragment = hash < uri.size() ? uri.substr(hash + 1) : "";
  auto resource = by_uri_.find(target);
  if (resource == by_uri_.end()) {
    // A file beside this one, whatever its `$id` says: names of servers are names here, and nothing is fetched.
    const std::string relative = written.substr(0, written.find('#'));
    const auto file = has_scheme(relative) || relative.starts_with('/') ? std::nullopt : beside(from.document->name, relative);
    if (!file) {
      const bool remote = target.starts_with("http:") || target.starts_with("https:");
      return fault(diag::Kind::schema_reference, span, path,
                   remote ? fmt::format("`{}` is on the network, and nothing is ever fetched", target)
                          : fmt::format("`{}` is no file of the project below the folder of the import", written));
    }
    const auto document = load(from, *file, span);
    if (!document) return std::unexpected(document.error());
    resource = by_uri_.find("file:///" + *file);
  }
  return follow(resource->second, fragment, from, reference);
}

std::expected<Located, DocumentFault> Documents::follow(const Located& resource, std::string_view fragment, const Located& from,
                                                        const JsonMember& reference) {
  const source::Span span = reference.value.span;
  const std::string path = from.path + "." + reference.key;
  const bool dynamic = reference.key == "$dynamicRef";
  if (!fragment.empty() && fragment.front() != '/') {
    const auto anchor = by_uri_.find(resource.base + "#" + std::string(fragment));
    if (anchor == by_uri_.end()) return fault(diag::Kind::schema_wrong_shape, span, path, fmt::format("a schema at `{}`", reference.value.text));
    const auto bearers = dynamic_anchors_.find(fragment);
    if (dynamic && bearers != dynamic_anchors_.end() && bearers->second > 1) {
      return fault(diag::Kind::schema_unsupported, span, path, "a `$dynamicRef` that leads elsewhere for every asker");
    }
    return anchor->second;
  }
  Located at = resource;
  while (!fragment.empty()) {
    fragment.remove_prefix(1);
    const std::size_t end = std::min(fragment.find('/'), fragment.size());
    const std::string token = pointer_token(fragment.substr(0, end));
    fragment.remove_prefix(end);
    const JsonNode* next = at.node->value(token);
    std::string step = "." + token;
    if (at.node->kind == JsonKind::array) {
      const bool is_index = !token.empty() && token.size() < 9 && token.find_first_not_of("0123456789") == std::string::npos;
      const std::size_t index = is_index ? static_cast<std::size_t>(std::stoul(token)) : at.node->elements.size();
      next = index < at.node->elements.size() ? &at.node->elements[index] : nullptr;
      step = fmt::format("[{}]", token);
    }
    if (next == nullptr) return fault(diag::Kind::schema_wrong_shape, span, path, fmt::format("a schema at `{}`", reference.value.text));
    at = part(at, *next, step);
  }
  if (at.node->kind != JsonKind::object && at.node->kind != JsonKind::boolean) {
    return fault(diag::Kind::schema_wrong_shape, span, path, fmt::format("a schema at `{}`", reference.value.text));
  }
  if (at.node->kind == JsonKind::object && !located_.contains(at.node)) index(at);
  return at;
}

}  // namespace wend::schema
