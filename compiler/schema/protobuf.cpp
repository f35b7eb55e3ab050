#include "compiler/schema/protobuf.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include <algorithm>
#include <map>
#include <set>

#include "compiler/schema/descriptor_set.h"
#include "compiler/schema/type_maker.h"
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
      : set_(set), table_(table), result_(result), maker_(table, result) {}

  void import(const std::vector<Wanted>& wanted);

 private:
  void add_names(const pb::Descriptor& message);
  void import_type(const Wanted& wanted);
  void import_event(const Wanted& wanted);
  std::optional<std::vector<types::Field>> convert_fields(const pb::Descriptor& message);
  bool convert_field(const pb::FieldDescriptor& descriptor, std::vector<types::Field>& fields);
  std::optional<Type> convert_type(const pb::FieldDescriptor& field, const std::string& path);
  std::optional<Type> convert_message(const pb::Descriptor& message, const std::string& path, bool listed);
  Type convert_enum(const pb::EnumDescriptor& descriptor, bool listed);
  std::optional<types::ConstantValue> left_out(const pb::FieldDescriptor& field, const Type& type) const;
  std::optional<Type> refuse(const std::string& path, std::string construct) {
    maker_.unsupported(maker_.wanted().span, path, std::move(construct));
    return std::nullopt;
  }

  const DescriptorSet& set_;
  types::TypeTable& table_;
  ImportResult& result_;
  TypeMaker maker_;
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
  // Listed records and enums first, so that events use the names their author chose; and what is inside others before those.
  for (const Wanted& one : wanted) {
    maker_.set_wanted(one);
    if (one.kind != WantedKind::event) import_type(one);
  }
  for (const Wanted& one : wanted) {
    maker_.set_wanted(one);
    if (one.kind == WantedKind::event) import_event(one);
  }
}

void ProtobufConverter::import_type(const Wanted& wanted) {
  const bool is_enum = wanted.kind == WantedKind::enumeration;
  const SchemaName* found = maker_.find(is_enum ? enum_names_ : message_names_, is_enum ? "enum" : "message");
  if (found == nullptr) return;
  const void* descriptor = is_enum ? static_cast<const void*>(enums_[found->index]) : messages_[found->index];
  if (const auto known = converted_.find(descriptor); known != converted_.end()) return maker_.list(known->second);
  if (is_enum) {
    convert_enum(*enums_[found->index], true);
  } else {
    convert_message(*messages_[found->index], found->full, true);
  }
}

void ProtobufConverter::import_event(const Wanted& wanted) {
  const SchemaName* found = maker_.find(message_names_, "message");
  if (found == nullptr) return;
  const pb::Descriptor& message = *messages_[found->index];
  open_.insert(&message);
  auto fields = convert_fields(message);
  open_.erase(&message);
  if (!fields) return;
  ImportedEvent event{wanted.name, wanted.from.value_or(wanted.name), std::move(*fields), wanted.span, {}};
  if (found->full != event.wire) event.also.push_back(found->full);
  result_.events.push_back(std::move(event));
}

std::optional<std::vector<types::Field>> ProtobufConverter::convert_fields(const pb::Descriptor& message) {
  std::vector<types::Field> fields;
  bool complete = true;
  for (int i = 0; i < message.field_count(); ++i) complete = convert_field(*message.field(i), fields) && complete;
  return complete ? std::optional(std::move(fields)) : std::nullopt;
}

bool ProtobufConverter::convert_field(const pb::FieldDescriptor& descriptor, std::vector<types::Field>& fields) {
  const std::string& path = descriptor.full_name();
  if (descriptor.is_map()) return refuse(path, "an open map").has_value();
  std::optional<Type> type = convert_type(descriptor, path);
  if (!type) return false;
  if (descriptor.is_repeated()) {
    type = types::list_of(*type);
  } else if (descriptor.has_presence() && !descriptor.is_required() && !descriptor.has_default_value()) {
    type = types::optional(*type);
  }
  types::Field field{"", descriptor.json_name(), *type, {}, maker_.wanted().span, left_out(descriptor, *type), {}, true};
  if (descriptor.name() != descriptor.json_name()) field.also.push_back(descriptor.name());
  return maker_.add_field(fields, descriptor.name(), std::move(field), path);
}

