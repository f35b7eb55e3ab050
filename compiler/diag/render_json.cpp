#include <nlohmann/json.hpp>

#include "compiler/diag/render.h"

namespace wend::diag {
namespace {

using Json = nlohmann::ordered_json;

Json position_json(const source::SourceFile& file, std::uint32_t offset) {
  const source::Position position = file.position(offset);
  return {{"offset", offset}, {"line", position.line}, {"column", position.column}};
}

Json span_json(source::Span span, const source::Sources& sources) {
  if (!span.valid()) return nullptr;
  const source::SourceFile& file = sources.file(span.file_id);
  return {{"path", file.path()}, {"begin", position_json(file, span.begin)}, {"end", position_json(file, span.end)}};
}

Json label_json(const Label& label, const source::Sources& sources) {
  return {{"span", span_json(label.span, sources)}, {"text", label.text}};
}

std::string_view applicability_name(Applicability applicability) {
  switch (applicability) {
    case Applicability::certain:
      return "certain";
    case Applicability::likely:
      return "likely";
    case Applicability::placeholders:
      return "placeholders";
  }
  return "";
}

Json help_json(const Help& help, const source::Sources& sources) {
  Json result = {{"message", help.message}};
  if (help.replacement) {
    result["replacement"] = {{"span", span_json(help.replacement->span, sources)},
                             {"text", help.replacement->text},
                             {"applicability", applicability_name(help.replacement->applicability)}};
  }
  return result;
}

Json diagnostic_json(const Diagnostic& diagnostic, const source::Sources& sources) {
  Json result = {{"code", code(diagnostic.kind())},
                 {"kind", info(diagnostic.kind()).name},
                 {"severity", severity_name(diagnostic.severity())},
                 {"message", diagnostic.message()}};
  Json& parameters = result["parameters"] = Json::object();
  for (const Parameter& parameter : diagnostic.parameters()) {
    std::visit([&](const auto& value) { parameters[parameter.name] = value; }, parameter.value);
  }
  result["primary"] = label_json(diagnostic.primary(), sources);
  Json& secondaries = result["secondary"] = Json::array();
  for (const Label& label : diagnostic.secondaries()) secondaries.push_back(label_json(label, sources));
  result["notes"] = diagnostic.notes();
  Json& helps = result["help"] = Json::array();
  for (const Help& help : diagnostic.helps()) helps.push_back(help_json(help, sources));
  return result;
}

}  // namespace

std::string render_json(const Sink& sink, const source::Sources& sources) {
  Json result = {{"diagnostics", Json::array()}, {"errors", sink.error_count()}, {"warnings", sink.warning_count()}};
  for (const Diagnostic& diagnostic : sink.sorted()) result["diagnostics"].push_back(diagnostic_json(diagnostic, sources));
  // Messages may quote malformed bytes of a hostile file; they become U+FFFD instead of an exception.
  return result.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace wend::diag
