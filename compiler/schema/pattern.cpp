#include "compiler/schema/pattern.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

#include "runtime/bytecode/expression.h"

namespace wend::schema {
namespace {

// ECMA-262's white space and line ends, and everything else.
constexpr std::string_view k_space =
    R"(\t-\r\x{20}\x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}\x{FEFF})";
constexpr std::string_view k_no_space =
    R"(\x{0}-\x{8}\x{E}-\x{1F}\x{21}-\x{9F}\x{A1}-\x{167F}\x{1681}-\x{1FFF}\x{200B}-\x{2027}\x{202A}-\x{202E}\x{2030}-\x{205E}\x{2060}-\x{2FFF}\x{3001}-\x{FEFE}\x{FF00}-\x{10FFFF})";
constexpr std::string_view k_no_line_end = R"([^\n\r\x{2028}\x{2029}])";
constexpr std::string_view k_anything = R"([\x{0}-\x{10FFFF}])";
constexpr std::string_view k_nothing = R"([^\x{0}-\x{10FFFF}])";

// General categories by their long names; RE2 knows the short ones, and scripts.
constexpr auto k_categories = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"Letter", "L"},
    {"Uppercase_Letter", "Lu"},
    {"Lowercase_Letter", "Ll"},
    {"Titlecase_Letter", "Lt"},
    {"Modifier_Letter", "Lm"},
    {"Other_Letter", "Lo"},
    {"Mark", "M"},
    {"Nonspacing_Mark", "Mn"},
    {"Spacing_Mark", "Mc"},
    {"Enclosing_Mark", "Me"},
    {"Number", "N"},
    {"Decimal_Number", "Nd"},
    {"digit", "Nd"},
    {"Letter_Number", "Nl"},
    {"Other_Number", "No"},
    {"Punctuation", "P"},
    {"punct", "P"},
    {"Connector_Punctuation", "Pc"},
    {"Dash_Punctuation", "Pd"},
    {"Open_Punctuation", "Ps"},
    {"Close_Punctuation", "Pe"},
    {"Symbol", "S"},
    {"Math_Symbol", "Sm"},
    {"Currency_Symbol", "Sc"},
    {"Separator", "Z"},
    {"Space_Separator", "Zs"},
    {"Other", "C"},
    {"Control", "Cc"},
});

class Translator {
 public:
  explicit Translator(std::string_view pattern) : rest_(pattern) {}

  std::expected<std::string, PatternFault> run() {
    while (!rest_.empty() && fault_.empty()) {
      if (take("(?=") || take("(?!")) {
        too_strong("it looks ahead (`(?=` or `(?!`)");
      } else if (take("(?<=") || take("(?<!")) {
        too_strong("it looks behind (`(?<=` or `(?<!`)");
      } else if (take("(?<")) {
        out_ += "(?P<";
      } else if (take("(?:")) {
        out_ += "(?:";
      } else if (rest_.starts_with("(?")) {
        fault_ = fmt::format("`{}` begins no group of ECMA-262", rest_.substr(0, 3));
      } else if (take(".")) {
        out_ += k_no_line_end;
      } else if (take("[")) {
        character_class();
      } else if (take("\\")) {
        escape(false);
      } else if (rest_.front() == '{') {
        braces();
      } else if (rest_.front() == ']' || rest_.front() == '}') {
        out_ += '\\';
        pass();
      } else {
        pass();
      }
    }
    if (!fault_.empty()) return std::unexpected(PatternFault{fault_, help_});
    std::string reason;
    if (!bytecode::Expression::compile(out_, &reason)) return std::unexpected(PatternFault{reason, help_});
    return out_;
  }

 private:
  void too_strong(const char* what) {
    fault_ = what;
    help_ = "patterns take time in proportion to the text, so they neither look around nor back: say it with several, under `allOf`";
  }
  bool take(std::string_view what) {
    if (!rest_.starts_with(what)) return false;
    rest_.remove_prefix(what.size());
    return true;
  }
  void pass() {
    out_ += rest_.front();
    rest_.remove_prefix(1);
  }
  void point(uint32_t value) { out_ += fmt::format("\\x{{{:X}}}", value); }

  // How often, `{2}`, `{2,}` or `{2,5}`; anything else is itself.
  void braces() {
    const std::size_t end = rest_.find('}');
    const std::string_view inside = rest_.substr(1, end == std::string_view::npos ? 0 : end - 1);
    const bool counts = !inside.empty() && inside.front() != ',' && inside.find_first_not_of("0123456789,") == std::string_view::npos &&
                        inside.find(',') == inside.rfind(',');
    if (!counts) {
      out_ += '\\';
      return pass();
    }
    const std::string_view most = inside.substr(inside.find(',') == std::string_view::npos || inside.ends_with(',') ? 0 : inside.find(',') + 1);
    int times = 0;
    const auto [last, wrong] = std::from_chars(most.data(), most.data() + most.size(), times);
    if (wrong != std::errc() || times > k_repetitions_max) {
      fault_ = fmt::format("`{}` repeats more than {} times", rest_.substr(0, end + 1), k_repetitions_max);
      help_ = "how long a text is may be said by `minLength` and `maxLength`";
    }
    out_ += rest_.substr(0, end + 1);
    rest_.remove_prefix(end + 1);
  }

