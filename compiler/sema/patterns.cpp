#include <algorithm>
#include <set>
#include <utility>

#include "compiler/sema/expr_checker.h"

// Patterns of `match`: what they cover, what is missing, what can never match.
//
// Bool, enums and the presence of an optional are closed: every case is listed, and `otherwise` is refused, because it would
// swallow the value that somebody adds next year. Texts and numbers are open: they end in `otherwise`.

namespace wend::sema {
namespace {

bool is_closed(const types::Type& type) {
  return type.kind == types::Kind::boolean || type.kind == types::Kind::enumeration;
}

bool is_open(const types::Type& type) {
  switch (type.kind) {
    case types::Kind::integer:
    case types::Kind::decimal:
    case types::Kind::percent:
    case types::Kind::money:
    case types::Kind::text:
    case types::Kind::date:
    case types::Kind::time_of_day:
    case types::Kind::duration:
    case types::Kind::time_zone:
      return true;
    case types::Kind::error:
    case types::Kind::absent:
    case types::Kind::boolean:
    case types::Kind::instant:
    case types::Kind::period:
    case types::Kind::enumeration:
    case types::Kind::record:
    case types::Kind::list:
    case types::Kind::set:
    case types::Kind::delivery:
      return false;
  }
  return false;
}

bool has_ranges(const types::Type& type) {
  return is_open(type) && type.kind != types::Kind::text && type.kind != types::Kind::time_zone;
}

/// −1, 0, 1; both values are of one kind.
int order(const ConstantValue& first, const ConstantValue& second) {
  if (const auto* decimal = std::get_if<Decimal>(&first)) {
    const auto result = *decimal <=> std::get<Decimal>(second);
    return result < 0 ? -1 : (result > 0 ? 1 : 0);
  }
  if (const auto* word = std::get_if<std::int64_t>(&first)) {
    const std::int64_t other = std::get<std::int64_t>(second);
    return *word < other ? -1 : (*word > other ? 1 : 0);
  }
  if (const auto* text = std::get_if<std::string>(&first)) {
    const int result = text->compare(std::get<std::string>(second));
    return result < 0 ? -1 : (result > 0 ? 1 : 0);
  }
  return 0;
}

struct CoveredRange {
  ConstantValue low;
  ConstantValue high;
  Span span;
};

}  // namespace

/// One `match` while its arms are read from top to bottom.
class PatternChecker {
 public:
  PatternChecker(Context& context, ExprChecker& exprs, const types::Type& subject)
      : context_(context), exprs_(exprs), subject_(subject), type_(types::required(subject)) {}

  CheckedArm check_arm(const std::vector<syntax::Pattern>& patterns) {
    CheckedArm arm;
    arm.implies_present = subject_.optional;
    for (const syntax::Pattern& pattern : patterns) {
      const bool binds = pattern.kind() == syntax::PatternKind::Present || pattern.kind() == syntax::PatternKind::Construct;
      if (binds && patterns.size() > 1) {
        context_.report(Kind::pattern_does_not_fit, pattern.span)
            .with("type", context_.quoted(subject_))
            .label(pattern.kind() == syntax::PatternKind::Present ? "`present` binds a name, so it stands alone in its arm"
                                                                  : "it binds names, so it stands alone in its arm");
        broken_ = true;
        continue;
      }
      if (auto checked = check_pattern(pattern, arm)) arm.patterns.push_back({std::move(*checked), pattern.span});
    }
    return arm;
  }

  void report_missing(Span keyword) {
    if (broken_ || type_.is_error()) return;
    std::vector<std::string> missing;
    if (subject_.optional && !absent_) missing.push_back("absent");
    const bool rest_covered = present_ || otherwise_;
    if (type_.kind == types::Kind::boolean && !rest_covered) {
      if (!values_.contains(1)) missing.push_back("true");
      if (!values_.contains(0)) missing.push_back("false");
    } else if (type_.kind == types::Kind::enumeration && !rest_covered) {
      if (context_.damaged_enums.contains(static_cast<std::uint32_t>(type_.enumeration))) return;
      const types::Enum& declared = context_.model.types.at(type_.enumeration);
      for (std::uint32_t value = 0; value < declared.values.size(); ++value) {
        if (!values_.contains(value)) missing.push_back(declared.values[value].name);
      }
    } else if (!is_closed(type_) && !rest_covered) {
      const bool is_open_here = is_open(type_) || context_.model.types.is_open_money(type_);
      missing.push_back(is_open_here && !(subject_.optional && ranges_.empty()) ? "otherwise" : "present value");
    }
    if (missing.empty()) return;
    std::string list;
    std::string arms;
    for (const std::string& each : missing) {
      list += (list.empty() ? "`" : ", `") + each + "`";
      arms += (arms.empty() ? "`" : "  ") + each + " => …";
    }
    Diagnostic& diagnostic = context_.report(Kind::match_not_exhaustive, keyword).with("missing", list).help(way_out("add " + arms + "`"));
    if (type_.kind == types::Kind::enumeration) {
      diagnostic.secondary(context_.model.types.at(type_.enumeration).span, "the enum is declared here");
    }
  }

