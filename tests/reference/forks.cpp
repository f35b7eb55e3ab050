#include <algorithm>

#include "tests/reference/interpreter.h"

// `parallel` and `race`: an instance stands in several places, one for each branch. And what journeys do to each other: `emit`, `hand off
// to`.

namespace wend::reference {

namespace {

bool is_in(const Strand& strand, const std::shared_ptr<Fork>& fork) {
  return std::any_of(strand.stack.begin(), strand.stack.end(), [&](const Frame& frame) { return frame.fork == fork; });
}

/// Nobody goes on in the fork but `here`, and what others have used counts as used by it.
void close(Instance& instance, const std::shared_ptr<Fork>& fork) {
  const auto here = instance.here;
  const auto learn = [&](const std::set<std::uint64_t>& inputs) { here->used.insert(inputs.begin(), inputs.end()); };
  fork->over = true;
  learn(fork->spent);
  for (const auto& other : instance.strands) {
    if (other == here || !is_in(*other, fork)) continue;
    other->over = true;
    learn(other->used);
    for (const Frame& frame : other->stack) {
      if (frame.fork == nullptr || is_in(*here, frame.fork)) continue;
      learn(frame.fork->spent);
      frame.fork->over = true;
    }
  }
  std::erase_if(instance.strands, [](const auto& strand) { return strand->over; });
}

}  // namespace

/// One after the other, in the order of the text; one that ends or begins meanwhile does not react.
void Interpreter::each_strand(Instance& instance, const std::function<void()>& react) {
  const std::vector<std::shared_ptr<Strand>> strands = instance.strands;
  for (const auto& strand : strands) {
    if (instance.ended || strand->over) continue;
    instance.here = strand;
    react();
  }
}

/// The branches begin one after the other, each running to its first waiting point.
void Interpreter::fork(Customer& customer, Instance& instance, const syntax::ForkStmt& tree, const Moment& moment) {
  const auto before = instance.here;
  const auto fork = std::make_shared<Fork>();
  fork->tree = &tree;
  auto place = instance.strands.erase(std::find(instance.strands.begin(), instance.strands.end(), before));
  const std::shared_ptr<Strand> behind = place == instance.strands.end() ? nullptr : *place;
  before->over = true;
  for (const syntax::NamedBlock& branch : tree.branches) {
    if (instance.ended || fork->over) return;
    const auto strand = std::make_shared<Strand>(*before);
    strand->over = false;
    instance.here = strand;
    instance.strands.insert(std::find(instance.strands.begin(), instance.strands.end(), behind), strand);
    enter_block(instance, branch.body, branch.name.text);
    strand->stack.back().fork = fork;
    run(customer, instance, moment);
  }
}

/// The end of a branch.
void Interpreter::finish_branch(Instance& instance) {
  const auto here = instance.here;
  const std::shared_ptr<Fork> fork = here->stack.back().fork;
  ++fork->ended;
  const bool is_over = fork->tree->fork_kind == syntax::ForkKind::race || fork->ended == fork->tree->branches.size();
  if (is_over) return leave_frames(instance, here->stack.size() - 1);
  fork->spent.insert(here->used.begin(), here->used.end());
  here->over = true;
  std::erase(instance.strands, here);
}

/// What stands at that depth is over, and with it whatever waited inside.
void Interpreter::leave_frames(Instance& instance, std::size_t depth) {
  Strand& here = *instance.here;
  while (here.stack.size() > depth) {
    const std::shared_ptr<Fork> fork = here.stack.back().fork;
    here.stack.pop_back();
    if (fork != nullptr) close(instance, fork);
  }
  here.waiting.reset();
  // After a loop has ended by whatever way, `round` is that of the loop around it again.
  for (const Frame& outer : here.stack) {
    if (outer.repeat != nullptr) here.names["round"] = outer.round;
  }
}

// ── what journeys do to each other ───────────────────────────────────────────────────────────────────────────────

/// Heard after everybody has had the input; it happens now.
void Interpreter::emit(Customer& customer, Instance& instance, const syntax::EmitStmt& emit, const Moment& moment) {
  Evaluator asked = evaluator(customer, instance, moment);
  auto fields = std::make_shared<Fields>();
  std::size_t positional = 0;
  const syntax::EventDecl& declaration = *all_.events.at(emit.event.text);
  for (const syntax::Field& field : declaration.fields) fields->emplace_back(field.name.text, asked.default_of(field));
  for (const syntax::Argument& argument : emit.arguments.arguments) {
    for (std::size_t i = 0; i < fields->size(); ++i) {
      const bool is_it = argument.name ? argument.name->text == declaration.fields[i].name.text : i == positional;
      if (is_it) (*fields)[i].second = as_declared(asked.value(*argument.value), declaration.fields[i].type);
    }
    if (!argument.name) ++positional;
  }
  if (instance.silent || !all_.heard_events.contains(emit.event.text)) return;
  Change change;
  change.moment = moment;
  change.emitted = std::make_shared<HeardEvent>();
  change.emitted->t_log = log_time_;
  change.emitted->t_event = moment.now;
  change.emitted->type = emit.event.text;
  change.emitted->fields = fields;
  changes_.push_back(change);
}

void Interpreter::hear_emitted(Customer& customer, const Change& change) {
  number_emitted();
  const auto heard = std::make_shared<HeardEvent>(*change.emitted);
  change_segments_before(customer, *heard, change.moment, false);
  spread(customer, heard, change.moment);
}

void Interpreter::hand_off(Customer& customer, Instance& instance, const syntax::HandOffStmt& hand_off, const Moment& moment) {
  const auto is_it = [&](const auto& journey) { return journey->name == hand_off.journey.text; };
  Change change;
  change.moment = moment;
  change.handed_to = std::find_if(journeys_.begin(), journeys_.end(), is_it)->get();
  if (const auto& parameters = change.handed_to->tree->parameters) {
    change.given = arguments_of(*parameters, hand_off.arguments, evaluator(customer, instance, moment), customer, moment);
  }
  change.silent = instance.silent;
  changes_.push_back(change);
  end(customer, instance, "handed_off", moment.now);
}

}  // namespace wend::reference
