#include <algorithm>
#include <set>

#include "tests/reference/additions.h"
#include "tests/reference/calendar.h"
#include "tests/reference/generator.h"
#include "tests/reference/random_expressions.h"

// Declarations that every random program has, and histories that suit them.

namespace wend::reference {

namespace {

/// When it is quiet; any two of these leave something of the week.
std::string random_quiet(Dice& dice) {
  const std::string time =
      dice.of({"21:00 to 08:00", "20:30 to 09:15", "00:00 to 08:30", "13:45 to 14:00", "02:00 to 03:00", "09:30 to 07:00"});
  if (dice.chance(50)) return time;
  const std::string days = dice.of({"sunday", "saturday, sunday", "monday, wednesday", "friday", "tuesday, thursday"});
  if (dice.chance(30)) return "every " + days;
  return dice.of({time.c_str(), "18:00 to 12:00", "00:15 to 00:00"}) + " every " + (dice.chance(20) ? "weekday" : days);
}

std::string random_policy(Dice& dice) {
  Expressions make(dice);
  const auto channels = [&] { return dice.of({"", "", " on email", " on sms", " on email, sms"}); };
  std::string text = "policy pressure {\n";
  std::set<std::string> windows;  // two caps with one are refused, and so are quiet hours that leave nothing of the day
  for (std::int64_t i = dice.below(3); i > 0; --i) {
    const std::string window = dice.chance(40) ? " per calendar day" : " in any " + make.span();
    if (!windows.insert(window).second) continue;
    text += "cap marketing" + channels() + " at " + std::to_string(dice.between(1, 3)) + window + "\n";
  }
  for (std::int64_t i = dice.below(3); i > 0; --i) {
    text += "quiet " + random_quiet(dice) + channels() + (dice.chance(30) ? " where " + make.state_condition(false) : "") + "\n";
  }
  text += "when quiet " + make.denial_chain() + "\n";
  text += "when capped " + make.denial_chain() + "\n";
  return text + "}\n";
}

std::string random_segments(Dice& dice) {
  Expressions make(dice);
  Readable readable;
  readable.time = readable.listed = false;
  std::string text;
  for (const char* name : {"first", "second", "third"}) {
    std::string condition = make.boolean(readable, 2);
    while (condition.find("customer.") == std::string::npos && condition.find(" of ") == std::string::npos &&
           condition.find("did ") == std::string::npos && condition.find("consent(") == std::string::npos) {
      condition = make.boolean(readable, 2);
    }
    text += std::string("segment s_") + name + " = " + condition + "\n";
    readable.segments.push_back(std::string("s_") + name);
  }
  return text;
}

}  // namespace

std::vector<ClosedDays> random_closed_days(Dice& dice) {
  std::vector<ClosedDays> all;
  const Date begin = date_from_civil(2025, 1, 1);
  for (std::int64_t i = dice.below(20); i > 0; --i) {
    ClosedDays closed;
    closed.first = {begin.days + static_cast<std::int32_t>(dice.below(500))};
    closed.days = dice.chance(70) ? 1 : dice.between(2, 5);
    closed.yearly = dice.chance(40);
    if (closed.yearly) closed.first.days -= 1461;  // four years before
    if (closed.yearly && dice.chance(10)) closed.first = date_from_civil(2024, 2, 29);
    if (closed.yearly && dice.chance(40)) {
      const bool is_last = date_text({closed.first.days + 7}).substr(5, 2) != date_text(closed.first).substr(5, 2);
      closed.nth = is_last ? -1 : (std::stoi(date_text(closed.first).substr(8, 2)) + 6) / 7;
    }
    if (closed.yearly && dice.chance(20)) closed.until = Date{begin.days + static_cast<std::int32_t>(dice.below(500))};
    all.push_back(closed);
  }
  return all;
}

std::string random_declarations(Dice& dice) {
  const auto late = [&] { return dice.chance(50) ? "" : " late up to " + dice.of({"2 days", "6 hours", "36 hours", "1 week"}); };
  const auto grace = [&] { return dice.chance(50) ? "" : " grace " + dice.of({"5 minutes", "1 minute", "10 minutes", "30 seconds"}); };
  const auto by_default = [&](int percent, const std::string& value) { return dice.chance(percent) ? " = " + value : ""; };
  const std::string fields = " {\n  id: Text\n  text: Text?" + by_default(30, "\"by default\"") + "\n  number: Int?" + by_default(30, "4") +
                             "\n  amount: Decimal\n  total: Money<USD>\n  price: Money\n  tip: Money?\n  flag: Bool = true\n  stage: Stage\n" +
                             "  tags: List<Text> = []\n  moment: Instant?\n}\n";
  std::string text = R"(edition 1
module random.one
enum Stage { fresh, buying, lapsed }
record Pair {
  px: Int = 3
  py: Text
  pz: Instant?
  pw: Stage = buying
}
customer {
  id:         Id
  email:      Email?
  phone:      Phone?
  timezone:   TimeZone?
  country:    Country?
  ends_at:    Instant?  @writable
  birthday:   Date?
)";
  text += "  first_name: Text?" + by_default(25, "\"Ada\"") + "\n";
  text += "  visits:     Int?" + by_default(25, "1") + " @writable\n";
  text += "  stage:      Stage?" + by_default(25, "fresh") + " @writable\n";
  text += "  wallet:     Money? @writable\n  level:      Int" + by_default(25, "2") + " @writable\n}\n";
  text += "customer timezone = customer.timezone otherwise " + std::string(dice.chance(30) ? "zones_of(customer.country) otherwise " : "") +
          "\"" + dice.of({"Europe/Berlin", "America/New_York", "UTC", "Australia/Lord_Howe"}) + "\"\n";
  text += "event Began" + late() + grace() + fields;
  text += "event Done" + late() + grace() + fields;
  text += "event Clicked" + late() + (dice.chance(50) ? " dedupe by id" : "") + fields;
  text += "event Paid" + late() + grace() + " dedupe by id" + fields;
  text += R"(channel email { address customer.email  consent news for marketing  receipts delivered, clicked }
channel sms { address customer.phone  consent texts for marketing  receipts delivered, clicked }
message Note(text: Text) for marketing { email { subject "{text}"  body "." }  sms { body "{text}" } }
message Bill(number: Int, amount: Decimal) for transactional { email { subject "{number}"  body "{amount}" }  sms { body "{number}" } }
message Sum(paid: Money, tip: Money?) for transactional { email { subject "in {paid.currency}"  body "." }  sms { body "in {paid.currency}" } }
message Offer(price: Money<USD>, until: Instant?, stage: Stage?, name: Text = customer.first_name otherwise "there") for marketing { sms { body "{name}" }  email { subject "{price}"  body "." } }
policy anything { }
fn doubled(n: Int) -> Int = n * 2
action Ask(number: Int) -> Int shadow 7
action Tell(word: Text)
)";
  text += random_policy(dice);
  text += random_segments(dice);
  const auto closed = [&] { return dice.chance(60) ? "  closed \"days.ics\" }\n" : " }\n"; };
  text += "calendar office { week monday to friday" + std::string(closed()) + "calendar bazaar { week sunday to thursday" + closed();
  const std::string until = dice.chance(40) ? " until " + dice.of({"2025-04-01", "2025-05-10", "2025-11-01"}) : "";
  text += "holdout silence { 40% salt \"s" + std::to_string(dice.below(1000)) + "\"" + until + " }\nholdout always_on { 12.5% salt \"t\" }\n";
  return text;
}

