#pragma once

#include "tests/engine/shop.h"

namespace wend::engine::testing {

// enter on Buy · do { parallel {
//   branch 0 { await up to 5 hours { on Buy as b since entry { send Bye(b.n) } on timeout { } } }
//   branch 1 { race {
//     branch 0 { await up to 30 hours { on Slow { } on timeout { } } }
//     branch 1 { wait 4 hours }
//   } }
// } send Hello(n)  await up to 2 hours { on Buy as b since entry { send Offer(b.n) } on timeout { } } } interrupted by Stop { exit stopped }
struct Forking {
  explicit Forking(Shop& shop) : j(shop.b, "forking", DurationMs{60 * h}) {
    const Register value = j.reg(shop.b.integer());
    const Register sent = j.reg(shop.b.optional_delivery());
    const LayoutId kept = j.layout({value});
    const SiteId bye = j.site(shop.bye, {shop.mail}, "inside");
    const SiteId hello = j.site(shop.hello, {shop.mail}, "behind");
    const SiteId offer = j.site(shop.offer, {shop.mail}, "behind");
    buys = j.point(kept, "buys");
    slow = j.point(kept, "slow");
    waits = j.point(kept, "waits");
    behind = j.point(kept, "behind");
    j.journey.forks.resize(2);
    outer().kind = bytecode::ForkKind::parallel;
    inner().kind = bytecode::ForkKind::race;
    inner().within = place(0, 1);
    for (bytecode::Fork& fork : j.journey.forks) {
      fork.path = "fork";
      fork.layout = fork.join_layout = kept;
      fork.interrupts = 1;
      fork.branches.resize(2);
    }

    j.enter(shop.buy).start = j.entry_here(shop.buy);
    j.field(value, 0).op(Opcode::fork, 0);
    const bytecode::Entry stopped = j.entry_here(shop.stop);
    j.end(j.label("stopped"));
    for (const PointId point : {buys, slow, waits, behind}) {
      j.at(point).arms.push_back({.signal = bytecode::SignalKind::event, .event = shop.stop, .entry = stopped});
      j.at(point).interrupts = 1;
      j.at(point).grace_ms = point == slow ? 10 * k_minute_ms : 0;
    }

    outer().branches[0] = j.entry_here();
    j.suspend(buys);
    const auto look_back = [&](PointId point) {
      j.at(point).arms.push_back({.signal = bytecode::SignalKind::event,
                                  .event = shop.buy,
                                  .entry = j.entry_here(shop.buy),
                                  .look_back = bytecode::LookBack::since_entry});
    };
    look_back(buys);
    const Register taken = j.reg(shop.b.integer());
    j.field(taken, 0).send(sent, bye, JourneyBuilder::n(taken));
    j.at(buys).timeout = j.entry_here();
    j.op(Opcode::end_branch, 0);

    outer().branches[1] = j.entry_here();
    j.op(Opcode::fork, 1);
    inner().branches[0] = j.entry_here();
    j.suspend(slow);
    j.at(slow).timeout = j.entry_here();
    j.at(slow).arms.push_back({.signal = bytecode::SignalKind::event, .event = shop.slow, .entry = j.entry_here(shop.slow)});
    j.op(Opcode::end_branch, 1);
    inner().branches[1] = j.entry_here();
    j.suspend(waits);
    j.at(waits).timeout = j.entry_here();
    j.op(Opcode::end_branch, 1);
    inner().join = j.entry_here();
    j.op(Opcode::end_branch, 0);

    outer().join = j.entry_here();
    j.send(sent, hello, JourneyBuilder::n(value)).suspend(behind);
    look_back(behind);
    j.field(taken, 0).send(sent, offer, JourneyBuilder::n(taken));
    j.at(behind).timeout = j.entry_here();
    j.end();

    j.at(waits).kind = bytecode::PointKind::wait;
    j.at(buys).fixed_ms = 5 * h;
    j.at(slow).fixed_ms = 30 * h;
    j.at(waits).fixed_ms = 4 * h;
    j.at(behind).fixed_ms = 2 * h;
    j.at(buys).within = place(0, 0);
    j.at(slow).within = place(1, 0);
    j.at(waits).within = place(1, 1);
  }
  static bytecode::ForkPlace place(uint16_t fork, uint16_t branch) { return {bytecode::ForkId{fork}, branch}; }
  bytecode::Fork& outer() { return j.journey.forks[0]; }
  bytecode::Fork& inner() { return j.journey.forks[1]; }
  JourneyId finish() { return j.finish(); }

  JourneyBuilder j;
  PointId buys, slow, waits, behind;
};

}  // namespace wend::engine::testing
