// PairSides: both systems of a sync that reconciles, each in the mapping's own terms.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sync/conflict/reconcile_rules.hpp"
#include "sync/sync_plan.hpp"

namespace nexpo {

/// What a sync needs besides its plan to decide field by field. Everything is borrowed and outlives the run.
struct Reconciliation {
  ReconcileRules rules;
  bool two_way = false;  ///< the target's changes are read too, and flow back
  Source* source = nullptr;
  Source* target = nullptr;           ///< the target system, to read from
  Writer* source_writer = nullptr;    ///< null: nothing flows back
  const MappingPlan* back = nullptr;  ///< mapped fields to fields of the source; null: nothing flows back
  std::vector<size_t> back_slots;     ///< by slot of what `back` gives: the mapped field that it is made of
  size_t match_slot = 0;              ///< mapped field that both sides are matched by
  std::string match_source;           ///< the field of the source that fills it, unchanged
  bool creates_in_source = true;      ///< what is new in the target is made in the source
  bool creates_in_target = true;
  /// By Side and mapped field: a write without it is refused, as tables do of columns that may not be empty.
  std::vector<bool> always[2];
};

/// Records of one side over the mapped fields: `source` rows are mapped, `target` rows are as the target has them.
struct SideRows {
  RecordBatch rows;
  RecordBatch original;               ///< what was read, for those that are refused
  std::vector<size_t> original_row;   ///< by row
  std::vector<Rejection> rejections;  ///< rows of `original` that could not be mapped, or read
};

/// What one side said to a batch, by row of that batch.
struct SideReceipt {
  std::vector<Receipt> receipts;
  std::vector<Rejection> rejections;
};

class PairSides {
 public:
  PairSides(const PassContext& context, const SyncPlan& plan, const Reconciliation& both);

  const Shape& fields() const { return plan_.mapping->target_fields(); }
  size_t match_slot() const { return both_.match_slot; }

  /// A page that was read, in the mapping's terms.
  Task<SideRows> mapped(Side side, Page page) const;
  /// The records of `side` by identity, or by the field that both are matched by.
  Task<SideRows> fetch(Side side, bool by_match, std::vector<std::string> keys) const;
  /// The records of `side` by identity as they are now; those that are gone come as removals.
  Task<SideRows> now(Side side, std::vector<std::string> identities) const;
  /// Writes the cells that are set, matched by the match field, which every row has. For the source, `whole` are the
  /// rows with all their cells: a field of the source may be made of several.
  Task<SideReceipt> write(Side side, RecordBatch batch, RecordBatch whole) const;
  /// RowHead::key is the value of the match field.
  Task<SideReceipt> remove(Side side, RecordBatch keys) const;
  /// Whether an edit of this field on the target can go to the source.
  bool flows_back(size_t slot) const { return both_.back != nullptr && both_.rules.flows_back[slot]; }
  /// Whether a write to `side` takes this field along, changed or not.
  bool always_written(Side side, size_t slot) const {
    const std::vector<bool>& always = both_.always[static_cast<size_t>(side)];
    return slot < always.size() && always[slot];
  }
  bool creates(Side side) const { return side == Side::source ? both_.creates_in_source : both_.creates_in_target; }
  bool writes(Side side) const { return side == Side::target || both_.source_writer != nullptr; }
  /// Names what is read of `side`, in the order of its reader's batches.
  const std::vector<std::string>& paths(Side side) const;
  Source& source_of(Side side) const { return side == Side::source ? *both_.source : *both_.target; }
  const std::string& object_of(Side side) const {
    return side == Side::source ? plan_.source_object : plan_.target_object;
  }

 private:
  RecordBatch back_mapped(const RecordBatch& batch, const RecordBatch& whole, SideReceipt& refused,
                          std::vector<size_t>& sent) const;

  const PassContext& context_;
  const SyncPlan& plan_;
  const Reconciliation& both_;
};

}  // namespace nexpo
