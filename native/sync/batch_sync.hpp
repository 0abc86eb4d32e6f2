// BatchSync: one run of a sync from lease to end.
#pragma once

#include <optional>

#include "sync/pass.hpp"

namespace nexpo {

struct RunRequest {
  bool full = false;             ///< read everything again, whatever the cursor says
  bool replay_rejected = false;  ///< only try rejected records again
  int64_t rejected_id = 0;       ///< with replay_rejected: this one only; 0: all of them
  bool decisions = false;        ///< only carry out what people decided about conflicts
  /// Only do what this plan found, and leave what has changed since alone, as superseded. Borrowed. The sync's cursor
  /// stays. A crash or stop in between costs nothing: the same plan is applied again, and what is done is unchanged.
  AppliedPlan* applied = nullptr;
};

/// "full", "incremental", "replay", "apply" or "review": what a new run with this request would be.
std::string mode_of(const SyncState& state, const SyncPlan& plan, RunRequest request);

/// How a run ended. `error` is set if its state is failed or held.
struct RunReport {
  Run run;
  bool resumed = false;
  std::optional<Error> error;
};

/// Takes the lease, resumes the unfinished run of the same plan or begins a new one, reads, sweeps, ends. The next
/// start continues where a stop, failure or crash left it: at most `batches_in_flight` pages are done twice.
class BatchSync {
 public:
  BatchSync(const PassContext& context, const SyncPlan& plan, Source& source);

  /// Throws only if no run could begin (lease held by another, store not reachable).
  Task<RunReport> run(RunRequest request);

 private:
  Task<RunReport> run_leased(Lease lease, RunRequest request);
  Task<Run> begin(const Lease& lease, const SyncState& state, RunRequest request, bool& resumed);
  Task<bool> execute(Pass& pass, const SyncState& state, RunRequest request, bool resumed);

  const PassContext& context_;
  const SyncPlan& plan_;
  Source& source_;
};

}  // namespace nexpo