std::optional<Type> ProtobufConverter::convert_type(const pb::FieldDescriptor& field, const std::string& path) {
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
      return types::simple(types::Kind::integer);
    case pb::FieldDescriptor::TYPE_FLOAT:
    case pb::FieldDescriptor::TYPE_DOUBLE:
      return types::simple(types::Kind::decimal);
    case pb::FieldDescriptor::TYPE_BOOL:
      return types::simple(types::Kind::boolean);
    case pb::FieldDescriptor::TYPE_STRING:
    case pb::FieldDescriptor::TYPE_BYTES:
      return types::text();
    case pb::FieldDescriptor::TYPE_ENUM:
      if (field.enum_type()->full_name() == "google.protobuf.NullValue") return refuse(path, "a value that is always null");
      return convert_enum(*field.enum_type(), false);
    case pb::FieldDescriptor::TYPE_GROUP:
      return refuse(path, "a group");
    case pb::FieldDescriptor::TYPE_MESSAGE:
      return convert_message(*field.message_type(), path, false);
  }
  return refuse(path, "a type of a later version of Protocol Buffers");
}

std::optional<Type> ProtobufConverter::convert_message(const pb::Descriptor& message, const std::string& path, bool listed) {
  const auto well_known = std::ranges::find(k_well_known, std::string_view(message.full_name()), &WellKnown::name);
  if (well_known != std::end(k_well_known)) {
    return well_known->kind ? std::optional(types::simple(*well_known->kind)) : refuse(path, std::string(well_known->refused));
  }
  if (const auto known = converted_.find(&message); known != converted_.end()) return known->second;
  if (open_.contains(&message)) return refuse(path, "a recursive type");
  if (depth_ == k_depth_max) return refuse(path, "nesting this deep");
  if (message.field_count() == 0) return refuse(path, "an object without fields");
  open_.insert(&message);
  ++depth_;
  auto fields = convert_fields(message);
  --depth_;
  open_.erase(&message);
  if (!fields) return std::nullopt;
  const Type type = maker_.add_record(std::move(*fields), message.name(), maker_.wanted().span, listed);
  converted_.emplace(&message, type);
  return type;
}

Type ProtobufConverter::convert_enum(const pb::EnumDescriptor& descriptor, bool listed) {
  if (const auto known = converted_.find(&descriptor); known != converted_.end()) return known->second;
  const std::string prefix = enum_prefix(descriptor);
  types::Enum made{"", {}, maker_.wanted().span};
  std::map<int, std::size_t> by_number;
  for (int i = 0; i < descriptor.value_count(); ++i) {
    const pb::EnumValueDescriptor& value = *descriptor.value(i);
    const auto [known, is_new] = by_number.emplace(value.number(), made.values.size());
    // Two names of one number are one value.
    if (!is_new) {
      made.values[known->second].also.push_back(value.name());
      continue;
    }
    const std::string name = value_name(made, snake_case(value.name()).substr(prefix.size()));
    made.values.push_back({name, value.name(), made.span, {std::to_string(value.number())}});
  }
  const Type type = maker_.add_enum(std::move(made), descriptor.name(), listed);
  converted_.emplace(&descriptor, type);
  return type;
}

// What a field is that the event leaves out.
std::optional<types::ConstantValue> ProtobufConverter::left_out(const pb::FieldDescriptor& field, const Type& type) const {
  if (field.is_repeated()) return std::string(bytecode::k_empty_list);
  if (field.is_required() || (field.has_presence() && !field.has_default_value())) return std::nullopt;
  switch (field.cpp_type()) {
    case pb::FieldDescriptor::CPPTYPE_INT32:
      return field.default_value_int32();
    case pb::FieldDescriptor::CPPTYPE_INT64:
      return field.default_value_int64();
    case pb::FieldDescriptor::CPPTYPE_UINT32:
      return static_cast<std::int64_t>(field.default_value_uint32());
    case pb::FieldDescriptor::CPPTYPE_UINT64:
      return static_cast<std::int64_t>(std::min<std::uint64_t>(field.default_value_uint64(), INT64_MAX));
    case pb::FieldDescriptor::CPPTYPE_DOUBLE:
      return Decimal::parse(fmt::format("{}", field.default_value_double())).value_or(Decimal());
    case pb::FieldDescriptor::CPPTYPE_FLOAT:
      return Decimal::parse(fmt::format("{}", field.default_value_float())).value_or(Decimal());
    case pb::FieldDescriptor::CPPTYPE_BOOL:
      return field.default_value_bool() ? 1 : 0;
    case pb::FieldDescriptor::CPPTYPE_STRING:
      return field.type() == pb::FieldDescriptor::TYPE_BYTES ? std::string() : field.default_value_string();
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
