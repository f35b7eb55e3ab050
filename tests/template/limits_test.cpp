// Templates that are too large: said with their place, in bounded time.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compiler/diag/render.h"
#include "compiler/project/compile.h"

namespace wend {
namespace {

using testing::HasSubstr;

std::string repeated(const std::string& text, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) result += text;
  return result;
}

std::string findings_of(const std::string& liquid) {
  source::MemoryFileStore files;
  files.write("p/m.journey",
              "edition 1\ncustomer { email: Email? }\nchannel email { address customer.email }\n"
              "message Long(name: Text) for transactional { email { subject \"{name}\"  template \"long.liquid\" } }\n");
  files.write("p/long.liquid", liquid);
  const auto project = project::load(files, "p");
  const auto zones = ZoneTable::system();
  const project::CompileResult compiled = project::compile(*project, files, *zones);
  return diag::render_all(compiled.findings, project->sources, {false});
}

TEST(TemplateLimits, WhatProgramsCannotHoldIsSaidWhereTheTemplateIsNamed) {
  const std::string instructions = findings_of(repeated("{{ name }} ", 40'000));
  EXPECT_THAT(instructions, HasSubstr("error[E0403]: the program is too large: too many instructions of one journey, text or expression"));
  EXPECT_THAT(instructions, HasSubstr("p/m.journey:4:"));
  std::string assigned = "{{ name }}";
  for (int i = 0; i < 5'000; ++i) assigned += "{% assign v" + std::to_string(i) + " = name %}";
  EXPECT_THAT(findings_of(assigned), HasSubstr("too many values of one journey, text or expression"));
}

TEST(TemplateLimits, WhatIsTooLongInARowIsSaidThere) {
  EXPECT_THAT(findings_of("{{ name " + repeated("| append: \"x\" ", 65) + "}}"), HasSubstr("expected at most 64 filters in a row"));
  EXPECT_THAT(findings_of("{% if name == \"a\"" + repeated(" and name == \"a\"", 65) + " %}{{ name }}{% endif %}"),
              HasSubstr("expected at most 64 conditions in a row"));
  EXPECT_THAT(findings_of(repeated(" ", 1'048'577)), HasSubstr("error[E0004]: `p/long.liquid` is too large"));
}

}  // namespace
}  // namespace wend
