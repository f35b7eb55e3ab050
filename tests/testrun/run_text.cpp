#include "tests/testrun/run_text.h"

#include <gtest/gtest.h>

#include "compiler/diag/render.h"
#include "compiler/project/compile.h"
#include "compiler/source/file_store.h"
#include "runtime/base/time_zone.h"

namespace wend::testrun {

const std::string_view k_preamble = R"(edition 1
module test.small

enum Stage { new, buying }

customer {
  id:         Id
  email:      Email?    @pii
  phone:      Phone?    @pii
  first_name: Text?     @pii
  timezone:   TimeZone?
  ends_at:    Instant?
  visits:     Int?
  stage:      Stage?    @writable
  tags:       List<Text>
}
customer timezone = customer.timezone otherwise "UTC"

event SignedUp    { plan: Text?  seats: Int? }
event OrderPlaced grace 5 minutes dedupe by order_id { order_id: Text  cart_id: Text?  total: Money<USD> }
event CartUpdated { cart_id: Text  total: Money<USD> }

channel email {
  address  customer.email
  consent  marketing_email for marketing
  receipts delivered, clicked
  accepts  @pii
}
channel sms {
  address  customer.phone
  consent  marketing_sms for marketing
  receipts delivered, clicked
  accepts  @pii
}

message Hello(name: Text = customer.first_name otherwise "there") for marketing {
  email { subject "Hello {name}"  body "Hello." }
  sms   { body "Hello {name}" }
}
message Cart(cart_id: Text, total: Money<USD>) for marketing { email { subject "Your cart {cart_id}: {total}"  body "Still there." } }

policy anything { }
experiment incentive { salt "2025"  arm plain 50%  arm discount 50% }

fixture ada { email: "ada@shop.test"  first_name: "Ada"  timezone: "Europe/Berlin"  consents: [marketing_email] }
)";

void run_text(std::string_view text, Checked& run) {
  source::MemoryFileStore files;
  files.write("small/small.journey", std::string(k_preamble) + std::string(text));
  run.project = project::load(files, "small");
  const auto zones = ZoneTable::system();
  const auto compiled = project::compile(*run.project, files, *zones);
  ASSERT_TRUE(compiled.program.has_value()) << diag::render_all(compiled.findings, run.project->sources);
  run.report = testrun::run(compiled.model, *compiled.program, *zones);
}

std::string verdict(const Checked& run) {
  std::string text;
  for (const auto& test : run.report.tests) {
    for (const auto& failure : test.failures) text += "expected " + failure.expected + ", found " + failure.found + "\n";
  }
  return text.empty() && run.report.passed > 0 ? "passed" : text;
}

}  // namespace wend::testrun
