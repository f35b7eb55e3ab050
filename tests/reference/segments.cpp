#include <algorithm>

#include "tests/reference/interpreter.h"

// Segments that somebody follows, and entries by the calendar: who is in, and when time changes that.

namespace wend::reference {

namespace {

const syntax::Name* segment_of(const syntax::EnterHeader& header) {
  if (const auto* every = std::get_if<syntax::EnterEvery>(&header.source)) return &every->segment;
  if (const auto* moment = std::get_if<syntax::EnterAtMoment>(&header.source)) return &moment->segment;
  return nullptr;
}

bool is_schedule(const syntax::EnterHeader& header) {
  return segment_of(header) != nullptr || std::get_if<syntax::EnterEveryYear>(&header.source) != nullptr;
}

bool is_leap(int year) {
  return date_from_civil(year, 3, 1).days - date_from_civil(year, 2, 28).days == 2;
}

int year_of(Date date) {
  int year = 1970 + date.days / 366 - 1;
  while (date_from_civil(year + 1, 1, 1).days <= date.days) ++year;
  return year;
}

int month_of(Date date) {
  const int year = year_of(date);
  int month = 1;
  while (month < 12 && date_from_civil(year, month + 1, 1).days <= date.days) ++month;
  return month;
}

// 29 February is the 28th in other years.
bool is_anniversary(Date date, Date of) {
  const int month = month_of(of);
  int day = of.days - date_from_civil(year_of(of), month, 1).days + 1;
  if (month == 2 && day == 29 && !is_leap(year_of(date))) day = 28;
  return date_from_civil(year_of(date), month, day).days == date.days;
}

bool comes_round(const syntax::EnterEvery& every, Date date) {
  if (every.day) {
    if (every.day->text == "day") return true;
    if (every.day->text == "weekday") return weekday_of(date) < 5;
    return weekday_of(date) == weekday_number(every.day->text);
  }
  const Span span = span_of(*every.period);
  if (span.months == 0) return date.days % span.days == 0;
  const int year = year_of(date);
  const int month = month_of(date);
  return date_from_civil(year, month, 1).days == date.days && ((year - 1970) * 12 + month - 1) % span.months == 0;
}

}  // namespace

/// In the order of their numbers.
void Interpreter::follow_all() {
  follows_.clear();
  const auto follow_segment = [&](const syntax::SegmentDecl& segment, bool existing) {
    Follow follow{&segment, std::nullopt, existing, nullptr, reads_of(*segment.condition, all_), 0};
    for (const syntax::HistoryExpr* history : follow.reads.history) {
      follow.grace_ms = std::max(follow.grace_ms, all_.grace_ms(history->event.text));
    }
    follows_.push_back(follow);
  };
  Declarations deployed = all_;
  std::erase_if(deployed.journeys, [&](const auto* journey) { return !is_deployed(journey->name.text); });
  const std::set<std::string> followed = followed_segments(deployed);
  std::set<std::string> existing;        // segments whose members some journey lets in
  std::set<std::string> existing_first;  // and one that was there from the beginning
  for (const auto* journey : deployed.journeys) {
    for (const auto& header : journey->headers) {
      if (header.kind() != syntax::HeaderKind::Enter) continue;
      const auto* join = std::get_if<syntax::EnterOnJoin>(&header.template as<syntax::EnterHeader>().source);
      if (join == nullptr || !join->including_existing) continue;
      existing.insert(join->segment.text);
      if (!added_.contains(journey->name.text)) existing_first.insert(join->segment.text);
    }
  }
  for (const bool later : {false, true}) {
    for (const syntax::SegmentDecl* segment : all_.segments) {
      if (followed.contains(segment->name.text) && added_.contains(segment->name.text) == later) follow_segment(*segment, false);
    }
    for (const syntax::SegmentDecl* segment : all_.segments) {
      const std::string& name = segment->name.text;
      if (existing.contains(name) && existing_first.contains(name) != later) follow_segment(*segment, true);
    }
  }
  for (const auto& journey : journeys_) {
    if (is_deployed(journey->name)) follow_schedules(*journey);
  }
}

void Interpreter::follow_schedules(const Journey& journey) {
  for (const auto* header : journey.enters) {
    if (!is_schedule(*header)) continue;
    Follow follow;
    follow.schedule = header;
    if (const auto* year = std::get_if<syntax::EnterEveryYear>(&header->source)) follow.reads = reads_of(*year->date, all_);
    if (all_.zone != nullptr) {
      const Reads zone = reads_of(*all_.zone, all_);
      follow.reads.attributes.insert(zone.attributes.begin(), zone.attributes.end());
      follow.reads.consents = follow.reads.consents || zone.consents;
    }
    if (const syntax::Name* name = segment_of(*header)) {
      for (std::size_t number = 0; number < follows_.size(); ++number) {
        const Follow& each = follows_[number];
        if (each.schedule == nullptr && !each.existing && each.segment->name.text == name->text) follow.members_of = number;
      }
      follow.grace_ms = follows_[*follow.members_of].grace_ms;
    }
    follows_.push_back(follow);
  }
}

void Interpreter::deploy(const Moment& moment) {
  if (deployed_) return;
  deployed_ = true;
  std::set<std::size_t> all;
  for (std::size_t number = 0; number < follows_.size(); ++number) all.insert(number);
  begin_to_follow(all, 0, moment);
}

/// What was followed before goes on under its new number.
void Interpreter::extend(const ExtendInput& input, const Moment& moment) {
  if (std::exchange(extended_, true)) return;
  const std::vector<Follow> before = follows_;
  follow_all();
  std::map<std::size_t, std::size_t> number_of;
  std::set<std::size_t> begins;
  for (std::size_t number = 0; number < follows_.size(); ++number) {
    const Follow& now = follows_[number];
    const auto known = std::ranges::find_if(before, [&](const Follow& each) {
      return each.segment == now.segment && each.existing == now.existing && each.schedule == now.schedule;
    });
    if (known == before.end() || !deployed_) begins.insert(number);
    if (known != before.end()) number_of[static_cast<std::size_t>(known - before.begin())] = number;
  }
  for (auto& [id, customer] : customers_) {
    std::map<std::size_t, Standing> standings;
    for (const auto& [number, standing] : customer->standings) standings[number_of.at(number)] = standing;
    customer->standings = std::move(standings);
  }
  deployed_ = true;
  begin_to_follow(begins, input.release_per_hour, moment);
}

/// Who is in a segment now is so without having joined, but for those whom a journey lets in: one after the other, at the rate.
void Interpreter::begin_to_follow(const std::set<std::size_t>& numbers, std::uint64_t release_per_hour, const Moment& moment) {
  std::vector<Customer*> known(customers_.size());
  for (auto& [id, customer] : customers_) known[customer->number] = customer.get();
  std::int64_t let_in = 0;
  for (Customer* customer : known) {
    if (aliases_.contains(customer->id) || erased_.contains(customer->id)) continue;
    by_timer_ = true;
    ++reaction_;
    for (const std::size_t number : numbers) {
      const Follow& follow = follows_[number];
      const Evaluator asked(all_, *customer, moment.now, options_.assume_consent);
      if (follow.schedule != nullptr) {
        set_schedule(*customer, number, moment);
        continue;
      }
      const bool enters = follow.existing && Evaluator(asked).is_member(*follow.segment);
      const std::int64_t turn = enters && release_per_hour > 0
                                    ? let_in++ * 3'600'000 / static_cast<std::int64_t>(release_per_hour)
                                    : 0;
      if (turn == 0) {
        follow_segment(*customer, number, false, moment, !follow.existing);
      } else {
        customer->standings[number] = {false, Instant{moment.now.ms + turn}};
      }
    }
    react_to_changes(*customer);
  }
}

void Interpreter::mark_attributes(const std::set<std::string>& attributes) {
  for (std::size_t number = 0; number < follows_.size(); ++number) {
    for (const std::string& attribute : attributes) {
      if (follows_[number].reads.attributes.contains(attribute)) marked_.insert(number);
    }
  }
}

void Interpreter::mark_event(const Customer& customer, const HeardEvent& event) {
  for (std::size_t number = 0; number < follows_.size(); ++number) {
    for (const syntax::HistoryExpr* history : follows_[number].reads.history) {
      if (history->event.text != event.type) continue;
      Evaluator filter(all_, customer, event.t_log, options_.assume_consent);
      Names names;
      if (history->alias) names[history->alias->text] = EventFields{event.fields};
      filter.see(names);
      if (history->where == nullptr || filter.holds(*history->where)) marked_.insert(number);
    }
  }
}

void Interpreter::reconsider(Customer& customer, const Moment& moment, bool silent) {
  const std::set<std::size_t> marked = std::exchange(marked_, {});
  if (!deployed_) return;
  for (const std::size_t number : marked) {
    if (follows_[number].schedule != nullptr) {
      set_schedule(customer, number, moment);
    } else {
      follow_segment(customer, number, false, moment, silent);
    }
  }
}

/// Asked again. What time has changed by now does not count while its timer is held, unless that is what is due.
void Interpreter::follow_segment(Customer& customer, std::size_t number, bool due, const Moment& moment, bool silent) {
  Standing& standing = customer.standings[number];
  Instant now = moment.now;
  if (!due && standing.at && standing.at->ms <= now.ms) now = {standing.at->ms - 1};
  Evaluator asked(all_, customer, now, options_.assume_consent);
  std::optional<Instant> next;
  asked.note_changes(&next);
  const bool member = asked.is_member(*follows_[number].segment);
  const bool changed = member != standing.member;
  standing = {member, next};
  if (!changed) return;
  for (std::size_t other = 0; other < follows_.size(); ++other) {
    if (follows_[other].members_of == number) set_schedule(customer, other, moment);
  }
  if (!silent) changes_.push_back({{}, moment, number, member});
}

/// When it comes round next. One that is due already, and held, stays so.
void Interpreter::set_schedule(Customer& customer, std::size_t number, const Moment& moment) {
  const Follow& follow = follows_[number];
  Standing& standing = customer.standings[number];
  if (follow.members_of && !customer.standings[*follow.members_of].member) {
    standing.at.reset();
  } else if (!standing.at || standing.at->ms > moment.now.ms) {
    standing.at = occurrence_after(customer, follow, moment.now);
  }
}

std::optional<Instant> Interpreter::occurrence_after(Customer& customer, const Follow& follow, Instant after) const {
  const Zone here = zone(customer);
  const auto& source = follow.schedule->source;
  const auto at = [](const syntax::TimeLiteral& time) { return TimeOfDay{time.hour * 3600 + time.minute * 60 + time.second}; };
  if (const auto* moment = std::get_if<syntax::EnterAtMoment>(&source)) {
    const Instant instant = here.instant_of(date_from_civil(moment->date.year, moment->date.month, moment->date.day), at(moment->at));
    return instant.ms > after.ms ? std::optional(instant) : std::nullopt;
  }
  const auto* every = std::get_if<syntax::EnterEvery>(&source);
  const auto* year = std::get_if<syntax::EnterEveryYear>(&source);
  Value birthday;
  if (year != nullptr) {
    Evaluator asked(all_, customer, after, options_.assume_consent);
    birthday = asked.value(*year->date);
    if (!birthday.present()) return std::nullopt;
  }
  for (Date day{here.date_of(after).days - 1};; ++day.days) {
    const bool is_it = every != nullptr ? comes_round(*every, day) : is_anniversary(day, birthday.as<Date>());
    if (!is_it) continue;
    const Instant instant = here.instant_of(day, at(every != nullptr ? every->at : year->at));
    if (instant.ms > after.ms) return instant;
  }
}

std::optional<Instant> Interpreter::release_of(std::size_t number, const Standing& standing) const {
  if (!standing.at) return std::nullopt;
  return Instant{standing.at->ms + follows_[number].grace_ms};
}

/// In the order of time and then of numbers.
void Interpreter::fire_standings(Customer& customer, const std::function<bool(std::size_t, const Standing&)>& is_due,
                                 const std::function<Moment(const Standing&)>& moment_of) {
  std::vector<std::pair<std::size_t, Standing>> due;
  for (const auto& [number, standing] : customer.standings) {
    if (standing.at && is_due(number, standing)) due.emplace_back(number, standing);
  }
  std::stable_sort(due.begin(), due.end(), [](const auto& a, const auto& b) { return a.second.at->ms < b.second.at->ms; });
  for (const auto& [number, standing] : due) {
    const Moment moment = moment_of(standing);
    const Follow& follow = follows_[number];
    if (follow.schedule == nullptr) {
      follow_segment(customer, number, true, moment, false);
      continue;
    }
    const bool enters = !follow.members_of || customer.standings[*follow.members_of].member;
    customer.standings[number].at = enters ? occurrence_after(customer, follow, moment.now) : std::nullopt;
    if (enters) enter_standing(customer, number, moment);
  }
}

/// Before an event that segments count: what should have changed before it happened does so now.
void Interpreter::change_segments_before(Customer& customer, const HeardEvent& event, const Moment& moment, bool heard_at_once) {
  const auto counts = [&](const Follow& follow) {
    return follow.schedule == nullptr && std::any_of(follow.reads.history.begin(), follow.reads.history.end(),
                                                     [&](const auto* history) { return history->event.text == event.type; });
  };
  for (;;) {
    Instant earliest = event.t_event;
    for (const auto& [number, standing] : customer.standings) {
      if (standing.at && standing.at->ms < earliest.ms && counts(follows_[number])) earliest = *standing.at;
    }
    if (earliest.ms == event.t_event.ms) return;
    const auto is_due = [&](std::size_t number, const Standing& standing) {
      return counts(follows_[number]) && standing.at->ms == earliest.ms;
    };
    const auto moment_of = [&](const Standing& standing) { return Moment{*standing.at, moment.commit}; };
    if (!heard_at_once) {
      fire_standings(customer, is_due, moment_of);
      continue;
    }
    by_timer_ = true;  // whom this starts has entered before the event happened
    fire_standings(customer, is_due, moment_of);
    react_to_changes(customer);
    by_timer_ = false;
  }
}

/// A segment was joined or a schedule has come round: starts at most one instance of each journey entered by it.
void Interpreter::enter_standing(Customer& customer, std::size_t number, const Moment& moment) {
  const Follow& follow = follows_[number];
  const auto is_entered_by = [&](const syntax::EnterHeader& header) {
    if (follow.schedule != nullptr) return &header == follow.schedule;
    const auto* join = std::get_if<syntax::EnterOnJoin>(&header.source);
    return join != nullptr && join->including_existing == follow.existing && join->segment.text == follow.segment->name.text;
  };
  std::vector<const Journey*> order;
  for (const auto& journey : journeys_) order.push_back(journey.get());
  std::stable_sort(order.begin(), order.end(), [](const Journey* a, const Journey* b) { return a->priority > b->priority; });
  for (const Journey* journey : order) {
    const auto header =
        std::find_if(journey->enters.begin(), journey->enters.end(), [&](const auto* each) { return is_entered_by(*each); });
    if (header == journey->enters.end() || !is_deployed(journey->name) || !is_complete(customer, *journey)) continue;
    auto cause = std::make_shared<HeardEvent>();
    cause->t_log = log_time_;
    cause->t_event = moment.now;
    cause->fields = std::make_shared<const Fields>();
    enter(customer, *journey, **header, cause, moment, {});
  }
}

}  // namespace wend::reference
