// T11: virtual time over the real retail history. The limit is a hand-written program that inflates, splits, groups and keeps one small
// state per customer for the same three questions; the peer beside it is the whole of `wend run`, report, log and results included.
//
// usage: replay_retail <wend> <project> <online-retail.csv.gz>

#include <fmt/format.h>
#include <zlib.h>

#include <charconv>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "bench/row.h"

namespace {

constexpr int k_runs = 3;
constexpr double k_target_s = 2.0;
constexpr int64_t k_second_order_days = 30;
constexpr int64_t k_silence_days = 60;
constexpr double k_big_order = 1000.0;

double now_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::string inflate_file(const char* path) {
  gzFile file = gzopen(path, "rb");
  if (file == nullptr) {
    fmt::print(stderr, "cannot read {}\n", path);
    std::exit(2);
  }
  std::string text;
  std::vector<char> buffer(1 << 20);
  for (int read = 0; (read = gzread(file, buffer.data(), static_cast<unsigned>(buffer.size()))) > 0;) {
    text.append(buffer.data(), static_cast<size_t>(read));
  }
  gzclose(file);
  return text;
}

// Splits one CSV row that may have quoted fields; returns what is left.
std::string_view split_row(std::string_view text, std::vector<std::string_view>& fields) {
  fields.clear();
  size_t at = 0;
  while (true) {
    const bool quoted = at < text.size() && text[at] == '"';
    size_t end = at + (quoted ? 1 : 0);
    if (quoted) {
      while (end < text.size() && (text[end] != '"' || (end + 1 < text.size() && text[end + 1] == '"'))) end += text[end] == '"' ? 2 : 1;
      fields.push_back(text.substr(at + 1, end - at - 1));
      ++end;
    } else {
      while (end < text.size() && text[end] != ',' && text[end] != '\n') ++end;
      fields.push_back(text.substr(at, end - at));
    }
    if (end >= text.size()) return {};
    if (text[end] == '\n') return text.substr(end + 1);
    at = end + 1;
  }
}

template <typename T>
T number(std::string_view text) {
  T value{};
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

int64_t day_of(std::string_view stamp) {
  using namespace std::chrono;
  const year_month_day date{year{number<int>(stamp.substr(0, 4))}, month{number<unsigned>(stamp.substr(5, 2))},
                            day{number<unsigned>(stamp.substr(8, 2))}};
  return sys_days{date}.time_since_epoch().count();
}

struct Customer {
  int64_t first_day = -1;
  int64_t last_day = -1;
  bool came_back = false;
};
struct Figures {
  uint64_t orders = 0, second_orders = 0, silences = 0, big_orders = 0;
};

Figures by_hand(const char* path) {
  const std::string text = inflate_file(path);
  std::unordered_map<std::string_view, Customer> customers;
  Figures figures;
  std::vector<std::string_view> fields;
  std::string_view rest = text;
  rest = split_row(rest, fields);  // header
  std::string_view invoice;
  double total = 0;
  while (!rest.empty()) {
    rest = split_row(rest, fields);
    if (fields.size() < 8 || fields[6].empty() || fields[0].starts_with('C')) continue;
    const double line = number<double>(fields[3]) * number<double>(fields[5]);
    if (fields[0] == invoice) {
      total += line;
      continue;
    }
    figures.big_orders += total >= k_big_order ? 1 : 0;
    invoice = fields[0];
    total = line;
    ++figures.orders;
    const int64_t day = day_of(fields[4]);
    Customer& customer = customers[fields[6]];
    if (customer.first_day < 0) {
      customer.first_day = day;
    } else if (!customer.came_back && day - customer.first_day <= k_second_order_days) {
      customer.came_back = true;
      ++figures.second_orders;
    }
    if (customer.last_day >= 0 && day - customer.last_day > k_silence_days) ++figures.silences;
    customer.last_day = day;
  }
  return figures;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 4) {
    fmt::print(stderr, "usage: replay_retail <wend> <project> <online-retail.csv.gz>\n");
    return 2;
  }
  double limit_s = 1e9;
  Figures figures;
  for (int run = 0; run < k_runs; ++run) {
    const double start = now_s();
    figures = by_hand(arguments[3]);
    limit_s = std::min(limit_s, now_s() - start);
  }
  const auto folder = std::filesystem::temp_directory_path() / fmt::format("wend-bench-{}", now_s());
  double wend_s = 1e9;
  for (int run = 0; run < k_runs; ++run) {
    std::filesystem::remove_all(folder);
    const std::string command = fmt::format("'{}' run '{}' --events '{}' --data '{}' --out '{}' > /dev/null", arguments[1], arguments[2],
                                            arguments[3], (folder / "state").string(), (folder / "result").string());
    const double start = now_s();
    if (std::system(command.c_str()) != 0) {
      fmt::print(stderr, "failed: {}\n", command);
      return 1;
    }
    wend_s = std::min(wend_s, now_s() - start);
  }
  std::filesystem::remove_all(folder);
  fmt::print("T11 retail replay  {:.2f} s  by hand {:.2f} s ({} orders, {} second within 30 days)  ratio {:.2f}  target ≤ {:.1f} s\n",
             wend_s, limit_s, figures.orders, figures.second_orders, limit_s / wend_s, k_target_s);
  wend::bench::row({"T11", "retail rows through three journeys, s", wend_s, k_target_s, wend::bench::At::most,
                    fmt::format("by hand {:.2f} s", limit_s)});
  return 0;
}
