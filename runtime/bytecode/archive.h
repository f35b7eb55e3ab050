#pragma once

// Writes and reads the parts that program_fields.h lists. Numbers are varints (signed ones zigzag), texts and lists begin with
// their length, an optional and a variant with a byte, an instruction is its 8 bytes.

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "runtime/base/bytes.h"
#include "runtime/bytecode/program.h"
#include "runtime/bytecode/program_fields.h"

namespace wend::bytecode {

template <typename Derived>
class BasicWriter {
 public:
  explicit BasicWriter(std::string& out) : writer_(out) {}

  template <typename... Parts>
  void operator()(const Parts&... parts) {
    (self().item(parts), ...);
  }

  // For what reads and writes alike: a writer's counts always agree.
  void refuse() {}

  void item(bool value) { writer_.u8(value ? 1 : 0); }
  template <typename T>
  requires(std::is_enum_v<T> || std::is_integral_v<T>) void item(T value) {
    if constexpr (std::is_enum_v<T>) {
      writer_.varint(static_cast<uint64_t>(value));
    } else if constexpr (std::is_signed_v<T>) {
      writer_.signed_varint(value);
    } else {
      writer_.varint(value);
    }
  }
  void item(const std::string& value) { writer_.text(value); }
  void item(const Decimal& value) { writer_.decimal(value); }
  void item(const Instruction& value) {
    writer_.u8(static_cast<uint8_t>(value.opcode));
    writer_.u8(value.zero);
    writer_.u16(value.a);
    writer_.u16(value.b);
    writer_.u16(value.c);
  }
  template <typename T>
  void item(const std::optional<T>& value) {
    self().item(value.has_value());
    if (value) self().item(*value);
  }
  template <typename T>
  void item(const std::vector<T>& values) {
    writer_.varint(values.size());
    for (const T& value : values) self().item(value);
  }
  template <typename A, typename B>
  void item(const std::pair<A, B>& value) {
    (*this)(value.first, value.second);
  }
  template <typename... Choices>
  void item(const std::variant<Choices...>& value) {
    writer_.u8(static_cast<uint8_t>(value.index()));
    std::visit([this](const auto& choice) { self().item(choice); }, value);
  }
  template <typename T>
  requires(std::is_class_v<T>) void item(const T& value) { fields::visit(self(), value); }

 protected:
  Derived& self() { return static_cast<Derived&>(*this); }
  ByteWriter writer_;
};

class ArchiveWriter final : public BasicWriter<ArchiveWriter> {
 public:
  using BasicWriter::BasicWriter;
};

// Never allocates for what the bytes only claim to hold: lists grow as their elements are read.
class ArchiveReader {
 public:
  explicit ArchiveReader(std::string_view bytes) : reader_(bytes) {}

  template <typename... Parts>
  void operator()(Parts&... parts) {
    (item(parts), ...);
  }

  void item(bool& value) {
    const uint8_t byte = reader_.u8();
    if (byte > 1) invalid_ = true;
    value = byte == 1;
  }
  template <typename T>
  requires(std::is_enum_v<T> || std::is_integral_v<T>) void item(T& value) {
    if constexpr (std::is_enum_v<T>) {
      std::underlying_type_t<T> number{};
      item(number);
      value = static_cast<T>(number);
    } else if constexpr (std::is_signed_v<T>) {
      narrow(reader_.signed_varint(), value);
    } else {
      narrow(reader_.varint(), value);
    }
  }
  void item(std::string& value) { value = reader_.text(); }
  void item(Decimal& value) { value = reader_.decimal(); }
  void item(Instruction& value) {
    value.opcode = static_cast<Opcode>(reader_.u8());
    value.zero = reader_.u8();
    value.a = reader_.u16();
    value.b = reader_.u16();
    value.c = reader_.u16();
  }
  template <typename T>
  void item(std::optional<T>& value) {
    bool present = false;
    item(present);
    if (present) item(value.emplace());
  }
  template <typename T>
  void item(std::vector<T>& values) {
    const uint64_t count = reader_.varint();
    for (uint64_t i = 0; i < count && ok(); ++i) item(values.emplace_back());
  }
  template <typename A, typename B>
  void item(std::pair<A, B>& value) {
    (*this)(value.first, value.second);
  }
  template <typename... Choices>
  void item(std::variant<Choices...>& value) {
    const uint8_t index = reader_.u8();
    size_t choice = 0;
    const bool known = ((choice++ == index && (item(value.template emplace<Choices>()), true)) || ...);
    if (!known) invalid_ = true;
  }
  template <typename T>
  requires(std::is_class_v<T>) void item(T& value) { fields::visit(*this, value); }

  void refuse() { invalid_ = true; }
  bool ok() const { return reader_.ok() && !invalid_; }
  bool at_end() const { return reader_.at_end(); }
  const char* position() const { return reader_.position(); }

 private:
  template <typename From, typename To>
  void narrow(From from, To& to) {
    to = static_cast<To>(from);
    if (static_cast<From>(to) != from) invalid_ = true;
  }

  ByteReader reader_;
  bool invalid_ = false;
};

}  // namespace wend::bytecode
