#include "transformer/date_pattern.hpp"

#include <array>

#include <date/date.h>
#include <fmt/format.h>

namespace nexpo {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"January",   "February", "March",    "April",
                                                      "May",       "June",     "July",     "August",
                                                      "September", "October",  "November", "December"};
constexpr std::array<std::string_view, 7> kDays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                   "Thursday", "Friday", "Saturday"};
constexpr size_t kShortName = 3;
constexpr int kCenturyPivot = 70;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) {
  if (text.size() < prefix.size()) return false;
  for (size_t i = 0; i < prefix.size(); ++i) {
    if ((text[i] | 0x20) != (prefix[i] | 0x20)) return false;
  }
  return true;
}

int weekday_of(const Moment& moment) {
  const date::weekday day{date::sys_days{date::year{moment.year} / moment.month / moment.day}};
  return static_cast<int>(day.c_encoding());
}

void append_offset(std::string& out, int offset, int width) {
  const int minutes = std::abs(offset) / 60;
  out += fmt::format("{}{:02}", offset < 0 ? '-' : '+', minutes / 60);
  if (width == 1 && minutes % 60 == 0) return;
  out += fmt::format("{}{:02}", width == 3 ? ":" : "", minutes % 60);
}

}  // namespace

bool DatePattern::part_of(char letter, int width, Part& part) {
  const auto is = [&](Part of, int width_max) {
    part = of;
    return width <= width_max;
  };
  switch (letter) {
    case 'y': return width == 2 ? is(Part::year_of_century, 2) : width == 4 && is(Part::year, 4);
    case 'M': return width == 3 ? is(Part::month_short, 3) : width == 4 ? is(Part::month_long, 4) : is(Part::month, 2);
    case 'd': return is(Part::day, 2);
    case 'E': return width == 4 ? is(Part::weekday_long, 4) : is(Part::weekday_short, 3);
    case 'H': return is(Part::hour, 2);
    case 'h': return is(Part::hour_of_half, 2);
    case 'm': return is(Part::minute, 2);
    case 's': return is(Part::second, 2);
    case 'S': return is(Part::fraction, 9);
    case 'a': return is(Part::half_of_day, 1);
    case 'X': return is(Part::offset_or_z, 3);
    case 'x': return is(Part::offset, 3);
    default: return false;
  }
}

DatePattern DatePattern::compile(std::string_view pattern, std::string& fault) {
  DatePattern made;
  const auto literal = [&](char c) {
    if (made.tokens_.empty() || made.tokens_.back().part != Part::literal)
      made.tokens_.push_back({Part::literal, 0, ""});
    made.tokens_.back().text += c;
  };
  bool quoted = false;
  for (size_t at = 0; at < pattern.size();) {
    const char c = pattern[at];
    if (c == '\'') {
      const bool twice = pattern.substr(at, 2) == "''";
      twice ? literal('\'') : void(quoted = !quoted);
      at += twice ? 2 : 1;
    } else if (quoted || !is_letter(c)) {
      literal(c);
      ++at;
    } else {
      const size_t end = std::min(pattern.find_first_not_of(c, at), pattern.size());
      Part part = Part::literal;
      if (!part_of(c, static_cast<int>(end - at), part)) {
        fault = fmt::format("`{}` means nothing in a date pattern", pattern.substr(at, end - at));
        return made;
      }
      made.tokens_.push_back({part, static_cast<int>(end - at), ""});
      made.has_time_ |= is_time(part);
      made.has_offset_ |= part == Part::offset || part == Part::offset_or_z;
      at = end;
    }
  }
  if (quoted) fault = "a single quote is not closed";
  if (made.tokens_.empty()) fault = "the pattern is empty";
  return made;
}

// Reads one text by the tokens. Every take gives false if the text has something else.
class DatePattern::Reader {
 public:
  Reader(std::string_view text, Moment& moment) : text_(text), moment_(moment) {}

  bool take(const Token& token) {
    switch (token.part) {
      case Part::literal: return take_literal(token.text);
      case Part::year: return number(4, 4, moment_.year);
      case Part::year_of_century:
        if (!number(2, 2, moment_.year)) return false;
        moment_.year += moment_.year < kCenturyPivot ? 2000 : 1900;
        return true;
      case Part::month: return number(token.width, 2, moment_.month);
      case Part::month_short: return month(kShortName);
      case Part::month_long: return month(std::string_view::npos);
      case Part::day: return number(token.width, 2, moment_.day);
      case Part::weekday_short: return weekday(kShortName);
      case Part::weekday_long: return weekday(std::string_view::npos);
      case Part::hour: return number(token.width, 2, moment_.hour);
      case Part::hour_of_half:
        return number(token.width, 2, hour_of_half_) && hour_of_half_ >= 1 && hour_of_half_ <= 12;
      case Part::minute: return number(token.width, 2, moment_.minute);
      case Part::second: return number(token.width, 2, moment_.second);
      case Part::fraction: return fraction(token.width);
      case Part::half_of_day: return half_of_day();
      case Part::offset: return offset(token.width, false);
      case Part::offset_or_z: return offset(token.width, true);
    }
    return false;
  }

