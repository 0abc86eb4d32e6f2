#include "transformer/expression/decimal38.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "base/double_text.hpp"
#include "transformer/expression/wide.hpp"

namespace nexpo::cel {
namespace {

using Round = Decimal38::Round;

constexpr auto kPowers = [] {
  std::array<UInt128, Decimal38::kDigitsMax + 1> powers{1};
  for (size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();
constexpr UInt128 kLimit = kPowers[Decimal38::kDigitsMax];

UInt128 magnitude(Int128 number) { return number < 0 ? -static_cast<UInt128>(number) : static_cast<UInt128>(number); }

int digits_of(UInt128 number) {
  int digits = 0;
  while (digits < Decimal38::kDigitsMax && number >= kPowers[static_cast<size_t>(digits)]) ++digits;
  return digits;
}

Int128 with_sign(UInt128 number, bool negative) {
  return negative ? -static_cast<Int128>(number) : static_cast<Int128>(number);
}

// The number as a decimal, if it fits once zeros at its end are dropped.
std::optional<Decimal38> fit(Wide number, bool negative, int scale) {
  while (!number.fits_128() || number.low() >= kLimit) {
    if (number.divide(10) != 0) return std::nullopt;
    --scale;
  }
  UInt128 bare = number.low();
  for (; scale > Decimal38::kScaleMax && bare % 10 == 0 && bare != 0; --scale) bare /= 10;
  if (scale > Decimal38::kScaleMax || scale < -Decimal38::kScaleMax) return std::nullopt;
  return Decimal38{with_sign(bare, negative), scale};
}

// Whether a number cut to `cut` moves away from zero, by what was cut off compared with half a unit.
bool rounds_up(Round mode, bool negative, bool exact, int against_half, bool odd) {
  if (exact) return false;
  switch (mode) {
    case Round::half_even: return against_half > 0 || (against_half == 0 && odd);
    case Round::half_away: return against_half >= 0;
    case Round::towards_zero: return false;
    case Round::up: return !negative;
    case Round::down: return negative;
  }
  return false;
}

// Sum of two numbers that do not fit at the same scale at once.
std::optional<Decimal38> wide_sum(Decimal38 a, Decimal38 b) {
  if (a.scale < b.scale) std::swap(a, b);
  if (a.scale - b.scale > Decimal38::kDigitsMax) a = a.stripped();
  if (a.scale < b.scale) std::swap(a, b);
  if (b.coefficient == 0) return a;
  if (a.coefficient == 0) return a.scale - b.scale > Decimal38::kDigitsMax ? b : b.plus(Decimal38{0, b.scale});
  const int apart = a.scale - b.scale;
  if (apart > Decimal38::kDigitsMax) return std::nullopt;
  const Wide x = Wide::of(magnitude(a.coefficient));
  const Wide y = Wide::product(magnitude(b.coefficient), kPowers[static_cast<size_t>(apart)]);
  const bool a_negative = a.coefficient < 0, b_negative = b.coefficient < 0;
  if (a_negative == b_negative) return fit(x.plus(y), a_negative, a.scale);
  return x.compare(y) >= 0 ? fit(x.minus(y), a_negative, a.scale) : fit(y.minus(x), b_negative, a.scale);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The exponent behind the 'e', or nothing if there is something else.
std::optional<int> exponent_of(std::string_view text) {
  if (!text.empty() && text[0] == '+') text.remove_prefix(1);
  if (text.empty() || text[0] == '+') return std::nullopt;
  int exponent = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), exponent);
  constexpr int kExponentMax = 100'000;
  if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (exponent > kExponentMax || exponent < -kExponentMax) return std::nullopt;
  return exponent;
}

// The usual number: a sign, up to 18 digits, a point. Nothing says nothing yet.
std::optional<Decimal38> parse_short(std::string_view text) {
  constexpr size_t kCharactersMax = 18;
  const bool negative = !text.empty() && text[0] == '-';
  if (negative) text.remove_prefix(1);
  if (text.empty() || text.size() > kCharactersMax || text[0] == '0') return std::nullopt;
  int64_t number = 0;
  size_t point = text.size();
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_digit(c)) {
      number = number * 10 + (c - '0');
    } else if (c == '.' && point == text.size() && i > 0 && i + 1 < text.size()) {
      point = i;
    } else {
      return std::nullopt;
    }
  }
  const auto scale = static_cast<int>(point == text.size() ? 0 : text.size() - point - 1);
  return Decimal38{negative ? -number : number, scale};
}

size_t write_digits(UInt128 number, char* place) {
  constexpr uint64_t kNineteen = 10'000'000'000'000'000'000U;
  if (number >> 64 == 0) {
    return static_cast<size_t>(std::to_chars(place, place + 20, static_cast<uint64_t>(number)).ptr - place);
  }
  const size_t head = write_digits(number / kNineteen, place);
  auto tail = static_cast<uint64_t>(number % kNineteen);
  for (size_t i = head + 19; i > head; --i, tail /= 10) place[i - 1] = static_cast<char>('0' + tail % 10);
  return head + 19;
}

}  // namespace

