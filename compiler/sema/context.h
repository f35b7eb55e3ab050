#pragma once

#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/diag/diagnostic.h"
#include "compiler/diag/sink.h"
#include "compiler/sema/check.h"
#include "compiler/sema/names.h"

// What all parts of the checker share: the model being made, the names, the findings.

namespace wend::sema {

using diag::Diagnostic;
using diag::Kind;

/// Where an expected type comes from, for a second label; no span = nowhere worth showing.
struct Because {
  Span span;
  std::string text;
};

/// A part of the syntax tree with the file whose names it sees.
template <typename Node>
struct InFile {
  const Node* node = nullptr;
  std::size_t file = 0;
};

/// A declared flow; its statements are checked wherever it is run.
struct FlowUse {
  const syntax::FlowDecl* node = nullptr;
  std::size_t file = 0;
  bool is_run = false;
};

enum class SegmentState : std::uint8_t { unchecked, checking, checked };

enum class FnState : std::uint8_t { unchecked, checking, checked, faulty };

/// Calls of fns are expanded; this bounds what one call may become.
inline constexpr int k_expanded_operations_max = 2'000;
/// Functions calling functions, for the stack of whoever walks the result.
inline constexpr int k_fn_depth_max = 50;
/// Records in records, for the same reason.
inline constexpr int k_record_depth_max = 32;
/// All expansions of a project together, for the memory of whoever holds them.
inline constexpr std::int64_t k_expanded_total_max = 1'000'000;
/// Lets, bindings and steps of one journey. What is known is kept for each of them at every branch.
inline constexpr int k_journey_names_max = 1'000;
/// Fields of a record or event, attributes, parameters, `use` lines of a file: they are looked up one by one.
inline constexpr int k_members_max = 1'000;
/// Values of an enum.
inline constexpr int k_enum_values_max = 4'000;
/// Among more names than this no near one is looked for: it takes time, and the nearest says little.
inline constexpr std::size_t k_candidates_max = 5'000;
/// A history count keeps as many timestamps as it is compared with; beyond this a customer would not fit.
inline constexpr std::int64_t k_history_limit_max = 10'000;
/// What a count that is not compared with a constant stops at.
inline constexpr std::uint32_t k_free_history_limit = 1'000;
/// A list of events keeps their fields.
inline constexpr std::int64_t k_listed_max = 200;
/// Longer waits and windows than this are surely mistakes, and time arithmetic stays in range.
inline constexpr std::int64_t k_time_span_years_max = 100;
/// They are counted one by one.
inline constexpr std::int64_t k_business_days_max = 1'000;

class Context {
 public:
  Context(const CheckInput& input, Model& model);

  /// The reference is good until the next report.
  Diagnostic& report(Kind kind, Span span);
  /// Whether a file that is named there may be read; reports when it may not.
  bool may_read(const std::string& name, const std::string& path, Span span);
  /// So many findings that the next one will not be shown: suggestions for it are not worth their time.
  [[nodiscard]] bool is_flooded() const { return diagnostics.size() > diag::k_errors_max + diag::k_warnings_max; }
  /// Reports the first member beyond the limit; false from there on.
  bool within(int limit, std::size_t count, const std::string& owner, const char* what, Span span);
  /// Adds "did you mean …?" when a candidate is near.
  void suggest(Diagnostic& diagnostic, Span span, const std::string& word, const std::vector<std::string>& candidates) const;
  [[nodiscard]] std::size_t error_mark() const { return diagnostics.size(); }
  /// Were there errors since the mark? Warnings do not count.
  [[nodiscard]] bool errors_since(std::size_t mark) const;
  /// Forgets what was reported since the mark: for checking something a second time.
  void forget_since(std::size_t mark);
  /// Forgets what was reported since the mark and had been reported before: for text that is checked in several places.
  void forget_repeats_since(std::size_t mark);

  /// `Money<USD>`, in back-quotes.
  [[nodiscard]] std::string quoted(const types::Type& type) const;
  /// The source text of a span, for messages; long or many-line texts become `otherwise_text`.
  [[nodiscard]] std::string snippet(Span span, const std::string& otherwise_text = "this value") const;

