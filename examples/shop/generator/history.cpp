#include "examples/shop/generator/history.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "examples/shop/generator/calls.h"
#include "examples/shop/generator/random.h"

namespace wend::demo {
namespace {

// One random draw per full expression: C++ does not say in which order arguments are evaluated, and the order is the history.
//
// Shares out of 10,000 unless they are weights. Offsets stand for the zones' rules so that no tzdata is needed: they only
// decide at what hour people shop.
struct Zone {
  const char* name;
  int offset_hours;
};
constexpr std::array<Zone, 6> k_zones = {{{"America/New_York", -5},
                                          {"America/Chicago", -6},
                                          {"America/Los_Angeles", -8},
                                          {"America/Denver", -7},
                                          {"Europe/London", 0},
                                          {"Europe/Berlin", 1}}};
constexpr std::array<uint32_t, 6> k_zone_weights = {45, 20, 20, 5, 6, 4};
constexpr std::array<const char*, 16> k_first_names = {"Ada", "Ben",  "Cleo", "Dan", "Eva",  "Finn", "Gita", "Hugo",
                                                       "Ida", "Jack", "Kim",  "Lea", "Maya", "Noah", "Olga", "Raúl"};
struct Product {
  const char* title;
  int price_cents;
};
constexpr std::array<Product, 12> k_products = {{{"Desk lamp", 3450},
                                                 {"Armchair", 18900},
                                                 {"Wool blanket", 5995},
                                                 {"Tea towel", 850},
                                                 {"Candle", 1200},
                                                 {"Bookshelf", 12900},
                                                 {"Mug, \\\"hello\\\"", 1450},
                                                 {"Rug", 8900},
                                                 {"Mirror", 6400},
                                                 {"Vase", 2750},
                                                 {"Cushion", 2400},
                                                 {"Wall clock", 3999}}};

// How people shop: days between visits, and how many visits in 10,000 end in an order.
struct Habit {
  int64_t days_between_visits;
  uint64_t buys;
};
constexpr std::array<Habit, 4> k_habits = {{{45, 800}, {60, 4500}, {28, 5500}, {11, 7000}}};
constexpr std::array<uint32_t, 4> k_habit_weights = {40, 32, 23, 5};

std::string money(int64_t cents) {
  return fmt::format("{}.{:02}", cents / 100, cents % 100);
}

class Shopper {
 public:
  Shopper(Calls& calls, HistoryCounts& counts, const HistoryOptions& options, uint32_t number)
      : calls_(calls), counts_(counts), options_(options), number_(number), random_(options.seed * 0x9e3779b97f4a7c15 + number) {
    random_ = Random(random_.next());  // neighbours must not share a stream
    id_ = fmt::format("c{:06}", number);
  }

  void live() {
    zone_ = random_.pick(k_zone_weights);
    const Habit habit = k_habits[random_.pick(k_habit_weights)];
    const auto days = static_cast<int64_t>(options_.days);
    int64_t day = random_.between(0, days - 1);
    if (random_.chance(2500)) day = random_.between(0, std::min<int64_t>(6, days - 1));  // a quarter has been there from the start
    sign_up(at(day));
    bool first = true;
    while (day < days) {
      visit(first ? signed_up_ + minutes(2, 40) : at(day), habit);
      first = false;
      day += random_.around(habit.days_between_visits);
    }
    if (random_.chance(100)) identify(at(days - random_.between(1, 30)), R"("status":"closed")");
  }

 private:
  DurationMs minutes(int64_t low, int64_t high) { return random_.between(low * 60, high * 60) * k_second_ms; }
  DurationMs hours(int64_t low, int64_t high) { return minutes(low * 60, high * 60); }
  // A moment of that day of the history, by day in the shopper's zone.
  TimestampMs at(int64_t day) {
    int64_t hour = random_.between(7, 14);
    hour += random_.between(0, 8);
    const DurationMs within_hour = minutes(0, 59);
    return (options_.first_day + day) * k_day_ms + (hour - k_zones[zone_].offset_hours) * k_hour_ms + within_hour;
  }
  std::string message_id() { return fmt::format("{}-{:016x}", id_, random_.next()); }

