#pragma once

// A history: what is fed to the engine and to the reference alike.

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "tests/reference/values.h"

namespace wend::reference {

struct EventInput {
  std::string type;
  std::string message_id;  // empty: none
  Fields fields;           // in declared order, all of them
};
struct TraitsInput {
  Fields attributes;
  std::map<std::string, bool> consents;
};
/// A receipt of what was sent to the customer, the `delivery`th from the last one; nothing when there are fewer.
struct ReceiptInput {
  std::size_t delivery = 0;
  std::string receipt;
};
/// The answer to what was asked for the customer, the `call`th from the last one; nothing when there are fewer.
struct AnswerInput {
  std::size_t call = 0;
  bool succeeds = true;
  std::int64_t number = 0;  // where the action gives one
};
/// The customer is forgotten.
struct ErasureInput {};
/// Another id is from now on one of the customer's.
struct MergeInput {
  std::string other;
};
/// An arm that was given earlier, perhaps by another program; nothing when the experiment has no such arm.
struct AssignInput {
  std::string experiment;
  std::string arm;
};
struct TickInput {};
/// The journeys are deployed: from now on customers join segments.
struct DeployInput {};
/// What the case adds is deployed. Those who enter because they are members already are let in at this rate; 0 = all at once.
struct ExtendInput {
  std::uint64_t release_per_hour = 0;
};
struct HoldInput {
  bool hold = true;  // or release
};

struct Input {
  std::int64_t t_log = 0;    // never decreasing
  std::int64_t t_event = 0;  // ≤ t_log
  std::string customer;      // empty for a tick, a hold, a release
  std::variant<EventInput, TraitsInput, ReceiptInput, AnswerInput, ErasureInput, MergeInput, AssignInput, TickInput, HoldInput, DeployInput, ExtendInput>
      what;
};
using History = std::vector<Input>;

struct RunOptions {
  std::string log_namespace = "wend";
  bool assume_consent = false;
  bool asks_outside = false;  // calls are answered later, through the log; else at once, by answers.h
};

/// What a run asked for, as lines. Within one list the order counts; goals are sorted.
struct Outcome {
  std::map<std::string, std::vector<std::string>> deliveries;  // by customer
  std::map<std::string, std::vector<std::string>> instances;   // entered, ended, exposures
  std::map<std::string, std::vector<std::string>> goals;
  std::vector<std::string> waiting;  // at the end, sorted
};

}  // namespace wend::reference
