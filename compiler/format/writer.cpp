#include "compiler/format/writer.h"

#include <array>

namespace wend::format {
namespace {

bool needs_space(const TokenText& before, const TokenText& token) {
  if (token.tight) return false;
  if (before.comma) return true;
  static constexpr std::array<std::string_view, 5> k_ends = {")", "]", ".", "?", ":"};
  if (std::find(k_ends.begin(), k_ends.end(), token.text) != k_ends.end()) return false;
  return before.text != "(" && before.text != "[" && before.text != "." && before.text != "@";
}

}  // namespace

Writer::Scope::Scope(Writer& writer, OpKind kind, std::size_t width) : writer_(writer), open_(writer.layout_.size()) {
  writer.layout_.push_back({.kind = kind, .value = static_cast<std::uint32_t>(width)});
}

Writer::Scope::~Scope() {
  writer_.layout_[open_].end = static_cast<std::uint32_t>(writer_.layout_.size());
  writer_.layout_.push_back({.kind = OpKind::close});
}

Writer::Row::Row(Writer& writer, RowKind kind) : writer_(writer) {
  writer.layout_.push_back({.kind = OpKind::row_begin, .value = static_cast<std::uint32_t>(kind)});
}

Writer::Row::~Row() {
  writer_.layout_.push_back({.kind = OpKind::row_end});
}

std::size_t Writer::index_of(std::uint32_t offset) const {
  const auto found = std::lower_bound(tokens_.begin(), tokens_.end(), offset,
                                      [](const TokenText& token, std::uint32_t begin) { return token.begin < begin; });
  return static_cast<std::size_t>(found - tokens_.begin());
}

std::size_t Writer::word_before(std::uint32_t offset) const {
  std::size_t index = index_of(offset) - 1;
  while (tokens_[index].text == "(") --index;
  return index;
}

void Writer::emit() {
  if (!after_line_ && tokens_[next_ - 1].comma) {
    // Names without brackets around them: the line may end after any comma.
    const Scope group(*this, OpKind::open_group);
    clause(next_, LineKind::soft);
    return emit();
  }
  const TokenText& token = tokens_[next_];
  comments(Place::continued, false, false);
  const bool spaced = !after_line_ && needs_space(tokens_[next_ - 1], token);
  layout_.push_back({.kind = OpKind::token, .value = spaced ? 1 + extra_space_ : 0, .token = static_cast<std::uint32_t>(next_)});
  after_line_ = false;
  extra_space_ = 0;
  ++next_;
}

void Writer::up_to(std::uint32_t offset) {
  while (tokens_[next_].begin < offset && next_ + 1 < tokens_.size()) emit();
}

void Writer::up_to_token(std::size_t index) {
  while (next_ < index) emit();
}

void Writer::up_to_brace() {
  while (next_text() != "{") emit();
}

/// The comments before the next token, unless they are in the layout already.
void Writer::comments(Place place, bool blanks, bool first) {
  const TokenText& token = tokens_[next_];
  if (token.comment_begin == token.comment_end) return;
  for (std::size_t back = layout_.size(); back > 0 && layout_[back - 1].kind != OpKind::token; --back) {
    if (layout_[back - 1].kind == OpKind::comments) return;
  }
  layout_.push_back({.kind = OpKind::comments,
                     .place = place,
                     .blank = blanks,
                     .value = first ? 1U : 0U,
                     .token = static_cast<std::uint32_t>(next_)});
}

void Writer::line(LineKind kind, Place place, std::uint32_t spaces, bool blank) {
  layout_.push_back({.kind = OpKind::line,
                     .line = kind,
                     .place = place,
                     .blank = blank,
                     .value = spaces,
                     .token = static_cast<std::uint32_t>(next_)});
  after_line_ = true;
}

/// Before the next token. The token keeps the space it has on its own.
void Writer::stop(std::uint32_t column) {
  layout_.push_back({.kind = OpKind::stop, .value = column});
}

/// A line of its own in a body: keeps its comments, and an empty line above unless it is the first.
void Writer::item(std::uint32_t begin, bool first, LineKind kind, std::uint32_t spaces) {
  up_to(begin);
  const TokenText& token = tokens_[next_];
  const bool has_comments = token.comment_begin != token.comment_end;
  comments(Place::base, true, first);
  line(kind, Place::base, spaces, token.blank_before && (!first || has_comments));
}

/// The rest of a statement or header goes on in a line of its own.
void Writer::clause(std::size_t token, LineKind kind) {
  up_to_token(token);
  comments(Place::continued, false, false);
  line(kind, Place::continued, 1);
}

/// Commas between elements, or none; never one after the last.
void Writer::set_commas(const std::vector<std::uint32_t>& begins, std::size_t closing, bool between) {
  for (std::size_t index = 1; index < begins.size(); ++index) {
    tokens_[index_of(begins[index]) - 1].comma = between;
  }
  if (!begins.empty()) tokens_[closing - 1].comma = false;
}

}  // namespace wend::format
