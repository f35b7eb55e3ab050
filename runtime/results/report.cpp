#include "runtime/results/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "runtime/results/json_text.h"
#include "runtime/results/text_table.h"

namespace wend::results {
namespace {

// Calls visit(reason's number, its name) for every one.
template <typename Visit>
void for_each_suppression(const Visit& visit) {
#define WEND_SUPPRESSION(number, name) visit(size_t{number}, #name);
#include "runtime/engine/suppressions.def"
#undef WEND_SUPPRESSION
}
template <typename Visit>
void for_each_reject(const Visit& visit) {
#define WEND_REJECT(number, name, meaning) visit(size_t{number}, #name, meaning);
#include "runtime/ingest/rejects.def"
#undef WEND_REJECT
}

uint64_t sum(const std::vector<uint64_t>& counts) {
  return std::accumulate(counts.begin(), counts.end(), uint64_t{0});
}

uint64_t waiting_in(const Report& report, size_t journey) {
  const auto found = report.waiting_instances.find(journey);
  return found == report.waiting_instances.end() ? 0 : found->second;
}

// A figure that is mostly nought is said only when it is not.
void say(std::string& out, uint64_t count, std::string_view what) {
  if (count > 0) out += fmt::format("  {} {}\n", grouped(count), what);
}

void print_head(std::string& out, const Report& report) {
  const Tally& tally = report.tally;
  out += fmt::format("{}: ", report.program->name);
  if (!report.virtual_now) {
    out += fmt::format("nothing taken in of {} records\n", grouped(tally.intake.records));
  } else {
    out += fmt::format("{} events of {} customers, {} to {}\n", grouped(report.counters.events), grouped(report.customers),
                       format_rfc3339(tally.first_t_log), format_rfc3339(*report.virtual_now));
  }
  if (!report.deployed.empty()) out += fmt::format("  deployed: {}\n", fmt::join(report.deployed, ", "));
  if (report.past_from) {
    out += fmt::format("  what is deployed knows the past from {} on: the log before that went with somebody who was erased\n",
                       format_rfc3339(*report.past_from));
  }
  say(out, report.counters.existing_members, "customers let in, or with a turn to come, because they were members when a journey was deployed");
  say(out, report.counters.duplicates, "duplicates dropped");
  say(out, report.counters.late_events, "late events, kept for history only");
  say(out, report.counters.merges, "ids merged into others");
  say(out, report.counters.erasures, "customers erased");
  say(out, report.counters.suppressed_inputs, "inputs of erased customers passed over");
  const engine::Counters& counters = report.counters;
  say(out, counters.faults - counters.cascades - counters.endless, "faults: an overflow, a division by zero or a text that grew too long");
  say(out, counters.cascades, "faults: an input with more than 1,000 consequences");
  say(out, counters.endless, "faults: an instance that went on and on without time passing");
  say(out, report.tally.failed(), "messages failed: a text of theirs could not be made");
  if (report.stopped) out += "  stopped before the end of the events; the same command goes on from here\n";
}

constexpr const char* k_held_out_names[] = {"included", "held out"};

uint64_t count_of(const std::map<std::string, uint64_t, std::less<>>& names, const std::string& name) {
  const auto found = names.find(name);
  return found == names.end() ? 0 : found->second;
}

void print_journeys(std::string& out, const Report& report) {
  TextTable journeys("journeys", {"entered", "ended", "waiting"});
  TextTable exits("exits", {"instances"});
  TextTable goals("goals", {"reached"});
  for (size_t i = 0; i < report.program->journeys.size(); ++i) {
    const std::string& name = report.program->journeys[i].name;
    const JourneyTally& tally = report.tally.journeys[i];
    uint64_t ended = 0;
    for (const auto& [label, count] : tally.exits) {
      ended += count;
      exits.row({fmt::format("{}: {}", name, label), grouped(count)});
    }
    for (const auto& [goal, count] : tally.goals) goals.row({fmt::format("{}: {}", name, goal), grouped(count)});
    journeys.row({name, grouped(tally.entered), grouped(ended), grouped(waiting_in(report, i))});
  }
  TextTable waiting("waiting in", {"instances"});
  for (const auto& [place, count] : report.waiting) {
    waiting.row({fmt::format("{}: {}", report.program->journeys[place.first].name, place.second), grouped(count)});
  }
  TextTable refused("entries refused", {"times"});
  const engine::Counters& counters = report.counters;
  for (const auto& [reason, count] :
       {std::pair{"incomplete: a required attribute was unset", counters.refused_incomplete},
        std::pair{"already running", counters.refused_running}, std::pair{"cooldown", counters.refused_cooldown},
        std::pair{"once ever", counters.refused_once}, std::pair{"too many running for one customer", counters.refused_too_many}}) {
    if (count > 0) refused.row({reason, grouped(count)});
  }
  TextTable segments("segments", {"customers"});
  for (const auto& [name, members] : report.segments) segments.row({name, grouped(members)});
  for (const TextTable* table : {&journeys, &exits, &goals, &waiting, &refused, &segments}) table->print(out);
}

// Goals of those who were held out against those of the others.
void print_holdouts(std::string& out, const Report& report) {
  const bytecode::Program& program = *report.program;
  TextTable holdouts("holdouts", {"people", "instances"});
  for (size_t i = 0; i < program.holdouts.size(); ++i) {
    const HoldoutTally& tally = report.tally.holdouts[i];
    for (const size_t held_out : {size_t{1}, size_t{0}}) {
      holdouts.row({fmt::format("{}: {}", program.holdouts[i].name, k_held_out_names[held_out]), grouped(tally.people[held_out]),
                    grouped(tally.instances[held_out])});
    }
  }
  TextTable goals("goals of those held out", {"held out", "reached", "others", "reached"});
  for (size_t i = 0; i < program.journeys.size(); ++i) {
    const JourneyTally& tally = report.tally.journeys[i];
    if (tally.entered_silent == 0) continue;
    for (const bytecode::Goal& goal : program.journeys[i].goals) {
      const uint64_t silent = count_of(tally.goals_silent, goal.name);
      goals.row({fmt::format("{}: {}", program.journeys[i].name, goal.name), grouped(tally.entered_silent), grouped(silent),
                 grouped(tally.entered - tally.entered_silent), grouped(count_of(tally.goals, goal.name) - silent)});
    }
  }
  for (const TextTable* table : {&holdouts, &goals}) table->print(out);
}

void print_messages(std::string& out, const Report& report) {
  const bytecode::Program& program = *report.program;
  TextTable sends("sends", {"channel", "sent"});
  TextTable suppressed("suppressed", {"reason", "times"});
  TextTable failed("failed", {"reason", "times"});
  for (size_t i = 0; i < program.messages.size(); ++i) {
    const MessageTally& tally = report.tally.messages[i];
    for (size_t channel = 0; channel < tally.sent.size(); ++channel) {
      if (tally.sent[channel] > 0) sends.row({program.messages[i].name, program.channels[channel].name, grouped(tally.sent[channel])});
    }
    for_each_suppression([&](size_t number, const char* name) {
      if (tally.suppressed[number] > 0) suppressed.row({program.messages[i].name, name, grouped(tally.suppressed[number])});
    });
    if (tally.failed > 0) failed.row({program.messages[i].name, "fault", grouped(tally.failed)});
  }
  TextTable experiments("experiments", {"people", "instances"});
  for (size_t i = 0; i < program.experiments.size(); ++i) {
    for (size_t arm = 0; arm < program.experiments[i].arms.size(); ++arm) {
      experiments.row({fmt::format("{}: {}", program.experiments[i].name, program.experiments[i].arms[arm].name),
                       grouped(report.tally.people[i][arm]), grouped(report.tally.exposures[i][arm])});
    }
  }
  TextTable excluded("excluded from experiments", {"people"});
  for (size_t i = 0; i < program.experiments.size(); ++i) {
    const uint64_t people = report.tally.excluded[i];
    if (people > 0)
      excluded.row({fmt::format("{}: two ids of one person had different arms", program.experiments[i].name), grouped(people)});
  }
  TextTable calls("calls", {"asked", "shadow"});
  for (size_t i = 0; i < program.actions.size(); ++i) {
    calls.row({program.actions[i].name, grouped(report.tally.calls[i]), grouped(report.tally.shadowed_calls[i])});
  }
  for (const TextTable* table : {&sends, &suppressed, &failed, &calls, &experiments, &excluded}) table->print(out);
}

void print_input(std::string& out, const Report& report) {
  const Tally& tally = report.tally;
  TextTable rejects("rejected", {"records", "lines"});
  for_each_reject([&](size_t number, const char* name, const char* meaning) {
    if (tally.rejected[number] == 0) return;
    rejects.row({fmt::format("{}: {}", name, meaning), grouped(tally.rejected[number]), grouped(tally.rejected_lines[number])});
  });
  rejects.print(out);
  const auto names = [&](const char* title, const std::map<std::string, uint64_t>& counts) {
    TextTable table(title, {"times"});
    for (const auto& [name, count] : counts) table.row({name, grouped(count)});
    table.print(out);
  };
  names("events that nobody declared", tally.intake.unknown_events);
  names("traits that nobody declared", tally.intake.unknown_traits);
  names("calls passed over", tally.intake.ignored_calls);
}

void add_names(std::string& out, const auto& counts) {
  JsonObject object(out);
  for (const auto& [name, count] : counts) object.number(name, count);
  object.close();
}

void add_journeys(std::string& out, const Report& report) {
  JsonObject journeys(out);
  for (size_t i = 0; i < report.program->journeys.size(); ++i) {
    const JourneyTally& tally = report.tally.journeys[i];
    JsonObject journey(journeys.member(report.program->journeys[i].name));
    journey.number("entered", tally.entered);
    add_names(journey.member("exits"), tally.exits);
    add_names(journey.member("goals"), tally.goals);
    if (tally.entered_silent > 0) {
      JsonObject silent(journey.member("held_out"));
      silent.number("entered", tally.entered_silent);
      add_names(silent.member("goals"), tally.goals_silent);
      silent.close();
    }
    JsonObject waiting(journey.member("waiting"));
    for (const auto& [place, count] : report.waiting) {
      if (place.first == i) waiting.number(place.second, count);
    }
    waiting.close();
    journey.close();
  }
  journeys.close();
}

void add_deployed(JsonObject& object, const Report& report) {
  std::string& out = object.member("deployed");
  out.push_back('[');
  for (const std::string& added : report.deployed) {
    if (out.back() != '[') out.push_back(',');
    append_json_text(out, added);
  }
  out.push_back(']');
  if (report.past_from) object.text("past_from", format_rfc3339(*report.past_from));
}

void add_messages(std::string& out, const Report& report) {
  const bytecode::Program& program = *report.program;
  JsonObject messages(out);
  for (size_t i = 0; i < program.messages.size(); ++i) {
    const MessageTally& tally = report.tally.messages[i];
    if (sum(tally.sent) + sum(tally.suppressed) + tally.failed == 0) continue;
    JsonObject message(messages.member(program.messages[i].name));
    JsonObject sent(message.member("sent"));
    for (size_t channel = 0; channel < tally.sent.size(); ++channel) {
      if (tally.sent[channel] > 0) sent.number(program.channels[channel].name, tally.sent[channel]);
    }
    sent.close();
    JsonObject suppressed(message.member("suppressed"));
    for_each_suppression([&](size_t number, const char* name) {
      if (tally.suppressed[number] > 0) suppressed.number(name, tally.suppressed[number]);
    });
    suppressed.close();
    if (tally.failed > 0) message.number("failed", tally.failed);
    message.close();
  }
  messages.close();
}

void add_holdouts(std::string& out, const Report& report) {
  JsonObject holdouts(out);
  for (size_t i = 0; i < report.program->holdouts.size(); ++i) {
    JsonObject groups(holdouts.member(report.program->holdouts[i].name));
    for (const size_t held_out : {size_t{1}, size_t{0}}) {
      JsonObject counts(groups.member(held_out == 1 ? "held_out" : "included"));
      counts.number("people", report.tally.holdouts[i].people[held_out]);
      counts.number("instances", report.tally.holdouts[i].instances[held_out]);
      counts.close();
    }
    groups.close();
  }
  holdouts.close();
}

void add_input(JsonObject& object, const Report& report) {
  const Tally& tally = report.tally;
  object.number("records", tally.intake.records);
  JsonObject rejected(object.member("rejected"));
  for_each_reject([&](size_t number, const char* name, const char*) {
    if (tally.rejected[number] == 0) return;
    JsonObject reason(rejected.member(name));
    reason.number("records", tally.rejected[number]);
    reason.number("lines", tally.rejected_lines[number]);
    reason.close();
  });
  rejected.close();
  add_names(object.member("unknown_events"), tally.intake.unknown_events);
  add_names(object.member("unknown_traits"), tally.intake.unknown_traits);
  add_names(object.member("ignored_calls"), tally.intake.ignored_calls);
}

}  // namespace

std::string render_text(const Report& report) {
  std::string out;
  print_head(out, report);
  print_journeys(out, report);
  print_messages(out, report);
  print_holdouts(out, report);
  print_input(out, report);
  return out;
}

std::string render_json(const Report& report) {
  std::string out;
  JsonObject object(out);
  object.text("program", report.program->name);
  object.member("stopped") += report.stopped ? "true" : "false";
  if (report.virtual_now) {
    object.text("from", format_rfc3339(report.tally.first_t_log));
    object.text("to", format_rfc3339(*report.virtual_now));
  }
  object.number("customers", report.customers);
  add_deployed(object, report);
  add_input(object, report);
  JsonObject counters(object.member("counters"));
#define WEND_COUNTER(name, meaning) counters.number(#name, report.counters.name);
#include "runtime/engine/counters.def"
#undef WEND_COUNTER
  counters.close();
  add_journeys(object.member("journeys"), report);
  add_messages(object.member("messages"), report);
  JsonObject calls(object.member("calls"));
  for (size_t i = 0; i < report.program->actions.size(); ++i) {
    JsonObject counts(calls.member(report.program->actions[i].name));
    counts.number("asked", report.tally.calls[i]);
    counts.number("shadow", report.tally.shadowed_calls[i]);
    counts.close();
  }
  calls.close();
  JsonObject experiments(object.member("experiments"));
  for (size_t i = 0; i < report.program->experiments.size(); ++i) {
    JsonObject arms(experiments.member(report.program->experiments[i].name));
    for (size_t arm = 0; arm < report.program->experiments[i].arms.size(); ++arm) {
      JsonObject counts(arms.member(report.program->experiments[i].arms[arm].name));
      counts.number("people", report.tally.people[i][arm]);
      counts.number("instances", report.tally.exposures[i][arm]);
      counts.close();
    }
    arms.close();
  }
  experiments.close();
  add_holdouts(object.member("holdouts"), report);
  JsonObject excluded(object.member("excluded"));
  for (size_t i = 0; i < report.program->experiments.size(); ++i) {
    excluded.number(report.program->experiments[i].name, report.tally.excluded[i]);
  }
  excluded.close();
  JsonObject segments(object.member("segments"));
  for (const auto& [name, members] : report.segments) segments.number(name, members);
  segments.close();
  object.number("position", report.position);
  object.text("state", to_hex(report.state));
  object.close();
  out.push_back('\n');
  return out;
}

}  // namespace wend::results
