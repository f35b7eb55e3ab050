#pragma once

#include <cstdint>
#include <vector>

// Internal to compiler/format: what the syntax tree says about where lines may end, as one flat list in text order.
//
// Lines hang from a base column. A new line begins at the base (a statement, a closing brace) or two columns further
// right (the rest of a construct that goes on).

namespace wend::format {

enum class OpKind : std::uint8_t {
  token,        ///< the next token, `value` columns after the one before it on the same line
  comments,     ///< the comments before the next token; lines of their own begin where `place` says
  line,         ///< a place where a line may end; `value` spaces when it does not
  open_group,   ///< on one line if that fits into `value` columns; else its soft lines end
  open_list,    ///< in brackets: on one line; else filled, beside the bracket or indented below it
  open_indent,  ///< the base is two columns further right until the end
  close,        ///< of any of the three
  row_begin,    ///< `value` is the RowKind: neighbours of one kind have their columns aligned when each is one line
  stop,         ///< column number `value` of the row begins
  row_end,
};

enum class LineKind : std::uint8_t {
  soft,        ///< ends when its group is not on one line
  hard,        ///< always ends
  list_first,  ///< after the opening bracket
  list_fill,   ///< between two elements: ends when the next one does not fit
  list_last,   ///< before the closing bracket
};
enum class Place : std::uint8_t { base, continued };

/// What may be aligned with what.
enum class RowKind : std::uint8_t {
  field,
  named_value,
  import_name,
  enum_decl,
  record_decl,
  event_decl,
  setting,  ///< a word and its value: owner, layer, address…
  exit_rule,
  goal,
  experiment_arm,
  denial,
  message_body,
  body_part,
  wait_handler,
  match_arm,
};

struct Op {
  OpKind kind = OpKind::token;
  LineKind line = LineKind::soft;
  Place place = Place::base;
  bool blank = false;  ///< line: an empty line before, if anything is above. comments: empty lines are kept
  std::uint32_t value = 0;
  std::uint32_t token = 0;  ///< token, comments: which; line: the token that follows
  std::uint32_t end = 0;    ///< open_…: the index of its close; list lines: the index of the list's next line
};

using Layout = std::vector<Op>;

}  // namespace wend::format
