#include "compiler/flow/probes.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "compiler/flow/edges.h"
#include "compiler/flow/walk.h"
#include "compiler/sema/walk.h"

namespace wend::flow {
namespace {

class Prober {
 public:
  Prober(const sema::Model& model, Graph& graph) : model_(model), graph_(graph), reached_(reachable_blocks(graph)) {
    sema::for_each_stmt(graph.journey->body, [&](const sema::Stmt& statement) {
      by_keyword_[statement.keyword] = &statement;
      by_span_[statement.span] = &statement;
    });
  }

  std::vector<Place> run() {
    // First what has a place inside a block: edges move to new blocks.
    add_steps();
    const std::size_t blocks = graph_.blocks.size();
    for (std::size_t i = 0; i < blocks; ++i) {
      if (reached_[i]) add_exit(graph_.blocks[i]);
    }
    for (std::size_t i = 0; i < graph_.entries.size(); ++i) {
      redirect(graph_.entries[i], {PlaceKind::entry, graph_.journey->entries[i].span, "no instance was started by this"});
    }
    for (std::size_t i = 0; i < blocks; ++i) {
      if (reached_[i]) add_branches(static_cast<BlockId>(i));
    }
    for (WaitingPoint& point : graph_.points) add_point(point);
    return std::move(places_);
  }

 private:
  std::uint32_t number(Place place) {
    const auto key = std::tuple(place.kind, place.span, place.what);
    const auto [found, is_new] = numbers_.emplace(key, static_cast<std::uint32_t>(places_.size()));
    if (is_new) places_.push_back(std::move(place));
    return found->second;
  }
  static Operation probe(std::uint32_t number, Span span) { return {span, Probe{number}}; }

  // The edge leads through a block of its own.
  void redirect(BlockId& edge, Place place) {
    Block block;
    block.span = place.span;
    block.operations.push_back(probe(number(std::move(place)), block.span));
    block.terminator = Jump{edge};
    graph_.blocks.push_back(std::move(block));
    edge = static_cast<BlockId>(graph_.blocks.size() - 1);
  }

  // ── steps and exits ────────────────────────────────────────────────────────────────────────────────────────────

  void add_steps() {
    // From the last one back: what is put into a block moves what follows.
    for (auto start = graph_.step_starts.rbegin(); start != graph_.step_starts.rend(); ++start) {
      if (!reached_[static_cast<std::size_t>(start->block)]) continue;
      const sema::Step& step = graph_.journey->steps[static_cast<std::size_t>(start->step)];
      auto& operations = graph_.at(start->block).operations;
      const auto at = operations.begin() + static_cast<std::ptrdiff_t>(start->operation);
      operations.insert(at, probe(number({PlaceKind::step, step.span, fmt::format("step `{}` was never entered", step.path)}), step.span));
    }
  }
  void add_exit(Block& block) {
    const auto* end = std::get_if<End>(&block.terminator);
    const auto* hand_off = std::get_if<HandOff>(&block.terminator);
    if (end == nullptr && hand_off == nullptr) return;
    const std::string& label = graph_.journey->labels[end != nullptr ? end->label : hand_off->label];
    const bool is_written = by_span_.count(block.span) != 0;
    // The end of the body is where its brace is.
    const Span span = is_written ? block.span : Span{block.span.file_id, block.span.end - 1, block.span.end};
    const std::string what = is_written ? fmt::format("never left as `{}`", label) : "the end of the journey was never reached";
    block.operations.push_back(probe(number({PlaceKind::exit, span, what}), span));
  }

  // ── branches ───────────────────────────────────────────────────────────────────────────────────────────────────