namespace {

constexpr std::int64_t k_minute = 60'000;
constexpr std::int64_t k_hour = 60 * k_minute;
constexpr std::int64_t k_day = 24 * k_hour;

class HistoryWriter {
 public:
  HistoryWriter(Dice& dice, bool asks_outside) : dice_(dice), asks_outside_(asks_outside) {}

  History write(std::size_t inputs) {
    // A few days before a change of clocks somewhere.
    const std::vector<std::int64_t> starts = {1743030000000, 1741320000000, 1761300000000, 1761860000000, 1735700000000, 1746000000000};
    now_ = dice_.of(starts) / (30 * k_minute) * (30 * k_minute);
    start_ = now_;
    for (std::int64_t i = dice_.between(1, 6) + static_cast<std::int64_t>(inputs / 100); i > 0; --i) {
      ids_.push_back(newcomer());
      introduce(ids_.back());
    }
    const std::size_t deployed = static_cast<std::size_t>(dice_.below(static_cast<std::int64_t>(history_.size()) + 1));
    history_.insert(history_.begin() + static_cast<std::ptrdiff_t>(deployed), {now_, now_, "", DeployInput{}});
    holds_ = dice_.chance(10);
    identities_ = dice_.chance(70) ? static_cast<int>(dice_.between(1, 3)) : 0;
    while (history_.size() + 1 < inputs) one();
    if (held_) history_.push_back({now_, now_, "", HoldInput{false}});
    now_ += k_hour;
    history_.push_back({now_, now_, "", TickInput{}});
    return std::move(history_);
  }

 private:
  std::string newcomer() { return "c" + std::to_string(customers_++); }

  void introduce(const std::string& id) {
    Input first = traits();
    first.customer = id;
    auto& known = std::get<TraitsInput>(first.what);
    if (dice_.chance(85)) known.attributes.emplace_back("level", dice_.between(0, 3));
    if (dice_.chance(70)) known.attributes.emplace_back("email", "a@example.test");
    if (dice_.chance(70)) known.consents["news"] = true;
    dedupe(known.attributes);
    history_.push_back(first);
  }

