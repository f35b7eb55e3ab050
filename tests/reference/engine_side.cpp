#include "tests/reference/engine_side.h"

#include <algorithm>
#include <deque>
#include <stdexcept>
#include <utility>

#include "compiler/diag/render.h"
#include "compiler/source/file_store.h"
#include "compiler/syntax/parse.h"
#include "runtime/base/bytes.h"
#include "runtime/bytecode/extension.h"
#include "runtime/engine/engine.h"
#include "runtime/engine/records.h"
#include "tests/reference/additions.h"
#include "tests/reference/answers.h"

namespace wend::reference {

namespace {

std::unique_ptr<syntax::File> tree_of(const project::Project& project) {
  return std::make_unique<syntax::File>(syntax::parse(project.sources.file(project.journeys.front())).file);
}

// A file of holidays in the form of RFC 5545.
std::string days_file(const std::vector<ClosedDays>& closed_days) {
  const auto compact = [](Date day) {
    std::string text = date_text(day);
    std::erase(text, '-');
    return text;
  };
  std::string text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//reference//EN\r\n";
  for (const ClosedDays& closed : closed_days) {
    const std::string first = compact(closed.first);
    text += "BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:" + first + "\r\n";
    text += "DTEND;VALUE=DATE:" + compact({closed.first.days + static_cast<std::int32_t>(closed.days)}) + "\r\n";
    if (closed.yearly) text += "RRULE:FREQ=YEARLY";
    if (closed.nth != 0) {
      const std::vector<std::string> weekdays = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};
      text += ";BYMONTH=" + first.substr(4, 2) + ";BYDAY=" + std::to_string(closed.nth) + weekdays[static_cast<std::size_t>(weekday_of(closed.first))];
    }
    if (closed.until) text += ";UNTIL=" + compact(*closed.until);
    text += std::string(closed.yearly ? "\r\n" : "") + "END:VEVENT\r\n";
  }
  return text + "END:VCALENDAR\r\n";
}

}  // namespace

std::expected<CompiledText, std::string> compile_text(const Case& subject) {
  source::MemoryFileStore files;
  CompiledText result;
  for (const std::string& experiments : subject.earlier) {
    files.write("p/p.journey", "edition 1\nmodule random.one\n" + experiments + "\n");
    auto before = project::load(files, "p");
    const auto compiled = project::compile(*before, files, system_zones(), project::LockUse::update);
    if (!compiled.program) return std::unexpected(diag::render_all(compiled.findings, before->sources));
    files.write("p/wend.lock", project::write_lock(project::lock_of(compiled.model, before->folder)));
    result.earlier.push_back(tree_of(*before));
  }
  files.write("p/p.journey", subject.program);
  files.write("p/days.ics", days_file(subject.closed_days));
  result.project = project::load(files, "p");
  auto compiled = project::compile(*result.project, files, system_zones());
  if (!compiled.program) return std::unexpected(diag::render_all(compiled.findings, result.project->sources));
  for (const diag::Diagnostic& finding : compiled.findings.diagnostics()) {
    // The compiler drops what is never reached, so a required attribute that only it reads is not required. Nothing to compare.
    if (finding.kind() == diag::Kind::unreachable_statement) return std::unexpected("a statement that is never reached\n");
  }
  result.program = std::move(compiled.program);
  result.tree = tree_of(*result.project);
  if (subject.added.empty()) return result;
  files.write("p/p.journey", without(subject.program, subject.added));
  auto before = project::load(files, "p");
  auto compiled_before = project::compile(*before, files, system_zones());
  if (!compiled_before.program) return std::unexpected(diag::render_all(compiled_before.findings, before->sources));
  auto extension = bytecode::extend(*compiled_before.program, std::move(*result.program));
  if (!extension) return std::unexpected("not an addition: " + extension.error().front() + "\n");
  result.program = std::move(extension->program);
  result.before = std::move(compiled_before.program);
  return result;
}

