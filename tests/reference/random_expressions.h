#pragma once

// Random expressions as text, by type and by what may be read where they stand.

#include <string>
#include <vector>

#include "tests/reference/dice.h"

namespace wend::reference {

struct Readable {
  bool attributes = true;
  bool history = true;  // `did`, `count of … in last`
  bool since_entry = false;
  bool listed = true;  // `list of …`
  bool time = true;    // `now`
  bool round = false;
  std::vector<std::string> segments;
  std::vector<std::string> events;  // names bound to events
  std::vector<std::string> integers;
  std::vector<std::string> texts;
  std::vector<std::string> instants;
  std::vector<std::string> moneys;  // of any currency
  std::vector<std::string> lists;  // of events
  std::vector<std::string> pairs;  // records
};

class Expressions {
 public:
  explicit Expressions(Dice& dice) : dice_(dice) {}
  std::string boolean(const Readable& readable, int depth = 2);
  std::string integer(const Readable& readable, int depth = 2);
  std::string decimal(const Readable& readable, int depth = 2);
  std::string money(const Readable& readable);
  /// Of some currency.
  std::string open_money(const Readable& readable);
  std::string unknown_money(const Readable& readable);  // of a type that does not say which
  std::string text(const Readable& readable, int depth = 1);
  std::string instant(const Readable& readable, int depth = 1);
  std::string optional_instant(const Readable& readable);
  std::string stage(const Readable& readable);
  std::string exact();   // a Duration literal
  std::string period();  // a Period literal
  std::string span() { return dice_.chance(50) ? exact() : period(); }
  std::string event_type() { return dice_.of({"Began", "Done", "Clicked", "Paid"}); }
  /// `list of Paid as h where (…) in last 1 week up to 3`
  std::string list(const Readable& readable);
  /// `Pair(py: "a", px: 2)`
  std::string pair(const Readable& readable);
  /// A condition over attributes and consents that reads at least one of them.
  std::string state_condition(bool asks_segments = true);
  /// `divert to sms else delay up to 12 hours else skip`
  std::string denial_chain();
  /// ` at 09:00`, perhaps in another zone.
  std::string at_time();
  std::string time_of_day() { return dice_.of({"00:00", "01:30", "02:00", "02:30", "09:00", "18:30", "23:59:59"}); }

 private:
  std::string history(const std::string& kind, const Readable& readable, const std::string& times = "");
  /// The first or the last of a list, taken apart; absent when there is none.
  std::string of_list(const Readable& readable, const std::string& taken, const std::string& otherwise);
  std::string comparison() { return dice_.of({"==", "!=", "<", "<=", ">", ">="}); }
  Dice& dice_;
};

}  // namespace wend::reference
