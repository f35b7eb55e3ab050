#pragma once

#include <string>
#include <vector>

#include "compiler/schema/convert.h"
#include "compiler/schema/documents.h"
#include "compiler/schema/rules.h"

namespace wend::schema {

/// From JSON Schemas to what a listed name becomes: types, and the rules that payloads are held to.
class SchemaImporter {
 public:
  SchemaImporter(types::TypeTable& table, const FileLoader& loader, ImportResult& result)
      : result_(result), documents_(loader), rules_(documents_, result), converter_(documents_, rules_, table, result) {}
  SchemaImporter(const SchemaImporter&) = delete;  // its parts refer to each other
  SchemaImporter& operator=(const SchemaImporter&) = delete;

  [[nodiscard]] Documents& documents() { return documents_; }
  /// A record or enum that is listed; what hinders it is reported.
  void import_type(const Located& found, const Wanted& wanted);
  /// `wire`: the event's name there.
  void import_event(const Located& found, const Wanted& wanted, const std::string& wire);
  /// Values of `format` that nothing here knows are no fault of the schema, but somebody may rely on them.
  void report_unknown_formats(const std::vector<Wanted>& wanted);
  void report(const DocumentFault& fault) { rules_.report(fault); }

 private:
  void want(const Wanted& wanted) {
    rules_.set_wanted(wanted);
    converter_.set_wanted(wanted);
  }

  ImportResult& result_;
  Documents documents_;
  RuleCompiler rules_;
  Converter converter_;
};

}  // namespace wend::schema
