// Functions over lists and maps; size also of texts.
#include <algorithm>

#include "transformer/expression/access.hpp"
#include "transformer/expression/arithmetic.hpp"
#include "transformer/expression/comparison.hpp"
#include "transformer/expression/signature.hpp"
#include "transformer/expression/text_position.hpp"

namespace nexpo::cel {
namespace {

using Arguments = std::span<const Datum>;

bool size_of(Run& run, Arguments arguments, Datum& out) {
  const Datum& value = arguments[0];
  switch (value.kind) {
    case Kind::text:
      run.charge_bytes(value.size);
      out = Datum::of(count_characters(value.view()));
      return true;
    case Kind::bytes:
    case Kind::list:
    case Kind::map: out = Datum::of(int64_t{value.size}); return true;
    default:
      run.fail(FaultCode::no_overload);
      run.fault.left = value.kind;
      return false;
  }
}

bool slice(Run& run, Arguments arguments, Datum& out) {
  if (!arguments[0].is(Kind::list) || !arguments[1].is(Kind::integer) || !arguments[2].is(Kind::integer))
    return run.no_overload(arguments[0], arguments[1]);
  const int64_t from = arguments[1].integer, to = arguments[2].integer;
  if (from < 0 || to < from || to > int64_t{arguments[0].size}) return run.fail(FaultCode::index_out_of_range);
  out = Datum::list(arguments[0].list().subspan(static_cast<size_t>(from), static_cast<size_t>(to - from)));
  return true;
}

// Each value once, where it stands first.
bool distinct(Run& run, Arguments arguments, Datum& out) {
  if (!arguments[0].is(Kind::list)) return run.no_overload(arguments[0], arguments[0]);
  out = Datum::list(std::span<const Datum>());
  for (const Datum& item : arguments[0].list()) {
    if (run.is_exhausted()) return run.fail(FaultCode::too_costly);
    Datum known;
    if (!contains(run, item, out, known)) return false;
    if (!known.boolean && !push_item(run, out, item)) return false;
  }
  return true;
}

bool sort(Run& run, Arguments arguments, Datum& out) {
  if (!arguments[0].is(Kind::list)) return run.no_overload(arguments[0], arguments[0]);
  const auto items = arguments[0].list();
  for (const Datum& item : items) {
    const Order own = order(items[0], item);
    if (own == Order::no_overload || own == Order::none) return run.no_overload(items[0], item);
  }
  Datum* const sorted = run.make<Datum>(items.size());
  if (!sorted) return false;
  constexpr int64_t kComparisons = 20;  // about the logarithm of the longest list there can be
  run.charge_items(items.size() * kComparisons);
  if (run.is_exhausted()) return run.fail(FaultCode::too_costly);
  std::copy(items.begin(), items.end(), sorted);
  std::stable_sort(sorted, sorted + items.size(),
                   [](const Datum& a, const Datum& b) { return order(a, b) == Order::less; });
  out = Datum::list({sorted, items.size()});
  return true;
}

// Of an empty list: the int 0.
bool sum(Run& run, Arguments arguments, Datum& out) {
  if (!arguments[0].is(Kind::list)) return run.no_overload(arguments[0], arguments[0]);
  const auto items = arguments[0].list();
  run.charge_items(items.size());
  out = Datum::of(int64_t{0});
  for (const Datum& item : items) {
    const Datum before = out;
    if (!item.is_number() && !item.is(Kind::duration)) return run.no_overload(before, item);
    if (&item == items.data()) {
      out = item;
    } else if (!add(run, before, item, out)) {
      return false;
    }
  }
  return true;
}

constexpr Signature kSignatures[] = {
    {"size", Style::both, "s", "i", size_of},       {"size", Style::both, "y", "i", size_of},
    {"size", Style::both, "l", "i", size_of},       {"size", Style::both, "m", "i", size_of},
    {"slice", Style::receiver, "lii", "A!", slice}, {"distinct", Style::receiver, "l", "A", distinct},
    {"sort", Style::receiver, "l", "A!", sort},     {"sum", Style::receiver, "l", "J!", sum},
};

}  // namespace

std::span<const Signature> collection_signatures() { return kSignatures; }

}  // namespace nexpo::cel
