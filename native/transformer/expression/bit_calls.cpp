// The functions of `math` on bits, and base64.
#include "transformer/expression/base64.hpp"
#include "transformer/expression/signature.hpp"

namespace nexpo::cel {
namespace {

using Arguments = std::span<const Datum>;

uint64_t and_of(uint64_t a, uint64_t b) { return a & b; }
uint64_t or_of(uint64_t a, uint64_t b) { return a | b; }
uint64_t xor_of(uint64_t a, uint64_t b) { return a ^ b; }

Datum same_type(const Datum& like, uint64_t bits) {
  return like.is(Kind::integer) ? Datum::of(static_cast<int64_t>(bits)) : Datum::of(bits);
}
uint64_t bits_of(const Datum& number) {
  return number.is(Kind::integer) ? static_cast<uint64_t>(number.integer) : number.natural;
}
bool is_whole(const Datum& number) { return number.is(Kind::integer) || number.is(Kind::natural); }

template <uint64_t (*combine)(uint64_t, uint64_t)>
bool combine_bits(Run& run, Arguments arguments, Datum& out) {
  const Datum &a = arguments[0], &b = arguments[1];
  if (a.kind != b.kind || !is_whole(a)) return run.no_overload(a, b);
  out = same_type(a, combine(bits_of(a), bits_of(b)));
  return true;
}

bool invert_bits(Run& run, Arguments arguments, Datum& out) {
  if (!is_whole(arguments[0])) return run.no_overload(arguments[0], arguments[0]);
  out = same_type(arguments[0], ~bits_of(arguments[0]));
  return true;
}

// Bits that leave are lost; from the other side come zeros, also for negative numbers.
template <bool left>
bool shift_bits(Run& run, Arguments arguments, Datum& out) {
  const Datum &number = arguments[0], &by = arguments[1];
  if (!is_whole(number) || !by.is(Kind::integer)) return run.no_overload(number, by);
  if (by.integer < 0) return run.fail(FaultCode::bad_argument);
  const bool all = by.integer > 63;
  out = same_type(number, all ? 0 : left ? bits_of(number) << by.integer : bits_of(number) >> by.integer);
  return true;
}

bool encode(Run& run, Arguments arguments, Datum& out) {
  if (!arguments[0].is(Kind::bytes)) return run.no_overload(arguments[0], arguments[0]);
  char* const place = run.new_text(base64_size(arguments[0].size));
  if (!place) return false;
  out = Datum::text({place, write_base64(arguments[0].view(), place)});
  return true;
}

bool decode(Run& run, Arguments arguments, Datum& out) {
  if (!arguments[0].is(Kind::text)) return run.no_overload(arguments[0], arguments[0]);
  char* const place = run.new_text(arguments[0].size);
  if (!place) return false;
  const std::optional<size_t> size = read_base64(arguments[0].view(), place);
  if (!size) return run.fail(FaultCode::bad_conversion);
  out = Datum::bytes({place, *size});
  return true;
}

constexpr Signature kSignatures[] = {
    {"math.bitAnd", Style::global, "ii", "i", combine_bits<and_of>},
    {"math.bitAnd", Style::global, "uu", "u", combine_bits<and_of>},
    {"math.bitOr", Style::global, "ii", "i", combine_bits<or_of>},
    {"math.bitOr", Style::global, "uu", "u", combine_bits<or_of>},
    {"math.bitXor", Style::global, "ii", "i", combine_bits<xor_of>},
    {"math.bitXor", Style::global, "uu", "u", combine_bits<xor_of>},
    {"math.bitNot", Style::global, "i", "i", invert_bits},
    {"math.bitNot", Style::global, "u", "u", invert_bits},
    {"math.bitShiftLeft", Style::global, "ii", "i!", shift_bits<true>},
    {"math.bitShiftLeft", Style::global, "ui", "u!", shift_bits<true>},
    {"math.bitShiftRight", Style::global, "ii", "i!", shift_bits<false>},
    {"math.bitShiftRight", Style::global, "ui", "u!", shift_bits<false>},
    {"base64.encode", Style::global, "y", "s", encode},
    {"base64.decode", Style::global, "s", "y!", decode},
};

}  // namespace

std::span<const Signature> bit_signatures() { return kSignatures; }

}  // namespace nexpo::cel
