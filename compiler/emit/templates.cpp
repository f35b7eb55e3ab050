#include "compiler/emit/templates.h"

#include <utility>

namespace wend::emit {
namespace {

class TemplateEmitter {
 public:
  TemplateEmitter(Code& code, Environment environment) : code_(code), expressions_(code, std::move(environment)) {}

  void run(const sema::TemplateBody& body) {
    code_.add(Opcode::begin_text);
    emit(body);
    const Register text = code_.take(text_type());
    code_.add(Opcode::end_text, text);
    code_.add(Opcode::return_value, text);
  }

 private:
  struct Loop {
    CodeLabel next;
    CodeLabel end;
    std::size_t captures = 0;  // that are open where it begins
  };

  TypeId text_type() { return code_.builder().type(types::text()); }
  Register place(sema::VariableId variable) {
    auto& variables = expressions_.environment().variables;
    const auto found = variables.find(variable);
    if (found != variables.end()) return found->second;
    const Register made = code_.add_register(code_.builder().type(code_.builder().model().at(variable).type));
    variables.emplace(variable, made);
    return made;
  }

  void emit(const sema::TemplateBody& body) {
    for (const sema::TemplateNode& node : body) {
      const Code::Temporaries scope(code_);
      code_.at(node.span);
      std::visit([&](const auto& each) { emit(each, node.span); }, node.node);
    }
  }

  void emit(const sema::WriteText& node, source::Span) { code_.add(Opcode::write, expressions_.constant(types::text(), node.text)); }
  void emit(const sema::WriteValue& node, source::Span span) {
    const Register text = expressions_.value(*node.text);
    code_.at(span);
    code_.add(Opcode::write, text);
  }
  void emit(const sema::AssignVariable& node, source::Span) {
    const Register target = place(node.variable);
    // The value may read what the variable was.
    code_.add(Opcode::move, target, expressions_.value(*node.value));
  }
  void emit(const sema::CaptureText& node, source::Span span) {
    code_.add(Opcode::begin_text);
    ++captures_;
    emit(node.body);
    --captures_;
    code_.at(span);
    code_.add(Opcode::end_text, place(node.variable));
  }
  void emit(const sema::Choose& node, source::Span) {
    const CodeLabel no = code_.new_label();
    expressions_.jump_unless(*node.condition, no);
    emit(node.yes);
    if (node.no.empty()) {
      code_.bind(no);
      return;
    }
    const CodeLabel end = code_.new_label();
    code_.jump(end);
    code_.bind(no);
    emit(node.no);
    code_.bind(end);
  }
  void emit(const sema::Rounds& node, source::Span span) {
    const types::Type integer = types::simple(types::Kind::integer);
    const Loop loop{code_.new_label(), code_.new_label(), captures_};
    const Register counter = place(node.counter);
    code_.add(Opcode::load_constant, counter, code_.builder().constant(integer, std::int64_t{0}));
    const std::uint32_t begin = code_.here();
    const Register more = code_.take(code_.builder().type(types::simple(types::Kind::boolean)));
    code_.add(Opcode::less_word, more, counter, place(node.count));
    code_.jump_unless(more, loop.end);
    code_.add(Opcode::move, place(node.item), expressions_.value(*node.value));
    loops_.push_back(loop);
    emit(node.body);
    loops_.pop_back();
    code_.at(span);
    code_.bind(loop.next);
    code_.add(Opcode::add_integer, counter, counter, expressions_.constant(integer, std::int64_t{1}));
    code_.add(Opcode::loop, 0, begin & 0xffff, begin >> 16);
    code_.bind(loop.end);
  }
  void emit(const sema::StopRounds&, source::Span) { leave(loops_.back().end); }
  void emit(const sema::NextRound&, source::Span) { leave(loops_.back().next); }

  // What is captured around the place, but inside of the loop, is dropped.
  void leave(CodeLabel to) {
    for (std::size_t open = loops_.back().captures; open < captures_; ++open) code_.add(Opcode::end_text, code_.take(text_type()));
    code_.jump(to);
  }

  Code& code_;
  Expressions expressions_;
  std::vector<Loop> loops_;
  std::size_t captures_ = 0;
};

}  // namespace

void emit_template(Code& code, Environment environment, const sema::TemplateBody& body, source::Span span) {
  // A function has one file: the template's.
  code.at(body.empty() ? span : body.front().span);
  TemplateEmitter(code, std::move(environment)).run(body);
}

}  // namespace wend::emit
