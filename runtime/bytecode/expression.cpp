#include "runtime/bytecode/expression.h"

#include <re2/re2.h>

namespace wend::bytecode {
namespace {

constexpr int64_t k_machine_bytes_max = 1 << 20;

}  // namespace

std::optional<Expression> Expression::compile(std::string_view text, std::string* fault) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(k_machine_bytes_max);
  auto machine = std::make_shared<const re2::RE2>(re2::StringPiece(text.data(), text.size()), options);
  if (machine->ok()) return Expression(std::move(machine));
  if (fault != nullptr) *fault = machine->error();
  return std::nullopt;
}

bool Expression::is_found_in(std::string_view text) const {
  return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *machine_);
}

}  // namespace wend::bytecode
