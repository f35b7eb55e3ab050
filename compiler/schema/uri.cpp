#include "compiler/schema/uri.h"

#include <algorithm>
#include <vector>

namespace wend::schema {
namespace {

bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Without `.` and `..`; false when it climbs above where it begins.
bool normalise(std::string_view path, std::string& out) {
  std::vector<std::string_view> parts;
  bool climbs = false;
  bool folder = false;
  for (;;) {
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, end);
    folder = part == "." || part == "..";
    if (part == "..") {
      climbs = climbs || parts.empty();
      if (!parts.empty()) parts.pop_back();
    } else if (part != ".") {
      parts.push_back(part);
    }
    if (end == path.size()) break;
    path.remove_prefix(end + 1);
  }
  out.clear();
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out += '/';
    out += parts[i];
  }
  if (folder && !out.empty()) out += '/';
  return !climbs;
}

}  // namespace

bool has_scheme(std::string_view uri) {
  const std::size_t end = uri.find_first_of(":/?#");
  return end != std::string_view::npos && end > 0 && uri[end] == ':' && is_alpha(uri.front());
}

std::string resolve_uri(std::string_view base, std::string_view reference) {
  if (has_scheme(reference)) {
    // `urn:x#` and `urn:x` are one.
    return std::string(reference.ends_with('#') ? reference.substr(0, reference.size() - 1) : reference);
  }
  if (reference.empty() || reference.front() == '#') return std::string(base) + std::string(reference);
  const std::size_t scheme_end = base.find(':');
  std::size_t path_begin = scheme_end == std::string_view::npos ? 0 : scheme_end + 1;
  if (reference.starts_with("//")) return std::string(base.substr(0, path_begin)) + std::string(reference);
  if (base.substr(path_begin).starts_with("//")) path_begin = std::min(base.find('/', path_begin + 2), base.size());
  const std::size_t hash = std::min(reference.find('#'), reference.size());
  std::string_view path = reference.substr(0, hash);
  std::string merged(path);
  if (path.front() != '/') {
    const std::size_t slash = base.rfind('/');
    merged = std::string(slash == std::string_view::npos || slash < path_begin ? "/" : base.substr(path_begin, slash + 1 - path_begin)) + merged;
  }
  std::string clean;
  normalise(std::string_view(merged).substr(1), clean);
  std::string uri(base.substr(0, path_begin));
  uri += "/" + clean;
  uri += reference.substr(hash);
  if (uri.ends_with('#')) uri.pop_back();
  return uri;
}

std::optional<std::string> beside(std::string_view name, std::string_view relative) {
  if (relative.empty()) return std::nullopt;
  const std::size_t slash = name.rfind('/');
  const std::string path = std::string(slash == std::string_view::npos ? "" : name.substr(0, slash + 1)) + std::string(relative);
  std::string clean;
  if (!normalise(path, clean) || clean.empty()) return std::nullopt;
  return clean;
}

std::string pointer_token(std::string_view text) {
  const auto digit = [](char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1; };
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 && digit(text[i + 2]) >= 0) {
      plain += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
      i += 2;
    } else {
      plain += text[i];
    }
  }
  std::string token;
  for (std::size_t i = 0; i < plain.size(); ++i) {
    if (plain[i] == '~' && i + 1 < plain.size() && (plain[i + 1] == '0' || plain[i + 1] == '1')) {
      token += plain[++i] == '0' ? '~' : '/';
    } else {
      token += plain[i];
    }
  }
  return token;
}

}  // namespace wend::schema
