#include "tests/reference/evaluator.h"

#include <algorithm>

namespace wend::reference {

using namespace syntax;

namespace {

Decimal decimal_of(const std::string& text) {
  const auto parsed = Decimal::parse(text);
  if (!parsed) throw Fault("decimal literal");
  return *parsed;
}

std::int64_t integer_of(const std::string& text) {
  return static_cast<std::int64_t>(std::stoull(text));
}

Date date_of(const DateLiteral& date) {
  return date_from_civil(date.year, date.month, date.day);
}
TimeOfDay time_of(const TimeLiteral& time) {
  return {time.hour * 3600 + time.minute * 60 + time.second};
}

}  // namespace

Value as_declared(Value value, const TypeRef& type) {
  if (type.name.text == "Decimal" && value.get<std::int64_t>() != nullptr) return to_decimal(value);
  const bool is_open = type.name.text == "Money" && type.arguments.empty();
  if (const auto* money = value.get<Money>(); money != nullptr && is_open) return OpenMoney{money->amount, money->currency};
  return value;
}

Value Evaluator::default_of(const Field& field) const {
  if (field.default_value != nullptr) {
    Evaluator plain(all_, customer_, now_, assume_consent_);
    return as_declared(plain.value(*field.default_value), field.type);
  }
  const bool is_list = field.type.name.text == "List" || field.type.name.text == "Set";
  return is_list && !field.type.optional ? Value(List{}) : Value();
}

bool Evaluator::holds(const Expr& condition) {
  try {
    return truth(condition);
  } catch (const Fault&) {
    return false;
  }
}

Zone Evaluator::zone() {
  if (fixed_zone_ != nullptr) return *fixed_zone_;
  return zones().front();
}

std::vector<Zone> Evaluator::zones() {
  if (all_.zone == nullptr) return {Zone()};
  Evaluator plain(all_, customer_, now_, assume_consent_);
  const Value value = plain.value(*all_.zone);
  const auto* list = value.get<List>();
  if (list == nullptr) return {Zone(value.as<std::string>())};
  std::vector<Zone> zones;
  for (const Value& element : list->elements) zones.emplace_back(element.as<std::string>());
  return zones.empty() ? std::vector<Zone>{Zone()} : zones;
}

Value Evaluator::attribute(const std::string& name) const {
  if (name == "id") return customer_.id;
  const auto found = customer_.attributes.find(name);
  if (found != customer_.attributes.end() && found->second.present()) return found->second;
  if (all_.customer == nullptr) return {};
  const auto& fields = all_.customer->fields;
  const auto field = std::find_if(fields.begin(), fields.end(), [&](const Field& each) { return each.name.text == name; });
  return field == fields.end() ? Value() : default_of(*field);
}

bool Evaluator::consents(const std::string& topic) const {
  const auto found = customer_.consents.find(topic);
  return found == customer_.consents.end() ? assume_consent_ : found->second;
}

Value Evaluator::name(const std::string& name) {
  for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
    const auto found = (*scope)->find(name);
    if (found != (*scope)->end()) return found->second;
  }
  return EnumName{name};
}

Value Evaluator::value(const Expr& expression) {
  switch (expression.kind()) {
    case ExprKind::Error:
      break;
    case ExprKind::Text:
      return expression.as<TextExpr>().text;
    case ExprKind::Int:
      return integer_of(expression.as<IntExpr>().text);
    case ExprKind::Decimal:
      return decimal_of(expression.as<DecimalExpr>().text);
    case ExprKind::Percent:
      return *wend::divide(decimal_of(expression.as<PercentExpr>().text), Decimal::from_int(100));
    case ExprKind::Money:
      return Money{decimal_of(expression.as<MoneyExpr>().amount), expression.as<MoneyExpr>().currency.text};
    case ExprKind::Duration:
      return span_of(expression.as<DurationExpr>().duration);
    case ExprKind::Date:
      return date_of(expression.as<DateExpr>().date);
    case ExprKind::DateTime:
      return zone().instant_of(date_of(expression.as<DateTimeExpr>().date), time_of(expression.as<DateTimeExpr>().time));
    case ExprKind::Time:
      return time_of(expression.as<TimeExpr>().time);
    case ExprKind::Bool:
      return expression.as<BoolExpr>().value;
    case ExprKind::Absent:
      return Absent{};
    case ExprKind::Now:
      return now_;
    case ExprKind::Name:
      return name(expression.as<NameExpr>().name.text);
    case ExprKind::Call:
      return call(expression.as<CallExpr>().function.text, expression.as<CallExpr>().arguments);
    case ExprKind::Construct:
      return construct(expression.as<ConstructExpr>());
    case ExprKind::Qualified:
      return EnumName{expression.as<QualifiedExpr>().member.text};
    case ExprKind::Member:
      return member(expression.as<MemberExpr>());
    case ExprKind::List: {
      List list;
      for (const ExprPtr& element : expression.as<ListExpr>().elements) list.elements.push_back(value(*element));
      return list;
    }
    case ExprKind::Consent:
      return consents(expression.as<ConsentExpr>().topic.text);
    case ExprKind::History: {
      const auto& asked = expression.as<HistoryExpr>();
      return asked.history_kind == HistoryKind::list ? list(asked) : history(asked, k_count_max);
    }
    case ExprKind::Match:
      return match(expression.as<MatchExpr>());
    case ExprKind::Unary:
      return unary(expression.as<UnaryExpr>());
    case ExprKind::Binary:
      return binary(expression.as<BinaryExpr>());
    case ExprKind::Is:
      return is(expression.as<IsExpr>());
    case ExprKind::In:
      return in(expression.as<InExpr>());
    case ExprKind::Customer:
      break;
  }
  throw std::logic_error("the reference does not know this expression");
}

