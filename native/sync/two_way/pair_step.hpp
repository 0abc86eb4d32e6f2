// PairStep: one page of a sync that reconciles, from matched pairs to effects in both systems, ready to be committed.
#pragma once

#include <array>
#include <vector>

#include "sync/breaker.hpp"
#include "sync/plan_effects.hpp"
#include "sync/two_way/pair_verdict.hpp"

namespace nexpo {

/// What one page leaves behind. Views live in `memory` and in the page.
struct SettledPairs {
  std::shared_ptr<Arena> memory = std::make_shared<Arena>();
  Counts counts;
  std::vector<Pair> pairs;
  int64_t pairs_linked = 0;
  std::vector<ConflictWrite> conflicts;
  std::vector<RejectedRecord> rejected;
  std::array<std::vector<std::string_view>, 2> seen, resolved;  ///< by Side
};

/// What the steps of one run share.
struct PairContext {
  const PassContext& pass;
  const SyncPlan& plan;
  const Reconciliation& both;
  const PairSides& sides;
  const PairState::Fields& fields;
  CircuitBreaker& breaker;
  Lease lease;
  int64_t run_id = 0;
  Time began{};                          ///< when this process took up the run: what it reads is no older
  const PlanEffects* planned = nullptr;  ///< only these effects are wanted
  bool mark_seen = false;                ///< full run that will look for deletions
  bool track_resolved = false;           ///< there are rejected records that a success must clear
};

/// One page, once. settle() throws without effect on the store but for announced pairs: the page can be tried again.
class PairStep {
 public:
  PairStep(const PairContext& context, PairPage page);

  Task<SettledPairs> settle();

 private:
  using Fate = PairVerdict::Fate;
  static constexpr std::array<Side, 2> kSides{Side::target, Side::source};  ///< in the order of writing
  static constexpr size_t index_of(Side side) { return static_cast<size_t>(side); }
  /// What is written to one side: which of the touched, and their cells as they should be.
  struct Outgoing {
    std::vector<size_t> touched;
    RecordBatch changes, whole;
  };

  void judge(size_t touched);
  Task<> refresh_own();
  Task<> spare_namesakes();
  int64_t changes_of_linked() const;
  Task<> announce();
  void note_untouched(size_t touched, PairState& state) const;
  Outgoing outgoing(Side side) const;
  Value wanted(size_t touched, size_t slot, Side side) const;
  bool writes_cell(size_t touched, size_t slot, Side side) const;
  std::string version_now(size_t touched, Side side) const;
  Task<> write(Side side);
  Task<> remove(Side side);
  Task<> read_back(Side side);
  void refuse(size_t touched, Side by, Rejection reason);
  void book(size_t touched);
  void agree(size_t touched);
  bool stays_announced(size_t touched) const;
  void keep_pair(size_t touched);
  Conflict conflict_of(size_t touched, const ConflictNote& note) const;
  void keep_conflicts(size_t touched, const Pair& pair, size_t place);
  void reject(size_t original, Rejection reason);
  void reject_unmapped();
  const RowHead& head_of(size_t touched) const { return page_.own.rows.head(page_.touched[touched].row); }

  const PairContext& context_;
  PairPage page_;
  PairJury jury_;
  SettledPairs out_;
  MergeScratch scratch_;
  std::vector<PairVerdict> verdicts_;           ///< by touched
  std::vector<Pair> before_;                    ///< by touched: as the store has it
  std::vector<std::optional<Outcome>> result_;  ///< by touched: what writing came to
  std::vector<bool> refused_, announced_;
  std::vector<bool> for_person_;  ///< refused, and a conflict
  struct ReadBack {
    RowHead head;
    std::span<const Value> cells;
  };
  std::vector<std::optional<ReadBack>> back_[2];  ///< by Side, by touched: after our write
  std::vector<SideRows> kept_;                    ///< memory of what was read back
};

}  // namespace nexpo
