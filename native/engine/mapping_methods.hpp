// The methods that need no system: a mapping tried on sample records, and the times of a schedule.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "engine/runtime.hpp"

namespace nexpo {

/// Records that one preview takes.
constexpr int kPreviewRecordsMax = 1'000;

/// {fieldMappings, validation?, records: their array as JSON text, sourceSchema?, targetSchema?, tests?, tables?:
/// stored tables {id: {from: to}} to try instead of those kept, conflictResolution?, conflicts?, direction?: of the
/// sync whose mapping it is} -> {records, diagnostics, warnings, personal: the target fields that hold personal data,
/// tests}. `records` has one member for each sample: see results_text in engine/given_records.hpp. `diagnostics` are
/// the faults of the mapping, {path, reason, fix}; one that does not compile maps no records, one that does not suit a
/// schema still does. `tests`: engine/mapping_tests.hpp.
Task<std::string> preview_mapping(Runtime& runtime, nlohmann::json body);

/// {fieldMappings, validation?, tables?, records: as above, at most kCallRecordsMax} -> {results: one for each record,
/// in order, warnings, counters: [{at, rule, checked, failed, asked}]}. A mapping that does not compile is an exception
/// with all its faults.
Task<std::string> apply_mapping(Runtime& runtime, nlohmann::json body);

/// {schedule: cron or {cron, timeZone?}, after? in ms since 1970} -> {next}: ISO time, or null if it never comes.
Task<nlohmann::json> next_run(Runtime& runtime, nlohmann::json body);

}  // namespace nexpo
