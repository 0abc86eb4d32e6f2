#include "transformer/expression/access.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <optional>

#include "transformer/expression/comparison.hpp"

namespace nexpo::cel {
namespace {

// The index that a number stands for, if it is a whole one.
std::optional<uint64_t> whole_index(const Datum& key) {
  switch (key.kind) {
    case Kind::integer:
      if (key.integer >= 0) return static_cast<uint64_t>(key.integer);
      break;
    case Kind::natural: return key.natural;
    case Kind::real:
      if (key.real.number >= 0 && key.real.number < 4294967296.0 && std::trunc(key.real.number) == key.real.number)
        return static_cast<uint64_t>(key.real.number);
      break;
    case Kind::decimal:
      if (const std::optional<uint64_t> whole = key.decimal().to_uint();
          whole && key.decimal().compare(Decimal38::of(*whole)) == 0)
        return whole;
      break;
    default: break;
  }
  return std::nullopt;
}

bool is_key(const Datum& key) {
  return key.is(Kind::text) || key.is(Kind::integer) || key.is(Kind::natural) || key.is(Kind::boolean);
}

// Makes room for one more behind `size` others.
template <class T>
T* with_room(Run& run, const T* old, uint32_t size) {
  constexpr uint32_t kRoomMin = 4;
  const bool full = size == 0 || (size >= kRoomMin && std::has_single_bit(size));
  if (!full) return const_cast<T*>(old);  // it was made below, by this function
  T* const place = run.make<T>(size == 0 ? kRoomMin : size_t{size} * 2);
  if (place) std::copy_n(old, size, place);
  return place;
}

}  // namespace

const Datum* find_key(Run& run, const Datum& map, const Datum& key) {
  const bool by_text = key.is(Kind::text);
  run.charge_items(map.size);
  for (const Entry& entry : map.map()) {
    const bool found =
        by_text ? entry.key.is(Kind::text) && entry.key.view() == key.view() : equal(run, entry.key, key);
    if (found) return &entry.value;
  }
  return nullptr;
}

bool index(Run& run, const Datum& container, const Datum& key, Datum& out) {
  if (container.is(Kind::list)) {
    if (!key.is_number()) return run.no_overload(container, key);
    const std::optional<uint64_t> at = whole_index(key);
    if (!at || *at >= container.size) return run.fail(FaultCode::index_out_of_range);
    out = container.items[*at];
    return true;
  }
  if (!container.is(Kind::map)) return run.no_overload(container, key);
  const Datum* const found = find_key(run, container, key);
  if (!found) return run.fail(FaultCode::no_such_key);
  out = *found;
  return true;
}

bool contains(Run& run, const Datum& value, const Datum& container, Datum& out) {
  if (container.is(Kind::map)) {
    out = Datum::of(find_key(run, container, value) != nullptr);
    return true;
  }
  if (!container.is(Kind::list)) return run.no_overload(value, container);
  const auto items = container.list();
  out = Datum::of(std::any_of(items.begin(), items.end(),
                              [&](const Datum& item) { return !run.is_exhausted() && equal(run, value, item); }));
  return true;
}

bool has_member(Run& run, const Datum& container, const Datum& key, Datum& out) {
  if (!container.is(Kind::map)) return run.no_overload(container, key);
  out = Datum::of(find_key(run, container, key) != nullptr);
  return true;
}

bool push_item(Run& run, Datum& list, const Datum& item) {
  Datum* const items = with_room(run, list.size == 0 ? nullptr : list.items, list.size);
  if (!items) return false;
  items[list.size] = item;
  list = Datum::list({items, size_t{list.size} + 1});
  return true;
}

bool push_entry(Run& run, Datum& map, const Datum& key, const Datum& value) {
  if (!is_key(key)) return run.fail(FaultCode::bad_key);
  if (map.size > 0 && find_key(run, map, key)) return run.fail(FaultCode::duplicate_key);
  if (run.is_exhausted()) return run.fail(FaultCode::too_costly);
  Entry* const entries = with_room(run, map.size == 0 ? nullptr : map.entries, map.size);
  if (!entries) return false;
  entries[map.size] = {key, value};
  map = Datum::map({entries, size_t{map.size} + 1});
  return true;
}

}  // namespace nexpo::cel
