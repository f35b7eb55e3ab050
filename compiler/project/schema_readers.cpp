#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "compiler/project/schema_lock.h"
#include "compiler/sema/walk.h"

namespace wend::project {
namespace {

// Whether expressions read a field of an event or a record.
class FieldSearch {
 public:
  FieldSearch(const sema::Model& model, const std::string& owner, const std::string& field) : model_(model), owner_(owner), field_(field) {}

  bool found() const { return found_; }
  void look(const sema::ExprPtr& expr) {
    if (expr != nullptr) look(*expr);
  }
  void look(const sema::Expr& expr) {
    if (const auto* read = expr.get_if<sema::EventField>()) {
      const auto& event = model_.at(read->binding).event;
      if (event) compare(model_.at(*event).name, model_.at(*event).fields, read->field);
    }
    if (const auto* read = expr.get_if<sema::MemberRead>()) {
      const types::Record& record = model_.types.at(read->record->type.record);
      compare(record.name, record.fields, read->field);
    }
    if (const auto query = sema::history_query(expr)) look(model_.history[static_cast<std::size_t>(*query)].filter);
    for (const sema::Expr* child : sema::children(expr)) look(*child);
  }

 private:
  void compare(const std::string& owner, const std::vector<types::Field>& fields, std::uint32_t field) {
    found_ = found_ || (owner == owner_ && (field_.empty() || (field < fields.size() && fields[field].name == field_)));
  }

  const sema::Model& model_;
  const std::string& owner_;
  const std::string& field_;
  bool found_ = false;
};

void look_at(const sema::Journey& journey, FieldSearch& search) {
  for (const sema::Entry& entry : journey.entries) {
    search.look(entry.where);
    search.look(entry.one_per);
    for (const sema::ExprPtr& argument : entry.arguments) search.look(argument);
  }
  for (const sema::Exit& exit : journey.exits) search.look(exit.condition);
  for (const sema::Goal& goal : journey.goals) search.look(goal.where);
  sema::for_each_expr(journey.body, [&](const sema::Expr& expr) { search.look(expr); });
}

void look_at(const sema::Message& message, FieldSearch& search) {
  for (const sema::MessageBody& body : message.bodies) {
    for (const sema::MessagePart& part : body.parts) {
      for (const sema::TextPiece& piece : part.pieces) search.look(piece.hole);
    }
  }
}

}  // namespace

std::vector<std::string> readers_of(const sema::Model& model, const std::string& owner, const std::string& field) {
  std::set<std::string> readers;
  const auto ask = [&](const char* what, const std::string& name, const auto& look) {
    FieldSearch search(model, owner, field);
    look(search);
    if (search.found()) readers.insert(fmt::format("{} `{}`", what, name));
  };
  for (const sema::Journey& journey : model.journeys) ask("journey", journey.name, [&](FieldSearch& search) { look_at(journey, search); });
  for (const sema::Message& message : model.messages) ask("message", message.name, [&](FieldSearch& search) { look_at(message, search); });
  for (const sema::Segment& segment : model.segments) ask("segment", segment.name, [&](FieldSearch& search) { search.look(segment.condition); });
  return {readers.begin(), readers.end()};
}

}  // namespace wend::project
