#include "compiler/doc/diagram.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/testrun/markup.h"

namespace wend::doc {

using project::ParsedFile;
using source::Span;
using testrun::escape_markup;

const char* const k_diagram_style = R"(
.flow { overflow-x: auto; padding: .6rem 0; font-size: 13px; line-height: 1.4; }
.flow a { color: inherit; text-decoration: underline dotted; text-underline-offset: 2px; }
.seq { display: flex; flex-direction: column; align-items: center; width: max-content; min-width: 100%; }
.seq > * + *::before, .ways > * > .seq::before { content: ""; display: block; width: 1px; height: .8rem; margin: 0 auto; background: var(--dim); }
.n > span { display: block; max-width: 22rem; padding: .25rem .7rem; border: 1px solid var(--rule); border-radius: .4rem; background: var(--code); text-align: center; }
.n.enter > span { border-radius: 1rem; border-color: var(--link); }
.n.send > span { border-color: var(--link); font-weight: 600; }
.n.wait > span { border-style: dashed; }
.n.end > span { border-radius: 1rem; background: var(--text); border-color: var(--text); color: var(--back); }
.n.ask > span { border-radius: .1rem; border-width: 0 3px; border-color: var(--dim); }
.box > div { padding: .2rem .8rem .8rem; border: 1px solid var(--rule); border-radius: .5rem; }
.box > div > b { display: block; text-align: left; font-weight: normal; color: var(--dim); }
.ways { display: flex; justify-content: center; padding-top: .5rem; }
.seq > .ways::before { display: none; }
.ways > div { display: flex; flex-direction: column; align-items: center; padding: .3rem .6rem 0; border: solid var(--dim); border-width: 1px 0; }
.ways > div > i { max-width: 18rem; text-align: center; color: var(--dim); }
.ways > div::after { content: ""; flex: 1; min-height: .8rem; width: 1px; background: var(--dim); }
.ways > .over::after { background: none; }
.ways.over > div { border-bottom: none; }
.aside { margin: .2rem 0 0; padding: 0; list-style: none; color: var(--dim); }
)";

namespace {

// The ways on from somewhere, side by side.
class Ways {
 public:
  void add(const std::string& label, const std::string& content, bool has_ended) {
    content_ += fmt::format("<div{}>{}{}</div>\n", has_ended ? " class=\"over\"" : "", label.empty() ? "" : "<i>" + label + "</i>", content);
    goes_on_ = goes_on_ || !has_ended;
  }
  /// Straight on.
  void add(const std::string& label) { add(label, {}, false); }
  bool empty() const { return content_.empty(); }
  std::string html() const { return fmt::format("<div class=\"ways{}\">{}</div>\n", goes_on_ ? "" : " over", content_); }

 private:
  std::string content_;
  bool goes_on_ = false;
};

class Drawing {
 public:
  Drawing(const ParsedFile& file, const source::Sources& sources, const Links& links) : file_(file), source_(sources.file(file.file)), links_(links) {}

  std::string run(const syntax::JourneyDecl& journey) const {
    std::vector<std::string> entries;
    std::string always;
    for (const syntax::Header& header : journey.headers) {
      if (header.kind() == syntax::HeaderKind::Enter) entries.push_back(node("enter", text(header.span)));
      const bool is_always = header.kind() == syntax::HeaderKind::Exit || header.kind() == syntax::HeaderKind::Goal;
      if (is_always) always += "<li>" + text(header.span) + "</li>\n";
    }
    std::string result = "<div class=\"flow\">\n<div class=\"seq\">\n";
    if (entries.size() == 1) result += entries.front();
    if (entries.size() > 1) {
      Ways ways;
      for (const std::string& each : entries) ways.add({}, each, false);
      result += ways.html();
    }
    for (const syntax::StmtPtr& each : journey.statements) result += statement(*each);
    if (!has_ended(journey.statements)) result += node("end", "done");
    result += "</div>\n";
    if (!always.empty()) result += "<ul class=\"aside\">\n" + always + "</ul>\n";
    return result + "</div>\n";
  }
  std::string run(const syntax::FlowDecl& flow) const { return "<div class=\"flow\">\n" + sequence(flow.body.statements) + "</div>\n"; }

 private:
  // ── texts ────────────────────────────────────────────────────────────────────────────────────────────────────────

