// MappingNeeds: what a mapping names by id, fetched before it is compiled.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "engine/runtime.hpp"
#include "engine/sync_file.hpp"

namespace nexpo {

/// Kind of the documents that lookups with `stored` read: {rows: {from: to}}.
constexpr const char* kTableKind = "table";

/// Reads the stored tables that `mapping` names, but for those that `given` has already, and resolves the integrations
/// of its lookups (engine/integration.hpp; `detail` goes to the audit log). A table that is not there is left out: to
/// compile the mapping tells so at its place. `at` is where the mapping stands.
Task<MappingNeeds> resolve_needs(Runtime& runtime, nlohmann::json mapping, std::string at, nlohmann::json detail,
                                 nlohmann::json given = nlohmann::json::object());

/// As compiling takes it, on any thread. `validation`: rules for whole records, or null. Borrows the last two.
MappingOptions options_of(const Runtime& runtime, const MappingNeeds& needs, const nlohmann::json& validation);

}  // namespace nexpo