const ZoneTable& system_zones() {
  static const auto zones = ZoneTable::system();
  return *zones;
}

namespace {

using bytecode::TypeId;
using bytecode::ValueKind;

// From our values to the engine's and back, by the program's types.
class Translator {
 public:
  explicit Translator(const bytecode::Program& program) : program_(program) {}

  bytecode::Value to_engine(const Value& value, TypeId id) {
    if (!value.present()) return bytecode::Value::absent();
    const bytecode::Type& type = program_.type(id);
    switch (type.kind) {
      case ValueKind::boolean:
        return bytecode::Value::from_word(value.as<bool>() ? 1 : 0);
      case ValueKind::integer:
        return bytecode::Value::from_word(value.as<std::int64_t>());
      case ValueKind::decimal:
        return bytecode::Value::from_decimal(value.get<Money>() != nullptr ? value.as<Money>().amount : to_decimal(value));
      case ValueKind::text:
      case ValueKind::time_zone:
        return keep(value.as<std::string>());
      case ValueKind::instant:
        return bytecode::Value::from_word(value.as<Instant>().ms);
      case ValueKind::date:
        return bytecode::Value::from_word(value.as<Date>().days);
      case ValueKind::time_of_day:
        return bytecode::Value::from_word(value.as<TimeOfDay>().seconds);
      case ValueKind::enumeration: {
        const auto& values = program_.enums[static_cast<std::size_t>(type.enumeration)].values;
        const auto found =
            std::find_if(values.begin(), values.end(), [&](const auto& each) { return each.name == value.as<EnumName>().name; });
        return bytecode::Value::from_word(found - values.begin());
      }
      case ValueKind::list: {
        std::string bytes;
        ByteWriter writer(bytes);
        const auto& elements = value.as<List>().elements;
        writer.varint(elements.size());
        for (const Value& element : elements) bytecode::write_value(writer, program_, type.element, to_engine(element, type.element));
        return keep(bytes);
      }
      case ValueKind::duration:
      case ValueKind::period:
      case ValueKind::record:
        return record(value, program_.records[static_cast<std::size_t>(type.record)].fields);
      case ValueKind::delivery:
        break;
    }
    throw std::logic_error("such values are not fed");
  }

  std::string shown(const bytecode::Value& value, TypeId id) const {
    if (!value.present) return "absent";
    const bytecode::Type& type = program_.type(id);
    switch (type.kind) {
      case ValueKind::boolean:
        return show(value.word != 0);
      case ValueKind::integer:
        return show(value.word);
      case ValueKind::decimal:
        return show(value.decimal);
      case ValueKind::text:
      case ValueKind::time_zone:
        return show(std::string(value.view()));
      case ValueKind::instant:
        return show(Instant{value.word});
      case ValueKind::date:
        return show(Date{static_cast<std::int32_t>(value.word)});
      case ValueKind::time_of_day:
        return show(TimeOfDay{static_cast<std::int32_t>(value.word)});
      case ValueKind::duration:
        return show(Span{true, value.word});
      case ValueKind::period:
        return show(Span{false, 0, value.period().months, value.period().days});
      case ValueKind::enumeration:
        return program_.enums[static_cast<std::size_t>(type.enumeration)].values[static_cast<std::size_t>(value.word)].name;
      case ValueKind::list: {
        ByteReader reader(value.view());
        std::string text;
        const std::uint64_t count = reader.varint();
        for (std::uint64_t i = 0; i < count; ++i) {
          text += (i == 0 ? "" : ", ") + shown(bytecode::read_value(reader, program_, type.element), type.element);
        }
        return "[" + text + "]";
      }
      case ValueKind::record: {
        const auto& fields = program_.records[static_cast<std::size_t>(type.record)].fields;
        std::string text;
        for (std::uint32_t i = 0; i < fields.size(); ++i) {
          text += (i == 0 ? "" : ", ") + shown(bytecode::read_column(value.view(), program_, fields, i), fields[i].type);
        }
        return "(" + text + ")";
      }
      case ValueKind::delivery:
        break;
    }
    return "delivery";
  }

