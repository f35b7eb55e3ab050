#include "tests/reference/random_journeys.h"

// Statements by which journeys divide themselves and start each other.

namespace wend::reference {

bool JourneyWriter::fork(const Place& place) {
  const bool is_race = dice_.chance(50);
  const int branches = static_cast<int>(dice_.between(2, 3));
  line(is_race ? "race {" : "parallel {");
  bool any = false;
  bool all = true;
  for (int i = 0; i < branches; ++i) {
    line("branch " + fresh("b") + " {");
    Place inside = place;
    inside.settable.clear();
    for (std::size_t at = static_cast<std::size_t>(i); at < place.settable.size(); at += static_cast<std::size_t>(branches)) {
      inside.settable.push_back(place.settable[at]);
    }
    if (dice_.chance(50)) {
      if (dice_.chance(50)) {
        line("wait " + make_.span() + " as " + fresh("w"));
        inside.time_passed = true;
      } else {
        await(inside);
      }
    }
    const bool reaches = block(inside, static_cast<int>(dice_.between(1, 2)));
    any |= reaches;
    all &= reaches;
  }
  line("}");
  return is_race ? any : all;
}

void JourneyWriter::emit(const Place& place) {
  const Readable& readable = place.readable;
  std::string text = "emit " + make_.event_type() + "(id: " + make_.text(readable, 0) + ", amount: " + make_.decimal(readable, 1) +
                     ", total: " + make_.money(readable) + ", price: " + make_.open_money(readable) + ", stage: " + make_.stage(readable);
  if (dice_.chance(40)) text += ", tip: " + make_.open_money(readable);
  if (dice_.chance(60)) text += ", flag: " + make_.boolean(readable, 0);
  if (dice_.chance(60)) text += ", tags: " + dice_.of({"[]", "[\"a\"]", "[\"b\", \"c\"]"});
  if (dice_.chance(60)) text += ", number: " + make_.integer(readable, 1);
  if (dice_.chance(30)) text += ", text: " + make_.text(readable);
  if (dice_.chance(30)) text += ", moment: " + make_.instant(readable);
  line(text + ")");
}

bool JourneyWriter::hand_off(const Place& place) {
  // Where no time passes, only to a journey behind this one, so that they do not start each other all round.
  std::vector<JourneySignature> others = journeys_;
  if (!place.time_passed) std::erase_if(others, [&](const JourneySignature& each) { return !prefix_.empty() || each.name <= name_; });
  if (others.empty()) return true;
  const JourneySignature& to = dice_.of(others);
  std::string text = "hand off to " + to.name;
  if (to.has_parameters) {
    text += "(many: " + make_.integer(place.readable, 1) + (dice_.chance(50) ? ", word: " + make_.text(place.readable) : "") + ")";
  }
  line(text);
  return false;
}

void JourneyWriter::call(Place& place) {
  const bool asks = dice_.chance(60);
  const std::string label = fresh("c");
  if (!asks) line("step " + fresh("s") + " {");  // what gives nothing has no name of its own
  std::string text = asks ? "call Ask(number: " + make_.integer(place.readable, 1) : "call Tell(word: " + make_.text(place.readable);
  text += asks ? ") as " + label : ")";
  if (dice_.chance(50)) text += " retry up to " + std::to_string(dice_.between(1, 3)) + " times";
  if (text.find("retry") != std::string::npos && dice_.chance(80)) text += " every " + make_.span();
  const bool leaves = dice_.chance(40);
  if (!leaves && dice_.chance(50)) {
    line(text);
  } else {
    line(text + " or else {");
    if (leaves) line("exit " + fresh("left"));
    if (leaves) line("}");
    if (!leaves) block(place, some());
  }
  if (!asks) line("}");
  // The answer is there on every way that comes here.
  if (asks && leaves) place.readable.integers.push_back(label);
}

}  // namespace wend::reference