Value Evaluator::member(const MemberExpr& member) {
  if (member.object->kind() == ExprKind::Customer) return attribute(member.member.text);
  const Value object = value(*member.object);
  if (const auto* money = object.get<OpenMoney>()) return money->currency;
  const Fields& fields = object.get<EventFields>() != nullptr ? *object.as<EventFields>().fields : *object.as<Record>().fields;
  for (const auto& [name, field] : fields) {
    if (name == member.member.text) return field;
  }
  return {};
}

Value Evaluator::unary(const UnaryExpr& unary) {
  if (unary.op == UnaryOp::logical_not) return !truth(*unary.operand);
  if (const auto* literal = unary.operand->get_if<IntExpr>()) {
    return static_cast<std::int64_t>(-static_cast<std::uint64_t>(integer_of(literal->text)));
  }
  return negate(value(*unary.operand));
}

Value Evaluator::time_arithmetic(bool adds, const Value& left, const Value& right) {
  const bool span_first = left.get<Span>() != nullptr;
  const Value& point = span_first ? right : left;
  const Span written = span_first ? left.as<Span>() : right.as<Span>();
  const Span span = adds ? written : negate(written);
  if (const auto* date = point.get<Date>()) return add(*date, span);
  return zone().add(point.as<Instant>(), span);
}

Value Evaluator::binary(const BinaryExpr& binary) {
  switch (binary.op) {
    case BinaryOp::logical_and:
      return truth(*binary.left) && truth(*binary.right);
    case BinaryOp::logical_or:
      return truth(*binary.left) || truth(*binary.right);
    case BinaryOp::otherwise: {
      const Value left = value(*binary.left);
      return left.present() ? left : value(*binary.right);
    }
    case BinaryOp::multiply:
    case BinaryOp::divide:
    case BinaryOp::add:
    case BinaryOp::subtract:
    case BinaryOp::less:
    case BinaryOp::less_equal:
    case BinaryOp::greater:
    case BinaryOp::greater_equal:
    case BinaryOp::equal:
    case BinaryOp::not_equal:
      break;
  }
  const Value left = compared(binary, *binary.left, *binary.right);
  const Value right = compared(binary, *binary.right, *binary.left);
  const auto is_point = [](const Value& side) { return side.get<Instant>() != nullptr || side.get<Date>() != nullptr; };
  const auto is_span = [](const Value& side) { return side.get<Span>() != nullptr; };
  switch (binary.op) {
    case BinaryOp::multiply:
      return multiply(left, right);
    case BinaryOp::divide:
      return divide(left, right);
    case BinaryOp::add:
    case BinaryOp::subtract: {
      if (!left.present()) return {};  // `wait until customer.ends_at - 3 days`: absent stays absent
      const bool adds = binary.op == BinaryOp::add;
      if ((is_point(left) && is_span(right)) || (is_span(left) && is_point(right))) return time_arithmetic(adds, left, right);
      return adds ? add(left, right) : subtract(left, right);
    }
    case BinaryOp::less:
      return compare(left, right) < 0;
    case BinaryOp::less_equal:
      return compare(left, right) <= 0;
    case BinaryOp::greater:
      return compare(left, right) > 0;
    case BinaryOp::greater_equal:
      return compare(left, right) >= 0;
    case BinaryOp::equal:
      return equal(left, right);
    case BinaryOp::not_equal:
      return !equal(left, right);
    case BinaryOp::otherwise:
    case BinaryOp::logical_and:
    case BinaryOp::logical_or:
      break;
  }
  throw std::logic_error("unreachable");
}

