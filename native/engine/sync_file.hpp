// SyncFile: one sync as people write it down, checked.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "sync/schedule.hpp"
#include "sync/sync_plan.hpp"

namespace nexpo {

/// One end as it is written: {type, config}, or {integration} (engine/integration.hpp fills in the rest).
struct EndSettings {
  std::string type;
  nlohmann::json config;
  std::string integration;  ///< id in the book; empty: the end has settings of its own
  /// Where the settings stand, for messages: "source", or "source.integration".
  std::string place(const std::string& at) const { return integration.empty() ? at : at + ".integration"; }
};

/// What the lookups of a mapping name by id and is kept in the book.
struct MappingNeeds {
  nlohmann::json tables = nlohmann::json::object();  ///< stored tables, {id: {from: to}}
  std::map<std::string, EndSettings> integrations;   ///< with their settings
};

/// {id, description?, source and target {type, config} or {integration}, sourceObject, targetObject, fieldMappings,
///  validation?: rules for the whole record, tests?: engine/mapping_tests.hpp, which a run does not look at,
///  conflictResolution?: "source_wins" | "target_wins" | "merge" | "last_write_wins" | "manual",
///  conflicts?: rules for fields, groups, ...: sync/conflict/reconcile_rules.hpp,
///  direction?: "one_way" | "two_way", matchOn?: target field, creates?: "both" | "to_target" | "to_source" | "none",
///  deletes?: "ignore" | "soft" | "hard" | "unlink" or {policy, limitRecords?, limitPercent?},
///  batchSize?: 1..50000 (1000), batchesInFlight?: 1..16 (1), schedule?: cron or {cron, timeZone}}
struct SyncFile {
  std::string id;  ///< [A-Za-z0-9._-], at most 100 characters
  EndSettings source, target;
  std::string source_object, target_object;
  nlohmann::json field_mappings;
  MappingNeeds needs;         ///< not written: resolve_integrations() fills it in
  nlohmann::json validation;  ///< null: there is none
  Strategy strategy = Strategy::source_wins;
  nlohmann::json conflicts;  ///< null: there are no rules
  bool two_way = false;
  std::string match_on;  ///< mapped field that records are matched by; empty: the target's key
  bool creates_in_source = true, creates_in_target = true;
  DeletePolicy deletes = DeletePolicy::ignore;
  BreakerLimits breaker;
  PassLimits limits;
  std::optional<Schedule> schedule;

  /// Whether records are decided field by field (docs/conflicts.md), not whole.
  bool reconciles() const {
    return two_way || !conflicts.is_null() || (strategy != Strategy::source_wins && strategy != Strategy::target_wins);
  }

  /// Throws one Error{invalid} that lists every fault, with the key and the fix. Unknown keys are faults.
  static SyncFile parse(const nlohmann::json& file);
};

/// A cron expression, or {cron, timeZone?}. Throws Error{invalid} with the field "schedule".
Schedule parse_schedule(const nlohmann::json& schedule);

constexpr int kBatchSizeMax = 50'000;
constexpr int kBatchesInFlightMax = 16;
constexpr size_t kSyncIdLengthMax = 100;

}  // namespace nexpo
