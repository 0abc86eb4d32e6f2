#include "transformer/expression/arithmetic.hpp"

#include <algorithm>
#include <limits>

#include "transformer/expression/time.hpp"

namespace nexpo::cel {
namespace {

// Whether one of two numbers is a decimal and the other can be one.
bool as_decimals(const Datum& a, const Datum& b, Decimal38& x, Decimal38& y) {
  if (!a.is(Kind::decimal) && !b.is(Kind::decimal)) return false;
  const std::optional<Decimal38> left = as_decimal(a), right = as_decimal(b);
  if (!left || !right) return false;
  x = *left;
  y = *right;
  return true;
}

bool concatenate(Run& run, const Datum& a, const Datum& b, Datum& out) {
  const size_t size = size_t{a.size} + b.size;
  if (size > std::numeric_limits<uint32_t>::max()) return run.fail(FaultCode::too_much_data);
  if (a.size == 0 || b.size == 0) {
    out = a.size == 0 ? b : a;
    return true;
  }
  char* const place = run.new_text(size);
  if (!place) return false;
  std::memcpy(place, a.data, a.size);
  std::memcpy(place + a.size, b.data, b.size);
  out = a.is(Kind::text) ? Datum::text({place, size}) : Datum::bytes({place, size});
  return true;
}

bool chain_lists(Run& run, const Datum& a, const Datum& b, Datum& out) {
  const size_t size = size_t{a.size} + b.size;
  Datum* const items = run.make<Datum>(size);
  if (!items) return false;
  std::copy_n(a.items, a.size, items);
  std::copy_n(b.items, b.size, items + a.size);
  out = Datum::list({items, size});
  return true;
}

}  // namespace

std::optional<Decimal38> as_decimal(const Datum& number) {
  switch (number.kind) {
    case Kind::integer: return Decimal38::of(number.integer);
    case Kind::natural: return Decimal38::of(number.natural);
    case Kind::decimal: return number.decimal();
    case Kind::real:
      if (number.real.literal) return *number.real.literal;
      return std::nullopt;
    default: return std::nullopt;
  }
}

bool add(Run& run, const Datum& a, const Datum& b, Datum& out) {
  if (a.kind == b.kind) {
    switch (a.kind) {
      case Kind::integer: return add_integers(run, a.integer, b.integer, out);
      case Kind::natural:
        if (a.natural + b.natural < a.natural) return run.fail(FaultCode::overflow);
        out = Datum::of(a.natural + b.natural);
        return true;
      case Kind::real: out = Datum::of(a.real.number + b.real.number); return true;
      case Kind::decimal: return take_decimal(run, a.decimal().plus(b.decimal()), out);
      case Kind::text:
      case Kind::bytes: return concatenate(run, a, b, out);
      case Kind::list: return chain_lists(run, a, b, out);
      case Kind::duration: return add_durations(run, a.integer, b.integer, out);
      default: return run.no_overload(a, b);
    }
  }
  if (Decimal38 x, y; as_decimals(a, b, x, y)) return take_decimal(run, x.plus(y), out);
  if (a.is(Kind::instant) && b.is(Kind::duration)) return move_instant(run, a, b.integer, out);
  if (a.is(Kind::duration) && b.is(Kind::instant)) return move_instant(run, b, a.integer, out);
  return run.no_overload(a, b);
}

bool subtract(Run& run, const Datum& a, const Datum& b, Datum& out) {
  if (a.kind == b.kind) {
    switch (a.kind) {
      case Kind::integer: return subtract_integers(run, a.integer, b.integer, out);
      case Kind::natural:
        if (a.natural < b.natural) return run.fail(FaultCode::overflow);
        out = Datum::of(a.natural - b.natural);
        return true;
      case Kind::real: out = Datum::of(a.real.number - b.real.number); return true;
      case Kind::decimal: return take_decimal(run, a.decimal().minus(b.decimal()), out);
      case Kind::instant: return span_between(run, b, a, out);
      case Kind::duration: return subtract_durations(run, a.integer, b.integer, out);
      default: return run.no_overload(a, b);
    }
  }
  if (Decimal38 x, y; as_decimals(a, b, x, y)) return take_decimal(run, x.minus(y), out);
  if (a.is(Kind::instant) && b.is(Kind::duration)) {
    if (b.integer == std::numeric_limits<int64_t>::min()) return run.fail(FaultCode::overflow);
    return move_instant(run, a, -b.integer, out);
  }
  return run.no_overload(a, b);
}

bool multiply(Run& run, const Datum& a, const Datum& b, Datum& out) {
  if (a.kind == b.kind) {
    switch (a.kind) {
      case Kind::integer: return multiply_integers(run, a.integer, b.integer, out);
      case Kind::natural: {
        uint64_t product = 0;
        if (__builtin_mul_overflow(a.natural, b.natural, &product)) return run.fail(FaultCode::overflow);
        out = Datum::of(product);
        return true;
      }
      case Kind::real: out = Datum::of(a.real.number * b.real.number); return true;
      case Kind::decimal: return take_decimal(run, a.decimal().times(b.decimal()), out);
      default: return run.no_overload(a, b);
    }
  }
  if (Decimal38 x, y; as_decimals(a, b, x, y)) return take_decimal(run, x.times(y), out);
  return run.no_overload(a, b);
}

bool divide(Run& run, const Datum& a, const Datum& b, Datum& out) {
  if (a.is(Kind::real) && b.is(Kind::real)) {
    out = Datum::of(a.real.number / b.real.number);
    return true;
  }
  if (a.is(Kind::natural) && b.is(Kind::natural)) {
    if (b.natural == 0) return run.fail(FaultCode::divide_by_zero);
    out = Datum::of(a.natural / b.natural);
    return true;
  }
  if (a.is(Kind::integer) && b.is(Kind::integer)) {
    if (b.integer == 0) return run.fail(FaultCode::divide_by_zero);
    if (a.integer == std::numeric_limits<int64_t>::min() && b.integer == -1) return run.fail(FaultCode::overflow);
    out = Datum::of(a.integer / b.integer);
    return true;
  }
  Decimal38 x, y;
  if (!as_decimals(a, b, x, y)) return run.no_overload(a, b);
  if (y.coefficient == 0) return run.fail(FaultCode::divide_by_zero);
  return take_decimal(run, x.over(y), out);
}

bool modulo(Run& run, const Datum& a, const Datum& b, Datum& out) {
  if (a.is(Kind::natural) && b.is(Kind::natural)) {
    if (b.natural == 0) return run.fail(FaultCode::divide_by_zero);
    out = Datum::of(a.natural % b.natural);
    return true;
  }
  if (a.is(Kind::integer) && b.is(Kind::integer)) {
    if (b.integer == 0) return run.fail(FaultCode::divide_by_zero);
    if (a.integer == std::numeric_limits<int64_t>::min() && b.integer == -1) return run.fail(FaultCode::overflow);
    out = Datum::of(a.integer % b.integer);
    return true;
  }
  Decimal38 x, y;
  if (!as_decimals(a, b, x, y)) return run.no_overload(a, b);
  if (y.coefficient == 0) return run.fail(FaultCode::divide_by_zero);
  return take_decimal(run, x.modulo(y), out);
}

bool negate(Run& run, const Datum& a, Datum& out) {
  switch (a.kind) {
    case Kind::integer:
      if (a.integer == std::numeric_limits<int64_t>::min()) return run.fail(FaultCode::overflow);
      out = Datum::of(-a.integer);
      return true;
    case Kind::real: out = Datum::of(-a.real.number); return true;
    case Kind::decimal: out = Datum::of(a.decimal().negated()); return true;
    case Kind::duration:
      if (a.integer == std::numeric_limits<int64_t>::min()) return run.fail(FaultCode::overflow);
      out = Datum::lasting_for(-a.integer);
      return true;
    default:
      run.fail(FaultCode::no_overload);
      run.fault.left = a.kind;
      return false;
  }
}

}  // namespace nexpo::cel