namespace {

// A comparison with a constant keeps as many of the newest events as tell its result.
std::int64_t newest_for(BinaryOp op, bool count_is_left, std::int64_t constant) {
  const bool one_more = op == BinaryOp::equal || op == BinaryOp::not_equal || op == (count_is_left ? BinaryOp::greater : BinaryOp::less) ||
                        op == (count_is_left ? BinaryOp::less_equal : BinaryOp::greater_equal);
  return std::max<std::int64_t>(1, constant + (one_more ? 1 : 0));
}

}  // namespace

/// A side of an operator.
Value Evaluator::compared(const BinaryExpr& binary, const Expr& side, const Expr& other) {
  const auto* count = side.get_if<HistoryExpr>();
  const auto* constant = other.get_if<IntExpr>();
  const bool is_comparison = binary.op == BinaryOp::less || binary.op == BinaryOp::less_equal || binary.op == BinaryOp::greater ||
                             binary.op == BinaryOp::greater_equal || binary.op == BinaryOp::equal || binary.op == BinaryOp::not_equal;
  if (!is_comparison || count == nullptr || constant == nullptr || count->history_kind != HistoryKind::count) return value(side);
  return history(*count, newest_for(binary.op, &side == binary.left.get(), integer_of(constant->text)));
}

/// What the question concerns, in the order in which it was heard.
std::vector<HeardEventPtr> Evaluator::concerned(const HistoryExpr& history) const {
  std::vector<HeardEventPtr> found;
  for (const HeardEventPtr& event : customer_.heard) {
    if (event->type != history.event.text) continue;
    if (!history.window.last && (event->serial <= began_.value() || unheard_->contains(event->serial))) continue;
    if (history.where != nullptr) {
      Evaluator filter(all_, customer_, event->t_log, assume_consent_);
      Names names;
      if (history.alias) names[history.alias->text] = EventFields{event->fields};
      filter.see(names);
      if (!filter.holds(*history.where)) continue;
    }
    found.push_back(event);
  }
  return found;
}

/// The newest, oldest first. `since entry` knows them by the order in which they were heard.
Value Evaluator::list(const HistoryExpr& history) {
  std::vector<HeardEventPtr> found = concerned(history);
  if (history.window.last) {
    std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a->t_event.ms < b->t_event.ms; });
  }
  const auto newest = static_cast<std::size_t>(history.up_to->value);
  if (found.size() > newest) found.erase(found.begin(), found.end() - static_cast<std::ptrdiff_t>(newest));
  const Zone here = zone();
  List list;
  for (const HeardEventPtr& event : found) {
    if (history.window.last && here.add(event->t_event, span_of(*history.window.last)).ms <= now_.ms) continue;
    list.elements.emplace_back(Record{event->fields});
  }
  return list;
}

Value Evaluator::history(const HistoryExpr& history, std::int64_t newest) {
  const Zone here = zone();
  std::vector<HeardEventPtr> found = concerned(history);
  if (!history.window.last) return counted(history, std::min(static_cast<std::int64_t>(found.size()), newest));
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a->t_event.ms > b->t_event.ms; });
  if (history.history_kind == HistoryKind::did) newest = history.at_least ? history.at_least->value : 1;
  if (found.size() > static_cast<std::size_t>(newest)) found.resize(static_cast<std::size_t>(newest));
  std::int64_t count = 0;
  for (const HeardEventPtr& event : found) {
    // An event counts while its time + the window > now.
    const Instant leaves = here.add(event->t_event, span_of(*history.window.last));
    if (leaves.ms <= now_.ms) continue;
    ++count;
    if (next_change_ != nullptr && (!*next_change_ || leaves.ms < (*next_change_)->ms)) *next_change_ = leaves;
  }
  return counted(history, count);
}

Value Evaluator::counted(const HistoryExpr& history, std::int64_t count) {
  if (history.history_kind == HistoryKind::did) return count >= (history.at_least ? history.at_least->value : 1);
  return count;
}

Value Evaluator::match(const MatchExpr& match) {
  const Value subject = value(*match.subject);
  for (const MatchExprArm& arm : match.arms) {
    for (const Pattern& pattern : arm.patterns) {
      Names bindings;
      if (!matches(pattern, subject, bindings)) continue;
      see(bindings);
      const Value result = value(*arm.value);
      forget_innermost();
      return result;
    }
  }
  throw std::logic_error("no arm of a match takes the value");
}

