#pragma once

// The declarations of one file by name, straight from the syntax tree.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "compiler/syntax/ast.h"
#include "tests/reference/calendar.h"
#include "tests/reference/values.h"

namespace wend::reference {

struct Declarations {
  explicit Declarations(const syntax::File& file, std::vector<ClosedDays> closed_days = {});

  const syntax::CustomerDecl* customer = nullptr;
  const syntax::Expr* zone = nullptr;
  std::vector<const syntax::JourneyDecl*> journeys;  // in text order
  std::map<std::string, const syntax::EventDecl*> events;
  std::map<std::string, const syntax::ChannelDecl*> channels;
  std::map<std::string, const syntax::MessageDecl*> messages;
  std::map<std::string, const syntax::ExperimentDecl*> experiments;
  std::vector<const syntax::ExperimentDecl*> experiments_in_order;  // of the text
  std::map<std::string, const syntax::HoldoutDecl*> holdouts;
  std::map<std::string, const syntax::FnDecl*> fns;
  std::map<std::string, const syntax::ActionDecl*> actions;
  std::map<std::string, const syntax::RecordDecl*> records;
  std::map<std::string, const syntax::PolicyDecl*> policies;
  std::map<std::string, const syntax::CalendarDecl*> calendars;
  std::map<std::string, const syntax::FlowDecl*> flows;
  std::vector<const syntax::SegmentDecl*> segments;  // in text order
  std::set<std::string> heard_events;                // types that some journey or segment names
  const syntax::SegmentDecl* segment(const std::string& name) const;

  Span late(const std::string& event) const;
  std::int64_t grace_ms(const std::string& event) const;
  std::vector<ClosedDays> closed_days;               // of every calendar that names a file of them
  /// Whether the day is in the calendar's week, and not closed.
  bool is_in_week(const std::string& calendar, Date day) const;
  bool is_open(const std::string& calendar, Date day) const;
};

/// Of the channels a rule of a policy names; none: all of them.
bool concerns_channel(const std::vector<syntax::Name>& channels, const std::string& channel);
/// What the send says itself, or else its policy; nothing written: the message is skipped.
std::vector<const syntax::DenialStep*> denial_chain(const syntax::SendStmt& send, const syntax::PolicyDecl& policy,
                                                    syntax::DenialCause cause);
/// 0 = Monday; -1: no day of the week.
int weekday_number(const std::string& name);

/// The header lines of a journey that are asked again and again.
struct Journey {
  Journey(const syntax::JourneyDecl& declaration, const Declarations& all);

  const syntax::JourneyDecl* tree = nullptr;
  std::string name;
  std::int64_t priority = 0;
  Span lifetime;
  std::vector<const syntax::EnterHeader*> enters;
  std::vector<const syntax::ExitHeader*> exits;
  std::vector<const syntax::GoalHeader*> goals;
  const syntax::PolicyDecl* policy = nullptr;
  std::vector<std::string> holdouts;
  std::set<std::string> awaited;   // event types that some await names
  std::set<std::string> required;  // required attributes it can read
  std::int64_t exit_grace_ms = 0;  // of the events exited on
};

/// The required attributes read by a journey: in its own expressions and the functions they call, in defaults and addresses that
/// its sends use, and in the zone. Unset lists and sets are empty, so they are never missing.
std::set<std::string> required_attributes(const syntax::JourneyDecl& journey, const Declarations& all);
/// What the answer of an expression depends on, through functions and other segments too.
struct Reads {
  std::set<std::string> attributes;
  std::vector<const syntax::HistoryExpr*> history;
  bool consents = false;
  bool zone = false;
};
Reads reads_of(const syntax::Expr& expression, const Declarations& all);
/// Of these those that are required and may be unset.
std::set<std::string> required_of(const std::set<std::string>& attributes, const Declarations& all);
/// The segments that some state condition of a journey asks for, or that journeys are entered by.
std::set<std::string> followed_segments(const Declarations& all);
/// Attributes named in an expression, and in the functions it calls.
std::set<std::string> attributes_in(const syntax::Expr& expression, const Declarations& all);

}  // namespace wend::reference
