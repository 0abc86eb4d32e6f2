#include "transformer/moment.hpp"

#include <cstring>

#include <date/date.h>

namespace nexpo {
namespace {

constexpr int kYearMax = 9999;
constexpr int kOffsetHoursMax = 18;
constexpr int64_t kDaySeconds = 86'400;

bool is_leap(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int days_in(int year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : kDays[month - 1];
}

// Reads fixed shapes without branching on each digit: anything that is no digit makes `bad` true.
struct Digits {
  const char* text = nullptr;
  unsigned bad = 0;

  int two(size_t at) {
    const unsigned tens = static_cast<unsigned char>(text[at]) - '0',
                   ones = static_cast<unsigned char>(text[at + 1]) - '0';
    bad |= static_cast<unsigned>(tens > 9) | static_cast<unsigned>(ones > 9);
    return static_cast<int>(tens * 10 + ones);
  }
  void mark(size_t at, char expected) { bad |= static_cast<unsigned>(text[at] != expected); }
};

// "Z", "+01", "+0100", "+01:00" or nothing.
bool parse_offset(std::string_view text, Moment& moment) {
  moment.offset = 0;
  if (text.empty()) {
    moment.kind = Moment::Kind::local;
    return true;
  }
  moment.kind = Moment::Kind::instant;
  if (text == "Z" || text == "z") return true;
  if (text[0] != '+' && text[0] != '-') return false;
  const bool colon = text.size() == 6 && text[3] == ':';
  if (text.size() != 3 && text.size() != 5 && !colon) return false;
  Digits digits{text.data()};
  const int hours = digits.two(1);
  const int minutes = text.size() == 3 ? 0 : digits.two(colon ? 4 : 3);
  if (digits.bad || hours > kOffsetHoursMax || minutes > 59) return false;
  moment.offset = (hours * 60 + minutes) * 60 * (text[0] == '-' ? -1 : 1);
  return true;
}

// The digits behind the point; gives how many there are.
size_t parse_fraction(std::string_view text, Moment& moment) {
  constexpr size_t kDigitsMax = 9;
  uint32_t nanos = 0;
  size_t size = 0;
  while (size < text.size() && text[size] >= '0' && text[size] <= '9') {
    if (size < kDigitsMax) nanos = nanos * 10 + static_cast<uint32_t>(text[size] - '0');
    ++size;
  }
  for (size_t i = size; i < kDigitsMax; ++i) nanos *= 10;
  moment.nanos = nanos;
  moment.fraction_digits = static_cast<int>(size < kDigitsMax ? size : kDigitsMax);
  return size;
}

// Behind the date: "T03:04", "T03:04:05" or "T03:04:05.678", then the offset.
bool parse_time(std::string_view text, Moment& moment) {
  if (text.size() < 6 || (text[0] != 'T' && text[0] != ' ' && text[0] != 't')) return false;
  Digits digits{text.data()};
  moment.hour = digits.two(1);
  digits.mark(3, ':');
  moment.minute = digits.two(4);
  size_t at = 6;
  if (text.size() >= 9 && text[6] == ':') {
    moment.second = digits.two(7);
    at = 9;
    if (text.size() > 10 && (text[9] == '.' || text[9] == ',')) {
      const size_t fraction = parse_fraction(text.substr(10), moment);
      if (fraction == 0) return false;
      at = 10 + fraction;
    }
  }
  return !digits.bad && parse_offset(text.substr(at), moment);
}

void put_two(char* place, int number) {
  place[0] = static_cast<char>('0' + number / 10);
  place[1] = static_cast<char>('0' + number % 10);
}

size_t write_fraction(const Moment& moment, char* place) {
  const size_t digits = moment.nanos % 1'000'000 == 0 ? 3 : moment.nanos % 1'000 == 0 ? 6 : 9;
  uint32_t left = moment.nanos;
  for (size_t i = digits; i < 9; ++i) left /= 10;
  place[0] = '.';
  for (size_t i = digits; i > 0; --i, left /= 10) place[i] = static_cast<char>('0' + left % 10);
  return digits + 1;
}

}  // namespace

bool Moment::is_valid() const {
  const bool edge_year = year == 1 || year == kYearMax;
  if (offset != 0 && edge_year) {
    Moment utc;
    if (!moment_at(wall_seconds() - offset, kind, 0, utc)) return false;
  }
  return year >= 1 && year <= kYearMax && month >= 1 && month <= 12 && day >= 1 && day <= days_in(year, month) &&
         hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60;
}

int64_t Moment::wall_seconds() const {
  const date::sys_days days = date::year{year} / month / day;
  return days.time_since_epoch().count() * kDaySeconds + (hour * 60 + minute) * 60 + second;
}

Moment Moment::at_offset(int offset_to) const {
  if (offset_to == offset) return *this;
  Moment moved = *this;
  if (!moment_at(wall_seconds() - offset + offset_to, kind, offset_to, moved)) return *this;
  return moved;
}

bool moment_at(int64_t wall_seconds, Moment::Kind kind, int offset, Moment& moment) {
  const int64_t day_count = wall_seconds / kDaySeconds - (wall_seconds % kDaySeconds < 0 ? 1 : 0);
  constexpr int64_t kDaysMin = -719'162, kDaysMax = 2'932'896;  // 0001-01-01 and 9999-12-31
  if (day_count < kDaysMin || day_count > kDaysMax) return false;
  const date::year_month_day civil{date::sys_days{date::days{static_cast<int>(day_count)}}};
  const auto in_day = static_cast<int>(wall_seconds - day_count * kDaySeconds);
  moment.kind = kind;
  moment.year = static_cast<int>(civil.year());
  moment.month = static_cast<int>(static_cast<unsigned>(civil.month()));
  moment.day = static_cast<int>(static_cast<unsigned>(civil.day()));
  moment.hour = in_day / 3600;
  moment.minute = in_day / 60 % 60;
  moment.second = in_day % 60;
  moment.offset = offset;
  return true;
}

bool parse_iso(std::string_view text, Moment& moment) {
  if (text.size() < 10) return false;
  Digits digits{text.data()};
  moment = Moment();
  moment.year = digits.two(0) * 100 + digits.two(2);
  digits.mark(4, '-');
  moment.month = digits.two(5);
  digits.mark(7, '-');
  moment.day = digits.two(8);
  if (digits.bad) return false;
  if (text.size() > 10 && !parse_time(text.substr(10), moment)) return false;
  return moment.is_valid();
}

size_t write_iso(const Moment& given, char* place) {
  const Moment moment = given.kind == Moment::Kind::instant ? given.at_offset(0) : given;
  put_two(place, moment.year / 100);
  put_two(place + 2, moment.year % 100);
  place[4] = '-';
  put_two(place + 5, moment.month);
  place[7] = '-';
  put_two(place + 8, moment.day);
  if (moment.kind == Moment::Kind::date) return 10;
  place[10] = 'T';
  put_two(place + 11, moment.hour);
  place[13] = ':';
  put_two(place + 14, moment.minute);
  place[16] = ':';
  put_two(place + 17, moment.second);
  size_t size = 19 + write_fraction(moment, place + 19);
  if (moment.kind == Moment::Kind::instant) place[size++] = 'Z';
  return size;
}

}  // namespace nexpo
