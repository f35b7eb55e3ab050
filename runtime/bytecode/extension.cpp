#include "runtime/bytecode/extension.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <type_traits>
#include <utility>

#include "runtime/bytecode/content.h"

namespace wend::bytecode {
namespace {

// Of one table: place in the extension by place in `next`.
using Places = std::vector<uint16_t>;

struct Numbers {
#define WEND_TABLE(Id, table, called) Places table;
  WEND_NUMBERED_TABLES(WEND_TABLE)
#undef WEND_TABLE
};

template <typename T>
std::string content_of(const Program& program, const T& part) {
  std::string bytes;
  ContentWriter(program, bytes).item(part);
  return bytes;
}

// What the n-th of a table is known by in both programs: its name, or what it is.
template <typename Id>
std::string key_of(const Program& program, size_t number) {
  return content_of(program, static_cast<Id>(number));
}

template <typename T>
constexpr bool is_nameless = std::is_same_v<T, HistoryQuery> || std::is_same_v<T, Schedule>;

template <typename T>
std::string name_of(const T& part) {
  if constexpr (std::is_same_v<T, std::string>) {
    return part;
  } else if constexpr (is_nameless<T>) {
    return {};
  } else {
    return part.name;
  }
}

// A segment that is entered `including existing` stands a second time.
template <typename T>
bool is_told(const T& part) {
  if constexpr (std::is_same_v<T, Segment>) return !part.existing;
  return !is_nameless<T>;
}

class Comparison {
 public:
  Comparison(const Program& deployed, const Program& next) : deployed_(deployed), next_(next) {}

  template <typename Id, typename T>
  void compare(const std::vector<T>& before, const std::vector<T>& after, const char* called, Places& places) {
    std::multimap<std::string, size_t> open;  // of `after`, by key
    for (size_t i = 0; i < after.size(); ++i) open.emplace(key_of<Id>(next_, i), i);
    std::vector<bool> is_known(after.size());
    places.resize(after.size());
    for (size_t i = 0; i < before.size(); ++i) {
      const auto found = open.find(key_of<Id>(deployed_, i));
      if (found == open.end()) {
        note(called, name_of(before[i]), "is gone");
        continue;
      }
      places[found->second] = static_cast<uint16_t>(i);
      is_known[found->second] = true;
      if (content_of(deployed_, before[i]) != content_of(next_, after[found->second])) note(called, name_of(before[i]), "has changed");
      if constexpr (std::is_same_v<T, Attribute>) note_labels(before[i], after[found->second]);
      open.erase(found);
    }
    size_t place = before.size();
    for (size_t i = 0; i < after.size(); ++i) {
      if (is_known[i]) continue;
      places[i] = static_cast<uint16_t>(place++);
      if (is_told(after[i])) added.push_back(fmt::format("{} `{}`", called, name_of(after[i])));
    }
  }

  void compare_zone() {
    if (content_of(deployed_, deployed_.zone) != content_of(next_, next_.zone))
      problems.push_back("how a customer's time zone is found has changed");
  }

  std::vector<std::string> problems;
  std::vector<std::string> added;

 private:
  void note_labels(const Attribute& before, const Attribute& after) {
    if (before.labels != after.labels || before.writable != after.writable)
      added.push_back(fmt::format("labels of attribute `{}`", after.name));
  }
  // A question that is asked no more was asked by something that is gone or changed as well, and stands in the list already.
  void note(const char* called, const std::string& name, const char* what) {
    if (!name.empty()) {
      // A segment that stands twice is one segment of the text.
      std::string problem = fmt::format("{} `{}` {}", called, name, what);
      if (problems.empty() || problems.back() != problem) problems.push_back(std::move(problem));
    } else if (problems.empty()) {
      problems.push_back(fmt::format("a {} {}", called, what));
    }
  }

