#pragma once

// A small project for the tests: a few attributes, channels, messages and events, and the plainest journey over them.

#include "tests/engine/engine_run.h"

namespace wend::engine::testing {

constexpr TimestampMs k_start = 1'300'000'000'000;  // 2011-03-13T07:06:40Z
constexpr DurationMs h = k_hour_ms;

struct Shop {
  ProgramBuilder b;
  AttributeId email = b.attribute("email", b.optional_text());
  AttributeId phone = b.attribute("phone", b.optional_text());
  AttributeId level = b.attribute("level", b.type(ValueKind::integer, true), true);
  AttributeId until = b.attribute("until", b.optional_instant(), true);
  TopicId news = b.topic("news");
  ChannelId mail = b.channel("mail", email, news);
  ChannelId sms = b.channel("sms", phone, news);
  EventId begin = b.event("Begin", {{"n", b.integer()}});
  EventId buy = b.event("Buy", {{"n", b.integer()}}, Period{0, 1});
  EventId stop = b.event("Stop", {{"n", b.integer()}});
  EventId slow = b.event("Slow", {{"n", b.integer()}}, Period{0, 1}, 10 * k_minute_ms);  // with grace
  MessageId hello = b.message("Hello", "transactional", {b.integer()});
  MessageId bye = b.message("Bye", "transactional", {b.integer()});
  MessageId offer = b.message("Offer", "marketing", {b.integer()});
};

// enter on Begin · [send Hello(n)] · await { on <awaited> as x { send Bye(x.n); exit got } } up to <hours> on timeout { send Bye(-1) }
struct Simple {
  struct Options {
    std::string name = "simple";
    DurationMs up_to = 2 * h;
    Span lifetime = DurationMs{30 * k_day_ms};
    DurationMs grace = 0;
    int32_t priority = 0;
    bool greets = false;
  };
  Simple(Shop& shop, EventId awaited) : Simple(shop, awaited, Options{}) {}
  Simple(Shop& shop, EventId awaited, const Options& options) : j(shop.b, options.name, options.lifetime) {
    n = j.reg(shop.b.integer());
    delivery = j.reg(shop.b.optional_delivery());
    flag = j.reg(shop.b.boolean());
    got = j.label("got");
    kept = j.layout({n});
    await = j.point(kept, "waiting");
    hello = j.site(shop.hello, {shop.mail}, "greet");
    bye = j.site(shop.bye, {shop.mail}, "waiting");
    j.journey.priority = options.priority;
    j.enter(shop.begin).start = j.entry_here(shop.begin);
    j.field(n, 0);
    if (options.greets) j.send(delivery, hello, JourneyBuilder::n(n));
    j.suspend(await);
    auto& point = j.at(await);
    point.fixed_ms = options.up_to;
    point.grace_ms = options.grace;
    point.timeout = j.entry_here();
    j.constant(n, -1).send(delivery, bye, JourneyBuilder::n(n)).end();
    point.arms.push_back({.signal = bytecode::SignalKind::event, .event = awaited, .entry = j.entry_here(awaited)});
    j.field(n, 0).send(delivery, bye, JourneyBuilder::n(n)).end(got);
  }
  JourneyId finish() { return j.finish(); }

  JourneyBuilder j;
  Register n, delivery, flag;
  LabelId got;
  LayoutId kept;
  PointId await;
  SiteId hello, bye;
};

}  // namespace wend::engine::testing