std::optional<Decimal38> Decimal38::parse(std::string_view text) {
  if (const std::optional<Decimal38> usual = parse_short(text)) return usual;
  const char* at = text.data();
  const char* const end = at + text.size();
  const bool negative = at < end && *at == '-';
  if (at < end && (*at == '-' || *at == '+')) ++at;
  UInt128 number = 0;
  int scale = 0, zeros = 0;  // zeros: at the end so far, not yet in `number`
  bool any = false, fraction = false;
  for (; at < end; ++at) {
    if (*at == '.' && !fraction) {
      fraction = true;
      continue;
    }
    if (!is_digit(*at)) break;
    any = true;
    if (fraction) ++scale;
    if (*at == '0') {
      if (number != 0) ++zeros;
      continue;
    }
    if (zeros >= kDigitsMax || (number != 0 && number >= kPowers[static_cast<size_t>(kDigitsMax - zeros - 1)]))
      return std::nullopt;
    number = number * kPowers[static_cast<size_t>(zeros) + 1] + static_cast<UInt128>(*at - '0');
    zeros = 0;
  }
  if (!any) return std::nullopt;
  if (at < end) {
    if (*at != 'e' && *at != 'E') return std::nullopt;
    const std::optional<int> exponent = exponent_of({at + 1, static_cast<size_t>(end - at - 1)});
    if (!exponent) return std::nullopt;
    scale -= *exponent;
  }
  for (; zeros > 0 && number < kPowers[kDigitsMax - 1]; --zeros) number *= 10;
  scale -= zeros;
  if (number == 0) scale = scale < 0 ? 0 : scale > kScaleMax ? kScaleMax : scale;
  // Whole numbers are written out as far as they go: 1E3 is 1000.
  for (; scale < 0 && number < kPowers[kDigitsMax - 1]; ++scale) number *= 10;
  return fit(Wide::of(number), negative, scale);
}

std::optional<Decimal38> Decimal38::of(double number) {
  if (!std::isfinite(number)) return std::nullopt;
  return parse(fmt::format("{}", number));
}

std::optional<Decimal38> Decimal38::plus(const Decimal38& other) const {
  if (scale == other.scale) {
    Int128 sum = 0;
    if (__builtin_add_overflow(coefficient, other.coefficient, &sum) || magnitude(sum) >= kLimit)
      return wide_sum(*this, other);
    return Decimal38{sum, scale};
  }
  const Decimal38& coarse = scale < other.scale ? *this : other;
  const Decimal38& fine = scale < other.scale ? other : *this;
  const int apart = fine.scale - coarse.scale;
  Int128 moved = 0, sum = 0;
  if (apart > kDigitsMax ||
      __builtin_mul_overflow(coarse.coefficient, static_cast<Int128>(kPowers[static_cast<size_t>(apart)]), &moved) ||
      __builtin_add_overflow(moved, fine.coefficient, &sum) || magnitude(sum) >= kLimit)
    return wide_sum(*this, other);
  return Decimal38{sum, fine.scale};
}

std::optional<Decimal38> Decimal38::minus(const Decimal38& other) const { return plus(other.negated()); }

std::optional<Decimal38> Decimal38::times(const Decimal38& other) const {
  Int128 product = 0;
  const int both = scale + other.scale;
  if (!__builtin_mul_overflow(coefficient, other.coefficient, &product) && magnitude(product) < kLimit &&
      both <= kScaleMax && both >= -kScaleMax)
    return Decimal38{product, both};
  const bool negative = (coefficient < 0) != (other.coefficient < 0);
  return fit(Wide::product(magnitude(coefficient), magnitude(other.coefficient)), negative, both);
}

std::optional<Decimal38> Decimal38::over(const Decimal38& other) const {
  if (other.coefficient == 0) return std::nullopt;
  const int wanted = scale > other.scale ? scale - other.scale : 0;
  if (coefficient == 0) return Decimal38{0, wanted < kScaleMax ? wanted : kScaleMax};
  const UInt128 a = magnitude(coefficient), b = magnitude(other.coefficient);
  const int lift = kDigitsMax - digits_of(a) + digits_of(b);  // gives a quotient of 38 or 39 digits
  const UInt128 lifted = a * kPowers[static_cast<size_t>(lift > kDigitsMax ? lift - kDigitsMax : 0)];
  Wide quotient = Wide::product(lifted, kPowers[static_cast<size_t>(lift < kDigitsMax ? lift : kDigitsMax)]);
  int places = scale - other.scale + lift;
  const UInt128 rest = quotient.divide(b);
  bool exact = rest == 0;
  int against_half = rest > b - rest ? 1 : rest == b - rest ? 0 : -1;
  if (!quotient.fits_128() || quotient.low() >= kLimit) {
    const auto last = static_cast<int>(quotient.divide(10));
    --places;
    against_half = last > 5 || (last == 5 && !exact) ? 1 : last == 5 ? 0 : -1;
    exact = exact && last == 0;
  }
  UInt128 number = quotient.low();
  if (rounds_up(Round::half_even, false, exact, against_half, number % 2 == 1)) ++number;
  for (; places > wanted && number % 10 == 0; --places) number /= 10;
  return fit(Wide::of(number), (coefficient < 0) != (other.coefficient < 0), places);
}

