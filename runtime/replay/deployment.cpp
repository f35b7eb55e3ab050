#include "runtime/replay/deployment.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/bytecode/extension.h"
#include "runtime/bytecode/program_file.h"
#include "runtime/replay/run.h"

namespace wend::replay {
namespace {

// Beyond that many the list says how many more there are.
constexpr size_t k_listed_max = 8;
constexpr const char* k_way_out = "run the program as it was, or replay the events into a new folder with --data";

std::string list(const std::vector<std::string>& items) {
  const size_t listed = std::min(items.size(), k_listed_max);
  std::string text = fmt::format("{}", fmt::join(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(listed), ", "));
  if (listed < items.size()) text += fmt::format(", and {} more", items.size() - listed);
  return text;
}

std::unexpected<Error> refuse(const Options& options, const std::string& why) {
  return std::unexpected(Error{fmt::format("data folder `{}`: {}", options.data_folder, why)});
}

std::expected<std::unique_ptr<log::DataFolder>, Error> open_folder(const bytecode::Program& program, const Options& options) {
  const std::string& log_namespace = options.config.log_namespace;
  auto folder = log::DataFolder::open({.path = options.data_folder,
                                       .genesis = {.log_namespace = log_namespace.empty() ? program.name : log_namespace,
                                                   .assume_consent = options.config.assume_consent}});
  if (!folder) return std::unexpected(Error{folder.error().what});
  return std::move(*folder);
}

bool lets_members_in(const bytecode::Program& program, const bytecode::Program& former) {
  return std::any_of(program.segments.begin() + static_cast<std::ptrdiff_t>(former.segments.size()), program.segments.end(),
                     [](const bytecode::Segment& segment) { return segment.existing; });
}

// Whoever is in a segment that is entered `including existing` has joined it once, however many journeys come to be entered by it.
std::expected<void, Error> check_existing_members(const bytecode::Program& program, const bytecode::Program& former,
                                                  const Options& options) {
  for (size_t i = former.journeys.size(); i < program.journeys.size(); ++i) {
    for (const bytecode::JourneyEntry& entry : program.journeys[i].entries) {
      if (!entry.joins || static_cast<size_t>(*entry.joins) >= former.segments.size()) continue;
      const bytecode::Segment& segment = former.segments[static_cast<size_t>(*entry.joins)];
      if (!segment.existing) continue;
      const auto lets_in = [&](const bytecode::Journey& journey) {
        return std::ranges::any_of(journey.entries, [&](const bytecode::JourneyEntry& each) { return each.joins == entry.joins; });
      };
      const std::string& name = program.journeys[i].name;
      return refuse(
          options,
          fmt::format("journey `{}` is entered by joining `{}` including existing, as journey `{}` is, which has let them in already; give "
                      "it a segment of its own: segment {}_members = customer in {}",
                      name, segment.name, std::ranges::find_if(former.journeys, lets_in)->name, name, segment.name));
    }
  }
  return {};
}

// Whether the addition may be deployed by this run.
std::expected<void, Error> check_deploy(const bytecode::Program& program, const bytecode::Program& former,
                                        const std::vector<std::string>& added, const Options& options) {
  if (!options.deploy) {
    return refuse(
        options,
        fmt::format("this program adds to the one that the folder runs: {}. Nothing of what runs changes; --deploy goes on with it, or {}",
                    list(added), k_way_out));
  }
  if (!options.release_per_hour && lets_members_in(program, former)) {
    return refuse(options,
                  "a journey that this run deploys lets in who is a member of its segment already; say how many at a time: "
                  "--release 500/min, or --release all");
  }
  return check_existing_members(program, former, options);
}

}  // namespace

std::expected<std::optional<bytecode::Program>, Error> read_kept_program(log::DataFolder& folder, const Sha256Digest& behaviour) {
  const auto file = folder.program(behaviour);
  if (!file) return std::unexpected(Error{file.error().what});
  if (!*file) return std::nullopt;
  auto program = bytecode::read_program(**file);
  // One that this version cannot read any more.
  if (!program) return std::nullopt;
  return std::move(*program);
}

std::expected<Deployment, Error> Deployment::prepare(const bytecode::Program& given, const ZoneTable& zones, const Options& options) {
  auto folder = open_folder(given, options);
  if (!folder) return std::unexpected(folder.error());
  const std::optional<log::Environment> written = (*folder)->environment();
  const std::shared_ptr<const bytecode::Program> unchanged(std::shared_ptr<void>(), &given);
  const Sha256Digest digest = bytecode::digests(given).behaviour;
  if (!written || written->program == digest) return Deployment{std::move(*folder), unchanged, {}};

  auto former = read_kept_program(**folder, written->program);
  if (!former) return std::unexpected(former.error());
  if (!*former) {
    return refuse(options,
                  fmt::format("it was written by another program ({}…, now {}…), which it does not hold: people wait at points which "
                              "the new one may not have; {}",
                              to_hex(written->program).substr(0, 12), to_hex(digest).substr(0, 12), k_way_out));
  }
  auto extension = bytecode::extend(**former, given);
  if (!extension) {
    return refuse(
        options,
        fmt::format(
            "it runs another program, and this one does not only add to it: {}. People wait and the log is written as that one says; {}",
            list(extension.error()), k_way_out));
  }
  const auto program = std::make_shared<const bytecode::Program>(std::move(extension->program));
  if (bytecode::digests(*program).behaviour == written->program) return Deployment{std::move(*folder), program, {}};
  if (auto checked = check_deploy(*program, **former, extension->added, options); !checked) return std::unexpected(checked.error());
  if ((*folder)->has_tail()) {
    {
      Run before(**former, zones, options, std::move(*folder));
      if (auto settled = before.settle(); !settled) return std::unexpected(settled.error());
    }
    folder = open_folder(given, options);
    if (!folder) return std::unexpected(folder.error());
  }
  return Deployment{std::move(*folder), program, std::move(extension->added)};
}

}  // namespace wend::replay
