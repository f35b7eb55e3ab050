#include <sstream>

#include "runtime/base/time.h"
#include "tests/reference/comparison.h"

// A case as a text that people can read and tests keep:
//     // namespace wend
//     // assume consent
//     // asks outside
//     // 2025-03-29T10:00:00Z 2025-03-29T09:00:00Z c1 event Began #m1 id="a" number=3 total=9.99USD
//     // 2025-03-29T10:00:00Z - c1 traits level=1 email=absent +news -texts
//     // 2025-03-29T10:00:00Z - c1 receipt 0 clicked
//     // 2025-03-29T10:00:00Z - c1 answer 0 5|fails
//     // locked experiment colours { … } experiment …
//     // closed 2025-04-18 days 2 [yearly [nth -1]] [until 2027-01-01]
//     // 2025-03-29T10:00:00Z - c1 assign colours special
//     // 2025-03-29T10:00:00Z - c1 erase
//     // 2025-03-29T10:00:00Z - c1 merge c2
//     // 2025-03-29T10:00:00Z tick|hold|release|deploy
//     // added j1 s_third
//     // 2025-03-29T10:00:00Z extend 3600
// and then the program. Values: "text", 12, 12.5d, 9.99USD, $9.99EUR (where the type does not say the currency), name, true, @2025-03-29T10:00:00Z, ["a","b"],
//     ~8094 (a date, in days since 1970-01-01),
// absent.

