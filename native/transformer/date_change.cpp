#include "transformer/date_change.hpp"

#include <algorithm>

#include <date/date.h>

namespace nexpo {
namespace {

constexpr int64_t kAmountMax = 10'000'000'000;
constexpr int64_t kDaySeconds = 86'400;
constexpr std::string_view kOutside = "leaves the years 1 to 9999";

int64_t days_since_monday(const Moment& moment) {
  const date::weekday day{date::sys_days{date::year{moment.year} / moment.month / moment.day}};
  return static_cast<int64_t>(day.iso_encoding()) - 1;
}

bool set_wall(Moment& moment, int64_t wall_seconds) {
  return moment_at(wall_seconds, moment.kind, moment.offset, moment);
}

bool cut_wall(Moment& moment, DateCut cut) {
  moment.nanos = 0;
  moment.fraction_digits = 0;
  moment.second = 0;
  if (cut >= DateCut::hour) moment.minute = 0;
  if (cut >= DateCut::day) moment.hour = 0;
  switch (cut) {
    case DateCut::week: return set_wall(moment, moment.wall_seconds() - days_since_monday(moment) * kDaySeconds);
    case DateCut::quarter: moment.month = (moment.month - 1) / 3 * 3 + 1; break;
    case DateCut::year: moment.month = 1; break;
    default: break;
  }
  if (cut >= DateCut::month) moment.day = 1;
  return true;
}

bool move_days(Moment& moment, int64_t months, int64_t days) {
  const int64_t month = moment.year * 12LL + moment.month - 1 + months;
  if (month < 12 || month >= 10'000 * 12) return false;
  moment.year = static_cast<int>(month / 12);
  moment.month = static_cast<int>(month % 12) + 1;
  const date::year_month_day_last last{date::year{moment.year} / moment.month / date::last};
  moment.day = std::min(moment.day, static_cast<int>(static_cast<unsigned>(last.day())));
  return days == 0 || set_wall(moment, moment.wall_seconds() + days * kDaySeconds);
}

DateCut cut_of(std::string_view name) {
  constexpr std::string_view kNames[] = {"", "minute", "hour", "day", "week", "month", "quarter", "year"};
  return static_cast<DateCut>(std::find(std::begin(kNames), std::end(kNames), name) - std::begin(kNames));
}

// The wall clock stands; the offset follows. `stay` keeps the offset where the zone still has it then.
void follow(Moment& moment, const Zone& zone, bool stay) {
  if (!stay || zone.offset_at(moment) != moment.offset) moment.offset = zone.offset_on_wall(moment);
}

}  // namespace

DateChange DateChange::read(Params& options) {
  DateChange change;
  if (options.has("trunc")) {
    change.cut = cut_of(options.choice("trunc", {"day", "year", "quarter", "month", "week", "hour", "minute"}));
  }
  if (!options.has("add")) return change;
  Params add = options.options("add");
  const auto amount = [&](std::string_view key) { return add.integer(key, -kAmountMax, kAmountMax).value_or(0); };
  change.months = amount("years") * 12 + amount("months");
  change.days = amount("weeks") * 7 + amount("days");
  change.seconds = amount("hours") * 3'600 + amount("minutes") * 60 + amount("seconds");
  add.finish();
  if (!change.moves_days() && change.seconds == 0) {
    options.faults().add(
        options.at("add"), "this adds nothing",
        "write for example {\"months\": 1}; known: years, months, weeks, days, hours, minutes, seconds");
  }
  return change;
}

std::string_view DateChange::apply(Moment& moment, const Zone* zone, const Zone* day_zone) const {
  const bool by_calendar = moves_days() || cut > DateCut::minute;
  if (moment.kind == Moment::Kind::date && seconds != 0) {
    if (!day_zone) return "is a day without time, and no `zone` says when it begins";
    moment.offset = day_zone->offset_on_wall(moment);
    moment.kind = Moment::Kind::instant;
    if (!moment.is_valid()) return kOutside;
  }
  const bool in_zone = by_calendar && moment.kind == Moment::Kind::instant;
  if (in_zone) {
    if (!zone) return "is an instant, and no `zone` says which day that is";
    moment = moment.at_offset(zone->offset_at(moment));
  }
  if (cut != DateCut::none) {
    if (!cut_wall(moment, cut)) return kOutside;
    if (in_zone) follow(moment, *zone, cut < DateCut::day);
  }
  if (moves_days()) {
    if (!move_days(moment, months, days)) return kOutside;
    if (in_zone) follow(moment, *zone, false);
  }
  if (seconds != 0 && !set_wall(moment, moment.wall_seconds() + seconds)) return kOutside;
  return moment.is_valid() ? "" : kOutside;
}

}  // namespace nexpo
