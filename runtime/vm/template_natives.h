#pragma once

// The natives that templates use, in their own files, and what these share.

#include <string>

#include "runtime/bytecode/limits.h"
#include "runtime/vm/natives.h"

namespace wend::vm {

// What a filter makes. Beyond the limit nothing is added any more, and the native faults.
class Made {
 public:
  void add(std::string_view bytes) {
    if (failed_ || out_.size() + bytes.size() > bytecode::k_made_bytes_max) {
      failed_ = true;
    } else {
      out_ += bytes;
    }
  }
  void add(char byte) { add(std::string_view(&byte, 1)); }
  bool failed() const { return failed_; }
  std::string_view bytes() const { return out_; }
  bool give(NativeCall& call) const {
    if (!failed_) call.result = Value::from_bytes(call.arena.copy(out_));
    return !failed_;
  }

 private:
  std::string out_;
  bool failed_ = false;
};

// A value as templates print it: like a hole, but that lists have nothing between their elements and decimals a point.
std::string print_value(const bytecode::Program& program, const ZoneTable& zones, bytecode::TypeId type, const Value& value);
std::string print_decimal(const Decimal& value);

namespace natives {
bool _escape(NativeCall& call);
bool _escape_once(NativeCall& call);
bool _one_line(NativeCall& call);
bool _web_address(NativeCall& call);
bool _url_encode(NativeCall& call);
bool _url_component(NativeCall& call);
bool _url_contact(NativeCall& call);
bool _url_decode(NativeCall& call);
bool _base64_encode(NativeCall& call);
bool _base64_decode(NativeCall& call);
bool _newline_to_br(NativeCall& call);
bool _strip_html(NativeCall& call);
bool _strip_newlines(NativeCall& call);
bool _strip(NativeCall& call);
bool _capitalize(NativeCall& call);
bool _replace(NativeCall& call);
bool _replace_first(NativeCall& call);
bool _replace_last(NativeCall& call);
bool _slice_text(NativeCall& call);
bool _truncate(NativeCall& call);
bool _truncate_words(NativeCall& call);
bool _split(NativeCall& call);
bool _less_text(NativeCall& call);
bool _element(NativeCall& call);
bool _join(NativeCall& call);
bool _reverse(NativeCall& call);
bool _slice_list(NativeCall& call);
bool _sort(NativeCall& call);
bool _sort_by(NativeCall& call);
bool _sort_natural(NativeCall& call);
bool _sort_natural_by(NativeCall& call);
bool _unique(NativeCall& call);
bool _unique_by(NativeCall& call);
bool _concat_lists(NativeCall& call);
bool _map(NativeCall& call);
bool _where(NativeCall& call);
bool _where_true(NativeCall& call);
bool _index_where(NativeCall& call);
bool _index_where_true(NativeCall& call);
bool _sum_integers(NativeCall& call);
bool _sum_decimals(NativeCall& call);
bool _range(NativeCall& call);
bool _floor_divide(NativeCall& call);
bool _modulo_integer(NativeCall& call);
bool _modulo_decimal(NativeCall& call);
bool _round_away(NativeCall& call);
bool _ceiling(NativeCall& call);
bool _floor(NativeCall& call);
bool _minimum_integer(NativeCall& call);
bool _maximum_integer(NativeCall& call);
bool _print_decimal(NativeCall& call);
bool _print_plain(NativeCall& call);
bool _date_text(NativeCall& call);
bool _date_text_in(NativeCall& call);
bool _capitalize_in(NativeCall& call);
bool _instant_of_seconds(NativeCall& call);
}  // namespace natives

}  // namespace wend::vm
