// ReconcileRules: how one sync settles what both sides changed, field by field.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/clock.hpp"
#include "record/batch.hpp"
#include "store/pair_store.hpp"
#include "sync/policy.hpp"

namespace nexpo {

class Expression;

/// What settles a field that both sides changed to different values.
enum class FieldMerge : uint8_t {
  none,       ///< the strategy of the sync
  authority,  ///< always one side
  max,        ///< the greater one: of numbers, times, or texts by their bytes; a value beats null
  min,
  set_union,  ///< three-way union of lists: what one side added is in, what one side took out is out
  concat,     ///< both, the source's first, nothing twice
  counter,    ///< base + both differences
  coalesce,   ///< the first that is not blank
  custom,     ///< an expression over `base`, `source` and `target`
};

struct FieldRule {
  FieldMerge merge = FieldMerge::none;
  Side side = Side::source;  ///< of authority: whose value holds; of coalesce: who is asked first
  std::string separator;     ///< between the parts of a text: of set_union ";" and of concat a line break by default
  std::shared_ptr<const Expression> expression;  ///< of custom
};

/// What a record that one side deleted and the other changed comes to.
enum class DeleteUpdate : uint8_t { review, delete_wins, update_wins };

constexpr int kSkewSecondsMax = 3600;

struct ReconcileRules {
  /// Where no group holds the slot.
  static constexpr int kNoGroup = -1;

  Strategy strategy = Strategy::source_wins;
  Strategy fallback = Strategy::manual;  ///< of merge, for fields without a rule
  std::vector<FieldRule> fields;         ///< by slot
  std::vector<int> group;                ///< by slot: number of its atomic group
  int groups = 0;
  std::vector<bool> flows_back;  ///< by slot: the target's edits go to the source
  Millis skew{5'000};            ///< stamps that are no further apart are a tie
  std::optional<Side> priority;  ///< breaks ties; none: the value's own hash does
  DeleteUpdate delete_update = DeleteUpdate::review;

  /// `json` is {rules?: {field: {rule, side?, separator?, expression?}}, groups?: [[field, ...]], fallback?,
  /// deleteUpdate?, skewSeconds?, priority?}. Every field flows back until somebody says otherwise. Throws
  /// MappingError with every fault; `at` is where it stands.
  static ReconcileRules parse(const nlohmann::json& json, Strategy strategy, const Shape& fields, std::string_view at);

  /// The strategy for a field without a rule.
  Strategy strategy_of_rest() const { return strategy == Strategy::merge ? fallback : strategy; }
};

std::string_view name_of(FieldMerge merge);
std::string_view name_of(DeleteUpdate policy);

}  // namespace nexpo
