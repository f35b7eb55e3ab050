#pragma once

// The expressions that patterns of schemas become: RE2's, whose matching takes time linear in the text and a bounded memory.

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace re2 {
class RE2;
}

namespace wend::bytecode {

class Expression {
 public:
  // nullopt, with the reason in `fault` when that is given: it is no expression, or takes more memory than one may.
  static std::optional<Expression> compile(std::string_view text, std::string* fault = nullptr);
  // Anywhere in it. Both are valid UTF-8.
  bool is_found_in(std::string_view text) const;

 private:
  explicit Expression(std::shared_ptr<const re2::RE2> machine) : machine_(std::move(machine)) {}
  std::shared_ptr<const re2::RE2> machine_;
};

}  // namespace wend::bytecode