 private:
  // `otherwise` takes present values, and all that are left: what is missing beside it stands before it, or in its place.
  std::string way_out(std::string add) const {
    if (!otherwise_) return add;
    return present_ ? "write `absent` in place of `otherwise`" : add + " before the `otherwise`";
  }

  std::optional<decltype(Pattern::node)> check_pattern(const syntax::Pattern& pattern, CheckedArm& arm) {
    switch (pattern.kind()) {
      case syntax::PatternKind::Absent:
        return check_absent(pattern, arm);
      case syntax::PatternKind::Present:
        return check_present(pattern, arm);
      case syntax::PatternKind::Otherwise:
        return check_otherwise(pattern);
      case syntax::PatternKind::Name: {
        syntax::Expr name;
        name.span = pattern.span;
        name.node = syntax::NameExpr{pattern.as<syntax::NamePattern>().name};
        return check_constant(name, pattern.span, enum_value(pattern.as<syntax::NamePattern>().name));
      }
      case syntax::PatternKind::Qualified: {
        const auto& qualified = pattern.as<syntax::QualifiedPattern>();
        syntax::Expr value;
        value.span = pattern.span;
        value.node = syntax::QualifiedExpr{qualified.type, qualified.member};
        return check_constant(value, pattern.span);
      }
      case syntax::PatternKind::Literal:
        return check_constant(*pattern.as<syntax::LiteralPattern>().value, pattern.span);
      case syntax::PatternKind::Range:
        return check_range(pattern);
      case syntax::PatternKind::Construct:
        return check_record(pattern, arm);
    }
    return std::nullopt;
  }

  std::optional<decltype(Pattern::node)> refuse(Span span, const std::string& why) {
    if (!type_.is_error()) context_.report(Kind::pattern_does_not_fit, span).with("type", context_.quoted(subject_)).label(why);
    broken_ = true;
    return std::nullopt;
  }

  Diagnostic& report_unreachable(Span span, Span earlier) {
    return context_.report(Kind::unreachable_pattern, span).secondary(earlier, "this takes all of it");
  }

  std::optional<decltype(Pattern::node)> check_absent(const syntax::Pattern& pattern, CheckedArm& arm) {
    arm.implies_present = false;
    if (!subject_.optional) return refuse(pattern.span, "the value is never absent");
    if (absent_) report_unreachable(pattern.span, *absent_);
    if (!absent_ && otherwise_) report_unreachable(pattern.span, *otherwise_).help("move it before the `otherwise`, which stands last");
    absent_ = pattern.span;
    return AbsentPattern{};
  }

  std::optional<decltype(Pattern::node)> check_present(const syntax::Pattern& pattern, CheckedArm& arm) {
    if (!subject_.optional) return refuse(pattern.span, "the value is never absent");
    report_if_rest_covered(pattern.span);
    present_ = pattern.span;
    const syntax::Name& name = pattern.as<syntax::PresentPattern>().binding;
    arm.binding = bind_whole(name.text, name.span);
    return PresentPattern{*arm.binding};
  }

  /// `USD(total)`: takes money of this currency and binds it as `Money<USD>`.
  std::optional<decltype(Pattern::node)> check_currency(const syntax::Pattern& pattern, CheckedArm& arm) {
    const auto& construct = pattern.as<syntax::ConstructPattern>();
    const std::string& currency = construct.type.text;
    if (!types::is_currency_code(currency)) return refuse(construct.type.span, "a currency of three capital letters, as in `USD(total)`");
    if (construct.bindings.size() != 1) return refuse(pattern.span, "it gives one amount: `" + currency + "(total)`");
    report_if_rest_covered(pattern.span);
    const auto [earlier, is_new] = currencies_.try_emplace(currency, pattern.span);
    if (!is_new) report_unreachable(pattern.span, earlier->second);
    arm.binding = bind_whole("Money", pattern.span);
    take(arm, construct.bindings.front(), types::k_open_money_amount, types::money(currency), {});
    return PresentPattern{*arm.binding, FieldTest{types::k_open_money_currency, types::text(), currency}};
  }

