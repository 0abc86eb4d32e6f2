// Functions that turn one type into another: int, uint, double, decimal, string, bytes, bool, duration, timestamp, dyn,
// type, base64.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "record/utf8.hpp"
#include "transformer/expression/double_form.hpp"
#include "transformer/expression/signature.hpp"
#include "transformer/expression/time.hpp"

namespace nexpo::cel {
namespace {

using Arguments = std::span<const Datum>;

bool unfit(Run& run, const Datum& argument) {
  run.fail(FaultCode::no_overload);
  run.fault.left = argument.kind;
  return false;
}

template <class Integer>
bool integer_of_text(Run& run, std::string_view text, Datum& out) {
  if (text.starts_with('+')) text.remove_prefix(1);
  Integer value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc() || end != text.data() + text.size() || text.empty())
    return run.fail(fault == std::errc::result_out_of_range ? FaultCode::overflow : FaultCode::bad_conversion);
  out = Datum::of(value);
  return true;
}

template <class Integer>
bool take_integer(Run& run, const std::optional<Integer>& value, Datum& out) {
  if (!value) return run.fail(FaultCode::overflow);
  out = Datum::of(*value);
  return true;
}

bool to_int(Run& run, Arguments arguments, Datum& out) {
  const Datum& from = arguments[0];
  switch (from.kind) {
    case Kind::integer: out = from; return true;
    case Kind::natural:
      if (from.natural > INT64_MAX) return run.fail(FaultCode::overflow);
      out = Datum::of(static_cast<int64_t>(from.natural));
      return true;
    case Kind::real:
      // The bounds themselves are left out: a double cannot tell them from what lies beyond.
      if (!(from.real.number > -9223372036854775808.0 && from.real.number < 9223372036854775808.0))
        return run.fail(FaultCode::overflow);
      out = Datum::of(static_cast<int64_t>(from.real.number));
      return true;
    case Kind::decimal: return take_integer(run, from.decimal().to_int(), out);
    case Kind::text: return integer_of_text<int64_t>(run, from.view(), out);
    case Kind::instant: out = Datum::of(from.instant.seconds); return true;
    default: return unfit(run, from);
  }
}

bool to_uint(Run& run, Arguments arguments, Datum& out) {
  const Datum& from = arguments[0];
  switch (from.kind) {
    case Kind::natural: out = from; return true;
    case Kind::integer:
      if (from.integer < 0) return run.fail(FaultCode::overflow);
      out = Datum::of(static_cast<uint64_t>(from.integer));
      return true;
    case Kind::real:
      if (!(from.real.number >= 0 && from.real.number < 18446744073709551616.0)) return run.fail(FaultCode::overflow);
      out = Datum::of(static_cast<uint64_t>(from.real.number));
      return true;
    case Kind::decimal: return take_integer(run, from.decimal().to_uint(), out);
    case Kind::text: return integer_of_text<uint64_t>(run, from.view(), out);
    default: return unfit(run, from);
  }
}

bool to_double(Run& run, Arguments arguments, Datum& out) {
  const Datum& from = arguments[0];
  switch (from.kind) {
    case Kind::real: out = Datum::of(from.real.number); return true;
    case Kind::integer: out = Datum::of(static_cast<double>(from.integer)); return true;
    case Kind::natural: out = Datum::of(static_cast<double>(from.natural)); return true;
    case Kind::decimal: out = Datum::of(from.decimal().to_double()); return true;
    case Kind::text:
      if (const std::optional<double> number = read_double(from.view())) {
        out = Datum::of(*number);
        return true;
      }
      return run.fail(FaultCode::bad_conversion);
    default: return unfit(run, from);
  }
}

bool take_exact(Run& run, const std::optional<Decimal38>& number, Datum& out) {
  if (!number) return run.fail(FaultCode::bad_conversion);
  out = Datum::of(*number);
  return true;
}

// decimal(x), and decimal(x, digits): with that many digits behind the point, rounded half to even.
bool to_decimal(Run& run, Arguments arguments, Datum& out) {
  const Datum& from = arguments[0];
  bool done = false;
  switch (from.kind) {
    case Kind::decimal: out = from, done = true; break;
    case Kind::integer: out = Datum::of(Decimal38::of(from.integer)), done = true; break;
    case Kind::natural: out = Datum::of(Decimal38::of(from.natural)), done = true; break;
    case Kind::real:
      done = take_exact(run, from.real.literal ? *from.real.literal : Decimal38::of(from.real.number), out);
      break;
    case Kind::text: done = take_exact(run, Decimal38::parse(from.view()), out); break;
    default: return unfit(run, from);
  }
  if (!done || arguments.size() == 1) return done;
  const Datum& digits = arguments[1];
  if (!digits.is(Kind::integer)) return unfit(run, digits);
  if (digits.integer < 0 || digits.integer > Decimal38::kDigitsMax) return run.fail(FaultCode::bad_argument);
  const std::optional<Decimal38> rounded =
      out.decimal().rounded(static_cast<int>(digits.integer), Decimal38::Round::half_even);
  if (!rounded) return run.fail(FaultCode::too_many_digits);
  out = Datum::of(*rounded);
  return true;
}

bool to_string(Run& run, Arguments arguments, Datum& out) {
  const Datum& from = arguments[0];
  char place[Decimal38::kTextMax];
  size_t size = 0;
  switch (from.kind) {
    case Kind::text: out = from; return true;
    case Kind::boolean: out = Datum::text(from.boolean ? "true" : "false"); return true;
    case Kind::integer: size = static_cast<size_t>(std::to_chars(place, place + 32, from.integer).ptr - place); break;
    case Kind::natural: size = static_cast<size_t>(std::to_chars(place, place + 32, from.natural).ptr - place); break;
    case Kind::real: size = write_double(from.real.number, place); break;
    case Kind::decimal: size = from.decimal().write(place); break;
    case Kind::instant: size = write_instant(from, place); break;
    case Kind::duration: size = write_duration(from.integer, place); break;
    case Kind::bytes:
      if (!is_utf8(from.view())) return run.fail(FaultCode::bad_conversion);
      out = Datum::text(from.view());
      return true;
    default: return unfit(run, from);
  }
  return run.keep_text({place, size}, out);
}

bool to_bytes(Run& run, Arguments arguments, Datum& out) {
  if (!arguments[0].is(Kind::text) && !arguments[0].is(Kind::bytes)) return unfit(run, arguments[0]);
  out = Datum::bytes(arguments[0].view());
  return true;
}

bool to_bool(Run& run, Arguments arguments, Datum& out) {
  const Datum& from = arguments[0];
  if (from.is(Kind::boolean)) {
    out = from;
    return true;
  }
  if (!from.is(Kind::text)) return unfit(run, from);
  constexpr std::array<std::string_view, 6> kTrue = {"1", "t", "T", "true", "TRUE", "True"},
                                            kFalse = {"0", "f", "F", "false", "FALSE", "False"};
  const bool yes = std::find(kTrue.begin(), kTrue.end(), from.view()) != kTrue.end();
  if (!yes && std::find(kFalse.begin(), kFalse.end(), from.view()) == kFalse.end())
    return run.fail(FaultCode::bad_conversion);
  out = Datum::of(yes);
  return true;
}

bool take_moment(Run& run, const std::optional<Datum>& moment, FaultCode otherwise, Datum& out) {
  if (!moment) return run.fail(otherwise);
  out = *moment;
  return true;
}

bool to_duration(Run& run, Arguments arguments, Datum& out) {
  const Datum& from = arguments[0];
  if (from.is(Kind::text)) return take_moment(run, parse_duration(from.view()), FaultCode::bad_conversion, out);
  if (!from.is(Kind::duration)) return unfit(run, from);
  out = from;
  return true;
}

bool to_timestamp(Run& run, Arguments arguments, Datum& out) {
  const Datum& from = arguments[0];
  if (from.is(Kind::text)) return take_moment(run, parse_instant(from.view()), FaultCode::bad_conversion, out);
  if (from.is(Kind::integer)) return take_moment(run, instant_at(from.integer, 0), FaultCode::overflow, out);
  if (!from.is(Kind::instant)) return unfit(run, from);
  out = from;
  return true;
}

bool as_it_is(Run&, Arguments arguments, Datum& out) {
  out = arguments[0];
  return true;
}

bool type_of(Run&, Arguments arguments, Datum& out) {
  out = Datum::type_of(arguments[0].kind);
  return true;
}

constexpr Signature kSignatures[] = {
    {"int", Style::global, "i", "i", to_int},
    {"int", Style::global, "u", "i!", to_int},
    {"int", Style::global, "d", "i!", to_int},
    {"int", Style::global, "x", "i!", to_int},
    {"int", Style::global, "s", "i!", to_int},
    {"int", Style::global, "t", "i", to_int},
    {"uint", Style::global, "u", "u", to_uint},
    {"uint", Style::global, "i", "u!", to_uint},
    {"uint", Style::global, "d", "u!", to_uint},
    {"uint", Style::global, "x", "u!", to_uint},
    {"uint", Style::global, "s", "u!", to_uint},
    {"double", Style::global, "d", "d", to_double},
    {"double", Style::global, "i", "d", to_double},
    {"double", Style::global, "u", "d", to_double},
    {"double", Style::global, "x", "d", to_double},
    {"double", Style::global, "s", "d!", to_double},
    {"decimal", Style::global, "x", "x", to_decimal},
    {"decimal", Style::global, "i", "x", to_decimal},
    {"decimal", Style::global, "u", "x", to_decimal},
    {"decimal", Style::global, "d", "x!", to_decimal},
    {"decimal", Style::global, "s", "x!", to_decimal},
    {"decimal", Style::global, "#i", "x!", to_decimal},
    {"decimal", Style::global, "si", "x!", to_decimal},
    {"string", Style::global, "s", "s", to_string},
    {"string", Style::global, "b", "s", to_string},
    {"string", Style::global, "#", "s", to_string},
    {"string", Style::global, "y", "s!", to_string},
    {"string", Style::global, "t", "s", to_string},
    {"string", Style::global, "p", "s", to_string},
    {"bytes", Style::global, "s", "y", to_bytes},
    {"bytes", Style::global, "y", "y", to_bytes},
    {"bool", Style::global, "b", "b", to_bool},
    {"bool", Style::global, "s", "b!", to_bool},
    {"duration", Style::global, "p", "p", to_duration},
    {"duration", Style::global, "s", "p!", to_duration},
    {"timestamp", Style::global, "t", "t", to_timestamp},
    {"timestamp", Style::global, "s", "t!", to_timestamp},
    {"timestamp", Style::global, "i", "t!", to_timestamp},
    {"dyn", Style::global, "a", "a", as_it_is},
    {"type", Style::global, "a", "T", type_of},
};

}  // namespace

std::span<const Signature> conversion_signatures() { return kSignatures; }

}  // namespace nexpo::cel
