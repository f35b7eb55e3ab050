#pragma once

#include <optional>
#include <string>
#include <string_view>

// As much of RFC 3986 and RFC 6901 as references between schemas take.

namespace wend::schema {

[[nodiscard]] bool has_scheme(std::string_view uri);
/// `reference` as seen from `base`, with its fragment.
[[nodiscard]] std::string resolve_uri(std::string_view base, std::string_view reference);
/// The relative path of a file named beside another: "common/b.json" beside "a.json". nullopt: it leads out of the folder.
[[nodiscard]] std::optional<std::string> beside(std::string_view name, std::string_view relative);
/// A token of a JSON pointer in a fragment: `a~1b%20c` → `a/b c`.
[[nodiscard]] std::string pointer_token(std::string_view text);

}  // namespace wend::schema
