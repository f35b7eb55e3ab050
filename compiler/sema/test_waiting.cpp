#include <algorithm>

#include "compiler/sema/test_checker.h"

// `expect waiting in x.y`: where an instance can stand, as far as authors have names for it.

namespace wend::sema {

bool is_end_of(const std::string& path, const std::string& whole) {
  if (whole == path) return true;
  return whole.size() > path.size() && whole.ends_with(path) && whole[whole.size() - path.size() - 1] == '.';
}

namespace {

/// The places that a path can mean: the one that it is exactly, or those that end with it. What lies inside another of them is no second
/// one, because whoever waits there waits in the outer one too: `nudge.nudge` for a delivery named like its step.
std::vector<std::string> meant_by(const std::string& path, const std::set<std::string>& places) {
  if (places.contains(path)) return {path};
  std::vector<std::string> result;
  for (const std::string& place : places) {
    if (!is_end_of(path, place)) continue;
    const auto is_outer = [&](const std::string& other) { return is_inside(place, other); };
    if (std::ranges::none_of(result, is_outer)) result.push_back(place);
  }
  return result;
}

}  // namespace

/// Whatever could have been written for a place: its path and the ends of it that mean nothing else.
std::vector<std::string> TestChecker::place_names() const {
  const std::set<std::string>& places = journey().places;
  std::vector<std::string> names(places.begin(), places.end());
  for (const std::string& place : places) {
    for (std::size_t dot = place.find('.'); dot != std::string::npos; dot = place.find('.', dot + 1)) {
      const std::string end = place.substr(dot + 1);
      if (meant_by(end, places).size() == 1) names.push_back(end);
    }
  }
  return names;
}

std::optional<ExpectWaiting> TestChecker::waiting(const syntax::QualifiedName& path) {
  const std::string text = path.text();
  const std::vector<std::string> meant = meant_by(text, journey().places);
  if (meant.size() == 1) return ExpectWaiting{meant.front()};
  if (text.empty() || journey_is_damaged_) return std::nullopt;
  if (meant.size() > 1) {
    context_.report(Kind::ambiguous_path, path.span)
        .with("path", text)
        .with("journey", journey().name)
        .help("write what encloses it, too: `" + meant[0] + "` or `" + meant[1] + "`");
    return std::nullopt;
  }
  Diagnostic& diagnostic = context_.report(Kind::unknown_name, path.span).with("what", "place").with("name", text);
  diagnostic.label("no step, branch, arm or `as` is called so");
  diagnostic.secondary(journey().span, "the journey is declared here");
  context_.suggest(diagnostic, path.span, text, place_names());
  return std::nullopt;
}

}  // namespace wend::sema