  /// The symbol, if it is of one of the kinds; otherwise reports (unless a broken file may declare it) and gives null.
  /// `what` is the kind expected, without article: "event".
  const Symbol* require(std::size_t file, const syntax::Name& name, std::initializer_list<SymbolKind> kinds, const std::string& what);
  void report_unknown(std::size_t file, const syntax::Name& name, const std::string& what, const std::vector<std::string>& candidates);

  [[nodiscard]] types::Type resolve_type(std::size_t file, const syntax::TypeRef& ref);
  /// `Money` of any currency: the record is made when it is first asked for.
  types::Type open_money();
  /// Refuses what is out of range and, unless `what` is empty, nothing at all. `what` is the subject of that message: "a wait".
  /// Business days are given apart, and refused where they are not asked for.
  std::optional<TimeSpan> time_span(const syntax::DurationLiteral& literal, const std::string& what, std::int32_t* business_days = nullptr);

  VariableId new_variable(VariableInfo info);
  [[nodiscard]] VariableInfo& variable(VariableId id) { return model.variables[static_cast<std::size_t>(id)]; }
  [[nodiscard]] std::optional<TopicId> find_topic(const std::string& name) const;
  [[nodiscard]] std::optional<AttributeId> find_attribute(const std::string& name) const;
  /// Reports when there is none.
  std::optional<AttributeId> require_attribute(const syntax::Name& name);
  std::optional<TopicId> require_topic(const syntax::Name& name);
  /// The file of the standard library that the span is in, if it is in one.
  [[nodiscard]] const InputFile* library_file(Span span) const;
  /// Reports when there is none, and says nothing about a damaged event or record.
  std::optional<std::uint32_t> require_field(const std::vector<types::Field>& fields, const std::string& owner, Span owner_span,
                                             const syntax::Name& name, bool damaged);
  /// The segment, its condition checked; reports when there is none.
  std::optional<SegmentId> require_segment(std::size_t file, const syntax::Name& name);
  /// The record whose fields are the event's: what an element of a list of events is.
  types::RecordId event_record(EventId event);
  /// Notes the old names and reports those that are taken: by what is declared today, or by another `was`.
  void add_renames(bytecode::RenamedKind kind, const std::string& owner, const std::string& name, const std::vector<syntax::Name>& was,
                   const std::function<std::optional<Span>(const std::string&)>& find_declared);
  /// Equal queries become one.
  HistoryId intern(HistoryQuery query);
  /// Forgets the queries from this one on: for text that becomes no code.
  void forget_history_since(std::size_t count);

  const CheckInput& input;
  Model& model;
  Names names;
  std::vector<Diagnostic> diagnostics;
  bool complete = true;

  std::vector<InFile<syntax::FnDecl>> fns;
  std::vector<FnState> fn_states;
  std::vector<InFile<syntax::SegmentDecl>> segments;
  std::vector<SegmentState> segment_states;
  std::vector<int> segment_operations;  ///< of each checked segment, with those of the segments that it asks for
  int fn_depth = 0;
  std::int64_t expanded_operations = 0;
  std::vector<InFile<syntax::MessageDecl>> messages;
  std::vector<InFile<syntax::ActionDecl>> actions;
  std::vector<FlowUse> flows;
  std::set<std::uint32_t> damaged_events;
  std::set<std::uint32_t> damaged_records;
  std::set<std::uint32_t> damaged_enums;
  std::set<std::uint32_t> damaged_messages;
  bool damaged_customer = false;
  std::optional<Span> customer_span;
  std::set<std::string> imported_paths;

 private:
  void report_needed_attribute(const InputFile& file, const syntax::Name& name, const std::vector<std::string>& candidates);
  types::Type resolve_named(std::size_t file, const syntax::TypeRef& ref);
  types::Type resolve_money(const syntax::TypeRef& ref);
  types::Type resolve_container(std::size_t file, const syntax::TypeRef& ref);

  std::map<std::string, HistoryId> history_by_fingerprint_;
  std::map<EventId, types::RecordId> event_records_;
  std::set<std::pair<std::string, std::string>> needed_attributes_;  ///< module and attribute, reported once
};

}  // namespace wend::sema
