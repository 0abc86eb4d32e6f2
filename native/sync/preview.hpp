// Preview: what the next run would do, found out without writing anything.
#pragma once

#include <string>
#include <vector>

#include "sync/batch_sync.hpp"
#include "sync/plan_effects.hpp"

namespace nexpo {

struct FieldDifference {
  std::string field;
  std::optional<std::string> from, to;  ///< nullopt: absent or null
};

struct RecordDifference {
  std::string key;
  /// "create", "update", "delete" or "reject"; of a sync that reconciles with the side ("update source"), and "review"
  std::string action;
  std::vector<FieldDifference> fields;
};

struct PreviewReport {
  std::string mode;
  Counts counts;
  Cursor from;                                ///< where the read began: empty for a full one
  std::vector<RecordDifference> differences;  ///< a sample, in page order
};

/// Reads and maps as a run would, looks up links and the target's current values, and compares. Takes no lease and
/// leaves no trace. `samples_max` bounds `differences`. `effects`, if not null, gets what would change, as far as it is
/// an effect on the target or a link; more than kPlanEffectsMax of them are Error{invalid} with code "plan_too_large".
Task<PreviewReport> preview(const PassContext& context, const SyncPlan& plan, Source& source, RunRequest request,
                            size_t samples_max, EffectSink* effects = nullptr);

}  // namespace nexpo
