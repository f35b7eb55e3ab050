// Entries found by a field of the event: whatever the conditions are, the engine does the same as when it asks every one of them.

#include "runtime/engine/entry_index.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "runtime/engine/entry_condition.h"
#include "runtime/engine/listening.h"
#include "tests/engine/shop.h"

namespace wend::engine::testing {
namespace {

constexpr const char* k_words[] = {"red", "green", "blue"};

// An event of an integer, an optional integer and a text, and a customer with a plan (required where it is read) and perhaps a level.
struct Project {
  ProgramBuilder b;
  TypeId maybe = b.type(ValueKind::integer, true);
  TypeId numbers = list_of(b.integer());
  AttributeId plan = b.attribute("plan", b.integer(), true);
  AttributeId level = b.attribute("level", maybe, true);
  EventId many = b.event("Many", {{"n", b.integer()}, {"maybe", maybe}, {"word", b.text()}});
  std::vector<uint16_t> words;

  Project() {
    for (const char* word : k_words) {
      b.program.constants.push_back({b.text(), std::string(word)});
      words.push_back(static_cast<uint16_t>(b.program.constants.size() - 1));
    }
  }
  TypeId list_of(TypeId element) {
    b.program.types.push_back({.kind = ValueKind::list, .element = element});
    return static_cast<TypeId>(b.program.types.size() - 1);
  }
};

// Appends code that puts the value of a condition into `out`.
class Condition {
 public:
  Condition(Project& project, JourneyBuilder& j) : project_(project), j_(j) {}

  void n_is(Register out, int64_t number) {
    j_.field(one(), 0).constant(other(), number);
    j_.op(Opcode::equal_word, JourneyBuilder::n(out), JourneyBuilder::n(last_[0]), JourneyBuilder::n(last_[1]));
  }
  void maybe_is(Register out, int64_t number) {
    last_[0] = j_.reg(project_.maybe);
    j_.field(last_[0], 1).constant(other(), number);
    j_.op(Opcode::equal_word, JourneyBuilder::n(out), JourneyBuilder::n(last_[1]), JourneyBuilder::n(last_[0]));
  }
  void word_is(Register out, size_t word) {
    const Register text = j_.reg(project_.b.text());
    const Register wanted = j_.reg(project_.b.text());
    j_.field(text, 2).op(Opcode::load_constant, JourneyBuilder::n(wanted), project_.words[word]);
    j_.op(Opcode::equal_bytes, JourneyBuilder::n(out), JourneyBuilder::n(text), JourneyBuilder::n(wanted));
  }
  void n_in(Register out, int64_t a, int64_t b) {
    const Register first = j_.reg(project_.b.integer());
    const Register second = j_.reg(project_.b.integer());
    const Register list = j_.reg(project_.numbers);
    j_.constant(first, a).constant(second, b).op(Opcode::make_list, JourneyBuilder::n(list), JourneyBuilder::n(first), 2);
    j_.field(one(), 0).op(Opcode::contains, JourneyBuilder::n(out), JourneyBuilder::n(list), JourneyBuilder::n(last_[0]));
  }
  void n_below(Register out, int64_t number) {
    j_.field(one(), 0).constant(other(), number);
    j_.op(Opcode::less_word, JourneyBuilder::n(out), JourneyBuilder::n(last_[0]), JourneyBuilder::n(last_[1]));
  }
  // n + the largest integer: faults unless n is 0.
  void n_overflows(Register out) {
    j_.field(one(), 0).constant(other(), std::numeric_limits<int64_t>::max());
    j_.op(Opcode::add_integer, JourneyBuilder::n(last_[0]), JourneyBuilder::n(last_[0]), JourneyBuilder::n(last_[1]));
    j_.op(Opcode::equal_word, JourneyBuilder::n(out), JourneyBuilder::n(last_[0]), JourneyBuilder::n(last_[1]));
  }
  void plan_is(Register out, int64_t number) {
    j_.journey.required = {project_.plan};
    j_.attribute(one(), project_.plan).constant(other(), number);
    j_.op(Opcode::equal_word, JourneyBuilder::n(out), JourneyBuilder::n(last_[0]), JourneyBuilder::n(last_[1]));
  }
  void level_is(Register out, int64_t number) {
    last_[0] = j_.reg(project_.maybe);
    j_.attribute(last_[0], project_.level).constant(other(), number);
    j_.op(Opcode::equal_word, JourneyBuilder::n(out), JourneyBuilder::n(last_[0]), JourneyBuilder::n(last_[1]));
  }
  // The second is not asked when the first has decided.
  template <typename First, typename Second>
  void both(Register out, const First& first, const Second& second) {
    join(Opcode::jump_unless, out, first, second);
  }
  template <typename First, typename Second>
  void either(Register out, const First& first, const Second& second) {
    join(Opcode::jump_if, out, first, second);
  }
  void negate(Register out) { j_.op(Opcode::not_boolean, JourneyBuilder::n(out), JourneyBuilder::n(out)); }

