#include "compiler/schema/protobuf.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include <algorithm>
#include <map>
#include <set>

#include "compiler/schema/descriptor_set.h"
#include "compiler/schema/oneof_rules.h"
#include "compiler/schema/type_maker.h"
#include "runtime/base/base64.h"
#include "runtime/bytecode/packed.h"

namespace wend::schema {

namespace pb = google::protobuf;
using types::Type;

namespace {

/// `OrderStatus` → `order_status_`: what the values' names begin with by convention.
std::string enum_prefix(const pb::EnumDescriptor& descriptor) {
  const std::string prefix = snake_case(descriptor.name()) + "_";
  for (int i = 0; i < descriptor.value_count(); ++i) {
    const std::string name = snake_case(descriptor.value(i)->name());
    if (!name.starts_with(prefix) || name.size() == prefix.size() || !std::isalpha(static_cast<unsigned char>(name[prefix.size()]))) return "";
  }
  return prefix;
}

/// What a well-known message is in JSON, when that is no object of its fields.
struct WellKnown {
  std::string_view name;
  std::optional<types::Kind> kind;
  std::string_view refused;  ///< what it is, when it has no counterpart
};
constexpr WellKnown k_well_known[] = {
    {"google.protobuf.Timestamp", types::Kind::instant, ""},
    {"google.protobuf.Duration", types::Kind::duration, ""},
    {"google.protobuf.DoubleValue", types::Kind::decimal, ""},
    {"google.protobuf.FloatValue", types::Kind::decimal, ""},
    {"google.protobuf.Int64Value", types::Kind::integer, ""},
    {"google.protobuf.UInt64Value", types::Kind::integer, ""},
    {"google.protobuf.Int32Value", types::Kind::integer, ""},
    {"google.protobuf.UInt32Value", types::Kind::integer, ""},
    {"google.protobuf.BoolValue", types::Kind::boolean, ""},
    {"google.protobuf.StringValue", types::Kind::text, ""},
    {"google.protobuf.BytesValue", types::Kind::text, ""},
    {"google.protobuf.FieldMask", types::Kind::text, ""},
    {"google.protobuf.Any", std::nullopt, "a value of any type"},
    {"google.protobuf.Value", std::nullopt, "a value of any type"},
    {"google.protobuf.ListValue", std::nullopt, "an array of anything"},
    {"google.protobuf.Struct", std::nullopt, "an open map"},
    {"google.protobuf.Empty", std::nullopt, "an object without fields"},
};

class ProtobufConverter {
 public:
  ProtobufConverter(const DescriptorSet& set, types::TypeTable& table, ImportResult& result)
      : set_(set), table_(table), result_(result), maker_(table, result), rules_(result) {}

  void import(const std::vector<Wanted>& wanted);

 private:
  void add_names(const pb::Descriptor& message);
  void import_type(const Wanted& wanted);
  void import_event();
  MadeFields convert_fields(const pb::Descriptor& message);
  void convert_field(const pb::FieldDescriptor& descriptor, MadeFields& made);
  Converted convert_type(const pb::FieldDescriptor& field, const std::string& path);
  Converted convert_message(const pb::Descriptor& message, const std::string& path, bool listed);
  Converted convert_enum(const pb::EnumDescriptor& descriptor, const std::string& path, bool listed);
  std::optional<types::ConstantValue> left_out(const pb::FieldDescriptor& field, const Type& type) const;
  Converted none(const std::string& path, std::string why) const { return no_type(maker_.wanted().span, path, std::move(why)); }

