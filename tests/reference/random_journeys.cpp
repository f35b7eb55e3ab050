#include <algorithm>

#include "tests/reference/generator.h"
#include "tests/reference/random_expressions.h"

// Random journeys: one construct a line.

namespace wend::reference {
namespace {

/// What statements may use where they stand.
struct Place {
  Readable readable;
  std::vector<std::string> deliveries;
  std::vector<std::string> steps;  // enclosing, may be left
  bool in_loop = false;
  bool has_waited = true;  // awaits say what they look back to
  int depth = 0;
};

/// A flow that journeys may run.
struct FlowSignature {
  std::string name;
  bool takes_event = false;
  bool reaches_end = true;
};

// Writes a journey or a flow.
class JourneyWriter {
 public:
  JourneyWriter(Dice& dice, std::string name, const std::vector<FlowSignature>& flows)
      : dice_(dice), make_(dice), name_(std::move(name)), flows_(flows) {}

  std::string write() {
    has_parameters_ = dice_.chance(25);
    line("journey " + name_ + (has_parameters_ ? "(many: Int, word: Text = \"given\")" : "") + " {");
    line("owner \"x\"");
    line("policy " + dice_.of({"anything", "pressure", "pressure"}));
    line("lifetime " + dice_.of({"2 days", "7 days", "30 days", "60 hours", "1 month"}));
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

  FlowSignature write_flow() {
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
    line("}");
    return flow;
  }
  const std::string& text() const { return text_; }

 private:
  void line(const std::string& text) { text_ += text + "\n"; }
  /// A name that nothing else in the journey has; those of a flow begin with its own.
  std::string fresh(const char* what) { return what + prefix_ + std::to_string(next_++); }

  // ── header ──
  void headers(Place& place) {
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

  void exits_and_goals(const Place& place) {
    const int exits = static_cast<int>(dice_.below(3));
    for (int i = 0; i < exits; ++i) exit(place);
    const int goals = static_cast<int>(dice_.below(3));
    for (int i = 0; i < goals; ++i) goal(place, i);
  }

  void entry(const std::string& type, const Place&) {
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
    if (dice_.chance(50)) text += " if already running " + dice_.of({"ignore", "restart", "restart", "run alongside"});
    line(text);
  }

  /// By joining a segment, or by the calendar.
  void standing_entry() {
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

  std::string pattern(const Place& place, const std::string& alias, bool may_count) {
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

  void exit(const Place& place) {
    const std::string label = fresh("out");
    if (dice_.chance(30)) return line("exit " + label + " when " + make_.state_condition());
    line("exit " + label + " when " + pattern(place, fresh("e"), false));
  }

  void goal(const Place& place, int number) {
    Place plain = place;
    plain.readable.since_entry = false;
    line("goal g" + std::to_string(number) + " when " + pattern(plain, fresh("e"), false) + " within " + make_.span() + " of " +
         dice_.of({"entry", "first send", "last send"}));
  }

  // ── statements ──
  /// False when control does not come to the end.
  bool statements(Place place, int count) {
    for (int i = 0; i < count; ++i) {
      if (!statement(place)) return false;
    }
    return true;
  }

  /// False when control does not come to the block's end.
  bool block(Place place, int count) {
    ++place.depth;
    const bool reaches = statements(place, count);
    line("}");
    return reaches;
  }
  bool says_since(std::size_t begin, const std::string& what) const { return text_.find(what, begin) != std::string::npos; }
  int some() { return static_cast<int>(dice_.between(0, 2)); }

  bool statement(Place& place) {
    const bool deep = place.depth >= 3;
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
        set(place);
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

  void send(Place& place) {
    const Readable& readable = place.readable;
    std::string text;
    switch (dice_.below(4)) {
      case 0:
        text = "send Note(text: " + make_.text(readable) + ")";
        break;
      case 1:
        text = "send Bill(" + make_.integer(readable) + ", " + make_.decimal(readable) + ")";
        break;
      case 2:
        text = "send Offer(price: " + make_.money(readable) + ", until: " + make_.instant(readable) +
               ", stage: " + dice_.of({"absent", "customer.stage"}) + ")";
        break;
      default:
        text = "send Offer(price: " + make_.money(readable) + ", until: " + dice_.of({"absent", "customer.ends_at", "now + 1 day"}) +
               ", stage: " + make_.stage(readable) + ")";
        break;
    }
    if (dice_.chance(80)) text += " via " + dice_.of({"email", "sms", "email, else sms", "sms, else email"});
    if (text.find("send Bill") == std::string::npos) {
      if (dice_.chance(15)) text += " when quiet " + make_.denial_chain();
      if (dice_.chance(15)) text += " when capped " + make_.denial_chain();
    }
    if (dice_.chance(30)) text += " within " + make_.span();
    const std::string label = fresh("sent");
    text += " as " + label;
    if (dice_.chance(30)) {
      line(text + " or else {");
      block(place, some());
    } else {
      line(text);
    }
    place.deliveries.push_back(label);
  }

  void wait(Place& place) {
    std::string text = "wait ";
    switch (dice_.below(9)) {
      case 5:
        text += std::to_string(dice_.between(1, 4)) + " business days" + (dice_.chance(50) ? make_.at_time() : "") + " using " +
                dice_.of({"office", "bazaar"});
        break;
      case 6:
        text += make_.period() + (dice_.chance(50) ? make_.at_time() : "") + " using " + dice_.of({"office", "bazaar"});
        break;
      case 7:
        text += "until next " + dice_.of({"day", "weekday", "monday"}) + make_.at_time() + " using " + dice_.of({"office", "bazaar"});
        break;
      case 0:
        text += make_.exact();
        break;
      case 1:
        text += make_.period();
        break;
      case 2:
        text += make_.period() + make_.at_time();
        break;
      case 3:
        text += "until next " + dice_.of({"day", "weekday", "monday", "sunday"}) + make_.at_time();
        break;
      case 4:
        text += "until" + make_.at_time();
        break;
      default:
        return wait_until(place);
    }
    line(text + " as " + fresh("w"));
    place.has_waited = true;
  }

  void wait_until(Place& place) {
    Readable readable = place.readable;
    readable.time = false;
    readable.history = readable.since_entry = false;
    const bool optional = dice_.chance(70);
    std::string text = "wait until " + (optional ? make_.optional_instant(readable) : make_.instant(place.readable));
    if (dice_.chance(30)) text += make_.at_time();
    text += " if past {";
    line(text);
    block(place, some());
    if (optional) {
      line("if absent {");
      block(place, some());
    }
    // `as` stands after the handlers.
    line("as " + fresh("w"));
  }

  void let(Place& place) {
    switch (dice_.below(3)) {
      case 0: {
        const std::string name = fresh("n");
        line("let " + name + " = " + make_.integer(place.readable));
        place.readable.integers.push_back(name);
        return;
      }
      case 1: {
        const std::string name = fresh("t");
        line("let " + name + " = " + make_.text(place.readable));
        place.readable.texts.push_back(name);
        return;
      }
      default: {
        const std::string name = fresh("i");
        line("let " + name + " = " + make_.instant(place.readable));
        place.readable.instants.push_back(name);
        return;
      }
    }
  }

  void set(const Place& place) {
    switch (dice_.below(5)) {
      case 0:
        return line("set customer.stage = absent");
      case 1:
        return line("set customer.stage = " + make_.stage(place.readable));
      case 2:
        return line("set customer.level = " + make_.integer(place.readable, 1));
      case 3:
        return line("set customer.visits = " + make_.integer(place.readable, 1));
      default:
        return line("set customer.ends_at = " + (dice_.chance(20) ? "absent" : make_.instant(place.readable)));
    }
  }

  bool step(Place& place) {
    const std::string name = fresh("s");
    line("step " + name + " {");
    Place inside = place;
    inside.steps.push_back(name);
    const std::size_t begin = text_.size();
    const bool guarded = dice_.chance(20);
    if (guarded) line("wait " + make_.span() + " as " + fresh("w"));
    bool reaches = block(inside, static_cast<int>(dice_.between(1, 3)));
    if (guarded) reaches |= interrupts(inside);
    return reaches || says_since(begin, "leave " + name + "\n");
  }

  bool run(const Place& place) {
    const FlowSignature& flow = dice_.of(flows_);
    std::string event;
    if (flow.takes_event) {
      for (const auto& [name, type] : bound_) {
        const auto& readable = place.readable.events;
        if (type == "Began" && std::find(readable.begin(), readable.end(), name) != readable.end()) event = name;
      }
      if (event.empty()) return true;  // none that could be handed over
    }
    std::string text = "run " + flow.name + "(" + make_.integer(place.readable, 1);
    if (flow.takes_event) text += ", " + event;
    if (dice_.chance(50)) text += ", " + make_.text(place.readable);
    line(text + ") as " + fresh("r"));
    return flow.reaches_end;
  }

  bool guarded(Place& place) {
    line("do {");
    if (dice_.chance(70)) {
      line("wait " + make_.span() + " as " + fresh("w"));
    } else {
      await(place);
    }
    const bool reaches = block(place, static_cast<int>(dice_.between(0, 2)));
    return interrupts(place) || reaches;
  }

  /// True when control comes through one of the handlers.
  bool interrupts(const Place& place) {
    bool reaches = false;
    for (std::int64_t i = dice_.between(1, 2); i > 0; --i) {
      Place inside = place;
      if (dice_.chance(40)) {
        line("interrupted when " + make_.state_condition() + " {");
      } else {
        const std::string alias = fresh("e");
        line("interrupted by " + pattern(place, alias, true) + " {");
        inside.readable.events.push_back(alias);
      }
      reaches |= block(inside, some());
    }
    return reaches;
  }

  bool await(Place& place) {
    const bool bounded = dice_.chance(85);
    const std::string label = fresh("a");
    line(std::string("await ") + (bounded ? "up to " + make_.span() + " " : "") + "as " + label + " {");
    const int arms = static_cast<int>(dice_.between(1, 3));
    bool reaches = false;
    for (int i = 0; i < arms; ++i) {
      Place inside = place;
      const int kind = static_cast<int>(dice_.below(10));
      if (kind < 2) {
        line("when " + make_.state_condition() + " {");
      } else if (kind < 4 && !place.deliveries.empty()) {
        line("on " + dice_.of(place.deliveries) + "." + dice_.of({"delivered", "clicked"}) + " {");
      } else {
        const std::string alias = fresh("e");
        std::string signals = pattern(place, alias, true) + " " + look_back(place);
        // What the body reads has to be one event under one name.
        const bool several = dice_.chance(20);
        if (several && !place.deliveries.empty() && dice_.chance(50)) {
          signals = dice_.of(place.deliveries) + "." + dice_.of({"delivered", "clicked"}) + ", " + signals;
        } else if (several) {
          signals += ", " + pattern(place, fresh("e"), true) + " " + look_back(place);
        } else {
          inside.readable.events.push_back(alias);
        }
        line("on " + signals + " {");
      }
      reaches |= block(inside, some());
    }
    if (bounded) {
      line("on timeout {");
      reaches |= block(place, some());
    }
    line("}");
    return reaches;
  }

  std::string look_back(const Place& place) {
    switch (dice_.below(5)) {
      case 0:
        return "since entry";
      case 1:
        if (!place.steps.empty()) return "since step " + dice_.of(place.steps);
        return "from now";
      case 2:
        return "since " + make_.span() + " ago";
      default:
        return "from now";
    }
  }

  bool branches(Place& place) {
    line("if " + make_.boolean(place.readable) + " {");
    bool reaches = block(place, some());
    if (dice_.chance(30)) {
      line("else if " + make_.boolean(place.readable) + " {");
      reaches |= block(place, some());
    }
    if (!dice_.chance(60)) return true;
    line("else {");
    return block(place, some()) || reaches;
  }

  bool match(Place& place) {
    const int kind = place.readable.events.empty() ? 0 : static_cast<int>(dice_.below(3));
    bool reaches = false;
    if (kind == 0) {
      line("match " + make_.integer(place.readable) + " {");
      line("0, 3 => {");
      reaches |= block(place, some());
      line("1 to 4 => {");
      reaches |= block(place, some());
      line("otherwise => {");
    } else if (kind == 1) {
      const std::string name = fresh("n");
      line("match " + dice_.of(place.readable.events) + ".number {");
      line("absent => {");
      reaches |= block(place, some());
      line("present " + name + " => {");
      Place inside = place;
      inside.readable.integers.push_back(name);
      reaches |= block(inside, some());
      line("}");
      return reaches;
    } else {
      line("match " + dice_.of(place.readable.events) + ".stage {");
      line("fresh, lapsed => {");
      reaches |= block(place, some());
      line("buying => {");
    }
    reaches |= block(place, some());
    line("}");
    return reaches;
  }

  bool repeat(Place& place) {
    // One that is spaced has a waiting point without a name, and a step may have one of those.
    const bool spaced = !has_rounds_ && dice_.chance(50);
    if (spaced && place.steps.empty()) has_rounds_ = true;
    const bool counted = !spaced || dice_.chance(60);
    std::string text = "repeat";
    if (counted) text += " up to " + std::to_string(dice_.between(1, 4)) + " times";
    if (spaced)
      text += " every " + (dice_.chance(20) ? dice_.of({"2 hours", "90 minutes"}) : dice_.of({"24 hours", "1 day", "2 days", "36 hours"}));
    line(text + " {");
    Place inside = place;
    inside.in_loop = true;
    inside.readable.round = true;
    ++inside.depth;
    if (!spaced) line("wait " + make_.span() + " as " + fresh("w"));
    const std::size_t begin = text_.size();
    const bool comes_round = statements(inside, static_cast<int>(dice_.between(1, 3)));
    line("}");
    return (counted && comes_round) || says_since(begin, "stop repeating");
  }

  bool split(Place& place) {
    bool reaches = false;
    line("split " + dice_.of({"incentive", "colours"}) + " {");
    for (const char* arm : {"plain", "special"}) {
      line(std::string("arm ") + arm + " {");
      reaches |= block(place, some());
    }
    line("}");
    return reaches;
  }

  Dice& dice_;
  Expressions make_;
  std::string name_;
  std::string text_;
  std::vector<std::string> entry_types_;
  bool has_rounds_ = false;
  bool has_parameters_ = false;
  bool named_entry_ = true;  // by an event
  std::string prefix_;
  const std::vector<FlowSignature>& flows_;
  std::vector<std::pair<std::string, std::string>> bound_;  // names of events and their types
  int next_ = 0;
};

}  // namespace

std::string random_journeys(Dice& dice) {
  std::string text;
  std::vector<FlowSignature> flows;
  for (std::int64_t i = dice.below(3); i > 0; --i) {
    const std::vector<FlowSignature> earlier = flows;  // a flow runs only those before it
    JourneyWriter writer(dice, "f" + std::to_string(i), earlier);
    flows.push_back(writer.write_flow());
    text += writer.text();
  }
  const int journeys = static_cast<int>(dice.between(1, 3));
  for (int i = 0; i < journeys; ++i) text += JourneyWriter(dice, "j" + std::to_string(i), flows).write();
  return text;
}

}  // namespace wend::reference
