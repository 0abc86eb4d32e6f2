// PairVerdict: what is to be done about one touched pair. Pure: no I/O, same input, same verdict.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sync/two_way/pair_page.hpp"

namespace nexpo {

/// A conflict to be kept, made of the cells as they were before anything was written.
struct ConflictNote {
  std::string kind;
  bool open = false;    ///< for a person; otherwise history
  std::string outcome;  ///< of history
  std::string reason;
  std::vector<size_t> slots;

  /// A settlement without a person: what it overwrites is told before.
  bool is_history() const { return !open && outcome == "settled"; }
};

/// What one field was before a decision was applied that is undone now.
struct FieldRestore {
  size_t slot = 0;
  Value base;
  bool had_base = false;
  Value source, target;
};

struct PairVerdict {
  enum class Fate : uint8_t {
    unchanged,  ///< nothing to do, maybe something to learn
    filtered,   ///< left out by policy
    refused,    ///< `refusal` says why
    settled,    ///< fields may be written to either side
    removed,    ///< the record of `removes` goes
    unplanned,  ///< not as the plan that is applied has shown it: left alone
  };
  Fate fate = Fate::unchanged;
  std::vector<FieldVerdict> fields;  ///< by slot
  bool writes[2] = {false, false};   ///< by Side
  bool creates = false;              ///< on one of them there is no record yet
  std::optional<Side> removes;
  bool buries = false;   ///< the pair becomes a tombstone
  bool revives = false;  ///< a tombstone becomes a pair again
  std::vector<FieldRestore> restores;
  std::vector<ConflictNote> notes;
  Rejection refusal;

  bool writes_to(Side side) const { return writes[static_cast<size_t>(side)]; }
  bool holds() const {
    for (const ConflictNote& note : notes)
      if (note.open) return true;
    return false;
  }
};

/// Judges the pairs of one page.
class PairJury {
 public:
  PairJury(const SyncPlan& plan, const Reconciliation& both, const PairSides& sides, const PersonalData* personal,
           Time now)
      : plan_(plan), both_(both), sides_(sides), personal_(personal), now_(now), absent_(sides.fields()->size()) {}

  /// May change `one.state`: what a crash left in doubt is settled there.
  PairVerdict judge(const PairPage& page, Touched& one, MergeScratch& scratch) const;

  /// The cells of both sides, without stamps; a side that has no such record has unset cells.
  PairCells cells_of(const PairPage& page, const Touched& one) const;

 private:
  struct Case;

  void judge_removal(Case& at) const;
  void judge_tombstone(Case& at, Side side) const;
  void judge_alone(Case& at) const;
  void judge_pair(Case& at) const;
  void settle_doubts(Case& at) const;
  void decide(Case& at) const;
  bool undo(Case& at) const;
  void break_loops(Case& at) const;
  void give_fields(Case& at) const;
  std::string loop_reason(const Case& at) const;
  void note_conflicts(Case& at) const;
  void copy_whole(Case& at, Side from) const;
  void delete_update(Case& at, Side deleted, std::string reason) const;
  std::optional<ConflictDecision> decision_of(const Conflict& conflict, MergeScratch& scratch) const;
  bool decision_holds(const Case& at) const;

  const SyncPlan& plan_;
  const Reconciliation& both_;
  const PairSides& sides_;
  const PersonalData* personal_;
  Time now_;
  std::vector<Value> absent_;  ///< the cells of a record that is not there
};

}  // namespace nexpo
