// The functions of `math` on numbers.
#include <cmath>
#include <limits>

#include "transformer/expression/arithmetic.hpp"
#include "transformer/expression/comparison.hpp"
#include "transformer/expression/signature.hpp"

namespace nexpo::cel {
namespace {

using Arguments = std::span<const Datum>;

bool no_number(Run& run, const Datum& argument) {
  run.fail(FaultCode::no_overload);
  run.fault.left = argument.kind;
  return false;
}

// The first of those that are greatest, or least. One argument may be a list of them.
template <Order wanted>
bool extreme(Run& run, Arguments arguments, Datum& out) {
  if (arguments.size() == 1 && arguments[0].is(Kind::list)) arguments = arguments[0].list();
  if (arguments.empty()) return run.fail(FaultCode::bad_argument);
  run.charge_items(arguments.size());
  out = arguments[0];
  for (const Datum& argument : arguments) {
    if (!argument.is_number()) return no_number(run, argument);
    if (order(argument, out) == wanted) out = argument;
  }
  return true;
}

bool absolute(Run& run, Arguments arguments, Datum& out) {
  const Datum& number = arguments[0];
  switch (number.kind) {
    case Kind::integer:
      if (number.integer >= 0) return out = number, true;
      return negate(run, number, out);
    case Kind::natural: out = number; return true;
    case Kind::real: out = Datum::of(std::fabs(number.real.number)); return true;
    case Kind::decimal: out = number.coefficient < 0 ? Datum::of(number.decimal().negated()) : number; return true;
    default: return no_number(run, number);
  }
}

bool sign(Run& run, Arguments arguments, Datum& out) {
  const Datum& number = arguments[0];
  switch (number.kind) {
    case Kind::integer: out = Datum::of(int64_t{number.integer > 0} - int64_t{number.integer < 0}); return true;
    case Kind::natural: out = Datum::of(uint64_t{number.natural > 0}); return true;
    case Kind::real: {
      const double value = number.real.number;
      out = Datum::of(std::isnan(value) ? value : static_cast<double>(value > 0) - static_cast<double>(value < 0));
      return true;
    }
    case Kind::decimal: out = Datum::of(Decimal38::of(int64_t{number.decimal().sign()})); return true;
    default: return no_number(run, number);
  }
}

double ceil_of(double value) { return std::ceil(value); }
double floor_of(double value) { return std::floor(value); }
double round_of(double value) { return std::round(value); }
double trunc_of(double value) { return std::trunc(value); }

template <double (*of_double)(double), Decimal38::Round mode>
bool to_whole(Run& run, Arguments arguments, Datum& out) {
  const Datum& number = arguments[0];
  if (number.is(Kind::real)) {
    out = Datum::of(of_double(number.real.number));
    return true;
  }
  if (!number.is(Kind::decimal)) return no_number(run, number);
  // A whole number is what it was, also one too great to be written with a scale of 0.
  const std::optional<Decimal38> whole = number.scale <= 0 ? number.decimal() : number.decimal().rounded(0, mode);
  return take_decimal(run, whole, out);
}

bool square_root(Run& run, Arguments arguments, Datum& out) {
  const Datum& number = arguments[0];
  switch (number.kind) {
    case Kind::integer: out = Datum::of(std::sqrt(static_cast<double>(number.integer))); return true;
    case Kind::natural: out = Datum::of(std::sqrt(static_cast<double>(number.natural))); return true;
    case Kind::real: out = Datum::of(std::sqrt(number.real.number)); return true;
    default: return no_number(run, number);
  }
}

bool is_nan(double value) { return std::isnan(value); }
bool is_infinite(double value) { return std::isinf(value); }
bool is_finite(double value) { return std::isfinite(value); }

template <bool (*test)(double)>
bool test_double(Run& run, Arguments arguments, Datum& out) {
  if (!arguments[0].is(Kind::real)) return no_number(run, arguments[0]);
  out = Datum::of(test(arguments[0].real.number));
  return true;
}

using Mode = Decimal38::Round;
constexpr Signature kSignatures[] = {
    {"math.greatest", Style::global, "#*", "J", extreme<Order::greater>},
    {"math.greatest", Style::global, "l", "J!", extreme<Order::greater>},
    {"math.least", Style::global, "#*", "J", extreme<Order::less>},
    {"math.least", Style::global, "l", "J!", extreme<Order::less>},
    {"math.abs", Style::global, "i", "i!", absolute},
    {"math.abs", Style::global, "u", "u", absolute},
    {"math.abs", Style::global, "d", "d", absolute},
    {"math.abs", Style::global, "x", "x", absolute},
    {"math.sign", Style::global, "#", "A", sign},
    {"math.ceil", Style::global, "d", "d", to_whole<ceil_of, Mode::up>},
    {"math.ceil", Style::global, "x", "x", to_whole<ceil_of, Mode::up>},
    {"math.floor", Style::global, "d", "d", to_whole<floor_of, Mode::down>},
    {"math.floor", Style::global, "x", "x", to_whole<floor_of, Mode::down>},
    {"math.round", Style::global, "d", "d", to_whole<round_of, Mode::half_away>},
    {"math.round", Style::global, "x", "x", to_whole<round_of, Mode::half_away>},
    {"math.trunc", Style::global, "d", "d", to_whole<trunc_of, Mode::towards_zero>},
    {"math.trunc", Style::global, "x", "x", to_whole<trunc_of, Mode::towards_zero>},
    {"math.sqrt", Style::global, "i", "d", square_root},
    {"math.sqrt", Style::global, "u", "d", square_root},
    {"math.sqrt", Style::global, "d", "d", square_root},
    {"math.isNaN", Style::global, "d", "b", test_double<is_nan>},
    {"math.isInf", Style::global, "d", "b", test_double<is_infinite>},
    {"math.isFinite", Style::global, "d", "b", test_double<is_finite>},
};

}  // namespace

std::span<const Signature> math_signatures() { return kSignatures; }

}  // namespace nexpo::cel
