#include "compiler/template/parse.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "compiler/diag/suggest.h"
#include "compiler/template/markup.h"
#include "compiler/template/tokens.h"

namespace wend::liquid {
namespace {

using diag::Diagnostic;
using diag::Kind;

constexpr std::array<std::string_view, 18> k_tags = {"assign", "break",     "capture",   "case",    "continue", "cycle",
                                                     "echo",   "decrement", "for",       "if",      "ifchanged", "include",
                                                     "increment", "render", "tablerow", "unless", "liquid", "comment"};
// They belong to a block; alone they close nothing.
constexpr std::array<std::string_view, 12> k_parts = {"else",      "elsif",   "when",       "endif",      "endunless",    "endcase",
                                                      "endfor",    "endraw",  "endcapture", "endcomment", "endifchanged", "endtablerow"};

template <typename List>
bool contains(const List& list, std::string_view word) {
  return std::ranges::find(list, word) != list.end();
}

bool is_blank(const Body& body);

bool is_blank(const Node& node) {
  if (const auto* text = std::get_if<Text>(&node.node)) return text->text.find_first_not_of(" \t\r\n\f\v") == std::string::npos;
  if (const auto* branches = std::get_if<If>(&node.node)) {
    return std::ranges::all_of(branches->branches, [](const IfBranch& branch) { return is_blank(branch.body); });
  }
  if (const auto* arms = std::get_if<Case>(&node.node)) {
    return std::ranges::all_of(arms->arms, [](const CaseArm& arm) { return is_blank(arm.body); });
  }
  if (const auto* loop = std::get_if<For>(&node.node)) return !loop->is_table && is_blank(loop->body) && is_blank(loop->otherwise);
  return std::holds_alternative<Assign>(node.node) || std::holds_alternative<Capture>(node.node) ||
         std::holds_alternative<Break>(node.node) || std::holds_alternative<Continue>(node.node);
}
bool is_blank(const Body& body) {
  return std::ranges::all_of(body, [](const Node& node) { return is_blank(node); });
}
// A block that prints white space only prints nothing.
void drop_texts(Body& body) {
  std::erase_if(body, [](const Node& node) { return std::holds_alternative<Text>(node.node); });
}

// Of an `if` or `case`; whoever walks the tree calls itself for each.
constexpr std::size_t k_branches_max = 256;
// Of a `cycle`.
constexpr std::size_t k_cycle_max = 64;

class Parser {
 public:
  explicit Parser(const source::SourceFile& file) : file_(file), tokens_(tokenize(file)) {
    result_.diagnostics = std::move(tokens_.diagnostics);
  }

  Parsed run() {
    while (at_ < tokens_.tokens.size() && !is_flooded()) {
      Body more = body();
      std::ranges::move(more, std::back_inserter(result_.body));
      if (at_ < tokens_.tokens.size()) stray(tokens_.tokens[at_++]);
    }
    return std::move(result_);
  }

 private:
  bool is_flooded() const { return result_.diagnostics.size() >= k_template_errors_max; }
  const Token* peek() const { return at_ < tokens_.tokens.size() ? &tokens_.tokens[at_] : nullptr; }
  Markup markup(Span span) { return {file_, span, result_.diagnostics}; }
  Diagnostic& report(Kind kind, Span span) { return result_.diagnostics.emplace_back(kind, span); }

  // A part of a block, or its end, where no such block is open.
  void stray(const Token& token) { report(Kind::template_unmatched, token.whole).with("tag", std::string(token.name)); }

  // Up to the end, or a tag that belongs to the block around.
  Body body() {
    Body result;
    while (const Token* token = peek()) {
      if (is_flooded()) {
        at_ = tokens_.tokens.size();
        break;
      }
      if (token->kind == TokenKind::tag && contains(k_parts, token->name)) break;
      ++at_;
      if (token->kind == TokenKind::text) {
        result.push_back({Text{std::string(file_.text(token->inner))}, token->inner});
      } else if (token->kind == TokenKind::output) {
        output(*token, token->inner, result);
      } else {
        tag(*token, result);
      }
    }
    return result;
  }

  void output(const Token& token, Span inner, Body& out) {
    Markup words = markup(inner);
    // `{{ }}` and `{% echo %}` print nothing.
    if (words.at_end()) return;
    Filtered value = words.filtered();
    words.expect_end();
    if (!words.failed()) out.push_back({Output{std::move(value)}, token.whole});
  }

