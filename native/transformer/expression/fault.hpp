// The words of what can go wrong while an expression is evaluated.
#pragma once

#include <string>

#include "transformer/expression/datum.hpp"

namespace nexpo::cel {

/// "divides by zero (column 12)". Quotes no value. What is wrong with the result as a whole has no column.
std::string text_of(const Datum::Fault& fault);

}  // namespace nexpo::cel
