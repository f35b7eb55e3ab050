#pragma once

// The `[run]` table of wend.toml: where events come from and how rows of CSV become events. docs/operations.md describes it.

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace wend::ingest {

// automatic: csv when the name says .csv, .csv.gz or .csv.zst, avro when it says .avro (also with .gz or .zst)
enum class InputFormat : uint8_t { automatic, segment, csv, avro };

// A condition on a column of a group's first row; all of a rule's conditions must hold.
enum class ColumnTest : uint8_t { equals, not_equals, starts_with, not_starts_with, contains, is_empty };
struct ColumnCondition {
  std::string column;
  ColumnTest test{};
  std::string operand;  // of is_empty "true" or "false"
};

// The text that stands for a value: a column of the first row, or a constant.
struct TextExpression {
  std::optional<std::string> column;
  std::string constant;                                     // without column
  std::string strip_suffix;                                 // taken off the end when it is there: "17850.0" → "17850"
  std::vector<std::pair<std::string, std::string>> mapped;  // whole texts replaced; others stay
};
// The exact sum over a group's rows of a product of columns and numbers: "Quantity * UnitPrice".
struct SumExpression {
  struct Factor {
    std::string column;  // empty: the number
    std::string number;
  };
  std::vector<Factor> factors;
};
struct CountExpression {};  // how many rows
// One record for every row.
struct EachExpression {
  std::vector<std::pair<std::string, TextExpression>> members;  // wire names of the record's fields
};
using PropertyExpression = std::variant<TextExpression, SumExpression, CountExpression, EachExpression>;

struct CsvEvent {
  std::string name;  // wire name
  std::vector<ColumnCondition> conditions;
  std::vector<std::pair<std::string, PropertyExpression>> properties;  // by wire names
};

struct CsvConfig {
  char delimiter = ',';
  std::optional<char> quote = '"';
  bool header = true;  // false: columns are called "1", "2", …
  TextExpression user;
  TextExpression time;
  std::string time_format;   // strptime's %Y %m %d %H %M %S %y %b %e %p %I %f and literal text; empty = RFC 3339
  std::string zone = "UTC";  // of times that carry no offset
  std::optional<TextExpression> message_id;
  std::vector<std::string> group_by;  // columns; empty: every row is an event
  std::vector<CsvEvent> events;       // the first whose conditions hold is it
  // Attributes of the customer, by name; read from the first row of every group, whichever event it is.
  std::vector<std::pair<std::string, TextExpression>> traits;
};

// The unit of a plain number that stands for an instant.
enum class TimeUnit : uint8_t { seconds, milliseconds, microseconds };

// Which fields of an Avro record say who, when and what; paths such as "context.user.id".
struct AvroConfig {
  std::string user;
  std::string time;
  TimeUnit time_unit = TimeUnit::milliseconds;
  std::string message_id;  // empty: none
  std::string event;       // a text, the event's wire name; empty: the name of the record is it
  std::string properties;  // a record, or one of several, that is the payload; empty: the record itself
};

struct RunConfig {
  std::string events;  // path, relative to the project; empty: must be given otherwise
  InputFormat format = InputFormat::automatic;
  bool assume_consent = false;
  std::string log_namespace;  // empty: the project's name
  std::optional<CsvConfig> csv;
  std::optional<AvroConfig> avro;
};

// What does not fit, and where; lines and columns count from 1, columns in code points.
struct RunConfigError {
  std::string what;
  uint32_t line = 0;
  uint32_t column = 0;
  uint32_t end_line = 0;
  uint32_t end_column = 0;
};

// `toml` is the whole text of a wend.toml; other tables are left to others.
std::expected<RunConfig, RunConfigError> parse_run_config(std::string_view toml);

}  // namespace wend::ingest
