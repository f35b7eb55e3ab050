#include "compiler/sema/message_length.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "compiler/sema/expr_checker.h"
#include "compiler/sema/template_value.h"
#include "compiler/sema/text_extent.h"

namespace wend::sema {
namespace {

// Carriers join ten at most: 1,530 characters of GSM-7, 670 of UCS-2.
constexpr std::int64_t k_segments_max = 10;
// More than this is dearer than most people know.
constexpr std::int64_t k_segments_cheap = 3;
// Of APNs and of FCM, for everything that is sent.
constexpr std::int64_t k_push_bytes_max = 4096;
constexpr std::int64_t k_push_title_shown = 65;
constexpr std::int64_t k_push_text_shown = 240;

/// The longest text that a message's texts can become.
class Longest {
 public:
  Longest(const Model& model, const Message& message) : model_(model) {
    for (const Parameter& parameter : message.parameters) {
      if (parameter.max_length) known_[parameter.variable] = extent_of_any(*parameter.max_length);
    }
  }

  TextExtent part(const MessagePart& part) { return part.body ? body(*part.body) : pieces(part.pieces); }

 private:
  TextExtent pieces(const std::vector<TextPiece>& pieces) {
    TextExtent result;
    for (const TextPiece& piece : pieces) {
      if (!piece.forms.empty()) {
        TextExtent longest;
        for (const PluralForm& form : piece.forms) longest.widen(this->pieces(form.pieces));
        result.add(longest);
      } else {
        result.add(piece.hole ? value(*piece.hole) : extent_of(piece.text));
      }
    }
    return result;
  }

  TextExtent body(const TemplateBody& nodes) {
    TextExtent result;
    for (const TemplateNode& node : nodes) std::visit([&](const auto& each) { result.add(extent(each)); }, node.node);
    return result;
  }
  TextExtent extent(const WriteText& node) { return extent_of(node.text); }
  TextExtent extent(const WriteValue& node) { return value(*node.text); }
  TextExtent extent(const AssignVariable& node) {
    note(node.variable, value(*node.value));
    return {};
  }
  TextExtent extent(const CaptureText& node) {
    note(node.variable, body(node.body));
    return {};
  }
  TextExtent extent(const Choose& node) {
    TextExtent longest = body(node.yes);
    longest.widen(body(node.no));
    return longest;
  }
  // Nobody declares how long a list is.
  TextExtent extent(const Rounds& node) {
    TextExtent once = body(node.body);
    if (once.characters == 0 && once.bounded) return once;
    return unbounded();
  }
  TextExtent extent(const StopRounds&) { return {}; }
  TextExtent extent(const NextRound&) { return {}; }

  static TextExtent unbounded() {
    TextExtent result;
    result.bounded = false;
    return result;
  }
  void note(VariableId variable, const TextExtent& extent) {
    const auto [place, is_new] = known_.try_emplace(variable, extent);
    if (!is_new) place->second.widen(extent);
  }

  // By the kind of the value, when nothing more is known.
  TextExtent by_type(const types::Type& type) const {
    using enum types::Kind;
    switch (type.kind) {
      case boolean:
        return extent_of("false");
      case integer:
        return extent_of("-9223372036854775808");
      case enumeration: {
        TextExtent longest;
        for (const types::EnumValue& each : model_.types.at(type.enumeration).values) longest.widen(extent_of(each.name));
        return longest;
      }
      case date:
        return extent_of("2025-03-01");
      case time_of_day:
        return extent_of("09:00:00");
      case instant:
        return extent_of("2025-03-01 09:00");
      case decimal:
      case percent:
      case money:
      case duration:
      case period:
        return extent_of_any(20);
      case time_zone:
      case text:
      case list:
      case set:
      case record:
      case delivery:
      case error:
      case absent:
        break;
    }
    return unbounded();
  }

  TextExtent value(const Expr& expr) {
    if (const auto* constant = expr.get_if<Constant>()) {
      if (const auto* text = std::get_if<std::string>(&constant->value); text != nullptr && expr.type.kind == types::Kind::text) return extent_of(*text);
    }
    if (const auto* variable = expr.get_if<Variable>()) {
      if (const auto found = known_.find(variable->variable); found != known_.end()) return found->second;
    }
    if (const auto* text = expr.get_if<ToText>()) return value(*text->operand);
    if (const auto* unwrapped = expr.get_if<Unwrap>()) return value(*unwrapped->operand);
    if (const auto* wrapped = expr.get_if<ToOptional>()) return value(*wrapped->operand);
    if (const auto* either = expr.get_if<Otherwise>()) {
      TextExtent longest = value(*either->left);
      longest.widen(value(*either->right));
      return longest;
    }
    if (const auto* match = expr.get_if<MatchExpr>()) {
      TextExtent longest;
      for (const MatchExprArm& arm : match->arms) longest.widen(value(*arm.value));
      return longest;
    }
    if (const auto* let = expr.get_if<LetIn>()) {
      note(let->variable, value(*let->value));
      return value(*let->body);
    }
    if (const auto* sum = expr.get_if<Arithmetic>(); sum != nullptr && sum->op == ArithmeticOp::concat) {
      TextExtent result = value(*sum->left);
      result.add(value(*sum->right));
      return result;
    }
    if (const auto* call = expr.get_if<NativeCall>()) return result_of(*call, expr);
    return by_type(expr.type);
  }

