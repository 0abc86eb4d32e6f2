#include "transformer/expression/time.hpp"

#include <charconv>
#include <cstring>

namespace nexpo::cel {
namespace {

constexpr int64_t kSecondsMin = -62'135'596'800, kSecondsMax = 253'402'300'799;  // years 1 and 9999

struct Unit {
  std::string_view name;
  int64_t nanos;
};
constexpr Unit kUnits[] = {
    {"h", 3600 * kNanosPerSecond},
    {"ms", 1'000'000},  // in front of "m"
    {"m", 60 * kNanosPerSecond},
    {"s", kNanosPerSecond},
    {"us", 1'000},
    {"\u00b5s", 1'000},
    {"\u03bcs", 1'000},
    {"ns", 1},
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Takes "1.5h" and adds it to `nanos`. Fraction digits beyond a billionth of a billionth do not count.
bool take_part(std::string_view& text, Int128& nanos) {
  constexpr size_t kDigitsMax = 20, kFractionDigitsMax = 18;
  Int128 whole = 0, fraction = 0, divisor = 1;
  size_t size = 0;
  for (; size < text.size() && is_digit(text[size]); ++size) {
    if (size == kDigitsMax) return false;
    whole = whole * 10 + (text[size] - '0');
  }
  const size_t digits = size;
  size_t fraction_digits = 0;
  if (size < text.size() && text[size] == '.') {
    for (++size; size < text.size() && is_digit(text[size]); ++size) {
      if (++fraction_digits > kFractionDigitsMax) continue;
      fraction = fraction * 10 + (text[size] - '0');
      divisor *= 10;
    }
  }
  if (digits + fraction_digits == 0) return false;
  text.remove_prefix(size);
  for (const Unit& unit : kUnits) {
    if (!text.starts_with(unit.name)) continue;
    text.remove_prefix(unit.name.size());
    nanos += whole * unit.nanos + fraction * unit.nanos / divisor;
    return true;
  }
  return false;
}

size_t write_trimmed_fraction(uint32_t nanos, char* place) {
  if (nanos == 0) return 0;
  place[0] = '.';
  size_t size = 10;
  for (size_t i = 9; i > 0; --i, nanos /= 10) place[i] = static_cast<char>('0' + nanos % 10);
  while (place[size - 1] == '0') --size;
  return size;
}

bool take_nanos(Run& run, Int128 nanos, Datum& out) {
  if (nanos > INT64_MAX || nanos < INT64_MIN) return run.fail(FaultCode::overflow);
  out = Datum::lasting_for(static_cast<int64_t>(nanos));
  return true;
}

Int128 nanos_of(const Datum& instant) {
  return static_cast<Int128>(instant.instant.seconds) * kNanosPerSecond + instant.instant.nanos;
}

}  // namespace

std::optional<Datum> instant_at(int64_t seconds, uint32_t nanos) {
  if (seconds < kSecondsMin || seconds > kSecondsMax) return std::nullopt;
  return Datum::at(seconds, nanos);
}

std::optional<Datum> parse_instant(std::string_view text) {
  constexpr size_t kSizeMin = 20;  // 2024-01-02T03:04:05Z
  Moment moment;
  if (text.size() < kSizeMin || (text[10] != 'T' && text[10] != 't') || text[16] != ':' || !parse_iso(text, moment) ||
      moment.kind != Moment::Kind::instant)
    return std::nullopt;
  return instant_at(moment.wall_seconds() - moment.offset, moment.nanos);
}

std::optional<Datum> parse_duration(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text == "0") return Datum::lasting_for(0);
  if (text.empty()) return std::nullopt;
  constexpr Int128 kNanosMax = Int128{INT64_MAX} + 1;
  Int128 nanos = 0;
  while (!text.empty()) {
    if (!take_part(text, nanos) || nanos > kNanosMax) return std::nullopt;
  }
  if (negative) nanos = -nanos;
  if (nanos > INT64_MAX) return std::nullopt;
  return Datum::lasting_for(static_cast<int64_t>(nanos));
}

size_t write_instant(const Datum& instant, char* place) {
  Moment whole = moment_of(instant, 0);
  whole.nanos = 0;
  write_iso(whole, place);  // 2024-01-02T03:04:05.000Z
  size_t size = 19;
  size += write_trimmed_fraction(instant.instant.nanos, place + size);
  place[size++] = 'Z';
  return size;
}

size_t write_duration(int64_t nanos, char* place) {
  char* at = place;
  if (nanos < 0) *at++ = '-';
  const uint64_t magnitude = nanos < 0 ? -static_cast<uint64_t>(nanos) : static_cast<uint64_t>(nanos);
  at = std::to_chars(at, at + 20, magnitude / kNanosPerSecond).ptr;
  at += write_trimmed_fraction(static_cast<uint32_t>(magnitude % kNanosPerSecond), at);
  *at++ = 's';
  return static_cast<size_t>(at - place);
}

Moment moment_of(const Datum& instant, int offset) {
  Moment moment;
  if (!moment_at(instant.instant.seconds + offset, Moment::Kind::instant, offset, moment))
    moment_at(instant.instant.seconds, Moment::Kind::instant, 0, moment);  // a zone's clock leaves the years there are
  moment.nanos = instant.instant.nanos;
  return moment;
}

bool move_instant(Run& run, const Datum& instant, int64_t nanos, Datum& out) {
  const Int128 moved = nanos_of(instant) + nanos;
  Int128 seconds = moved / kNanosPerSecond;
  Int128 rest = moved % kNanosPerSecond;
  if (rest < 0) rest += kNanosPerSecond, --seconds;
  const std::optional<Datum> made = instant_at(static_cast<int64_t>(seconds), static_cast<uint32_t>(rest));
  if (!made) return run.fail(FaultCode::overflow);
  out = *made;
  return true;
}

bool span_between(Run& run, const Datum& from, const Datum& to, Datum& out) {
  return take_nanos(run, nanos_of(to) - nanos_of(from), out);
}

bool add_durations(Run& run, int64_t a, int64_t b, Datum& out) { return take_nanos(run, Int128{a} + b, out); }
bool subtract_durations(Run& run, int64_t a, int64_t b, Datum& out) { return take_nanos(run, Int128{a} - b, out); }

}  // namespace nexpo::cel
