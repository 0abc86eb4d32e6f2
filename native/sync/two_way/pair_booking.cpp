// What a settled page leaves behind: counts, what both sides agree on, conflicts, rejected records.
#include <algorithm>

#include "record/json.hpp"
#include "sync/conflict/stamp_time.hpp"
#include "sync/kept_original.hpp"
#include "sync/two_way/pair_step.hpp"

namespace nexpo {

void PairStep::reject(size_t original, Rejection reason) {
  const RecordBatch& rows = page_.own.original;
  const RowHead& head = rows.head(original);
  const PersonalData* personal = context_.pass.personal;
  RejectedRecord record;
  record.source_key = head.key;
  record.side = page_.side;
  record.version = head.version;
  record.removal = head.op == RecordOp::remove;
  if (personal && page_.side == Side::source) {
    record.original = personal->original_of(rows, original);
  } else {
    std::vector<Value> cells(rows.row(original).begin(), rows.row(original).end());
    for (size_t slot = 0; slot < cells.size(); ++slot)
      if (personal && personal->is_personal(slot) && cells[slot].present()) cells[slot] = Value::text(kMasked);
    JsonRowWriter(rows.shape()).append(record.original, cells);
  }
  record.reason = std::move(reason);
  out_.rejected.push_back(std::move(record));
  ++out_.counts.rejected;
  if (context_.mark_seen && head.op == RecordOp::upsert)
    out_.seen[index_of(page_.side)].push_back(out_.memory->copy(head.key));
}

void PairStep::reject_unmapped() {
  for (Rejection& reason : page_.own.rejections) {
    const size_t row = reason.row;
    reject(row, std::move(reason));
  }
}

void PairStep::book(size_t touched) {
  const Touched& one = page_.touched[touched];
  const PairVerdict& verdict = verdicts_[touched];
  const RowHead& head = head_of(touched);
  const auto see = [&](Side side, std::string_view key) {
    if (context_.mark_seen && !key.empty()) out_.seen[index_of(side)].push_back(out_.memory->copy(key));
  };
  if (head.op == RecordOp::upsert) see(page_.side, head.key);
  if (one.other) see(other(page_.side), page_.others.rows.head(*one.other).key);
  for (const Side side : kSides)
    if (const auto& back = back_[index_of(side)][touched]) see(side, back->head.key);

  if (verdict.fate == Fate::unplanned) {
    ++out_.counts.superseded;
    return;
  }
  keep_pair(touched);
  if ((refused_[touched] && !for_person_[touched]) || verdict.fate == Fate::refused)
    return reject(page_.own.original_row.at(one.row), verdict.refusal);
  if (verdict.holds()) {
    ++out_.counts.in_review;
  } else if (verdict.fate == Fate::filtered) {
    ++out_.counts.filtered;
  } else if (verdict.fate == Fate::removed) {
    ++out_.counts.deleted;
  } else {
    switch (result_[touched].value_or(Outcome::unchanged)) {
      case Outcome::created: ++out_.counts.created; break;
      case Outcome::updated: ++out_.counts.updated; break;
      default: ++out_.counts.unchanged; break;
    }
  }
  if (!context_.track_resolved) return;
  out_.resolved[index_of(page_.side)].push_back(out_.memory->copy(head.key));
  if (const std::string& across = one.pair.key_of(other(page_.side)); !across.empty())
    out_.resolved[index_of(other(page_.side))].push_back(out_.memory->copy(across));
}

/// What both sides agree on from now on, field by field.
void PairStep::agree(size_t touched) {
  Touched& one = page_.touched[touched];
  PairState& state = one.state;
  const PairVerdict& verdict = verdicts_[touched];
  const PairCells cells = jury_.cells_of(page_, one);
  for (size_t slot = 0; slot < verdict.fields.size(); ++slot) {
    const FieldVerdict& field = verdict.fields[slot];
    if (field.take == Take::nothing || field.take == Take::hold) continue;
    state.base[slot] = field.take == Take::agree ? cells.source[slot] : wanted(touched, slot, Side::target);
    bool arrived = true;
    for (const Side side : kSides) {
      const auto& back = back_[index_of(side)][touched];
      const bool written = writes_cell(touched, slot, side) || (verdict.creates && verdict.writes_to(side));
      arrived = arrived && (!written || back);
      const Value now = side == Side::source ? cells.source[slot] : cells.target[slot];
      state.shadow_of(side)[slot] = written && back ? back->cells[slot] : now;
    }
    if (field.take == Take::target && !context_.sides.flows_back(slot)) state.base[slot] = cells.target[slot];
    state.known[slot] = arrived;
  }
  for (const FieldRestore& field : verdict.restores) {
    state.known[field.slot] = field.had_base;
    state.base[field.slot] = state.source_shadow[field.slot] = state.target_shadow[field.slot] = field.base;
  }
}

/// The change stamp under which `side` is known now; none where it has changes that nobody has looked at.
std::string PairStep::version_now(size_t touched, Side side) const {
  const Touched& one = page_.touched[touched];
  const PairVerdict& verdict = verdicts_[touched];
  const bool own = side == page_.side;
  if (!verdict.writes_to(side)) {
    if (own) return head_of(touched).op == RecordOp::remove ? "" : std::string(head_of(touched).version);
    return one.other ? std::string(page_.others.rows.head(*one.other).version) : "";
  }
  const auto& back = back_[index_of(side)][touched];
  if (!back) return "";
  const PairCells cells = jury_.cells_of(page_, one);
  const std::span<const Value> now = side == Side::source ? cells.source : cells.target;
  if (!verdict.creates)
    for (size_t slot = 0; slot < now.size(); ++slot)
      if (!writes_cell(touched, slot, side) && !(back->cells[slot] == now[slot])) return "";
  return std::string(back->head.version);
}

/// One side refused it, and what the other has by now is known only by what was announced.
bool PairStep::stays_announced(size_t touched) const {
  if (!refused_[touched] || for_person_[touched]) return false;
  return verdicts_[touched].refusal.in_doubt || before_[touched].doubt != 0 || result_[touched];
}

void PairStep::keep_pair(size_t touched) {
  Touched& one = page_.touched[touched];
  const PairVerdict& verdict = verdicts_[touched];
  if (one.echo) return;
  Pair pair = one.pair;
  const bool settled = verdict.fate == Fate::settled && !refused_[touched];
  const bool announced = stays_announced(touched);
  if (settled) {
    agree(touched);
    for (const Side side : kSides) {
      const auto& back = back_[index_of(side)][touched];
      if (back) pair.key_of(side) = back->head.key;
      pair.version_of(side) = noted_version(version_now(touched, side), before_[touched].version_of(side),
                                            context_.began, context_.pass.clock.now());
    }
    // What was undone is a conflict again, which the next look at the record opens.
    if (!verdict.restores.empty()) pair.source_version.clear(), pair.target_version.clear();
    // A record that was made and not found again is looked at once more.
    if (verdict.creates && pair.key_of(other(page_.side)).empty() && !pair.key_of(page_.side).empty())
      pair.version_of(page_.side).clear();
    const Value match = wanted(touched, context_.sides.match_slot(), page_.side);
    if (match.present()) pair.key = match.view();
    if (verdict.revives) pair.buried = false;
    for (std::optional<Value>& value : one.state.intended) value.reset();
    if (one.state.encode(context_.fields) != one.packed || pair.state.empty())
      pair.state = packed_state(one.state, context_.fields, context_.pass.personal);
  }
  if (!announced) pair.doubt = 0;
  if (verdict.buries && !refused_[touched]) pair.buried = true;
  pair.held = verdict.holds();

  const bool keeps = pair.id != 0 || settled || pair.held;
  const bool noted = !verdict.notes.empty() || one.conflict;
  if (!keeps || (pair == before_[touched] && !noted && pair.id == before_[touched].id && before_[touched].doubt == 0 &&
                 !announced_[touched]))
    return;
  if (announced) return;
  out_.pairs_linked += static_cast<int64_t>(pair.linked()) - static_cast<int64_t>(before_[touched].linked());
  const size_t place = out_.pairs.size();
  keep_conflicts(touched, pair, place);
  out_.pairs.push_back(std::move(pair));
}

Conflict PairStep::conflict_of(size_t touched, const ConflictNote& note) const {
  const Touched& one = page_.touched[touched];
  const PairCells cells = jury_.cells_of(page_, one);
  const RowHead none;
  const RowHead& across = one.other ? page_.others.rows.head(*one.other) : none;
  const RowHead& own = head_of(touched);
  const bool from_source = page_.side == Side::source;
  Conflict conflict;
  conflict.kind = note.kind;
  conflict.state = note.open ? ConflictState::open : ConflictState::closed;
  conflict.outcome = note.outcome;
  conflict.run = context_.run_id;
  const ConflictCells what{context_.sides.fields(),    cells,
                           verdicts_[touched].fields,  from_source ? own : across,
                           from_source ? across : own, note.reason};
  describe_conflict(what, note.slots, context_.both.rules, context_.pass.personal, conflict);
  return conflict;
}

void PairStep::keep_conflicts(size_t touched, const Pair& pair, size_t place) {
  const Touched& one = page_.touched[touched];
  bool ended = false;
  std::vector<ConflictWrite> writes;
  for (const ConflictNote& note : verdicts_[touched].notes) {
    if (note.is_history() && announced_[touched]) continue;  // kept before anything was overwritten
    if (note.open || note.is_history() || !one.conflict) {
      writes.push_back({place, conflict_of(touched, note)});
      continue;
    }
    ConflictWrite write{place, *one.conflict};
    write.conflict.state = ConflictState::closed;
    write.conflict.outcome = note.outcome;
    writes.push_back(std::move(write));
    ended = true;
  }
  if (one.conflict && !ended && !pair.held) {
    ConflictWrite write{place, *one.conflict};
    write.conflict.state = ConflictState::closed;
    write.conflict.outcome = "gone";
    writes.push_back(std::move(write));
  }
  // What ends comes first: a pair has one conflict that is not closed.
  std::stable_partition(writes.begin(), writes.end(),
                        [](const ConflictWrite& one) { return one.conflict.state == ConflictState::closed; });
  std::ranges::move(writes, std::back_inserter(out_.conflicts));
}

}  // namespace nexpo
