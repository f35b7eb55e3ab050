#include "compiler/sema/text_extent.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/source/utf8.h"

namespace wend::sema {
namespace {

// The default alphabet and its extension (3GPP TS 23.038, 6.2.1), without the escape itself.
constexpr std::u32string_view k_gsm =
    U"@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
constexpr std::u32string_view k_gsm_extended = U"\f^{}\\[~]|€";

struct Segment {
  std::int64_t alone;
  std::int64_t joined;
};
constexpr Segment k_gsm_segment = {160, 153};
constexpr Segment k_ucs2_segment = {70, 67};

}  // namespace

void TextExtent::add(const TextExtent& other) {
  characters += other.characters;
  bytes += other.bytes;
  septets += other.septets;
  units += other.units;
  bounded = bounded && other.bounded;
  if (foreign.empty()) foreign = other.foreign;
}

void TextExtent::widen(const TextExtent& other) {
  characters = std::max(characters, other.characters);
  bytes = std::max(bytes, other.bytes);
  septets = std::max(septets, other.septets);
  units = std::max(units, other.units);
  bounded = bounded && other.bounded;
  if (foreign.empty()) foreign = other.foreign;
}

TextExtent extent_of(std::string_view text) {
  TextExtent result;
  result.bytes = static_cast<std::int64_t>(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const char32_t point = source::utf8_decode_at(text, at);
    const std::size_t length = source::utf8_length_at(text, at);
    const bool is_extended = k_gsm_extended.find(point) != std::u32string_view::npos;
    ++result.characters;
    result.septets += is_extended ? 2 : 1;
    result.units += point > 0xffff ? 2 : 1;
    if (result.foreign.empty() && !is_extended && k_gsm.find(point) == std::u32string_view::npos) result.foreign = text.substr(at, length);
    at += length;
  }
  return result;
}

TextExtent extent_of_any(std::int64_t characters) {
  constexpr std::int64_t k_utf8_max = 4;
  TextExtent result;
  result.characters = result.septets = result.units = characters;
  result.bytes = characters * k_utf8_max;
  return result;
}

std::int64_t sms_segments(const TextExtent& extent) {
  const bool is_gsm = extent.foreign.empty();
  const std::int64_t length = is_gsm ? extent.septets : extent.units;
  const Segment segment = is_gsm ? k_gsm_segment : k_ucs2_segment;
  return length <= segment.alone ? 1 : (length + segment.joined - 1) / segment.joined;
}

std::string sms_length(const TextExtent& extent) {
  if (extent.foreign.empty()) return fmt::format("{} characters of GSM-7", extent.septets);
  return fmt::format("{} characters of UCS-2, because of `{}`", extent.units, extent.foreign);
}

}  // namespace wend::sema
