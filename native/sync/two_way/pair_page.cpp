#include "sync/two_way/pair_page.hpp"

#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>

#include "record/key_index.hpp"

namespace nexpo {
namespace {

constexpr char kPlain = 'p';
constexpr char kSealed = 's';

using Places = std::unordered_map<std::string_view, size_t>;

Places by_identity(const RecordBatch& rows) {
  Places places;
  for (size_t row = 0; row < rows.size(); ++row) places.emplace(rows.head(row).key, row);
  return places;
}

PairBy by(Side side) { return side == Side::source ? PairBy::source : PairBy::target; }

}  // namespace

std::string packed_state(const PairState& state, const PairState::Fields& fields, const PersonalData* personal) {
  std::string packed = state.encode(fields);
  if (personal && personal->marked()) return kSealed + personal->seal(packed);
  return kPlain + packed;
}

void open_state(std::string_view kept, const PairState::Fields& fields, const PersonalData* personal,
                std::string& packed, PairState& state) {
  packed.clear();
  if (!kept.empty() && kept.front() == kPlain) packed = kept.substr(1);
  if (!kept.empty() && kept.front() == kSealed && personal)
    if (const std::optional<Secret> opened = personal->open(kept.substr(1))) packed = opened->reveal();
  state.decode(packed, fields);
}

Task<PairPage> PairMatcher::match(Side side, SideRows own, bool skip_known) const {
  PairPage page;
  page.side = side;
  page.own = std::move(own);
  touch_rows(page);
  co_await find_pairs(page, skip_known);
  co_await find_others(page);
  for (Touched& one : page.touched) open_state(one.pair.state, fields_, context_.personal, one.packed, one.state);
  co_await find_conflicts(page);
  co_return page;
}

/// Of several rows about one record the last one holds.
void PairMatcher::touch_rows(PairPage& page) const {
  const RecordBatch& rows = page.own.rows;
  KeyIndex newest(rows.size());
  std::vector<bool> replaced(rows.size());
  for (size_t row = 0; row < rows.size(); ++row)
    if (const auto older = newest.put(rows.head(row).key, row)) replaced[*older] = true;
  for (size_t row = 0; row < rows.size(); ++row) {
    if (replaced[row]) {
      ++page.superseded;
      continue;
    }
    Touched one;
    one.row = row;
    page.touched.push_back(std::move(one));
  }
}

Task<> PairMatcher::find_pairs(PairPage& page, bool skip_known) const {
  const RecordBatch& rows = page.own.rows;
  std::vector<std::string_view> keys;
  for (const Touched& one : page.touched) keys.push_back(rows.head(one.row).key);
  if (keys.empty()) co_return;
  auto found = co_await context_.store.pairs(plan_.sync_id, by(page.side), std::move(keys));

  std::vector<size_t> alone;
  std::vector<std::string_view> matches;
  for (size_t i = 0; i < page.touched.size(); ++i) {
    Touched& one = page.touched[i];
    const RowHead& head = rows.head(one.row);
    const Value match = rows.row(one.row)[sides_.match_slot()];
    if (found[i]) {
      one.pair = std::move(*found[i]);
      one.echo = skip_known && head.op == RecordOp::upsert && !one.pair.held && one.pair.doubt == 0 &&
                 !head.version.empty() && one.pair.version_of(page.side) == head.version;
      continue;
    }
    one.pair.key_of(page.side) = head.key;
    if (head.op == RecordOp::remove || !match.present()) continue;
    one.pair.key = match.view();
    alone.push_back(i);
    matches.push_back(match.view());
  }
  if (alone.empty()) co_return;

  // A pair that waits for this side's record, or one that has another record here already.
  auto waiting = co_await context_.store.pairs(plan_.sync_id, PairBy::match, std::move(matches));
  std::unordered_set<std::string_view> claimed;
  for (size_t i = 0; i < alone.size(); ++i) {
    Touched& one = page.touched[alone[i]];
    const std::string_view key = rows.head(one.row).key;
    const std::string_view match = rows.row(one.row)[sides_.match_slot()].view();
    const bool held = waiting[i] && waiting[i]->held && waiting[i]->key_of(page.side).empty();
    if (!claimed.insert(match).second && !held) {
      one.ambiguous = fmt::format("another record of the {} has the key \"{}\" too", name_of(page.side), match);
    } else if (waiting[i] && !waiting[i]->key_of(page.side).empty()) {
      one.ambiguous = fmt::format("the key \"{}\" belongs to the {} record {} already", match, name_of(page.side),
                                  waiting[i]->key_of(page.side));
    } else if (waiting[i]) {
      one.pair = *waiting[i];
      one.pair.key_of(page.side) = key;
      one.adopted = true;
    }
  }
  co_await leave_several(page);
}

/// A pair that is held may be so because this side has several records of its key. The conflict is the pair's, and
/// none of them is taken for its counterpart.
Task<> PairMatcher::leave_several(PairPage& page) const {
  std::unordered_map<std::string, size_t> records;
  std::vector<std::string> keys;
  for (const Touched& one : page.touched)
    if (one.adopted && one.pair.held && records.emplace(one.pair.key, 0).second) keys.push_back(one.pair.key);
  if (keys.empty()) co_return;
  const SideRows found = co_await sides_.fetch(page.side, true, std::move(keys));
  for (size_t row = 0; row < found.rows.size(); ++row) {
    const auto place = records.find(std::string(found.rows.row(row)[sides_.match_slot()].view()));
    if (place != records.end()) ++place->second;
  }
  for (Touched& one : page.touched)
    if (one.adopted && one.pair.held) one.echo = records[one.pair.key]++ != 1;  // the only one, and only once
}

Task<> PairMatcher::find_others(PairPage& page) const {
  const Side across = other(page.side);
  std::vector<std::string> identities;
  for (const Touched& one : page.touched)
    if (!one.echo && one.ambiguous.empty() && !one.pair.key_of(across).empty())
      identities.push_back(one.pair.key_of(across));
  page.others = co_await sides_.fetch(across, false, std::move(identities));
  const Places places = by_identity(page.others.rows);
  std::unordered_map<std::string_view, const Rejection*> refused;
  for (const Rejection& reason : page.others.rejections)
    refused.emplace(page.others.original.head(reason.row).key, &reason);
  for (Touched& one : page.touched) {
    if (one.echo || one.pair.key_of(across).empty()) continue;
    if (const auto place = places.find(one.pair.key_of(across)); place != places.end()) one.other = place->second;
    if (const auto reason = refused.find(one.pair.key_of(across)); reason != refused.end())
      one.refused = *reason->second;
    const bool gone = one.adopted && one.pair.doubt == 0 && !one.other && !one.refused;
    if (gone) forget_waiting(one, across);
  }
  co_await adopt_by_match(page);
}

/// The record that waited for this one went before they met: its deletion is not that of the new one.
void PairMatcher::forget_waiting(Touched& one, Side across) const {
  one.pair.key_of(across).clear();
  one.pair.version_of(across).clear();
  one.pair.state.clear();
}

/// Records that have no counterpart yet: the other system may have one of the same key.
Task<> PairMatcher::adopt_by_match(PairPage& page) const {
  const Side across = other(page.side);
  std::unordered_map<std::string_view, size_t> wanted;
  std::vector<std::string> matches;
  for (size_t i = 0; i < page.touched.size(); ++i) {
    Touched& one = page.touched[i];
    if (one.echo || !one.ambiguous.empty() || one.pair.buried || !one.pair.key_of(across).empty()) continue;
    // A record that is gone had none, unless a crashed page made one.
    const bool gone = page.own.rows.head(one.row).op == RecordOp::remove && one.pair.doubt == 0;
    if (one.pair.key.empty() || gone) continue;
    if (wanted.emplace(one.pair.key, i).second) matches.push_back(one.pair.key);
  }
  if (matches.empty()) co_return;
  SideRows found = co_await sides_.fetch(across, true, std::move(matches));
  if (found.rows.empty()) co_return;

  // Who they are paired with, if with anyone.
  std::vector<std::string_view> keys;
  for (size_t row = 0; row < found.rows.size(); ++row) keys.push_back(found.rows.head(row).key);
  const auto paired = co_await context_.store.pairs(plan_.sync_id, by(across), std::move(keys));
  RecordBatch& others = page.others.rows;
  if (others.arena()) others.arena()->keep(found.rows.arena());
  for (size_t row = 0; row < found.rows.size(); ++row) {
    const auto place = wanted.find(found.rows.row(row)[sides_.match_slot()].view());
    if (place == wanted.end()) continue;
    Touched& one = page.touched[place->second];
    const std::string_view key = found.rows.head(row).key;
    if (!one.ambiguous.empty()) continue;
    if (one.other) {
      one.ambiguous = fmt::format("the {} has several records with the key \"{}\"", name_of(across), one.pair.key);
      one.other.reset();
      one.pair.key_of(across).clear();
      continue;
    }
    if (paired[row] && paired[row]->id != one.pair.id && !paired[row]->buried) {
      if (!paired[row]->key_of(page.side).empty()) {
        one.ambiguous = fmt::format("the {} record {} with the key \"{}\" belongs to {} already", name_of(across), key,
                                    one.pair.key, paired[row]->key_of(page.side));
        continue;
      }
      if (one.pair.id != 0) {
        one.ambiguous = fmt::format("the {} record {} with the key \"{}\" waits for a person by itself",
                                    name_of(across), key, one.pair.key);
        continue;
      }
      // It waited for a counterpart of another key, and here is one of its own.
      std::string own = one.pair.key_of(page.side);
      one.pair = *paired[row];
      one.pair.key_of(page.side) = std::move(own);
    }
    const std::span<Value> cells = others.add(found.rows.head(row));
    std::ranges::copy(found.rows.row(row), cells.begin());
    one.other = others.size() - 1;
    one.pair.key_of(across) = key;
    one.adopted = true;
  }
}

Task<> PairMatcher::find_conflicts(PairPage& page) const {
  for (Touched& one : page.touched) {
    if (!one.pair.held) continue;
    ConflictFilter filter;
    filter.sync_id = plan_.sync_id;
    filter.pair = one.pair.id;
    const std::vector<Conflict> all = co_await context_.store.conflicts(std::move(filter), true);
    for (const Conflict& conflict : all)
      if (conflict.state != ConflictState::closed && !one.conflict) one.conflict = conflict;
  }
}

}  // namespace nexpo
