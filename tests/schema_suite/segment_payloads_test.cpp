// The example calls of Segment's specification, read as a run reads them: what each becomes.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "runtime/engine/log.h"
#include "tests/schema_suite/imported_event.h"

namespace wend {
namespace {

// A project that declares every event of the calls, with the members of their properties that one type holds.
std::string project_for(const nlohmann::json& payloads) {
  std::map<std::string, std::map<std::string, std::string>> events;  // fields by wire name
  for (const auto& payload : payloads) {
    const nlohmann::json& call = payload.at("json");
    if (!call.contains("event") || !call.at("event").is_string()) continue;
    auto& fields = events[call.at("event").get<std::string>()];
    const nlohmann::json properties = call.value("properties", nlohmann::json::object());
    for (const auto& [wire, value] : properties.items()) {
      const char* type = value.is_string() ? "Text" : value.is_boolean() ? "Bool" : value.is_number() ? "Decimal" : nullptr;
      if (type == nullptr) continue;
      const auto [field, is_new] = fields.emplace(wire, type);
      if (!is_new && field->second != type) field->second.clear();  // two calls disagree
    }
  }
  std::string text = "edition 1\ncustomer { name: Text?  email: Email?  plan: Text?  logins: Int? }\n";
  int number = 0;
  for (const auto& [name, fields] : events) {
    text += fmt::format("event E{} from \"{}\" {{\n", ++number, name);
    int field = 0;
    for (const auto& [wire, type] : fields) {
      if (!type.empty()) text += fmt::format("  field_{} from \"{}\": {}?\n", ++field, wire, type);
    }
    text += "}\n";
  }
  return text;
}

class SegmentPayloads : public testing::Test {
 protected:
  void declare(const nlohmann::json& payloads) {
    source::MemoryFileStore files;
    files.write("p/main.journey", project_for(payloads));
    const auto project = project::load(files, "p");
    project::CompileResult compiled = project::compile(*project, files, *zones_);
    for (const diag::Diagnostic& finding : compiled.findings.diagnostics()) ADD_FAILURE() << finding.message();
    ASSERT_TRUE(compiled.program);
    program_ = std::move(*compiled.program);
    decoder_ = ingest::make_segment_decoder(program_, *zones_);
  }
  std::string becomes(const std::string& line) {
    const std::string padded = line + std::string(ingest::RecordBuffer::k_padding_bytes, ' ');
    ingest::InputBatch batch;
    ingest::VirtualClock clock(1'893'456'000'000, std::nullopt);
    decoder_->decode({.bytes = std::string_view(padded).substr(0, line.size()), .line = 1}, clock, batch);
    if (!batch.intake.rejects.empty()) {
      const ingest::Reject& reject = batch.intake.rejects.front();
      return fmt::format("refused: {} at {}: {}", ingest::to_string(reject.reason), reject.path, reject.message);
    }
    if (!batch.intake.unknown_events.empty()) return "a track call of an event that is not declared";
    if (!batch.intake.ignored_calls.empty()) return fmt::format("passed over: a `{}` call", batch.intake.ignored_calls.begin()->first);
    if (batch.entries().empty()) return "an identify call without a declared trait";
    switch (batch.entries().front().tag) {
      case engine::RecordTag::event:
        return "an event";
      case engine::RecordTag::attributes:
        return "traits";
      case engine::RecordTag::merge:
        return "a merge of two ids";
      default:
        return "something else";
    }
  }

  const std::shared_ptr<const ZoneTable> zones_ = ZoneTable::system();
  bytecode::Program program_;
  std::unique_ptr<ingest::EventDecoder> decoder_;
};

// The specification shortens its examples: what a sent call always has (a time, a type that the endpoint implies) is added first to see
// what the rest becomes; as they stand, most are refused for lack of it, and the refusal says so.
TEST_F(SegmentPayloads, EachBecomesAnEventTraitsOrARefusalWithAReason) {
  const auto path = schema_data("segment") / "payloads.json";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is absent (set WEND_DATA_DIR)";
  std::map<std::string, size_t> as_written;
  std::map<std::string, size_t> completed;
  const auto payloads = nlohmann::json::parse(text_of(path));
  ASSERT_NO_FATAL_FAILURE(declare(payloads));
  for (const auto& payload : payloads) {
    nlohmann::json call = payload.at("json");
    ++as_written[becomes(call.dump())];
    if (!call.contains("timestamp")) call["timestamp"] = "2015-12-12T19:11:01.249Z";
    if (!call.contains("type")) {
      if (call.contains("traits")) call["type"] = "identify";
      if (call.contains("event")) call["type"] = "track";
    }
    const std::string result = becomes(call.dump());
    ++completed[result];
    EXPECT_NE(result, "something else") << call;
  }
  EXPECT_EQ(payloads.size(), 75u);
  size_t total = 0;
  for (const auto& [what, count] : as_written) {
    fmt::print("as written {:3}  {}\n", count, what);
    total += count;
  }
  for (const auto& [what, count] : completed) fmt::print("completed  {:3}  {}\n", count, what);
  EXPECT_EQ(total, payloads.size());
  // A call without a `userId` names nobody; everything else is taken, or passed over for what it is.
  for (const auto& [what, count] : completed) EXPECT_TRUE(!what.starts_with("refused") || what.starts_with("refused: no_user")) << what;
  EXPECT_EQ(completed["a track call of an event that is not declared"], 0u);
  EXPECT_GE(completed["an event"], 50u);
  EXPECT_GE(completed["traits"], 2u);
  EXPECT_GE(completed["a merge of two ids"], 2u);
}

}  // namespace
}  // namespace wend
