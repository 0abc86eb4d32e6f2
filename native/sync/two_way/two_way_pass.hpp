// TwoWayPass: the page loop of a sync that reconciles: what people decided, what was refused, both sides' changes, both
// sides' deletions.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sync/batch_sync.hpp"
#include "sync/two_way/pair_step.hpp"

namespace nexpo {

/// Where a run is: `phase` and its reader's cursor, and where each side's reading ended. Between runs `phase` is empty.
struct TwoWayCursor {
  std::string phase;  ///< "read", "read_target", "sweep", "sweep_target"
  Cursor reader, source, target;
  static TwoWayCursor parse(const Cursor& stored);
  Cursor stored() const;
};

/// Pages are taken one by one: each sees what the one before it has written. The next one is fetched meanwhile.
class TwoWayPass {
 public:
  /// `applied`, if not null, is the plan that is applied. Borrowed.
  TwoWayPass(const PassContext& context, const SyncPlan& plan, Lease lease, Run run, const SyncState& state,
             const AppliedPlan* applied);

  /// True if it came to the end, false if it was stopped.
  Task<bool> run_phases(const SyncState& state, RunRequest request, bool resumed);

  const Run& run() const { return run_; }
  /// The start of the next run.
  Cursor next() const;

 private:
  Task<bool> review();
  Task<bool> review_items(ConflictFilter filter, bool retried_only);
  Task<bool> replay(bool retryable_only, int64_t only);
  Task<bool> read(Side side, const Cursor& from);
  Task<Page> next_page(Reader& reader);
  Task<bool> sweep(Side side);
  Task<> take(Side side, SideRows rows, const std::vector<Conflict>* items);
  Task<> commit(SettledPairs settled);
  bool stopped() const { return context_.stop.cancelled(); }
  bool full() const { return (applied_ ? applied_->mode : run_.mode) == "full"; }

  const PassContext& context_;
  const SyncPlan& plan_;
  const Reconciliation& both_;
  const AppliedPlan* applied_;
  Run run_;
  int64_t rejected_known_;
  CircuitBreaker breaker_;
  PairSides sides_;
  PairState::Fields fields_;
  PairMatcher matcher_;
  PairContext step_;
  TwoWayCursor at_;
  std::string phase_;
};

}  // namespace nexpo
