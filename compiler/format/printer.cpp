#include "compiler/format/printer.h"

#include <optional>

#include "compiler/format/format.h"
#include "compiler/source/utf8.h"

namespace wend::format {
namespace {

/// A list stays beside its opening bracket if that is in the left half: further right the elements would become a tower.
constexpr std::size_t k_hang_max = k_width_max / 2;

enum class Mode : std::uint8_t {
  indent,  ///< no group: an open_indent
  flat,    ///< on one line
  broken,  ///< a group whose soft lines end
  hang,    ///< a list beside its bracket
  block,   ///< a list indented below its bracket
};

struct Open {
  Mode mode = Mode::flat;
  std::size_t outer_base = 0;
  std::size_t element_line = 0;  ///< of a list: where the present element begins
};

class Printer {
 public:
  Printer(const Tokens& tokens, Layout layout) : tokens_(tokens), layout_(std::move(layout)) { measure(); }

  Lines run() {
    for (at_ = 0; at_ < layout_.size(); ++at_) print(layout_[at_]);
    while (!result_.lines.empty() && result_.lines.back().text.empty()) result_.lines.pop_back();
    return std::move(result_);
  }

 private:
  // ── what fits ──────────────────────────────────────────────────────────────────────────────────────────────────

  /// Sums over the whole layout, so that the width of any part is one subtraction.
  void measure() {
    const std::size_t count = layout_.size();
    widths_.assign(count + 1, 0);
    endings_.assign(count + 1, 0);
    tails_.assign(count + 1, 0);
    std::vector<std::size_t> last_line_of_list;
    std::vector<OpKind> open;
    for (std::size_t index = 0; index < count; ++index) {
      Op& op = layout_[index];
      widths_[index + 1] = widths_[index] + width_of(op);
      const bool always_ends = op.kind == OpKind::comments || (op.kind == OpKind::line && op.line == LineKind::hard);
      endings_[index + 1] = endings_[index] + (always_ends ? 1 : 0);
      if (op.kind == OpKind::open_group || op.kind == OpKind::open_list || op.kind == OpKind::open_indent) {
        open.push_back(op.kind);
        if (op.kind == OpKind::open_list) last_line_of_list.push_back(index);
      } else if (op.kind == OpKind::close) {
        if (open.back() == OpKind::open_list) last_line_of_list.pop_back();
        open.pop_back();
      } else if (op.kind == OpKind::line && op.line >= LineKind::list_first) {
        Op& last = layout_[last_line_of_list.back()];
        if (last.kind == OpKind::line) last.end = static_cast<std::uint32_t>(index);
        last_line_of_list.back() = index;
      }
    }
    for (std::size_t index = count; index-- > 0;) {
      const Op& op = layout_[index];
      const bool may_end = op.kind == OpKind::line || op.kind == OpKind::comments;
      tails_[index] = may_end ? 0 : tails_[index + 1] + width_of(op);
    }
  }

  std::size_t width_of(const Op& op) const {
    if (op.kind == OpKind::line) return op.value;
    if (op.kind != OpKind::token) return 0;
    const TokenText& token = tokens_.tokens[op.token];
    return op.value + token.width + (token.comma ? 1 : 0);
  }

  std::size_t width(std::size_t begin, std::size_t end) const { return widths_[end] - widths_[begin]; }
  bool can_be_flat(std::size_t begin, std::size_t end) const { return endings_[begin] == endings_[end]; }
  std::size_t column() const { return ends_ ? base_ + k_indent : lines().back().width; }

  bool fits_flat(std::size_t open) const {
    const std::size_t end = layout_[open].end;
    return can_be_flat(open, end) && column() + width(open, end) + tails_[end] <= layout_[open].value;
  }

  /// The width of the element after the list's line, with what cannot be parted from it.
  std::size_t element_width(std::size_t line, bool with_tail) const {
    const std::size_t next = layout_[line].end;
    const bool is_last = layout_[next].line == LineKind::list_last;
    return width(line + 1, next) + (is_last && with_tail ? layout_[next].value + tails_[next + 1] : 0);
  }

  Mode list_mode(std::size_t open) const {
    const std::size_t end = layout_[open].end;
    if (fits_flat(open)) return Mode::flat;
    if (!can_be_flat(open, end)) return Mode::block;
    std::size_t line = open + 1;
    const std::size_t hang = column() + layout_[line].value;
    if (hang > k_hang_max) return Mode::block;
    for (; layout_[line].line != LineKind::list_last; line = layout_[line].end) {
      if (hang + element_width(line, true) > k_width_max) return Mode::block;
    }
    return Mode::hang;
  }

  bool inside_flat() const {
    for (auto each = open_.rbegin(); each != open_.rend(); ++each) {
      if (each->mode != Mode::indent) return each->mode == Mode::flat;
    }
    return false;
  }

  // ── what is written ────────────────────────────────────────────────────────────────────────────────────────────

