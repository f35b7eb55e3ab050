#include <fmt/format.h>
#include <gmock/gmock.h>

#include "runtime/bytecode/packed.h"
#include "runtime/engine/records.h"
#include "runtime/ingest/csv_rows.h"
#include "runtime/ingest/event_reader.h"
#include "runtime/ingest/time_format.h"
#include "tests/ingest/files.h"
#include "tests/ingest/shop_program.h"

namespace wend::ingest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> fields_of(std::string_view text) {
  CsvFields fields{CsvDialect{}};
  std::vector<std::string> result;
  while (!text.empty()) {
    fields.take_row(text);
    for (const auto field : fields.fields()) result.emplace_back(field);
    result.emplace_back("|");
  }
  return result;
}

TEST(CsvRows, FollowTheRules) {
  EXPECT_THAT(fields_of("a,b,c\n1,,3\n"), ElementsAre("a", "b", "c", "|", "1", "", "3", "|"));
  EXPECT_THAT(fields_of("a,\"b,\"\"x\"\"\nsecond line\"\r\n,\r\n"), ElementsAre("a", "b,\"x\"\nsecond line", "|", "", "", "|"));
  EXPECT_THAT(fields_of("\"a\",\"\""), ElementsAre("a", "", "|"));
}

TEST(CsvRows, KnowWhereARowEnds) {
  const CsvDialect dialect;
  EXPECT_EQ(find_row_end(dialect, "a,\"b\n\",c\nrest").size, 9U);
  EXPECT_EQ(find_row_end(dialect, "a,\"b\n").fault, RowFault::unfinished);
  EXPECT_EQ(find_row_end(dialect, "a,b").fault, RowFault::unfinished);
  const RowEnd stray = find_row_end(dialect, "a,5\" pipe\nnext\n");
  EXPECT_EQ(stray.fault, RowFault::stray_quote);
  EXPECT_EQ(stray.size, 10U);
  EXPECT_EQ(find_row_end(dialect, "\"a\"b,c\nnext\n").fault, RowFault::stray_quote);
}

constexpr const char* k_config = R"(
[run]
format = "csv"
[run.csv]
user = { column = "Customer", strip_suffix = ".0" }
time = "Date"
time_format = "%Y-%m-%d %H:%M:%S"
zone = "Europe/London"
group_by = "Invoice"
message_id = "Invoice"
[[run.csv.event]]
name = "Order Cancelled"
where = { Invoice = { starts_with = "C" } }
[[run.csv.event]]
name = "Order Placed"
[run.csv.event.properties]
order_id = "Invoice"
total = { sum = "Quantity * UnitPrice" }
carrier = { column = "Carrier", map = { "Deutsche Post" = "DHL" } }
products = { each = { sku = "Code", qty = "Quantity", price = "UnitPrice" } }
)";

constexpr const char* k_rows =
    "Invoice,Code,Quantity,UnitPrice,Customer,Date,Carrier\n"
    "1,a,3,0.10,17850.0,2011-03-27 01:30:00,Deutsche Post\n"
    "1,\"b,\"\"x\"\"\",1,2.25,17850.0,2011-03-27 01:30:00,Deutsche Post\n"
    "C2,a,-3,0.10,17850.0,2011-03-28 08:00:00,\n"
    "3,a,3,0.10,,2011-03-28 08:00:00,\n"
    "3,b,3,0.10,,2011-03-28 08:00:00,\n"
    "4,a,3,free,17851.0,2011-03-28 08:00:00,\n"
    "5,a,1,1,17851.0,2011-10-30 01:30:00,UPS\n";

class Csv : public Files {
 protected:
  RunConfig config(std::string_view toml = k_config) {
    auto config = parse_run_config(toml);
    EXPECT_TRUE(config) << config.error().what;
    return *config;
  }
  const bytecode::Program program_ = shop_program();
};

