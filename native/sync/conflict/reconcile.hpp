// reconcile: what becomes of each field of one pair. Pure: same input, same verdicts.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "record/value.hpp"
#include "sync/conflict/merge_values.hpp"
#include "sync/conflict/reconcile_rules.hpp"

namespace nexpo {

/// How the two sides of a field stand to what they last agreed on. A side changed if its raw value is not its shadow,
/// the value that it returned after our last write: so a system that trims or rounds does not look like a user.
enum class FieldState : uint8_t { same, source_only, target_only, both_equal, both_differ };

enum class Take : uint8_t {
  nothing,  ///< both keep what they have, and nothing is learnt
  agree,    ///< both have the same already
  source,   ///< the source's value goes to the target
  target,   ///< the target's value goes to the source, if the field flows back
  merged,   ///< FieldVerdict::value goes to both
  hold,     ///< for a person
};

/// What settled a field, for the history and for whoever asks.
enum class Settled : uint8_t {
  no_need,   ///< nothing differs
  one_side,  ///< one side changed
  blank,     ///< one side had nothing: the other one's value fills it
  rule,      ///< the field's rule
  strategy,  ///< the strategy of the sync, or the fallback
  later,     ///< the later change stamp
  tie,       ///< stamps within the skew bound: priority, else the value's hash
  decision,  ///< a person
  loop,      ///< the loop breaker
};

struct FieldVerdict {
  FieldState state = FieldState::same;
  Take take = Take::nothing;
  Settled settled = Settled::no_need;
  Value value;  ///< of Take::merged
};

/// One pair over the mapped fields. The source's values are mapped ones, the target's are its own.
struct PairCells {
  std::span<const Value> base, source_shadow, target_shadow;
  std::span<const uint8_t> known;  ///< by slot: the three above hold something; 0: the sides never agreed on it
  std::span<const Value> source, target;
  std::optional<Time> source_at, target_at;  ///< change stamps of the records, where they are times
};

/// Fills `verdicts`, one per slot. True if any field is not as it was at the last agreement.
bool reconcile(const ReconcileRules& rules, const PairCells& cells, MergeScratch& scratch,
               std::span<FieldVerdict> verdicts);

std::string_view name_of(FieldState state);
std::string_view name_of(Settled settled);

}  // namespace nexpo
