#include "compiler/schema/descriptor_set.h"

#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/io/coded_stream.h>

namespace wend::schema {

namespace pb = google::protobuf;

namespace {

/// Keeps the first thing that is wrong; the library would print all of them.
class FirstError final : public pb::DescriptorPool::ErrorCollector {
 public:
  void AddError(const std::string& file, const std::string& element, const pb::Message*, ErrorLocation, const std::string& message) override {
    if (what.empty()) what = "`" + file + "`, `" + element + "`: " + message;
  }
  void AddWarning(const std::string&, const std::string&, const pb::Message*, ErrorLocation, const std::string&) override {}
  std::string what;
};

}  // namespace

std::expected<std::unique_ptr<DescriptorSet>, std::string> DescriptorSet::parse(std::string_view bytes) {
  pb::FileDescriptorSet set;
  pb::io::CodedInputStream input(reinterpret_cast<const std::uint8_t*>(bytes.data()), static_cast<int>(bytes.size()));
  if (!set.ParsePartialFromCodedStream(&input) || !input.ConsumedEntireMessage()) return std::unexpected("its bytes are not those of one");
  if (set.file_size() == 0) return std::unexpected("it holds no files");
  std::unique_ptr<DescriptorSet> result(new DescriptorSet);
  for (const pb::FileDescriptorProto& file : set.file()) {
    if (result->pool_.FindFileByName(file.name()) != nullptr) continue;
    for (const std::string& import : file.dependency()) {
      if (result->pool_.FindFileByName(import) != nullptr) continue;
      return std::unexpected("`" + file.name() + "` imports `" + import + "`, which is not in the set before it");
    }
    FirstError error;
    const pb::FileDescriptor* built = result->pool_.BuildFileCollectingErrors(file, &error);
    if (built == nullptr) return std::unexpected(error.what);
    result->files_.push_back(built);
  }
  return result;
}

}  // namespace wend::schema
