#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "compiler/flow/flow.h"
#include "compiler/project/compile.h"

namespace wend::flow::testing {

/// What every journey of these tests can use.
inline constexpr const char* k_preamble = R"(
edition 1
module shop
enum Plan { free, pro }
event CartUpdated { cart_id: Text  total: Money<USD>  plan: Plan  due: Instant? }
event OrderPlaced grace 5 minutes { cart_id: Text  total: Money<USD> }
event TicketOpened grace 2 minutes { topic: Text }
customer { email: Email?  plan: Plan  trial_ends_at: Instant?  stage: Text? @writable }
channel email { address customer.email  consent news for marketing  receipts delivered, clicked }
message Hello(name: Text) for marketing { email { subject "Hello {name}" } }
policy anything { }
experiment offer { salt "s"  arm plain 50%  arm discount 50% }
)";

struct Shop {
  source::MemoryFileStore files;
  std::unique_ptr<project::Project> project;
  project::CompileResult compiled;

  /// `journey` is the headers after `lifetime` and the statements.
  explicit Shop(const std::string& journey) {
    files.write("shop.journey", k_preamble + ("journey cart {\nowner \"a@b.test\"\npolicy anything\nlifetime 60 days\n" + journey) + "\n}\n");
    project = project::load(files, "shop.journey");
    compiled = project::compile(*project, files, *ZoneTable::system());
  }

  std::string findings() const {
    std::string result;
    for (const auto& finding : compiled.findings.sorted()) result += diag::code(finding.kind()) + " " + finding.message() + "\n";
    return result;
  }
  Graph graph() const {
    EXPECT_FALSE(compiled.findings.has_errors()) << findings();
    return std::move(analyse(compiled.model).graphs.at(0));
  }
};

inline std::vector<std::string> names(const Graph& graph, const std::vector<SlotId>& slots) {
  std::vector<std::string> result;
  for (const SlotId slot : slots) result.push_back(graph.at(slot).name);
  return result;
}
inline std::vector<std::string> kept_at(const Graph& graph, const std::string& path) {
  for (const WaitingPoint& point : graph.points) {
    if (point.path == path) return names(graph, point.kept);
  }
  return {"no waiting point " + path};
}

}  // namespace wend::flow::testing
