// The intents of a page as packed bytes: one row in a store, whatever the number of records.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "store/store.hpp"

namespace nexpo {

/// Keys (a target key only where it differs from the source key), fingerprints, shadows and claims.
std::string pack_intents(const std::vector<LinkWrite>& intents);

/// Views into `packed`. Throws Error{invalid} if the bytes were not made by pack_intents().
std::vector<LinkWrite> unpack_intents(std::string_view packed);

}  // namespace nexpo
