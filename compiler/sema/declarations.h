#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "compiler/sema/context.h"
#include "compiler/sema/template_checker.h"

namespace wend::sema {

/// Resolves what is not a journey or test: types first, then signatures, then the expressions in them.
class Declarations {
 public:
  explicit Declarations(Context& context) : context_(context) {}

  /// Gives every declaration its name and id.
  void collect();
  void import_schemas();
  void resolve_data();
  void resolve_messaging();
  void check_bodies();
  /// What the files declare, in the order of the text.
  [[nodiscard]] const std::vector<Symbol>& symbols() const { return symbols_; }

 private:
  // declare_data.cpp
  void collect_decl(const syntax::Decl& decl, std::size_t file);
  void declare(SymbolKind kind, const syntax::Name& name, std::uint32_t index, const syntax::Decl& decl, std::size_t file);
  void collect_segment(const syntax::SegmentDecl& declaration, const syntax::Decl& decl, std::size_t file);
  void collect_enum(const syntax::EnumDecl& declaration, const syntax::Decl& decl, std::size_t file);
  void import_schema(const syntax::ImportDecl& declaration, std::size_t file);
  const source::SourceFile* load_schema_part(const std::string& path, const std::string& name, Import& import);
  std::uint32_t take_rules(schema::ImportResult& imported);
  std::vector<types::Field> resolve_fields(const std::vector<syntax::Field>& fields, const std::string& kind, const std::string& name,
                                           std::size_t file);
  types::Labels field_labels(const syntax::Field& field, bool* writable);
  void add_renames(const Symbol& symbol);
  std::string wire_name(const syntax::Name& name, const std::optional<syntax::StringLiteral>& wire);
  void report_repeated_wire(std::map<std::string, Span>& seen, const std::string& wire, Span span, const std::string& owner);
  void resolve_customer(const syntax::CustomerDecl& declaration, const syntax::Decl& decl, std::size_t file);
  void resolve_event(const syntax::EventDecl& declaration, const Symbol& symbol);
  void refuse_recursive_records();

  // declare_experiments.cpp
  void resolve_experiment(const syntax::ExperimentDecl& declaration, const Symbol& symbol);
  void resolve_retired(const syntax::RetiredArm& arm, const syntax::ExperimentDecl& declaration, Experiment& experiment, bool damaged);
  void resolve_holdout(const syntax::HoldoutDecl& declaration, const Symbol& symbol);
  void check_salts();

  // field_defaults.cpp
  std::optional<types::ConstantValue> field_default(const syntax::Field& field, const types::Type& type, std::size_t file);

  // declare_messaging.cpp
  void resolve_channel(const syntax::ChannelDecl& declaration, const Symbol& symbol);
  void resolve_message(const syntax::MessageDecl& declaration, const Symbol& symbol);
  void resolve_fn(const syntax::FnDecl& declaration, const Symbol& symbol);
  std::vector<Parameter> resolve_parameters(const std::vector<syntax::Parameter>& parameters, const std::string& owner, std::size_t file,
                                            bool of_message = false);
  types::Type resolve_message_type(const syntax::TypeRef& declared, std::optional<std::int64_t>& max_length, std::size_t file);

  // declare_actions.cpp
  void collect_action(const syntax::ActionDecl& declaration, const syntax::Decl& decl, std::size_t file);
  void resolve_action(const syntax::ActionDecl& declaration, const Symbol& symbol);
  void check_action(const syntax::ActionDecl& declaration, const Symbol& symbol);

  // declare_calendars.cpp
  void resolve_calendar(const syntax::CalendarDecl& declaration, const Symbol& symbol);
  std::vector<DateDays> read_holidays(const syntax::StringLiteral& path, std::size_t file);

