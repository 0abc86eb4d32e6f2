#include "connectors/sqlite/stamp.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <string>
#include <string_view>

namespace nexpo::sqlite {
namespace {

using std::chrono::microseconds;
constexpr size_t kDateLength = 10;    // YYYY-MM-DD
constexpr size_t kMinuteLength = 16;  // YYYY-MM-DD HH:MM
constexpr size_t kSecondLength = 19;

/// Microseconds in the unit that a number of this size counts in since 1970 (from 2001 on), or 0 for a counter.
int64_t unit_of(double number) {
  if (number >= 1e9 && number < 1e11) return 1'000'000;
  if (number >= 1e12 && number < 1e14) return 1'000;
  if (number >= 1e15 && number < 1e17) return 1;
  return 0;
}

std::optional<int> digits(std::string_view text, size_t at, size_t count) {
  int number = 0;
  if (text.size() < at + count) return std::nullopt;
  const auto [end, fault] = std::from_chars(text.data() + at, text.data() + at + count, number);
  return fault == std::errc() && end == text.data() + at + count && number >= 0 ? std::optional(number) : std::nullopt;
}

struct TextTime {
  Time time;
  size_t length = 0;  ///< of the part that was read: a day, a minute or a second
};

std::optional<TextTime> parse_time(std::string_view text) {
  using namespace std::chrono;
  const auto y = digits(text, 0, 4), m = digits(text, 5, 2), d = digits(text, 8, 2);
  if (!y || !m || !d || text[4] != '-' || text[7] != '-') return std::nullopt;
  const year_month_day date{year(*y), month(static_cast<unsigned>(*m)), day(static_cast<unsigned>(*d))};
  if (!date.ok()) return std::nullopt;
  const Time midnight{sys_days(date)};
  const auto h = digits(text, 11, 2), min = digits(text, 14, 2);
  if (!h || !min || (text[10] != 'T' && text[10] != ' ') || text[13] != ':') return TextTime{midnight, kDateLength};
  const Time minute = midnight + hours(*h) + minutes(*min);
  const auto s = digits(text, 17, 2);
  if (!s || text[16] != ':') return TextTime{minute, kMinuteLength};
  return TextTime{minute + seconds(*s), kSecondLength};
}

/// `time` in the first `length` characters of the spelling, with the separator of `like`.
std::string spell(Time time, size_t length, std::string_view like) {
  using namespace std::chrono;
  const sys_days day = floor<days>(time);
  const year_month_day date{day};
  const hh_mm_ss clock{floor<seconds>(time - day)};
  const char separator = like.size() > kDateLength && like[kDateLength] == ' ' ? ' ' : 'T';
  return fmt::format("{:04}-{:02}-{:02}{}{:02}:{:02}:{:02}", int(date.year()), unsigned(date.month()),
                     unsigned(date.day()), separator, clock.hours().count(), clock.minutes().count(),
                     clock.seconds().count())
      .substr(0, length);
}

}  // namespace

nlohmann::json lower_bound(const nlohmann::json& since) {
  if (since.is_number()) {
    const int64_t unit = unit_of(since.get<double>());
    if (unit == 0) return since;
    const int64_t back = microseconds(kOverlap).count() / unit;
    return since.is_number_integer() ? nlohmann::json(since.get<int64_t>() - back)
                                     : nlohmann::json(since.get<double>() - static_cast<double>(back));
  }
  if (!since.is_string()) return since;
  const auto& text = since.get_ref<const std::string&>();
  const std::optional<TextTime> parsed = parse_time(text);
  // A prefix sorts before every longer spelling of the same second, so fractions and zones do not matter.
  return parsed ? nlohmann::json(spell(parsed->time - kOverlap, parsed->length, text)) : since;
}

nlohmann::json upper_bound(const nlohmann::json& sample, Time now) {
  const int64_t now_micros = now.time_since_epoch().count();
  if (sample.is_number()) {
    const int64_t unit = unit_of(sample.get<double>());
    if (unit == 0) return nullptr;
    return now_micros / unit;
  }
  if (!sample.is_string()) return nullptr;
  const auto& text = sample.get_ref<const std::string&>();
  const std::optional<TextTime> parsed = parse_time(text);
  if (!parsed) return nullptr;
  // '~' sorts behind every digit, point and zone letter: the whole current second (or day) is included.
  return spell(now, parsed->length, text) + "~";
}

nlohmann::json since_of(const nlohmann::json& sample, Time time) {
  const Time since = time + kOverlap;
  if (sample.is_number()) {
    const int64_t unit = unit_of(sample.get<double>());
    if (unit == 0) return nullptr;
    return since.time_since_epoch().count() / unit;
  }
  if (!sample.is_string()) return nullptr;
  const auto& text = sample.get_ref<const std::string&>();
  const std::optional<TextTime> parsed = parse_time(text);
  if (!parsed) return nullptr;
  return spell(since, parsed->length, text);
}

}  // namespace nexpo::sqlite