  const Program& deployed_;
  const Program& next_;
};

// Visits a whole program and gives every id its new number.
class Renumbering {
 public:
  explicit Renumbering(const Numbers& numbers) : numbers_(numbers) {}

  template <typename... Parts>
  void operator()(Parts&... parts) {
    (item(parts), ...);
  }
  void refuse() {}

#define WEND_TABLE(Id, table, called)                              \
  void item(Id& id) {                                              \
    id = static_cast<Id>(numbers_.table[static_cast<size_t>(id)]); \
  }
  WEND_NUMBERED_TABLES(WEND_TABLE)
#undef WEND_TABLE
  void item(Instruction& instruction) {
    const OpcodeInfo& info = *opcode_info(instruction.opcode);
    uint16_t* const operands[] = {&instruction.a, &instruction.b, &instruction.c};
    for (size_t i = 0; i < info.operands.size(); ++i) {
      visit_id(info.operands[i], *operands[i], [&](auto id) {
        item(id);
        *operands[i] = static_cast<uint16_t>(id);
      });
    }
  }
  // Of other types these two say nothing.
  void item(Type& type) {
    if (type.kind == ValueKind::enumeration) item(type.enumeration);
    if (type.kind == ValueKind::record) item(type.record);
  }
  // Of other signals than events it says nothing.
  void item(AwaitArm& arm) {
    if (arm.signal == SignalKind::event) item(arm.event);
    item(arm.entry);
  }
  void item(DenialStep& step) {
    if (step.action == DenialAction::divert) item(step.divert_to);
  }

  void item(std::string&) {}
  void item(Decimal&) {}
  template <typename T>
  requires(std::is_enum_v<T> || std::is_integral_v<T>) void item(T&) {}
  template <typename T>
  void item(std::optional<T>& value) {
    if (value) item(*value);
  }
  template <typename T>
  void item(std::vector<T>& values) {
    for (T& value : values) item(value);
  }
  template <typename A, typename B>
  void item(std::pair<A, B>& value) {
    item(value.first);
    item(value.second);
  }
  template <typename... Choices>
  void item(std::variant<Choices...>& value) {
    std::visit([this](auto& choice) { item(choice); }, value);
  }
  template <typename T>
  requires(std::is_class_v<T>) void item(T& value) {
    fields::visit(*this, value);
    // Sets stand in the order of their numbers.
    if constexpr (requires { visit_sets(value, [](auto&) {}); }) visit_sets(value, [](auto& ids) { std::ranges::sort(ids); });
  }

 private:
  const Numbers& numbers_;
};

template <typename T>
void permute(std::vector<T>& table, const Places& places) {
  std::vector<T> result(table.size());
  for (size_t i = 0; i < table.size(); ++i) result[places[i]] = std::move(table[i]);
  table = std::move(result);
}

void visit_beside(Renumbering&, auto& owners, const auto& visit) {
  for (auto& owner : owners) visit(owner);
}

void renumber(Program& program, const Numbers& numbers) {
  Renumbering archive(numbers);
#define WEND_SECTION(tag, name, ...) __VA_ARGS__;
#include "runtime/bytecode/sections.def"
#undef WEND_SECTION
#define WEND_TABLE(Id, table, called) permute(program.table, numbers.table);
  WEND_NUMBERED_TABLES(WEND_TABLE)
#undef WEND_TABLE
}

}  // namespace

std::expected<Extension, std::vector<std::string>> extend(const Program& deployed, Program next) {
  Comparison comparison(deployed, next);
  Numbers numbers;
#define WEND_TABLE(Id, table, called) comparison.compare<Id>(deployed.table, next.table, called, numbers.table);
  WEND_NUMBERED_TABLES(WEND_TABLE)
#undef WEND_TABLE
  comparison.compare_zone();
  if (!comparison.problems.empty()) return std::unexpected(std::move(comparison.problems));
  renumber(next, numbers);
  return Extension{std::move(next), std::move(comparison.added)};
}

}  // namespace wend::bytecode
