#include "runtime/replay/replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "runtime/replay/deployment.h"
#include "runtime/replay/run.h"

namespace wend::replay {
namespace {

// Whether `inner` is `outer` or lies in it, whatever of both exists yet.
bool lies_in(const std::string& inner, const std::string& outer) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  const fs::path whole = fs::weakly_canonical(fs::absolute(inner, ignored) / "", ignored).lexically_normal();
  const fs::path start = fs::weakly_canonical(fs::absolute(outer, ignored) / "", ignored).lexically_normal();
  const auto is_named = [](const fs::path& part) { return !part.empty(); };
  const auto length = std::count_if(start.begin(), start.end(), is_named);
  return std::count_if(whole.begin(), whole.end(), is_named) >= length &&
         std::equal(start.begin(), std::next(start.begin(), length), whole.begin());
}

// Options that cannot be meant, before anything is opened.
std::optional<Error> check(const Options& options) {
  const auto missing = [](const char* what) { return Error{fmt::format("no {} given", what)}; };
  if (options.events.empty()) return missing("events file");
  if (options.data_folder.empty()) return missing("data folder");
  if (options.result_folder.empty()) return missing("result folder");
  if (lies_in(options.result_folder, options.data_folder))
    return Error{fmt::format("result folder `{}` lies in the data folder `{}`, which is nobody else's; name another one with --out",
                             options.result_folder, options.data_folder)};
  if (options.batch_entries == 0 || options.snapshot_entries == 0) return Error{"batches and snapshots need at least one entry"};
  if (options.snapshot_pages == 0) return Error{"a snapshot needs at least one page after every batch"};
  if (options.until.kind == UntilKind::instant && options.until.time >= k_timestamp_max_ms)
    return Error{"the time to go on until is out of range"};
  return std::nullopt;
}

}  // namespace

std::optional<Until> parse_until(std::string_view text) {
  if (text == "done") return Until{.kind = UntilKind::done};
  const auto time = parse_rfc3339(text);
  return time ? std::optional(Until{.kind = UntilKind::instant, .time = *time}) : std::nullopt;
}

std::optional<uint64_t> parse_release(std::string_view text) {
  if (text == "all") return 0;
  struct Unit {
    std::string_view name;
    uint64_t per_hour;
  };
  constexpr Unit k_units[] = {{"s", 3600}, {"min", 60}, {"h", 1}};
  constexpr uint64_t k_release_max = 1'000'000'000;
  uint64_t count = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string_view rest(end, static_cast<size_t>(text.data() + text.size() - end));
  const auto* const unit = std::ranges::find_if(k_units, [&](const Unit& each) { return rest == fmt::format("/{}", each.name); });
  if (failure != std::errc() || unit == std::end(k_units) || count > k_release_max) return std::nullopt;
  return count == 0 ? std::nullopt : std::optional(count * unit->per_hour);
}

std::expected<Result, Error> replay(const bytecode::Program& given, const ZoneTable& zones, const Options& options) {
  if (auto wrong = check(options)) return std::unexpected(*wrong);
  auto deployment = Deployment::prepare(given, zones, options);
  if (!deployment) return std::unexpected(deployment.error());
  const bytecode::Program& program = *deployment->program;
  Run run(program, zones, options, std::move(deployment->folder));
  if (auto recovered = run.recover(); !recovered) return std::unexpected(recovered.error());
  auto outcome = run.consume_events();
  if (outcome && *outcome == Outcome::finished && !run.input_error()) outcome = run.tick();
  if (!outcome) return std::unexpected(outcome.error());
  if (auto finished = run.finish(); !finished) return std::unexpected(finished.error());
  if (run.input_error()) return std::unexpected(*run.input_error());
  Result result{.program = deployment->program, .report = run.report(), .outcome = *outcome};
  result.report.deployed = deployment->added;
  result.report.stopped = *outcome != Outcome::finished;
  return result;
}

}  // namespace wend::replay
