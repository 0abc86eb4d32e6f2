// Names of the ways to round, as mappings write them.
#pragma once

#include <string_view>

#include "transformer/decimal.hpp"
#include "transformer/params.hpp"

namespace nexpo {

/// half_even, half_up, half_down, up, down, ceiling or floor; half_even without the key. Reports other words.
Rounding read_rounding(Params& options, std::string_view key);

}  // namespace nexpo
