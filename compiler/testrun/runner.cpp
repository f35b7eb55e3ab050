#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "compiler/testrun/expectations.h"
#include "compiler/testrun/given.h"
#include "compiler/testrun/local_time.h"
#include "compiler/testrun/prepared.h"
#include "compiler/testrun/testrun.h"
#include "compiler/testrun/world.h"
#include "runtime/base/bytes.h"
#include "runtime/engine/records.h"

namespace wend::testrun {

using engine::RecordTag;

namespace {

// Where the clock stands when a test begins with `after` or `advance by` and says no `start at`: 2025-01-01 00:00, customer's zone.
constexpr CivilDate k_default_start{2025, 1, 1};

// Expressions of tests become functions of a program, which can number 65,536; this leaves room for the project's own.
constexpr size_t k_expressions_max = 20'000;

// A test that cannot begin.
TestOutcome broken(const sema::Test& test, const sema::Model& model, const char* expected, const char* found) {
  return {test.title, model.at(test.journey).name, test.span, "UTC", {{test.span, expected, found, 0}}, {}};
}

class Runner {
 public:
  Runner(const sema::Test& test, const sema::Model& model, const Prepared& prepared, const ZoneTable& zones, Given given,
         Observed* observed)
      : test_(test),
        model_(model),
        prepared_(prepared),
        program_(prepared.program_of(test.journey)),
        zones_(zones),
        given_(std::move(given)),
        world_(program_, zones, static_cast<bytecode::JourneyId>(test.journey), origin(), given_.zone, observed) {}

  TestOutcome run() {
    outcome_.title = test_.title;
    outcome_.journey = model_.at(test_.journey).name;
    outcome_.span = test_.span;
    outcome_.zone = given_.zone;
    set_up();
    for (const auto& item : test_.items) {
      item_ = &item;
      if (!std::visit([this](const auto& node) { return perform(node); }, item.node)) break;
    }
    outcome_.timeline = std::move(world_.timeline());
    return std::move(outcome_);
  }

 private:
  /// When an input happened and when it was heard: never before that.
  struct When {
    TimestampMs happened = 0;
    TimestampMs heard = 0;
  };

  // ── the clock ────────────────────────────────────────────────────────────────────────────────────────────────

  TimestampMs origin() const {
    if (test_.start_at) return instant_of(*test_.start_at, zones_, given_.zone);
    if (!test_.items.empty()) {
      if (const sema::Moment* first = first_moment()) return instant_of(*first, zones_, given_.zone);
    }
    return instant_of({days_from_civil(k_default_start), 0, std::nullopt, {}}, zones_, given_.zone);
  }

  const sema::Moment* first_moment() const {
    // How actions answer is no moment.
    const auto first = std::ranges::find_if(
        test_.items, [](const sema::TestItem& item) { return !std::holds_alternative<sema::GivenCall>(item.node); });
    if (first == test_.items.end()) return nullptr;
    const auto& node = first->node;
    if (const auto* stimulus = std::get_if<sema::Stimulus>(&node)) return stimulus->at ? &*stimulus->at : nullptr;
    if (const auto* expectation = std::get_if<sema::Expectation>(&node)) return expectation->at ? &*expectation->at : nullptr;
    const auto* to = std::get_if<sema::AdvanceTo>(&std::get<sema::Advance>(node).how);
    return to != nullptr ? &to->moment : nullptr;
  }

  // nullopt when the moment is before the clock: told as a failure.
  std::optional<TimestampMs> ahead(const sema::Moment& moment) {
    const TimestampMs at = instant_of(moment, zones_, world_.zone());
    if (at >= world_.clock()) return at;
    fail(fmt::format("a moment that is not past, for the clock stands at {}", world_.local(world_.clock())), world_.local(at));
    return std::nullopt;
  }
  std::optional<TimestampMs> after(TimestampMs from, const sema::TimeSpan& span) {
    const auto at = add_span(from, span, zones_, world_.zone());
    if (!at) fail("a moment that can be written", "it lies beyond the year 9999");
    return at;
  }

  // ── setting up ───────────────────────────────────────────────────────────────────────────────────────────────

  void set_up() {
    world_.feed(RecordTag::attributes, world_.clock(), world_.clock(), given_.attributes);
    for (const auto& given : test_.arms) {
      std::string body;
      const std::uint32_t number = model_.at(given.experiment).arms[given.arm].number;
      engine::write_assignment_body(body, {static_cast<bytecode::ExperimentId>(given.experiment), number});
      world_.feed(RecordTag::assignment, world_.clock(), world_.clock(), body);
    }
    // Who is held out is not left to the test customer's slot.
    for (size_t i = 0; i < program_.holdouts.size(); ++i) {
      const auto same = [&](const sema::GivenHoldout& given) { return static_cast<size_t>(given.holdout) == i; };
      const auto given = std::find_if(test_.holdouts.begin(), test_.holdouts.end(), same);
      std::string body;
      engine::write_assignment_body(body, {.holdout = static_cast<bytecode::HoldoutId>(i),
                                           .held_out = given != test_.holdouts.end() && given->held_out});
      world_.feed(RecordTag::assignment, world_.clock(), world_.clock(), body);
    }
    // What is given was so before the journeys were deployed.
    world_.deploy();
  }

