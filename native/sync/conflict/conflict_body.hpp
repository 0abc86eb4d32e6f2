// What a conflict tells: the texts of store/pair_store.hpp's Conflict, made of cells, and a decision, read.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "record/batch.hpp"
#include "store/pair_store.hpp"
#include "sync/conflict/reconcile.hpp"
#include "sync/personal_data.hpp"

namespace nexpo {

/// The fields of one conflict, and where they stand.
struct ConflictCells {
  const Shape& fields;
  const PairCells& cells;
  std::span<const FieldVerdict> verdicts;
  const RowHead& source;  ///< of the records; empty: there is none
  const RowHead& target;
  std::string_view reason;  ///< in words; empty: the fields say it
};

/// Fills fields, body, sealed and both hashes for the given slots. `personal` may be null; values of marked fields are
/// masked in `body`, and `sealed` has them.
///
/// body: {"fields": [{"field", "base"?, "source"?, "target"?, "state", "took"?, "rule"?, "group"?}], "sourceAt"?,
/// "targetAt"?, "sourceBy"?, "targetBy"?, "reason"?}. A member that is not there stands for a value that is not there;
/// null is null. `took` is "source", "target" or {"value": ...}. `sourceBy` and `targetBy` are who changed the record
/// last: {"user", "self"}, where `self` is the login of this sync.
void describe_conflict(const ConflictCells& what, std::span<const size_t> slots, const ReconcileRules& rules,
                       const PersonalData* personal, Conflict& conflict);

/// One field of a kept conflict.
struct KeptField {
  std::string_view name;
  FieldState state = FieldState::both_differ;
  Value base, source, target;
  Value group;  ///< number of its atomic group, or unset
  Value given;  ///< what a rule took that neither side had, or unset
};

/// The fields of Conflict::body, or of what was sealed of it, with every digit of their numbers. All of it lives in
/// `arena`. Throws Error{invalid} for a text that is none.
std::vector<KeptField> read_fields(std::string_view body, Arena& arena);

/// Fence of a decision: hexadecimal, over the cells of the slots.
std::string side_hash(std::span<const Value> side, std::span<const size_t> slots, const PersonalData* personal);

/// What a person chose for one field: a side, or a value.
struct FieldChoice {
  Side side = Side::source;
  std::optional<Value> value;
};

struct ConflictDecision {
  bool undo = false;
  std::optional<Side> take;                   ///< for fields that are not named, and for whole records
  std::map<std::string, FieldChoice> fields;  ///< by name
  /// For this field, if there is a choice.
  std::optional<FieldChoice> of(const std::string& field) const;

  /// `json` as Conflict::decision has it, or what was sealed of it (kept_decision.hpp), with every digit of its
  /// numbers. Values live in `arena`. Throws Error{invalid} that names the member.
  static ConflictDecision parse(std::string_view json, Arena& arena);
};

}  // namespace nexpo