TEST_F(Csv, RowsOfOneKeyBecomeOneEvent) {
  write("rows.csv", k_rows);
  InputBatch batch = read(program_, {.path = path("rows.csv"), .config = config()});
  ASSERT_EQ(batch.entries().size(), 2U);
  const engine::Entry& first = batch.entries()[0];
  EXPECT_EQ(first.customer, "17850");
  EXPECT_EQ(format_rfc3339(first.t_event), "2011-03-27T01:30:00Z") << "01:30 is left out that night: it is 02:30 summer time";
  ByteReader body(first.body);
  EXPECT_EQ(body.varint(), 0U);
  EXPECT_EQ(body.text(), "1");
  const std::string_view row(body.position(), body.remaining());
  const auto& fields = program_.events[0].fields;
  EXPECT_EQ(bytecode::read_column(row, program_, fields, 1).decimal.to_string(), "2.55");
  EXPECT_EQ(bytecode::read_column(row, program_, fields, 2).word, 0);
  ByteReader lines(bytecode::read_column(row, program_, fields, 3).view());
  EXPECT_EQ(lines.varint(), 2U);
  EXPECT_EQ(format_rfc3339(batch.entries()[1].t_event), "2011-10-30T00:30:00Z") << "the first of the two 01:30 of that night";

  EXPECT_EQ(batch.intake.records, 5U);
  EXPECT_THAT(batch.intake.unknown_events, ElementsAre(testing::Pair("Order Cancelled", 1)));
  ASSERT_EQ(batch.intake.rejects.size(), 2U);
  EXPECT_EQ(batch.intake.rejects[0].reason, RejectReason::no_user);
  EXPECT_EQ(batch.intake.rejects[0].line, 5U);
  EXPECT_EQ(batch.intake.rejects[0].lines, 2U);
  EXPECT_EQ(batch.intake.rejects[0].path, "Customer");
  EXPECT_EQ(batch.intake.rejects[1].reason, RejectReason::bad_value);
  EXPECT_EQ(batch.intake.rejects[1].path, "UnitPrice");
  EXPECT_EQ(batch.intake.rejects[1].message, "`total`: expected a number, found \"free\"");
}

TEST_F(Csv, BrokenRowsDoNotTakeOthersWithThem) {
  const std::string head = "Invoice,Code,Quantity,UnitPrice,Customer,Date,Carrier\n";
  const std::string good = ",a,1,1,7,2011-03-28 08:00:00,\n";
  write("rows.csv", head + "1" + good + "2,a,1,1,7\n" + "3\"" + good + "4" + good + "\"5" + good + "6" + good +
                        "7,\xff,1,1,7,2011-03-28 08:00:00,\n" + "8,a,1,1,7,28 March,\n" + std::string(k_record_bytes_max + 1, 'x') + "\n" +
                        "9" + good);
  InputBatch batch = read(program_, {.path = path("rows.csv"), .config = config()});
  std::vector<std::string> reasons;
  for (const Reject& reject : batch.intake.rejects) reasons.push_back(fmt::format("{} {}", reject.line, to_string(reject.reason)));
  EXPECT_THAT(reasons, ElementsAre("3 bad_csv", "4 bad_csv", "6 bad_csv", "8 not_utf8", "9 bad_time", "10 too_long"));
  EXPECT_EQ(batch.entries().size(), 4U) << "1, 4, 6 and 9";
}

TEST_F(Csv, AGroupThatWaitsForItsRowsIsNotCounted) {
  const std::string text = "Invoice,Code,Quantity,UnitPrice,Customer,Date,Carrier\n1,a,1,1,7,2011-03-28 08:00:00,\n2,a,1,1,7,2011-03-28 08:00:00,\n";
  write("rows.csv", text + "2,b,1");
  auto reader = EventReader::open(program_, *zones_, {.path = path("rows.csv"), .config = config(), .machine_now = 4'000'000'000'000});
  ASSERT_TRUE(reader);
  InputBatch batch;
  ASSERT_TRUE((*reader)->next({}, batch).value());
  EXPECT_EQ(batch.entries().size(), 1U);
  EXPECT_EQ(batch.cursor.records, 1U);
  EXPECT_FALSE((*reader)->next({}, batch).has_value());

  write("rows.csv", text + "2,b,1,1,7,2011-03-28 08:00:00,\n");
  ReaderOptions resumed{.path = path("rows.csv"), .config = config(), .machine_now = 4'000'000'000'000, .resume_at = {}};
  resumed.resume_at = batch.cursor;
  InputBatch rest = read(program_, resumed);
  EXPECT_EQ(rest.entries().size(), 1U);
  EXPECT_EQ(rest.cursor.records, 2U);
}

