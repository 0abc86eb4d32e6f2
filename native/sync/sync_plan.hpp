// SyncPlan: everything that is fixed for the length of a run.
#pragma once

#include <functional>
#include <string>

#include "base/cancel.hpp"
#include "base/workers.hpp"
#include "connectors/connector.hpp"
#include "record/counts.hpp"
#include "store/store.hpp"
#include "sync/breaker.hpp"
#include "sync/personal_data.hpp"
#include "sync/phases.hpp"
#include "sync/policy.hpp"
#include "sync/retry.hpp"
#include "sync/rule_tally.hpp"
#include "transformer/mapping.hpp"
#include "transformer/outside.hpp"

namespace nexpo {

struct PassLimits {
  int page_records_max = 1000;
  /// Pages fetched and mapped while another is written. Bounds memory together with page_records_max.
  int pages_ahead = 3;
  /// Pages whose writes may overlap; commits stay in page order. A crash redoes at most so many pages, so more than
  /// one is for targets whose latency, not whose speed, is the limit.
  int batches_in_flight = 1;
};

struct Reconciliation;  // sync/two_way/pair_sides.hpp

struct SyncPlan {
  std::string sync_id;
  std::string source_object;
  std::string target_object;
  const MappingPlan* mapping = nullptr;
  bool key_is_identity = false;  ///< records are matched by their key in the source: no two can claim one record
  Strategy strategy = Strategy::source_wins;
  const Reconciliation* reconciliation = nullptr;  ///< null: records are decided whole, one way
  DeletePolicy deletes = DeletePolicy::ignore;
  BreakerLimits breaker;
  PassLimits limits;
  RetryPolicy retry;
  std::string plan_hash;
};

/// How far a run is, after a commit.
struct Progress {
  std::string sync_id;
  int64_t run_id = 0;
  std::string phase;  ///< "review", "replay", "read", "read_target", "sweep" or "sweep_target"
  int64_t pages = 0;
  Counts counts;
};

/// What a pass works with. Everything is borrowed and outlives it.
struct PassContext {
  Clock& clock;
  Workers& workers;
  StateStore& store;
  Writer* writer;     ///< null only in a preview of a target that does not exist yet
  CancelToken stop;   ///< finish the page in flight, commit, end
  CancelToken abort;  ///< give up waiting for the target too; the page in flight is done again by the next run
  std::function<void(const Progress&)> on_progress;
  const PersonalData* personal = nullptr;  ///< null: nothing is marked, and nothing was sealed before
  Phases* phases = nullptr;                ///< grows page by page; null: nobody asks
  Outside* outside = nullptr;              ///< null: no mapping of the plan asks outside
  RuleTally* rules = nullptr;              ///< grows page by page; null: nobody asks
};

}  // namespace nexpo