  void character_class() {
    if (take("]")) {
      out_ += k_nothing;
      return;
    }
    if (take("^]")) {
      out_ += k_anything;
      return;
    }
    out_ += '[';
    if (take("^")) out_ += '^';
    bool after_class = false;  // then a hyphen is only a hyphen
    while (!rest_.empty() && fault_.empty() && !rest_.starts_with(']')) {
      if (take("\\")) {
        const bool is_class = rest_.find_first_of("dDwWsSpP") == 0;
        escape(true);
        after_class = is_class;
        continue;
      }
      const bool before_class = rest_.size() > 2 && rest_[0] == '-' && rest_[1] == '\\' && std::string_view("dDwWsSpP").find(rest_[2]) != std::string_view::npos;
      if (rest_.front() == '[' || (rest_.front() == '-' && (after_class || before_class))) out_ += '\\';
      pass();
      after_class = false;
    }
    if (!take("]")) fault_ = "a class is not closed";
    out_ += ']';
  }

  std::optional<uint32_t> hex(size_t digits) {
    if (rest_.size() < digits) return std::nullopt;
    uint32_t value = 0;
    for (size_t i = 0; i < digits; ++i) {
      const char c = rest_[i];
      const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
      if (digit < 0) return std::nullopt;
      value = value * 16 + static_cast<uint32_t>(digit);
    }
    rest_.remove_prefix(digits);
    return value;
  }

  // Behind `\u`.
  std::optional<uint32_t> code_point() {
    if (take("{")) {
      const size_t end = rest_.find('}');
      const auto value = end == std::string_view::npos || end == 0 || end > 6 ? std::nullopt : hex(end);
      return value && take("}") && *value <= 0x10ffff ? value : std::nullopt;
    }
    const auto high = hex(4);
    if (!high || *high < 0xd800 || *high >= 0xdc00 || !rest_.starts_with("\\u")) return high;
    rest_.remove_prefix(2);
    const auto low = hex(4);
    if (!low || *low < 0xdc00 || *low >= 0xe000) return std::nullopt;
    return 0x10000 + ((*high - 0xd800) << 10) + (*low - 0xdc00);
  }

  void property(char letter) {
    const size_t end = rest_.find('}');
    if (!rest_.starts_with('{') || end == std::string_view::npos) {
      fault_ = fmt::format("`\\{}` names no property", letter);
      return;
    }
    std::string_view name = rest_.substr(1, end - 1);
    rest_.remove_prefix(end + 1);
    if (const size_t equals = name.find('='); equals != std::string_view::npos) name.remove_prefix(equals + 1);
    for (const auto& [long_name, short_name] : k_categories) {
      if (name == long_name) name = short_name;
    }
    out_ += fmt::format("\\{}{{{}}}", letter, name);
  }

  void escape(bool in_class) {
    if (rest_.empty()) {
      fault_ = "it ends in `\\`";
      return;
    }
    const char c = rest_.front();
    rest_.remove_prefix(1);
    if (std::string_view("dDwWtnrfv").find(c) != std::string_view::npos || (!in_class && (c == 'b' || c == 'B'))) {
      out_ += {'\\', c};
    } else if (c == 'b') {
      point(8);
    } else if (c == 's' || c == 'S') {
      const std::string_view set = c == 's' ? k_space : k_no_space;
      out_ += in_class ? std::string(set) : fmt::format("[{}]", set);
    } else if (c == 'p' || c == 'P') {
      property(c);
    } else if (c == 'x' || c == 'u') {
      const auto value = c == 'x' ? hex(2) : code_point();
      if (value && (*value < 0xd800 || *value > 0xdfff)) return point(*value);
      fault_ = fmt::format("`\\{}` stands without the digits of a character", c);
    } else if (c == 'c') {
      const bool is_letter = !rest_.empty() && ((rest_[0] >= 'a' && rest_[0] <= 'z') || (rest_[0] >= 'A' && rest_[0] <= 'Z'));
      if (!is_letter) {
        fault_ = "`\\c` stands without a letter";
        return;
      }
      point(static_cast<uint32_t>(rest_[0]) % 32);
      rest_.remove_prefix(1);
    } else if (c == '0' && (rest_.empty() || rest_[0] < '0' || rest_[0] > '9')) {
      point(0);
    } else if ((c >= '0' && c <= '9') || c == 'k') {
      too_strong("it refers back to what a group found");
    } else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
      fault_ = fmt::format("`\\{}` is no escape of ECMA-262", c);
    } else {
      if (static_cast<unsigned char>(c) < 0x80) out_ += '\\';
      out_ += c;
    }
  }

  std::string_view rest_;
  std::string out_;
  std::string fault_;
  std::string_view help_;
};

}  // namespace

std::expected<std::string, PatternFault> expression_of_pattern(std::string_view pattern) {
  return Translator(pattern).run();
}

}  // namespace wend::schema