  size_t identify(TimestampMs when, std::string_view traits) { return calls_.identify(id_, message_id(), when, traits); }
  size_t track(TimestampMs when, std::string_view event, std::string_view properties) {
    const size_t line = calls_.track(id_, message_id(), when, event, properties);
    if (random_.chance(50)) {
      calls_.repeat(line, minutes(0, 360));
      ++counts_.duplicates;
    }
    if (random_.chance(5)) break_line(line);
    return line;
  }

  void break_line(size_t line) {
    std::string text(calls_.text(line));
    switch (random_.below(4)) {
      case 0:
        text.resize(text.size() - static_cast<size_t>(random_.between(2, 30)));
        break;
      case 1:
        text.replace(text.find("userId"), 6, "anonymousId");
        break;
      case 2:
        text.replace(text.find(R"("timestamp":")") + 13, 4, "soon");
        break;
      case 3:
        text.replace(text.find(R"("properties":{)"), 14, R"("properties":[{)");
        break;
    }
    calls_.replace(line, text);
    ++counts_.broken;
  }

  void sign_up(TimestampMs when) {
    signed_up_ = when;
    const bool email = random_.chance(9700);
    const bool phone = random_.chance(6000);
    const bool push = random_.chance(4000);
    std::string traits = fmt::format(R"("first_name":"{}")", k_first_names[random_.below(k_first_names.size())]);
    if (random_.chance(1000)) traits = R"("first_name":null)";
    if (random_.chance(9900)) traits += R"(,"status":"active")";
    if (email) traits += fmt::format(R"(,"email":"{}@example.test")", id_);
    if (phone) traits += fmt::format(R"(,"phone":"+1212555{:04}")", number_ % 10'000);
    if (push) traits += fmt::format(R"(,"push_token":"t-{:08x}")", random_.next() >> 32);
    if (random_.chance(9800)) traits += fmt::format(R"(,"timezone":"{}")", k_zones[zone_].name);
    const bool by_email = email && random_.chance(7800);
    const bool by_push = push && random_.chance(7000);
    const bool by_sms = phone && random_.chance(4000);
    traits += fmt::format(R"(,"consents":{{"marketing_email":{},"marketing_push":{},"marketing_sms":{}}})", by_email, by_push, by_sms);
    identify(when - k_second_ms, traits);
    static constexpr std::array<const char*, 4> k_sources = {R"("source":"web")", R"("source":"app")", R"("source":"referral")", ""};
    track(when, "Signed Up", k_sources[random_.below(k_sources.size())]);
  }

  void visit(TimestampMs when, Habit habit) {
    if (random_.chance(900)) return buy_in_store(when);
    for (int64_t views = random_.between(0, 2); views > 0; --views) {
      track(when, "Product Viewed", fmt::format(R"("productId":"p{}")", random_.below(k_products.size())));
      when += minutes(1, 4);
    }
    if (random_.chance(250)) track(when, "Ticket Opened", R"("topic":"delivery")");
    if (random_.chance(200)) identify(when, fmt::format(R"("consents":{{"marketing_email":{}}})", random_.chance(2500)));
    if (!has_trial_ && random_.chance(250)) start_trial(when);
    if (random_.chance(8500)) fill_cart(when, habit);
  }

  void fill_cart(TimestampMs when, Habit habit) {
    const std::string cart = fmt::format("{}-k{}", id_, ++carts_);
    std::string items;
    int64_t total = 0;
    for (int64_t edits = random_.between(1, 4); edits > 0; --edits) {
      const size_t product = random_.below(k_products.size());
      const int64_t quantity = random_.chance(8000) ? 1 : random_.between(2, 4);
      if (!items.empty()) items += ',';
      items += fmt::format(R"({{"productId":"p{}","title":"{}","price":{},"quantity":{}}})", product, k_products[product].title,
                           money(k_products[product].price_cents), quantity);
      total += quantity * k_products[product].price_cents;
      when += minutes(1, 12);
      track(when, "Cart Updated", fmt::format(R"("cartId":"{}","total":{},"items":[{}])", cart, money(total), items));
    }
    if (random_.chance(habit.buys)) return order(when + minutes(2, 50), cart, total);
    if (random_.chance(600)) {
      track(when + minutes(5, 200), "Cart Updated", fmt::format(R"("cartId":"{}","total":0.00,"items":[])", cart));
    } else if (random_.chance(1200)) {
      order(when + hours(4, 70), cart, total);  // perhaps the reminder helped
    }
  }

  // Tills upload in batches: most within two days, some too late to matter.
  void buy_in_store(TimestampMs when) {
    int64_t total = k_products[random_.below(k_products.size())].price_cents;
    total *= random_.between(1, 3);
    const size_t line = order_placed(when, "", total, "PICKUP");
    calls_.delay(line, random_.chance(9700) ? hours(1, 44) : hours(49, 120));
    ++counts_.late;
  }

  void order(TimestampMs when, const std::string& cart, int64_t total) {
    static constexpr std::array<const char*, 3> k_shipping = {"STANDARD", "EXPRESS", "PICKUP"};
    static constexpr std::array<uint32_t, 3> k_weights = {70, 20, 10};
    const size_t shipping = random_.pick(k_weights);
    order_placed(when, cart, total, k_shipping[shipping]);
    if (shipping == 2) return;
    const std::string order_id = fmt::format("{}-o{}", id_, orders_);
    const TimestampMs delivered = when + (shipping == 1 ? hours(18, 30) : hours(50, 120));
    if (random_.chance(9800)) track(delivered, "Order Delivered", fmt::format(R"("orderId":"{}")", order_id));
    if (random_.chance(400)) track(delivered + hours(20, 200), "Order Returned", fmt::format(R"("orderId":"{}")", order_id));
    if (random_.chance(1200)) review(delivered + hours(2, 240), order_id);
  }

  size_t order_placed(TimestampMs when, const std::string& cart, int64_t total, const char* shipping) {
    std::string properties = fmt::format(R"("orderId":"{}-o{}")", id_, ++orders_);
    if (!cart.empty()) properties += fmt::format(R"(,"cartId":"{}")", cart);
    // Some systems write money as text, which is just as exact.
    const char* quote = random_.chance(2000) ? "\"" : "";
    properties += fmt::format(R"(,"total":{}{}{},"shipping":"{}")", quote, money(total), quote, shipping);
    const size_t line = track(when, "Order Placed", properties);
    // A client that retried under a new message id: only `dedupe by order_id` can tell.
    if (random_.chance(30)) {
      const DurationMs later = minutes(1, 5);
      calls_.track(id_, message_id(), when + later, "Order Placed", properties);
      ++counts_.duplicates;
    }
    return line;
  }

  void review(TimestampMs when, const std::string& order_id) {
    static constexpr std::array<uint32_t, 5> k_ratings = {1, 1, 2, 5, 8};
    const size_t stars = random_.pick(k_ratings) + 1;
    const char* source = random_.chance(5000) ? "web" : "mobile-app";
    track(when, "Review Submitted",
          fmt::format(R"("reviewId":"{}-r","orderId":"{}","rating":{},"submittedAt":"{}","source":"{}")", order_id, order_id, stars,
                      format_rfc3339(when), source));
  }

  void start_trial(TimestampMs when) {
    has_trial_ = true;
    track(when, "Plus Trial Started", R"("days":30)");
    TimestampMs ends = when + 30 * k_day_ms;
    if (random_.chance(9800)) identify(when + minutes(1, 90), fmt::format(R"("plus_ends_at":"{}")", format_rfc3339(ends)));
    if (random_.chance(1500)) {
      const TimestampMs changed = when + hours(24, 600);
      ends += random_.between(-10, 20) * k_day_ms;
      identify(changed, fmt::format(R"("plus_ends_at":"{}")", format_rfc3339(ends)));
    }
    if (random_.chance(3500)) track(when + hours(48, 700), "Plus Joined", R"("fee":4.99)");
  }

  Calls& calls_;
  HistoryCounts& counts_;
  const HistoryOptions& options_;
  uint32_t number_;
  Random random_;
  std::string id_;
  size_t zone_ = 0;
  TimestampMs signed_up_ = 0;
  uint32_t carts_ = 0;
  uint32_t orders_ = 0;
  bool has_trial_ = false;
};

}  // namespace

HistoryCounts write_history(const HistoryOptions& options, const std::function<void(std::string_view)>& write) {
  Calls calls;
  HistoryCounts counts;
  for (uint32_t number = 1; number <= options.customers; ++number) Shopper(calls, counts, options, number).live();
  const TimestampMs end = (static_cast<int64_t>(options.first_day) + options.days) * k_day_ms;
  counts.lines = calls.write(end, write);
  return counts;
}

}  // namespace wend::demo
