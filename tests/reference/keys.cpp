#include "tests/reference/keys.h"

#include <openssl/sha.h>

#include <array>

namespace wend::reference {
namespace {

std::array<unsigned char, SHA256_DIGEST_LENGTH> digest(const std::string& bytes) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> result{};
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), result.data());
  return result;
}

std::string little_endian(std::uint64_t number, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text.push_back(static_cast<char>(number >> (8 * i)));
  return text;
}

// Seven bits a byte, the lowest first, the highest bit says that more follow.
std::string with_length(const std::string& text) {
  std::string length;
  std::size_t rest = text.size();
  for (; rest >= 0x80; rest >>= 7) length.push_back(static_cast<char>((rest & 0x7f) | 0x80));
  length.push_back(static_cast<char>(rest));
  return length + text;
}

}  // namespace

std::string send_key(const std::string& log_namespace, std::uint64_t position, int start_index, const std::string& path,
                     const std::string& message, const std::vector<std::int64_t>& rounds) {
  std::string counters;
  for (const std::int64_t round : rounds) counters += little_endian(static_cast<std::uint64_t>(round), 8);
  const std::string partition = little_endian(0, 2);
  const std::string instance =
      partition + little_endian(position, 8) + little_endian(static_cast<std::uint64_t>(start_index), start_index < 65'536 ? 2 : 4);
  const auto hash = digest(with_length("wend1") + with_length(log_namespace) + with_length(instance) + with_length(path) +
                           with_length(message) + with_length(counters));
  static const char* const k_digits = "0123456789abcdef";
  std::string hex;
  for (int i = 0; i < 16; ++i) {
    hex.push_back(k_digits[hash[static_cast<std::size_t>(i)] >> 4]);
    hex.push_back(k_digits[hash[static_cast<std::size_t>(i)] & 15]);
  }
  return hex;
}

std::int64_t experiment_slot(const std::string& salt, const std::string& purpose, const std::string& customer) {
  const auto hash = digest(salt + "\x1f" + purpose + "\x1f" + customer);
  std::uint64_t number = 0;
  for (int i = 0; i < 8; ++i) number = number << 8 | hash[static_cast<std::size_t>(i)];
  return static_cast<std::int64_t>(number % 1'000'000);
}

}  // namespace wend::reference