  /// Somebody is forgotten, or two ids are one customer's; and somebody comes who was never heard of.
  void identity() {
    const std::string id = dice_.chance(20) ? newcomer() : who();
    if (dice_.chance(35)) {
      history_.push_back({now_, now_, id, ErasureInput{}});
      if (dice_.chance(80)) std::erase(ids_, id);
    } else {
      history_.push_back({now_, now_, id, MergeInput{dice_.chance(15) ? newcomer() : who()}});
      if (dice_.chance(50)) ids_.push_back(id);
    }
    ids_.push_back(newcomer());
    if (dice_.chance(70)) introduce(ids_.back());
  }

  static void dedupe(Fields& fields) {
    Fields kept;
    for (const auto& field : fields) {
      if (std::none_of(kept.begin(), kept.end(), [&](const auto& each) { return each.first == field.first; })) kept.push_back(field);
    }
    fields = kept;
  }

  void one() {
    pass();
    if (dice_.chance(identities_)) return identity();
    if (dice_.chance(2)) {
      history_.push_back(
          {now_, now_, who(), AssignInput{dice_.of({"incentive", "colours"}), dice_.of({"plain", "special", "coupon", "coupon"})}});
    }
    const std::int64_t what = dice_.below(100);
    if (asks_outside_ && dice_.chance(20)) {
      history_.push_back({now_, happened(), who(), AnswerInput{static_cast<std::size_t>(dice_.below(3)), dice_.chance(60), dice_.below(5)}});
    } else if (what < 70) {
      history_.push_back(event());
    } else if (what < 85) {
      history_.push_back(traits());
    } else if (what < 95) {
      history_.push_back(
          {now_, happened(), who(), ReceiptInput{static_cast<std::size_t>(dice_.below(3)), dice_.of({"delivered", "clicked", "failed"})}});
    } else if (what < 97) {
      history_.push_back({now_, now_, "", TickInput{}});
    } else if (holds_ && dice_.chance(30)) {
      held_ = !held_;
      history_.push_back({now_, now_, "", HoldInput{held_}});
    }
  }

  void pass() {
    const std::int64_t pace = dice_.below(100);
    if (pace < 25) return;  // a tie
    const std::int64_t grid = 30 * k_minute;
    if (pace < 65) {
      now_ = (now_ / grid + dice_.between(1, 4)) * grid;
    } else if (pace < 75) {
      now_ = (now_ / grid + dice_.between(1, 3)) * grid + dice_.between(-1, 1);
      if (!history_.empty()) now_ = std::max(now_, history_.back().t_log);
    } else if (pace < 85) {
      now_ += dice_.of(std::vector<std::int64_t>{1, 1000, k_minute, 5 * k_minute, 10 * k_minute, 10 * k_minute + 1});
    } else if (pace < 97) {
      now_ += dice_.between(1, 24) * k_hour;
    } else {
      now_ += dice_.between(1, 5) * k_day;
    }
  }

  std::string who() { return dice_.of(ids_); }

  std::int64_t happened() {
    const std::int64_t how = dice_.below(100);
    if (how < 60) return now_;
    if (how < 85) return now_ - dice_.of(std::vector<std::int64_t>{1, k_minute, 5 * k_minute, 30 * k_minute, k_hour, 2 * k_hour});
    if (how < 95) return now_ - dice_.between(1, 60) * k_hour;
    return now_ + dice_.between(0, 1) * k_hour;
  }

  Input event() {
    EventInput event;
    event.type = dice_.of({"Began", "Done", "Clicked", "Paid"});
    std::string id = dice_.of({"a", "b", "c"});
    if (event.type == "Paid") id = dice_.chance(15) && paid_ > 0 ? "p" + std::to_string(dice_.below(paid_)) : "p" + std::to_string(paid_++);
    if (dice_.chance(20))
      event.message_id = dice_.chance(30) ? "m" + std::to_string(dice_.below(messages_ + 1)) : "m" + std::to_string(messages_++);
    event.fields.emplace_back("id", id);
    event.fields.emplace_back("text", dice_.chance(50) ? Value() : Value(dice_.of({"a", "b", "c", ""})));
    event.fields.emplace_back("number", dice_.chance(40) ? Value() : Value(dice_.chance(5) ? INT64_MAX : dice_.between(-1, 5)));
    event.fields.emplace_back("amount", *Decimal::parse(dice_.of({"0", "0.1", "1.5", "-2", "1000.001"})));
    event.fields.emplace_back("total", Money{*Decimal::parse(dice_.of({"0", "5", "9.99", "100"})), "USD"});
    event.fields.emplace_back("price", open_money());
    event.fields.emplace_back("tip", dice_.chance(40) ? Value() : Value(open_money()));
    event.fields.emplace_back("flag", dice_.chance(50));
    event.fields.emplace_back("stage", EnumName{dice_.of({"fresh", "buying", "lapsed"})});
    List tags;
    for (std::int64_t i = dice_.below(3); i > 0; --i) tags.elements.emplace_back(dice_.of({"a", "b", "c"}));
    event.fields.emplace_back("tags", tags);
    event.fields.emplace_back("moment", dice_.chance(40) ? Value() : Value(Instant{moment()}));
    return {now_, happened(), who(), event};
  }