  void tag(const Token& token, Body& out) {
    const std::string_view name = token.name;
    if (name == "echo") return output(token, token.rest, out);
    if (name == "if" || name == "unless") return conditional(token, out);
    if (name == "case") return choice(token, out);
    if (name == "for" || name == "tablerow") return loop(token, out);
    if (name == "capture") return capture(token, out);
    if (name == "ifchanged") return if_changed(token, out);
    if (name == "assign") return assign(token, out);
    if (name == "increment" || name == "decrement") return count(token, out);
    if (name == "cycle") return cycle(token, out);
    if (name == "render" || name == "include") return render(token, out);
    if (name == "break" || name == "continue") {
      markup(token.rest).expect_end();
      out.push_back({name == "break" ? decltype(Node::node)(Break{}) : decltype(Node::node)(Continue{}), token.whole});
      return;
    }
    unknown(token);
  }

  void unknown(const Token& token) {
    if (token.name.empty()) {
      Markup words = markup(token.inner);
      words.fail("the name of a tag");
      return;
    }
    Diagnostic& diagnostic = report(Kind::template_unknown_tag, token.whole).with("tag", std::string(token.name));
    const std::vector<std::string> known(k_tags.begin(), k_tags.end());
    if (const auto near = diag::nearest(token.name, known)) {
      diagnostic.help(fmt::format("did you mean `{}`?", *near),
                      {Span{token.rest.file_id, token.rest.begin - static_cast<std::uint32_t>(token.name.size()), token.rest.begin}, *near,
                       diag::Applicability::likely});
    }
  }

  // The tag that ends the block; reports when it is another one or none.
  bool close(const Token& opening, std::string_view end) {
    const Token* token = peek();
    if (token != nullptr && token->name == end) {
      ++at_;
      return true;
    }
    Diagnostic& diagnostic = report(Kind::template_unclosed, opening.whole).with("tag", std::string(opening.name));
    if (token != nullptr) {
      diagnostic.secondary(token->whole, fmt::format("`{}` comes before `{}`", token->name, end));
      // What closes another block around is left to it.
      if (std::ranges::find(open_, token->name) == open_.end()) ++at_;
    } else {
      diagnostic.help(fmt::format("close it with `{{% {} %}}`", end));
    }
    return false;
  }

  bool bounded(std::size_t size, std::size_t limit, const char* what, const Token& token) {
    if (size <= limit) return true;
    if (!gave_up_) report(Kind::template_too_large, token.whole).with("what", fmt::format("`{}` has more than {} {}", token.name, limit, what));
    at_ = tokens_.tokens.size();
    gave_up_ = true;
    return false;
  }

  // A block inside another one, unless they are too many.
  class Block {
   public:
    Block(Parser& parser, const Token& opening, std::string_view end) : parser_(parser) {
      parser.open_.emplace_back(end);
      if (parser.open_.size() == k_block_depth_max + 1) {
        parser.report(Kind::template_too_large, opening.whole).with("what", fmt::format("blocks are nested more than {} deep", k_block_depth_max));
        // Nothing else in it is worth reading.
        parser.at_ = parser.tokens_.tokens.size();
        parser.gave_up_ = true;
      }
    }
    ~Block() { parser_.open_.pop_back(); }
    Block(const Block&) = delete;
    Block& operator=(const Block&) = delete;

   private:
    Parser& parser_;
  };
  bool ends(const Token& opening, std::string_view end) { return gave_up_ || close(opening, end); }

  void conditional(const Token& token, Body& out) {
    const std::string end = fmt::format("end{}", token.name);
    const Block block(*this, token, end);
    If result;
    Token opening = token;
    for (bool is_else = false;;) {
      IfBranch branch;
      branch.span = opening.whole;
      branch.negated = opening.name == "unless";
      Markup words = markup(opening.rest);
      if (!is_else) branch.condition = words.condition();
      words.expect_end();
      branch.body = body();
      result.branches.push_back(std::move(branch));
      if (!bounded(result.branches.size(), k_branches_max, "branches", token)) break;
      const Token* next = peek();
      const bool goes_on = next != nullptr && !is_else && (next->name == "else" || next->name == "elsif");
      if (!goes_on) break;
      opening = *next;
      is_else = next->name == "else";
      ++at_;
    }
    ends(token, end);
    Node node{std::move(result), token.whole};
    if (is_blank(node)) {
      for (IfBranch& branch : std::get<If>(node.node).branches) drop_texts(branch.body);
    }
    out.push_back(std::move(node));
  }

  void choice(const Token& token, Body& out) {
    const Block block(*this, token, "endcase");
    Markup words = markup(token.rest);
    Case result{words.value(), {}};
    words.expect_end();
    // What stands before the first `when` is for nobody.
    body();
    bool has_else = false;
    while (const Token* next = peek()) {
      if (next->name != "when" && next->name != "else") break;
      if (has_else) {
        report(Kind::template_unmatched, next->whole).with("tag", std::string(next->name)).note("`else` is the last part of a `case`");
      }
      CaseArm arm;
      arm.span = next->whole;
      Markup values = markup(next->rest);
      if (next->name == "when") {
        do {
          arm.values.push_back(values.value());
        } while (values.take_if(",") || values.take_if("or"));
      } else {
        has_else = true;
      }
      values.expect_end();
      ++at_;
      arm.body = body();
      result.arms.push_back(std::move(arm));
      if (!bounded(result.arms.size(), k_branches_max, "arms", token)) break;
    }
    ends(token, "endcase");
    Node node{std::move(result), token.whole};
    if (is_blank(node)) {
      for (CaseArm& arm : std::get<Case>(node.node).arms) drop_texts(arm.body);
    }
    out.push_back(std::move(node));
  }

