// The published cases of Liquid, through the compiler and the machine: types are inferred from each case's data. A case passes when it
// renders as it says (or is refused where it says so); what the typed dialect refuses is counted by diagnostic.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "compiler/diag/render.h"
#include "compiler/project/compile.h"
#include "runtime/base/time_zone.h"
#include "runtime/bytecode/packed.h"
#include "runtime/vm/machine.h"
#include "tests/paths.h"

namespace wend {
namespace {

using nlohmann::json;

std::optional<json> read_cases() {
  const char* folder = std::getenv("WEND_DATA_DIR");
  std::ifstream file((folder != nullptr ? std::string(folder) : std::string(WEND_SOURCE_DIR) + "/../shared/data") + "/liquid/golden_liquid_half.json");
  if (!file) return std::nullopt;
  return json::parse(file);
}

class RenderHost final : public vm::Host {
 public:
  TimestampMs now() const override { return 0; }
  uint64_t position() const override { return 0; }
  uint32_t ordinal() const override { return 0; }
  vm::Value attribute(bytecode::AttributeId) override { return vm::Value::absent(); }
  bool consent(bytecode::TopicId) override { return false; }
  int64_t history(bytecode::HistoryId) override { return 0; }
  vm::Value list(bytecode::HistoryId) override { return vm::Value::from_bytes(bytecode::k_empty_list); }
  bool segment(bytecode::SegmentId) override { return false; }
  std::string_view zone() override { return "UTC"; }
  vm::SendResult send(bytecode::SiteId, std::span<const vm::Value>, std::span<const vm::Value>) override { return {}; }
  void set_attribute(bytecode::AttributeId, const vm::Value&) override {}
  uint32_t assign_arm(bytecode::ExperimentId) override { return 0; }
  void emit(bytecode::EventId, std::span<const vm::Value>) override {}
  void hand_off(bytecode::JourneyId, std::span<const vm::Value>) override {}
  void call(bytecode::CallId, uint16_t, std::span<const vm::Value>) override {}
};

// What some values have in common, as a type of the language. Throws where nothing has.
struct Refused {
  std::string why;
};
class Inference {
 public:
  std::string records;

  std::string type(const std::vector<const json*>& values) {
    bool optional = false;
    std::vector<const json*> present;
    for (const json* value : values) {
      if (value == nullptr || value->is_null()) {
        optional = true;
      } else {
        present.push_back(value);
      }
    }
    std::string made = present.empty() ? "Text" : required(present);
    return made + (optional || present.empty() ? "?" : "");
  }

 private:
  template <typename Test>
  static bool all(const std::vector<const json*>& values, Test test) {
    return std::all_of(values.begin(), values.end(), [&](const json* value) { return test(*value); });
  }
  std::string required(const std::vector<const json*>& values) {
    if (all(values, [](const json& v) { return v.is_string(); })) return "Text";
    if (all(values, [](const json& v) { return v.is_boolean(); })) return "Bool";
    if (all(values, [](const json& v) { return v.is_number_integer(); })) return "Int";
    if (all(values, [](const json& v) { return v.is_number(); })) return "Decimal";
    if (all(values, [](const json& v) { return v.is_array(); })) {
      std::vector<const json*> elements;
      for (const json* value : values) {
        for (const json& element : *value) elements.push_back(&element);
      }
      const std::string element = elements.empty() ? "Text" : type(elements);
      if (element.ends_with("?")) throw Refused{"lists with nil"};
      return "List<" + element + ">";
    }
    if (!all(values, [](const json& v) { return v.is_object(); })) throw Refused{"lists of several types"};
    std::map<std::string, std::vector<const json*>> fields;
    for (const json* value : values) {
      for (const auto& [name, field] : value->items()) fields[name];
    }
    if (fields.empty()) throw Refused{"records without fields"};
    std::string text;
    for (auto& [name, field] : fields) {
      check_name(name);
      for (const json* value : values) field.push_back(value->contains(name) ? &value->at(name) : nullptr);
      text += fmt::format("  `{}`: {}\n", name, type(field));
    }
    const std::string name = fmt::format("Record{}", ++count_);
    records += fmt::format("record {} {{\n{}}}\n", name, text);
    return name;
  }

 public:
  static void check_name(const std::string& name) {
    for (const char c : name) {
      if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '_') throw Refused{"names that are not snake_case"};
    }
    if (name.empty() || !(name[0] >= 'a' && name[0] <= 'z')) throw Refused{"names that are not snake_case"};
  }