  void print(const Op& op) {
    switch (op.kind) {
      case OpKind::token:
        return token(op);
      case OpKind::comments:
        return comments(op);
      case OpKind::line:
        return line(op);
      case OpKind::open_group:
        open_.push_back({inside_flat() || fits_flat(at_) ? Mode::flat : Mode::broken, base_, 0});
        return;
      case OpKind::open_list:
        open_.push_back({inside_flat() ? Mode::flat : list_mode(at_), base_, 0});
        return;
      case OpKind::open_indent:
        open_.push_back({Mode::indent, base_, 0});
        base_ += k_indent;
        return;
      case OpKind::close:
        base_ = open_.back().outer_base;
        open_.pop_back();
        return;
      case OpKind::row_begin:
        open_rows_.push_back(result_.rows.size());
        result_.rows.push_back({static_cast<RowKind>(op.value), last_line(), 0, at_line_begin_, {}});
        return;
      case OpKind::stop:
        stop_ = op.value;
        return;
      case OpKind::row_end:
        result_.rows[open_rows_.back()].last_line = last_line();
        open_rows_.pop_back();
        return;
    }
  }

  void token(const Op& op) {
    const TokenText& token = tokens_.tokens[op.token];
    if (ends_) new_line(base_ + k_indent, false);
    if (!at_line_begin_) spaces(op.value);
    Line& line = lines().back();
    if (stop_) {
      RowLines& row = result_.rows[open_rows_.back()];
      row.stops.push_back({*stop_, line.text.size(), line.width});
      stop_.reset();
    }
    line.text += token.text;
    line.width += token.width;
    if (token.comma) {
      line.text += ',';
      ++line.width;
    }
    at_line_begin_ = false;
  }

  void comments(const Op& op) {
    const TokenText& token = tokens_.tokens[op.token];
    for (std::uint32_t index = token.comment_begin; index < token.comment_end; ++index) {
      const CommentText& each = tokens_.comments[index];
      if (!each.own_line && !ends_ && !at_line_begin_) {
        lines().back().comment = each.text;
      } else {
        const bool is_first = index == token.comment_begin && op.value == 1;
        new_line(op.place == Place::base ? base_ : base_ + k_indent, op.blank && each.blank_before && !is_first);
        Line& line = lines().back();
        line.text += each.text;
        line.width += source::display_width(each.text);
        line.is_comment = true;
      }
      ends_ = true;
    }
  }

  void line(const Op& op) {
    Mode mode = Mode::broken;
    for (auto each = open_.rbegin(); each != open_.rend(); ++each) {
      if (each->mode == Mode::indent) continue;
      mode = each->mode;
      break;
    }
    switch (op.line) {
      case LineKind::soft:
        if (mode == Mode::flat && !ends_) return spaces(op.value);
        return new_line(op.place == Place::base ? base_ : base_ + k_indent, op.blank);
      case LineKind::hard:
        return new_line(op.place == Place::base ? base_ : base_ + k_indent, op.blank);
      case LineKind::list_first:
      case LineKind::list_fill:
      case LineKind::list_last:
        return list_line(op, mode);
    }
  }

  void list_line(const Op& op, Mode mode) {
    Open& list = open_.back();
    const bool first = op.line == LineKind::list_first;
    if (op.line == LineKind::list_last) {
      if (mode != Mode::block) return spaces(op.value);
      base_ = list.outer_base;
      return new_line(base_, false);
    }
    if (first && mode == Mode::block) base_ += k_indent;
    bool ends = ends_ || (first && mode == Mode::block);
    if (!first && mode != Mode::flat) {
      const bool spread = list.element_line != last_line();
      ends = ends || spread || !can_be_flat(at_, op.end) || column() + op.value + element_width(at_, mode == Mode::hang) > k_width_max;
    }
    ends ? new_line(base_, false) : spaces(op.value);
    if (first && mode == Mode::hang) base_ = column();
    list.element_line = last_line();
  }

  void spaces(std::size_t count) {
    Line& line = lines().back();
    line.text.append(count, ' ');
    line.width += count;
  }

  /// Nothing stands above the first line, and an empty line is never the second in a row.
  void new_line(std::size_t indent, bool blank) {
    if (blank && !lines().empty()) lines().emplace_back();
    lines().push_back({std::string(indent, ' '), indent, {}, false});
    at_line_begin_ = true;
    ends_ = false;
  }

  std::vector<Line>& lines() { return result_.lines; }
  const std::vector<Line>& lines() const { return result_.lines; }
  std::size_t last_line() const { return result_.lines.size() - 1; }

  const Tokens& tokens_;
  Layout layout_;
  std::vector<std::size_t> widths_;   ///< columns of all before, on one line
  std::vector<std::size_t> endings_;  ///< how many of all before end a line whatever fits
  std::vector<std::size_t> tails_;    ///< columns from here to the next place where a line may end

  Lines result_;
  std::vector<Open> open_;
  std::vector<std::size_t> open_rows_;
  std::optional<std::uint32_t> stop_;
  std::size_t at_ = 0;
  std::size_t base_ = 0;
  bool ends_ = false;  ///< a comment stands at the end: nothing can follow on this line
  bool at_line_begin_ = true;
};

}  // namespace

Lines print(const Tokens& tokens, Layout layout) {
  return Printer(tokens, std::move(layout)).run();
}

}  // namespace wend::format
