#include "http/http_date.hpp"

#include <array>
#include <cstdio>
#include <string>

namespace nexpo::http {
namespace {

constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct Fields {
  char month[4] = "";
  int year = 0, day = 0, hour = 0, minute = 0, second = 0;
};

std::optional<Time> time_of(const Fields& fields) {
  unsigned month = 0;
  while (month < kMonths.size() && kMonths[month] != fields.month) ++month;
  const std::chrono::year_month_day date(std::chrono::year(fields.year), std::chrono::month(month + 1),
                                         std::chrono::day(static_cast<unsigned>(fields.day)));
  const bool in_day = fields.hour >= 0 && fields.hour < 24 && fields.minute >= 0 && fields.minute < 60 &&
                      fields.second >= 0 && fields.second <= 60;
  if (!date.ok() || !in_day) return {};
  return std::chrono::sys_days(date) + std::chrono::hours(fields.hour) + std::chrono::minutes(fields.minute) +
         std::chrono::seconds(fields.second);
}

/// RFC 850 years have two digits: those that would lie more than 50 years ahead are of the century before. A fixed
/// pivot does, as nobody sends such dates for times outside of a few decades.
int full_year(int two_digits) { return two_digits + (two_digits < 70 ? 2000 : 1900); }

}  // namespace

std::optional<Time> parse_http_date(std::string_view text) {
  const std::string copy(text.substr(0, 64));
  Fields f;
  if (std::sscanf(copy.c_str(), "%*3[A-Za-z], %2d %3s %4d %2d:%2d:%2d GMT", &f.day, f.month, &f.year, &f.hour,
                  &f.minute, &f.second) == 6)
    return time_of(f);
  if (std::sscanf(copy.c_str(), "%*[A-Za-z], %2d-%3[A-Za-z]-%2d %2d:%2d:%2d GMT", &f.day, f.month, &f.year, &f.hour,
                  &f.minute, &f.second) == 6) {
    f.year = full_year(f.year);
    return time_of(f);
  }
  if (std::sscanf(copy.c_str(), "%*3[A-Za-z] %3s %2d %2d:%2d:%2d %4d", f.month, &f.day, &f.hour, &f.minute, &f.second,
                  &f.year) == 6)
    return time_of(f);
  return {};
}

}  // namespace nexpo::http