  // ── items: false when the test cannot go on ──────────────────────────────────────────────────────────────────

  bool perform(const sema::Stimulus& stimulus) {
    const auto when = stimulus.heard ? heard_later(stimulus) : heard_at_once(stimulus);
    if (!when) return false;
    world_.pass(when->heard);  // so that the timeline tells first what was due before
    return std::visit([&](const auto& what) { return inject(what, *when); }, stimulus.what);
  }

  std::optional<When> heard_at_once(const sema::Stimulus& stimulus) {
    const auto at = stimulus.at ? ahead(*stimulus.at) : after(world_.clock(), *stimulus.after);
    if (!at) return std::nullopt;
    return When{*at, *at};
  }

  // What is heard late may have happened before the clock.
  std::optional<When> heard_later(const sema::Stimulus& stimulus) {
    const auto happened =
        stimulus.at ? std::optional(instant_of(*stimulus.at, zones_, world_.zone())) : after(world_.clock(), *stimulus.after);
    if (!happened) return std::nullopt;
    const auto heard = stimulus.heard->at ? ahead(*stimulus.heard->at) : after(*happened, *stimulus.heard->after);
    if (!heard) return std::nullopt;
    if (*heard < *happened) {
      impossible(fmt::format("to be heard after it happened, at {}", world_.local(*happened)), world_.local(*heard));
      return std::nullopt;
    }
    if (*heard < world_.clock()) {
      impossible(fmt::format("to be heard when the clock stands at {}, or later", world_.local(world_.clock())), world_.local(*heard));
      return std::nullopt;
    }
    return When{*happened, *heard};
  }

  // What the timeline says of an input: one line, with the moment it was heard.
  void note_input(const When& when, const std::string& what) {
    const bool late = when.happened < when.heard;
    world_.note_at(when.heard, late ? fmt::format("{}, which happened at {}", what, world_.local(when.happened)) : what);
  }

  bool inject(const sema::EventStimulus& what, const When& when) {
    const auto& event = program_.event(static_cast<bytecode::EventId>(what.event));
    // What an expression gives lives until the next one is evaluated, so every field is packed at once and unpacked together.
    std::vector<std::optional<std::string>> packed(what.fields.size());
    std::vector<bytecode::TypeId> types;
    std::vector<bytecode::Value> values;
    for (size_t i = 0; i < what.fields.size(); ++i) {
      types.push_back(event.fields[i].type);
      const auto value = world_.evaluate(prepared_.function(*what.fields[i]));
      if (!value) return impossible("a field that can be computed", event.fields[i].name + " overflows");
      if (!value->present) continue;
      ByteWriter writer(packed[i].emplace());
      bytecode::write_value(writer, program_, types[i], *value);
    }
    for (size_t i = 0; i < packed.size(); ++i) {
      if (!packed[i]) {
        values.push_back(bytecode::Value::absent());
        continue;
      }
      ByteReader reader(*packed[i]);
      values.push_back(bytecode::read_value(reader, program_, types[i]));
    }
    std::string row;
    ByteWriter writer(row);
    bytecode::write_row(writer, program_, types, values);
    std::string body;
    engine::write_event_body(body, {static_cast<bytecode::EventId>(what.event), {}, row});
    note_input(when, event.name);
    world_.feed(RecordTag::event, when.heard, when.happened, body);
    return true;
  }

  bool inject(const sema::ReceiptStimulus& what, const When& when) {
    const auto& sites = program_.journey(static_cast<bytecode::JourneyId>(test_.journey)).sites;
    const RecordedDelivery* latest = nullptr;
    for (const auto& delivery : world_.deliveries()) {
      if (delivery.journey != world_.journey()) continue;
      if (delivery.sent && sites[static_cast<size_t>(delivery.site)].path == what.site_path) latest = &delivery;
    }
    const std::string& name = model_.at(what.delivery).name;
    if (latest == nullptr)
      return impossible(fmt::format("a delivery `{}` that can be {}", name, what.receipt), "none has been sent by then");
    std::string body;
    engine::write_receipt_body(body, {latest->key, what.receipt});
    note_input(when, fmt::format("{}.{}", name, what.receipt));
    world_.feed(RecordTag::receipt, when.heard, when.happened, body);
    return true;
  }