TEST_F(Csv, ALastRowWithoutALineEndIsTakenWhenItIsWhole) {
  const std::string head = "Invoice,Code,Quantity,UnitPrice,Customer,Date,Carrier\n";
  const std::string row = "1,a,1,1,7,2011-03-28 08:00:00,";
  const auto outcome = [&](const std::string& text) {
    write("rows.csv", head + text);
    InputBatch batch;
    auto reader = EventReader::open(program_, *zones_, {.path = path("rows.csv"), .config = config(), .machine_now = 4'000'000'000'000});
    EXPECT_TRUE(reader);
    const auto more = (*reader)->next({}, batch);
    return more ? fmt::format("{} taken, {} refused", batch.entries().size(), batch.intake.rejects.size()) : more.error().what;
  };
  EXPECT_EQ(outcome(row), "1 taken, 0 refused");
  EXPECT_THAT(outcome("1,a,1,1,7,2011-03"), HasSubstr("line 2, the last one, is not whole"));
  EXPECT_THAT(outcome(row + "\"dh"), HasSubstr("line 2, the last one, is not whole"));
  EXPECT_THAT(outcome(row + "\n1,b,2"), HasSubstr("line 3, the last one, is not whole")) << "a group waits for its rows";

  write("rows.csv", head + row + "dh");
  ReaderOptions resumed{.path = path("rows.csv"), .config = config()};
  resumed.resume_at = read(program_, resumed).cursor;
  write("rows.csv", head + row + "dh\r\n2,b,1,1,7,2011-03-28 08:00:00,\n");
  EXPECT_EQ(read(program_, resumed).entries().size(), 1U);
  write("rows.csv", head + row + "dhl\n");
  const auto refused = EventReader::open(program_, *zones_, resumed);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().what, HasSubstr("line 2 was taken in when it was the last one and had no line end, and now it goes on"));
}

TEST_F(Csv, AMappingIsCheckedBeforeAnythingIsRead) {
  write("rows.csv", k_rows);
  const auto error = [&](std::string_view from, std::string_view to) {
    std::string toml = k_config;
    toml.replace(toml.find(from), from.size(), to);
    const auto parsed = parse_run_config(toml);
    if (!parsed) return "line " + std::to_string(parsed.error().line) + ": " + parsed.error().what;
    const auto reader = EventReader::open(program_, *zones_, {.path = path("rows.csv"), .config = *parsed});
    return reader ? std::string("accepted") : reader.error().what;
  };
  EXPECT_THAT(error("\"Date\"", "\"When\""), HasSubstr("the file has no column `When`; it has: Invoice, Code"));
  EXPECT_THAT(error("order_id =", "number ="), HasSubstr("it has no field `number`; it has: `order_id`, `total`"));
  EXPECT_THAT(error("total = { sum = \"Quantity * UnitPrice\" }", ""), HasSubstr("required field `total` is not mapped"));
  EXPECT_THAT(error("Europe/London", "Europe/Londn"), HasSubstr("no time zone `Europe/Londn`"));
  EXPECT_THAT(error("%H", "%Q"), HasSubstr("`%Q` is not known"));
  EXPECT_THAT(error("group_by = \"Invoice\"", "group_by = \"Order\""), HasSubstr("no column `Order` to group by"));
  EXPECT_THAT(error("group_by", "gruop_by"), HasSubstr("line 9: `run.csv` has no key `gruop_by`"));
  EXPECT_THAT(error("starts_with", "begins"), HasSubstr("`Invoice` has no key `begins`; it knows equals"));
}

std::vector<std::string> told(InputBatch& batch, const bytecode::Program& program) {
  std::vector<std::string> lines;
  std::vector<engine::AttributeChange> attributes;
  std::vector<engine::ConsentChange> consents;
  for (const engine::Entry& entry : batch.entries()) {
    std::string line = std::string(entry.customer) + (entry.tag == engine::RecordTag::attributes ? ":" : " event");
    if (entry.tag == engine::RecordTag::attributes) {
      EXPECT_TRUE(engine::read_attributes_body(entry.body, program, attributes, consents));
      for (const auto& change : attributes) {
        const std::string& name = program.attributes[static_cast<size_t>(change.attribute)].name;
        line += name == "points" ? fmt::format(" {}={}", name, change.value.word) : fmt::format(" {}={}", name, change.value.view());
      }
    }
    lines.push_back(line);
  }
  return lines;
}