  void any(Register out, std::mt19937& random, int depth) {
    const auto number = [&] { return static_cast<int64_t>(random() % 6); };
    const auto deeper = [&] { any(out, random, depth - 1); };
    switch (depth == 0 ? random() % 8 : random() % 16) {
      case 0:
      case 1:
        return n_is(out, number());
      case 2:
        return maybe_is(out, number());
      case 3:
        return word_is(out, random() % std::size(k_words));
      case 4:
        return n_in(out, number(), number());
      case 5:
        return n_below(out, number());
      case 6:
        return random() % 3 == 0 ? n_overflows(out) : plan_is(out, number() % 2);
      case 7:
        return level_is(out, number() % 3);
      case 8:
        deeper();
        return negate(out);
      case 9:
      case 10:
      case 11:
        return either(out, deeper, deeper);
    }
    both(out, deeper, deeper);
  }

 private:
  Register one() { return last_[0] = j_.reg(project_.b.integer()); }
  Register other() { return last_[1] = j_.reg(project_.b.integer()); }
  template <typename First, typename Second>
  void join(Opcode decided, Register out, const First& first, const Second& second) {
    first();
    const uint32_t skip = j_.jump(decided, out);
    second();
    j_.land(skip);
  }

  Project& project_;
  JourneyBuilder& j_;
  Register last_[2] = {};
};

// A journey with the conditions that `fill` makes, one for each entry; whoever enters gets a level, and sometimes a plan.
template <typename Fill>
JourneyId add_journey(Project& project, const std::string& name, size_t entries, const Fill& fill) {
  JourneyBuilder j(project.b, name);
  const Register holds = j.reg(project.b.boolean());
  const Register number = j.reg(project.b.integer());
  const Register level = j.reg(project.maybe);
  const bytecode::Entry start = j.entry_here();
  const size_t kind = project.b.program.journeys.size();
  j.constant(number, static_cast<int64_t>(kind % 3)).op(Opcode::move, JourneyBuilder::n(level), JourneyBuilder::n(number));
  if (kind % 5 == 0) j.op(Opcode::set_attribute, JourneyBuilder::n(level), JourneyBuilder::n(project.level));
  if (kind % 7 == 0) j.op(Opcode::set_attribute, JourneyBuilder::n(number), JourneyBuilder::n(project.plan));
  j.end();
  for (size_t i = 0; i < entries; ++i) {
    const bytecode::Entry where = j.entry_here(project.many);
    Condition condition(project, j);
    fill(condition, holds, i);
    j.give(holds);
    bytecode::JourneyEntry& entry = j.enter(project.many);
    entry.start = start;
    entry.where = where;
  }
  return j.finish();
}

struct Seen {
  Lines lines;
  std::string digest;
  uint64_t faults, incomplete, entered;
  friend bool operator==(const Seen&, const Seen&) = default;
};

// With an object for visits, even an empty one, every condition is asked.
Seen seen(const bytecode::Program& program, uint32_t seed, vm::Visits* visits) {
  EngineOptions options;
  options.visits = visits;
  EngineRun run(program, options);
  std::mt19937 random(seed);
  for (int i = 0; i < 60; ++i) {
    const std::string customer(1, static_cast<char>('a' + random() % 3));
    const auto n = static_cast<int64_t>(random() % 7);
    const bytecode::Value value = random() % 3 == 0 ? bytecode::Value::absent() : word(static_cast<int64_t>(random() % 7));
    const std::string_view colour = random() % 4 == 0 ? "none of them" : k_words[random() % std::size(k_words)];
    if (random() % 10 == 0) run.set(k_start + i, customer, AttributeId{0}, word(static_cast<int64_t>(random() % 2)));
    run.event(k_start + i, customer, EventId{0}, {word(n), value, text(colour)});
  }
  const Counters& counters = run.engine().counters();
  return {run.take_lines(), to_hex(run.engine().state_digest()), counters.faults, counters.refused_incomplete, counters.entered};
}

TEST(EntryIndexes, make_no_difference) {
  size_t indexed = 0;
  uint64_t faults = 0, incomplete = 0, entered = 0;
  for (uint32_t seed = 0; seed < 150; ++seed) {
    std::mt19937 random(seed);
    Project project;
    for (size_t i = 0; i < 16; ++i) {
      add_journey(project, "j" + std::to_string(i), 1 + random() % 2,
                  [&](Condition& condition, Register holds, size_t) { condition.any(holds, random, static_cast<int>(random() % 3)); });
      project.b.program.journeys.back().priority = static_cast<int32_t>(random() % 3);
    }
    const Listening listening(project.b.program);
    indexed += listening.events[0].index ? 1 : 0;
    vm::Visits everything;
    const Seen by_index = seen(project.b.program, seed, nullptr);
    ASSERT_EQ(by_index, seen(project.b.program, seed, &everything)) << seed;
    faults += by_index.faults;
    incomplete += by_index.incomplete;
    entered += by_index.entered;
  }
  // The comparison is of something.
  EXPECT_GT(indexed, 75u);
  EXPECT_GT(faults, 1000u);
  EXPECT_GT(incomplete, 1000u);
  EXPECT_GT(entered, 10'000u);
}

struct DecisiveFields : ::testing::Test {
  Project project;
  template <typename Fill>
  std::optional<FieldTest> of(const Fill& fill) {
    const JourneyId id = add_journey(project, "j", 1, [&](Condition& condition, Register holds, size_t) { fill(condition, holds); });
    const bytecode::Journey& journey = project.b.program.journey(id);
    return decisive_field(project.b.program, journey, journey.entries[0]);
  }
};

TEST_F(DecisiveFields, are_those_without_which_nothing_holds) {
  const auto plain = of([](Condition& c, Register r) { c.n_is(r, 3); });
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->field, 0);
  ASSERT_EQ(plain->constants.size(), 1u);
  EXPECT_EQ(std::get<int64_t>(project.b.program.constants[static_cast<size_t>(plain->constants[0])].value), 3);

  const auto list = of([](Condition& c, Register r) { c.n_in(r, 3, 4); });
  ASSERT_TRUE(list);
  EXPECT_EQ(list->constants.size(), 2u);

  const auto later = of([](Condition& c, Register r) { c.both(r, [&] { c.level_is(r, 1); }, [&] { c.word_is(r, 1); }); });
  ASSERT_TRUE(later);
  EXPECT_EQ(later->field, 2);

  const auto either = of([](Condition& c, Register r) { c.either(r, [&] { c.maybe_is(r, 1); }, [&] { c.maybe_is(r, 2); }); });
  ASSERT_TRUE(either);
  EXPECT_EQ(either->field, 1);
  EXPECT_EQ(either->constants.size(), 2u);
}

TEST_F(DecisiveFields, are_none_where_the_condition_can_hold_or_fault_without_them) {
  EXPECT_FALSE(of([](Condition& c, Register r) { c.n_below(r, 3); }));
  EXPECT_FALSE(of([](Condition& c, Register r) { c.n_is(r, 3), c.negate(r); }));
  EXPECT_FALSE(of([](Condition& c, Register r) { c.either(r, [&] { c.n_is(r, 3); }, [&] { c.word_is(r, 1); }); }));
  // What faults is counted, so it has to be asked; what comes after the field is not.
  EXPECT_FALSE(of([](Condition& c, Register r) { c.both(r, [&] { c.n_overflows(r); }, [&] { c.n_is(r, 3); }); }));
  EXPECT_TRUE(of([](Condition& c, Register r) { c.both(r, [&] { c.n_is(r, 3); }, [&] { c.n_overflows(r); }); }));
}

TEST(EntryIndexes, give_candidates_in_the_order_of_the_entries) {
  Project project;
  const auto add = [&](const auto& fill) {
    add_journey(project, "j", 1, [&](Condition& condition, Register holds, size_t) { fill(condition, holds); });
  };
  add([](Condition& c, Register r) { c.word_is(r, 0); });
  add([](Condition& c, Register r) { c.n_is(r, 3); });
  add([](Condition& c, Register r) { c.n_below(r, 100); });
  add([](Condition& c, Register r) { c.n_is(r, 4); });
  add([](Condition& c, Register r) { c.n_in(r, 3, 4); });
  const bytecode::Program& program = project.b.program;
  const Listening listening(program);
  const EventListening& heard = listening.events[0];
  ASSERT_TRUE(heard.index);
  const auto candidates = [&](int64_t n, std::string_view colour) {
    const std::string body = event_body(program, project.many, {word(n), bytecode::Value::absent(), text(colour)});
    std::vector<uint32_t> scratch;
    const auto found = heard.index->candidates(program, read_event_body(body, program)->row, scratch);
    return found ? std::vector<uint32_t>(found->begin(), found->end()) : std::vector<uint32_t>{99};
  };
  EXPECT_EQ(candidates(3, "red"), (std::vector<uint32_t>{0, 1, 2, 4}));
  EXPECT_EQ(candidates(4, "blue"), (std::vector<uint32_t>{2, 3, 4}));
  EXPECT_EQ(candidates(5, "blue"), (std::vector<uint32_t>{2}));
  EXPECT_EQ(candidates(5, "\xff"), (std::vector<uint32_t>{99}));  // no text
}

}  // namespace
}  // namespace wend::engine::testing
