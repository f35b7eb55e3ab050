#include "runtime/replay/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>

#include "runtime/analytics/audience.h"
#include "runtime/engine/calendar_span.h"
#include "runtime/replay/batch_pipe.h"
#include "runtime/replay/deployment.h"

namespace wend::replay {
namespace {

// Rejected lines kept in memory before a snapshot lets go of them.
constexpr uint64_t k_pending_records_max = 200'000;
// --until done: virtual time goes on by steps of a day, and by longer ones far behind the last event: a lifetime of a century takes some
// hundreds of them. Deadlines, not ticks, say when a timer's reaction is; but ticks have log positions, and so have what they start.
constexpr DurationMs k_tick_step_ms = k_day_ms;
constexpr int64_t k_steps_of_a_day = 128;
// Near the end a tick goes no further than the last timer armed, so that virtual time ends there. A journey that arms one timer after the
// other, minutes apart, would need very many such ticks: after these the steps alone count.
constexpr uint64_t k_exact_ticks_max = 1'000;

std::unexpected<Error> failed(const engine::LogError& error) {
  return std::unexpected(Error{error.what});
}
std::unexpected<Error> failed(const results::ResultError& error) {
  return std::unexpected(Error{error.what});
}
std::unexpected<Error> failed(const ingest::InputError& error) {
  return std::unexpected(Error{error.what});
}

// What the entries may add to the file of customers: a merge names two.
struct Room {
  uint64_t customers = 0;
  uint64_t bytes = 0;

