#include "connectors/salesforce/stamp.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace nexpo::salesforce {

namespace {

using namespace std::chrono;

/// Reads digits and fixed characters from the front of a text; once something does not fit, all that follows fails.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  int digits(size_t count) {
    int number = 0;
    if (!ok_ || text_.size() < count) return fail();
    for (char c : text_.substr(0, count)) {
      if (c < '0' || c > '9') return fail();
      number = number * 10 + (c - '0');
    }
    text_.remove_prefix(count);
    return number;
  }
  bool take(char c) {
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  void expect(char c) { ok_ = ok_ && take(c); }
  void skip_fraction() {
    if (!take('.')) return;
    while (!text_.empty() && text_.front() >= '0' && text_.front() <= '9') text_.remove_prefix(1);
  }
  int fail() {
    ok_ = false;
    return 0;
  }
  bool finished() const { return ok_ && text_.empty(); }

 private:
  std::string_view text_;
  bool ok_ = true;
};

std::optional<Seconds> join(int year, int month, int day, seconds of_day) {
  const year_month_day date{std::chrono::year(year), std::chrono::month(unsigned(month)),
                            std::chrono::day(unsigned(day))};
  if (!date.ok()) return {};
  return sys_days(date) + of_day;
}

minutes scan_zone(Scanner& scan) {
  if (scan.take('Z')) return minutes(0);
  const int sign = scan.take('-') ? -1 : 1;
  if (sign == 1) scan.expect('+');
  const int hour = scan.digits(2);
  scan.take(':');
  return sign * (hours(hour) + minutes(scan.digits(2)));
}

}  // namespace

std::optional<Seconds> parse_time(std::string_view text) {
  Scanner scan(text);
  const int year = scan.digits(4);
  scan.expect('-');
  const int month = scan.digits(2);
  scan.expect('-');
  const int day = scan.digits(2);
  scan.expect('T');
  const int hour = scan.digits(2);
  scan.expect(':');
  const int minute = scan.digits(2);
  scan.expect(':');
  const int second = scan.digits(2);
  scan.skip_fraction();
  const minutes zone = scan_zone(scan);
  if (!scan.finished()) return {};
  return join(year, month, day, hours(hour) + minutes(minute) + seconds(second) - zone);
}

std::string to_text(Seconds time) {
  const sys_days day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss<seconds> clock(time - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", int(date.year()), unsigned(date.month()),
                     unsigned(date.day()), clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

std::string_view normal_time(std::string_view text, Arena& arena) {
  constexpr std::string_view kRestZone = "+0000";
  if (!text.ends_with(kRestZone)) return text;
  const size_t size = text.size() - kRestZone.size();
  char* place = arena.allocate(size + 1);
  std::copy_n(text.data(), size, place);
  place[size] = 'Z';
  return {place, size + 1};
}

}  // namespace nexpo::salesforce
