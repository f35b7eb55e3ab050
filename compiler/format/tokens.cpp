#include "compiler/format/tokens.h"

#include <algorithm>

#include "compiler/source/utf8.h"

namespace wend::format {
namespace {

std::string_view without_trailing_space(std::string_view text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

std::uint32_t columns(std::string_view text) {
  return static_cast<std::uint32_t>(source::display_width(text));
}

class Collector {
 public:
  Collector(const source::SourceFile& file, const syntax::SourceTokens& source) : file_(file), source_(source) {}

  Tokens run() {
    result_.tokens.reserve(source_.tokens.size() + 1);
    for (const syntax::Token& each : source_.tokens) {
      take_comments(each.span.begin);
      const std::string_view text = file_.text(each.span);
      if (text == "," && !result_.tokens.empty()) {
        result_.tokens.back().comma = true;
        last_end_ = each.span.end;
        continue;
      }
      add({each.kind, each.span.begin, text, columns(text), 0, 0, false, false, false});
      last_end_ = each.span.end;
    }
    const auto end = static_cast<std::uint32_t>(file_.text().size());
    take_comments(end);
    add({syntax::TokenKind::symbol, end, "", 0, 0, 0, false, false, false});
    match_brackets();
    return std::move(result_);
  }

 private:
  bool blank_line_before(std::uint32_t offset) const {
    const std::string_view between = file_.text().substr(last_end_, offset - last_end_);
    return std::count(between.begin(), between.end(), '\n') > 1;
  }

  void take_comments(std::uint32_t before) {
    for (; next_comment_ < source_.comments.size() && source_.comments[next_comment_].span.begin < before; ++next_comment_) {
      const syntax::Comment& each = source_.comments[next_comment_];
      // Nothing to stand behind: it gets a line of its own.
      const bool own_line = each.own_line || result_.tokens.empty();
      result_.comments.push_back({without_trailing_space(file_.text(each.span)), own_line, blank_line_before(each.span.begin)});
      last_end_ = each.span.end;
    }
  }

  void add(TokenText token) {
    token.comment_begin = comments_taken_;
    token.comment_end = comments_taken_ = static_cast<std::uint32_t>(result_.comments.size());
    token.blank_before = blank_line_before(token.begin);
    result_.tokens.push_back(token);
  }

  void match_brackets() {
    result_.closing.assign(result_.tokens.size(), 0);
    std::vector<std::uint32_t> open;
    for (std::uint32_t index = 0; index + 1 < result_.tokens.size(); ++index) {
      const std::string_view text = result_.tokens[index].text;
      if (text == "(" || text == "[" || text == "{") open.push_back(index);
      if (text == ")" || text == "]" || text == "}") {
        result_.closing[open.back()] = index;
        open.pop_back();
      }
    }
  }

  const source::SourceFile& file_;
  const syntax::SourceTokens& source_;
  Tokens result_;
  std::size_t next_comment_ = 0;
  std::uint32_t comments_taken_ = 0;
  std::uint32_t last_end_ = 0;
};

}  // namespace

Tokens collect(const source::SourceFile& file, const syntax::SourceTokens& source) {
  return Collector(file, source).run();
}

}  // namespace wend::format