  // A copy, because new blocks move the old ones.
  void add_branches(BlockId id) {
    Terminator terminator = graph_.at(id).terminator;
    const Span span = graph_.at(id).span;
    std::visit(Overloaded{
                   [&](Branch& node) {
                     redirect(node.yes, {PlaceKind::branch, span, "the condition was never true"});
                     redirect(node.no, {PlaceKind::branch, span, "the condition was never false"});
                   },
                   [&](Match& node) {
                     for (MatchArm& arm : node.arms) {
                       const Span first = arm.patterns->empty() ? span : arm.patterns->front().span;
                       redirect(arm.to, {PlaceKind::branch, first, "this arm was never the one"});
                     }
                   },
                   [&](Split& node) { add_split(node, span); },
                   [&](IfSent& node) {
                     redirect(node.no, {PlaceKind::send, or_else_span(span), "`or else` was never needed"});
                   },
                   [](Jump&) {},
                   [](IfRoundsLeft&) {},
                   [](DelayableSend&) {},
                   [](Suspend&) {},
                   [](Call&) {},
                   [](Fork&) {},
                   [&](EndBranch& node) { add_winner(id, node, span); },
                   [](End&) {},
                   [](HandOff&) {},
               },
               terminator);
    graph_.at(id).terminator = std::move(terminator);
  }
  // Each branch of a race has an end of its own.
  void add_winner(BlockId id, const EndBranch& node, Span span) {
    const ForkInfo& fork = graph_.at(node.fork);
    if (fork.kind != bytecode::ForkKind::race) return;
    const auto end = std::find(fork.ends.begin(), fork.ends.end(), id);
    const std::string& name = fork.names[static_cast<std::size_t>(end - fork.ends.begin())];
    graph_.at(id).operations.push_back(probe(number({PlaceKind::branch, span, fmt::format("branch `{}` never won the race", name)}), span));
  }
  void add_split(Split& node, Span span) {
    const auto* split = statement<sema::SplitStmt>(by_span_, span);
    for (SplitArm& arm : node.arms) {
      Span place = span;
      if (split != nullptr) {
        const auto same = [&](const sema::SplitArm& each) { return each.arm == arm.arm; };
        const auto found = std::find_if(split->arms.begin(), split->arms.end(), same);
        if (found != split->arms.end() && found->body.span.valid()) place = found->body.span;
      }
      const std::string& name = model_.at(node.experiment).arms[arm.arm].name;
      redirect(arm.to, {PlaceKind::branch, place, fmt::format("nobody was assigned arm `{}`", name)});
    }
  }
  Span or_else_span(Span span) const {
    const auto* send = statement<sema::SendStmt>(by_span_, span);
    return send != nullptr && send->or_else && send->or_else->span.valid() ? send->or_else->span : span;
  }

  // ── waiting points ─────────────────────────────────────────────────────────────────────────────────────────────

  void add_point(WaitingPoint& point) {
    for (std::size_t i = 0; i < point.arms.size(); ++i) {
      Arm& arm = point.arms[i];
      if (const auto* answer = std::get_if<AnswerTrigger>(&arm.trigger)) {
        if (answer->failed) redirect(arm.body, {PlaceKind::branch, point.span, "the call never failed"});
      } else if (i < point.interrupts) {
        redirect(arm.body, {PlaceKind::interrupt, arm.span, "this never interrupted"});
      } else {
        redirect(arm.body, {PlaceKind::arm, arm.span, "this never ended the wait"});
      }
    }
    const auto* until = until_instant(point.span);
    const auto block_span = [&](const sema::Block& block) { return block.span.valid() ? block.span : point.span; };
    if (point.if_past) {
      redirect(*point.if_past,
               {PlaceKind::branch, until != nullptr ? block_span(until->if_past) : point.span, "the time was never in the past"});
    }
    if (point.if_absent) {
      const bool has_block = until != nullptr && until->if_absent;
      redirect(*point.if_absent, {PlaceKind::branch, has_block ? block_span(*until->if_absent) : point.span, "the time was never absent"});
    }
    // What follows a plain wait is no place of its own: its lines show whether it ran.
    if (point.timeout && point.kind == bytecode::PointKind::await) {
      redirect(*point.timeout, {PlaceKind::timeout, timeout_span(point.span), "the wait never timed out"});
    }
  }
  const sema::WaitUntilInstant* until_instant(Span keyword) const {
    const auto* wait = statement<sema::WaitStmt>(by_keyword_, keyword);
    return wait != nullptr ? std::get_if<sema::WaitUntilInstant>(&wait->spec) : nullptr;
  }
  Span timeout_span(Span keyword) const {
    const auto* await = statement<sema::AwaitStmt>(by_keyword_, keyword);
    if (await == nullptr) return keyword;
    for (const sema::AwaitArm& arm : await->arms) {
      if (std::holds_alternative<sema::TimeoutArm>(arm.trigger)) return arm.span;
    }
    return keyword;
  }

  using Statements = std::map<Span, const sema::Stmt*>;
  template <typename Node>
  static const Node* statement(const Statements& statements, Span span) {
    const auto found = statements.find(span);
    return found == statements.end() ? nullptr : found->second->get_if<Node>();
  }

  const sema::Model& model_;
  Graph& graph_;
  std::vector<bool> reached_;
  Statements by_keyword_;
  Statements by_span_;
  std::map<std::tuple<PlaceKind, Span, std::string>, std::uint32_t> numbers_;
  std::vector<Place> places_;
};

}  // namespace

const char* plural(PlaceKind kind) {
  switch (kind) {
#define WEND_PLACE_KIND(name, plural) \
  case PlaceKind::name:               \
    return plural;
#include "compiler/flow/place_kinds.def"
#undef WEND_PLACE_KIND
  }
  return nullptr;
}

const std::vector<PlaceKind>& place_kinds() {
  static const std::vector<PlaceKind> kinds = {
#define WEND_PLACE_KIND(name, plural) PlaceKind::name,
#include "compiler/flow/place_kinds.def"
#undef WEND_PLACE_KIND
  };
  return kinds;
}

std::vector<Place> add_probes(const sema::Model& model, Graph& graph) {
  return Prober(model, graph).run();
}

}  // namespace wend::flow