 private:
  /// Of the records only money of any currency is fed: its amount and its currency.
  bytecode::Value record(const Value& value, const std::vector<bytecode::FieldInfo>& fields) {
    const auto& money = value.as<OpenMoney>();
    std::string row;
    ByteWriter writer(row);
    const std::vector<TypeId> types = {fields[0].type, fields[1].type};
    bytecode::write_row(writer, program_, types,
                        std::vector{bytecode::Value::from_decimal(money.amount), bytecode::Value::from_bytes(money.currency)});
    return keep(row);
  }
  bytecode::Value keep(std::string bytes) { return bytecode::Value::from_bytes(kept_.emplace_back(std::move(bytes))); }
  const bytecode::Program& program_;
  std::deque<std::string> kept_;
};

class Directory final : public engine::CustomerDirectory {
 public:
  void add(engine::CustomerNumber, std::string_view id) override { ids_.emplace_back(id); }
  std::string_view id(engine::CustomerNumber number) override { return ids_[static_cast<std::size_t>(number)]; }
  void erase(engine::CustomerNumber number) override { ids_[static_cast<std::size_t>(number)].clear(); }

 private:
  std::deque<std::string> ids_;
};

std::string at(TimestampMs ms) {
  return " @" + std::to_string(ms);
}
std::string name_of(const engine::InstanceId& id) {
  return std::to_string(id.position) + "." + std::to_string(id.start_index);
}

std::string hexadecimal(std::string_view key) {
  return to_hex({reinterpret_cast<const std::uint8_t*>(key.data()), key.size()});
}

class Answers final : public engine::CallAnswers {
 public:
  Answer answer(const engine::CallCommand& command) override {
    const GivenAnswer given = answer_to(hexadecimal(command.key), static_cast<std::int64_t>(command.attempt));
    Answer answer;
    answer.succeeded = given.succeeds;
    if (given.number) answer.value = bytecode::Value::from_word(*given.number);
    return answer;
  }
};

class Recorder final : public engine::CommandSink {
 public:
  Recorder(const bytecode::Program& program, Directory& directory) : program_(program), directory_(directory), translator_(program) {}

