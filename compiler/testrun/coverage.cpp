#include "compiler/testrun/coverage.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "compiler/emit/emit.h"
#include "compiler/flow/flow.h"
#include "compiler/testrun/observed.h"
#include "runtime/bytecode/verify.h"

namespace wend::testrun {

namespace {

using flow::PlaceKind;

struct Instrumented {
  std::vector<flow::Graph> graphs;
  std::vector<std::vector<flow::Place>> places;
  emit::EmitResult emitted;
};

std::expected<Instrumented, std::string> instrument(const sema::Model& model, const source::Sources& sources) {
  Instrumented result;
  result.graphs = flow::analyse(model).graphs;
  for (flow::Graph& graph : result.graphs) result.places.push_back(flow::add_probes(model, graph));
  result.emitted = emit::emit(model, result.graphs, sources, {});
  if (!result.emitted.diagnostics.empty()) return std::unexpected("the program is too large to measure what its tests cover");
  if (const auto fault = bytecode::verify(result.emitted.program)) {
    return std::unexpected(fmt::format("the program for measuring is wrong in {}: {}", fault->where, fault->what));
  }
  return result;
}

class Collector {
 public:
  Collector(const Instrumented& instrumented, const sema::Model& model, const source::Sources& sources, const Observed& observed)
      : instrumented_(instrumented), model_(model), observed_(observed) {
    for (std::uint32_t i = 0; i < sources.size(); ++i) files_.emplace(sources.file({i}).path(), source::FileId{i});
  }

  Coverage run() {
    Coverage coverage;
    for (std::size_t i = 0; i < model_.journeys.size(); ++i) {
      coverage.journeys.push_back(journey(i));
      note_lines(program().function(program().journeys[i].body), visits(i), coverage);
    }
    return coverage;
  }

 private:
  const bytecode::Program& program() const { return instrumented_.emitted.program; }
  const std::vector<std::uint64_t>& visits(std::size_t journey) const {
    return observed_.visits[static_cast<std::size_t>(program().journeys[journey].body)];
  }

  JourneyCoverage journey(std::size_t index) const {
    const sema::Journey& source = model_.journeys[index];
    JourneyCoverage result;
    result.name = source.name;
    for (const flow::Place& place : instrumented_.places[index]) result.places.push_back({place, 0});
    for (const emit::PlacedProbe& probe : instrumented_.emitted.probes[index]) {
      result.places[probe.place].times += visits(index)[probe.pc];
    }
    add_exits(index, result);
    add_sends(index, result);
    std::sort(result.places.begin(), result.places.end(), [](const auto& a, const auto& b) {
      return std::tie(a.place.span, a.place.kind, a.place.what) < std::tie(b.place.span, b.place.kind, b.place.what);
    });
    return result;
  }

  // An exit in the head is known by its label only: what left there is what did not leave by a statement with that label.
  void add_exits(std::size_t index, JourneyCoverage& result) const {
    const std::vector<CoveredPlace> statements = result.places;
    for (const sema::Exit& exit : model_.journeys[index].exits) {
      const std::string& label = model_.journeys[index].labels[exit.label];
      CoveredPlace place{{PlaceKind::exit, exit.span, fmt::format("never left as `{}`", label)}, 0};
      const auto found = observed_.exits.find({static_cast<bytecode::JourneyId>(index), label});
      if (found != observed_.exits.end()) place.times = found->second;
      for (const CoveredPlace& statement : statements) {
        if (statement.place.kind == PlaceKind::exit && statement.place.what == place.place.what) place.times -= statement.times;
      }
      result.places.push_back(std::move(place));
    }
  }

  void add_sends(std::size_t index, JourneyCoverage& result) const {
    const std::vector<flow::SendSite>& sites = instrumented_.graphs[index].sites;
    for (std::size_t i = 0; i < sites.size(); ++i) {
      CoveredSend send{sites[i].span, model_.at(sites[i].send->message).name, 0, {}};
      const auto found = observed_.sends.find({static_cast<bytecode::JourneyId>(index), static_cast<bytecode::SiteId>(i)});
      if (found != observed_.sends.end()) {
        send.sent = found->second.sent;
        for (const auto& [reason, times] : found->second.suppressed) send.suppressed[engine::to_string(reason)] = times;
      }
      result.places.push_back({{PlaceKind::send, send.span, fmt::format("`{}` was never sent here", send.message)}, send.sent});
      result.sends.push_back(std::move(send));
    }
    std::sort(result.sends.begin(), result.sends.end(), [](const auto& a, const auto& b) { return a.span < b.span; });
  }

  void note_lines(const bytecode::Function& body, const std::vector<std::uint64_t>& visits, Coverage& coverage) const {
    const auto file = files_.find(program().source_files[body.source_file].path);
    if (file == files_.end()) return;
    for (std::size_t pc = 0; pc < body.lines.size(); ++pc) {
      if (body.lines[pc] == 0) continue;
      std::uint64_t& times = coverage.lines[file->second][body.lines[pc]];
      times = std::max(times, visits[pc]);
    }
  }

  const Instrumented& instrumented_;
  const sema::Model& model_;
  const Observed& observed_;
  std::map<std::string, source::FileId> files_;
};

Covered& operator+=(Covered& sum, Covered more) {
  sum.covered += more.covered;
  sum.total += more.total;
  return sum;
}

}  // namespace

double Covered::percent() const {
  return total == 0 ? 100 : std::floor(static_cast<double>(covered) * 1000 / static_cast<double>(total)) / 10;
}

Covered JourneyCoverage::count(PlaceKind kind) const {
  Covered result;
  for (const CoveredPlace& each : places) {
    if (each.place.kind == kind) result += {each.times > 0 ? 1U : 0U, 1};
  }
  return result;
}

Covered JourneyCoverage::count() const {
  Covered result;
  for (const PlaceKind kind : flow::place_kinds()) result += count(kind);
  return result;
}

std::map<std::string, std::uint64_t> JourneyCoverage::suppressed() const {
  std::map<std::string, std::uint64_t> result;
  for (const CoveredSend& send : sends) {
    for (const auto& [reason, times] : send.suppressed) result[reason] += times;
  }
  return result;
}

Covered Coverage::count(PlaceKind kind) const {
  Covered result;
  for (const JourneyCoverage& journey : journeys) result += journey.count(kind);
  return result;
}

Covered Coverage::count() const {
  Covered result;
  for (const JourneyCoverage& journey : journeys) result += journey.count();
  return result;
}

std::expected<CoveredRun, std::string> run_with_coverage(const sema::Model& model, const source::Sources& sources, const ZoneTable& zones,
                                                         const Options& options) {
  const auto instrumented = instrument(model, sources);
  if (!instrumented) return std::unexpected(instrumented.error());
  Observed observed;
  for (const bytecode::Function& function : instrumented->emitted.program.functions) observed.visits.emplace_back(function.code.size());
  Options observing = options;
  observing.observed = &observed;
  CoveredRun result;
  result.report = run(model, instrumented->emitted.program, zones, observing);
  result.coverage = Collector(*instrumented, model, sources, observed).run();
  return result;
}

}  // namespace wend::testrun
