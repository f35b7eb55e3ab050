// T10: what `wend check` does to a large project: the shop's welcome journey many times, each a module of its own.
//
// usage: compiler_t10 [files, 1,250 by default: 100,000 lines]

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "bench/compile.h"
#include "bench/durable.h"
#include "bench/row.h"
#include "compiler/project/compile.h"
#include "compiler/source/file_store.h"

using namespace wend::bench;

namespace {

constexpr size_t k_files = 1'250;
constexpr double k_target_s = 5;

}  // namespace

int main(int argc, char** argv) {
  const size_t files = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : k_files;
  const std::string shop = WEND_BENCH_SHOP;
  const BenchFolder folder("t10");
  std::filesystem::copy(shop + "/schemas", folder.path() + "/schemas");
  std::filesystem::copy(shop + "/shared.journey", folder.path() + "/shared.journey");
  const std::string journey = read_file(shop + "/welcome.journey");
  const std::string name = "module shop.welcome";
  const size_t at = journey.find(name);
  if (at == std::string::npos) return 2;
  size_t lines = 0;
  for (size_t i = 0; i < files; ++i) {
    std::string text = journey;
    text.insert(at + name.size(), fmt::format("_{}", i));
    lines += static_cast<size_t>(std::ranges::count(text, '\n'));
    std::ofstream(fmt::format("{}/welcome_{}.journey", folder.path(), i), std::ios::binary) << text;
  }

  const double wall_begin = wall_seconds();
  const double begin = processor_seconds();
  const wend::source::DiskFileStore store;
  const auto zones = wend::ZoneTable::system();
  const auto project = wend::project::load(store, folder.path());
  const double loaded = processor_seconds();
  const auto compiled = wend::project::compile(*project, store, *zones);
  const double seconds = processor_seconds() - begin;
  if (!compiled.program || compiled.program->journeys.size() != files) {
    fmt::print("T10: the project has findings\n");
    return 1;
  }
  fmt::print(
      "T10 check of {} files, {} lines  {:.2f} s of processor time ({:.2f} s by the clock), of which reading the files {:.2f} s  target "
      "{:.0f} s\n",
      files, lines, seconds, wall_seconds() - wall_begin, loaded - begin, k_target_s);
  row({"T10", fmt::format("check of {} lines, seconds of processor time", lines), seconds, k_target_s, At::most,
       fmt::format("{} files", files)});
  return 0;
}
