// wend-demo-history: writes a year of the demo shop as Segment calls, one JSON object a line. The text is the same for a
// seed on every machine.

#include <fmt/format.h>
#include <zlib.h>

#include <charconv>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

#include "examples/shop/generator/history.h"
#include "runtime/base/time.h"

namespace {

constexpr const char* k_usage =
    "usage: wend-demo-history [--seed N] [--customers N] [--days N] [--start YYYY-MM-DD] -o FILE\n"
    "FILE ending in .gz is compressed; `-` is the standard output.\n";
constexpr int k_exit_usage = 2;
// A customer is about 10 kB of history in memory.
constexpr uint32_t k_customers_max = 2'000'000;
constexpr uint32_t k_days_max = 3'660;

struct Arguments {
  wend::demo::HistoryOptions history;
  std::string output;
};

std::optional<uint64_t> number(std::string_view text) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<Arguments> parse(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    const std::string_view value = argv[i + 1];
    if (name == "-o" || name == "--output") {
      arguments.output = value;
      continue;
    }
    if (name == "--start") {
      const auto day = wend::parse_date(value);
      if (!day) return std::nullopt;
      arguments.history.first_day = *day;
      continue;
    }
    const auto count = number(value);
    if (!count) return std::nullopt;
    if (name == "--seed") {
      arguments.history.seed = *count;
    } else if (name == "--customers" && *count >= 1 && *count <= k_customers_max) {
      arguments.history.customers = static_cast<uint32_t>(*count);
    } else if (name == "--days" && *count >= 1 && *count <= k_days_max) {
      arguments.history.days = static_cast<uint32_t>(*count);
    } else {
      return std::nullopt;
    }
  }
  if (argc % 2 == 0 || arguments.output.empty()) return std::nullopt;
  return arguments;
}

// Plain or compressed by the file's name; says whether everything reached the file.
class Output {
 public:
  explicit Output(const std::string& path) {
    if (path.ends_with(".gz")) {
      compressed_ = gzopen(path.c_str(), "wb6");
    } else {
      plain_ = path == "-" ? stdout : std::fopen(path.c_str(), "wb");
    }
    ok_ = plain_ != nullptr || compressed_ != nullptr;
  }
  void line(std::string_view text) {
    buffer_.append(text);
    buffer_.push_back('\n');
    if (buffer_.size() >= 1 << 20) flush();
  }
  bool close() {
    if (!ok_) return false;
    flush();
    if (compressed_ != nullptr) return gzclose(compressed_) == Z_OK && ok_;
    return std::fflush(plain_) == 0 && (plain_ == stdout || std::fclose(plain_) == 0) && ok_;
  }
  bool ok() const { return ok_; }

 private:
  void flush() {
    const size_t size = buffer_.size();
    if (size == 0) return;
    const size_t written = compressed_ != nullptr ? static_cast<size_t>(gzwrite(compressed_, buffer_.data(), static_cast<unsigned>(size)))
                                                  : std::fwrite(buffer_.data(), 1, size, plain_);
    ok_ = ok_ && written == size;
    buffer_.clear();
  }
  std::FILE* plain_ = nullptr;
  gzFile compressed_ = nullptr;
  std::string buffer_;
  bool ok_ = false;
};

}  // namespace

int main(int argc, char** argv) {
  const auto arguments = parse(argc, argv);
  if (!arguments) {
    std::fputs(k_usage, stderr);
    return k_exit_usage;
  }
  Output output(arguments->output);
  if (!output.ok()) {
    fmt::print(stderr, "wend-demo-history: cannot write `{}`\n", arguments->output);
    return k_exit_usage;
  }
  const auto counts = wend::demo::write_history(arguments->history, [&](std::string_view text) { output.line(text); });
  if (!output.close()) {
    fmt::print(stderr, "wend-demo-history: `{}` is incomplete: the disk may be full\n", arguments->output);
    return k_exit_usage;
  }
  fmt::print(stderr, "{} lines of {} customers over {} days; about {} late, {} told twice, {} broken\n", counts.lines,
             arguments->history.customers, arguments->history.days, counts.late, counts.duplicates, counts.broken);
  return 0;
}
