#include <algorithm>

#include "compiler/sema/journey_checker.h"
#include "compiler/sema/policies.h"

// The policy of a journey, and what its sends say about being denied.

namespace wend::sema {

void JourneyChecker::check_policy_header(const syntax::PolicyHeader& header) {
  const Symbol* symbol = context_.require(file_, header.policy, {SymbolKind::policy}, "policy");
  if (symbol) {
    journey_.policy = static_cast<PolicyId>(symbol->index);
  } else {
    policy_missed_ = true;
  }
}

void JourneyChecker::require_policy(const syntax::SendStmt& send, const Message& message) {
  if (journey_.policy || policy_missed_ || symbol_.damaged || message.purpose != "marketing") return;
  policy_missed_ = true;
  Diagnostic& diagnostic = context_.report(Kind::policy_missing, send.message.span).with("journey", symbol_.name);
  diagnostic.secondary(symbol_.span, "the journey is declared here");
  diagnostic.note("a policy says how often and at what hours customers are written to, whatever journeys they are in");
  if (context_.model.policies.empty()) {
    diagnostic.help("declare one, `policy pressure { cap marketing at 1 per calendar day  when capped skip }`, and name it in the journey");
  } else {
    diagnostic.help("name one in the journey: `policy " + context_.model.policies.front().name + "`");
  }
}

void JourneyChecker::check_denials(const syntax::SendStmt& send, SendStmt& result, std::vector<ChannelId>& channels) {
  const Message& message = context_.model.at(result.message);
  const bool is_exempt = message.purpose == "transactional";
  for (const syntax::DenialRule& rule : send.denials) {
    if (is_exempt) {
      context_.report(Kind::transactional_is_exempt, rule.span)
          .with("what", std::string("`") + clause_of(rule.cause) + "`")
          .secondary(message.span, "the message is declared `for transactional` here");
      continue;
    }
    (rule.cause == syntax::DenialCause::quiet ? result.when_quiet : result.when_capped) = check_denial(context_, rule, file_);
  }
  if (is_exempt || !journey_.policy) return;
  const Policy& policy = context_.model.at(*journey_.policy);
  const auto follow = [&](const DenialSteps& steps, const auto& rules) {
    for (const DenialStep& step : steps) {
      if (step.action == bytecode::DenialAction::divert && std::ranges::find(channels, step.divert_to) == channels.end()) {
        channels.push_back(step.divert_to);
      }
    }
    const auto concerns = [&](const auto& rule) {
      return rule.channels.empty() ||
             std::ranges::any_of(channels, [&](ChannelId each) { return std::ranges::binary_search(rule.channels, each); });
    };
    const bool delays = std::ranges::find(steps, bytecode::DenialAction::delay, &DenialStep::action) != steps.end();
    result.may_be_delayed = result.may_be_delayed || (delays && std::ranges::any_of(rules, concerns));
  };
  if (!policy.quiet.empty()) follow(result.when_quiet.empty() ? policy.when_quiet : result.when_quiet, policy.quiet);
  if (!policy.caps.empty()) follow(result.when_capped.empty() ? policy.when_capped : result.when_capped, policy.caps);
  delayable_sends_ += result.may_be_delayed ? 1 : 0;
}

// Addresses of channels it may be diverted to, and conditions of quiet hours.
void JourneyChecker::collect_policy_reads(std::set<AttributeId>& reads) const {
  if (!journey_.policy) return;
  const auto add = [&](const ExprPtr& expr) {
    if (!expr) return;
    for (const AttributeId attribute : attributes_read(*expr)) reads.insert(attribute);
  };
  const Policy& policy = context_.model.at(*journey_.policy);
  for (const QuietHours& quiet : policy.quiet) add(quiet.where);
  const auto add_steps = [&](const DenialSteps& steps) {
    for (const DenialStep& step : steps) {
      if (step.action == bytecode::DenialAction::divert) add(context_.model.at(step.divert_to).address);
    }
  };
  add_steps(policy.when_quiet);
  add_steps(policy.when_capped);
  for_each_stmt(journey_.body, [&](const Stmt& stmt) {
    const auto* send = stmt.get_if<SendStmt>();
    if (!send) return;
    add_steps(send->when_quiet);
    add_steps(send->when_capped);
  });
}

}  // namespace wend::sema