  void on_entered(const engine::EnteredCommand& command) override {
    outcome.instances[who(command.customer)].push_back("entered " + program_.journey(command.journey).name + " " +
                                                       name_of(command.instance) + at(command.at));
  }
  void on_ended(const engine::EndedCommand& command) override {
    outcome.instances[who(command.customer)].push_back("exited " + program_.journey(command.journey).name + " " +
                                                       name_of(command.instance) + " " + std::string(command.exit) + at(command.ended_at));
  }
  void on_exposure(const engine::ExposureCommand& command) override {
    const auto& experiment = program_.experiments[static_cast<std::size_t>(command.experiment)];
    outcome.instances[who(command.customer)].push_back("exposed " + name_of(command.instance) + " to " + experiment.arms[command.arm].name +
                                                       " of " + experiment.name + at(command.at));
  }
  void on_excluded(const engine::ExclusionCommand& command) override {
    outcome.instances[who(command.customer)].push_back("excluded from " +
                                                       program_.experiments[static_cast<std::size_t>(command.experiment)].name);
  }
  void on_holdout(const engine::HoldoutCommand& command) override {
    outcome.instances[who(command.customer)].push_back((command.held_out ? "held out by " : "not held out by ") +
                                                       program_.holdouts[static_cast<std::size_t>(command.holdout)].name + " " +
                                                       name_of(command.instance) + at(command.at));
  }
  void on_call(const engine::CallCommand& command) override {
    const auto& action = program_.actions[static_cast<std::size_t>(command.action)];
    std::string parameters;
    for (std::size_t i = 0; i < action.parameters.size(); ++i) {
      parameters += (i == 0 ? "" : ", ") + translator_.shown(command.parameters[i], action.parameters[i].type);
    }
    outcome.deliveries[who(command.customer)].push_back(
        "called " + action.name + "(" + parameters + ") attempt " + std::to_string(command.attempt) + at(command.at) + " " +
        program_.journey(command.journey).name + " " + name_of(command.instance) + " " + hexadecimal(command.key));
    if (!command.shadowed) calls[who(command.customer)].push_back({std::string(command.key), command.attempt, action.result});
  }
  void on_goal(const engine::GoalCommand& command) override {
    outcome.goals[who(command.customer)].push_back(std::string(command.goal) + " of " + program_.journey(command.journey).name + " " +
                                                   name_of(command.instance) + at(command.at));
  }
  void on_delivery(const engine::DeliveryCommand& command) override {
    const auto& message = program_.messages[static_cast<std::size_t>(command.message)];
    std::string parameters;
    for (std::size_t i = 0; i < message.parameters.size(); ++i) {
      parameters += (i == 0 ? "" : ", ") + translator_.shown(command.parameters[i], message.parameters[i].type);
    }
    const std::string how = command.sent ? " via " + program_.channels[static_cast<std::size_t>(command.channel)].name
                                         : std::string(" because ") + to_string(command.reason);
    const std::string key = hexadecimal(command.key);
    outcome.deliveries[who(command.customer)].push_back(
        (command.sent ? "sent " : "suppressed ") + message.name + "(" + parameters + ")" + how + at(command.at) + " committed " +
        std::to_string(command.committed_at) + " " + program_.journey(command.journey).name + " " + name_of(command.instance) + " " + key);
    if (command.sent) keys[who(command.customer)].emplace_back(command.key);
  }

  Outcome outcome;
  std::map<std::string, std::vector<std::string>> keys;  // of what was sent
  struct Asked {
    std::string key;
    std::uint64_t attempt = 1;
    std::optional<TypeId> result;
  };
  std::map<std::string, std::vector<Asked>> calls;  // of what nobody has answered at once