  // Without comments: they stand in the source below.
  std::string text(Span span) const {
    std::string result;
    for (const syntax::Comment& comment : file_.tokens.comments) {
      if (comment.span.begin < span.begin || comment.span.end > span.end) continue;
      result += links_.code(file_, {span.file_id, span.begin, comment.span.begin}, {});
      span.begin = comment.span.end;
    }
    return result + links_.code(file_, span, {});
  }
  /// What stands before a block: `await up to 2 days as answer`.
  std::string before_brace(Span span) const {
    const std::string_view all = source_.text(span);
    const std::size_t end = std::min(all.find('{'), all.size());
    return text({span.file_id, span.begin, span.begin + static_cast<std::uint32_t>(end)});
  }
  /// From one place to another, without the spaces at the end.
  std::string between(Span span, std::uint32_t end) const {
    while (end > span.begin && std::string_view(" \t\r\n").find(source_.text()[end - 1]) != std::string_view::npos) --end;
    return text({span.file_id, span.begin, end});
  }

  static bool has_ended(const std::vector<syntax::StmtPtr>& statements) {
    if (statements.empty()) return false;
    const syntax::Stmt& last = *statements.back();
    if (const auto* step = last.get_if<syntax::StepStmt>()) return step->interrupts.empty() && has_ended(step->body.statements);
    return last.kind() == syntax::StmtKind::Exit || last.kind() == syntax::StmtKind::HandOff;
  }

  // ── shapes ───────────────────────────────────────────────────────────────────────────────────────────────────────

  static std::string node(std::string_view kind, const std::string& text) {
    return fmt::format("<div class=\"n {}\"><span>{}</span></div>\n", kind, text);
  }
  static std::string box(const std::string& title, const std::string& content) {
    return fmt::format("<div class=\"box\"><div><b>{}</b>{}</div></div>\n", title, content);
  }
  std::string sequence(const std::vector<syntax::StmtPtr>& statements) const {
    std::string result = "<div class=\"seq\">\n";
    for (const syntax::StmtPtr& each : statements) result += statement(*each);
    return result + "</div>\n";
  }
  void add(Ways& ways, const std::string& label, const syntax::Block& block) const {
    bool is_over = has_ended(block.statements);
    if (!block.statements.empty()) {
      const syntax::StmtKind last = block.statements.back()->kind();
      is_over = is_over || last == syntax::StmtKind::Leave || last == syntax::StmtKind::StopRepeating;
    }
    ways.add(label, sequence(block.statements), is_over);
  }

  // ── statements ───────────────────────────────────────────────────────────────────────────────────────────────────

  std::string statement(const syntax::Stmt& stmt) const {
    return std::visit([&](const auto& each) { return draw(each, stmt); }, stmt.node);
  }

  std::string draw(std::monostate, const syntax::Stmt&) const { return {}; }
  std::string draw(const syntax::ErrorStmt&, const syntax::Stmt& stmt) const { return node("note", before_brace(stmt.span)); }

  std::string interrupted(const std::string& title, const syntax::Block& body, const std::vector<syntax::Interrupt>& interrupts) const {
    const std::string whole = box(title, sequence(body.statements));
    if (interrupts.empty()) return whole;
    Ways ways;
    ways.add("to the end");
    for (const syntax::Interrupt& each : interrupts) add(ways, between(each.span, each.body.span.begin), each.body);
    return whole + ways.html();
  }
  std::string draw(const syntax::StepStmt& step, const syntax::Stmt&) const {
    return interrupted("step " + escape_markup(step.name.text), step.body, step.interrupts);
  }
  std::string draw(const syntax::GuardedStmt& guarded, const syntax::Stmt&) const { return interrupted("do", guarded.body, guarded.interrupts); }

  std::string draw(const syntax::SendStmt& send, const syntax::Stmt&) const {
    std::string label = "send " + links_.named(file_, send.message.text);
    for (const syntax::Name& channel : send.via) {
      label += fmt::format("{}{}", &channel == &send.via.front() ? " via " : ", else ", links_.named(file_, channel.text));
    }
    if (send.label) label += " as " + escape_markup(send.label->text);
    return otherwise(node("send", label), send.or_else);
  }
  std::string draw(const syntax::CallStmt& call, const syntax::Stmt&) const {
    std::string label = "call " + links_.named(file_, call.action.text);
    if (call.label) label += " as " + escape_markup(call.label->text);
    return otherwise(node("send", label), call.or_else);
  }
  std::string otherwise(const std::string& made, const std::optional<syntax::OrElse>& or_else) const {
    if (!or_else) return made;
    Ways ways;
    ways.add("done");
    add(ways, "or else", or_else->body);
    return made + ways.html();
  }

