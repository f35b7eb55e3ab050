#include "tests/reference/random_expressions.h"

namespace wend::reference {

// Whole half hours, so that deadlines and events often meet to the millisecond.
std::string Expressions::exact() {
  return dice_.of({"30 minutes", "1 hour", "90 minutes", "2 hours", "5 hours", "24 hours", "25 hours", "48 hours", "1 hour 30 minutes",
                   "1 second", "36 hours"});
}

std::string Expressions::period() {
  return dice_.of({"1 day", "1 day", "2 days", "3 days", "1 week", "2 weeks", "1 month", "1 month 2 days"});
}

std::string Expressions::history(const std::string& kind, const Readable& readable, const std::string& times) {
  std::string text = kind + " " + event_type();
  if (dice_.chance(40)) {
    Readable filter;
    filter.attributes = filter.history = filter.time = false;
    filter.events = {"h"};
    text += " as h where (" + boolean(filter, 1) + ")";
  }
  text += times;
  const bool since = readable.since_entry && dice_.chance(50);
  return text + (since ? " since entry" : " in last " + span());
}

std::string Expressions::list(const Readable& readable) {
  return history("list of", readable) + " up to " + std::to_string(dice_.between(1, 4));
}

std::string Expressions::of_list(const Readable& readable, const std::string& taken, const std::string& otherwise) {
  return "(match " + dice_.of({"first_of", "last_of"}) + "(" + dice_.of(readable.lists) + ") { present lo => " + taken + ", absent => " +
         otherwise + " })";
}

std::string Expressions::pair(const Readable& readable) {
  std::string text = "Pair(py: " + this->text(readable);
  if (dice_.chance(60)) text += ", px: " + integer(readable, 1);
  if (dice_.chance(50)) text += ", pz: " + instant(readable);
  if (dice_.chance(30)) text += ", pw: " + stage(readable);
  return text + ")";
}

std::string Expressions::boolean(const Readable& readable, int depth) {
  if (depth > 0 && dice_.chance(30)) {
    switch (dice_.below(4)) {
      case 0:
        return "(" + boolean(readable, depth - 1) + " and " + boolean(readable, depth - 1) + ")";
      case 1:
        return "(" + boolean(readable, depth - 1) + " or " + boolean(readable, depth - 1) + ")";
      case 2:
        return "not (" + boolean(readable, depth - 1) + ")";
      default:
        return "(match " + integer(readable, 0) + " { 0 to 2 => " + boolean(readable, 0) + ", otherwise => " + boolean(readable, 0) + " })";
    }
  }
  const bool has_event = !readable.events.empty();
  if (!readable.segments.empty() && dice_.chance(10))
    return "(customer" + dice_.of({" in ", " not in "}) + dice_.of(readable.segments) + ")";
  for (;;) {
    const std::string event = has_event ? dice_.of(readable.events) : "";
    switch (dice_.below(24)) {
      case 21:
        return "(match " + unknown_money(readable) + " { USD(mu) => mu " + comparison() + " 5 USD, EUR(mv) => mv " + comparison() +
               " 9.99 EUR, otherwise => " + dice_.of({"true", "false"}) + " })";
      case 22:
        if (has_event)
          return "(match " + event + ".tip { absent => " + dice_.of({"true", "false"}) + ", EUR(mw) => mw + 1 EUR > 5 EUR, otherwise => false })";
        break;
      case 23:
        if (readable.attributes)
          return "(match customer.wallet { absent => false, USD(mx) => mx " + comparison() + " 5 USD, otherwise => " + dice_.of({"true", "false"}) + " })";
        break;
      case 19:
        if (!readable.lists.empty()) return of_list(readable, "(lo.number == " + std::to_string(dice_.below(3)) + " or lo.flag)", "false");
        break;
      case 20:
        if (!readable.pairs.empty())
          return "(match " + dice_.of(readable.pairs) + " { Pair(px, pz) => (pz is present and px > " + std::to_string(dice_.below(3)) +
                 ") })";
        break;
      case 15:
        if (has_event) return "(" + text(readable, 0) + dice_.of({" in ", " not in "}) + event + ".tags)";
        break;
      case 16:
        if (has_event) return "(" + event + ".tags is " + dice_.of({"empty", "not empty"}) + ")";
        break;
      case 17:
        if (readable.attributes && readable.time)
          return "(time_of(" + instant(readable) + ") " + dice_.of({"<", ">=", "=="}) + " " + time_of_day() + ")";
        break;
      case 18:
        if (readable.attributes)
          return "(match customer.stage { absent => " + std::string(dice_.of({"true", "false"})) + ", fresh, lapsed => " +
                 boolean(readable, 0) + ", buying => false })";
        break;
      case 0:
      case 1:
        return "(" + integer(readable, depth - 1) + " " + comparison() + " " + integer(readable, depth - 1) + ")";
      case 2:
        return "(" + decimal(readable, depth - 1) + " " + comparison() + " " + decimal(readable, depth - 1) + ")";
      case 3:
        if (has_event) return event + ".flag";
        break;
      case 4:
        if (has_event) return "(" + event + ".number is " + dice_.of({"present", "absent", "not present"}) + ")";
        break;
      case 5:
        if (has_event) return "(" + event + ".total " + comparison() + " " + money(readable) + ")";
        break;
      case 6:
        if (readable.attributes) return "consent(" + dice_.of({"news", "texts"}) + ")";
        break;
      case 7:
        if (readable.attributes) return "(customer.stage == " + dice_.of({"fresh", "buying", "lapsed"}) + ")";
        break;
      case 8:
        if (has_event) return "(" + event + ".stage in [" + dice_.of({"fresh", "buying", "fresh, lapsed"}) + "])";
        break;
      case 9:
        if (readable.history)
          return history("did", readable, dice_.chance(40) ? " at least " + std::to_string(dice_.between(1, 4)) + " times" : "");
        break;
      case 10:
        if (readable.history)
          return "(" + history("count of", readable) + " " + dice_.of({">=", ">", "==", "<"}) + " " + std::to_string(dice_.between(1, 4)) + ")";
        break;
      case 11:
        return "(" + text(readable, depth - 1) + " " + dice_.of({"==", "!="}) + " " + text(readable, 0) + ")";
      case 12:
        if (has_event) return "(" + event + ".text == " + (dice_.chance(50) ? "\"a\"" : event + ".id") + ")";
        break;
      case 13:
        if (readable.attributes && readable.time)
          return "(" + instant(readable) + " " + dice_.of({"<", ">=", "=="}) + " " + instant(readable) + ")";
        break;
      default:
        if (readable.attributes) return "(customer.visits is present and customer.visits > " + std::to_string(dice_.between(0, 3)) + ")";
        break;
    }
  }
}

std::string Expressions::integer(const Readable& readable, int depth) {
  for (;;) {
    switch (dice_.below(17)) {
      case 13:
        if (!readable.lists.empty()) return "size_of(" + dice_.of(readable.lists) + ")";
        break;
      case 14:
        if (!readable.lists.empty()) return of_list(readable, "(lo.number otherwise 1)", "0");
        break;
      case 15:
        if (!readable.pairs.empty())
          return dice_.chance(50) ? dice_.of(readable.pairs) + ".px" : "(match " + dice_.of(readable.pairs) + " { Pair(px) => px })";
        break;
      case 16:
        if (readable.history && readable.listed && dice_.chance(50)) return "size_of(" + list(readable) + ")";
        break;
      case 11:
        if (!readable.events.empty()) return "size_of(" + dice_.of(readable.events) + ".tags)";
        break;
      case 12:
        if (depth > 0 && readable.attributes && readable.time)
          return "days_between(date_of(" + instant(readable) + "), date_of(" + instant(readable) + "))";
        break;
      case 0:
        return std::to_string(dice_.between(0, 4));
      case 1:
        if (!readable.events.empty()) return "(" + dice_.of(readable.events) + ".number otherwise " + std::to_string(dice_.below(3)) + ")";
        break;
      case 2:
        if (readable.attributes) return "(customer.visits otherwise " + std::to_string(dice_.below(3)) + ")";
        break;
      case 3:
        if (readable.attributes) return "customer.level";
        break;
      case 4:
        if (depth > 0)
          return "(" + integer(readable, depth - 1) + " " + dice_.of({"+", "-", "*"}) + " " + integer(readable, depth - 1) + ")";
        break;
      case 5:
        if (readable.history && dice_.chance(50)) return "(" + history("count of", readable) + ")";
        break;
      case 6:
        if (readable.round) return "round";
        break;
      case 7:
        if (!readable.integers.empty()) return dice_.of(readable.integers);
        break;
      case 8:
        return dice_.chance(30) ? "9223372036854775807" : std::to_string(dice_.below(3));
      case 9:
        if (depth > 0) return "length_of(" + text(readable, 0) + ")";
        break;
      default:
        if (depth > 0) return "doubled(" + integer(readable, depth - 1) + ")";
        break;
    }
  }
}

std::string Expressions::decimal(const Readable& readable, int depth) {
  switch (dice_.below(5)) {
    case 0:
      if (!readable.events.empty()) return dice_.of(readable.events) + ".amount";
      [[fallthrough]];
    case 1:
      return dice_.of({"0.0", "0.1", "1.5", "2.50", "1000.001"});
    case 2:
      if (depth > 0) return "(" + decimal(readable, depth - 1) + " " + dice_.of({"+", "-", "*"}) + " " + decimal(readable, depth - 1) + ")";
      return "0.3";
    case 3:
      if (depth > 0) return "(" + decimal(readable, depth - 1) + " / " + dice_.of({"3", "0.7", "10"}) + ")";
      return "0.25";
    default:
      return depth > 0 ? "round_to(" + decimal(readable, depth - 1) + ", " + std::to_string(dice_.below(3)) + ")" : "0.5";
  }
}

std::string Expressions::money(const Readable& readable) {
  switch (dice_.below(3)) {
    case 0:
      if (!readable.events.empty()) return "(" + dice_.of(readable.events) + ".total * " + dice_.of({"2", "0.5", "10%"}) + ")";
      [[fallthrough]];
    case 1:
      return dice_.of({"5 USD", "9.99 USD", "0 USD"});
    default:
      return "(10 USD - 0.01 USD)";
  }
}

std::string Expressions::open_money(const Readable& readable) {
  if (!readable.moneys.empty() && dice_.chance(30)) return dice_.of(readable.moneys);
  if (dice_.chance(20)) return dice_.of({"5 USD", "9.99 EUR", "500 JPY"});
  return unknown_money(readable);
}

std::string Expressions::unknown_money(const Readable& readable) {
  switch (dice_.below(4)) {
    case 0:
    case 1:
      if (!readable.events.empty()) return dice_.of(readable.events) + ".price";
      [[fallthrough]];
    case 2:
      if (readable.attributes) return "(customer.wallet otherwise Money(amount: " + decimal(readable, 0) + ", currency: \"EUR\"))";
      [[fallthrough]];
    default:
      return "Money(amount: " + decimal(readable, 1) + ", currency: " + dice_.of({"\"USD\"", "\"EUR\"", "\"SEK\""}) + ")";
  }
}

std::string Expressions::text(const Readable& readable, int depth) {
  if (!readable.events.empty() && dice_.chance(8)) return dice_.of(readable.events) + ".price.currency";
  if (!readable.lists.empty() && dice_.chance(10)) return of_list(readable, "lo.id", "\"none\"");
  if (!readable.pairs.empty() && dice_.chance(10)) return dice_.of(readable.pairs) + ".py";
  switch (dice_.below(7)) {
    case 6:
      if (!readable.events.empty()) return "(first_of(" + dice_.of(readable.events) + ".tags) otherwise \"none\")";
      [[fallthrough]];
    case 0:
      if (!readable.events.empty()) return "(" + dice_.of(readable.events) + ".text otherwise \"none\")";
      [[fallthrough]];
    case 1:
      if (!readable.events.empty()) return dice_.of(readable.events) + ".id";
      [[fallthrough]];
    case 2:
      if (readable.attributes) return "(customer.first_name otherwise \"there\")";
      [[fallthrough]];
    case 3:
      if (!readable.texts.empty()) return dice_.of(readable.texts);
      [[fallthrough]];
    case 4:
      if (depth > 0) return "(upper(" + text(readable, depth - 1) + ") + " + text(readable, depth - 1) + ")";
      [[fallthrough]];
    default:
      return dice_.of({"\"a\"", "\"B\"", "\"\"", "\"long text\""});
  }
}

std::string Expressions::instant(const Readable& readable, int depth) {
  if (depth > 0 && dice_.chance(50)) {
    return "(" + instant(readable, depth - 1) + " " + dice_.of({"+", "-"}) + " " + span() + ")";
  }
  switch (dice_.below(4)) {
    case 0:
      if (!readable.events.empty()) {
        return "(" + dice_.of(readable.events) + ".moment otherwise " + (readable.time ? "now" : "2025-04-01 10:00") + ")";
      }
      [[fallthrough]];
    case 1:
      if (!readable.instants.empty()) return dice_.of(readable.instants);
      [[fallthrough]];
    case 2:
      if (readable.time) return "now";
      [[fallthrough]];
    default:
      return dice_.of({"2025-03-30 02:30", "2025-10-26 02:30", "2025-04-02 00:00"});
  }
}

std::string Expressions::optional_instant(const Readable& readable) {
  const std::string base = readable.events.empty() || dice_.chance(60) ? "customer.ends_at" : dice_.of(readable.events) + ".moment";
  return dice_.chance(50) ? base : base + " " + dice_.of({"+", "-"}) + " " + span();
}

std::string Expressions::state_condition(bool asks_segments) {
  Readable readable;
  readable.history = readable.time = false;
  if (asks_segments) readable.segments = {"s_first", "s_second", "s_third"};
  for (;;) {
    const std::string text = boolean(readable, 1);
    if (text.find("customer ") != std::string::npos) return text;
    if (text.find("customer.") != std::string::npos || text.find("consent(") != std::string::npos) return text;
  }
}

std::string Expressions::at_time() {
  const std::string at = " at " + time_of_day();
  if (!dice_.chance(20)) return at;
  return at + " in " + dice_.of({"\"Asia/Tokyo\"", "\"America/New_York\"", "(customer.timezone otherwise \"Europe/London\")"});
}

std::string Expressions::denial_chain() {
  const auto delay = [&] { return "delay up to " + dice_.of({"12 hours", "14 hours", "1 day", "2 days", "3 hours", "1 week"}); };
  const auto divert = [&] { return "divert to " + dice_.of({"email", "sms"}); };
  std::string text;
  switch (dice_.below(5)) {
    case 0:
      return "skip";
    case 1:
      text = divert();
      break;
    case 2:
      text = divert() + " else " + delay();
      break;
    case 3:
      text = delay() + " else " + divert();
      break;
    default:
      text = delay();
      break;
  }
  return dice_.chance(70) ? text + " else skip" : text;
}

std::string Expressions::stage(const Readable& readable) {
  if (!readable.events.empty() && dice_.chance(40)) return dice_.of(readable.events) + ".stage";
  return dice_.of({"fresh", "buying", "lapsed"});
}

}  // namespace wend::reference
