// What operators do with types.
#pragma once

#include <optional>
#include <string_view>

#include "transformer/expression/node.hpp"

namespace nexpo::cel {

/// As it is written.
std::string_view sign_of(Operator op);
/// The type of a sum, difference, product, quotient or remainder, or nothing if these types have none.
std::optional<StaticType> arithmetic_type(Operator op, const StaticType& a, const StaticType& b);
/// Whether values of these types may have an order.
bool may_order(const StaticType& a, const StaticType& b);
/// Whether a value of one type may be in one of the other.
bool may_contain(const StaticType& container, const StaticType& value);

/// What the one variable of a macro over `range` is: a key of a map, an element of a list.
StaticType item_type_of(const StaticType& range);
/// What the first of two variables is: a key of a map, the place in a list.
StaticType key_type_of(const StaticType& range);

}  // namespace nexpo::cel