  bool inject(const sema::SetStimulus& what, const When& when) {
    const auto value = world_.evaluate(prepared_.function(*what.value));
    const auto& attribute = model_.at(what.attribute);
    if (!value) return impossible("a value that can be computed", attribute.name + " overflows");
    const auto id = static_cast<bytecode::AttributeId>(what.attribute);
    const engine::AttributeChange change{id, *value};
    std::string body;
    engine::write_attributes_body(body, program_, {&change, 1}, {});
    note_input(when, fmt::format("customer.{} = {}", attribute.name,
                                 world_.show_value(program_.attributes[static_cast<size_t>(id)].type, *value)));
    world_.feed(RecordTag::attributes, when.heard, when.happened, body);
    return true;
  }

  bool inject(const sema::ConsentStimulus& what, const When& when) {
    std::string names;
    std::vector<engine::ConsentChange> changes;
    for (const sema::TopicId topic : what.topics) {
      names += (names.empty() ? "" : ", ") + model_.at(topic).name;
      changes.push_back({static_cast<bytecode::TopicId>(topic), !what.withdraw});
    }
    std::string body;
    engine::write_attributes_body(body, program_, {}, changes);
    note_input(when, (what.withdraw ? "withdraw " : "consent ") + names);
    world_.feed(RecordTag::attributes, when.heard, when.happened, body);
    return true;
  }

  bool perform(const sema::GivenCall& given) {
    GivenAnswers answers{{}, given.fails, given.fail_times, 0};
    const auto action = static_cast<bytecode::ActionId>(given.action);
    for (const auto& answer : given.answers) {
      const auto value = world_.evaluate(prepared_.function(*answer));
      if (!value) return impossible("an answer that can be computed", "it overflows");
      engine::write_answer_value(answers.values.emplace_back(), program_, *program_.actions[static_cast<size_t>(action)].result, *value);
    }
    world_.answer_calls(action, std::move(answers));
    return true;
  }

  bool perform(const sema::Advance& advance) {
    if (std::holds_alternative<sema::AdvanceUntilDone>(advance.how)) {
      if (world_.finish()) return true;
      return impossible("an end", fmt::format("none after {} timers", k_timers_max));
    }
    const auto* to = std::get_if<sema::AdvanceTo>(&advance.how);
    const auto at = to != nullptr ? ahead(to->moment) : after(world_.clock(), std::get<sema::AdvanceBy>(advance.how).span);
    if (at) world_.pass(*at);
    return at.has_value();
  }

  bool perform(const sema::Expectation& expectation) {
    const auto at = expectation.at ? ahead(*expectation.at) : std::optional(world_.clock());
    if (!at) return false;
    world_.settle(*at);
    if (const auto mismatch = check(expectation, model_, prepared_, world_)) fail(mismatch->expected, mismatch->found);
    return true;
  }

  bool impossible(std::string expected, std::string found) {
    fail(std::move(expected), std::move(found));
    return false;
  }
  void fail(std::string expected, std::string found) {
    outcome_.failures.push_back({item_->span, std::move(expected), std::move(found), world_.timeline().size()});
  }

  const sema::Test& test_;
  const sema::Model& model_;
  const Prepared& prepared_;
  const bytecode::Program& program_;
  const ZoneTable& zones_;
  Given given_;
  World world_;
  const sema::TestItem* item_ = nullptr;
  TestOutcome outcome_;
};

TestOutcome run_test(const sema::Test& test, const sema::Model& model, const Prepared& prepared, const ZoneTable& zones,
                     Observed* observed) {
  auto given = evaluate_given(test, prepared, zones);
  if (given) return Runner(test, model, prepared, zones, std::move(*given), observed).run();
  return broken(test, model, "a customer that can be computed", "a value overflows");
}

}  // namespace

Report run(const sema::Model& model, const bytecode::Program& program, const ZoneTable& zones, const Options& options) {
  Report report;
  std::vector<const sema::Test*> wanted;
  for (const auto& test : model.tests) {
    if (test.title.find(options.filter) != std::string::npos || model.at(test.journey).name.find(options.filter) != std::string::npos) {
      wanted.push_back(&test);
    }
  }
  report.left_out = model.tests.size() - wanted.size();
  for (size_t begin = 0; begin < wanted.size();) {
    // As many tests as one program has room for.
    std::vector<const sema::Expr*> expressions = expressions_of(*wanted[begin]);
    size_t end = begin + 1;
    while (end < wanted.size()) {
      const auto more = expressions_of(*wanted[end]);
      if (expressions.size() + more.size() > k_expressions_max) break;
      expressions.insert(expressions.end(), more.begin(), more.end());
      ++end;
    }
    if (expressions.size() > k_expressions_max) {
      report.tests.push_back(broken(*wanted[begin++], model, "a test that fits into a program", "it has too many values"));
      continue;
    }
    const Prepared prepared(model, program, expressions);
    for (; begin < end; ++begin) report.tests.push_back(run_test(*wanted[begin], model, prepared, zones, options.observed));
  }
  for (const auto& test : report.tests) ++(test.passed() ? report.passed : report.failed);
  return report;
}

}  // namespace wend::testrun
