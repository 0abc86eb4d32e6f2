// What timestamps and durations are made of.
#include <charconv>

#include "transformer/expression/signature.hpp"
#include "transformer/expression/time.hpp"

namespace nexpo::cel {
namespace {

using Arguments = std::span<const Datum>;

// "+01:00", "-02:30", "01:00"
std::optional<int> fixed_offset(std::string_view name) {
  const bool negative = name.starts_with('-');
  if (negative || name.starts_with('+')) name.remove_prefix(1);
  if (name.size() != 5 || name[2] != ':') return std::nullopt;
  int hours = 0, minutes = 0;
  const auto two = [&](size_t at, int& number) {
    const char* const from = name.data() + at;
    return from[0] >= '0' && from[0] <= '9' && std::from_chars(from, from + 2, number).ptr == from + 2;
  };
  if (!two(0, hours) || !two(3, minutes) || hours > 23 || minutes > 59) return std::nullopt;
  return (hours * 60 + minutes) * 60 * (negative ? -1 : 1);
}

// The wall clock that a getter looks at: in UTC, or in the zone of its argument.
bool on_clock(Run& run, Arguments arguments, Moment& moment) {
  moment = moment_of(arguments[0], 0);
  if (arguments.size() == 1) return true;
  if (!arguments[1].is(Kind::text)) return run.no_overload(arguments[0], arguments[1]);
  const std::string_view name = arguments[1].view();
  if (const std::optional<int> offset = fixed_offset(name)) {
    moment = moment_of(arguments[0], *offset);
    return true;
  }
  if (!run.zone || run.zone_name != name) {
    constexpr int64_t kSearchItems = 100;
    run.charge_items(kSearchItems);
    run.zone_name = name;
    run.zone = Zone::find(run.zone_name);
  }
  if (!run.zone) return run.fail(FaultCode::bad_argument);
  moment = moment_of(arguments[0], run.zone->offset_at(moment));
  return true;
}

int64_t days_before(const Moment& moment) {
  Moment start = moment;
  start.month = start.day = 1;
  start.hour = start.minute = start.second = 0;
  constexpr int64_t kDaySeconds = 86'400;
  return (moment.wall_seconds() - start.wall_seconds()) / kDaySeconds;
}

// 0 is Sunday. 1970-01-01 was a Thursday.
int64_t day_of_week(const Moment& moment) {
  constexpr int64_t kDaySeconds = 86'400, kThursday = 4;
  const int64_t seconds = moment.wall_seconds();
  const int64_t days = seconds / kDaySeconds - (seconds % kDaySeconds < 0 ? 1 : 0);
  return ((days + kThursday) % 7 + 7) % 7;
}

int64_t full_year(const Moment& moment) { return moment.year; }
int64_t month(const Moment& moment) { return moment.month - 1; }
int64_t date(const Moment& moment) { return moment.day; }
int64_t day_of_month(const Moment& moment) { return moment.day - 1; }
int64_t hours(const Moment& moment) { return moment.hour; }
int64_t minutes(const Moment& moment) { return moment.minute; }
int64_t seconds(const Moment& moment) { return moment.second; }
int64_t milliseconds(const Moment& moment) { return moment.nanos / 1'000'000; }

template <int64_t (*part)(const Moment&)>
bool get(Run& run, Arguments arguments, Datum& out) {
  if (!arguments[0].is(Kind::instant)) return run.no_overload(arguments[0], arguments.back());
  Moment moment;
  if (!on_clock(run, arguments, moment)) return false;
  out = Datum::of(part(moment));
  return true;
}

// Of a duration as a whole: 90 minutes have 1 hour and 90 minutes.
template <int64_t (*part)(const Moment&), int64_t nanos>
bool get_or_count(Run& run, Arguments arguments, Datum& out) {
  if (!arguments[0].is(Kind::duration) || arguments.size() > 1) return get<part>(run, arguments, out);
  out = Datum::of(arguments[0].integer / nanos);
  return true;
}

// Of a duration: those of its last second.
bool get_milliseconds(Run& run, Arguments arguments, Datum& out) {
  if (!arguments[0].is(Kind::duration) || arguments.size() > 1) return get<milliseconds>(run, arguments, out);
  out = Datum::of(arguments[0].integer / 1'000'000 % 1'000);
  return true;
}

constexpr Builtin kHours = get_or_count<hours, 3600 * kNanosPerSecond>;
constexpr Builtin kMinutes = get_or_count<minutes, 60 * kNanosPerSecond>;
constexpr Builtin kSeconds = get_or_count<seconds, kNanosPerSecond>;

constexpr Signature kSignatures[] = {
    {"getFullYear", Style::receiver, "t", "i", get<full_year>},
    {"getFullYear", Style::receiver, "ts", "i!", get<full_year>},
    {"getMonth", Style::receiver, "t", "i", get<month>},
    {"getMonth", Style::receiver, "ts", "i!", get<month>},
    {"getDate", Style::receiver, "t", "i", get<date>},
    {"getDate", Style::receiver, "ts", "i!", get<date>},
    {"getDayOfMonth", Style::receiver, "t", "i", get<day_of_month>},
    {"getDayOfMonth", Style::receiver, "ts", "i!", get<day_of_month>},
    {"getDayOfWeek", Style::receiver, "t", "i", get<day_of_week>},
    {"getDayOfWeek", Style::receiver, "ts", "i!", get<day_of_week>},
    {"getDayOfYear", Style::receiver, "t", "i", get<days_before>},
    {"getDayOfYear", Style::receiver, "ts", "i!", get<days_before>},
    {"getHours", Style::receiver, "t", "i", kHours},
    {"getHours", Style::receiver, "ts", "i!", kHours},
    {"getHours", Style::receiver, "p", "i", kHours},
    {"getMinutes", Style::receiver, "t", "i", kMinutes},
    {"getMinutes", Style::receiver, "ts", "i!", kMinutes},
    {"getMinutes", Style::receiver, "p", "i", kMinutes},
    {"getSeconds", Style::receiver, "t", "i", kSeconds},
    {"getSeconds", Style::receiver, "ts", "i!", kSeconds},
    {"getSeconds", Style::receiver, "p", "i", kSeconds},
    {"getMilliseconds", Style::receiver, "t", "i", get_milliseconds},
    {"getMilliseconds", Style::receiver, "ts", "i!", get_milliseconds},
    {"getMilliseconds", Style::receiver, "p", "i", get_milliseconds},
};

}  // namespace

std::span<const Signature> time_signatures() { return kSignatures; }

}  // namespace nexpo::cel
