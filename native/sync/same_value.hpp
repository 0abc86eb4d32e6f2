// same_value: whether two systems mean the same by two spellings.
#pragma once

#include "record/value.hpp"

namespace nexpo {

/// For showing differences to people, not for decisions. Takes as equal: the same text; the same number ("1.50",
/// "15e-1"); the same instant ("2024-01-02T03:04:05.000+0000", "2024-01-02T03:04:05Z"); a boolean and 1 or 0; absent
/// and null.
bool same_value(Value a, Value b);

}  // namespace nexpo
