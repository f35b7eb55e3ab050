// Every text of a program is valid UTF-8, wherever it stands.

#include "runtime/base/utf8.h"
#include "runtime/bytecode/program_fields.h"
#include "runtime/bytecode/verifier.h"

namespace wend::bytecode {
namespace {

// Visits what program_fields.h lists and looks at the texts only.
class TextWalker {
 public:
  template <typename... Parts>
  void operator()(const Parts&... parts) {
    (item(parts), ...);
  }
  void item(const std::string& text) { valid_ = valid_ && is_valid_utf8(text); }
  // A constant's bytes are checked by its type.
  void item(const Constant&) {}
  void item(const Instruction&) {}
  void item(const Decimal&) {}
  template <typename T>
  requires(std::is_enum_v<T> || std::is_arithmetic_v<T>) void item(T) {}
  template <typename T>
  void item(const std::optional<T>& value) {
    if (value) item(*value);
  }
  template <typename T>
  void item(const std::vector<T>& values) {
    if constexpr (!std::is_arithmetic_v<T> && !std::is_enum_v<T>) {
      for (const T& value : values) item(value);
    }
  }
  template <typename A, typename B>
  void item(const std::pair<A, B>& value) {
    item(value.first);
    item(value.second);
  }
  void item(const Span&) {}
  template <typename T>
  requires(std::is_class_v<T>) void item(const T& value) { fields::visit(*this, value); }

  bool valid() const { return valid_; }

 private:
  bool valid_ = true;
};

}  // namespace

bool verify_texts(const Program& program, Fault& fault) {
  const auto check = [&](const char* where, const auto& part) {
    TextWalker walker;
    walker(part);
    return fault.require(walker.valid(), fmt::format("section {}", where), "a text is not valid UTF-8");
  };
  for (const Message& message : program.messages) {
    if (!check("bodies", message.bodies)) return false;
  }
  for (const Function& function : program.functions) {
    if (!check("debug", function.name)) return false;
  }
  return check("project", program.name) && check("types", program.types) && check("enums", program.enums) &&
         check("records", program.records) && check("attributes", program.attributes) && check("topics", program.topics) &&
         check("events", program.events) && check("channels", program.channels) && check("messages", program.messages) &&
         check("experiments", program.experiments) && check("policies", program.policies) && check("journeys", program.journeys) && check("validation", program.schema_nodes) &&
         check("debug", program.source_files);
}

}  // namespace wend::bytecode
