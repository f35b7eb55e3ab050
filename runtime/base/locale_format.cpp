#include <unicode/datefmt.h>
#include <unicode/listformatter.h>
#include <unicode/measfmt.h>
#include <unicode/measunit.h>
#include <unicode/measure.h>
#include <unicode/numberformatter.h>
#include <unicode/timezone.h>

#include <array>

#include "runtime/base/currency.h"
#include "runtime/base/icu_text.h"
#include "runtime/base/locale.h"

namespace wend {

using icu::number::LocalizedNumberFormatter;
using icu::number::NumberFormatter;
using icu::number::Precision;

struct LocaleFormat::State {
  explicit State(std::string_view tag) : locale(icu_locale(tag)) {}

  icu::Locale locale;
  std::optional<LocalizedNumberFormatter> number;
  std::optional<LocalizedNumberFormatter> percent;
  std::string currency;  // that `money` is for
  std::optional<LocalizedNumberFormatter> money;
  std::unique_ptr<icu::DateFormat> date;
  std::unique_ptr<icu::DateFormat> time;
  std::unique_ptr<icu::DateFormat> date_time;
  std::unique_ptr<icu::MeasureFormat> measures;
  std::unique_ptr<icu::ListFormatter> list;
};

LocaleFormat::LocaleFormat(std::string_view locale) : state_(std::make_unique<State>(locale)) {}
LocaleFormat::~LocaleFormat() = default;
LocaleFormat::LocaleFormat(LocaleFormat&&) noexcept = default;
LocaleFormat& LocaleFormat::operator=(LocaleFormat&&) noexcept = default;

namespace {

std::string formatted(const LocalizedNumberFormatter& format, const Decimal& value) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::number::FormattedNumber number = format.formatDecimal(value.to_string(), status);
  const icu::UnicodeString text = number.toString(status);
  check(status, "a number");
  return utf8(text);
}

// Local times come without a zone: they are shown as if they were UTC's.
std::unique_ptr<icu::DateFormat> in_utc(icu::DateFormat* made) {
  std::unique_ptr<icu::DateFormat> format(made);
  if (format == nullptr) check(U_MEMORY_ALLOCATION_ERROR, "a format of dates");
  format->setTimeZone(*icu::TimeZone::getGMT());
  return format;
}

std::string formatted(const icu::DateFormat& format, DateDays date, TimeOfDaySeconds time) {
  icu::UnicodeString text;
  format.format(static_cast<UDate>(int64_t{date} * k_day_ms + int64_t{time} * k_second_ms), text);
  return utf8(text);
}

}  // namespace

std::string LocaleFormat::number(const Decimal& value) const {
  if (!state_->number) state_->number = NumberFormatter::withLocale(state_->locale).precision(Precision::unlimited());
  return formatted(*state_->number, value);
}

std::string LocaleFormat::percent(const Decimal& share) const {
  if (!state_->percent) {
    state_->percent = NumberFormatter::withLocale(state_->locale)
                          .unit(icu::MeasureUnit::getPercent())
                          .scale(icu::number::Scale::powerOfTen(2))
                          .precision(Precision::unlimited());
  }
  return formatted(*state_->percent, share);
}

std::string LocaleFormat::money(const Decimal& amount, std::string_view currency) const {
  if (!state_->money || state_->currency != currency) {
    UErrorCode status = U_ZERO_ERROR;
    const icu::CurrencyUnit unit(icu::StringPiece(currency), status);
    check(status, "currency of that name");
    state_->currency = currency;
    state_->money = NumberFormatter::withLocale(state_->locale)
                        .unit(unit)
                        .precision(Precision::fixedFraction(minor_digits(currency)))
                        .roundingMode(UNUM_ROUND_HALFEVEN);
  }
  return formatted(*state_->money, amount);
}

std::string LocaleFormat::date(DateDays date) const {
  if (!state_->date) state_->date = in_utc(icu::DateFormat::createDateInstance(icu::DateFormat::kLong, state_->locale));
  return formatted(*state_->date, date, 0);
}

std::string LocaleFormat::time(TimeOfDaySeconds time) const {
  if (!state_->time) state_->time = in_utc(icu::DateFormat::createTimeInstance(icu::DateFormat::kShort, state_->locale));
  return formatted(*state_->time, 0, time);
}

std::string LocaleFormat::date_time(DateDays date, TimeOfDaySeconds time) const {
  if (!state_->date_time) {
    state_->date_time =
        in_utc(icu::DateFormat::createDateTimeInstance(icu::DateFormat::kLong, icu::DateFormat::kShort, state_->locale));
  }
  return formatted(*state_->date_time, date, time);
}

namespace {

struct Part {
  int64_t count = 0;
  icu::MeasureUnit* (*unit)(UErrorCode&) = nullptr;
};

// Parts that are zero are left out; when all are, `unit_of_nothing` is said.
std::string parts_text(icu::MeasureFormat& format, const std::vector<Part>& parts, icu::MeasureUnit* (*unit_of_nothing)(UErrorCode&)) {
  UErrorCode status = U_ZERO_ERROR;
  std::vector<icu::Measure> measures;
  for (const Part& part : parts) {
    if (part.count != 0) measures.emplace_back(icu::Formattable(part.count), part.unit(status), status);
  }
  if (measures.empty()) measures.emplace_back(icu::Formattable(0), unit_of_nothing(status), status);
  icu::UnicodeString text;
  icu::FieldPosition position;
  format.formatMeasures(measures.data(), static_cast<int32_t>(measures.size()), text, position, status);
  check(status, "a span of time");
  return utf8(text);
}

icu::MeasureFormat& measures(const icu::Locale& locale, std::unique_ptr<icu::MeasureFormat>& kept) {
  if (!kept) {
    UErrorCode status = U_ZERO_ERROR;
    kept = std::make_unique<icu::MeasureFormat>(locale, UMEASFMT_WIDTH_WIDE, status);
    check(status, "format of spans");
  }
  return *kept;
}

}  // namespace

std::string LocaleFormat::duration(DurationMs duration) const {
  return parts_text(measures(state_->locale, state_->measures), {{duration / k_hour_ms, icu::MeasureUnit::createHour},
                                                                 {duration / k_minute_ms % 60, icu::MeasureUnit::createMinute},
                                                                 {duration / k_second_ms % 60, icu::MeasureUnit::createSecond},
                                                                 {duration % k_second_ms, icu::MeasureUnit::createMillisecond}},
                    icu::MeasureUnit::createSecond);
}

std::string LocaleFormat::period(Period period) const {
  const bool years = period.months % 12 == 0;
  return parts_text(measures(state_->locale, state_->measures),
                    {{years ? period.months / 12 : period.months, years ? icu::MeasureUnit::createYear : icu::MeasureUnit::createMonth},
                     {period.days, icu::MeasureUnit::createDay}},
                    icu::MeasureUnit::createDay);
}

std::string LocaleFormat::list(const std::vector<std::string>& items) const {
  UErrorCode status = U_ZERO_ERROR;
  if (!state_->list) state_->list.reset(icu::ListFormatter::createInstance(state_->locale, status));
  check(status, "format of lists");
  std::vector<icu::UnicodeString> texts;
  for (const std::string& each : items) texts.push_back(icu_text(each));
  icu::UnicodeString text;
  state_->list->format(texts.data(), static_cast<int32_t>(texts.size()), text, status);
  check(status, "a list");
  return utf8(text);
}

}  // namespace wend
