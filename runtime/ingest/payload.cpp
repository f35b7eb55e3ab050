#include "runtime/ingest/payload.h"

#include <algorithm>

#include "runtime/bytecode/json_number.h"
#include "runtime/ingest/json_token.h"
#include "runtime/ingest/json_value.h"

namespace wend::ingest {

using bytecode::JsonKinds;
namespace ondemand = simdjson::ondemand;

namespace {

// Of more members than this the order is found by sorting them all at once.
constexpr std::ptrdiff_t k_insertion_max = 16;

bool is_earlier(const PayloadMember& a, const PayloadMember& b) {
  return a.name < b.name;
}

// By name; equal names in the order of the text.
void order(std::span<PayloadMember> members) {
  if (std::ssize(members) > k_insertion_max) {
    std::ranges::stable_sort(members, is_earlier);
    return;
  }
  for (auto at = members.begin(); at != members.end(); ++at) {
    std::rotate(std::upper_bound(members.begin(), at, *at, is_earlier), at, at + 1);
  }
}

template <typename T>
std::span<const T> keep(std::pmr::memory_resource& arena, std::span<const T> items) {
  if (items.empty()) return {};
  auto* copy = static_cast<T*>(arena.allocate(items.size() * sizeof(T), alignof(T)));
  std::uninitialized_copy(items.begin(), items.end(), copy);
  return {copy, items.size()};
}

}  // namespace

std::optional<size_t> PayloadValue::find(std::string_view name) const {
  const auto found = std::ranges::lower_bound(members, name, {}, &PayloadMember::name);
  if (found == members.end() || found->name != name) return std::nullopt;
  return static_cast<size_t>(found - members.begin());
}

void append_canonical(const PayloadValue& value, std::string& out) {
  switch (value.kind) {
    case JsonKinds::null:
      out += "null";
      return;
    case JsonKinds::boolean:
      out += value.truth ? "true" : "false";
      return;
    case JsonKinds::integer:
    case JsonKinds::number:
      out += bytecode::canonical_number(value.text);
      return;
    case JsonKinds::string:
      return bytecode::append_canonical_text(value.text, out);
    case JsonKinds::array:
      out += '[';
      for (const PayloadValue& element : value.elements) {
        append_canonical(element, out);
        out += ',';
      }
      out += ']';
      return;
    case JsonKinds::object:
      out += '{';
      for (const PayloadMember& member : value.members) {
        bytecode::append_canonical_text(member.name, out);
        out += ':';
        append_canonical(member.value, out);
        out += ',';
      }
      out += '}';
      return;
  }
}

simdjson::error_code Payload::parse(std::string_view text, PayloadValue& out) {
  arena_.release();
  open_members_.clear();
  open_elements_.clear();
  ondemand::document document;
  const simdjson::padded_string_view json(text.data(), text.size(), text.size() + simdjson::SIMDJSON_PADDING);
  if (const auto error = parser_.iterate(json).get(document)) return error;
  ondemand::object object;
  if (const auto error = document.get_object().get(object)) return error;
  return read_object(object, 0, out);
}

simdjson::error_code Payload::read(ondemand::value value, int depth, PayloadValue& out) {
  if (depth > k_json_depth_max) return simdjson::DEPTH_ERROR;
  ondemand::json_type type;
  if (const auto error = value.type().get(type)) return error;
  switch (type) {
    case ondemand::json_type::object: {
      ondemand::object object;
      if (const auto error = value.get_object().get(object)) return error;
      return read_object(object, depth, out);
    }
    case ondemand::json_type::array: {
      ondemand::array array;
      if (const auto error = value.get_array().get(array)) return error;
      return read_array(array, depth, out);
    }
    case ondemand::json_type::string:
      out.kind = JsonKinds::string;
      return value.get_string().get(out.text);
    case ondemand::json_type::number:
      out.kind = JsonKinds::number;
      out.text = without_blanks_behind(value.raw_json_token());
      return bytecode::JsonNumber::parse(out.text) ? simdjson::SUCCESS : simdjson::NUMBER_ERROR;
    case ondemand::json_type::boolean:
      out.kind = JsonKinds::boolean;
      return value.get_bool().get(out.truth);
    case ondemand::json_type::null: {
      out.kind = JsonKinds::null;
      bool null = false;
      if (const auto error = value.is_null().get(null)) return error;
      return null ? simdjson::SUCCESS : simdjson::N_ATOM_ERROR;
    }
  }
  return simdjson::TAPE_ERROR;
}

simdjson::error_code Payload::read_object(ondemand::object object, int depth, PayloadValue& out) {
  out.kind = JsonKinds::object;
  const size_t first = open_members_.size();
  for (auto member : object) {
    PayloadMember read;
    if (const auto error = member.unescaped_key().get(read.name)) return error;
    ondemand::value value;
    if (const auto error = member.value().get(value)) return error;
    if (const auto error = this->read(value, depth + 1, read.value)) return error;
    open_members_.push_back(read);
  }
  const std::span<PayloadMember> members = std::span(open_members_).subspan(first);
  order(members);
  // Of equal names the last one stays.
  size_t count = 0;
  for (const PayloadMember& member : members) {
    const bool repeats = count > 0 && members[count - 1].name == member.name;
    members[repeats ? count - 1 : count++] = member;
  }
  out.members = keep<PayloadMember>(arena_, members.first(count));
  open_members_.resize(first);
  return simdjson::SUCCESS;
}

simdjson::error_code Payload::read_array(ondemand::array array, int depth, PayloadValue& out) {
  out.kind = JsonKinds::array;
  const size_t first = open_elements_.size();
  for (auto element : array) {
    ondemand::value value;
    if (const auto error = element.get(value)) return error;
    PayloadValue read;
    if (const auto error = this->read(value, depth + 1, read)) return error;
    open_elements_.push_back(read);
  }
  out.elements = keep<PayloadValue>(arena_, std::span(open_elements_).subspan(first));
  open_elements_.resize(first);
  return simdjson::SUCCESS;
}

}  // namespace wend::ingest
