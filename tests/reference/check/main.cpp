// wend-reference-check: random cases through engine and reference for as long as one likes.
//     wend-reference-check [--events N] [--seed S] [--inputs N] [--keep FOLDER] [--stop-after N] | FILE.journey …
// --print, at the end, writes the case of the seed and stops. With --shrink a kept case that differs is shrunk further before it is shown.

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>

#include "tests/reference/generator.h"

namespace {

using namespace wend::reference;

constexpr std::uint64_t k_shown_every = 500'000;  // events

struct Settings {
  std::uint64_t events = 1'000'000;
  std::uint64_t seed = 1;
  std::size_t inputs = 300;
  std::size_t stop_after = 1;
  bool shrink = false;
  std::string keep;
  std::vector<std::string> files;
};

int compare_file(const std::string& path, bool shrinks) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  const auto subject = case_from_text(text.str());
  if (!subject) {
    std::cerr << path << ": an input that cannot be read\n";
    return 2;
  }
  const Comparison result = compare(*subject);
  if (result.verdict == Verdict::differ) {
    const Case shown = shrinks ? shrunk(*subject) : *subject;
    std::cout << (shrinks ? to_text(shown) : "") << show_both(shown);
  }
  std::cout << path << ": " << (result.verdict == Verdict::agree ? "agree" : result.difference) << "\n";
  return result.verdict == Verdict::agree ? 0 : 1;
}

void report(const Settings& settings, std::uint64_t seed, const Case& subject, const Comparison& result) {
  std::cout << "seed " << seed << " differs: " << result.difference << std::flush;
  if (!settings.keep.empty()) std::ofstream(settings.keep + "/whole_" + std::to_string(seed) + ".journey") << to_text(subject);
  const Case small = shrunk(subject);
  const std::string text = to_text(small);
  std::cout << "shrunk: " << compare(small).difference << text << std::flush;
  if (!settings.keep.empty()) std::ofstream(settings.keep + "/seed_" + std::to_string(seed) + ".journey") << text;
}

int run(const Settings& settings) {
  std::uint64_t events = 0;
  std::uint64_t commands = 0;
  std::uint64_t cases = 0;
  std::uint64_t broken = 0;
  std::uint64_t differences = 0;
  for (std::uint64_t seed = settings.seed; events < settings.events; ++seed) {
    const Case subject = random_case(seed, settings.inputs);
    const Comparison result = compare(subject);
    if (result.verdict == Verdict::does_not_compile) {
      if (broken++ < 3) std::cerr << "seed " << seed << " does not compile:\n" << result.difference;
      if (broken > 100 && broken > cases) return 2;
      continue;
    }
    ++cases;
    events += subject.history.size();
    commands += result.commands;
    if (result.verdict == Verdict::differ) {
      report(settings, seed, subject, result);
      if (++differences >= settings.stop_after) return 1;
    }
    if (events / k_shown_every != (events - subject.history.size()) / k_shown_every)
      std::cout << "seed " << seed << ": " << events << " events, " << commands << " commands" << std::endl;
  }
  std::cout << "seeds from " << settings.seed << ": " << cases << " programs, " << events << " events, " << commands << " commands, "
            << differences << " differences, " << broken << " programs refused by the compiler\n";
  return differences == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const auto number = [&] { return i + 1 < argc ? std::strtoull(argv[++i], nullptr, 10) : 0; };
    if (word == "--events") {
      settings.events = number();
    } else if (word == "--seed") {
      settings.seed = number();
    } else if (word == "--inputs") {
      settings.inputs = number();
    } else if (word == "--stop-after") {
      settings.stop_after = number();
    } else if (word == "--keep") {
      if (i + 1 < argc) settings.keep = argv[++i];
    } else if (word == "--print") {
      std::cout << to_text(random_case(settings.seed, settings.inputs));
      return 0;
    } else if (word == "--shrink") {
      settings.shrink = true;
    } else if (word.starts_with("--")) {
      std::cerr << "unknown option " << word << "\n";
      return 2;
    } else {
      settings.files.push_back(word);
    }
  }
  int worst = 0;
  for (const std::string& file : settings.files) worst = std::max(worst, compare_file(file, settings.shrink));
  return settings.files.empty() ? run(settings) : worst;
}