  VariableId bind_whole(const std::string& name, Span span) {
    VariableInfo whole;
    whole.kind = VariableKind::pattern;
    whole.name = whole.qualified_name = name;
    whole.type = type_;
    whole.span = span;
    return context_.new_variable(std::move(whole));
  }

  void take(CheckedArm& arm, const syntax::Name& name, std::uint32_t field, const types::Type& type, types::Labels labels) {
    VariableInfo info;
    info.kind = VariableKind::pattern;
    info.name = info.qualified_name = name.text;
    info.type = type;
    info.labels = labels;
    info.span = name.span;
    arm.taken.push_back({context_.new_variable(std::move(info)), field, &name});
  }

  /// `Code(value)`: takes every such record and binds the fields it names.
  std::optional<decltype(Pattern::node)> check_record(const syntax::Pattern& pattern, CheckedArm& arm) {
    if (context_.model.types.is_open_money(type_)) return check_currency(pattern, arm);
    const auto& construct = pattern.as<syntax::ConstructPattern>();
    if (type_.kind == types::Kind::money && types::is_currency_code(construct.type.text)) {
      return refuse(pattern.span, "its currency is known, so there is nothing to take apart");
    }
    const Symbol* symbol = context_.require(exprs_.file(), construct.type, {SymbolKind::record}, "record");
    broken_ = broken_ || !symbol;
    if (!symbol || type_.is_error()) return std::nullopt;
    if (type_ != types::record(static_cast<types::RecordId>(symbol->index))) return refuse(pattern.span, "this takes another type apart");
    report_if_rest_covered(pattern.span);
    present_ = pattern.span;
    arm.binding = bind_whole(symbol->name, pattern.span);
    const types::Record record = context_.model.types.at(type_.record);
    for (const syntax::Name& name : construct.bindings) {
      const auto field = context_.require_field(record.fields, record.name, record.span, name, symbol->damaged);
      broken_ = broken_ || !field;
      if (!field) continue;
      const auto earlier = std::ranges::find(arm.taken, *field, &TakenField::field);
      if (earlier != arm.taken.end()) {
        context_.report(Kind::repeated_argument, name.span).with("name", name.text).secondary(earlier->name->span, "given here first");
        continue;
      }
      take(arm, name, *field, record.fields[*field].type, record.fields[*field].labels);
    }
    return PresentPattern{*arm.binding};
  }

  std::optional<decltype(Pattern::node)> check_otherwise(const syntax::Pattern& pattern) {
    if (is_closed(type_)) {
      Diagnostic& diagnostic = context_.report(Kind::otherwise_on_closed_type, pattern.span).with("type", context_.quoted(type_));
      std::string rest;
      if (type_.kind == types::Kind::enumeration) {
        const types::Enum& declared = context_.model.types.at(type_.enumeration);
        for (std::uint32_t value = 0; value < declared.values.size(); ++value) {
          if (!values_.contains(value)) rest += (rest.empty() ? "" : ", ") + declared.values[value].name;
        }
        diagnostic.secondary(declared.span, "the enum is declared here");
      } else {
        rest = values_.contains(1) ? "false" : "true";
      }
      if (!rest.empty()) diagnostic.help("list what is left: `" + rest + "`", {pattern.span, rest, diag::Applicability::likely});
      broken_ = true;
      return std::nullopt;
    }
    // Behind `present x` it can only mean `absent`, which is said where that is missed.
    const bool means_absent = present_ && subject_.optional && !absent_;
    if (!means_absent) report_if_rest_covered(pattern.span);
    otherwise_ = pattern.span;
    return OtherwisePattern{};
  }

  void report_if_rest_covered(Span span) {
    if (present_) report_unreachable(span, *present_);
    if (!present_ && otherwise_) report_unreachable(span, *otherwise_);
  }

  /// A constant of the subject's type, or nothing (and something has been reported).
  std::optional<ConstantValue> constant(const syntax::Expr& syntax) {
    const ExprPtr value = exprs_.want(syntax, type_);
    if (const auto* constant = value->get_if<Constant>(); constant && !type_.is_error()) return constant->value;
    if (!value->type.is_error()) refuse(value->span, "a pattern is a literal or a value of an enum");
    broken_ = true;
    return std::nullopt;
  }