  TextExtent result_of(const NativeCall& call, const Expr& expr) {
    constexpr std::array<Native, 6> k_as_long = {Native::upper, Native::lower, Native::trim, Native::_capitalize, Native::_strip, Native::_one_line};
    const auto native = static_cast<Native>(call.native);
    if (std::ranges::find(k_as_long, native) != k_as_long.end()) return value(*call.arguments.front());
    if (native == Native::_print_decimal || native == Native::_print_plain) return by_type(call.arguments.front()->type);
    const auto* limit = native == Native::_truncate ? call.arguments[1]->get_if<Constant>() : nullptr;
    if (limit == nullptr) return by_type(expr.type);
    const std::int64_t most = std::max<std::int64_t>(std::get<std::int64_t>(limit->value), 0);
    TextExtent result = value(*call.arguments.front());
    return !result.bounded || result.characters > most ? extent_of_any(most) : result;
  }

  const Model& model_;
  std::map<VariableId, TextExtent> known_;
};

bool is_called(const std::string& channel, std::string_view name) {
  return channel == name || channel.ends_with("_" + std::string(name)) || channel.starts_with(std::string(name) + "_");
}

void check_sms(Context& context, const MessagePart& part, const TextExtent& extent) {
  const std::int64_t segments = sms_segments(extent);
  if (segments > k_segments_max) {
    context.report(Kind::message_too_long, part.span)
        .with("what", "the text message")
        .with("length", sms_length(extent))
        .with("limit", fmt::format("{} messages joined", k_segments_max))
        .note("160 characters of GSM-7 or 70 of UCS-2 are one message, 153 or 67 each of several")
        .help("shorten it, or let its parameters be shorter: `Text<40>`");
    return;
  }
  TextExtent plain = extent;
  plain.foreign.clear();
  const bool is_foreign = sms_segments(plain) < segments;
  if (segments <= k_segments_cheap && !is_foreign) return;
  Diagnostic& diagnostic = context.report(Kind::sms_segments, part.span).with("count", segments).with("length", sms_length(extent));
  diagnostic.note("160 characters of GSM-7 or 70 of UCS-2 are one message, 153 or 67 each of several");
  if (is_foreign) {
    diagnostic.help(fmt::format("without `{}`, which is not in GSM-7, it would be {}", extent.foreign, sms_segments(plain)));
  } else {
    diagnostic.help("shorten it, or let its parameters be shorter: `Text<40>`");
  }
}

void check_push(Context& context, const MessagePart& part, const TextExtent& extent) {
  const bool is_title = part.name == "title";
  if (!is_title && part.name != "body") return;
  const std::int64_t limit = is_title ? k_push_title_shown : k_push_text_shown;
  if (extent.characters <= limit) return;
  context.report(Kind::push_cut, part.span)
      .with("what", is_title ? "the title" : "the text")
      .with("length", fmt::format("{} characters", extent.characters))
      .with("limit", limit)
      .help("shorten it, or let its parameters be shorter: `Text<40>`");
}

}  // namespace

bool is_sms(const std::string& channel) {
  return is_called(channel, "sms");
}

void check_lengths(Context& context, const Message& message) {
  for (const MessageBody& body : message.bodies) {
    const std::string& channel = context.model.at(body.channel).name;
    const bool is_push = is_called(channel, "push");
    if (!is_sms(channel) && !is_push) continue;
    Longest longest(context.model, message);
    TextExtent all;
    for (const MessagePart& part : body.parts) {
      const TextExtent extent = longest.part(part);
      if (is_sms(channel) && part.name == "body") check_sms(context, part, extent);
      if (is_push) check_push(context, part, extent);
      all.add(extent);
    }
    if (!is_push || all.bytes <= k_push_bytes_max) continue;
    context.report(Kind::message_too_long, body.span)
        .with("what", "what is pushed")
        .with("length", fmt::format("{} bytes", all.bytes))
        .with("limit", fmt::format("{} bytes", k_push_bytes_max))
        .help("shorten it, or let its parameters be shorter: `Text<40>`");
  }
}

}  // namespace wend::sema
