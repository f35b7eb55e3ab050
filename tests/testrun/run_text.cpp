#include "tests/testrun/run_text.h"

#include <gtest/gtest.h>

#include "compiler/diag/render.h"
#include "compiler/sema/check.h"
#include "compiler/source/file_store.h"
#include "compiler/syntax/parse.h"
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

experiment incentive { salt "2025"  arm plain 50%  arm discount 50% }

fixture ada { email: "ada@shop.test"  first_name: "Ada"  timezone: "Europe/Berlin"  consents: [marketing_email] }
)";

void run_text(std::string_view text, Run& run) {
  const auto& file = run.sources.add("small.journey", std::string(k_preamble) + std::string(text));
  const auto parsed = syntax::parse(file);
  const source::MemoryFileStore files;
  const auto zones = ZoneTable::system();
  sema::CheckInput input;
  input.files.push_back({&parsed.file, "", parsed.complete});
  input.store = &files;
  input.sources = &run.sources;
  input.zones = zones.get();
  const auto checked = sema::check(input);
  diag::Sink sink;
  sink.report_all(parsed.diagnostics);
  sink.report_all(checked.diagnostics);
  ASSERT_FALSE(sink.has_errors()) << diag::render_all(sink, run.sources);
  run.report = testrun::run(checked.model, *zones);
}

std::string verdict(const Run& run) {
  std::string text;
  for (const auto& test : run.report.tests) {
    for (const auto& failure : test.failures) text += "expected " + failure.expected + ", found " + failure.found + "\n";
  }
  return text.empty() && run.report.passed > 0 ? "passed" : text;
}

}  // namespace wend::testrun
