#pragma once

#include <string>
#include <string_view>

#include "compiler/sema/typed_test.h"
#include "runtime/base/time_zone.h"

namespace wend::testrun {

/// "2025-03-30 09:00", with seconds where there are any; with its offset where that clock time happens twice and this is the second.
[[nodiscard]] std::string format_local(const ZoneTable& zones, std::string_view zone, TimestampMs at);
/// In the zone, or at the written offset.
[[nodiscard]] TimestampMs instant_of(const sema::Moment& moment, const ZoneTable& zones, std::string_view zone);
/// nullopt: beyond the year 9999.
[[nodiscard]] std::optional<TimestampMs> add_span(TimestampMs at, const sema::TimeSpan& span, const ZoneTable& zones,
                                                  std::string_view zone);

}  // namespace wend::testrun
