// A program laid over another one: whatever its tables are in the order of, it gets the other's numbers; what is gone or has changed is
// named, and what is new is told.

#include "runtime/bytecode/extension.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <random>

#include "runtime/bytecode/content.h"
#include "runtime/bytecode/operands.h"
#include "runtime/bytecode/program_file.h"
#include "runtime/bytecode/verify.h"
#include "tests/bytecode/sample_program.h"

namespace wend::bytecode {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

std::string fault_of(const Program& program) {
  const auto error = verify(program);
  return error ? error->where + ": " + error->what : "verified";
}

std::string behaviour_of(const Program& program) {
  return to_hex(digests(program).behaviour);
}

// A journey like the n-th.
void add_journey_like(Program& program, size_t n, const char* name) {
  program.journeys.push_back(program.journeys[n]);
  program.functions.push_back(program.function(program.journeys[n].body));
  program.journeys.back().name = name;
  program.journeys.back().body = static_cast<FunctionId>(program.functions.size() - 1);
}

// Two at least of everything that has a number, most of it referred to from somewhere else.
Program wide_program() {
  Program program = segment_program();
  program.enums.push_back({"Stage", {{"early", "early"}, {"late", "late"}}});
  program.types.push_back({.kind = ValueKind::enumeration, .optional = true, .enumeration = EnumId{1}});
  const auto stage = static_cast<TypeId>(program.types.size() - 1);
  program.records.push_back({"Parcel", {{"stage", "stage", stage}}});
  program.types.push_back({.kind = ValueKind::record, .record = RecordId{1}});
  program.types.push_back({.kind = ValueKind::list, .element = static_cast<TypeId>(program.types.size() - 1)});
  const auto parcels = static_cast<TypeId>(program.types.size() - 1);
  program.events.push_back({"Shipped", "shipped", {{"parcels", "parcels", parcels}}, Period{0, 1}, 0, {}});
  program.attributes.push_back({"stage", stage, true, {}});
  program.topics.push_back("offers");
  Channel sms = program.channels[0];
  sms.name = "sms";
  sms.topics = {{"marketing", TopicId{1}}};
  program.channels.push_back(sms);
  Message reminder = program.messages[0];
  reminder.name = "Reminder";
  reminder.bodies[0].channel = ChannelId{1};
  program.messages.push_back(reminder);
  program.actions = {{.name = "ring", .parameters = {{"stage", stage}}}, {.name = "knock"}};
  Experiment second = program.experiments[0];
  second.name = "layout";
  program.experiments.push_back(second);
  program.holdouts = {{"everyone", "2026", 50'000, {}}, {"some", "2025", 10'000, DateDays{20'000}}};
  Policy pressure{"pressure",
                  {{"marketing", {ChannelId{0}, ChannelId{1}}, 3, Period{0, 7}}},
                  {},
                  {},
                  {{DenialAction::divert, DurationMs{0}, ChannelId{1}}}};
  pressure.quiet = {{21 * 3600, 8 * 3600, k_every_day, {}, {ChannelId{0}, ChannelId{1}}, std::nullopt}};
  Policy calm{"calm", {{"marketing", {}, 1, std::nullopt}}, {}, {}, {}};
  program.policies = {pressure, calm};
  Journey& rich = program.journeys[0];
  rich.policy = PolicyId{0};
  rich.holdouts = {HoldoutId{0}, HoldoutId{1}};
  rich.sites[0].via = {ChannelId{1}, ChannelId{0}};
  rich.required = {AttributeId{1}, AttributeId{2}};
  return program;
}

// ── the same program in another order, by a renumbering that has nothing to do with the one being tested ──

using Order = std::vector<uint16_t>;  // new place by old place

class Shuffle {
 public:
  template <typename... Parts>
  void operator()(Parts&... parts) {
    (item(parts), ...);
  }

#define WEND_TABLE(Id, table, called)                                                                 \
  Order table;                                                                                        \
  void item(Id& id) {                                                                                 \
    if (static_cast<size_t>(id) < table.size()) id = static_cast<Id>(table[static_cast<size_t>(id)]); \
  }
  WEND_NUMBERED_TABLES(WEND_TABLE)
#undef WEND_TABLE

  void item(Instruction& instruction) {
    uint16_t* const places[] = {&instruction.a, &instruction.b, &instruction.c};
    const std::pair<OperandKind, const Order*> orders[] = {
        {OperandKind::attribute, &attributes}, {OperandKind::topic, &topics},           {OperandKind::history, &history},
        {OperandKind::segment, &segments},     {OperandKind::experiment, &experiments}, {OperandKind::event, &events},
        {OperandKind::journey, &journeys},
    };
    for (size_t i = 0; i < 3; ++i) {
      for (const auto& [kind, order] : orders) {
        if (opcode_info(instruction.opcode)->operands[i] == kind) *places[i] = (*order)[*places[i]];
      }
    }
  }
  void item(Type& type) {
    if (type.kind == ValueKind::enumeration) item(type.enumeration);
    if (type.kind == ValueKind::record) item(type.record);
  }
  void item(AwaitArm& arm) {
    if (arm.signal == SignalKind::event) item(arm.event);
    item(arm.entry);
  }
  void item(DenialStep& step) {
    if (step.action == DenialAction::divert) item(step.divert_to);
  }
  void item(std::string&) {}
  void item(Decimal&) {}
  template <typename T>
  requires(std::is_enum_v<T> || std::is_integral_v<T>) void item(T&) {}
  template <typename T>
  void item(std::optional<T>& value) {
    if (value) item(*value);
  }
  template <typename T>
  void item(std::vector<T>& values) {
    for (T& value : values) item(value);
    // What is a set is written in the order of its numbers.
    if constexpr (std::is_same_v<T, AttributeId> || std::is_same_v<T, HoldoutId>) std::sort(values.begin(), values.end());
  }
  template <typename A, typename B>
  void item(std::pair<A, B>& value) {
    (*this)(value.first, value.second);
  }
  template <typename... Choices>
  void item(std::variant<Choices...>& value) {
    std::visit([this](auto& choice) { item(choice); }, value);
  }
  template <typename T>
  requires(std::is_class_v<T>) void item(T& value) {
    fields::visit(*this, value);
    if constexpr (std::is_same_v<T, Cap> || std::is_same_v<T, QuietHours>) std::sort(value.channels.begin(), value.channels.end());
  }
};

template <typename T>
std::vector<T> placed(const std::vector<T>& table, const Order& order) {
  std::vector<T> result(table.size());
  for (size_t i = 0; i < table.size(); ++i) result[order[i]] = table[i];
  return result;
}

Program shuffled(Program program, unsigned seed) {
  std::mt19937 random(seed);
  Shuffle shuffle;
#define WEND_TABLE(Id, table, called)                                 \
  shuffle.table.resize(program.table.size());                         \
  std::iota(shuffle.table.begin(), shuffle.table.end(), uint16_t{0}); \
  std::shuffle(shuffle.table.begin(), shuffle.table.end(), random);
  WEND_NUMBERED_TABLES(WEND_TABLE)
#undef WEND_TABLE
  shuffle(program.types, program.records, program.attributes, program.events, program.history, program.channels, program.messages,
          program.actions, program.policies, program.segments, program.schedules, program.functions, program.journeys);
  for (Message& message : program.messages) shuffle(message.bodies);
#define WEND_TABLE(Id, table, called) program.table = placed(program.table, shuffle.table);
  WEND_NUMBERED_TABLES(WEND_TABLE)
#undef WEND_TABLE
  return program;
}

class Extension : public ::testing::Test {
 protected:
  bytecode::Extension extended(const Program& next) {
    auto extension = extend(deployed_, next);
    EXPECT_TRUE(extension) << (extension ? "" : extension.error().front());
    return extension ? std::move(*extension) : bytecode::Extension{};
  }
  std::vector<std::string> problems(const std::function<void(Program&)>& change) {
    Program next = deployed_;
    change(next);
    const auto extension = extend(deployed_, next);
    return extension ? std::vector<std::string>{"none"} : extension.error();
  }

  const Program deployed_ = wide_program();
};

TEST_F(Extension, OfTheSameProgramIsTheProgram) {
  ASSERT_EQ(fault_of(deployed_), "verified");
  const auto extension = extended(deployed_);
  EXPECT_THAT(extension.added, IsEmpty());
  EXPECT_EQ(write_program(extension.program), write_program(deployed_));
}

TEST_F(Extension, HasTheNumbersOfTheDeployedOneWhateverTheOrder) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    SCOPED_TRACE(seed);
    const Program next = shuffled(deployed_, seed);
    ASSERT_EQ(fault_of(next), "verified");
    ASSERT_NE(behaviour_of(next), behaviour_of(deployed_));
    const auto extension = extended(next);
    EXPECT_THAT(extension.added, IsEmpty());
    EXPECT_EQ(fault_of(extension.program), "verified");
    EXPECT_EQ(behaviour_of(extension.program), behaviour_of(deployed_));
    EXPECT_EQ(to_hex(digests(extension.program).bodies), to_hex(digests(deployed_).bodies));
    EXPECT_EQ(to_hex(digests(extension.program).schema), to_hex(digests(deployed_).schema));
  }
}

TEST_F(Extension, PutsWhatIsNewBehindWhatWasThere) {
  const Program less = segment_program();
  const Program more = wide_program();
  for (unsigned seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    Program next = shuffled(more, seed);
    // What was there in `less` is otherwise in `more`.
    auto rich = std::ranges::find(next.journeys, "rich", &Journey::name);
    rich->policy.reset();
    rich->holdouts.clear();
    const auto in = [](const auto& table, const char* name) {
      return static_cast<uint16_t>(std::ranges::find(table, name, [](const auto& part) { return part.name; }) - table.begin());
    };
    rich->sites[0].via = {static_cast<ChannelId>(in(next.channels, "email"))};
    rich->required = {static_cast<AttributeId>(in(next.attributes, "score"))};
    ASSERT_EQ(fault_of(next), "verified");
    const auto extension = extend(less, next);
    ASSERT_TRUE(extension) << extension.error().front();
    EXPECT_THAT(extension->added,
                UnorderedElementsAre("enum `Stage`", "record `Parcel`", "attribute `stage`", "consent topic `offers`", "event `Shipped`",
                                     "channel `sms`", "message `Reminder`", "action `ring`", "action `knock`", "experiment `layout`",
                                     "holdout `everyone`", "holdout `some`", "policy `pressure`", "policy `calm`"));
    const Program& program = extension->program;
    EXPECT_EQ(fault_of(program), "verified");
    Program without = program;
#define WEND_TABLE(Id, table, called) without.table.resize(less.table.size());
    WEND_NUMBERED_TABLES(WEND_TABLE)
#undef WEND_TABLE
    EXPECT_EQ(behaviour_of(without), behaviour_of(less)) << "what was there stands where it stood";
  }
}

// What gives new members of a table their places is the order of the new program.
TEST_F(Extension, TellsWhatIsAddedInTheOrderOfTheTables) {
  Program next = deployed_;
  next.topics.push_back("tips");
  next.attributes.push_back({"seen", type_id(k_optional_integer), true, {}});
  add_journey_like(next, 1, "again");
  next.history.push_back({EventId{0}, {}, Period{0, 90}, 5, {}});
  next.schedules.push_back({.kind = ScheduleKind::once, .date = 21'000, .at = 0});
  next.segments.push_back({"askers", next.segments[0].condition, true, false});
  next.segments.push_back({"askers", next.segments[0].condition, true, true});
  ASSERT_EQ(fault_of(next), "verified");
  EXPECT_THAT(extended(next).added, ElementsAre("attribute `seen`", "consent topic `tips`", "segment `askers`", "journey `again`"));
}

TEST_F(Extension, TellsLabelsAndWhoMaySetAnAttribute) {
  Program next = deployed_;
  next.attributes[1].labels = {"sensitive"};
  EXPECT_THAT(extended(next).added, ElementsAre("labels of attribute `score`"));
  next = deployed_;
  next.attributes[0].writable = true;
  EXPECT_THAT(extended(next).added, ElementsAre("labels of attribute `name`"));
}

TEST_F(Extension, PassesOverWhatSteersNothing) {
  Program next = deployed_;
  next.name = "another";
  next.journeys[0].owner = "somebody@else.test";
  next.journeys[0].layouts[0].slots[0].name = "called_otherwise";
  next.messages[0].bodies.clear();
  next.functions[0].name = "called otherwise";
  next.source_files = {{.path = "z.journey"}};
  next.renames = {{RenamedKind::message, "", "Hallo", "Welcome"}};
  const auto extension = extended(next);
  EXPECT_THAT(extension.added, IsEmpty());
  EXPECT_EQ(behaviour_of(extension.program), behaviour_of(deployed_));
}

TEST_F(Extension, BeginsToTrackASegmentThatWasOnlyAskedFor) {
  Program next = deployed_;
  next.segments[2].tracked = true;
  add_journey_like(next, 1, "asking");
  next.journeys.back().entries[0].joins = SegmentId{2};
  const auto extension = extended(next);
  EXPECT_THAT(extension.added, ElementsAre("journey `asking`"));
  EXPECT_TRUE(extension.program.segments[2].tracked);
  EXPECT_EQ(fault_of(extension.program), "verified");
}

TEST_F(Extension, NamesWhatHasChanged) {
  struct Change {
    const char* problem;
    std::function<void(Program&)> make;
  };
  const Change changes[] = {
      {"enum `Plan` has changed",
       [](Program& p) {
         p.enums[0].values.push_back({"team", "team"});
       }},
      {"record `Parcel` has changed",
       [](Program& p) {
         p.records[1].fields.push_back({"n", "n", type_id(k_integer)});
       }},
      {"attribute `score` has changed", [](Program& p) { p.attributes[1].type = type_id(k_optional_integer); }},
      {"event `Visited` has changed", [](Program& p) { p.events[1].late = DurationMs{2 * k_hour_ms}; }},
      {"event `Shipped` has changed",
       [](Program& p) {
         p.events[3].fields.push_back({"n", "n", type_id(k_integer)});
       }},
      {"channel `sms` has changed", [](Program& p) { p.channels[1].topics[0].second = TopicId{0}; }},
      {"message `Welcome` has changed", [](Program& p) { p.messages[0].purpose = "transactional"; }},
      {"action `ring` has changed", [](Program& p) { p.actions[0].parameters.clear(); }},
      {"experiment `offer` has changed", [](Program& p) { p.experiments[0].salt = "2026-q2"; }},
      {"holdout `some` has changed", [](Program& p) { p.holdouts[1].slots = 20'000; }},
      {"policy `calm` has changed", [](Program& p) { p.policies[1].caps[0].limit = 2; }},
      {"journey `rich` has changed", [](Program& p) { p.journeys[0].points[0].fixed_ms = 2 * k_day_ms; }},
      {"journey `rich` has changed",
       [](Program& p) {
         p.journeys[0].sites[0].via = {ChannelId{0}, ChannelId{1}};
       }},
      {"journey `rich` has changed", [](Program& p) { p.journeys[0].holdouts.pop_back(); }},
      {"journey `rich` has changed", [](Program& p) { p.functions[static_cast<size_t>(p.journeys[0].body)].code[0].b = 1; }},
      {"how a customer's time zone is found has changed", [](Program& p) { p.zone.reset(); }},
  };
  for (const Change& change : changes) EXPECT_THAT(problems(change.make), ElementsAre(change.problem));
  // Both stand for one segment of the text.
  EXPECT_THAT(problems([](Program& p) {
                for (size_t i : {0, 1}) p.segments[i].condition = p.segments[2].condition;
                p.functions[static_cast<size_t>(p.segments[2].condition)].code[0].b = 1;
              }),
              ::testing::Contains("segment `readers` has changed"));
}

TEST_F(Extension, NamesWhatIsGone) {
  EXPECT_THAT(problems([](Program& p) { p.journeys.pop_back(); }), ElementsAre("journey `standing` is gone"));
  EXPECT_THAT(problems([](Program& p) {
                for (size_t i : {0, 1}) p.segments[i].name = "writers";
              }),
              ElementsAre("segment `readers` is gone", "journey `standing` has changed"));
  EXPECT_THAT(problems([](Program& p) { p.experiments.pop_back(); }), ElementsAre("experiment `layout` is gone"));
  EXPECT_THAT(problems([](Program& p) { p.events[3].name = "Sent"; }), ElementsAre("event `Shipped` is gone"));
  EXPECT_THAT(problems([](Program& p) { p.history[1].limit = 999; }), ElementsAre("a history query is gone"));
  EXPECT_THAT(problems([](Program& p) { p.schedules[0].at = 10 * 3600; }), ElementsAre("journey `standing` has changed"));
}

}  // namespace
}  // namespace wend::bytecode