  OpenMoney open_money() {
    return {*Decimal::parse(dice_.of({"0", "5", "9.99", "-2.5", "1000"})), dice_.of({"USD", "EUR", "EUR", "JPY"})};
  }

  std::int64_t moment() { return now_ + dice_.between(-4, 200) * 30 * k_minute; }

  Input traits() {
    TraitsInput traits;
    const auto maybe = [&](const char* name, int percent, auto value) {
      if (dice_.chance(percent)) traits.attributes.emplace_back(name, value());
    };
    maybe("email", 15, [&] { return dice_.chance(50) ? Value() : Value("a@example.test"); });
    maybe("phone", 30, [&] { return dice_.chance(30) ? Value() : Value("+12125550100"); });
    maybe("first_name", 15, [&] { return dice_.chance(30) ? Value() : Value(dice_.of({"Ada", "Bob"})); });
    maybe("timezone", 15, [&] {
      return dice_.chance(20) ? Value() : Value(dice_.of({"Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "UTC"}));
    });
    maybe("country", 15, [&] { return dice_.chance(20) ? Value() : Value(dice_.of({"DE", "US", "AU", "NZ", "XX"})); });
    maybe("ends_at", 40, [&] { return dice_.chance(25) ? Value() : Value(Instant{moment()}); });
    maybe("visits", 30, [&] { return dice_.chance(25) ? Value() : Value(dice_.between(0, 5)); });
    maybe("stage", 25, [&] { return dice_.chance(25) ? Value() : Value(EnumName{dice_.of({"fresh", "buying", "lapsed"})}); });
    maybe("birthday", 15,
          [&] { return dice_.chance(20) ? Value() : Value(date_from_civil(1992, 2, 29 - static_cast<int>(dice_.below(3)))); });
    maybe("wallet", 20, [&] { return dice_.chance(20) ? Value() : Value(open_money()); });
    maybe("level", 20, [&] { return Value(dice_.between(0, 4)); });
    if (dice_.chance(20)) traits.consents["news"] = dice_.chance(70);
    if (dice_.chance(20)) traits.consents["texts"] = dice_.chance(70);
    return {now_, happened(), who(), traits};
  }

  Dice& dice_;
  const bool asks_outside_;
  History history_;
  std::int64_t now_ = 0;
  std::int64_t start_ = 0;
  std::vector<std::string> ids_;    // of whom something is heard
  std::int64_t customers_ = 0;      // ids given so far
  int identities_ = 0;              // of a hundred inputs
  std::int64_t paid_ = 0;
  std::int64_t messages_ = 0;
  bool holds_ = false;
  bool held_ = false;
};

}  // namespace

History random_history(Dice& dice, std::size_t inputs, bool asks_outside) {
  return HistoryWriter(dice, asks_outside).write(inputs);
}

// Anywhere: most of the past is asked about when there is much of it.
void insert_extension(History& history, Dice& dice) {
  const auto place = static_cast<std::size_t>(dice.between(0, static_cast<std::int64_t>(history.size())));
  const std::int64_t at = place == 0 ? history.front().t_log : history[place - 1].t_log;
  const ExtendInput extend{static_cast<std::uint64_t>(dice.of(std::vector<std::int64_t>{0, 1, 60, 420, 3600, 60'000}))};
  history.insert(history.begin() + static_cast<std::ptrdiff_t>(place), {at, at, "", extend});
}

Case random_case(std::uint64_t seed, std::size_t inputs) {
  Dice dice(seed);
  // Events that journeys have emitted are in no log: what is deployed later does not count them.
  const bool extends = dice.chance(25);
  Case result;
  result.options.assume_consent = dice.chance(20);
  result.options.log_namespace = dice.of({"wend", "shop.production"});
  result.closed_days = random_closed_days(dice);
  result.program = random_declarations(dice) + random_experiments(dice, result.earlier) + random_journeys(dice, !extends);
  result.options.asks_outside = dice.chance(50);
  result.history = random_history(dice, inputs, result.options.asks_outside);
  if (extends) result.added = random_additions(result.program, dice);
  if (!result.added.empty()) insert_extension(result.history, dice);
  return result;
}

}  // namespace wend::reference
