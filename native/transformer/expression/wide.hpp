// Wide: unsigned numbers of 256 bits, for what lies between two decimals and their product or quotient.
#pragma once

#include <array>
#include <cstdint>

#include "transformer/expression/decimal38.hpp"

namespace nexpo::cel {

/// Little end first. Callers keep within 256 bits: operands are below 10^38, products below 10^76 < 2^253.
struct Wide {
  std::array<uint64_t, 4> limbs{};

  static Wide of(UInt128 number) {
    return {{static_cast<uint64_t>(number), static_cast<uint64_t>(number >> 64), 0, 0}};
  }
  static Wide product(UInt128 a, UInt128 b);
  bool fits_128() const { return limbs[2] == 0 && limbs[3] == 0; }
  UInt128 low() const { return (static_cast<UInt128>(limbs[1]) << 64) | limbs[0]; }

  Wide plus(const Wide& other) const;
  /// `other` must not be greater.
  Wide minus(const Wide& other) const;
  int compare(const Wide& other) const;
  /// Divides by `divisor`, which is not 0, and gives the remainder.
  UInt128 divide(UInt128 divisor);
};

}  // namespace nexpo::cel
