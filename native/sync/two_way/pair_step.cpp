#include "sync/two_way/pair_step.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>

#include <fmt/format.h>

#include "sync/two_way/pair_effect.hpp"

namespace nexpo {
namespace {

/// Refusals that are conflicts between records, and for a person: by our codes and the systems' own.
std::string_view conflict_kind(std::string_view code) {
  constexpr std::array<std::string_view, 5> kUnique{"duplicate_key", "DUPLICATE_VALUE", "DUPLICATES_DETECTED", "23505",
                                                    "SQLITE_CONSTRAINT_UNIQUE"};
  constexpr std::array<std::string_view, 4> kParent{"missing_parent", "23503", "INVALID_CROSS_REFERENCE_KEY",
                                                    "SQLITE_CONSTRAINT_FOREIGNKEY"};
  if (std::ranges::find(kUnique, code) != kUnique.end()) return "unique_violation";
  if (std::ranges::find(kParent, code) != kParent.end()) return "missing_parent";
  return {};
}

}  // namespace

PairStep::PairStep(const PairContext& context, PairPage page)
    : context_(context),
      page_(std::move(page)),
      jury_(context.plan, context.both, context.sides, context.pass.personal, context.pass.clock.now()),
      scratch_{*out_.memory, {}} {
  const size_t count = page_.touched.size();
  verdicts_.resize(count);
  result_.resize(count);
  refused_.resize(count);
  announced_.resize(count);
  for_person_.resize(count);
  for (const Side side : kSides) back_[index_of(side)].resize(count);
  for (const Touched& one : page_.touched) before_.push_back(one.pair);
}

Task<SettledPairs> PairStep::settle() {
  out_.counts.read = page_.own.rows.size() + page_.own.rejections.size();
  out_.counts.superseded = page_.superseded;
  reject_unmapped();
  for (size_t i = 0; i < page_.touched.size(); ++i) judge(i);
  co_await refresh_own();
  co_await spare_namesakes();
  context_.breaker.pass(changes_of_linked());
  {
    const PhaseTimer timer(context_.pass.clock, context_.pass.phases, &Phases::write);
    co_await announce();
    for (const Side side : kSides) co_await write(side);
    for (const Side side : kSides) co_await remove(side);
    for (const Side side : kSides) co_await read_back(side);
  }
  for (size_t i = 0; i < page_.touched.size(); ++i) book(i);
  co_return std::move(out_);
}

void PairStep::judge(size_t touched) {
  Touched& one = page_.touched[touched];
  PairVerdict& verdict = verdicts_[touched];
  verdict = jury_.judge(page_, one, scratch_);
  if (!context_.planned) return;
  const auto effect = effect_of(one, verdict, jury_.cells_of(page_, one), context_.pass.personal);
  if (!effect) return;
  const PlannedEffect* const planned = context_.planned->find(planned_key(page_, one));
  if (planned && planned->values == *effect) return;
  verdict = PairVerdict();
  verdict.fate = Fate::unplanned;
  verdict.fields.resize(context_.sides.fields()->size());
}

/// A page was read some time ago. What is about to be written to the side that it is of is judged by what that side
/// has now.
Task<> PairStep::refresh_own() {
  std::unordered_map<std::string_view, size_t> wanted;
  std::vector<std::string> keys;
  for (size_t i = 0; i < page_.touched.size(); ++i) {
    if (!verdicts_[i].writes_to(page_.side) || head_of(i).op == RecordOp::remove) continue;
    wanted.emplace(head_of(i).key, i);
    keys.emplace_back(head_of(i).key);
  }
  if (keys.empty()) co_return;
  SideRows now = co_await context_.sides.fetch(page_.side, false, std::move(keys));
  page_.own.rows.arena()->keep(now.rows.arena());
  for (size_t row = 0; row < now.rows.size(); ++row) {
    const auto place = wanted.find(now.rows.head(row).key);
    if (place == wanted.end()) continue;
    Touched& one = page_.touched[place->second];
    const std::span<const Value> fresh = std::as_const(now.rows).row(row);
    const bool same = std::ranges::equal(fresh, std::as_const(page_.own.rows).row(one.row));
    const std::span<Value> cells = page_.own.rows.add(now.rows.head(row));
    std::ranges::copy(fresh, cells.begin());
    page_.own.original_row.push_back(page_.own.original_row[one.row]);
    one.row = page_.own.rows.size() - 1;
    const size_t touched = place->second;
    wanted.erase(place);
    if (same) continue;
    one.state.decode(one.packed, context_.fields);
    judge(touched);
  }
  for (const auto& [key, touched] : wanted)
    verdicts_[touched] = PairVerdict();  // it is gone; its deletion will be read
  for (auto& [key, touched] : wanted) verdicts_[touched].fields.resize(context_.sides.fields()->size());
}

/// A record that comes back is made under its old key. A new record that has this key by now is not overwritten.
Task<> PairStep::spare_namesakes() {
  const size_t match = context_.sides.match_slot();
  for (const Side side : kSides) {
    std::unordered_map<std::string_view, size_t> returning;
    std::vector<std::string> keys;
    for (size_t i = 0; i < page_.touched.size(); ++i) {
      if (!verdicts_[i].creates || !verdicts_[i].writes_to(side) || before_[i].key_of(side).empty()) continue;
      const std::string_view key = wanted(i, match, side).view();
      if (returning.emplace(key, i).second) keys.emplace_back(key);
    }
    if (keys.empty()) continue;
    SideRows found = co_await context_.sides.fetch(side, true, std::move(keys));
    for (size_t row = 0; row < found.rows.size(); ++row) {
      const std::string_view key = found.rows.row(row)[match].view();
      const auto place = returning.find(key);
      if (place == returning.end()) continue;
      page_.touched[place->second].pair = before_[place->second];
      PairVerdict& verdict = verdicts_[place->second] = PairVerdict();
      verdict.fields.resize(context_.sides.fields()->size());
      verdict.notes.push_back({"unique_violation",
                               true,
                               "",
                               fmt::format("it would come back to the {}, where a new record has the key \"{}\" by now",
                                           name_of(side), key),
                               {match}});
    }
  }
}

int64_t PairStep::changes_of_linked() const {
  int64_t changes = 0;
  for (size_t i = 0; i < verdicts_.size(); ++i)
    changes += before_[i].linked() &&
               (verdicts_[i].removes || verdicts_[i].writes_to(Side::source) || verdicts_[i].writes_to(Side::target));
  return changes;
}

Value PairStep::wanted(size_t touched, size_t slot, Side side) const {
  const PairVerdict& verdict = verdicts_[touched];
  const PairCells cells = jury_.cells_of(page_, page_.touched[touched]);
  const Value now = side == Side::source ? cells.source[slot] : cells.target[slot];
  for (const FieldRestore& field : verdict.restores)
    if (field.slot == slot) return side == Side::source ? field.source : field.target;
  switch (verdict.fields[slot].take) {
    case Take::source: return cells.source[slot];
    case Take::target: return cells.target[slot];
    case Take::merged: return verdict.fields[slot].value;
    case Take::nothing:
    case Take::agree:
    case Take::hold: return now;
  }
  return now;
}

bool PairStep::writes_cell(size_t touched, size_t slot, Side side) const {
  const PairVerdict& verdict = verdicts_[touched];
  if (!verdict.writes_to(side) || (side == Side::source && !context_.sides.flows_back(slot))) return false;
  const PairCells cells = jury_.cells_of(page_, page_.touched[touched]);
  const Value now = side == Side::source ? cells.source[slot] : cells.target[slot];
  return !(wanted(touched, slot, side) == now);
}

/// Notes which pairs are about to be written, and with what, before anything is.
Task<> PairStep::announce() {
  std::vector<Pair> pairs;
  std::vector<ConflictWrite> history;
  std::vector<size_t> of;
  PairState state;
  for (size_t i = 0; i < page_.touched.size(); ++i) {
    const PairVerdict& verdict = verdicts_[i];
    if (!verdict.removes && !verdict.writes_to(Side::source) && !verdict.writes_to(Side::target)) continue;
    Pair pair = page_.touched[i].pair;
    state.decode(page_.touched[i].packed, context_.fields);
    for (const Side side : kSides) {
      if (verdict.writes_to(side) || verdict.removes == side) pair.set_doubt(side);
      for (size_t slot = 0; slot < state.intended.size(); ++slot)
        if (writes_cell(i, slot, side)) state.intended[slot] = wanted(i, slot, side);
    }
    note_untouched(i, state);
    pair.state = packed_state(state, context_.fields, context_.pass.personal);
    for (const ConflictNote& note : verdict.notes)
      if (note.is_history()) history.push_back({pairs.size(), conflict_of(i, note)});
    pairs.push_back(std::move(pair));
    of.push_back(i);
  }
  if (pairs.empty()) co_return;
  const std::vector<int64_t> ids =
      co_await context_.pass.store.announce(context_.lease, std::move(pairs), std::move(history));
  for (size_t i = 0; i < of.size(); ++i) {
    page_.touched[of[i]].pair.id = ids.at(i);
    announced_[of[i]] = true;
  }
}

/// The side that has the intended value already is not written: whatever else it holds later, a person put there.
void PairStep::note_untouched(size_t touched, PairState& state) const {
  const PairCells cells = jury_.cells_of(page_, page_.touched[touched]);
  for (size_t slot = 0; slot < state.intended.size(); ++slot)
    for (const Side side : kSides) {
      const Value now = side == Side::source ? cells.source[slot] : cells.target[slot];
      if (state.intended[slot] == now) state.shadow_of(side)[slot] = now;
    }
}

PairStep::Outgoing PairStep::outgoing(Side side) const {
  Outgoing out;
  const Shape& shape = context_.sides.fields();
  out.changes = RecordBatch(shape, out_.memory);
  out.whole = RecordBatch(shape, out_.memory);
  const size_t match = context_.sides.match_slot();
  for (size_t i = 0; i < page_.touched.size(); ++i) {
    if (!verdicts_[i].writes_to(side)) continue;
    out.touched.push_back(i);
    const std::span<Value> changes = out.changes.add({}), whole = out.whole.add({});
    for (size_t slot = 0; slot < whole.size(); ++slot) {
      whole[slot] = wanted(i, slot, side);
      if (writes_cell(i, slot, side) || (context_.sides.always_written(side, slot) && whole[slot].present()))
        changes[slot] = whole[slot];
    }
    changes[match] = whole[match];
  }
  return out;
}

Task<> PairStep::write(Side side) {
  Outgoing out = outgoing(side);
  if (out.touched.empty()) co_return;
  const std::vector<size_t> touched = std::move(out.touched);
  SideReceipt receipt = co_await context_.sides.write(side, std::move(out.changes), std::move(out.whole));
  for (Rejection& reason : receipt.rejections) {
    const size_t i = touched.at(reason.row);
    refuse(i, side, std::move(reason));
  }
  for (size_t row = 0; row < touched.size(); ++row) {
    const Outcome outcome = receipt.receipts.at(row).outcome;
    std::optional<Outcome>& result = result_[touched[row]];
    if (outcome == Outcome::rejected || result == Outcome::created) continue;
    if (!result || outcome != Outcome::unchanged) result = outcome;
  }
}

Task<> PairStep::remove(Side side) {
  std::vector<size_t> touched;
  RecordBatch keys(context_.sides.fields(), out_.memory);
  for (size_t i = 0; i < page_.touched.size(); ++i) {
    if (verdicts_[i].removes != side) continue;
    touched.push_back(i);
    RowHead head;
    head.key = wanted(i, context_.sides.match_slot(), side).view();
    if (head.key.empty()) head.key = page_.touched[i].pair.key;
    head.op = RecordOp::remove;
    keys.add(head);
  }
  if (touched.empty()) co_return;
  SideReceipt receipt = co_await context_.sides.remove(side, std::move(keys));
  for (Rejection& reason : receipt.rejections) {
    const size_t i = touched.at(reason.row);
    refuse(i, side, std::move(reason));
  }
}

/// What a side has after our write is its shadow: what it made of the values is no edit.
Task<> PairStep::read_back(Side side) {
  std::unordered_map<std::string_view, size_t> by_identity, by_match;
  std::vector<std::string> identities, matches;
  for (size_t i = 0; i < page_.touched.size(); ++i) {
    if (!verdicts_[i].writes_to(side) || refused_[i]) continue;
    const Pair& pair = page_.touched[i].pair;
    const bool known = !pair.key_of(side).empty();
    const std::string& key = known ? pair.key_of(side) : pair.key;
    (known ? by_identity : by_match).emplace(key, i);
    (known ? identities : matches).push_back(key);
  }
  for (const bool match : {false, true}) {
    std::vector<std::string>& keys = match ? matches : identities;
    if (keys.empty()) continue;
    SideRows now = co_await context_.sides.fetch(side, match, std::move(keys));
    const auto& places = match ? by_match : by_identity;
    for (size_t row = 0; row < now.rows.size(); ++row) {
      const RowHead& head = now.rows.head(row);
      const auto place = places.find(match ? now.rows.row(row)[context_.sides.match_slot()].view() : head.key);
      if (place == places.end()) continue;
      back_[index_of(side)][place->second] = ReadBack{head, std::as_const(now.rows).row(row)};
    }
    kept_.push_back(std::move(now));  // moving keeps the rows where they are
  }
}

/// `in_doubt`: the system may have taken it all the same, so the pair keeps what was announced.
void PairStep::refuse(size_t touched, Side by, Rejection reason) {
  const PairVerdict& verdict = verdicts_[touched];
  refused_[touched] = true;
  const std::string_view kind = verdict.removes ? std::string_view() : conflict_kind(reason.code);
  const PersonalData* personal = context_.pass.personal;
  const PairCells cells = jury_.cells_of(page_, page_.touched[touched]);
  if (personal)
    for (const std::span<const Value> side : {cells.source, cells.target})
      reason.message = personal->masked(std::move(reason.message), {}, side);
  verdicts_[touched].refusal = std::move(reason);
  if (kind.empty()) return;
  for_person_[touched] = true;
  ConflictNote note{std::string(kind), true, "", "", {context_.sides.match_slot()}};
  note.reason = fmt::format("the {} refused it: {}", name_of(by), verdicts_[touched].refusal.message);
  verdicts_[touched].notes = {std::move(note)};
}

}  // namespace nexpo