std::optional<Decimal38> Decimal38::modulo(const Decimal38& other) const {
  if (other.coefficient == 0) return std::nullopt;
  const int fine = scale > other.scale ? scale : other.scale;
  const int a_lift = fine - scale, b_lift = fine - other.scale;
  const bool negative = coefficient < 0;
  // A divisor of more than 128 bits is greater than what is divided, whose digits are the finer ones then.
  if (b_lift > kDigitsMax) return *this;
  const Wide divisor = Wide::product(magnitude(other.coefficient), kPowers[static_cast<size_t>(b_lift)]);
  if (!divisor.fits_128() || divisor.low() >> 127 != 0) return *this;
  UInt128 rest = magnitude(coefficient) % divisor.low();
  for (int i = 0; i < a_lift; ++i) rest = Wide::product(rest, 10).divide(divisor.low());
  return fit(Wide::of(rest), negative, fine);
}

std::optional<Decimal38> Decimal38::rounded(int digits, Round mode) const {
  if (digits >= scale) {
    const int lift = digits - scale;
    if (coefficient == 0) return Decimal38{0, digits};
    if (lift > kDigitsMax) return std::nullopt;
    const Wide number = Wide::product(magnitude(coefficient), kPowers[static_cast<size_t>(lift)]);
    if (!number.fits_128() || number.low() >= kLimit) return std::nullopt;
    return Decimal38{with_sign(number.low(), coefficient < 0), digits};
  }
  const bool negative = coefficient < 0;
  const int cut = scale - digits;
  UInt128 number = 0;
  bool exact = coefficient == 0;
  int against_half = -1;
  if (cut <= kDigitsMax) {
    const UInt128 unit = kPowers[static_cast<size_t>(cut)];
    const UInt128 rest = magnitude(coefficient) % unit;
    number = magnitude(coefficient) / unit;
    exact = rest == 0;
    against_half = rest > unit - rest ? 1 : rest == unit - rest ? 0 : -1;
  }
  if (rounds_up(mode, negative, exact, against_half, number % 2 == 1)) ++number;
  return Decimal38{with_sign(number, negative), digits};
}

int Decimal38::compare(const Decimal38& other) const {
  if (scale == other.scale) return coefficient < other.coefficient ? -1 : coefficient > other.coefficient ? 1 : 0;
  if (sign() != other.sign()) return sign() < other.sign() ? -1 : 1;
  if (coefficient == 0) return 0;
  const int direction = sign();
  const UInt128 a = magnitude(coefficient), b = magnitude(other.coefficient);
  const int a_top = digits_of(a) - scale, b_top = digits_of(b) - other.scale;
  if (a_top != b_top) return a_top < b_top ? -direction : direction;
  // Of the same size, so that their scales are less than 38 apart.
  const int apart = scale - other.scale;
  const Wide x = Wide::product(a, kPowers[static_cast<size_t>(apart < 0 ? -apart : 0)]);
  const Wide y = Wide::product(b, kPowers[static_cast<size_t>(apart > 0 ? apart : 0)]);
  return direction * x.compare(y);
}

Decimal38 Decimal38::stripped() const {
  if (coefficient == 0) return {};
  Decimal38 bare = *this;
  while (bare.coefficient % 10 == 0) {
    bare.coefficient /= 10;
    --bare.scale;
  }
  return bare;
}

double Decimal38::to_double() const {
  char text[kTextMax];
  return double_of({text, write(text)}).value_or(0);
}

std::optional<int64_t> Decimal38::to_int() const {
  const std::optional<Decimal38> whole = rounded(0, Round::towards_zero);
  if (!whole || whole->coefficient < std::numeric_limits<int64_t>::min() ||
      whole->coefficient > std::numeric_limits<int64_t>::max())
    return std::nullopt;
  return static_cast<int64_t>(whole->coefficient);
}

std::optional<uint64_t> Decimal38::to_uint() const {
  const std::optional<Decimal38> whole = rounded(0, Round::towards_zero);
  if (!whole || whole->coefficient < 0 || whole->coefficient > std::numeric_limits<uint64_t>::max())
    return std::nullopt;
  return static_cast<uint64_t>(whole->coefficient);
}

size_t Decimal38::write(char* place) const {
  char* at = place;
  if (coefficient < 0) *at++ = '-';
  char digits[kDigitsMax + 2];
  const size_t size = write_digits(magnitude(coefficient), digits);
  const auto behind = static_cast<size_t>(scale > 0 ? scale : 0);
  const size_t before = size > behind ? size - behind : 0;
  if (before == 0) *at++ = '0';
  at = std::copy_n(digits, before, at);
  if (scale < 0 && coefficient != 0) at = std::fill_n(at, -scale, '0');
  if (behind == 0) return static_cast<size_t>(at - place);
  *at++ = '.';
  if (behind > size) at = std::fill_n(at, behind - size, '0');
  at = std::copy_n(digits + before, size - before, at);
  return static_cast<size_t>(at - place);
}

}  // namespace nexpo::cel