bool Evaluator::matches(const Pattern& pattern, const Value& subject, Names& bindings) {
  switch (pattern.kind()) {
    case PatternKind::Absent:
      return !subject.present();
    case PatternKind::Present:
      if (!subject.present()) return false;
      bindings[pattern.as<PresentPattern>().binding.text] = subject;
      return true;
    case PatternKind::Otherwise:
      return true;
    case PatternKind::Name:
      return equal(subject, EnumName{pattern.as<NamePattern>().name.text});
    case PatternKind::Qualified:
      return equal(subject, EnumName{pattern.as<QualifiedPattern>().member.text});
    case PatternKind::Literal:
      return equal(subject, value(*pattern.as<LiteralPattern>().value));
    case PatternKind::Range: {
      if (!subject.present()) return false;
      const auto& range = pattern.as<RangePattern>();
      return compare(subject, value(*range.low)) >= 0 && compare(subject, value(*range.high)) <= 0;
    }
    case PatternKind::Construct: {
      if (!subject.present()) return false;
      if (const auto* money = subject.get<OpenMoney>()) {
        if (money->currency != pattern.as<ConstructPattern>().type.text) return false;
        bindings[pattern.as<ConstructPattern>().bindings.front().text] = Money{money->amount, money->currency};
        return true;
      }
      for (const Name& binding : pattern.as<ConstructPattern>().bindings) {
        for (const auto& [name, field] : *subject.as<Record>().fields) {
          if (name == binding.text) bindings[name] = field;
        }
      }
      return true;
    }
  }
  throw std::logic_error("unreachable");
}

Value Evaluator::construct(const ConstructExpr& construct) {
  if (construct.type.text == "Money") {
    OpenMoney money;
    for (const Argument& argument : construct.arguments.arguments) {
      if (argument.name->text == "amount") money.amount = to_decimal(value(*argument.value));
      if (argument.name->text == "currency") money.currency = value(*argument.value).as<std::string>();
    }
    return money;
  }
  const RecordDecl& record = *all_.records.at(construct.type.text);
  auto fields = std::make_shared<Fields>();
  std::size_t positional = 0;
  for (const Field& field : record.fields) fields->emplace_back(field.name.text, default_of(field));
  for (const Argument& argument : construct.arguments.arguments) {
    for (std::size_t i = 0; i < fields->size(); ++i) {
      const bool is_it = argument.name ? argument.name->text == record.fields[i].name.text : i == positional;
      if (is_it) (*fields)[i].second = as_declared(value(*argument.value), record.fields[i].type);
    }
    if (!argument.name) ++positional;
  }
  return Record{fields};
}

bool Evaluator::is(const IsExpr& is) {
  const Value operand = value(*is.operand);
  bool result = false;
  switch (is.test) {
    case IsTest::present:
      result = operand.present();
      break;
    case IsTest::absent:
      result = !operand.present();
      break;
    case IsTest::empty:
      result = operand.get<List>() != nullptr ? operand.as<List>().elements.empty() : operand.as<std::string>().empty();
      break;
  }
  return result != is.negated;
}

bool Evaluator::is_member(const SegmentDecl& segment) {
  const std::set<std::string> required = required_of(reads_of(*segment.condition, all_).attributes, all_);
  if (std::any_of(required.begin(), required.end(), [&](const std::string& name) { return !attribute(name).present(); })) return false;
  in_segment_ = true;
  const bool member = holds(*segment.condition);
  in_segment_ = false;
  return member;
}

bool Evaluator::in(const InExpr& in) {
  if (in.element->kind() == ExprKind::Customer) {
    const SegmentDecl& segment = *all_.segment(in.collection->as<NameExpr>().name.text);
    // A segment that another one asks for is a part of its condition: an overflow there is one here.
    const bool member = in_segment_ ? truth(*segment.condition) : is_member(segment);
    return member != in.negated;
  }
  const Value element = value(*in.element);
  const Value collection = value(*in.collection);
  const auto& elements = collection.as<List>().elements;
  const bool found = std::any_of(elements.begin(), elements.end(), [&](const Value& other) { return equal(element, other); });
  return found != in.negated;
}

Value Evaluator::call(const std::string& function, const ArgumentList& arguments) {
  const auto fn = all_.fns.find(function);
  if (fn == all_.fns.end()) {
    std::vector<Value> values;
    for (const Argument& argument : arguments.arguments) values.push_back(value(*argument.value));
    return call_builtin(function, values, function.starts_with("date") || function == "time_of" ? zone() : Zone());
  }
  const FnDecl& declaration = *fn->second;
  Names names;
  std::size_t positional = 0;
  for (const Argument& argument : arguments.arguments) {
    const std::string& name = argument.name ? argument.name->text : declaration.parameters[positional++].name.text;
    names[name] = value(*argument.value);
  }
  Evaluator inside(all_, customer_, now_, assume_consent_);
  for (const Parameter& parameter : declaration.parameters) {
    auto [given, is_missing] = names.try_emplace(parameter.name.text);
    if (is_missing && parameter.default_value != nullptr) given->second = inside.value(*parameter.default_value);
    given->second = as_declared(given->second, parameter.type);
  }
  inside.see(names);
  return as_declared(inside.value(*declaration.body), declaration.result);
}

}  // namespace wend::reference