  /// A bare name in a pattern is a value of the enum, whatever variables are in scope.
  std::optional<ConstantValue> enum_value(const syntax::Name& name) const {
    if (type_.kind != types::Kind::enumeration) return std::nullopt;
    const auto value = context_.model.types.at(type_.enumeration).find(name.text);
    return value ? std::optional<ConstantValue>(std::int64_t{*value}) : std::nullopt;
  }

  std::optional<decltype(Pattern::node)> check_constant(const syntax::Expr& syntax, Span span,
                                                        std::optional<ConstantValue> known = std::nullopt) {
    if (!is_closed(type_) && !is_open(type_) && !type_.is_error())
      return refuse(span, "values of this type are not told apart by patterns");
    const auto value = known ? known : constant(syntax);
    if (!value) return std::nullopt;
    report_if_rest_covered(span);
    if (is_closed(type_)) {
      const std::int64_t word = std::get<std::int64_t>(*value);
      const auto [earlier, is_new] = values_.try_emplace(word, span);
      if (!is_new) report_unreachable(span, earlier->second);
    } else {
      cover({*value, *value, span});
    }
    return ConstantPattern{*value};
  }

  std::optional<decltype(Pattern::node)> check_range(const syntax::Pattern& pattern) {
    if (!has_ranges(type_) && !type_.is_error()) return refuse(pattern.span, "only numbers, dates and the like have ranges");
    const auto& range = pattern.as<syntax::RangePattern>();
    const auto low = constant(*range.low);
    const auto high = constant(*range.high);
    if (!low || !high) return std::nullopt;
    if (order(*low, *high) > 0) {
      context_.report(Kind::empty_range, pattern.span)
          .with("low", context_.snippet(range.low->span, "the first"))
          .with("high", context_.snippet(range.high->span, "the last"))
          .help("the lower end comes first");
      broken_ = true;
      return std::nullopt;
    }
    report_if_rest_covered(pattern.span);
    cover({*low, *high, pattern.span});
    return RangePattern{*low, *high};
  }

  void cover(CoveredRange range) {
    const auto earlier = std::ranges::find_if(
        ranges_, [&](const CoveredRange& each) { return order(each.low, range.low) <= 0 && order(range.high, each.high) <= 0; });
    if (earlier != ranges_.end()) report_unreachable(range.span, earlier->span);
    ranges_.push_back(std::move(range));
  }

  Context& context_;
  ExprChecker& exprs_;
  types::Type subject_;
  types::Type type_;
  std::optional<Span> absent_;
  std::optional<Span> present_;
  std::optional<Span> otherwise_;
  std::map<std::int64_t, Span> values_;
  std::vector<CoveredRange> ranges_;
  std::map<std::string, Span> currencies_;
  /// A pattern was wrong: what is missing cannot be told.
  bool broken_ = false;
};

ExprPtr taken_value(const Context& context, const CheckedArm& arm, const TakenField& field, Span span) {
  const VariableInfo& whole = context.model.at(*arm.binding);
  const VariableInfo& taken = context.model.at(field.variable);
  const bool is_amount = context.model.types.is_open_money(whole.type);
  ExprPtr value = make_expr(is_amount ? types::simple(types::Kind::decimal) : taken.type, span,
                            MemberRead{make_expr(whole.type, span, Variable{*arm.binding}, whole.labels), field.field}, taken.labels);
  if (!is_amount) return value;
  // The pattern has told the currency: so many times one unit of it.
  ExprPtr unit = make_expr(taken.type, span, Constant{Decimal::from_int(1)});
  return make_expr(taken.type, span, Arithmetic{ArithmeticOp::multiply_decimal, std::move(unit), std::move(value)}, taken.labels);
}

std::vector<CheckedArm> ExprChecker::patterns(const Expr& subject, const std::vector<const std::vector<syntax::Pattern>*>& arms,
                                              Span keyword) {
  PatternChecker checker(context_, *this, subject.type);
  std::vector<CheckedArm> result;
  for (const auto* each : arms) {
    CheckedArm arm = checker.check_arm(*each);
    if (arm.binding) context_.variable(*arm.binding).labels = all_labels(subject, context_.model.types);
    for (const TakenField& field : arm.taken) {
      types::Labels& labels = context_.variable(field.variable).labels;
      labels = labels | subject.labels;
    }
    result.push_back(std::move(arm));
  }
  checker.report_missing(keyword);
  return result;
}

}  // namespace wend::sema
