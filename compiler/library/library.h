#pragma once

// The standard library: modules `std.…` that every project can use. Their files are part of the compiler, and are read like any
// other, under paths that begin with `std:`, so that diagnostics can show them.

#include <string>
#include <string_view>
#include <vector>

#include "compiler/source/file_store.h"

namespace wend::library {

inline constexpr std::string_view k_folder = "std:";
inline constexpr std::string_view k_module_prefix = "std.";

/// Whether a module of this name can only be the library's.
[[nodiscard]] bool is_reserved(std::string_view module_name);
/// Where the module's file is, also when there is none: `std.commerce` is `std:/commerce.journey`.
[[nodiscard]] std::string path_of(std::string_view module_name);
/// Every module, sorted by name.
[[nodiscard]] const std::vector<std::string>& modules();

/// The library's files and, for every other path, those of another store.
class Files final : public source::FileStore {
 public:
  explicit Files(const source::FileStore& others) : others_(others) {}
  [[nodiscard]] std::expected<std::string, source::FileError> read(const std::string& path) const override;
  [[nodiscard]] std::expected<std::vector<std::string>, source::FileError> list(const std::string& folder) const override;
  [[nodiscard]] bool is_folder(const std::string& path) const override;
  [[nodiscard]] bool is_inside(const std::string& path, const std::string& folder) const override;

 private:
  const source::FileStore& others_;
};

}  // namespace wend::library