 private:
  int count_ = 0;
};

// Values live in `pool`.
vm::Value pack(const bytecode::Program& program, bytecode::TypeId id, const json* value, std::vector<std::unique_ptr<std::string>>& pool) {
  if (value == nullptr || value->is_null()) return vm::Value::absent();
  const bytecode::Type& type = program.type(id);
  const auto keep = [&](std::string text) {
    pool.push_back(std::make_unique<std::string>(std::move(text)));
    return vm::Value::from_bytes(*pool.back());
  };
  if (value->is_string()) return keep(value->get<std::string>());
  if (value->is_boolean()) return vm::Value::from_word(value->get<bool>() ? 1 : 0);
  if (value->is_number()) {
    if (type.kind == bytecode::ValueKind::integer) return vm::Value::from_word(value->get<int64_t>());
    return vm::Value::from_decimal(*Decimal::parse(value->dump()));
  }
  std::string packed;
  ByteWriter writer(packed);
  if (value->is_array()) {
    writer.varint(value->size());
    for (const json& element : *value) bytecode::write_value(writer, program, type.element, pack(program, type.element, &element, pool));
    return keep(packed);
  }
  std::vector<vm::Value> values;
  std::vector<bytecode::TypeId> types;
  for (const bytecode::FieldInfo& field : program.records[static_cast<size_t>(type.record)].fields) {
    types.push_back(field.type);
    values.push_back(pack(program, field.type, value->contains(field.name) ? &value->at(field.name) : nullptr, pool));
  }
  bytecode::write_row(writer, program, types, values);
  return keep(packed);
}

struct Result {
  std::optional<std::string> text;
  std::string refused;  // by what
};

Result render(const json& test, const ZoneTable& zones) {
  source::MemoryFileStore files;
  Inference inference;
  std::string parameters;
  const json data = test.contains("data") ? test["data"] : json::object();
  try {
    for (const auto& [name, value] : data.items()) {
      Inference::check_name(name);
      parameters += fmt::format("{}`{}`: {}", parameters.empty() ? "" : ", ", name, inference.type({&value}));
    }
  } catch (const Refused& refused) {
    return {std::nullopt, refused.why};
  }
  std::string source = "edition 1\n" + inference.records + "customer { id: Id  email: Email? }\nevent Began { id: Text }\n"
                       "channel email { address customer.email  receipts delivered }\nmessage M(" + parameters +
                       ") for transactional { email { template \"main.txt.liquid\" } }\n";
  files.write("p/a.journey", source);
  files.write("p/main.txt.liquid", test["template"].get<std::string>());
  if (test.contains("templates")) {
    for (const auto& [name, text] : test["templates"].items()) files.write("p/" + name + ".liquid", text.get<std::string>());
  }
  const auto project = project::load(files, "p");
  const project::CompileResult compiled = project::compile(*project, files, zones);
  if (!compiled.program) {
    for (const diag::Diagnostic& each : compiled.findings.diagnostics()) {
      if (each.severity() == diag::Severity::error) return {std::nullopt, diag::code(each.kind()) + " " + std::string(diag::info(each.kind()).name)};
    }
    return {std::nullopt, "?"};
  }
  const bytecode::Program& program = *compiled.program;
  vm::Machine machine(program, zones);
  RenderHost host;
  std::vector<std::unique_ptr<std::string>> pool;
  std::vector<vm::Value> values;
  for (const auto& parameter : program.messages[0].parameters) values.push_back(pack(program, parameter.type, &data.at(parameter.name), pool));
  const auto text = vm::evaluate(machine, host, program.function(program.messages[0].bodies[0].parts[0].render), values);
  if (!text) return {std::nullopt, "fault"};
  return {std::string(text->view()), {}};
}

TEST(Liquid, GoldenCases) {
  const auto cases = read_cases();
  if (!cases) GTEST_SKIP() << "the golden cases are not there";
  const auto zones = ZoneTable::system();
  int passed = 0;
  int wrong = 0;
  std::map<std::string, int> refused;
  for (const json& test : (*cases)["tests"]) {
    const Result result = render(test, *zones);
    const bool invalid = test.value("invalid", false);
    std::vector<std::string> wanted;
    if (test.contains("results")) wanted = test["results"].get<std::vector<std::string>>();
    if (test.contains("result")) wanted.push_back(test["result"].get<std::string>());
    if (invalid ? !result.text.has_value() : result.text && std::ranges::find(wanted, *result.text) != wanted.end()) {
      ++passed;
    } else if (!result.text && result.refused != "fault") {
      ++refused[result.refused];
    } else {
      ++wrong;
      ADD_FAILURE() << test["name"] << "\n" << test["template"] << "\ngives " << (result.text ? json(*result.text).dump() : "a fault") << "\ninstead of "
                    << (invalid ? "a refusal" : json(wanted).dump());
    }
  }
  int total = 0;
  for (const auto& [why, count] : refused) total += count;
  fmt::print("passed {}, refused {}, wrong {}\n", passed, total, wrong);
  for (const auto& [why, count] : refused) fmt::print("  {:4} {}\n", count, why);
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(passed, 328) << "docs/templates.md says so";
  EXPECT_EQ(total, 203) << "docs/templates.md says so";
}

}  // namespace
}  // namespace wend
