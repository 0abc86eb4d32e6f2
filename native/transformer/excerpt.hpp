// Excerpt: a value in a message about it.
#pragma once

#include <string>

#include "record/value.hpp"

namespace nexpo {

/// The start of the value in backticks, whole characters only; "(personal data)" if it is personal.
std::string excerpt_of(Value value, bool personal);

}  // namespace nexpo
