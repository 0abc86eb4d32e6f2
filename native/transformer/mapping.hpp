// MappingPlan: field mappings compiled once into a flat list of steps over slots.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "record/batch.hpp"
#include "record/page.hpp"
#include "record/schema.hpp"

namespace nexpo {

/// What a mapping may lean on besides itself.
struct MappingOptions {
  /// Stored tables by id, {id: {from: to}}: what a lookup with `stored` reads. Borrowed while compiling; null: none.
  const nlohmann::json* tables = nullptr;
  /// Whether the host program has registered a function of that name. Unset: it has none.
  std::function<bool(std::string_view)> has_function;
  /// Rules for whole records, [{expression, message, severity?}]. Borrowed while compiling; null: none.
  const nlohmann::json* validation = nullptr;
  /// The plan maps the records of a sync's target back to its source: lookups with `link` go back too.
  bool back = false;
};

/// A rule of a mapping that is counted: where it stands, and what it is ("onError", "lookup", "custom", or the name of
/// a validation rule).
struct RuleName {
  std::string at, rule;
};

/// How often a rule was looked at and did not hold.
struct RuleCount {
  uint64_t checked = 0;
  uint64_t failed = 0;
  uint64_t asked = 0;  ///< of lookups and functions: distinct questions that were put
  RuleCount& operator+=(const RuleCount& other) {
    checked += other.checked;
    failed += other.failed;
    asked += other.asked;
    return *this;
  }
};

/// What a mapping of a page gives: rows of target fields and the rows that had to be refused. `source_row[i]` is the
/// row of the source batch that mapped row i came from; removals pass with empty cells.
struct MappedBatch {
  RecordBatch records;
  std::vector<size_t> source_row;
  std::vector<Rejection> rejections;  ///< Rejection::row indexes the source batch
  std::vector<std::string> warnings;
  std::vector<RuleCount> rules;  ///< by place in MappingPlan::rules()
};

struct OutsideQuery;  // transformer/outside.hpp

/// Compiled from `fieldMappings`: [{source, target, transformation?, required?, defaultValue?, onError?, pii?,
/// validate?}].
/// A step that can fail does not compile until it has `required`, `defaultValue` or
/// `onError: fail_record | null | skip_field | keep`.
class MappingPlan {
 public:
  /// Throws one MappingError (transformer/faults.hpp) that lists every fault with its path
  /// (`fieldMappings[2].transformation.params.scale`), the reason and the fix. `at` is where the mappings stand.
  static MappingPlan compile(const nlohmann::json& field_mappings, std::string_view at,
                             const MappingOptions& options = {});
  /// Checks the plan against what both systems say: unknown source field, unknown or read-only target field, type
  /// that cannot convert, text that cannot fit, required target field that nothing fills. Either may be null.
  /// Throws like compile(); gives warnings that do not stop a run. Rules with `picklist` take the target's values here,
  /// so it comes before the first apply(), and not while another thread is in it.
  std::vector<std::string> check(const Schema* source, const Schema* target, std::string_view at) const;

  ~MappingPlan();
  MappingPlan(MappingPlan&&) noexcept;

  /// Distinct source paths, in the order of the slots that apply() expects.
  const std::vector<std::string>& source_paths() const;
  /// Target fields, in the order of the slots that apply() gives.
  const Shape& target_fields() const;
  /// By slot of source_paths(): whether a field that is marked `pii` reads it, itself or in a template.
  const std::vector<bool>& personal_slots() const;
  /// By slot of target_fields(): whether it is marked `pii`, or reads what is personal for another field.
  const std::vector<bool>& personal_fields() const;
  bool has_personal_data() const;
  /// The source path that fills `target` unchanged (a rename without transformation), or "".
  std::string_view renamed_from(std::string_view target) const;
  /// What the plan knows of each target field: a target that creates its table starts from this. `source` may be null.
  std::vector<FieldSchema> target_hints(const Schema* source) const;
  /// What is counted while it is applied.
  const std::vector<RuleName>& rules() const;
  /// What its steps ask of others, in order of the mapping. If there is anything, transformer/outside.hpp maps a page.
  const std::vector<const OutsideQuery*>& outside() const;
  /// Changes when the plan does, or a stored table that it reads: stored with runs.
  std::string hash() const;

  /// Pure and thread-safe. Adds the source path slots' values to a new batch; values that no step changes are passed
  /// on as views, so the result keeps the source's arena alive.
  /// Rows in `unreadable` (see Page) are rejected as they are.
  /// Throws Error{internal} if a row needs an answer of others: see outside().
  MappedBatch apply(const RecordBatch& source, std::vector<Rejection> unreadable = {}) const;

  struct State;  ///< transformer/plan.hpp
  const State& state() const { return *state_; }

 private:
  explicit MappingPlan(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace nexpo
