#include "runtime/ingest/run_config.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "runtime/base/decimal.h"

namespace wend::ingest {
namespace {

// Parsing stops at the first thing that does not fit: it is thrown inside this file and handed out as the error.
struct Misfit {
  RunConfigError error;
};

RunConfigError error_at(const toml::source_region& place, std::string what) {
  return {std::move(what), place.begin.line, place.begin.column, place.end.line, place.end.column};
}

[[noreturn]] void misfit(const toml::node& node, std::string what) {
  throw Misfit{error_at(node.source(), std::move(what))};
}

std::string text_of(const toml::node& node, std::string_view key) {
  const auto text = node.value_exact<std::string>();
  if (!text) misfit(node, fmt::format("`{}` must be a text", key));
  return *text;
}

bool bool_of(const toml::node& node, std::string_view key) {
  const auto truth = node.value_exact<bool>();
  if (!truth) misfit(node, fmt::format("`{}` must be true or false", key));
  return *truth;
}

const toml::table& table_of(const toml::node& node, std::string_view key) {
  if (!node.is_table()) misfit(node, fmt::format("`{}` must be a table", key));
  return *node.as_table();
}

std::optional<char> char_of(const toml::node& node, std::string_view key) {
  const std::string text = text_of(node, key);
  if (text.size() > 1) misfit(node, fmt::format("`{}` must be one character", key));
  return text.empty() ? std::nullopt : std::optional(text[0]);
}

[[noreturn]] void unknown_key(const toml::key& key, std::string_view where, std::string_view known) {
  throw Misfit{error_at(key.source(), fmt::format("`{}` has no key `{}`; it knows {}", where, key.str(), known))};
}

TextExpression text_expression(const toml::node& node, std::string_view key) {
  TextExpression expression;
  if (node.is_string()) {
    expression.column = text_of(node, key);
    return expression;
  }
  bool has_value = false;
  for (const auto& [name, value] : table_of(node, key)) {
    if (name == "column") {
      expression.column = text_of(value, "column");
    } else if (name == "value") {
      expression.constant = text_of(value, "value");
      has_value = true;
    } else if (name == "strip_suffix") {
      expression.strip_suffix = text_of(value, "strip_suffix");
    } else if (name == "map") {
      for (const auto& [from, to] : table_of(value, "map")) expression.mapped.emplace_back(from.str(), text_of(to, from.str()));
    } else {
      unknown_key(name, key, "column, value, strip_suffix, map");
    }
  }
  if (expression.column.has_value() == has_value) misfit(node, fmt::format("`{}` needs either `column` or `value`", key));
  return expression;
}

// "Quantity * UnitPrice * 1.2"; a column whose name is no plain word stands in back-quotes.
SumExpression sum_expression(const toml::node& node) {
  SumExpression expression;
  const std::string text = text_of(node, "sum");
  for (size_t at = 0; at <= text.size();) {
    size_t end = at;
    for (bool quoted = false; end < text.size() && (quoted || text[end] != '*'); ++end) quoted ^= text[end] == '`';
    std::string_view factor = std::string_view(text).substr(at, end - at);
    while (!factor.empty() && factor.front() == ' ') factor.remove_prefix(1);
    while (!factor.empty() && factor.back() == ' ') factor.remove_suffix(1);
    if (factor.empty()) misfit(node, "`sum` must be a product of columns and numbers such as \"Quantity * UnitPrice\"");
    if (factor.size() > 2 && factor.front() == '`' && factor.back() == '`') {
      expression.factors.push_back({.column = std::string(factor.substr(1, factor.size() - 2))});
    } else if (Decimal::parse(factor)) {
      expression.factors.push_back({.number = std::string(factor)});
    } else {
      expression.factors.push_back({.column = std::string(factor)});
    }
    at = end + 1;
  }
  return expression;
}

PropertyExpression property_expression(const toml::node& node, std::string_view key) {
  if (node.is_table()) {
    const toml::table& table = *node.as_table();
    for (const std::string_view word : {"sum", "count", "each"}) {
      if (!table.contains(word)) continue;
      if (table.size() != 1) misfit(node, fmt::format("`{}`: `{}` stands alone", key, word));
      const toml::node& operand = *table.get(word);
      if (word == "sum") return sum_expression(operand);
      if (word == "count") {
        if (!bool_of(operand, "count")) misfit(operand, "`count` can only be true");
        return CountExpression{};
      }
      EachExpression each;
      for (const auto& [name, value] : table_of(operand, "each")) each.members.emplace_back(name.str(), text_expression(value, name.str()));
      return each;
    }
  }
  return text_expression(node, key);
}

ColumnCondition condition(const std::string& column, const toml::node& node) {
  if (node.is_string()) return {column, ColumnTest::equals, text_of(node, column)};
  const toml::table& table = table_of(node, column);
  constexpr std::string_view k_known = "equals, not_equals, starts_with, not_starts_with, contains, is_empty";
  if (table.size() != 1) misfit(node, fmt::format("the condition on `{}` needs one of {}", column, k_known));
  const auto only = table.begin();
  const std::string_view name = only->first.str();
  const toml::node& value = only->second;
  constexpr std::array<std::pair<std::string_view, ColumnTest>, 5> k_tests = {{{"equals", ColumnTest::equals},
                                                                               {"not_equals", ColumnTest::not_equals},
                                                                               {"starts_with", ColumnTest::starts_with},
                                                                               {"not_starts_with", ColumnTest::not_starts_with},
                                                                               {"contains", ColumnTest::contains}}};
  for (const auto& [word, test] : k_tests) {
    if (name == word) return {column, test, text_of(value, word)};
  }
  if (name == "is_empty") return {column, ColumnTest::is_empty, bool_of(value, "is_empty") ? "true" : "false"};
  unknown_key(only->first, column, k_known);
  return {};
}

CsvEvent csv_event(const toml::node& node) {
  CsvEvent event;
  for (const auto& [name, value] : table_of(node, "run.csv.event")) {
    if (name == "name") {
      event.name = text_of(value, "name");
    } else if (name == "where") {
      for (const auto& [column, test] : table_of(value, "where")) event.conditions.push_back(condition(std::string(column.str()), test));
    } else if (name == "properties") {
      for (const auto& [property, expression] : table_of(value, "properties")) {
        event.properties.emplace_back(property.str(), property_expression(expression, property.str()));
      }
    } else {
      unknown_key(name, "run.csv.event", "name, where, properties");
    }
  }
  if (event.name.empty()) misfit(node, "`run.csv.event` needs a `name`");
  return event;
}

std::vector<std::string> columns(const toml::node& node, std::string_view key) {
  if (node.is_string()) return {text_of(node, key)};
  if (!node.is_array()) misfit(node, fmt::format("`{}` must be a column or a list of columns", key));
  std::vector<std::string> names;
  for (const toml::node& name : *node.as_array()) names.push_back(text_of(name, key));
  return names;
}

CsvConfig csv_config(const toml::node& node) {
  CsvConfig csv;
  bool has_user = false;
  bool has_time = false;
  for (const auto& [name, value] : table_of(node, "run.csv")) {
    if (name == "delimiter") {
      const auto delimiter = char_of(value, "delimiter");
      if (!delimiter || *delimiter == '\n' || *delimiter == '\r') misfit(value, "`delimiter` must be one character, not a line's end");
      csv.delimiter = *delimiter;
    } else if (name == "quote") {
      csv.quote = char_of(value, "quote");
    } else if (name == "header") {
      csv.header = bool_of(value, "header");
    } else if (name == "user") {
      csv.user = text_expression(value, "user");
      has_user = true;
    } else if (name == "time") {
      csv.time = text_expression(value, "time");
      has_time = true;
    } else if (name == "time_format") {
      csv.time_format = text_of(value, "time_format");
    } else if (name == "zone") {
      csv.zone = text_of(value, "zone");
    } else if (name == "message_id") {
      csv.message_id = text_expression(value, "message_id");
    } else if (name == "group_by") {
      csv.group_by = columns(value, "group_by");
    } else if (name == "traits") {
      for (const auto& [attribute, rule] : table_of(value, "traits"))
        csv.traits.emplace_back(attribute.str(), text_expression(rule, attribute.str()));
    } else if (name == "event") {
      if (!value.is_array_of_tables()) misfit(value, "write each event as a table `[[run.csv.event]]`");
      for (const toml::node& event : *value.as_array()) csv.events.push_back(csv_event(event));
    } else {
      unknown_key(name, "run.csv", "delimiter, quote, header, user, time, time_format, zone, message_id, group_by, event, traits");
    }
  }
  if (!has_user || !has_time) misfit(node, "`run.csv` needs `user` and `time`: the columns that name the customer and the instant");
  if (csv.events.empty() && csv.traits.empty()) misfit(node, "`run.csv` needs at least one `[[run.csv.event]]`, or `[run.csv.traits]`");
  return csv;
}

AvroConfig avro_config(const toml::node& node) {
  AvroConfig avro;
  for (const auto& [name, value] : table_of(node, "run.avro")) {
    if (name == "user") {
      avro.user = text_of(value, "user");
    } else if (name == "time") {
      avro.time = text_of(value, "time");
    } else if (name == "time_unit") {
      const std::string unit = text_of(value, "time_unit");
      if (unit != "seconds" && unit != "milliseconds" && unit != "microseconds") {
        misfit(value, "`time_unit` must be \"seconds\", \"milliseconds\" or \"microseconds\"");
      }
      avro.time_unit = unit == "seconds" ? TimeUnit::seconds : unit == "milliseconds" ? TimeUnit::milliseconds : TimeUnit::microseconds;
    } else if (name == "message_id") {
      avro.message_id = text_of(value, "message_id");
    } else if (name == "event") {
      avro.event = text_of(value, "event");
    } else if (name == "properties") {
      avro.properties = text_of(value, "properties");
    } else {
      unknown_key(name, "run.avro", "user, time, time_unit, message_id, event, properties");
    }
  }
  if (avro.user.empty() || avro.time.empty()) misfit(node, "`run.avro` needs `user` and `time`: the fields that name the customer and the instant");
  return avro;
}

RunConfig run_config(const toml::node& node) {
  RunConfig config;
  for (const auto& [name, value] : table_of(node, "run")) {
    if (name == "events") {
      config.events = text_of(value, "events");
    } else if (name == "format") {
      const std::string format = text_of(value, "format");
      if (format != "segment" && format != "csv" && format != "avro") misfit(value, "`format` must be \"segment\", \"csv\" or \"avro\"");
      config.format = format == "csv" ? InputFormat::csv : format == "avro" ? InputFormat::avro : InputFormat::segment;
    } else if (name == "assume_consent") {
      config.assume_consent = bool_of(value, "assume_consent");
    } else if (name == "namespace") {
      config.log_namespace = text_of(value, "namespace");
    } else if (name == "csv") {
      config.csv = csv_config(value);
    } else if (name == "avro") {
      config.avro = avro_config(value);
    } else {
      unknown_key(name, "run", "events, format, assume_consent, namespace, csv, avro");
    }
  }
  return config;
}

}  // namespace

std::expected<RunConfig, RunConfigError> parse_run_config(std::string_view text) {
  try {
    const toml::table root = toml::parse(text);
    const toml::node* run = root.get("run");
    return run == nullptr ? RunConfig{} : run_config(*run);
  } catch (const toml::parse_error& error) {
    return std::unexpected(error_at(error.source(), std::string(error.description())));
  } catch (const Misfit& problem) {
    return std::unexpected(problem.error);
  }
}

}  // namespace wend::ingest
