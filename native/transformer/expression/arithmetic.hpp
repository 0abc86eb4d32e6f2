// + - * / % and the minus sign, for operands whose types are known only when they are there.
#pragma once

#include "transformer/expression/run.hpp"

namespace nexpo::cel {

bool add(Run& run, const Datum& a, const Datum& b, Datum& out);
bool subtract(Run& run, const Datum& a, const Datum& b, Datum& out);
bool multiply(Run& run, const Datum& a, const Datum& b, Datum& out);
bool divide(Run& run, const Datum& a, const Datum& b, Datum& out);
bool modulo(Run& run, const Datum& a, const Datum& b, Datum& out);
bool negate(Run& run, const Datum& a, Datum& out);

/// The decimal that a number is beside a decimal: an int, a uint, a decimal, and a double that was written as a
/// literal. Nothing for anything else.
std::optional<Decimal38> as_decimal(const Datum& number);

inline bool add_integers(Run& run, int64_t a, int64_t b, Datum& out) {
  int64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) return run.fail(FaultCode::overflow);
  out = Datum::of(sum);
  return true;
}
inline bool subtract_integers(Run& run, int64_t a, int64_t b, Datum& out) {
  int64_t difference = 0;
  if (__builtin_sub_overflow(a, b, &difference)) return run.fail(FaultCode::overflow);
  out = Datum::of(difference);
  return true;
}
inline bool multiply_integers(Run& run, int64_t a, int64_t b, Datum& out) {
  int64_t product = 0;
  if (__builtin_mul_overflow(a, b, &product)) return run.fail(FaultCode::overflow);
  out = Datum::of(product);
  return true;
}
/// What a decimal operation gave, as its result.
inline bool take_decimal(Run& run, const std::optional<Decimal38>& number, Datum& out) {
  if (!number) return run.fail(FaultCode::too_many_digits);
  out = Datum::of(*number);
  return true;
}

}  // namespace nexpo::cel
