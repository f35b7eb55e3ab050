#include <map>
#include <set>
#include <utility>

#include "compiler/sema/journey_checker.h"

// `parallel` and `race`.

namespace wend::sema {
namespace {

bool may_take_time(const Block& block) {
  bool found = false;
  for_each_stmt(block, [&](const Stmt& stmt) {
    found |= stmt.get_if<WaitStmt>() || stmt.get_if<AwaitStmt>() || stmt.get_if<SendStmt>() || stmt.get_if<CallStmt>() || stmt.get_if<RepeatStmt>();
  });
  return found;
}

std::map<AttributeId, Span> attributes_set(const Block& block) {
  std::map<AttributeId, Span> found;
  for_each_stmt(block, [&](const Stmt& stmt) {
    if (const auto* set = stmt.get_if<SetStmt>()) found.try_emplace(set->attribute, stmt.span);
  });
  return found;
}

}  // namespace

// Each branch begins with what is known at the fork, but for attributes that a branch before it may have set in the same reaction. What
// a branch learns and assigns ends with it.
StmtPtr JourneyChecker::check_fork(const syntax::Stmt& stmt) {
  const auto& syntax = stmt.as<syntax::ForkStmt>();
  const bool is_race = syntax.fork_kind == syntax::ForkKind::race;
  const char* const word = is_race ? "race" : "parallel";
  ForkStmt result;
  result.kind = is_race ? bytecode::ForkKind::race : bytecode::ForkKind::parallel;
  result.path = with_prefix(word);
  if (syntax.branches.size() < 2) {
    context_.report(Kind::fork_of_one, stmt.keyword)
        .with("kind", word)
        .label("it has no second branch")
        .help("write the statements of the branch without it");
  }
  std::map<std::string, Span> names;
  std::map<AttributeId, Span> set_before;
  Flow after = flow_;
  bool takes_time = false;
  std::size_t reached = 0;
  for (const syntax::NamedBlock& branch : syntax.branches) {
    const auto [earlier, is_new] = names.try_emplace(branch.name.text, branch.name.span);
    if (!is_new && !branch.name.text.empty()) {
      context_.report(Kind::repeated_member, branch.name.span)
          .with("owner", std::string("the `") + word + "`")
          .with("what", "the branch")
          .with("name", branch.name.text)
          .secondary(earlier->second, "first here");
    }
    count_name(branch.name.span);
    const Flow begun = flow_;
    const std::size_t stops = stops_so_far();
    enter_place(branch.name.text);
    Block body = block(branch.body);
    leave_place();
    const bool ends = std::exchange(flow_, begun).reachable;
    reached += ends ? 1 : 0;
    if (is_race && ends && stops_so_far() == stops) {
      context_.report(Kind::race_without_time, branch.name.span)
          .with("branch", branch.name.text)
          .label("nothing waits in it")
          .secondary(stmt.keyword, "so this is over before anything can come");
    }
    for (const auto& [attribute, span] : attributes_set(body)) {
      const auto [other, is_first] = set_before.try_emplace(attribute, span);
      if (!is_first) {
        context_.report(Kind::two_branches_set, span)
            .with("name", context_.model.at(attribute).name)
            .secondary(other->second, "another branch sets it here")
            .help("set it in one of them, or behind the `" + std::string(word) + "`");
      }
      flow_.forget_attribute(attribute);
    }
    takes_time |= may_take_time(body);
    result.branches.push_back({branch.name.text, std::move(body), branch.span});
  }
  for (const auto& [attribute, span] : set_before) after.forget_attribute(attribute);
  after.reachable = after.reachable && (is_race ? reached > 0 : reached == syntax.branches.size());
  flow_ = std::move(after);
  if (takes_time) flow_.expire_attributes(stmt.keyword, word);
  return make(stmt, std::move(result));
}

}  // namespace wend::sema
