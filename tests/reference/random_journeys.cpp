#include "tests/reference/random_journeys.h"

#include "tests/reference/generator.h"

// Headers of random journeys, and what statement comes next. The statements are in random_statements.cpp.

namespace wend::reference {

std::string JourneyWriter::write() {
  has_parameters_ = own_.has_parameters;
  line("journey " + name_ + (has_parameters_ ? "(many: Int, word: Text = \"given\")" : "") + " {");
  line("owner \"x\"");
  line("policy " + dice_.of({"anything", "pressure", "pressure"}));
  line("lifetime " + dice_.of({"2 days", "7 days", "30 days", "60 hours", "1 month"}));
  if (dice_.chance(25)) line("holdout " + dice_.of({"silence", "always_on"}));
  if (dice_.chance(50)) line("priority " + std::to_string(dice_.between(1, 3)));
  Place place;
  place.readable.since_entry = true;
  place.readable.segments = {"s_first", "s_second", "s_third"};
  if (has_parameters_) {
    place.readable.integers.emplace_back("many");
    place.readable.texts.emplace_back("word");
  }
  headers(place);
  statements(place, static_cast<int>(dice_.between(2, 5)));
  line("}");
  return text_;
}

FlowSignature JourneyWriter::write_flow() {
  prefix_ = "_" + name_ + "_";
  named_entry_ = false;
  FlowSignature flow{name_, dice_.chance(40), true};
  const std::string number = fresh("p");
  const std::string word = fresh("p");
  const std::string event = fresh("p");
  line("flow " + name_ + "(" + number + ": Int, " + (flow.takes_event ? event + ": Began, " : "") + word + ": Text = \"none\") {");
  Place place;
  place.readable.since_entry = true;
  place.readable.segments = {"s_first", "s_second", "s_third"};
  place.readable.integers.push_back(number);
  place.readable.texts.push_back(word);
  if (flow.takes_event) {
    place.readable.events.push_back(event);
    bound_.emplace_back(event, "Began");
  }
  place.depth = 1;
  flow.reaches_end = statements(place, static_cast<int>(dice_.between(1, 4)));
  flow.sets = says_since(0, "set customer.");
  line("}");
  return flow;
}

void JourneyWriter::headers(Place& place) {
  if (own_.by_handoff) {
    std::string text = "enter by handoff";
    if (has_parameters_ && dice_.chance(40)) text += " one per " + dice_.of({"many", "word"});
    if (dice_.chance(15)) text += " once ever";
    if (dice_.chance(20)) text += " cooldown " + make_.span();
    if (dice_.chance(60)) text += " if already running " + dice_.of({"ignore", "restart", "run alongside"});
    line(text);
    named_entry_ = false;
    if (dice_.chance(30)) return exits_and_goals(place);
    if (dice_.chance(60)) {
      entry(make_.event_type(), place);
    } else {
      standing_entry();
    }
    return exits_and_goals(place);
  }
  if (dice_.chance(25)) {
    for (std::int64_t i = dice_.between(1, 2); i > 0; --i) standing_entry();
    named_entry_ = false;
    return exits_and_goals(place);
  }
  const bool one_type = dice_.chance(70);
  const std::string type = make_.event_type();
  const int enters = static_cast<int>(dice_.between(1, 2));
  entry(type, place);
  if (enters == 2) entry(one_type ? type : make_.event_type(), place);
  if (entry_types_.size() == 1) {
    place.readable.events.emplace_back("start");
    bound_.emplace_back("start", type);
  }
  exits_and_goals(place);
}

void JourneyWriter::exits_and_goals(const Place& place) {
  const int exits = static_cast<int>(dice_.below(3));
  for (int i = 0; i < exits; ++i) exit(place);
  const int goals = static_cast<int>(dice_.below(3));
  for (int i = 0; i < goals; ++i) goal(place, i);
}

void JourneyWriter::entry(const std::string& type, const Place&) {
  bool known = false;
  for (const auto& each : entry_types_) known = known || each == type;
  if (!known) entry_types_.push_back(type);
  std::string text = "enter on " + type + " as start";
  Readable readable;
  readable.events = {"start"};
  if (dice_.chance(40)) text += " where " + make_.boolean(readable, 1);
  if (has_parameters_) {
    text += " with (many: " + make_.integer(readable, 1) + (dice_.chance(50) ? ", word: " + make_.text(readable) : "") + ")";
  }
  if (dice_.chance(15)) text += " once ever";
  if (dice_.chance(25)) text += " one per start.id";
  if (dice_.chance(20)) text += " cooldown " + make_.span();
  if (dice_.chance(50)) text += " if already running " + dice_.of({"ignore", "ignore", "restart", "restart", "restart", "run alongside"});
  line(text);
}

void JourneyWriter::standing_entry() {
  const auto segment = [&] { return dice_.of({"s_first", "s_second", "s_third"}); };
  std::string text;
  switch (dice_.below(8)) {
    case 0:
      text = "every " + dice_.of({"day", "weekday", "monday", "sunday"}) + " at " + make_.time_of_day() + " for " + segment();
      break;
    case 1:
      text =
          "every " + dice_.of({"2 days", "3 days", "1 week", "1 month", "2 months"}) + " at " + make_.time_of_day() + " for " + segment();
      break;
    case 2:
      text = "every year on customer.birthday at " + make_.time_of_day();
      break;
    case 3:
      text = "at " + dice_.of({"2025-03-30", "2025-11-02", "2025-05-01", "2025-12-24"}) + " " + make_.time_of_day() + " for " + segment();
      break;
    default:
      text = "when customer joins " + segment() + (dice_.chance(20) ? " including existing" : "");
      break;
  }
  text = "enter " + text;
  if (has_parameters_) text += " with (many: " + std::to_string(dice_.below(4)) + ")";
  if (dice_.chance(15)) text += " once ever";
  if (dice_.chance(20)) text += " cooldown " + make_.span();
  if (dice_.chance(50)) text += " if already running " + dice_.of({"ignore", "restart", "run alongside"});
  line(text);
}

std::string JourneyWriter::pattern(const Place& place, const std::string& alias, bool may_count) {
  const std::string type = make_.event_type();
  bound_.emplace_back(alias, type);
  std::string text = type + " as " + alias;
  if (named_entry_ && dice_.chance(30)) text += " same id";
  if (!dice_.chance(50)) return text;
  Readable readable = place.readable;
  readable.history = readable.since_entry = may_count;
  readable.time = may_count;
  readable.round = false;
  readable.events.push_back(alias);
  return text + " where " + make_.boolean(readable, 1);
}

void JourneyWriter::exit(const Place& place) {
  const std::string label = fresh("out");
  if (dice_.chance(30)) return line("exit " + label + " when " + make_.state_condition());
  line("exit " + label + " when " + pattern(place, fresh("e"), false));
}

void JourneyWriter::goal(const Place& place, int number) {
  Place plain = place;
  plain.readable.since_entry = false;
  line("goal g" + std::to_string(number) + " when " + pattern(plain, fresh("e"), false) + " within " + make_.span() + " of " +
       dice_.of({"entry", "first send", "last send"}));
}

bool JourneyWriter::statements(Place place, int count) {
  for (int i = 0; i < count; ++i) {
    if (!statement(place)) return false;
  }
  return true;
}

bool JourneyWriter::block(Place place, int count) {
  ++place.depth;
  const bool reaches = statements(place, count);
  line("}");
  return reaches;
}

bool JourneyWriter::statement(Place& place) {
  const bool deep = place.depth >= 3;
  if (dice_.chance(place.time_passed ? 12 : 1) && may_emit_) {
    emit(place);
    return true;
  }
  if (dice_.chance(place.time_passed ? 6 : 1) && !journeys_.empty()) return hand_off(place);
  if (!deep && dice_.chance(12)) return fork(place);
  if (dice_.chance(8)) {
    call(place);
    return true;
  }
  switch (dice_.below(deep ? 9 : 21)) {
    case 0:
    case 1:
      send(place);
      return true;
    case 2:
    case 3:
      wait(place);
      return true;
    case 4:
      let(place);
      return true;
    case 5:
      if (!place.settable.empty()) set(place);
      return true;
    case 6:
      if (dice_.chance(70)) break;
      line("exit " + fresh("left"));
      return false;
    case 7:
      if (place.steps.empty() || dice_.chance(60)) break;
      line("leave " + dice_.of(place.steps));
      return false;
    case 8:
      if (!place.in_loop || dice_.chance(60)) break;
      line("stop repeating");
      return false;
    case 9:
    case 10:
      return step(place);
    case 11:
    case 12:
      return await(place);
    case 13:
      return branches(place);
    case 14:
      return match(place);
    case 15:
      return repeat(place);
    case 16:
    case 17:
      return guarded(place);
    case 18:
    case 19:
      if (flows_.empty()) break;
      return run(place);
    default:
      return split(place);
  }
  send(place);
  return true;
}

std::string random_journeys(Dice& dice, bool may_emit) {
  std::string text;
  std::vector<FlowSignature> flows;
  for (std::int64_t i = dice.below(3); i > 0; --i) {
    JourneyWriter writer(dice, may_emit, {"f" + std::to_string(i)}, flows, {});  // a flow runs only those before it
    flows.push_back(writer.write_flow());
    text += writer.text();
  }
  std::vector<JourneySignature> journeys;
  for (std::int64_t i = dice.between(1, 3); i > 0; --i) {
    journeys.push_back({"j" + std::to_string(journeys.size()), dice.chance(25), dice.chance(30)});
  }
  std::vector<JourneySignature> entered = journeys;
  std::erase_if(entered, [](const JourneySignature& journey) { return !journey.by_handoff; });
  for (const JourneySignature& journey : journeys) text += JourneyWriter(dice, may_emit, journey, flows, entered).write();
  return text;
}

}  // namespace wend::reference