  // declare_policies.cpp
  void resolve_policy(const syntax::PolicyDecl& declaration, const Symbol& symbol);
  std::optional<Cap> resolve_cap(const syntax::CapRule& rule, const Symbol& symbol);
  // declare_quiet_hours.cpp
  std::optional<QuietHours> resolve_quiet(const syntax::QuietRule& rule, const Symbol& symbol);
  /// False, with a diagnostic, when a day or a calendar is wrong.
  bool resolve_quiet_days(const syntax::QuietRule& rule, const Symbol& symbol, QuietHours& quiet);
  std::vector<ChannelId> resolve_channels(const std::vector<syntax::Name>& names, const std::string& owner, std::size_t file,
                                          bool* complete);
  void check_quiet_hours(const syntax::PolicyDecl& declaration, const Symbol& symbol);
  void check_quiet_condition(const syntax::QuietRule& rule, const Symbol& symbol);

  // declare_bodies.cpp
  void check_zone(const syntax::CustomerTimezoneDecl& declaration, std::size_t file);
  void check_address(const syntax::ChannelDecl& declaration, const Symbol& symbol);
  void check_message(const syntax::MessageDecl& declaration, const Symbol& symbol);
  void check_defaults(const std::vector<syntax::Parameter>& declared, std::vector<Parameter>& parameters, std::size_t file);
  /// The first of what may be declared once; reports the others. Null: none is.
  const InFile<syntax::Decl>* only(const std::vector<InFile<syntax::Decl>>& declared, const char* what);
  MessageBody check_message_body(const syntax::MessageBody& body, MessageBody result, const Message& message, std::size_t file);

  // declare_texts.cpp
  /// What an inline text is checked with, and what was found out on the way.
  struct TextPlace {
    const Message& message;
    std::size_t file = 0;
    std::optional<LocaleId> locale;
    TextUse use = TextUse::plain;
    liquid::HtmlContext html;  ///< where the text has come to; of addresses, too
  };
  static std::string template_part(const syntax::MessageBody& body, const syntax::BodyPart& part);
  void check_template(const syntax::BodyPart& part, MessagePart& checked, const Message& message, std::optional<LocaleId> locale,
                      std::size_t file);
  std::vector<TextPiece> check_pieces(const std::vector<syntax::TemplatePiece>& pieces, TextPlace& place);
  ExprPtr check_hole(const syntax::Expr& hole, TextPlace& place, bool is_count);
  ExprPtr made_safe(ExprPtr hole, TextPlace& place);
  [[nodiscard]] std::string tag_of(std::optional<LocaleId> locale) const;
  void report_unused(const Message& message);

  // declare_locales.cpp
  void resolve_locales(const syntax::LocalesDecl& declaration);
  void check_customer_locale(const syntax::CustomerLocaleDecl& declaration, const InFile<syntax::Decl>& where);
  void report_unknown_locale(const syntax::StringLiteral& tag);
  std::optional<LocaleId> declared_locale(const syntax::StringLiteral& tag);
  void check_complete(const Symbol& message, const std::vector<MessageBody>& bodies);
  void check_parts(const Symbol& message, const std::vector<MessageBody>& bodies);
  void check_count(const Expr& count);
  /// In the order of the text, still without pieces.
  std::vector<PluralForm> plural_forms(const syntax::TemplatePiece& plural, std::optional<LocaleId> locale);

  Context& context_;
  TemplateFiles templates_;
  std::set<VariableId> used_parameters_;  ///< of the message being checked
  std::vector<Symbol> symbols_;  ///< in the order of the text, without those of imports
  std::vector<InFile<syntax::Decl>> customers_;
  std::vector<InFile<syntax::Decl>> timezones_;
  std::vector<InFile<syntax::Decl>> locales_;
  std::vector<InFile<syntax::Decl>> customer_locales_;
  std::vector<InFile<syntax::Decl>> imports_;
  std::map<std::string, Span> event_wires_;
};

/// Reports the first read that is not of an attribute. Whether the expression is fine.
bool reads_attributes_only(Context& context, const Expr& expr, const std::string& where);
/// `marketing` or `transactional`; reports anything else.
bool check_purpose(Context& context, const syntax::Name& purpose);

}  // namespace wend::sema
