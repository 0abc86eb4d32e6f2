// Conflicts as JSON for the outside, and the filters and decisions that come back. lib/conflict_types.ts has the
// shapes.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "store/pair_store.hpp"

namespace nexpo {

/// Throws Error{invalid} that names the member.
ConflictFilter conflict_filter_of(const nlohmann::json& body);

nlohmann::json to_json(const Conflict& conflict);

/// Conflict::decision of {take?, fields?}, as it is kept. Throws Error{invalid} with the member that is wrong: a field
/// that is not in conflict, one that nothing is said about, a group whose fields go different ways.
nlohmann::json decision_for(const Conflict& conflict, const nlohmann::json& body);

}  // namespace nexpo
