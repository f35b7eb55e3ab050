#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "compiler/diag/render.h"
#include "compiler/sema/check.h"
#include "compiler/source/file_store.h"
#include "compiler/syntax/parse.h"

namespace wend::sema {

/// A project made of texts, checked. `codes` are in the order of the text.
class CheckedProject {
 public:
  /// One file.
  explicit CheckedProject(const std::string& text) : CheckedProject(std::map<std::string, std::string>{{"a.journey", text}}) {}
  /// Files by path: `*.journey` are parsed, the others can be imported.
  explicit CheckedProject(const std::map<std::string, std::string>& files) {
    CheckInput input;
    for (const auto& [path, text] : files) {
      if (!path.ends_with(".journey")) {
        store_.write(path, text);
        continue;
      }
      parsed_.push_back(syntax::parse(sources_.add(path, text)));
      sink_.report_all(parsed_.back().diagnostics);
    }
    for (const syntax::ParseResult& each : parsed_) input.files.push_back({&each.file, "", each.complete});
    input.store = &store_;
    input.sources = &sources_;
    zones_ = ZoneTable::system();
    input.zones = zones_.get();
    result_ = check(input);
    sink_.report_all(result_.diagnostics);
  }

  [[nodiscard]] const Model& model() const { return result_.model; }
  [[nodiscard]] std::vector<std::string> codes() const {
    std::vector<std::string> result;
    for (const diag::Diagnostic& each : sink_.sorted()) result.push_back(diag::code(each.kind()));
    return result;
  }
  [[nodiscard]] std::string text() const { return diag::render_all(sink_, sources_); }
  [[nodiscard]] bool has_errors() const { return sink_.has_errors(); }
  [[nodiscard]] const Journey& journey(const std::string& name) const {
    for (const Journey& each : model().journeys) {
      if (each.name == name) return each;
    }
    ADD_FAILURE() << "no journey " << name;
    return model().journeys.front();
  }

 private:
  source::Sources sources_;
  source::MemoryFileStore store_;
  std::vector<syntax::ParseResult> parsed_;
  std::shared_ptr<const ZoneTable> zones_;
  CheckResult result_;
  diag::Sink sink_;
};

/// Declarations that most tests need.
inline const std::string k_shop = R"(
enum Plan { free, trial, pro }
record Item { title: Text  price: Money<USD>  note: Text? }
customer {
  id:            Id
  email:         Email?    @pii
  phone:         Phone?    @pii
  first_name:    Text?     @pii
  timezone:      TimeZone?
  country:       Country?
  plan:          Plan
  trial_ends_at: Instant?
  visits:        Int       @writable
  stage:         Text?     @writable
}
event SignedUp { plan: Plan  source: Text? }
event OrderPlaced { order_id: Text  cart_id: Text?  total: Money<USD>  items: List<Item>  count: Int }
event CartUpdated { cart_id: Text  total: Money<USD> }
channel email { address customer.email  consent marketing_email for marketing  receipts delivered, clicked, opened  accepts @pii }
channel sms { address customer.phone  consent marketing_sms for marketing  receipts delivered, clicked }
message Hello(name: Text = customer.first_name otherwise "there") for marketing { email { subject "Hi {name}" } }
message Note(text: Text) for marketing { email { subject "{text}" } sms { body "{text}" } }
message Call(phone: Phone) for marketing { email { subject "{phone}" } }
policy anything { }
)";

/// A journey around statements.
inline std::string journey(const std::string& body) {
  return k_shop + "journey j {\n  owner \"o\"\n  policy anything\n  lifetime 30 days\n  enter on OrderPlaced as order\n" + body + "\n}\n";
}

}  // namespace wend::sema
