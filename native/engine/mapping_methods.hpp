// The methods that need no system: a mapping tried on sample records, and the times of a schedule.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "engine/runtime.hpp"

namespace nexpo {

/// Records that one preview takes.
constexpr int kPreviewRecordsMax = 1'000;

/// {fieldMappings, records: their array as JSON text, sourceSchema?, targetSchema?} -> {records, diagnostics,
/// warnings}. `records` has one member for each sample, in order: {output}, an object of the target fields as a write
/// would send them, or {rejected: {code, message, field}}. A path such as `Owner.Name` is looked for as a member of a
/// member and, failing that, as a flat name. `diagnostics` are the faults of the mapping, {path, reason, fix}; one that
/// does not compile maps no records, one that does not suit a schema still does.
Task<std::string> preview_mapping(Runtime& runtime, nlohmann::json body);

/// {schedule: cron or {cron, timeZone?}, after? in ms since 1970} -> {next}: ISO time, or null if it never comes.
Task<nlohmann::json> next_run(Runtime& runtime, nlohmann::json body);

}  // namespace nexpo
