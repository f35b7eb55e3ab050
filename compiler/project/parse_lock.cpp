#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <initializer_list>
#include <string_view>

#include "compiler/project/lock.h"
#include "compiler/project/settings.h"

// Reading `wend.lock`: its shape is ours, so the first thing that is wrong ends it.

namespace wend::project {
namespace {

using sema::SlotRanges;

struct WrongLock {
  toml::source_region where;  // a copy: the table is gone when this is caught
  std::string what;
};

// The value of a key that must be there.
template <typename Value>
Value value_of(const toml::table& table, const char* key, const char* expected) {
  const toml::node* node = table.get(key);
  const auto value = node != nullptr ? node->value_exact<Value>() : std::nullopt;
  if (!value) throw WrongLock{(node != nullptr ? *node : table).source(), fmt::format("`{}` must be {}", key, expected)};
  return *value;
}
std::string text_of(const toml::table& table, const char* key) {
  return value_of<std::string>(table, key, "a text");
}

// A key that means nothing here may be meant for something: a slip, or what a later compiler keeps.
void allow_only(const toml::table& table, std::initializer_list<std::string_view> known) {
  for (const auto& [key, value] : table) {
    if (std::ranges::find(known, key.str()) == known.end()) throw WrongLock{key.source(), fmt::format("nothing here is called `{}`", key.str())};
  }
}

// Every table of a list of tables; none when the key is not there.
template <typename Read>
void for_each_table(const toml::table& table, const char* key, const Read& read) {
  const toml::node* node = table.get(key);
  if (node == nullptr) return;
  const toml::array* list = node->as_array();
  if (list == nullptr) throw WrongLock{node->source(), fmt::format("`{}` must be a list of tables", key)};
  for (const toml::node& each : *list) {
    if (each.as_table() == nullptr) throw WrongLock{each.source(), fmt::format("`{}` must be a list of tables", key)};
    read(*each.as_table());
  }
}

std::uint32_t slot(const toml::node& node) {
  const auto value = node.value_exact<std::int64_t>();
  if (!value || *value < 0 || *value > sema::k_slots) throw WrongLock{node.source(), "a slot is a whole number up to 1000000"};
  return static_cast<std::uint32_t>(*value);
}

SlotRanges ranges_of(const toml::table& table) {
  const toml::node* node = table.get("slots");
  const toml::array* list = node != nullptr ? node->as_array() : nullptr;
  if (list == nullptr) throw WrongLock{(node != nullptr ? *node : table).source(), "`slots` must be a list of ranges"};
  SlotRanges ranges;
  for (const toml::node& each : *list) {
    const toml::array* pair = each.as_array();
    if (pair == nullptr || pair->size() != 2) throw WrongLock{each.source(), "a range is a list of two slots: the first, and the first that is not in it"};
    const bytecode::SlotRange range{slot(*pair->get(0)), slot(*pair->get(1))};
    if (range.first >= range.end || (!ranges.empty() && ranges.back().end > range.first)) {
      throw WrongLock{each.source(), "ranges are not empty, and in order"};
    }
    ranges.push_back(range);
  }
  return ranges;
}

// Two owners of one slot would put a customer into two arms.
void require_disjoint(const std::vector<SlotRanges>& owners, const toml::table& table) {
  SlotRanges all;
  for (const SlotRanges& ranges : owners) all.insert(all.end(), ranges.begin(), ranges.end());
  std::ranges::sort(all, {}, &bytecode::SlotRange::first);
  const auto overlap = std::ranges::adjacent_find(all, [](const auto& a, const auto& b) { return b.first < a.end; });
  if (overlap != all.end()) throw WrongLock{table.source(), fmt::format("slot {} has two owners", std::next(overlap)->first)};
}

LockedExperiment experiment_of(const toml::table& table) {
  allow_only(table, {"name", "salt", "arm"});
  LockedExperiment result{text_of(table, "salt"), text_of(table, "name"), {}, {}};
  std::vector<SlotRanges> owners;
  for_each_table(table, "arm", [&](const toml::table& arm) {
    allow_only(arm, {"name", "slots"});
    const std::string name = text_of(arm, "name");
    if (std::ranges::find(result.arms, name, &LockedArm::name) != result.arms.end()) throw WrongLock{arm.source(), "two arms have one name"};
    owners.push_back(ranges_of(arm));
    result.arms.push_back({name, owners.back()});
  });
  require_disjoint(owners, table);
  return result;
}

LockedLayer layer_of(const toml::table& table) {
  allow_only(table, {"name", "experiment"});
  LockedLayer result{text_of(table, "name"), {}};
  std::vector<SlotRanges> owners;
  for_each_table(table, "experiment", [&](const toml::table& part) {
    allow_only(part, {"name", "salt", "slots"});
    owners.push_back(ranges_of(part));
    result.experiments.push_back({text_of(part, "salt"), text_of(part, "name"), owners.back()});
  });
  require_disjoint(owners, table);
  return result;
}

// A list of lists of so many texts.
std::vector<std::vector<std::string>> rows_of(const toml::table& table, const char* key, size_t size) {
  const toml::node* node = table.get(key);
  if (node == nullptr) return {};
  const auto wrong = [&](const toml::node& where) { return WrongLock{where.source(), fmt::format("`{}` must be a list of lists of {} texts", key, size)}; };
  if (node->as_array() == nullptr) throw wrong(*node);
  std::vector<std::vector<std::string>> rows;
  for (const toml::node& each : *node->as_array()) {
    const toml::array* parts = each.as_array();
    if (parts == nullptr || parts->size() != size) throw wrong(each);
    auto& row = rows.emplace_back();
    for (const toml::node& part : *parts) {
      const auto text = part.value_exact<std::string>();
      if (!text) throw wrong(part);
      row.push_back(*text);
    }
  }
  return rows;
}

LockedShape shape_of(const toml::table& table) {
  allow_only(table, {"kind", "name", "wire", "fields", "rules"});
  LockedShape shape{text_of(table, "kind"), text_of(table, "name"), text_of(table, "wire"), {}, {}};
  for (const auto& row : rows_of(table, "fields", 3)) shape.fields.push_back({row[0], row[1], row[2]});
  for (const auto& row : rows_of(table, "rules", 3)) shape.rules.push_back({row[0], row[1], row[2]});
  return shape;
}

LockedSchema schema_of(const toml::table& table) {
  allow_only(table, {"format", "files", "shape"});
  LockedSchema schema{text_of(table, "format"), {}, {}};
  for (const auto& row : rows_of(table, "files", 2)) schema.files.push_back({row[0], row[1]});
  if (schema.files.empty()) throw WrongLock{table.source(), "a schema must have files"};
  for_each_table(table, "shape", [&](const toml::table& shape) { schema.shapes.push_back(shape_of(shape)); });
  return schema;
}

}  // namespace

LockResult parse_lock(const source::SourceFile& file) {
  LockResult result;
  const auto place_of = [&](const toml::source_region& region) {
    return span_between(file, {region.begin.line, region.begin.column}, {region.end.line, region.end.column});
  };
  const auto fail = [&](const toml::source_region& region, std::string reason) {
    result.lock.reset();
    result.diagnostics.push_back(diag::Diagnostic(diag::Kind::lock_unreadable, place_of(region))
                                     .with("reason", std::move(reason))
                                     .help("take the last committed one back, and run `wend lock`"));
  };
  try {
    const toml::table table = toml::parse(file.text(), file.path());
    allow_only(table, {"experiment", "layer", "schema"});
    Lock& lock = result.lock.emplace();
    for_each_table(table, "experiment", [&](const toml::table& each) {
      lock.experiments.push_back(experiment_of(each));
      lock.experiments.back().place = place_of(each.get("name")->source());
    });
    for_each_table(table, "layer", [&](const toml::table& each) { lock.layers.push_back(layer_of(each)); });
    for_each_table(table, "schema", [&](const toml::table& each) { lock.schemas.push_back(schema_of(each)); });
  } catch (const toml::parse_error& error) {
    fail(error.source(), std::string(error.description()));
  } catch (const WrongLock& wrong) {
    fail(wrong.where, wrong.what);
  }
  return result;
}

}  // namespace wend::project