TEST_F(Csv, TraitsAreKnownBeforeTheEvent) {
  write("rows.csv",
        "Id,When,Kind,Mail,Name,Points\n"
        "ada,2011-03-28T08:00:00Z,ping,ada@example.com,Ada,7\n"
        "ben,2011-03-28T09:00:00Z,other,,Ben,\n"
        "ben,2011-03-28T10:00:00Z,ping,,,\n"
        "cy,2011-03-28T11:00:00Z,ping,,Cy,many\n");
  const std::string toml = R"([run.csv]
user = "Id"
time = "When"
[run.csv.traits]
email = "Mail"
first_name = { column = "Name", map = { "Ben" = "Benjamin" } }
points = "Points"
[[run.csv.event]]
name = "Ping"
where = { Kind = "ping" }
)";
  InputBatch batch = read(program_, {.path = path("rows.csv"), .config = config(toml)});
  EXPECT_THAT(told(batch, program_),
              ElementsAre("ada: email=ada@example.com first_name=Ada points=7", "ada event", "ben: first_name=Benjamin", "ben event"));
  ASSERT_EQ(batch.intake.rejects.size(), 1U);
  EXPECT_EQ(batch.intake.rejects[0].path, "Points");
  EXPECT_EQ(batch.intake.rejects[0].message, "`points`: expected a whole number, found \"many\"");
  EXPECT_THAT(batch.intake.unknown_events, ElementsAre(testing::Pair("(no rule for the row)", 1)));

  // A file of customers only.
  InputBatch people = read(program_, {.path = path("rows.csv"), .config = config(toml.substr(0, toml.find("[[")))});
  EXPECT_EQ(told(people, program_).size(), 2U);

  const auto error = [&](std::string_view from, std::string_view to) {
    std::string wrong = toml;
    wrong.replace(wrong.find(from), from.size(), to);
    const auto parsed = parse_run_config(wrong);
    if (!parsed) return "line " + std::to_string(parsed.error().line) + ": " + parsed.error().what;
    const auto reader = EventReader::open(program_, *zones_, {.path = path("rows.csv"), .config = *parsed});
    return reader ? std::string("accepted") : reader.error().what;
  };
  EXPECT_THAT(error("points =", "pints ="), HasSubstr("trait `pints`: customers have no such attribute; they have: `email`, `first_name`"));
  EXPECT_THAT(error("\"Mail\"", "\"Post\""), HasSubstr("trait `email`: the file has no column `Post`"));
  EXPECT_THAT(error("\"Mail\"", "7"), HasSubstr("line 5: `email` must be a table"));
}

TEST(TimeFormat, ReadsWhatExportsWrite) {
  const auto zones = ZoneTable::system();
  const ZoneId london = *zones->find("Europe/London");
  const auto read = [&](std::string_view pattern, std::string_view text) {
    const auto format = TimeFormat::parse(pattern);
    EXPECT_TRUE(format);
    const auto at = format->read(text, *zones, london);
    return at ? format_rfc3339(*at) : "none";
  };
  EXPECT_EQ(read("%d/%m/%Y %H:%M", "1/7/2011 9:05"), "2011-07-01T08:05:00Z");
  EXPECT_EQ(read("%b %e, %Y %I:%M %p", "Dec  1, 2010 12:30 AM"), "2010-12-01T00:30:00Z");
  EXPECT_EQ(read("%Y%m%d", "19970101"), "1997-01-01T00:00:00Z");
  EXPECT_EQ(read("%Y-%m-%dT%H:%M:%S.%f%z", "2011-07-01T09:00:00.25+05:30"), "2011-07-01T03:30:00.250Z");
  EXPECT_EQ(read("%s", "1300000000"), "2011-03-13T07:06:40Z");
  EXPECT_EQ(read("", "2011-07-01T09:00:00Z"), "2011-07-01T09:00:00Z");
  EXPECT_EQ(read("%Y-%m-%d", "2011-02-29"), "none");
  EXPECT_EQ(read("%Y-%m-%d", "2011-02-28 "), "none");
  EXPECT_EQ(read("%H:%M", "24:00"), "none");
}

}  // namespace
}  // namespace wend::ingest
