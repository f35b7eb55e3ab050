#include "compiler/schema/formats.h"

#include <algorithm>

#include "compiler/schema/avro.h"
#include "compiler/schema/protobuf.h"
#include "compiler/schema/tracking_plan.h"

namespace wend::schema {

std::optional<Format> find_format(std::string_view word) {
  const auto found = std::ranges::find(k_format_words, word);
  return found == k_format_words.end() ? std::nullopt : std::optional(static_cast<Format>(found - k_format_words.begin()));
}

ImportResult import_schema(Format format, const source::SourceFile& file, source::Span path_span, const std::vector<Wanted>& wanted,
                           types::TypeTable& table, const FileLoader& loader) {
  switch (format) {
    case Format::json_schema:
      return import_json_schema(file, wanted, table, loader);
    case Format::avro:
      return import_avro(file, wanted, table);
    case Format::protobuf:
      return import_protobuf(file, path_span, wanted, table);
    case Format::tracking_plan:
      return import_tracking_plan(file, wanted, table, loader);
  }
  return {};
}

}  // namespace wend::schema
