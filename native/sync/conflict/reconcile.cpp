#include "sync/conflict/reconcile.hpp"

#include <algorithm>
#include <array>

#include "record/fingerprint.hpp"
#include "sync/same_value.hpp"

namespace nexpo {
namespace {

constexpr std::array<std::string_view, 5> kStates{"same", "source_only", "target_only", "both_equal", "both_differ"};
constexpr std::array<std::string_view, 9> kSettled{"no_need", "one_side", "blank",    "rule", "strategy",
                                                   "later",   "tie",      "decision", "loop"};

FieldState state_of(const PairCells& cells, size_t slot) {
  const Value source = cells.source[slot], target = cells.target[slot];
  if (cells.known[slot] == 0) return same_value(source, target) ? FieldState::both_equal : FieldState::both_differ;
  const bool source_changed = !(source == cells.source_shadow[slot]);
  const bool target_changed = !(target == cells.target_shadow[slot]);
  if (!source_changed) return target_changed ? FieldState::target_only : FieldState::same;
  if (!target_changed) return FieldState::source_only;
  return same_value(source, target) ? FieldState::both_equal : FieldState::both_differ;
}

/// A side and why it was taken.
struct Winner {
  Side side;
  Settled settled;
};

constexpr Take take_of(Side side) { return side == Side::source ? Take::source : Take::target; }

/// Settles the fields of one pair.
class PairJudge {
 public:
  PairJudge(const ReconcileRules& rules, const PairCells& cells, MergeScratch& scratch,
            std::span<FieldVerdict> verdicts)
      : rules_(rules), cells_(cells), scratch_(scratch), verdicts_(verdicts) {}

  bool judge() {
    bool any = false;
    for (size_t slot = 0; slot < verdicts_.size(); ++slot) {
      FieldVerdict& verdict = verdicts_[slot];
      verdict = {state_of(cells_, slot), Take::nothing, Settled::no_need, {}};
      any = any || verdict.state != FieldState::same;
    }
    if (!any) return false;
    for (size_t slot = 0; slot < verdicts_.size(); ++slot)
      if (rules_.group[slot] == ReconcileRules::kNoGroup) settle_field(slot);
    for (int group = 0; group < rules_.groups; ++group) settle_group(group);
    return true;
  }

 private:
  void settle_field(size_t slot) {
    FieldVerdict& verdict = verdicts_[slot];
    if (verdict.state != FieldState::both_differ) return settle_plain(verdict);
    if (cells_.known[slot] == 0 && fill_blank(slot)) return;
    const FieldRule& rule = rules_.fields[slot];
    if (const std::optional<Value> merged =
            merge_values(rule, base_of(slot), cells_.source[slot], cells_.target[slot], scratch_)) {
      verdict.settled = Settled::rule;
      if (*merged == cells_.source[slot])
        verdict.take = Take::source;
      else if (*merged == cells_.target[slot])
        verdict.take = Take::target;
      else
        verdict.take = Take::merged;
      verdict.value = *merged;
      return;
    }
    give(verdict, winner(rule, {&slot, 1}));
  }

  static void settle_plain(FieldVerdict& verdict) {
    switch (verdict.state) {
      case FieldState::source_only: verdict.take = Take::source; break;
      case FieldState::target_only: verdict.take = Take::target; break;
      case FieldState::both_equal: verdict.take = Take::agree; break;
      case FieldState::same:
      case FieldState::both_differ: return;
    }
    if (verdict.take != Take::agree) verdict.settled = Settled::one_side;
  }

  /// Records that met for the first time: what one has and the other has not is no conflict.
  bool fill_blank(size_t slot) {
    const bool no_source = is_blank(cells_.source[slot]), no_target = is_blank(cells_.target[slot]);
    if (!no_source && !no_target) return false;
    verdicts_[slot].take = no_source && no_target ? Take::agree : no_source ? Take::target : Take::source;
    verdicts_[slot].settled = Settled::blank;
    return true;
  }