namespace wend::reference {
namespace {

std::string show_field(const Value& value) {
  if (const auto* number = value.get<Decimal>()) return number->to_string() + "d";
  if (const auto* money = value.get<Money>()) return money->amount.to_string() + money->currency;
  if (const auto* money = value.get<OpenMoney>()) return "$" + money->amount.to_string() + money->currency;
  if (const auto* at = value.get<Instant>()) return "@" + format_rfc3339(at->ms);
  if (const auto* date = value.get<Date>()) return "~" + std::to_string(date->days);
  if (const auto* list = value.get<List>()) {
    std::string text = "[";
    for (const Value& element : list->elements) text += (text.size() == 1 ? "" : ",") + show_field(element);
    return text + "]";
  }
  return show(value);
}

Value field_from(const std::string& text) {
  if (text == "absent") return {};
  if (text == "true" || text == "false") return text == "true";
  if (text.front() == '"') return text.substr(1, text.size() - 2);
  if (text.front() == '@') return Instant{*parse_rfc3339(text.substr(1))};
  if (text.front() == '$') return OpenMoney{*Decimal::parse(text.substr(1, text.size() - 4)), text.substr(text.size() - 3)};
  if (text.front() == '~') return Date{std::stoi(text.substr(1))};
  if (text.front() == '[') {
    List list;
    std::istringstream elements(text.substr(1, text.size() - 2));
    for (std::string element; std::getline(elements, element, ',');) list.elements.push_back(field_from(element));
    return list;
  }
  if (text.ends_with("USD")) return Money{*Decimal::parse(text.substr(0, text.size() - 3)), "USD"};
  if (std::isdigit(static_cast<unsigned char>(text.front())) == 0 && text.front() != '-') return EnumName{text};
  if (text.ends_with("d")) return *Decimal::parse(text.substr(0, text.size() - 1));
  return static_cast<std::int64_t>(std::stoll(text));
}

std::string show_closed(const ClosedDays& closed) {
  std::string text = date_text(closed.first) + " days " + std::to_string(closed.days);
  if (closed.yearly) text += " yearly";
  if (closed.nth != 0) text += " nth " + std::to_string(closed.nth);
  if (closed.until) text += " until " + date_text(*closed.until);
  return text;
}

ClosedDays closed_from(const std::string& text) {
  std::istringstream words(text);
  std::string word;
  ClosedDays closed;
  words >> word;
  closed.first = date_from_text(word);
  while (words >> word) {
    if (word == "yearly") closed.yearly = true;
    if (word == "days") words >> closed.days;
    if (word == "nth") words >> closed.nth;
    if (word == "until") {
      words >> word;
      closed.until = date_from_text(word);
    }
  }
  return closed;
}

std::string show_input(const Input& input) {
  std::string text = "// " + format_rfc3339(input.t_log) + " ";
  if (std::get_if<TickInput>(&input.what) != nullptr) return text + "tick";
  if (std::get_if<DeployInput>(&input.what) != nullptr) return text + "deploy";
  if (const auto* extend = std::get_if<ExtendInput>(&input.what)) return text + "extend " + std::to_string(extend->release_per_hour);
  if (const auto* hold = std::get_if<HoldInput>(&input.what)) return text + (hold->hold ? "hold" : "release");
  text += (input.t_event == input.t_log ? "-" : format_rfc3339(input.t_event)) + " " + input.customer + " ";
  if (const auto* event = std::get_if<EventInput>(&input.what)) {
    text += "event " + event->type;
    if (!event->message_id.empty()) text += " #" + event->message_id;
    for (const auto& [name, value] : event->fields) text += " " + name + "=" + show_field(value);
  } else if (const auto* traits = std::get_if<TraitsInput>(&input.what)) {
    text += "traits";
    for (const auto& [name, value] : traits->attributes) text += " " + name + "=" + show_field(value);
    for (const auto& [topic, given] : traits->consents) text += (given ? " +" : " -") + topic;
  } else if (const auto* receipt = std::get_if<ReceiptInput>(&input.what)) {
    text += "receipt " + std::to_string(receipt->delivery) + " " + receipt->receipt;
  } else if (const auto* answer = std::get_if<AnswerInput>(&input.what)) {
    text += "answer " + std::to_string(answer->call) + " " + (answer->succeeds ? std::to_string(answer->number) : "fails");
  } else if (std::get_if<ErasureInput>(&input.what) != nullptr) {
    text += "erase";
  } else if (const auto* same = std::get_if<MergeInput>(&input.what)) {
    text += "merge " + same->other;
  } else if (const auto* assign = std::get_if<AssignInput>(&input.what)) {
    text += "assign " + assign->experiment + " " + assign->arm;
  }
  return text;
}

std::optional<Input> input_from(const std::string& line) {
  std::istringstream words(line);
  std::string at, happened, customer, what;
  words >> at >> happened;
  Input input;
  const auto t_log = parse_rfc3339(at);
  if (!t_log) return std::nullopt;
  input.t_log = input.t_event = *t_log;
  if (happened == "tick") input.what = TickInput{};
  if (happened == "deploy") input.what = DeployInput{};
  if (happened == "extend") {
    ExtendInput extend;
    words >> extend.release_per_hour;
    input.what = extend;
    return input;
  }
  if (happened == "hold" || happened == "release") input.what = HoldInput{happened == "hold"};
  if (!(words >> input.customer >> what)) return input;
  if (happened != "-") input.t_event = parse_rfc3339(happened).value_or(*t_log);
  if (what == "erase") {
    input.what = ErasureInput{};
    return input;
  }
  if (what == "assign") {
    AssignInput assign;
    words >> assign.experiment >> assign.arm;
    input.what = assign;
    return input;
  }
  if (what == "merge") {
    MergeInput same;
    words >> same.other;
    input.what = same;
    return input;
  }
  if (what == "receipt") {
    ReceiptInput receipt;
    words >> receipt.delivery >> receipt.receipt;
    input.what = receipt;
    return input;
  }
  if (what == "answer") {
    AnswerInput answer;
    std::string outcome;
    words >> answer.call >> outcome;
    answer.succeeds = outcome != "fails";
    if (answer.succeeds) answer.number = std::stoll(outcome);
    input.what = answer;
    return input;
  }
  EventInput event;
  TraitsInput traits;
  if (what == "event") words >> event.type;
  for (std::string word; words >> word;) {
    const auto equals = word.find('=');
    if (word.front() == '#') {
      event.message_id = word.substr(1);
    } else if (equals == std::string::npos) {
      traits.consents[word.substr(1)] = word.front() == '+';
    } else {
      (what == "event" ? event.fields : traits.attributes).emplace_back(word.substr(0, equals), field_from(word.substr(equals + 1)));
    }
  }
  if (what == "event") {
    input.what = event;
  } else {
    input.what = traits;
  }
  return input;
}

}  // namespace

std::string to_text(const Case& subject) {
  std::string text = "// namespace " + subject.options.log_namespace + "\n";
  if (subject.options.assume_consent) text += "// assume consent\n";
  if (subject.options.asks_outside) text += "// asks outside\n";
  for (const std::string& experiments : subject.earlier) text += "// locked " + experiments + "\n";
  if (!subject.added.empty()) {
    text += "// added";
    for (const std::string& name : subject.added) text += " " + name;
    text += "\n";
  }
  for (const ClosedDays& closed : subject.closed_days) text += "// closed " + show_closed(closed) + "\n";
  for (const Input& input : subject.history) text += show_input(input) + "\n";
  return text + subject.program;
}

std::optional<Case> case_from_text(const std::string& text) {
  Case result;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    if (line.starts_with("// namespace ")) {
      result.options.log_namespace = line.substr(13);
    } else if (line == "// assume consent") {
      result.options.assume_consent = true;
    } else if (line == "// asks outside") {
      result.options.asks_outside = true;
    } else if (line.starts_with("// locked ")) {
      result.earlier.push_back(line.substr(10));
    } else if (line.starts_with("// added ")) {
      std::istringstream names(line.substr(9));
      for (std::string name; names >> name;) result.added.push_back(name);
    } else if (line.starts_with("// closed ")) {
      result.closed_days.push_back(closed_from(line.substr(10)));
    } else if (line.starts_with("// 2")) {
      const auto input = input_from(line.substr(3));
      if (!input) return std::nullopt;
      result.history.push_back(*input);
    } else {
      result.program += line + "\n";
    }
  }
  return result;
}

}  // namespace wend::reference
