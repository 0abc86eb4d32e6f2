#include "sync/two_way/pair_verdict.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "sync/conflict/kept_decision.hpp"
#include "sync/conflict/stamp_time.hpp"
#include "sync/same_value.hpp"

namespace nexpo {
namespace {

/// Changes of direction of one field within kLoopWindow that are taken for two programs that answer one another.
constexpr int kAlternationsMax = 4;
constexpr std::chrono::minutes kLoopWindow{10};

bool is_conflict(const FieldVerdict& verdict) { return verdict.state == FieldState::both_differ; }

}  // namespace

/// One pair on its way to a verdict.
struct PairJury::Case {
  const PairPage& page;
  Touched& one;
  MergeScratch& scratch;
  PairCells cells;
  PairVerdict out;
  std::vector<size_t> in_doubt;  ///< slots whose value a crashed page may have written, or a person
  std::optional<ConflictDecision> decision;

  Side side() const { return page.side; }
  const RowHead& head() const { return page.own.rows.head(one.row); }
  std::span<const Value> of(Side which) const { return which == Side::source ? cells.source : cells.target; }
  void unchanged() { out.fate = PairVerdict::Fate::unchanged; }
  void filter() { out.fate = PairVerdict::Fate::filtered; }
  void hold(std::string kind, std::string reason, std::vector<size_t> slots) {
    out.notes.push_back({std::move(kind), true, "", std::move(reason), std::move(slots)});
  }
  void tell(std::string kind, std::string outcome, std::string reason, std::vector<size_t> slots) {
    out.notes.push_back({std::move(kind), false, std::move(outcome), std::move(reason), std::move(slots)});
  }
  /// Slots where a side is not as it was at the last agreement.
  std::vector<size_t> changed(Side which) const {
    const std::span<const Value> shadow = which == Side::source ? cells.source_shadow : cells.target_shadow;
    std::vector<size_t> slots;
    for (size_t slot = 0; slot < cells.known.size(); ++slot)
      if (cells.known[slot] == 0 ? of(which)[slot].present() : !(of(which)[slot] == shadow[slot]))
        slots.push_back(slot);
    return slots;
  }
};

PairCells PairJury::cells_of(const PairPage& page, const Touched& one) const {
  const RowHead& own_head = page.own.rows.head(one.row);
  const std::span<const Value> own =
      own_head.op == RecordOp::remove ? absent_ : std::as_const(page.own.rows).row(one.row);
  const std::span<const Value> across =
      one.other ? std::as_const(page.others.rows).row(*one.other) : std::span<const Value>(absent_);
  PairCells cells;
  cells.base = one.state.base;
  cells.source_shadow = one.state.source_shadow;
  cells.target_shadow = one.state.target_shadow;
  cells.known = one.state.known;
  const bool from_source = page.side == Side::source;
  cells.source = from_source ? own : across;
  cells.target = from_source ? across : own;
  return cells;
}

PairVerdict PairJury::judge(const PairPage& page, Touched& one, MergeScratch& scratch) const {
  Case at{page, one, scratch, cells_of(page, one), {}, {}, {}};
  const std::string_view across = one.other ? page.others.rows.head(*one.other).version : std::string_view();
  const bool from_source = page.side == Side::source;
  at.cells.source_at = stamp_time(from_source ? at.head().version : across);
  at.cells.target_at = stamp_time(from_source ? across : at.head().version);
  at.out.fields.resize(sides_.fields()->size());
  if (one.echo) return std::move(at.out);
  if (one.refused) {
    at.out.fate = PairVerdict::Fate::refused;
    at.out.refusal = *one.refused;
    return std::move(at.out);
  }
  if (one.conflict && one.conflict->state == ConflictState::decided) at.decision = decision_of(*one.conflict, scratch);
  if (!one.ambiguous.empty()) {
    at.hold("unique_violation", one.ambiguous, {sides_.match_slot()});
  } else if (one.pair.buried) {
    const bool here = at.head().op == RecordOp::upsert;
    if (here || one.other) judge_tombstone(at, here ? at.side() : other(at.side()));
  } else if (at.head().op == RecordOp::remove) {
    judge_removal(at);
  } else if (!one.other) {
    judge_alone(at);
  } else {
    judge_pair(at);
  }
  note_conflicts(at);
  return std::move(at.out);
}

/// A record of this side is gone.
void PairJury::judge_removal(Case& at) const {
  const Side across = other(at.side());
  if (at.one.pair.id == 0) return at.unchanged();
  if (at.one.other) settle_doubts(at);
  if (plan_.deletes == DeletePolicy::ignore) return at.filter();
  at.out.buries = true;
  if (!at.one.other) return at.unchanged();
  if (plan_.deletes == DeletePolicy::unlink) return at.filter();
  if (!sides_.writes(across)) return at.filter();
  if (!at.changed(across).empty()) {
    at.out.buries = false;
    return delete_update(at, at.side(),
                         fmt::format("deleted in the {}, changed in the {}", name_of(at.side()), name_of(across)));
  }
  at.out.fate = PairVerdict::Fate::removed;
  at.out.removes = across;
}

/// A record that was deleted here or there is on `side` again, with its old identity.
void PairJury::judge_tombstone(Case& at, Side side) const {
  const std::vector<size_t> changed = at.changed(side);
  if (changed.empty() || plan_.deletes == DeletePolicy::ignore || plan_.deletes == DeletePolicy::unlink)
    return at.filter();
  const bool decided = at.decision && decision_holds(at);
  const bool revives = decided ? at.decision->take == side : both_.rules.delete_update == DeleteUpdate::update_wins;
  if (!revives && !decided)
    return at.hold("undeleted", "it was deleted, and is there again with other values", changed);
  at.tell("undeleted", decided ? "applied" : "settled", revives ? "it is back" : "it stays deleted", changed);
  if (!revives) return at.filter();
  at.out.revives = true;
  at.one.pair.key_of(other(side)).clear();
  copy_whole(at, side);
}

/// There is no counterpart.
void PairJury::judge_alone(Case& at) const {
  const Side across = other(at.side());
  if (at.one.pair.linked()) {
    // It had one. Whether that was deleted or only hidden, the other side's own pass finds out.
    if (plan_.deletes == DeletePolicy::ignore) return at.filter();
    if (at.changed(at.side()).empty()) return at.unchanged();
    return delete_update(at, across,
                         fmt::format("changed in the {}, deleted in the {}", name_of(at.side()), name_of(across)));
  }
  if (!sides_.creates(across) || !sides_.writes(across)) return at.filter();
  if (at.one.pair.key.empty()) {
    at.out.fate = PairVerdict::Fate::refused;
    at.out.refusal = {.code = "key_missing",
                      .message = "the field that records are matched by has no value",
                      .field = (*sides_.fields())[sides_.match_slot()]};
    return;
  }
  copy_whole(at, at.side());
}

/// One side deleted the record, the other has changed it.
void PairJury::delete_update(Case& at, Side deleted, std::string reason) const {
  const Side kept = other(deleted);
  std::vector<size_t> slots = at.changed(kept);
  std::optional<Side> holds;  // whose state holds
  if (at.decision && at.decision->take && decision_holds(at))
    holds = at.decision->take;
  else if (both_.rules.delete_update == DeleteUpdate::delete_wins)
    holds = deleted;
  else if (both_.rules.delete_update == DeleteUpdate::update_wins)
    holds = kept;
  if (!holds || !sides_.writes(other(*holds))) return at.hold("delete_update", std::move(reason), std::move(slots));
  at.tell("delete_update", at.decision ? "applied" : "settled",
          fmt::format("{}; what the {} says holds", reason, name_of(*holds)), std::move(slots));
  if (*holds == deleted) {
    at.out.fate = PairVerdict::Fate::removed;
    at.out.removes = kept;
    at.out.buries = true;
    return;
  }
  at.one.pair.key_of(deleted).clear();
  copy_whole(at, kept);
}

/// All of one side goes to the other, which has no such record.
void PairJury::copy_whole(Case& at, Side from) const {
  const Take take = from == Side::source ? Take::source : Take::target;
  for (FieldVerdict& field : at.out.fields) field = {FieldState::source_only, take, Settled::one_side, {}};
  at.out.fate = PairVerdict::Fate::settled;
  at.out.creates = true;
  at.out.writes[static_cast<size_t>(other(from))] = true;
}

void PairJury::judge_pair(Case& at) const {
  const size_t match = sides_.match_slot();
  const Value source = at.cells.source[match], target = at.cells.target[match];
  if (at.cells.known[match] != 0 && !same_value(source, target) &&
      (!(source == at.cells.source_shadow[match]) || !(target == at.cells.target_shadow[match])))
    return at.hold("key_changed", "the field that both are matched by was changed on one side", {match});
  at.out.fate = PairVerdict::Fate::settled;
  if (at.decision && at.decision->undo && undo(at)) return;
  settle_doubts(at);
  std::vector<FieldVerdict> doubts = at.out.fields;
  reconcile(both_.rules, at.cells, at.scratch, at.out.fields);
  for (size_t slot = 0; slot < doubts.size(); ++slot)
    if (doubts[slot].take == Take::merged) at.out.fields[slot] = doubts[slot];
  decide(at);
  break_loops(at);
  give_fields(at);
}

/// What a page that was never committed may have written. A value that is the intended one is ours. Any other that is
/// not the one from before is either what the system made of ours, or an edit that came between: the intended value is
/// written once more, and the history keeps what was there.
void PairJury::settle_doubts(Case& at) const {
  if (at.one.pair.doubt == 0) return;
  PairState& state = at.one.state;
  const bool made = at.one.adopted && std::ranges::all_of(state.known, [](uint8_t known) { return known == 0; });
  for (size_t slot = 0; slot < state.intended.size(); ++slot) {
    if (!state.intended[slot]) {
      // Of a record that a crashed page made: what the system filled in by itself.
      if (state.known[slot] == 0 && made) {
        state.base[slot] = state.source_shadow[slot] = at.cells.source[slot];
        state.target_shadow[slot] = at.cells.target[slot];
        state.known[slot] = 1;
      }
      continue;
    }
    const Value intended = *state.intended[slot];
    bool moved_on = false;  // a side that was not written has a newer value
    const auto untouched = [&](Side side) { return state.shadow_of(side)[slot] == intended; };  // announce() noted it
    for (const Side side : {Side::source, Side::target}) {
      const Value now = at.of(side)[slot];
      const bool as_before = (state.known[slot] != 0 || untouched(side)) && now == state.shadow_of(side)[slot];
      const bool arrived = same_value(now, intended);
      if (!at.one.pair.in_doubt(side) || untouched(side)) {
        moved_on = moved_on || (!as_before && !arrived);
        continue;
      }
      if (as_before) continue;
      if (!arrived && now.present()) at.in_doubt.push_back(slot);
      state.shadow_of(side)[slot] = now;
    }
    if (state.known[slot] == 0) {
      state.base[slot] = intended;
      for (const Side side : {Side::source, Side::target})
        if (!at.one.pair.in_doubt(side) || untouched(side))
          state.shadow_of(side)[slot] = moved_on ? intended : at.of(side)[slot];
      state.known[slot] = 1;
    }
    if (!moved_on) at.out.fields[slot] = {FieldState::both_equal, Take::merged, Settled::one_side, intended};
  }
  at.cells.known = state.known;
}

/// Nothing: it was sealed by a key that is no more. The hashes of the conflict were made with that key, so the decision
/// does not hold anyway.
std::optional<ConflictDecision> PairJury::decision_of(const Conflict& conflict, MergeScratch& scratch) const {
  const std::string sealed = sealed_decision(conflict.decision);
  if (sealed.empty()) return ConflictDecision::parse(conflict.decision, scratch.arena);
  const std::optional<Secret> opened = personal_ ? personal_->open(sealed) : std::nullopt;
  if (!opened) return std::nullopt;
  return ConflictDecision::parse(opened->reveal(), scratch.arena);
}

/// A decision holds while both sides are as they were when it was made.
bool PairJury::decision_holds(const Case& at) const {
  const Conflict& conflict = *at.one.conflict;
  const auto names = nlohmann::json::parse(conflict.fields, nullptr, false);
  std::vector<size_t> slots;
  for (const auto& name : names) {
    const auto found = std::ranges::find(*sides_.fields(), name.get<std::string>());
    if (found == sides_.fields()->end()) return false;
    slots.push_back(static_cast<size_t>(found - sides_.fields()->begin()));
  }
  return side_hash(at.cells.source, slots, personal_) == conflict.source_hash &&
         side_hash(at.cells.target, slots, personal_) == conflict.target_hash;
}

void PairJury::decide(Case& at) const {
  if (!at.decision || !decision_holds(at)) return;
  for (size_t slot = 0; slot < at.out.fields.size(); ++slot) {
    FieldVerdict& field = at.out.fields[slot];
    if (field.state == FieldState::same || field.take == Take::agree) continue;
    const auto choice = at.decision->of((*sides_.fields())[slot]);
    if (!choice || (field.take != Take::hold && !at.decision->fields.contains((*sides_.fields())[slot]) &&
                    at.one.conflict->kind != "loop"))
      continue;
    field.take = choice->value ? Take::merged : choice->side == Side::source ? Take::source : Take::target;
    field.value = choice->value.value_or(Value());
    field.settled = Settled::decision;
    at.one.state.alternations[slot] = {};
  }
}

/// Puts back what both sides had before a decision was applied, if nobody has changed them since; false if somebody
/// has. They differ then as they did before, so the conflict opens again.
bool PairJury::undo(Case& at) const {
  const Conflict& conflict = *at.one.conflict;
  const std::optional<Secret> opened =
      !conflict.sealed.empty() && personal_ ? personal_->open(conflict.sealed) : std::nullopt;
  if (!conflict.sealed.empty() && !opened) {
    at.tell(conflict.kind, "applied", "not undone: what was there before can be read no more", {});
    return false;
  }
  std::vector<size_t> slots;
  bool moved = false;
  for (const KeptField& field : read_fields(opened ? opened->reveal() : conflict.body, at.scratch.arena)) {
    const auto found = std::ranges::find(*sides_.fields(), field.name);
    if (found == sides_.fields()->end()) continue;
    const auto slot = static_cast<size_t>(found - sides_.fields()->begin());
    slots.push_back(slot);
    for (const Side side : {Side::source, Side::target})
      moved = moved || at.cells.known[slot] == 0 || !(at.of(side)[slot] == at.one.state.shadow_of(side)[slot]);
    at.out.restores.push_back({slot, field.base, !field.base.is(ValueKind::unset), field.source, field.target});
  }
  if (moved) {
    at.out.restores.clear();
    at.tell(conflict.kind, "applied", "not undone: the record has changed since", std::move(slots));
    return false;
  }
  for (const FieldRestore& field : at.out.restores) {
    const bool to_source = !(at.cells.source[field.slot] == field.source) && sides_.flows_back(field.slot);
    const bool to_target = !(at.cells.target[field.slot] == field.target);
    at.out.writes[static_cast<size_t>(Side::source)] |= to_source;
    at.out.writes[static_cast<size_t>(Side::target)] |= to_target;
  }
  at.tell(conflict.kind, "undone", "", std::move(slots));
  return true;
}

/// Two programs that answer one another would go on for ever.
void PairJury::break_loops(Case& at) const {
  for (size_t slot = 0; slot < at.out.fields.size(); ++slot) {
    FieldVerdict& field = at.out.fields[slot];
    if (field.take != Take::source && field.take != Take::target) continue;
    if (field.settled == Settled::decision || field.settled == Settled::blank) continue;
    Alternation& seen = at.one.state.alternations[slot];
    const Side towards = field.take == Take::source ? Side::target : Side::source;
    if (towards == Side::source && !sides_.flows_back(slot)) continue;
    if (seen.count == 0 || now_ - seen.since > kLoopWindow) {
      seen = {1, towards, now_};
    } else if (seen.last != towards) {
      seen.last = towards;
      if (seen.count < 255) ++seen.count;
    }
    if (seen.count - 1 <= kAlternationsMax) continue;
    field.take = Take::hold;
    field.settled = Settled::loop;
  }
}

/// From verdicts to writes.
void PairJury::give_fields(Case& at) const {
  for (size_t slot = 0; slot < at.out.fields.size(); ++slot) {
    FieldVerdict& field = at.out.fields[slot];
    const bool back = sides_.flows_back(slot);
    // What cannot flow back is left alone until the source changes it too.
    if (field.state == FieldState::target_only && field.take == Take::target && !back) field.take = Take::nothing;
    const Value source = at.cells.source[slot], target = at.cells.target[slot];
    const Value wanted = field.take == Take::source ? source : field.take == Take::target ? target : field.value;
    if (field.take == Take::nothing || field.take == Take::agree || field.take == Take::hold) continue;
    at.out.writes[static_cast<size_t>(Side::target)] |= field.take != Take::target && !(target == wanted);
    at.out.writes[static_cast<size_t>(Side::source)] |= field.take != Take::source && back && !(source == wanted);
  }
}

/// Names the side where our own login was the last to change the record: a program there answers our writes.
std::string PairJury::loop_reason(const Case& at) const {
  std::string reason =
      fmt::format("it went back and forth more than {} times in {} minutes", kAlternationsMax, kLoopWindow.count());
  if (at.head().by_us)
    reason +=
        fmt::format("; the last change in the {} has the login of this sync, so automation there may have made it",
                    name_of(at.side()));
  return reason;
}

void PairJury::note_conflicts(Case& at) const {
  std::vector<size_t> held, loops, settled, applied;
  for (size_t slot = 0; slot < at.out.fields.size(); ++slot) {
    const FieldVerdict& field = at.out.fields[slot];
    if (field.take == Take::hold)
      (field.settled == Settled::loop ? loops : held).push_back(slot);
    else if (field.settled == Settled::decision)
      applied.push_back(slot);
    else if (is_conflict(field) && field.settled != Settled::blank && at.out.fate == PairVerdict::Fate::settled &&
             !at.out.creates)
      settled.push_back(slot);
  }
  const bool met_first =
      at.one.pair.id == 0 || std::ranges::all_of(at.one.state.known, [](uint8_t k) { return k == 0; });
  const std::string kind = met_first ? "create_create" : "both_differ";
  if (!loops.empty()) at.hold("loop", loop_reason(at), loops);
  if (!held.empty()) at.hold(kind, "", std::move(held));
  if (!settled.empty()) at.tell(kind, "settled", "", std::move(settled));
  if (!at.in_doubt.empty())
    at.tell("in_doubt", "settled", "a run ended between writing and noting it; what was there is kept here",
            at.in_doubt);
  if (!applied.empty()) at.tell(at.one.conflict->kind, "applied", "", std::move(applied));
}

}  // namespace nexpo
