#include <algorithm>

#include "tests/reference/random_journeys.h"

// The statements of random journeys.

namespace wend::reference {

void JourneyWriter::send(Place& place) {
  const Readable& readable = place.readable;
  std::string text;
  switch (dice_.below(5)) {
    case 4:
      text = "send Sum(paid: " + make_.open_money(readable) + ", tip: " + (dice_.chance(50) ? "absent" : make_.open_money(readable)) + ")";
      break;
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
  if (text.find("send Bill") == std::string::npos && text.find("send Sum") == std::string::npos) {
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

void JourneyWriter::wait(Place& place) {
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
  place.has_waited = place.time_passed = true;
}

void JourneyWriter::wait_until(Place& place) {
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

void JourneyWriter::let(Place& place) {
  const auto bind = [&](const char* prefix, std::vector<std::string>& names, const auto& value) {
    const std::string name = fresh(prefix);
    line("let " + name + " = " + value());
    names.push_back(name);
  };
  Readable& readable = place.readable;
  switch (dice_.below(place.may_take_apart ? 5 : 4)) {
    case 0:
      return bind("n", readable.integers, [&] { return make_.integer(readable); });
    case 1:
      return bind("t", readable.texts, [&] { return make_.text(readable); });
    case 3:
      return bind("l", readable.lists, [&] { return make_.list(readable); });
    case 4:
      return bind("p", readable.pairs, [&] { return make_.pair(readable); });
    default:
      return bind("i", readable.instants, [&] { return make_.instant(readable); });
  }
}

void JourneyWriter::set(const Place& place) {
  switch (dice_.of(place.settable)) {
    case 0:
      return line("set customer.stage = " + (dice_.chance(50) ? "absent" : make_.stage(place.readable)));
    case 1:
      return line("set customer.level = " + make_.integer(place.readable, 1));
    case 2:
      return line("set customer.visits = " + make_.integer(place.readable, 1));
    case 4:
      return line("set customer.wallet = " + (dice_.chance(20) ? "absent" : make_.open_money(place.readable)));
    default:
      return line("set customer.ends_at = " + (dice_.chance(20) ? "absent" : make_.instant(place.readable)));
  }
}

bool JourneyWriter::step(Place& place) {
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

bool JourneyWriter::run(const Place& place) {
  const FlowSignature& flow = dice_.of(flows_);
  if (flow.sets && place.settable.size() < 5) return true;
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

bool JourneyWriter::guarded(Place& place) {
  line("do {");
  if (dice_.chance(70)) {
    line("wait " + make_.span() + " as " + fresh("w"));
  } else {
    await(place);
  }
  const bool reaches = block(place, static_cast<int>(dice_.between(0, 2)));
  return interrupts(place) || reaches;
}

bool JourneyWriter::interrupts(const Place& place) {
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

bool JourneyWriter::await(Place& place) {
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

std::string JourneyWriter::look_back(const Place& place) {
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

bool JourneyWriter::branches(Place& place) {
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

bool JourneyWriter::match(Place& place) {
  // The names that a record is taken apart into are those of its fields; a flow's would be the journey's that runs it.
  if (!place.readable.pairs.empty() && prefix_.empty() && dice_.chance(50)) {
    line("match " + dice_.of(place.readable.pairs) + " {");
    line("Pair(px, py) => {");
    Place inside = place;
    inside.readable.pairs.clear();
    inside.may_take_apart = false;
    inside.readable.integers.emplace_back("px");
    inside.readable.texts.emplace_back("py");
    const bool reaches = block(inside, some());
    line("}");
    return reaches;
  }
  if (dice_.chance(25)) return match_currency(place);
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

bool JourneyWriter::match_currency(const Place& place) {
  line("match " + make_.unknown_money(place.readable) + " {");
  bool reaches = false;
  for (const char* currency : {"USD", "EUR"}) {
    const std::string name = fresh("m");
    line(std::string(currency) + "(" + name + ") => {");
    Place inside = place;
    inside.readable.moneys.push_back(name);
    reaches |= block(inside, some());
  }
  line("otherwise => {");
  reaches |= block(place, some());
  line("}");
  return reaches;
}

bool JourneyWriter::repeat(Place& place) {
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
  inside.time_passed = inside.time_passed || !spaced;
  const std::size_t begin = text_.size();
  const bool comes_round = statements(inside, static_cast<int>(dice_.between(1, 3)));
  line("}");
  return (counted && comes_round) || says_since(begin, "stop repeating");
}

bool JourneyWriter::split(Place& place) {
  bool reaches = false;
  line("split " + dice_.of({"incentive", "colours"}) + " {");
  for (const char* arm : {"plain", "special"}) {
    line(std::string("arm ") + arm + " {");
    reaches |= block(place, some());
  }
  line("}");
  return reaches;
}

}  // namespace wend::reference