  void loop(const Token& token, Body& out) {
    const std::string end = fmt::format("end{}", token.name);
    const Block block(*this, token, end);
    For result;
    result.is_table = token.name == "tablerow";
    Markup words = markup(token.rest);
    result.variable = words.name("a name for the element");
    words.expect("in");
    result.collection = words.value();
    loop_options(words, result);
    result.body = body();
    if (const Token* next = peek(); next != nullptr && next->name == "else" && !result.is_table) {
      markup(next->rest).expect_end();
      ++at_;
      result.otherwise = body();
    }
    ends(token, end);
    Node node{std::move(result), token.whole};
    if (is_blank(node)) {
      drop_texts(std::get<For>(node.node).body);
      drop_texts(std::get<For>(node.node).otherwise);
    }
    out.push_back(std::move(node));
  }
  static void loop_options(Markup& words, For& result) {
    LoopOptions& options = result.options;
    words.take_if(",");
    while (!words.at_end()) {
      if (words.take_if("reversed")) {
        options.reversed = true;
      } else if (words.take_if("limit")) {
        words.expect(":");
        options.limit = words.value();
      } else if (words.take_if("offset")) {
        words.expect(":");
        options.continues = words.take_if("continue");
        if (!options.continues) options.offset = words.value();
      } else if (result.is_table && words.take_if("cols")) {
        words.expect(":");
        options.columns = words.value();
      } else {
        words.fail(result.is_table ? "`limit:`, `offset:` or `cols:`" : "`limit:`, `offset:` or `reversed`");
      }
      words.take_if(",");
    }
  }

  void capture(const Token& token, Body& out) {
    const Block block(*this, token, "endcapture");
    Markup words = markup(token.rest);
    Capture result;
    if (words.peek().kind == WordKind::text) {
      const Word word = words.take();
      result.name = {std::string(word.text), word.span};
    } else {
      result.name = words.name("a name");
    }
    words.expect_end();
    result.body = body();
    ends(token, "endcapture");
    if (!words.failed()) out.push_back({std::move(result), token.whole});
  }
  void if_changed(const Token& token, Body& out) {
    const Block block(*this, token, "endifchanged");
    markup(token.rest).expect_end();
    IfChanged result{body()};
    ends(token, "endifchanged");
    out.push_back({std::move(result), token.whole});
  }
  void assign(const Token& token, Body& out) {
    Markup words = markup(token.rest);
    Assign result;
    result.name = words.name("a name");
    words.expect("=");
    result.value = words.filtered();
    words.expect_end();
    if (!words.failed()) out.push_back({std::move(result), token.whole});
  }
  void count(const Token& token, Body& out) {
    Markup words = markup(token.rest);
    Count result{words.name("a name"), token.name == "decrement"};
    words.expect_end();
    if (!words.failed()) out.push_back({std::move(result), token.whole});
  }
  void cycle(const Token& token, Body& out) {
    Markup words = markup(token.rest);
    Cycle result;
    Value first = words.value();
    if (words.take_if(":")) {
      result.group = std::move(first);
      first = words.value();
    }
    const Span begin = first.span;
    result.values.push_back(std::move(first));
    while (words.take_if(",")) result.values.push_back(words.value());
    words.expect_end();
    if (words.failed() || !bounded(result.values.size(), k_cycle_max, "values", token)) return;
    result.key = words.source_text({begin.file_id, begin.begin, result.values.back().span.end});
    out.push_back({std::move(result), token.whole});
  }
  void render(const Token& token, Body& out) {
    Markup words = markup(token.rest);
    Render result;
    result.isolated = token.name == "render";
    result.file = words.value();
    if (words.is("with") || words.is("for")) {
      result.each = words.take().text == "for";
      result.with = words.value();
    }
    if (words.take_if("as")) result.alias = words.name("a name");
    result.arguments = words.named_arguments();
    words.expect_end();
    if (!words.failed()) out.push_back({std::move(result), token.whole});
  }

  const source::SourceFile& file_;
  Tokens tokens_;
  std::size_t at_ = 0;
  std::vector<std::string> open_;  // what closes the blocks around
  bool gave_up_ = false;
  Parsed result_;
};

}  // namespace

Parsed parse(const source::SourceFile& file) {
  return Parser(file).run();
}

}  // namespace wend::liquid