  const DescriptorSet& set_;
  types::TypeTable& table_;
  ImportResult& result_;
  TypeMaker maker_;
  OneofRules rules_;
  std::vector<SchemaName> message_names_;
  std::vector<SchemaName> enum_names_;
  std::vector<const pb::Descriptor*> messages_;
  std::vector<const pb::EnumDescriptor*> enums_;
  std::map<const void*, Type> converted_;  ///< by descriptor
  std::set<const pb::Descriptor*> open_;
  int depth_ = 0;
};

void ProtobufConverter::add_names(const pb::Descriptor& message) {
  if (message.options().map_entry()) return;
  message_names_.push_back({message.full_name(), messages_.size()});
  messages_.push_back(&message);
  for (int i = 0; i < message.enum_type_count(); ++i) {
    enum_names_.push_back({message.enum_type(i)->full_name(), enums_.size()});
    enums_.push_back(message.enum_type(i));
  }
  for (int i = 0; i < message.nested_type_count(); ++i) add_names(*message.nested_type(i));
}

void ProtobufConverter::import(const std::vector<Wanted>& wanted) {
  for (const pb::FileDescriptor* file : set_.files()) {
    // The library's own messages are no events.
    if (file->package() == "google.protobuf") continue;
    for (int i = 0; i < file->message_type_count(); ++i) add_names(*file->message_type(i));
    for (int i = 0; i < file->enum_type_count(); ++i) {
      enum_names_.push_back({file->enum_type(i)->full_name(), enums_.size()});
      enums_.push_back(file->enum_type(i));
    }
  }
  maker_.import_listed(wanted, [&](const Wanted& one) { import_type(one); }, [&](const Wanted&) { import_event(); });
}

void ProtobufConverter::import_type(const Wanted& wanted) {
  const bool is_enum = wanted.kind == WantedKind::enumeration;
  const SchemaName* found = maker_.find(is_enum ? enum_names_ : message_names_, is_enum ? "enum" : "message");
  if (found == nullptr) return;
  const void* descriptor = is_enum ? static_cast<const void*>(enums_[found->index]) : messages_[found->index];
  if (const auto known = converted_.find(descriptor); known != converted_.end()) return maker_.list(known->second);
  maker_.refuse(is_enum ? convert_enum(*enums_[found->index], found->full, true) : convert_message(*messages_[found->index], found->full, true));
}

void ProtobufConverter::import_event() {
  const SchemaName* found = maker_.find(message_names_, "message");
  if (found == nullptr) return;
  const pb::Descriptor& message = *messages_[found->index];
  open_.insert(&message);
  MadeFields made = convert_fields(message);
  open_.erase(&message);
  maker_.add_event(std::move(made), {found->full}, rules_.of(message), OneofRules::list(message));
}

MadeFields ProtobufConverter::convert_fields(const pb::Descriptor& message) {
  MadeFields made;
  for (int i = 0; i < message.field_count(); ++i) convert_field(*message.field(i), made);
  return made;
}

void ProtobufConverter::convert_field(const pb::FieldDescriptor& descriptor, MadeFields& made) {
  const std::string& path = descriptor.full_name();
  Converted converted = descriptor.is_map() ? none(path, "an open map") : convert_type(descriptor, path);
  types::Field field{"", descriptor.json_name(), {}, {}, maker_.wanted().span, {}, {}, true};
  if (descriptor.name() != descriptor.json_name()) field.also.push_back(descriptor.name());
  if (converted.type && descriptor.is_repeated()) {
    converted.type = types::list_of(*converted.type);
    field.default_value = std::string(bytecode::k_empty_list);
  } else if (converted.type && !descriptor.is_required()) {
    if (!descriptor.has_presence() || descriptor.has_default_value()) {
      field.default_value = left_out(descriptor, *converted.type);
      if (!field.default_value) {
        maker_.report(diag::Diagnostic(diag::Kind::schema_default_ignored, maker_.wanted().span)
                          .with("path", path)
                          .label("the field may be absent instead"));
      }
    }
    if (!field.default_value) converted.type = types::optional(*converted.type);
  }
  maker_.add_field(made, descriptor.name(), converted, std::move(field), path);
}

Converted ProtobufConverter::convert_type(const pb::FieldDescriptor& field, const std::string& path) {
  switch (field.type()) {
    case pb::FieldDescriptor::TYPE_INT32:
    case pb::FieldDescriptor::TYPE_INT64:
    case pb::FieldDescriptor::TYPE_UINT32:
    case pb::FieldDescriptor::TYPE_UINT64:
    case pb::FieldDescriptor::TYPE_SINT32:
    case pb::FieldDescriptor::TYPE_SINT64:
    case pb::FieldDescriptor::TYPE_FIXED32:
    case pb::FieldDescriptor::TYPE_FIXED64:
    case pb::FieldDescriptor::TYPE_SFIXED32:
    case pb::FieldDescriptor::TYPE_SFIXED64:
      return as_type(types::simple(types::Kind::integer));
    case pb::FieldDescriptor::TYPE_FLOAT:
    case pb::FieldDescriptor::TYPE_DOUBLE:
      return as_type(types::simple(types::Kind::decimal));
    case pb::FieldDescriptor::TYPE_BOOL:
      return as_type(types::simple(types::Kind::boolean));
    case pb::FieldDescriptor::TYPE_STRING:
    case pb::FieldDescriptor::TYPE_BYTES:
      return as_type(types::text());
    case pb::FieldDescriptor::TYPE_ENUM:
      if (field.enum_type()->full_name() == "google.protobuf.NullValue") return none(path, "a value that is always null");
      return convert_enum(*field.enum_type(), path, false);
    case pb::FieldDescriptor::TYPE_GROUP:
      return none(path, "a group");
    case pb::FieldDescriptor::TYPE_MESSAGE:
      return convert_message(*field.message_type(), path, false);
  }
  return none(path, "a type of a later version of Protocol Buffers");
}

Converted ProtobufConverter::convert_message(const pb::Descriptor& message, const std::string& path, bool listed) {
  const auto well_known = std::ranges::find(k_well_known, std::string_view(message.full_name()), &WellKnown::name);
  if (well_known != std::end(k_well_known)) {
    return well_known->kind ? as_type(types::simple(*well_known->kind)) : none(path, std::string(well_known->refused));
  }
  if (const auto known = converted_.find(&message); known != converted_.end()) return as_type(known->second);
  if (open_.contains(&message)) return none(path, "a recursive type");
  if (depth_ == k_depth_max) return none(path, "nesting this deep");
  open_.insert(&message);
  ++depth_;
  MadeFields fields = convert_fields(message);
  --depth_;
  open_.erase(&message);
  Converted made = maker_.add_record(std::move(fields), message.name(), maker_.wanted().span, path, listed);
  if (made.type) converted_.emplace(&message, *made.type);
  return made;
}

Converted ProtobufConverter::convert_enum(const pb::EnumDescriptor& descriptor, const std::string& path, bool listed) {
  if (const auto known = converted_.find(&descriptor); known != converted_.end()) return as_type(known->second);
  if (descriptor.value_count() > static_cast<int>(k_enum_values_max)) return none(path, "an enum of more than " + std::to_string(k_enum_values_max) + " values");
  const std::string prefix = enum_prefix(descriptor);
  types::Enum made{"", {}, maker_.wanted().span};
  ValueNames names;
  std::map<int, std::size_t> by_number;
  for (int i = 0; i < descriptor.value_count(); ++i) {
    const pb::EnumValueDescriptor& value = *descriptor.value(i);
    const auto [known, is_new] = by_number.emplace(value.number(), made.values.size());
    // Two names of one number are one value.
    if (!is_new) {
      made.values[known->second].also.push_back(value.name());
      continue;
    }
    const std::string name = names.take(snake_case(value.name()).substr(prefix.size()));
    made.values.push_back({name, value.name(), made.span, {std::to_string(value.number())}});
  }
  const Type type = maker_.add_enum(std::move(made), descriptor.name(), listed);
  converted_.emplace(&descriptor, type);
  return as_type(type);
}

// What a field is that the event leaves out; nothing when the type cannot hold that.
std::optional<types::ConstantValue> ProtobufConverter::left_out(const pb::FieldDescriptor& field, const Type& type) const {
  const auto decimal = [](auto number) -> std::optional<types::ConstantValue> {
    const auto parsed = Decimal::parse(fmt::format("{}", number));
    return parsed ? std::optional<types::ConstantValue>(*parsed) : std::nullopt;
  };
  switch (field.cpp_type()) {
    case pb::FieldDescriptor::CPPTYPE_INT32:
      return field.default_value_int32();
    case pb::FieldDescriptor::CPPTYPE_INT64:
      return field.default_value_int64();
    case pb::FieldDescriptor::CPPTYPE_UINT32:
      return static_cast<std::int64_t>(field.default_value_uint32());
    case pb::FieldDescriptor::CPPTYPE_UINT64:
      if (field.default_value_uint64() > INT64_MAX) return std::nullopt;
      return static_cast<std::int64_t>(field.default_value_uint64());
    case pb::FieldDescriptor::CPPTYPE_DOUBLE:
      return decimal(field.default_value_double());
    case pb::FieldDescriptor::CPPTYPE_FLOAT:
      return decimal(field.default_value_float());
    case pb::FieldDescriptor::CPPTYPE_BOOL:
      return field.default_value_bool() ? 1 : 0;
    case pb::FieldDescriptor::CPPTYPE_STRING:
      return field.type() == pb::FieldDescriptor::TYPE_BYTES ? to_base64(field.default_value_string()) : field.default_value_string();
    case pb::FieldDescriptor::CPPTYPE_ENUM: {
      const std::string number = std::to_string(field.default_value_enum()->number());
      const auto& values = table_.at(type.enumeration).values;
      const auto is_it = [&](const types::EnumValue& value) { return value.also.front() == number; };
      return static_cast<std::int64_t>(std::ranges::find_if(values, is_it) - values.begin());
    }
    case pb::FieldDescriptor::CPPTYPE_MESSAGE:
      break;
  }
  return std::nullopt;
}

}  // namespace

ImportResult import_protobuf(const source::SourceFile& file, source::Span path_span, const std::vector<Wanted>& wanted,
                             types::TypeTable& table) {
  ImportResult result;
  const auto set = DescriptorSet::parse(file.text());
  if (!set) {
    result.diagnostics.push_back(diag::Diagnostic(diag::Kind::schema_not_descriptors, path_span)
                                     .with("reason", set.error())
                                     .help("make it with `protoc --include_imports --descriptor_set_out=events.binpb events.proto`"));
    return result;
  }
  ProtobufConverter(**set, table, result).import(wanted);
  return result;
}

}  // namespace wend::schema