  /// Never mixes sides: who wins a conflict of the group gives all of its fields.
  void settle_group(int group) {
    slots_.clear();
    bool source_changed = false, target_changed = false;
    for (size_t slot = 0; slot < verdicts_.size(); ++slot) {
      if (rules_.group[slot] != group) continue;
      slots_.push_back(slot);
      const FieldState state = verdicts_[slot].state;
      source_changed = source_changed || state == FieldState::source_only || state == FieldState::both_differ;
      target_changed = target_changed || state == FieldState::target_only || state == FieldState::both_differ;
    }
    if (!source_changed || !target_changed) {
      for (const size_t slot : slots_) settle_plain(verdicts_[slot]);
      return;
    }
    const Winner side = group_winner();
    for (const size_t slot : slots_) {
      FieldVerdict& verdict = verdicts_[slot];
      if (verdict.state == FieldState::same) continue;
      if (verdict.state == FieldState::both_equal)
        settle_plain(verdict);
      else
        give(verdict, hold_ ? std::nullopt : std::optional(side));
    }
  }

  /// All blank on one side is what the other side fills; else the rule of the group's first field that has one.
  Winner group_winner() {
    hold_ = false;
    const auto blank = [&](std::span<const Value> side) {
      return std::ranges::all_of(slots_, [&](size_t slot) { return cells_.known[slot] == 0 && is_blank(side[slot]); });
    };
    if (blank(cells_.source)) return {Side::target, Settled::blank};
    if (blank(cells_.target)) return {Side::source, Settled::blank};
    const auto ruled =
        std::ranges::find_if(slots_, [&](size_t slot) { return rules_.fields[slot].merge == FieldMerge::authority; });
    const FieldRule& rule = rules_.fields[ruled == slots_.end() ? slots_.front() : *ruled];
    const std::optional<Winner> won = winner(rule, slots_);
    hold_ = !won;
    return won.value_or(Winner{Side::source, Settled::no_need});
  }

  static void give(FieldVerdict& verdict, std::optional<Winner> winner) {
    verdict.take = winner ? take_of(winner->side) : Take::hold;
    if (winner) verdict.settled = winner->settled;
  }

  std::optional<Winner> winner(const FieldRule& rule, std::span<const size_t> slots) const {
    if (rule.merge == FieldMerge::authority) return Winner{rule.side, Settled::rule};
    switch (rules_.strategy_of_rest()) {
      case Strategy::source_wins: return Winner{Side::source, Settled::strategy};
      case Strategy::target_wins: return Winner{Side::target, Settled::strategy};
      case Strategy::last_write_wins: return later(slots);
      case Strategy::merge:
      case Strategy::manual: return std::nullopt;
    }
    return std::nullopt;
  }

  Winner later(std::span<const size_t> slots) const {
    if (cells_.source_at && cells_.target_at) {
      const auto ahead = *cells_.source_at - *cells_.target_at;
      if (ahead > rules_.skew) return {Side::source, Settled::later};
      if (-ahead > rules_.skew) return {Side::target, Settled::later};
    }
    if (rules_.priority) return {*rules_.priority, Settled::tie};
    return {hash_of(cells_.source, slots) > hash_of(cells_.target, slots) ? Side::source : Side::target, Settled::tie};
  }

  static std::array<uint8_t, 16> hash_of(std::span<const Value> side, std::span<const size_t> slots) {
    if (slots.size() == 1) return fingerprint_of(side.subspan(slots.front(), 1)).bytes;
    std::vector<Value> cells;
    for (const size_t slot : slots) cells.push_back(side[slot]);
    return fingerprint_of(cells).bytes;
  }

  Value base_of(size_t slot) const { return cells_.known[slot] != 0 ? cells_.base[slot] : Value(); }

  const ReconcileRules& rules_;
  const PairCells& cells_;
  MergeScratch& scratch_;
  std::span<FieldVerdict> verdicts_;
  std::vector<size_t> slots_;  ///< of the group at hand
  bool hold_ = false;
};

}  // namespace

bool reconcile(const ReconcileRules& rules, const PairCells& cells, MergeScratch& scratch,
               std::span<FieldVerdict> verdicts) {
  return PairJudge(rules, cells, scratch, verdicts).judge();
}

std::string_view name_of(FieldState state) { return kStates[static_cast<size_t>(state)]; }
std::string_view name_of(Settled settled) { return kSettled[static_cast<size_t>(settled)]; }

}  // namespace nexpo
