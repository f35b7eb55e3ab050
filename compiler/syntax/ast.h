#pragma once

#include "compiler/syntax/ast_journey.h"

// The syntax tree of edition 1: the whole language, compiled or not.
//
// * The tree is immutable once `parse` returns it; a phase reads it and makes something of its own.
// * Every node and every name has a span. Lists keep the order of the text.
// * Nodes are values; families are variants over the node structs (`Expr::node`, `Stmt::node`, …) whose index is the
//   kind, so consumers switch over `kind()` without `default:` and take the node with `as<FooExpr>()`.
// * An optional clause is `std::optional`, an optional expression is a null `ExprPtr`. A required expression is never null:
//   where one is missing there is an ErrorExpr.
// * A tree with errors may hold Error nodes and empty names; then `ParseResult::complete` is false.

namespace wend::syntax {

struct ErrorDecl {};

enum class ImportedKind : std::uint8_t { event, record, enumeration };
struct ImportedName {
  ImportedKind kind = ImportedKind::event;
  Name name;
  std::optional<StringLiteral> wire_name;
  Span span;
};
struct ImportDecl {
  Name format;  ///< `avro`, `jsonschema`, …
  StringLiteral path;
  std::vector<ImportedName> names;
};

struct EnumValue {
  Name name;
  std::optional<StringLiteral> wire_name;
  std::optional<DocComment> doc;
  Span span;
};
struct EnumDecl {
  Name name;
  std::vector<EnumValue> values;
};

/// `@consent(marketing)`, `@pii`
struct FieldLabel {
  Name name;
  std::optional<Name> argument;
  Span span;
};
struct Field {
  Name name;
  std::optional<StringLiteral> wire_name;
  std::vector<Name> was;
  TypeRef type;
  ExprPtr default_value;  ///< null without `= …`
  std::vector<FieldLabel> labels;
  std::optional<DocComment> doc;
  Span span;
};
struct RecordDecl {
  Name name;
  std::vector<Field> fields;
};
struct CustomerDecl {
  std::vector<Field> fields;
};
struct CustomerTimezoneDecl {
  ExprPtr zone;
};
struct CustomerLocaleDecl {
  ExprPtr locale;
};
/// `"de-AT" else "de"`
struct LocaleItem {
  StringLiteral tag;
  std::optional<StringLiteral> otherwise;
};
struct LocalesDecl {
  std::vector<LocaleItem> locales;
};
struct EventDecl {
  Name name;
  std::optional<StringLiteral> wire_name;
  std::vector<Name> was;
  std::optional<DurationLiteral> late;
  std::optional<DurationLiteral> grace;
  std::optional<Name> dedupe_by;
  std::vector<Field> fields;
};

struct ChannelConsent {
  Name topic;
  std::vector<Name> purposes;
  Span span;
};
struct ChannelDecl {
  Name name;
  ExprPtr address;  ///< null when not written
  std::vector<ChannelConsent> consents;
  std::vector<Name> receipts;
  std::vector<Name> accepts;
};

struct CalendarDecl {
  Name name;
  std::optional<Name> week_from;
  std::optional<Name> week_to;
  std::vector<StringLiteral> closed;
};

struct SegmentDecl {
  Name name;
  ExprPtr condition;
};

/// `cap marketing on sms at 2 in any 30 days`: exactly one of `per_calendar` and `in_any`.
struct CapRule {
  Name purpose;
  std::vector<Name> channels;  ///< empty = all
  IntLiteral limit;
  std::optional<Unit> per_calendar;
  std::optional<DurationLiteral> in_any;
  Span span;
};
/// `21:00 to 09:00`
struct QuietTimes {
  TimeLiteral from;
  TimeLiteral to;
};
/// `quiet 21:00 to 09:00 every saturday, holiday of us_federal on sms where …`: times, days or both.
struct QuietRule {
  std::optional<QuietTimes> times;  ///< absent = the whole day
  std::vector<Name> days;           ///< `sunday`, `weekday`, `day`; with no calendars either, every day
  std::vector<Name> calendars;      ///< on whose holidays, too
  std::vector<Name> channels;       ///< empty = all
  ExprPtr where;
  Span span;
};
struct PolicyDecl {
  Name name;
  std::vector<CapRule> caps;
  std::vector<QuietRule> quiet_hours;
  std::vector<DenialRule> denials;
};

struct HoldoutDecl {
  Name name;
  PercentLiteral share;
  StringLiteral salt;
  std::optional<DateLiteral> until;
};

struct ExperimentArm {
  Name name;
  PercentLiteral share;
  Span span;
};
struct RetiredArm {
  Name name;
  Name as;
  Span span;
};
struct ExperimentDecl {
  Name name;
  std::optional<StringLiteral> salt;
  std::optional<Name> layer;
  std::vector<ExperimentArm> arms;
  std::vector<RetiredArm> retired;
};

/// `title "Still thinking about {item}?"`
struct BodyPart {
  Name key;
  Template text;
};
struct MessageBody {
  Name channel;
  std::optional<StringLiteral> locale;  ///< absent: the first of the project's
  std::vector<BodyPart> parts;
  Span span;
};
struct MessageDecl {
  Name name;
  std::vector<Name> was;
  std::vector<Parameter> parameters;
  Name purpose;
  std::vector<MessageBody> bodies;
};

struct ActionDecl {
  Name name;
  std::vector<Parameter> parameters;
  std::optional<TypeRef> result;
  ExprPtr shadow;  ///< there exactly when `result` is
  std::vector<Name> accepts;
};
struct FixtureDecl {
  Name name;
  std::vector<NamedValue> values;
};
struct FnDecl {
  Name name;
  std::vector<Parameter> parameters;
  TypeRef result;
  ExprPtr body;
};
struct FlowDecl {
  Name name;
  std::vector<Name> was;
  std::vector<Parameter> parameters;
  Block body;
};

using DeclNode = std::variant<
#define WEND_DECLARATION(kind) kind##Decl,
#include "compiler/syntax/syntax_nodes.def"
    std::monostate>;

struct Decl {
  Span span;
  Span keyword;
  std::optional<DocComment> doc;
  DeclNode node;
  /// Something inside did not parse. The name and what could be recognised are there.
  bool damaged = false;

  [[nodiscard]] DeclKind kind() const { return static_cast<DeclKind>(node.index()); }
  template <typename Node>
  [[nodiscard]] const Node& as() const {
    return std::get<Node>(node);
  }
  template <typename Node>
  [[nodiscard]] const Node* get_if() const {
    return std::get_if<Node>(&node);
  }
};

/// `use acme.shared { CartItem, greeting }`; everything of the module when `names` is absent.
struct UseDecl {
  QualifiedName module;
  std::optional<std::vector<Name>> names;
  Span span;
};

/// One file.
struct File {
  std::optional<IntLiteral> edition;
  std::optional<QualifiedName> module;
  std::vector<UseDecl> uses;
  std::vector<Decl> declarations;
  Span span;
};

}  // namespace wend::syntax
