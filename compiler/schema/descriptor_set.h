#pragma once

#include <google/protobuf/descriptor.h>

#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

// A set of Protocol Buffers descriptors, linked: what `protoc --include_imports --descriptor_set_out` writes. Private to this folder.

namespace wend::schema {

class DescriptorSet {
 public:
  /// The error says what is wrong with the bytes.
  [[nodiscard]] static std::expected<std::unique_ptr<DescriptorSet>, std::string> parse(std::string_view bytes);
  /// In the order of the set: a file's imports come before it.
  [[nodiscard]] const std::vector<const google::protobuf::FileDescriptor*>& files() const { return files_; }

 private:
  DescriptorSet() = default;
  google::protobuf::DescriptorPool pool_;
  std::vector<const google::protobuf::FileDescriptor*> files_;
};

}  // namespace wend::schema
