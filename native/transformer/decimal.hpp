// Decimal: an exact decimal number, held as its digits. No value ever passes through a double.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace nexpo {

/// `half_*` decide ties only: to the even neighbour, away from zero, towards zero. `up` is away from zero, `down`
/// towards it.
enum class Rounding : uint8_t { half_even, half_up, half_down, up, down, ceiling, floor };

/// How numbers are spelt in a text. Each is one character (in UTF-8), or empty: there is none.
struct NumberSpelling {
  std::string_view decimal = ".";
  std::string_view group = "";  ///< between digits in front of the point, wherever they stand
};

/// digits * 10^-scale. Lives on the stack; a number with more than kDigitsMax digits, zeros included, does not fit.
class Decimal {  // NOLINT(cppcoreguidelines-pro-type-member-init): of digits_ only the first size_ are ever read
 public:
  static constexpr size_t kDigitsMax = 500;
  static constexpr size_t kTextMax = kDigitsMax + 3;  ///< sign, point and a leading zero

  /// Takes sign, digits, point and exponent ("-1.5e3", ".5", "+7"); white space around them is not a part of a number.
  /// False if `text` is no number (NaN and Infinity are none), or does not fit.
  bool parse(std::string_view text, const NumberSpelling& spelling);
  /// Multiplies by 10^places. False if it does not fit.
  bool shift(int places);
  /// Makes it have exactly `scale` digits behind the point. False if it does not fit.
  bool round(int scale, Rounding mode);
  int scale() const { return scale_; }
  /// Below, at or above 0 as it is less than, equal to or greater than `other`: 1.50 equals 1.5, and -0 equals 0.
  int compare(const Decimal& other) const;

  /// Writes "-12.50": no plus, no exponent, no needless leading zero, no minus in front of zero. Gives the size, at
  /// most kTextMax.
  size_t write(char* place) const;

 private:
  bool take_digits(std::string_view& text, std::string_view group, bool& any);
  bool take_exponent(std::string_view text);
  bool append(char digit);
  bool append_zeros(int count);
  bool is_zero() const { return size_ == 0; }
  int compare_size(const Decimal& other) const;
  void add_one_unit();

  bool negative_ = false;
  int scale_ = 0;                        ///< from 0
  size_t size_ = 0;                      ///< of digits_, which has no leading zero
  std::array<char, kDigitsMax> digits_;  ///< '0' to '9'
};

}  // namespace nexpo