  std::string draw(const syntax::WaitStmt& wait, const syntax::Stmt& stmt) const {
    const auto* until = std::get_if<syntax::WaitUntilInstant>(&wait.spec);
    if (until == nullptr || (!until->if_past && !until->if_absent)) return node("wait", text(stmt.span));
    Ways ways;
    ways.add("then");
    const auto add_handler = [&](const std::string& label, const std::optional<syntax::WaitHandler>& handler) {
      if (!handler) return;
      handler->block ? add(ways, label, *handler->block) : ways.add(label + " continue");
    };
    add_handler("if past", until->if_past);
    add_handler("if absent", until->if_absent);
    const std::uint32_t end = until->at ? until->at->span.end : until->instant->span.end;
    return node("wait", text({stmt.span.file_id, stmt.span.begin, end})) + ways.html();
  }
  std::string draw(const syntax::AwaitStmt& await, const syntax::Stmt& stmt) const {
    Ways ways;
    for (const syntax::AwaitArm& arm : await.arms) add(ways, between(arm.span, arm.body.span.begin), arm.body);
    return node("wait", before_brace(stmt.span)) + ways.html();
  }

  std::string draw(const syntax::IfStmt& conditional, const syntax::Stmt&) const {
    Ways ways;
    for (const syntax::IfBranch& branch : conditional.branches) add(ways, text(branch.condition->span), branch.body);
    conditional.otherwise ? add(ways, "else", *conditional.otherwise) : ways.add("else");
    return node("ask", "if") + ways.html();
  }
  std::string draw(const syntax::MatchStmt& match, const syntax::Stmt&) const {
    Ways ways;
    for (const syntax::MatchArm& arm : match.arms) {
      std::string label;
      for (const syntax::Pattern& pattern : arm.patterns) label += (label.empty() ? "" : ", ") + text(pattern.span);
      add(ways, label, arm.body);
    }
    return node("ask", "match " + text(match.subject->span)) + ways.html();
  }
  std::string named_ways(const std::vector<syntax::NamedBlock>& blocks) const {
    Ways ways;
    for (const syntax::NamedBlock& each : blocks) add(ways, escape_markup(each.name.text), each.body);
    return ways.html();
  }
  std::string draw(const syntax::SplitStmt& split, const syntax::Stmt&) const {
    return node("ask", "split by " + links_.named(file_, split.experiment.text)) + named_ways(split.arms);
  }
  std::string draw(const syntax::ForkStmt& fork, const syntax::Stmt&) const {
    return node("ask", fork.fork_kind == syntax::ForkKind::race ? "race: the first one ends the others" : "parallel: all of them") +
           named_ways(fork.branches);
  }
  std::string draw(const syntax::RepeatStmt& repeat, const syntax::Stmt& stmt) const {
    return box("⟲ " + between(stmt.span, repeat.body.span.begin), sequence(repeat.body.statements));
  }

  std::string draw(const syntax::StopRepeatingStmt&, const syntax::Stmt& stmt) const { return node("end", text(stmt.span)); }
  std::string draw(const syntax::LeaveStmt&, const syntax::Stmt& stmt) const { return node("end", text(stmt.span)); }
  std::string draw(const syntax::ExitStmt&, const syntax::Stmt& stmt) const { return node("end", text(stmt.span)); }
  std::string draw(const syntax::HandOffStmt&, const syntax::Stmt& stmt) const { return node("end", text(stmt.span)); }
  std::string draw(const syntax::RunStmt& run, const syntax::Stmt&) const {
    return node("send", fmt::format("run {} as {}", links_.named(file_, run.flow.text), escape_markup(run.label.text)));
  }
  std::string draw(const syntax::LetStmt&, const syntax::Stmt& stmt) const { return node("note", text(stmt.span)); }
  std::string draw(const syntax::SetStmt&, const syntax::Stmt& stmt) const { return node("note", text(stmt.span)); }
  std::string draw(const syntax::EmitStmt& emit, const syntax::Stmt&) const {
    return node("note", "emit " + links_.named(file_, emit.event.text));
  }

  const ParsedFile& file_;
  const source::SourceFile& source_;
  const Links& links_;
};

}  // namespace

std::string diagram(const syntax::Decl& decl, const ParsedFile& file, const source::Sources& sources, const Links& links) {
  const Drawing drawing(file, sources, links);
  if (const auto* journey = decl.get_if<syntax::JourneyDecl>()) return drawing.run(*journey);
  if (const auto* flow = decl.get_if<syntax::FlowDecl>()) return drawing.run(*flow);
  return {};
}

}  // namespace wend::doc
