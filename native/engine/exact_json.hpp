// Exact JSON: a value for a host program that holds numbers in doubles.
#pragma once

#include <nlohmann/json.hpp>

#include "record/value.hpp"

namespace nexpo {

/// A number whose digits a double may not keep is a text. (Not so inside of lists and objects.) Unset is null.
nlohmann::json exact_json(Value value);

}  // namespace nexpo
