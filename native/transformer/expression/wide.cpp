#include "transformer/expression/wide.hpp"

namespace nexpo::cel {

Wide Wide::product(UInt128 a, UInt128 b) {
  const Wide x = of(a), y = of(b);
  Wide out;
  for (size_t i = 0; i < 2; ++i) {
    uint64_t carry = 0;
    for (size_t j = 0; j < 2; ++j) {
      const UInt128 sum = static_cast<UInt128>(x.limbs[i]) * y.limbs[j] + out.limbs[i + j] + carry;
      out.limbs[i + j] = static_cast<uint64_t>(sum);
      carry = static_cast<uint64_t>(sum >> 64);
    }
    out.limbs[i + 2] = carry;
  }
  return out;
}

Wide Wide::plus(const Wide& other) const {
  Wide out;
  UInt128 carry = 0;
  for (size_t i = 0; i < limbs.size(); ++i) {
    carry += static_cast<UInt128>(limbs[i]) + other.limbs[i];
    out.limbs[i] = static_cast<uint64_t>(carry);
    carry >>= 64;
  }
  return out;
}

Wide Wide::minus(const Wide& other) const {
  Wide out;
  uint64_t borrow = 0;
  for (size_t i = 0; i < limbs.size(); ++i) {
    const UInt128 taken = static_cast<UInt128>(other.limbs[i]) + borrow;
    borrow = limbs[i] < taken ? 1 : 0;
    out.limbs[i] = static_cast<uint64_t>(limbs[i] - taken);
  }
  return out;
}

int Wide::compare(const Wide& other) const {
  for (size_t i = limbs.size(); i-- > 0;) {
    if (limbs[i] != other.limbs[i]) return limbs[i] < other.limbs[i] ? -1 : 1;
  }
  return 0;
}

UInt128 Wide::divide(UInt128 divisor) {
  if (divisor >> 64 == 0) {
    UInt128 rest = 0;
    for (size_t i = limbs.size(); i-- > 0;) {
      const UInt128 part = (rest << 64) | limbs[i];
      limbs[i] = static_cast<uint64_t>(part / divisor);
      rest = part % divisor;
    }
    return rest;
  }
  // Bit by bit: divisors of more than 64 bits are rare. The rest stays below 2^127, so that it can be doubled.
  UInt128 rest = 0;
  for (size_t bit = 256; bit-- > 0;) {
    uint64_t& limb = limbs[bit / 64];
    const uint64_t mask = uint64_t{1} << (bit % 64);
    rest = (rest << 1) | ((limb & mask) != 0 ? 1U : 0U);
    limb &= ~mask;
    if (rest < divisor) continue;
    rest -= divisor;
    limb |= mask;
  }
  return rest;
}

}  // namespace nexpo::cel
