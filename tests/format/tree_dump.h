#pragma once

#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "compiler/syntax/ast.h"

// A syntax tree as text, with everything in it but the spans: two files with the same dump mean the same. Works on the
// members of any node by itself, so that no node and no member of one can be forgotten here.

namespace wend::test {

namespace detail {

struct Anything {
  template <typename T>
  operator T() const;  // never called
};

template <typename T, std::size_t... Index>
constexpr bool takes(std::index_sequence<Index...>) {
  return requires {
    T{((void)Index, Anything{})...};
  };
}
/// How many members an aggregate has.
template <typename T, std::size_t Count = 0>
constexpr std::size_t member_count() {
  if constexpr (std::is_empty_v<T>) {
    return 0;
  } else if constexpr (takes<T>(std::make_index_sequence<Count + 1>())) {
    return member_count<T, Count + 1>();
  } else {
    return Count;
  }
}

template <typename T>
auto members(const T& node) {
  constexpr std::size_t count = member_count<T>();
  static_assert(count <= 9, "one more line below");
  if constexpr (count == 0) return std::tuple<>();
  if constexpr (count == 1) {
    const auto& [a] = node;
    return std::tie(a);
  }
  if constexpr (count == 2) {
    const auto& [a, b] = node;
    return std::tie(a, b);
  }
  if constexpr (count == 3) {
    const auto& [a, b, c] = node;
    return std::tie(a, b, c);
  }
  if constexpr (count == 4) {
    const auto& [a, b, c, d] = node;
    return std::tie(a, b, c, d);
  }
  if constexpr (count == 5) {
    const auto& [a, b, c, d, e] = node;
    return std::tie(a, b, c, d, e);
  }
  if constexpr (count == 6) {
    const auto& [a, b, c, d, e, f] = node;
    return std::tie(a, b, c, d, e, f);
  }
  if constexpr (count == 7) {
    const auto& [a, b, c, d, e, f, g] = node;
    return std::tie(a, b, c, d, e, f, g);
  }
  if constexpr (count == 8) {
    const auto& [a, b, c, d, e, f, g, h] = node;
    return std::tie(a, b, c, d, e, f, g, h);
  }
  if constexpr (count == 9) {
    const auto& [a, b, c, d, e, f, g, h, i] = node;
    return std::tie(a, b, c, d, e, f, g, h, i);
  }
}

}  // namespace detail

inline void dump(const source::Span&, std::string&) {}
inline void dump(const std::string& text, std::string& out) {
  out += '"' + text + '"';
}
template <typename T>
requires std::is_arithmetic_v<T>
void dump(T value, std::string& out) {
  out += std::to_string(value);
}
template <typename T>
requires std::is_enum_v<T>
void dump(T value, std::string& out) {
  out += '#' + std::to_string(static_cast<int>(value));
}
inline void dump(std::monostate, std::string& out) {
  out += '-';
}
template <typename T>
void dump(const std::optional<T>& value, std::string& out);
template <typename T>
void dump(const std::unique_ptr<T>& value, std::string& out);
template <typename T>
void dump(const std::vector<T>& values, std::string& out);
template <typename... T>
void dump(const std::variant<T...>& value, std::string& out);
template <typename T>
requires std::is_aggregate_v<T>
void dump(const T& node, std::string& out);

template <typename T>
void dump(const std::optional<T>& value, std::string& out) {
  value ? dump(*value, out) : void(out += '~');
}
template <typename T>
void dump(const std::unique_ptr<T>& value, std::string& out) {
  value ? dump(*value, out) : void(out += '~');
}
template <typename T>
void dump(const std::vector<T>& values, std::string& out) {
  out += '[';
  for (const T& each : values) dump(each, out);
  out += "]\n";
}
template <typename... T>
void dump(const std::variant<T...>& value, std::string& out) {
  out += std::to_string(value.index()) + ':';
  std::visit([&](const auto& each) { dump(each, out); }, value);
}
template <typename T>
requires std::is_aggregate_v<T>
void dump(const T& node, std::string& out) {
  out += '(';
  std::apply([&](const auto&... each) { ((dump(each, out), out += ' '), ...); }, detail::members(node));
  out += ')';
}

}  // namespace wend::test