 private:
  std::string who(engine::CustomerNumber customer) { return std::string(directory_.id(customer)); }
  const bytecode::Program& program_;
  Directory& directory_;
  Translator translator_;
};

template <typename Id, typename Named>
Id find(const std::vector<Named>& all, const std::string& name) {
  for (std::size_t i = 0; i < all.size(); ++i) {
    if constexpr (std::is_same_v<Named, std::string>) {
      if (all[i] == name) return static_cast<Id>(i);
    } else {
      if (all[i].name == name) return static_cast<Id>(i);
    }
  }
  throw std::logic_error("nothing is called " + name);
}
bool has_topic(const bytecode::Program& program, const std::string& name) {
  return std::find(program.topics.begin(), program.topics.end(), name) != program.topics.end();
}

// False when the program has no such arm.
bool write_assignment(const bytecode::Program& program, const AssignInput& input, std::string& body) {
  const auto is_it = [&](const auto& each) { return each.name == input.experiment; };
  const auto experiment = std::find_if(program.experiments.begin(), program.experiments.end(), is_it);
  if (experiment == program.experiments.end()) return false;
  const auto arm = std::find_if(experiment->arms.begin(), experiment->arms.end(), [&](const auto& each) { return each.name == input.arm; });
  if (arm == experiment->arms.end()) return false;
  engine::write_assignment_body(body, {static_cast<bytecode::ExperimentId>(experiment - program.experiments.begin()),
                                       static_cast<std::uint32_t>(arm - experiment->arms.begin())});
  return true;
}

// The tag and body of an input; false when there is nothing to feed.
bool encode(const bytecode::Program& program, const Input& input, Recorder& recorder, engine::RecordTag& tag, std::string& body) {
  Translator translator(program);
  if (const auto* event = std::get_if<EventInput>(&input.what)) {
    tag = engine::RecordTag::event;
    const auto id = find<bytecode::EventId>(program.events, event->type);
    std::vector<TypeId> types;
    std::vector<bytecode::Value> values;
    for (const bytecode::FieldInfo& field : program.event(id).fields) {
      types.push_back(field.type);
      const auto given =
          std::find_if(event->fields.begin(), event->fields.end(), [&](const auto& each) { return each.first == field.name; });
      values.push_back(given == event->fields.end() ? bytecode::Value::absent() : translator.to_engine(given->second, field.type));
    }
    std::string row;
    ByteWriter writer(row);
    bytecode::write_row(writer, program, types, values);
    engine::write_event_body(body, {id, event->message_id, row});
    return true;
  }
  if (const auto* traits = std::get_if<TraitsInput>(&input.what)) {
    tag = engine::RecordTag::attributes;
    std::vector<engine::AttributeChange> attributes;
    std::vector<engine::ConsentChange> consents;
    for (const auto& [name, value] : traits->attributes) {
      const auto id = find<bytecode::AttributeId>(program.attributes, name);
      attributes.push_back({id, translator.to_engine(value, program.attributes[static_cast<std::size_t>(id)].type)});
    }
    for (const auto& [topic, given] : traits->consents) {
      if (has_topic(program, topic)) consents.push_back({find<bytecode::TopicId>(program.topics, topic), given});
    }
    engine::write_attributes_body(body, program, attributes, consents);
    return true;
  }
  if (const auto* receipt = std::get_if<ReceiptInput>(&input.what)) {
    tag = engine::RecordTag::receipt;
    const auto& keys = recorder.keys[input.customer];
    if (receipt->delivery >= keys.size()) {
      tag = engine::RecordTag::tick;
      return true;
    }
    engine::write_receipt_body(body, {keys[keys.size() - 1 - receipt->delivery], receipt->receipt});
    return true;
  }
  if (const auto* answer = std::get_if<AnswerInput>(&input.what)) {
    tag = engine::RecordTag::answer;
    const auto& calls = recorder.calls[input.customer];
    if (answer->call >= calls.size()) {
      tag = engine::RecordTag::tick;
      return true;
    }
    const Recorder::Asked& asked = calls[calls.size() - 1 - answer->call];
    std::string value;
    if (answer->succeeds && asked.result) {
      engine::write_answer_value(value, program, *asked.result, bytecode::Value::from_word(answer->number));
    }
    engine::write_answer_body(body, {asked.key, asked.attempt, answer->succeeds, value});
    return true;
  }
  if (const auto* assign = std::get_if<AssignInput>(&input.what)) {
    tag = engine::RecordTag::assignment;
    if (!write_assignment(program, *assign, body)) tag = engine::RecordTag::tick;
    return true;
  }
  if (std::get_if<ErasureInput>(&input.what) != nullptr) {
    tag = engine::RecordTag::erasure;
    return true;
  }
  if (const auto* same = std::get_if<MergeInput>(&input.what)) {
    tag = engine::RecordTag::merge;
    body = same->other;
    return true;
  }
  if (std::get_if<DeployInput>(&input.what) != nullptr) {
    tag = engine::RecordTag::barrier;
    engine::write_barrier_body(body, {});
    return true;
  }
  if (const auto* extend = std::get_if<ExtendInput>(&input.what)) {
    tag = engine::RecordTag::barrier;
    engine::write_barrier_body(body, {.change = engine::ProgramChange{.release_per_hour = extend->release_per_hour}});
    return true;
  }
  if (const auto* hold = std::get_if<HoldInput>(&input.what)) {
    tag = hold->hold ? engine::RecordTag::clock_hold : engine::RecordTag::clock_release;
    return true;
  }
  tag = engine::RecordTag::tick;
  return true;
}

}  // namespace

