// One page on its way into the target: look up links, decide; then write, and note what must be committed.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sync/claims.hpp"
#include "sync/decide.hpp"
#include "sync/page_feed.hpp"
#include "sync/plan_effects.hpp"
#include "sync/sync_plan.hpp"

namespace nexpo {

/// A page whose effects are in the target and wait for their commit. Views point into `page` and the receipts.
struct SettledPage {
  MappedPage page;
  Counts counts;  ///< of this page alone
  int64_t intent = 0;
  int64_t newly_linked = 0;
  std::vector<LinkWrite> links;
  std::vector<std::string_view> seen;
  std::vector<std::string_view> unlinked;
  std::vector<std::string_view> resolved;
  std::vector<RejectedRecord> rejected;
  std::vector<std::optional<Link>> known;  ///< links before this page, one per mapped row
  std::vector<BatchReceipt> receipts;
};

/// What the steps of one run share.
struct RunContext {
  const PassContext& pass;
  const SyncPlan& plan;
  CircuitBreaker& breaker;
  size_t key_slot = 0;             ///< slot of the writer's key field in the mapped rows
  bool mark_seen = false;          ///< full run that will look for deletions
  PlanEffects* planned = nullptr;  ///< only what this plan found takes effect, where it still holds; null: everything
  bool track_resolved = false;     ///< there are rejected records that a success must clear
};

/// Lives until settle() ended. Order of calls: prepare(), intents(), settle().
class PageStep {
 public:
  PageStep(const RunContext& context, MappedPage page);
  ~PageStep();
  PageStep(const PageStep&) = delete;

  const RecordBatch& source() const;
  /// Of the mapped rows; none if the plan needs none (SyncPlan::key_is_identity).
  const std::vector<Fingerprint>& claims() const;
  /// Looks up links and who holds the keys, fetches the target's values where the strategy needs them, decides. No
  /// effect anywhere. Throws what the circuit breaker throws.
  Task<> prepare();
  /// What settle() is about to change, for StateStore::intend() or Commit::next_intents. Empty: nothing. Views live as
  /// long as the step.
  std::vector<LinkWrite> intents() const;
  /// Writes and removes. Throws without effect on the store: the page can be tried again from its cursor.
  Task<SettledPage> settle(int64_t intent);

 private:
  class Body;
  std::unique_ptr<Body> body_;
};

}  // namespace nexpo
