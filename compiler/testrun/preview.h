#pragma once

// A message's texts as the customer of a fixture would get them: what `wend preview` shows.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/sema/model.h"
#include "runtime/base/time.h"
#include "runtime/base/time_zone.h"
#include "runtime/bytecode/program.h"

namespace wend::testrun {

struct PreviewWishes {
  TimestampMs now = 0;  ///< where what is asked for says no `start at`
  std::string locale;   ///< instead of the customer's; empty: theirs
  std::string channel;  ///< only this one; empty: every channel of the message
};

struct PreviewedPart {
  std::string name;
  std::optional<std::string> text;  ///< nullopt: a fault, such as an overflow
};
struct PreviewedBody {
  std::string channel;
  std::string locale;  ///< of the body that was picked; empty in a project without locales
  std::vector<PreviewedPart> parts;
};
struct Previewed {
  std::string message;
  std::string at;    ///< "2025-03-30 09:00"
  std::string zone;  ///< of `at`
  std::vector<PreviewedBody> bodies;
  std::vector<std::string> made_up;  ///< parameters shown with a sample of their type
};

/// `model.preview` is there, and `program` was made of the model. nullopt: a value overflows.
[[nodiscard]] std::optional<Previewed> preview(const sema::Model& model, bytecode::Program program, const ZoneTable& zones,
                                               const PreviewWishes& wishes);

/// For a terminal.
[[nodiscard]] std::string render_text(const Previewed& previewed);
/// A page that shows HTML as a browser does, apart from everything around it. It needs no network and no script.
[[nodiscard]] std::string render_html(const Previewed& previewed);

}  // namespace wend::testrun