namespace {

struct LoggedEntry {
  engine::RecordTag tag{};
  std::uint8_t flags = 0;
  std::int64_t t_log = 0;
  std::int64_t t_event = 0;
  std::string customer;
  std::string body;
  engine::Entry view() const { return {tag, flags, t_log, t_event, customer, body}; }
};

// Goes on with the program that adds to the one before, as a data folder does: by a snapshot, and what the log says of the past.
std::unique_ptr<engine::Engine> extended(engine::Engine& before, const CompiledText& compiled, Directory& directory,
                                         const engine::EngineOptions& options, const std::deque<LoggedEntry>& log) {
  std::map<std::uint32_t, std::string> pages;
  before.write_dirty_pages([&](std::uint32_t page, std::string_view bytes) { pages[page] = bytes; });
  auto engine = std::make_unique<engine::Engine>(*compiled.program, system_zones(), directory, options);
  for (const auto& [page, bytes] : pages) {
    if (const auto loaded = engine->load_page(page, bytes); !loaded) throw std::logic_error(loaded.error());
  }
  if (const auto loaded = engine->finish_loading(); !loaded) throw std::logic_error(loaded.error());
  engine->extend_from(*compiled.before);
  std::uint64_t position = 0;
  for (const LoggedEntry& entry : log) {
    const engine::Entry view = entry.view();
    engine->take_past({&view, 1}, position++);
  }
  return engine;
}

}  // namespace

Outcome run_engine(const CompiledText& compiled, const History& history, const RunOptions& options) {
  const bytecode::Program& program = *compiled.program;
  Directory directory;
  Recorder recorder(program, directory);
  engine::EngineOptions engine_options;
  engine_options.log_namespace = options.log_namespace;
  engine_options.assume_consent = options.assume_consent;
  Answers answers;
  if (!options.asks_outside) engine_options.answers = &answers;
  bool is_extended = !compiled.before;
  auto engine = std::make_unique<engine::Engine>(is_extended ? program : *compiled.before, system_zones(), directory, engine_options);
  std::deque<LoggedEntry> log;
  for (const Input& input : history) {
    if (std::get_if<ExtendInput>(&input.what) != nullptr && !std::exchange(is_extended, true)) {
      engine = extended(*engine, compiled, directory, engine_options, log);
    }
    LoggedEntry& entry = log.emplace_back();
    encode(program, input, recorder, entry.tag, entry.body);
    const bool has_customer = entry.tag == engine::RecordTag::event || entry.tag == engine::RecordTag::attributes ||
                              entry.tag == engine::RecordTag::receipt || entry.tag == engine::RecordTag::answer ||
                              entry.tag == engine::RecordTag::erasure || entry.tag == engine::RecordTag::assignment ||
                              entry.tag == engine::RecordTag::merge;
    entry.flags = input.t_event > input.t_log ? engine::k_entry_flag_clamped : std::uint8_t{0};
    entry.t_log = input.t_log;
    entry.t_event = std::min(input.t_event, input.t_log);
    if (has_customer) entry.customer = input.customer;
    const engine::Entry view = entry.view();
    engine->react({&view, 1}, log.size() - 1, recorder);
  }
  Outcome outcome = std::move(recorder.outcome);
  engine->for_each_waiting([&](const engine::WaitingInstance& waiting) {
    const auto& journey = program.journey(waiting.journey);
    outcome.waiting.push_back(std::string(directory.id(waiting.customer)) + " " + journey.name + " " + name_of(waiting.instance) + " " +
                              journey.points[static_cast<std::size_t>(waiting.point)].path +
                              (waiting.deadline != 0 ? " until " + std::to_string(waiting.deadline) : ""));
  });
  std::sort(outcome.waiting.begin(), outcome.waiting.end());
  for (auto& [id, goals] : outcome.goals) std::sort(goals.begin(), goals.end());
  return outcome;
}

}  // namespace wend::reference
