#pragma once

// What a schema of Apache Avro calls things: shared by who imports schemas and who reads files written by them.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wend::avro {

enum class Shape : uint8_t { null, boolean, int32, int64, float32, float64, bytes, string, record, enumeration, array, map, fixed };

// What an annotation makes of the type below it.
enum class Logical : uint8_t {
  none,
  decimal,
  uuid,
  date,
  time_millis,
  time_micros,
  timestamp_millis,
  timestamp_micros,
  timestamp_nanos,
  local_timestamp,  // of any resolution: a wall clock's time without its zone
  duration,
};

// "int" → int32, "error" → record; nullopt: it is the name of a type that the schema defines, or nothing.
inline std::optional<Shape> shape_of(std::string_view word) {
  constexpr struct {
    std::string_view word;
    Shape shape;
  } k_shapes[] = {{"null", Shape::null},       {"boolean", Shape::boolean}, {"int", Shape::int32},     {"long", Shape::int64},
                  {"float", Shape::float32},   {"double", Shape::float64},  {"bytes", Shape::bytes},   {"string", Shape::string},
                  {"record", Shape::record},   {"error", Shape::record},    {"enum", Shape::enumeration}, {"array", Shape::array},
                  {"map", Shape::map},         {"fixed", Shape::fixed}};
  for (const auto& each : k_shapes) {
    if (each.word == word) return each.shape;
  }
  return std::nullopt;
}

// As the specification has it, an annotation that is unknown or stands on another type says nothing.
inline Logical logical_of(std::string_view word, Shape shape, uint64_t fixed_size) {
  constexpr struct {
    std::string_view word;
    Shape shape;
    Logical logical;
    uint64_t fixed_size;
  } k_logicals[] = {{"decimal", Shape::bytes, Logical::decimal, 0},
                    {"decimal", Shape::fixed, Logical::decimal, 0},
                    {"uuid", Shape::string, Logical::uuid, 0},
                    {"uuid", Shape::fixed, Logical::uuid, 16},
                    {"date", Shape::int32, Logical::date, 0},
                    {"time-millis", Shape::int32, Logical::time_millis, 0},
                    {"time-micros", Shape::int64, Logical::time_micros, 0},
                    {"timestamp-millis", Shape::int64, Logical::timestamp_millis, 0},
                    {"timestamp-micros", Shape::int64, Logical::timestamp_micros, 0},
                    {"timestamp-nanos", Shape::int64, Logical::timestamp_nanos, 0},
                    {"local-timestamp-millis", Shape::int64, Logical::local_timestamp, 0},
                    {"local-timestamp-micros", Shape::int64, Logical::local_timestamp, 0},
                    {"local-timestamp-nanos", Shape::int64, Logical::local_timestamp, 0},
                    {"duration", Shape::fixed, Logical::duration, 12}};
  for (const auto& each : k_logicals) {
    if (each.word == word && each.shape == shape && (each.fixed_size == 0 || each.fixed_size == fixed_size)) return each.logical;
  }
  return Logical::none;
}

// The full name of a type that is called `name` where `space` is the namespace.
inline std::string full_name(std::string_view name, std::string_view space) {
  if (space.empty() || name.find('.') != std::string_view::npos) return std::string(name);
  return std::string(space) + "." + std::string(name);
}
// The namespace of a full name.
inline std::string namespace_of(std::string_view full_name) {
  const size_t dot = full_name.rfind('.');
  return std::string(dot == std::string_view::npos ? std::string_view() : full_name.substr(0, dot));
}

}  // namespace wend::avro
