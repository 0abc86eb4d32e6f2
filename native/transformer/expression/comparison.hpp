// Equality and order of values.
#pragma once

#include <cstdint>

#include "transformer/expression/run.hpp"

namespace nexpo::cel {

enum class Order : uint8_t { less, equal, greater, none /* NaN */, no_overload };

/// Values of different types are unequal, numbers are compared across types. NaN equals nothing.
bool equal(Run& run, const Datum& a, const Datum& b);
/// bool, numbers across types, string, bytes, timestamp, duration have an order.
Order order(const Datum& a, const Datum& b);

}  // namespace nexpo::cel
