#include "transformer/expression/comparison.hpp"

#include <optional>

#include "transformer/expression/access.hpp"

namespace nexpo::cel {
namespace {

template <class T>
Order order_of(const T& a, const T& b) {
  return a < b ? Order::less : b < a ? Order::greater : a == b ? Order::equal : Order::none;
}
Order order_of_sign(int sign) { return sign < 0 ? Order::less : sign > 0 ? Order::greater : Order::equal; }
Order reversed(Order order) {
  return order == Order::less ? Order::greater : order == Order::greater ? Order::less : order;
}

double as_double(const Datum& number) {
  switch (number.kind) {
    case Kind::integer: return static_cast<double>(number.integer);
    case Kind::natural: return static_cast<double>(number.natural);
    default: return number.real.number;
  }
}

// A double beside a decimal is what it was written as, or what its shortest text spells.
Order order_of_decimal(const Decimal38& a, const Datum& b) {
  switch (b.kind) {
    case Kind::integer: return order_of_sign(a.compare(Decimal38::of(b.integer)));
    case Kind::natural: return order_of_sign(a.compare(Decimal38::of(b.natural)));
    case Kind::decimal: return order_of_sign(a.compare(b.decimal()));
    default: break;
  }
  if (b.real.literal) return order_of_sign(a.compare(*b.real.literal));
  if (const std::optional<Decimal38> exact = Decimal38::of(b.real.number)) return order_of_sign(a.compare(*exact));
  return b.real.number != b.real.number ? Order::none : b.real.number > 0 ? Order::less : Order::greater;
}

Order order_of_numbers(const Datum& a, const Datum& b) {
  if (a.is(Kind::decimal)) return order_of_decimal(a.decimal(), b);
  if (b.is(Kind::decimal)) return reversed(order_of_decimal(b.decimal(), a));
  if (a.is(Kind::real) || b.is(Kind::real)) return order_of(as_double(a), as_double(b));
  if (a.kind == b.kind) return a.is(Kind::integer) ? order_of(a.integer, b.integer) : order_of(a.natural, b.natural);
  if (a.is(Kind::integer)) return a.integer < 0 ? Order::less : order_of(static_cast<uint64_t>(a.integer), b.natural);
  return b.integer < 0 ? Order::greater : order_of(a.natural, static_cast<uint64_t>(b.integer));
}

bool equal_lists(Run& run, std::span<const Datum> a, std::span<const Datum> b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (run.is_exhausted() || !equal(run, a[i], b[i])) return false;
  }
  return true;
}

bool equal_maps(Run& run, const Datum& a, const Datum& b) {
  if (a.size != b.size) return false;
  for (const Entry& entry : a.map()) {
    const Datum* const other = run.is_exhausted() ? nullptr : find_key(run, b, entry.key);
    if (!other || !equal(run, entry.value, *other)) return false;
  }
  return true;
}

}  // namespace

bool equal(Run& run, const Datum& a, const Datum& b) {
  run.charge_items(1);
  if (a.is_number() && b.is_number()) return order_of_numbers(a, b) == Order::equal;
  if (a.kind != b.kind) return false;
  switch (a.kind) {
    case Kind::null: return true;
    case Kind::boolean: return a.boolean == b.boolean;
    case Kind::text:
    case Kind::bytes:
      if (a.size != b.size) return false;
      run.charge_bytes(a.size);
      return a.view() == b.view();
    case Kind::instant: return a.instant.seconds == b.instant.seconds && a.instant.nanos == b.instant.nanos;
    case Kind::duration: return a.integer == b.integer;
    case Kind::type: return a.type == b.type;
    case Kind::list: return equal_lists(run, a.list(), b.list());
    case Kind::map: return equal_maps(run, a, b);
    default: return false;
  }
}

Order order(const Datum& a, const Datum& b) {
  if (a.is_number() && b.is_number()) return order_of_numbers(a, b);
  if (a.kind != b.kind) return Order::no_overload;
  switch (a.kind) {
    case Kind::boolean: return order_of(a.boolean, b.boolean);
    case Kind::text:
    case Kind::bytes: return order_of_sign(a.view().compare(b.view()));
    case Kind::duration: return order_of(a.integer, b.integer);
    case Kind::instant:
      return a.instant.seconds == b.instant.seconds ? order_of(a.instant.nanos, b.instant.nanos)
                                                    : order_of(a.instant.seconds, b.instant.seconds);
    default: return Order::no_overload;
  }
}

}  // namespace nexpo::cel
