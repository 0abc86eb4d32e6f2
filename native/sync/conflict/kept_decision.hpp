// Kept decisions: what the state holds of a decision that gives values for personal data.
#pragma once

#include <string>
#include <string_view>

#include "crypto/data_key.hpp"

namespace nexpo {

/// Conflict::decision of `plain`, {take?, fields?}: the values that it gives are masked, and its member "sealed" is the
/// whole of `plain`, sealed. A decision that gives no values stays as it is.
std::string seal_decision(std::string_view plain, const DataKey& key);

/// True: it gives a value, not only sides.
bool gives_values(std::string_view plain);

/// What DataKey::open() makes the decision of; empty: `kept` is the decision itself.
std::string sealed_decision(std::string_view kept);

/// `kept` without what was sealed, as it may be shown where the conflict holds personal data.
std::string masked_decision(std::string_view kept);

}  // namespace nexpo
