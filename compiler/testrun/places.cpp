#include "compiler/testrun/places.h"

#include <algorithm>
#include <array>

namespace wend::testrun {

namespace {

/// What ends the path of a point whose author gave it no name; so does the name of an action or a message, which is capitalised.
constexpr std::array<std::string_view, 3> k_unnamed = {"wait", "await", "repeat"};

bool is_label(std::string_view last) {
  return last.front() >= 'a' && last.front() <= 'z' && std::ranges::find(k_unnamed, last) == k_unnamed.end();
}

}  // namespace

std::string place_of(std::string_view path) {
  const std::string around = enclosing_place(path);
  // A pause before another attempt belongs to its call: "settle/code@retry".
  const std::string_view point = path.substr(0, path.find('@'));
  const std::string_view last = point.substr(point.rfind('/') + 1);
  if (!is_label(last)) return around;
  return around.empty() ? std::string(last) : around + "." + std::string(last);
}

std::string enclosing_place(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? "" : std::string(path.substr(0, slash));
}

std::string in(const std::string& place) {
  return place.empty() ? "" : " in " + place;
}

}  // namespace wend::testrun
