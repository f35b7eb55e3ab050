#include <simdjson.h>

#include <cstdlib>

#include "bench/json_limit.h"
#include "bench/reference.h"

namespace wend::bench {

double simdjson_seconds(std::string_view lines, size_t& documents) {
  simdjson::dom::parser parser;
  documents = 0;
  const double begin = processor_seconds();
  simdjson::dom::document_stream stream;
  if (parser.parse_many(lines.data(), lines.size(), simdjson::dom::DEFAULT_BATCH_SIZE).get(stream)) std::exit(2);
  for (const auto document : stream) {
    if (document.error()) std::exit(2);
    ++documents;
  }
  return processor_seconds() - begin;
}

}  // namespace wend::bench
