#include "sync/schedule.hpp"

#include <date/tz.h>
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <span>
#include <sstream>
#include <vector>

namespace nexpo {
namespace {

using namespace std::chrono_literals;

constexpr std::array<std::string_view, 12> kMonths{"jan", "feb", "mar", "apr", "may", "jun",
                                                   "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> kWeekdays{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
constexpr int kYearsAheadMax = 8;  // 29 February comes again within eight years

struct FieldRule {
  std::string_view name;
  int min, max;
  std::span<const std::string_view> names = {};
};

constexpr FieldRule kMinute{"minute", 0, 59}, kHour{"hour", 0, 23}, kDay{"day of month", 1, 31};
constexpr FieldRule kMonth{"month", 1, 12, kMonths}, kWeekday{"day of week", 0, 7, kWeekdays};

[[noreturn]] void refuse(const FieldRule& rule, std::string_view text) {
  throw Error(ErrorKind::invalid,
              fmt::format("schedule: \"{}\" is no {}; use {} to {}, lists, ranges or steps such as */5", text,
                          rule.name, rule.min, rule.max))
      .with_field("schedule");
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

int parse_number(const FieldRule& rule, std::string_view text) {
  std::string lower(text.substr(0, 3));
  for (char& c : lower) c = static_cast<char>(c | 0x20);
  for (size_t i = 0; i < rule.names.size(); ++i)
    if (text.size() == 3 && rule.names[i] == lower) return static_cast<int>(i) + rule.min;
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < rule.min || number > rule.max)
    refuse(rule, text);
  return number;
}

/// Calls `set(number)` for each number that the field allows.
template <class Set>
void parse_field(const FieldRule& rule, std::string_view text, Set set) {
  for (std::string_view part : split(text, ',')) {
    int step = 1;
    const size_t slash = part.find('/');
    if (slash != std::string_view::npos) {
      step = parse_number({rule.name, 1, rule.max}, part.substr(slash + 1));
      part = part.substr(0, slash);
    }
    int first = rule.min, last = rule.max;
    if (part != "*") {
      const size_t dash = part.find('-');
      first = parse_number(rule, part.substr(0, dash));
      last = dash != std::string_view::npos    ? parse_number(rule, part.substr(dash + 1))
             : slash != std::string_view::npos ? rule.max
                                               : first;
      if (last < first) refuse(rule, part);
    }
    for (int number = first; number <= last; number += step) set(static_cast<size_t>(number));
  }
}

std::string_view expand_nickname(std::string_view expression) {
  if (expression == "@hourly") return "0 * * * *";
  if (expression == "@daily") return "0 0 * * *";
  if (expression == "@weekly") return "0 0 * * 0";
  if (expression == "@monthly") return "0 0 1 * *";
  return expression;
}

}  // namespace

Schedule Schedule::parse(std::string_view expression, std::string_view zone) {
  Schedule schedule;
  schedule.zone_ = zone;
  std::istringstream words{std::string(expression)};
  std::vector<std::string> fields;
  for (std::string word; words >> word;) fields.push_back(word);
  if (!fields.empty() && fields.front().starts_with("CRON_TZ=")) {
    schedule.zone_ = fields.front().substr(8);
    fields.erase(fields.begin());
  }
  if (fields.size() == 1) {
    std::istringstream expanded{std::string(expand_nickname(fields.front()))};
    fields.clear();
    for (std::string word; expanded >> word;) fields.push_back(word);
  }
  if (fields.size() != 5)
    throw Error(ErrorKind::invalid,
                fmt::format("schedule: \"{}\" has {} fields; a cron expression has five, for example "
                            "\"*/15 * * * *\" for every 15 minutes",
                            expression, fields.size()))
        .with_field("schedule");
  try {
    date::locate_zone(schedule.zone_);
  } catch (const std::exception&) {
    throw Error(ErrorKind::invalid,
                fmt::format("schedule: \"{}\" is no time zone; use an IANA name such as Europe/Vienna", schedule.zone_))
        .with_field("schedule");
  }
  parse_field(kMinute, fields[0], [&](size_t n) { schedule.minutes_.set(n); });
  parse_field(kHour, fields[1], [&](size_t n) { schedule.hours_.set(n); });
  parse_field(kDay, fields[2], [&](size_t n) { schedule.days_.set(n); });
  parse_field(kMonth, fields[3], [&](size_t n) { schedule.months_.set(n); });
  parse_field(kWeekday, fields[4], [&](size_t n) { schedule.weekdays_.set(n % 7); });
  schedule.any_day_ = fields[2].starts_with('*');
  schedule.any_weekday_ = fields[4].starts_with('*');
  return schedule;
}

bool Schedule::day_matches(unsigned day, unsigned month, unsigned weekday) const {
  if (!months_[month]) return false;
  if (any_day_ || any_weekday_) return days_[day] && weekdays_[weekday];
  return days_[day] || weekdays_[weekday];
}

std::optional<Time> Schedule::next(Time after) const {
  const date::time_zone* zone = date::locate_zone(zone_);
  const auto local_after = zone->to_local(std::chrono::floor<std::chrono::minutes>(after));
  date::local_days day = std::chrono::floor<date::days>(local_after);
  const date::local_days end = day + date::days(366 * kYearsAheadMax);
  for (; day < end; day += date::days(1)) {
    const date::year_month_day ymd(day);
    if (!day_matches(unsigned(ymd.day()), unsigned(ymd.month()), date::weekday(day).c_encoding())) continue;
    for (size_t hour = 0; hour < 24; ++hour) {
      if (!hours_[hour]) continue;
      for (size_t minute = 0; minute < 60; ++minute) {
        if (!minutes_[minute]) continue;
        const auto local = day + std::chrono::hours(hour) + std::chrono::minutes(minute);
        // choose::earliest: the first of two equal local times, and the moment of the change for a skipped one
        const Time at = zone->to_sys(local, date::choose::earliest);
        if (at > after) return at;
      }
    }
  }
  return std::nullopt;
}

}  // namespace nexpo
