// Decimal38: an exact decimal of up to 38 significant digits, made for arithmetic.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace nexpo::cel {

__extension__ using Int128 = __int128;
__extension__ using UInt128 = unsigned __int128;

/// coefficient * 10^-scale, with |coefficient| < 10^38 and |scale| <= kScaleMax. 1.10 and 1.1 are equal, and each keeps
/// its own digits. (transformer/decimal.hpp holds longer numbers, for spelling; this one counts.)
///
/// Sums, differences and products are exact: what does not fit into 38 digits is no result. A quotient has 38
/// significant digits, half to even, without needless zeros at its end.
struct Decimal38 {
  static constexpr int kDigitsMax = 38;
  static constexpr int kScaleMax = 400;                           ///< more than a double's range
  static constexpr size_t kTextMax = kDigitsMax + kScaleMax + 3;  ///< sign, point, a leading zero

  Int128 coefficient = 0;
  int32_t scale = 0;

  /// Takes sign, digits, point and exponent. Nothing if it is something else or does not fit.
  static std::optional<Decimal38> parse(std::string_view text);
  /// The number that the shortest text of the double spells: 0.1 is 0.1. Nothing for NaN and infinities.
  static std::optional<Decimal38> of(double number);
  static Decimal38 of(int64_t number) { return {number, 0}; }
  static Decimal38 of(uint64_t number) { return {static_cast<Int128>(number), 0}; }

  std::optional<Decimal38> plus(const Decimal38& other) const;
  std::optional<Decimal38> minus(const Decimal38& other) const;
  std::optional<Decimal38> times(const Decimal38& other) const;
  /// Nothing for a divisor of 0 as well.
  std::optional<Decimal38> over(const Decimal38& other) const;
  /// What is left after the whole quotient (cut towards zero); it has the sign of this one. Nothing for a divisor of 0.
  std::optional<Decimal38> modulo(const Decimal38& other) const;
  Decimal38 negated() const { return {-coefficient, scale}; }

  enum class Round : uint8_t { half_even, half_away, towards_zero, up, down };  ///< up: to the greater number
  /// With exactly `digits` digits behind the point.
  std::optional<Decimal38> rounded(int digits, Round mode) const;

  /// -1, 0 or 1.
  int compare(const Decimal38& other) const;
  int sign() const { return coefficient < 0 ? -1 : coefficient > 0 ? 1 : 0; }
  /// Without zeros at the end of its digits: equal numbers become the same.
  Decimal38 stripped() const;

  double to_double() const;
  /// Cut towards zero. Nothing if it does not fit.
  std::optional<int64_t> to_int() const;
  std::optional<uint64_t> to_uint() const;

  /// Writes "-12.50", never with an exponent, and gives the size, at most kTextMax.
  size_t write(char* place) const;
};

}  // namespace nexpo::cel