  bool finish() {
    if (hour_of_half_ > 0) moment_.hour = hour_of_half_ % 12 + (afternoon_ ? 12 : 0);
    return text_.empty() && moment_.is_valid();
  }

 private:
  bool take_literal(std::string_view literal) {
    if (!text_.starts_with(literal)) return false;
    text_.remove_prefix(literal.size());
    return true;
  }
  // Single letters take one or two digits, doubled ones exactly two.
  bool number(int digits_min, int digits_max, int& number) {
    int digits = 0;
    number = 0;
    for (; digits < digits_max && !text_.empty() && is_digit(text_[0]); ++digits) {
      number = number * 10 + (text_[0] - '0');
      text_.remove_prefix(1);
    }
    return digits >= digits_min;
  }
  bool fraction(int width) {
    int number_read = 0;
    if (!number(width, width, number_read)) return false;
    moment_.nanos = static_cast<uint32_t>(number_read);
    for (int i = width; i < 9; ++i) moment_.nanos *= 10;
    moment_.fraction_digits = width;
    return true;
  }
  template <size_t N>
  int take_name(const std::array<std::string_view, N>& names, size_t length) {
    for (size_t i = 0; i < N; ++i) {
      const std::string_view name = names[i].substr(0, length);
      if (!starts_with_ignoring_case(text_, name)) continue;
      text_.remove_prefix(name.size());
      return static_cast<int>(i) + 1;
    }
    return 0;
  }
  bool month(size_t length) { return (moment_.month = take_name(kMonths, length)) > 0; }
  bool weekday(size_t length) { return take_name(kDays, length) > 0; }
  bool half_of_day() {
    afternoon_ = starts_with_ignoring_case(text_, "pm");
    if (!afternoon_ && !starts_with_ignoring_case(text_, "am")) return false;
    text_.remove_prefix(2);
    return true;
  }
  bool offset(int width, bool or_z) {
    moment_.offset = 0;
    if (or_z && take_literal("Z")) return true;
    const bool minus = text_.starts_with('-');
    if (!minus && !text_.starts_with('+')) return false;
    text_.remove_prefix(1);
    int hours = 0, minutes = 0;
    if (!number(2, 2, hours)) return false;
    if (width == 3 && !take_literal(":")) return false;
    const bool has_minutes = width > 1 || (!text_.empty() && is_digit(text_[0]));
    if (has_minutes && !number(2, 2, minutes)) return false;
    moment_.offset = (hours * 60 + minutes) * 60 * (minus ? -1 : 1);
    return hours <= 18 && minutes < 60;
  }

  std::string_view text_;
  Moment& moment_;
  int hour_of_half_ = 0;
  bool afternoon_ = false;
};

bool DatePattern::parse(std::string_view text, Moment& moment) const {
  moment = Moment();
  Reader reader(text, moment);
  for (const Token& token : tokens_) {
    if (!reader.take(token)) return false;
  }
  moment.kind = has_offset_ ? Moment::Kind::instant : has_time_ ? Moment::Kind::local : Moment::Kind::date;
  return reader.finish();
}

void DatePattern::append(std::string& out, const Moment& moment) const {
  for (const Token& token : tokens_) append_token(out, token, moment);
}

void DatePattern::append_token(std::string& out, const Token& token, const Moment& moment) const {
  const auto padded = [&](int number) { out += fmt::format("{:0{}}", number, token.width); };
  switch (token.part) {
    case Part::literal: out += token.text; return;
    case Part::year: return padded(moment.year);
    case Part::year_of_century: return padded(moment.year % 100);
    case Part::month: return padded(moment.month);
    case Part::month_short: out += kMonths[static_cast<size_t>(moment.month - 1)].substr(0, kShortName); return;
    case Part::month_long: out += kMonths[static_cast<size_t>(moment.month - 1)]; return;
    case Part::day: return padded(moment.day);
    case Part::weekday_short: out += kDays[static_cast<size_t>(weekday_of(moment))].substr(0, kShortName); return;
    case Part::weekday_long: out += kDays[static_cast<size_t>(weekday_of(moment))]; return;
    case Part::hour: return padded(moment.hour);
    case Part::hour_of_half: return padded((moment.hour + 11) % 12 + 1);
    case Part::minute: return padded(moment.minute);
    case Part::second: return padded(moment.second);
    case Part::fraction: out += fmt::format("{:09}", moment.nanos).substr(0, static_cast<size_t>(token.width)); return;
    case Part::half_of_day: out += moment.hour < 12 ? "AM" : "PM"; return;
    case Part::offset: return append_offset(out, moment.offset, token.width);
    case Part::offset_or_z:
      if (moment.offset == 0) {
        out += 'Z';
        return;
      }
      return append_offset(out, moment.offset, token.width);
  }
}

}  // namespace nexpo
