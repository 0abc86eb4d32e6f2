// What reaches into lists and maps.
#pragma once

#include "transformer/expression/run.hpp"

namespace nexpo::cel {

/// The value of a key, or null. Numeric keys are found by a number of any type.
const Datum* find_key(Run& run, const Datum& map, const Datum& key);
/// container[key]
bool index(Run& run, const Datum& container, const Datum& key, Datum& out);
/// value in container
bool contains(Run& run, const Datum& value, const Datum& container, Datum& out);
/// has(container.key)
bool has_member(Run& run, const Datum& container, const Datum& key, Datum& out);

/// Adds an item to a list that is being built, or an entry to a map; a key that is there already is a fault. What was
/// added before stays valid. Amortised: room is made by doubling.
bool push_item(Run& run, Datum& list, const Datum& item);
bool push_entry(Run& run, Datum& map, const Datum& key, const Datum& value);

}  // namespace nexpo::cel
