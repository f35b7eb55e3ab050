#pragma once

// Random journeys and flows as text: one construct a line.

#include <string>
#include <utility>
#include <vector>

#include "tests/reference/dice.h"
#include "tests/reference/random_expressions.h"

namespace wend::reference {

/// What statements may use where they stand.
struct Place {
  Readable readable;
  std::vector<std::string> deliveries;
  std::vector<std::string> steps;  // enclosing, may be left
  bool in_loop = false;
  bool has_waited = true;                    // awaits say what they look back to
  bool time_passed = false;                  // since the entry, on every way
  std::vector<int> settable = {0, 1, 2, 3, 4};  // attributes: branches share none
  bool may_take_apart = true;                // no record has been taken apart around
  int depth = 0;
};

/// A flow that journeys may run.
struct FlowSignature {
  std::string name;
  bool takes_event = false;
  bool reaches_end = true;
  bool sets = false;
};

/// A journey that others may hand over to.
struct JourneySignature {
  std::string name;
  bool has_parameters = false;
  bool by_handoff = false;
};

/// Writes a journey or a flow.
class JourneyWriter {
 public:
  JourneyWriter(Dice& dice, bool may_emit, JourneySignature own, std::vector<FlowSignature> flows, std::vector<JourneySignature> journeys)
      : dice_(dice),
        make_(dice),
        may_emit_(may_emit),
        own_(std::move(own)),
        name_(own_.name),
        flows_(std::move(flows)),
        journeys_(std::move(journeys)) {}

  std::string write();
  FlowSignature write_flow();
  const std::string& text() const { return text_; }

 private:
  void line(const std::string& text) { text_ += text + "\n"; }
  /// A name that nothing else in the journey has; those of a flow begin with its own.
  std::string fresh(const char* what) { return what + prefix_ + std::to_string(next_++); }

  // ── header ──
  void headers(Place& place);
  void exits_and_goals(const Place& place);
  void entry(const std::string& type, const Place&);

  /// By joining a segment, or by the calendar.
  void standing_entry();
  std::string pattern(const Place& place, const std::string& alias, bool may_count);
  void exit(const Place& place);
  void goal(const Place& place, int number);

  // ── statements ──
  /// False when control does not come to the end.
  bool statements(Place place, int count);

  /// False when control does not come to the block's end.
  bool block(Place place, int count);
  bool says_since(std::size_t begin, const std::string& what) const { return text_.find(what, begin) != std::string::npos; }
  int some() { return static_cast<int>(dice_.between(0, 2)); }

  bool statement(Place& place);
  void send(Place& place);
  void wait(Place& place);
  void wait_until(Place& place);
  void let(Place& place);
  void set(const Place& place);
  bool step(Place& place);
  bool run(const Place& place);
  bool guarded(Place& place);

  /// True when control comes through one of the handlers.
  bool interrupts(const Place& place);
  bool await(Place& place);
  std::string look_back(const Place& place);
  bool branches(Place& place);
  bool match(Place& place);
  bool match_currency(const Place& place);
  bool repeat(Place& place);
  bool split(Place& place);
  bool fork(const Place& place);
  void emit(const Place& place);
  bool hand_off(const Place& place);
  void call(Place& place);

  Dice& dice_;
  Expressions make_;
  const bool may_emit_;
  JourneySignature own_;
  std::string name_;
  std::string text_;
  std::vector<std::string> entry_types_;
  bool has_rounds_ = false;
  bool has_parameters_ = false;
  bool named_entry_ = true;  // by an event
  std::string prefix_;
  std::vector<FlowSignature> flows_;
  std::vector<JourneySignature> journeys_;
  std::vector<std::pair<std::string, std::string>> bound_;  // names of events and their types
  int next_ = 0;
};

}  // namespace wend::reference