  explicit Room(std::span<const engine::Entry> entries) : customers(entries.size()) {
    for (const engine::Entry& entry : entries) {
      bytes += entry.customer.size();
      if (entry.tag != engine::RecordTag::merge) continue;
      ++customers;
      bytes += entry.body.size();
    }
  }
};

void append(ingest::Intake& pending, ingest::Intake& more) {
  pending.records += more.records;
  for (const auto& [name, times] : more.unknown_events) ingest::Intake::count(pending.unknown_events, name, times);
  for (const auto& [name, times] : more.unknown_traits) ingest::Intake::count(pending.unknown_traits, name, times);
  for (const auto& [name, times] : more.ignored_calls) ingest::Intake::count(pending.ignored_calls, name, times);
  std::move(more.rejects.begin(), more.rejects.end(), std::back_inserter(pending.rejects));
}

}  // namespace

// The end of a snapshot may still be looking at the result files.
Run::~Run() {
  if (folder_) (void)folder_->snapshots().finished(true);
}

std::expected<void, Error> Run::recover() {
  if (auto opened = open_state(); !opened) return opened;
  if (auto opened = open_events(); !opened) return opened;
  if (auto marked = results_->mark(); !marked) return marked;
  if (auto opened = open_results(); !opened) return opened;
  return replay_tail();
}

std::expected<void, Error> Run::settle() {
  if (auto opened = open_state(); !opened) return opened;
  if (auto marked = results_->mark(); !marked) return marked;
  if (auto opened = open_results(); !opened) return opened;
  if (auto replayed = replay_tail(); !replayed) return replayed;
  return whole_snapshot();
}

std::expected<void, Error> Run::open_state() {
  environment_ = {.program = digests_.behaviour, .tzdata = zones_.digest()};
  if (auto agreed = folder_->go_on_in(environment_); !agreed) return failed(agreed.error());
  if (auto kept = folder_->keep_program(digests_.behaviour, bytecode::write_program(program_)); !kept) return failed(kept.error());
  engine_ = std::make_unique<engine::Engine>(
      program_, zones_, folder_->customers(),
      engine::EngineOptions{
          .log_namespace = folder_->genesis().log_namespace, .answer_calls = true, .assume_consent = folder_->genesis().assume_consent});
  // Everything is looked at before the first result is cut.
  auto results = ResultFolder::claim(options_.result_folder, folder_->id());
  if (!results) return std::unexpected(results.error());
  results_.emplace(std::move(*results));
  return load_snapshot();
}

Error Run::bad_snapshot(const std::string& why) const {
  return {
      fmt::format("data folder `{}`: the last snapshot does not fit together{}{}; restore the folder from a copy, or replay the events "
                  "into a new one",
                  options_.data_folder, why.empty() ? "" : ": ", why)};
}

std::expected<void, Error> Run::load_snapshot() {
  const auto& manifest = folder_->snapshots().manifest();
  if (!manifest) return {};
  const auto read = folder_->snapshots().read_pages([&](uint32_t page, std::string_view bytes) { return engine_->load_page(page, bytes); });
  if (!read) return failed(read.error());
  const auto loaded = engine_->finish_loading();
  if (!loaded) return std::unexpected(bad_snapshot(loaded.error()));
  if (engine_->next_position() != manifest->position) return std::unexpected(bad_snapshot({}));
  cursor_ = manifest->cursor;
  source_end_ = manifest->source_end;
  snapshot_position_ = manifest->position;
  snapshot_records_ = manifest->cursor.records;
  if (manifest->environment.program != environment_.program) return answer_the_past(*manifest);
  return {};
}

// The snapshot is of the program before, to which this one adds; the barrier that says so comes next, or stands behind the snapshot.
std::expected<void, Error> Run::answer_the_past(const log::Manifest& manifest) {
  const auto former = read_kept_program(*folder_, manifest.environment.program);
  if (!former) return std::unexpected(former.error());
  if (!*former) return std::unexpected(bad_snapshot("it is of a program that is not kept"));
  engine_->extend_from(**former);
  const TimestampMs asked_from = engine_->asks_back_to();
  if (asked_from == engine::k_never) return {};
  const auto begin = folder_->log_begin();
  if (!begin) return failed(begin.error());
  TimestampMs from = manifest.t_log;
  const auto read = folder_->log().read(*begin, [&](const engine::Batch& batch) {
    if (batch.first_position >= manifest.position) return;
    from = std::min(from, batch.entries.front().t_log);
    engine_->take_past(batch.entries, batch.first_position);
  });
  if (!read) return failed(read.error());
  if (*begin > 0 && from > asked_from) past_from_ = from;
  return {};
}

std::expected<void, Error> Run::open_events() {
  const auto& end = folder_->log_end();
  const bool has_tail = folder_->log().next_position() > snapshot_position_;
  auto reader = ingest::EventReader::open(program_, zones_,
                                          {.path = options_.events,
                                           .config = options_.config,
                                           .sort = options_.sort,
                                           .machine_now = options_.machine_now,
                                           .virtual_now = end ? std::optional(end->t_log) : std::nullopt,
                                           .resume_at = has_tail ? end->cursor : cursor_});
  if (!reader) return failed(reader.error());
  reader_ = std::move(*reader);
  return {};
}

std::expected<void, Error> Run::open_results() {
  const auto& manifest = folder_->snapshots().manifest();
  std::vector<results::FileLength> recorded;
  if (manifest) {
    for (const log::ResultLength& result : manifest->results) recorded.push_back({result.file, result.bytes});
  }
  auto writer = results::ResultWriter::open(options_.result_folder, program_, zones_, folder_->customers(), recorded);
  if (!writer) return failed(writer.error());
  writer_ = std::move(*writer);
  if (manifest && !results::decode(manifest->tally, writer_->tally())) return std::unexpected(bad_snapshot({}));
  return {};
}

// What the log holds behind the snapshot is reacted to again, and gives the same commands again.
std::expected<void, Error> Run::replay_tail() {
  std::optional<Error> problem;
  const auto told = folder_->read_intake(snapshot_position_, [&](std::string_view bytes) {
    const auto intake = ingest::decode_intake(bytes);
    if (intake) {
      writer_->take_intake(*intake);
    } else {
      problem =
          Error{fmt::format("data folder `{}`: an intake record behind the last snapshot is damaged; restore the folder from a copy, "
                            "or replay the events into a new one",
                            options_.data_folder)};
    }
  });
  if (!told) return failed(told.error());
  const auto read = folder_->log().read(snapshot_position_, [&](const engine::Batch& batch) {
    if (problem) return;
    const Room room(batch.entries);
    if (auto reserved = folder_->customers().reserve(room.customers, room.bytes); !reserved) {
      problem = Error{reserved.error().what};
      return;
    }
    engine_->react(batch.entries, batch.first_position, *writer_);
    note_source_end(batch.entries.back());
    writer_->tally().note_time(batch.entries.front().t_log);
    cursor_ = batch.cursor;
  });
  if (!read) return failed(read.error());
  if (problem) return std::unexpected(*problem);
  return {};
}

std::expected<Outcome, Error> Run::consume_events() {
  if (engine_->next_position() > 0 && folder_->barrier_due()) {
    if (auto committed = commit_barrier(); !committed) return std::unexpected(committed.error());
  }
  BatchPipe pipe(std::move(reader_), {.entries = options_.batch_entries});
  for (;;) {
    if (stop_asked()) return Outcome::stopped;
    if (is_rejecting_too_much()) return Outcome::too_many_rejects;
    auto batch = pipe.take();
    if (batch == nullptr) break;
    if (auto committed = commit(*batch); !committed) return std::unexpected(committed.error());
    pipe.release(std::move(batch));
  }
  if (pipe.error()) input_error_ = Error{pipe.error()->what};
  return is_rejecting_too_much() ? Outcome::too_many_rejects : Outcome::finished;
}

std::expected<void, Error> Run::commit(ingest::InputBatch& batch) {
  append(pending_intake_, batch.intake);
  cursor_ = batch.cursor;
  if (batch.size() == 0) {
    if (pending_intake_.records > k_pending_records_max) return whole_snapshot();
    return {};
  }
  if (engine_->next_position() > 0) return commit(batch.entries(), std::exchange(pending_intake_, {}));

  // A log begins by saying what it is and what its meaning depends on.
  Entries entries = batch.entries();
  const TimestampMs t_log = entries.front().t_log;
  const std::string genesis = log::encode(folder_->genesis());
  const std::string barrier = log::encode(environment_);
  const Entries opening = {{.tag = engine::RecordTag::genesis, .t_log = t_log, .t_event = t_log, .body = genesis},
                           {.tag = engine::RecordTag::barrier, .t_log = t_log, .t_event = t_log, .body = barrier}};
  entries.insert(entries.begin(), opening.begin(), opening.end());
  return commit(entries, std::exchange(pending_intake_, {}));
}

std::expected<void, Error> Run::commit(const Entries& entries, const ingest::Intake& intake) {
  const Room room(entries);
  if (auto reserved = folder_->customers().reserve(room.customers, room.bytes); !reserved) return failed(reserved.error());
  const engine::Batch batch{.first_position = engine_->next_position(), .entries = entries, .cursor = cursor_, .schema = digests_.schema};
  const auto appended = folder_->append(batch, intake.empty() ? std::string() : ingest::encode(intake));
  if (!appended) return failed(appended.error());
  engine_->react(entries, batch.first_position, *writer_);
  note_source_end(entries.back());
  writer_->take_intake(intake);
  writer_->tally().note_time(entries.front().t_log);
  report_progress();
  if (snapshot_) return continue_snapshot(options_.snapshot_pages, false);
  if (engine_->next_position() - snapshot_position_ >= options_.snapshot_entries) return begin_snapshot();
  return {};
}

// Called when the batch that ends with `entry` has been reacted to. What a program adds begins with its barrier, wherever the events ended,
// and for those who are let in with their turn.
void Run::note_source_end(const engine::Entry& entry) {
  if (entry.tag == engine::RecordTag::tick) return;
  TimestampMs end = source_end_.position == 0 ? entry.t_log : std::max(entry.t_log, source_end_.t_log);
  if (entry.tag == engine::RecordTag::barrier) {
    const auto body = engine::read_barrier_body(entry.body);
    if (!body || !body->change) return;
    end = std::max(end, engine_->let_in_by());
  }
  source_end_ = {.position = engine_->next_position(), .t_log = end};
}

std::expected<void, Error> Run::commit_tick(TimestampMs t_log) {
  return commit(Entries{{.tag = engine::RecordTag::tick, .t_log = t_log, .t_event = t_log}}, std::exchange(pending_intake_, {}));
}

std::expected<void, Error> Run::commit_barrier() {
  std::optional<engine::ProgramChange> change;
  if (folder_->environment()->program != environment_.program) {
    const auto begin = folder_->log_begin();
    if (!begin) return failed(begin.error());
    change = {.history_from = *begin, .release_per_hour = options_.release_per_hour.value_or(0)};
  }
  const std::string body = log::encode(environment_, change);
  const TimestampMs t_log = engine_->virtual_now();
  return commit(Entries{{.tag = engine::RecordTag::barrier, .t_log = t_log, .t_event = t_log, .body = body}}, {});
}

// Timers fire before an entry whose t_log is later than their release: a tick stands one millisecond behind what it lets fire.
std::expected<Outcome, Error> Run::tick() {
  if (engine_->next_position() == 0) return Outcome::finished;
  switch (options_.until.kind) {
    case UntilKind::last_event:
      return Outcome::finished;
    case UntilKind::instant:
      if (options_.until.time + 1 > engine_->virtual_now()) {
        if (auto committed = commit_tick(options_.until.time + 1); !committed) return std::unexpected(committed.error());
      }
      return Outcome::finished;
    case UntilKind::done:
      break;
  }
  return tick_until_done();
}

// Whoever waited when the events ended is gone by then. Segments and schedules may go on starting instances for ever.
TimestampMs Run::end_of_all_lifetimes() const {
  DurationMs longest = 0;
  DurationMs grace = 0;
  for (const bytecode::Journey& journey : program_.journeys) longest = std::max(longest, engine::span_ms_max(journey.lifetime));
  for (const bytecode::Event& event : program_.events) grace = std::max(grace, event.grace_ms);
  return std::min(source_end_.t_log + longest + grace + 1, k_timestamp_max_ms);
}

std::expected<Outcome, Error> Run::tick_until_done() {
  const TimestampMs bound = end_of_all_lifetimes();
  while (engine_->virtual_now() < bound) {
    if (stop_asked()) return Outcome::stopped;
    const auto t_log = next_tick();
    if (!t_log) return Outcome::finished;
    if (auto committed = commit_tick(std::min(*t_log, bound)); !committed) return std::unexpected(committed.error());
  }
  return Outcome::finished;
}

// Nothing when nobody waits, to be let in or in a journey. Depends on the log and the state alone: a run that was cut off goes on by the steps it would have taken.
std::optional<TimestampMs> Run::next_tick() const {
  const DurationMs behind = engine_->virtual_now() - source_end_.t_log;
  const DurationMs step = k_tick_step_ms * std::max<int64_t>(1, behind / (k_steps_of_a_day * k_tick_step_ms));
  const TimestampMs t_log = source_end_.t_log + (behind / step + 1) * step;
  if (engine_->virtual_now() < source_end_.t_log || engine_->has_timer_from(t_log)) return t_log;
  const auto last = engine_->last_timer();
  if (!last) return std::nullopt;
  const bool is_exact = engine_->next_position() - source_end_.position < k_exact_ticks_max;
  return is_exact ? std::max(*last, engine_->virtual_now()) + 1 : t_log;
}

std::expected<void, Error> Run::begin_snapshot() {
  writer_->take_intake(std::exchange(pending_intake_, {}));
  auto lengths = writer_->flush();
  if (!lengths) return failed(lengths.error());
  snapshot_ = log::Manifest{.position = engine_->next_position(),
                            .t_log = engine_->next_position() > 0 ? engine_->virtual_now() : 0,
                            .environment = environment_,
                            .cursor = cursor_,
                            .source_end = source_end_,
                            .tally = results::encode(writer_->tally()),
                            .customers = folder_->customers().mark(),
                            .erased = folder_->customers().take_erased()};
  for (const results::FileLength& length : *lengths) snapshot_->results.push_back({length.file, length.bytes});
  engine_->begin_snapshot();
  has_all_pages_ = false;
  return {};
}

std::expected<void, Error> Run::continue_snapshot(size_t pages, bool wait) {
  if (!has_all_pages_) {
    std::expected<void, engine::LogError> put;
    has_all_pages_ = engine_->write_pages(pages, [&](uint32_t page, std::string_view bytes) {
      if (put) put = folder_->snapshots().put_page(page, bytes);
    });
    if (!put) return failed(put.error());
    if (!has_all_pages_) return {};
    folder_->snapshots().finish_behind(*snapshot_, [this, customers = snapshot_->customers]() -> std::expected<void, engine::LogError> {
      if (auto synced = writer_->sync_flushed(); !synced) return std::unexpected(engine::LogError{synced.error().what});
      return folder_->customers().sync(customers);
    });
  }
  const auto done = folder_->snapshots().finished(wait);
  if (!done) return failed(done.error());
  if (!*done) return {};
  snapshot_position_ = snapshot_->position;
  snapshot_records_ = snapshot_->cursor.records;
  snapshot_.reset();
  if (auto completed = folder_->complete_erasure(); !completed) return failed(completed.error());
  if (auto forgotten = folder_->forget_intake(snapshot_position_); !forgotten) return failed(forgotten.error());
  return {};
}

std::expected<void, Error> Run::whole_snapshot() {
  constexpr size_t all = std::numeric_limits<size_t>::max();
  if (snapshot_) {
    if (auto written = continue_snapshot(all, true); !written) return written;
  }
  if (auto begun = begin_snapshot(); !begun) return begun;
  return continue_snapshot(all, true);
}

std::expected<void, Error> Run::finish() {
  if (snapshot_) {
    if (auto written = continue_snapshot(std::numeric_limits<size_t>::max(), true); !written) return written;
  }
  const bool is_covered =
      folder_->snapshots().manifest() && snapshot_position_ == engine_->next_position() && snapshot_records_ == cursor_.records;
  if (!is_covered) {
    if (auto written = whole_snapshot(); !written) return written;
  }
  if (auto written = writer_->write_waiting(*engine_); !written) return failed(written.error());
  return {};
}

void Run::report_progress() {
  if (!options_.progress) return;
  options_.progress({.records = cursor_.records,
                     .events = engine_->counters().events,
                     .sends = writer_->tally().sent(),
                     .virtual_now = engine_->virtual_now()});
}

results::Report Run::report() const {
  results::Report report(program_, writer_->tally());
  report.counters = engine_->counters();
  report.customers = folder_->customers().count();
  report.position = engine_->next_position();
  report.past_from = past_from_;
  if (report.position > 0) report.virtual_now = engine_->virtual_now();
  std::set<std::string_view> steps;  // where the instance waits
  engine_->for_each_waiting([&](const engine::WaitingInstance& waiting) {
    const auto journey = static_cast<size_t>(waiting.journey);
    if (waiting.strand == 0) {
      ++report.waiting_instances[journey];
      steps.clear();
    }
    const std::string& step = program_.journeys[journey].points[static_cast<size_t>(waiting.point)].step;
    if (steps.insert(step).second) ++report.waiting[{journey, step}];
  });
  if (!program_.segments.empty()) {
    const analytics::Audience audience(program_, *engine_);
    for (size_t i = 0; i < program_.segments.size(); ++i) {
      // One that journeys are entered by `including existing` stands twice.
      if (program_.segments[i].existing) continue;
      report.segments.emplace_back(program_.segments[i].name, audience.count(static_cast<bytecode::SegmentId>(i)));
    }
  }
  if (options_.with_state_digest) report.state = engine_->state_digest();
  return report;
}

}  // namespace wend::replay
