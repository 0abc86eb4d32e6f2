#include "store/sqlite_pairs.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "store/conflict_rules.hpp"
#include "store/run_state.hpp"

namespace nexpo::sqlite_pairs {
namespace {

constexpr std::string_view kPairColumns =
    "pair.id, key, source_key, target_key, source_version, target_version, state, buried_at, held, doubt";

Pair pair_of(const sql::SqliteStatement& row) {
  Pair pair;
  pair.id = row.integer(0);
  pair.key = row.string(1);
  pair.source_key = row.string(2);
  pair.target_key = row.string(3);
  pair.source_version = row.string(4);
  pair.target_version = row.string(5);
  pair.state = row.string(6);
  pair.buried = !row.is_null(7);
  pair.held = row.integer(8) != 0;
  pair.doubt = static_cast<uint8_t>(row.integer(9));
  return pair;
}

constexpr std::string_view kConflictColumns =
    "conflict.id, sync.id, pair, key, source_key, target_key, kind, state, outcome, fields, body, sealed, source_hash, "
    "target_hash, decision, actor, run, opened_at, changed_at FROM conflict JOIN sync ON sync.number = conflict.sync";

Conflict conflict_of(const sql::SqliteStatement& row) {
  Conflict one;
  one.id = row.integer(0);
  one.sync_id = row.string(1);
  one.pair = row.integer(2);
  one.key = row.string(3);
  one.source_key = row.string(4);
  one.target_key = row.string(5);
  one.kind = row.string(6);
  one.state = parse_conflict_state(row.text(7));
  one.outcome = row.string(8);
  one.fields = row.string(9);
  one.body = row.string(10);
  one.sealed = row.string(11);
  one.source_hash = row.string(12);
  one.target_hash = row.string(13);
  one.decision = row.string(14);
  one.actor = row.string(15);
  one.run = row.integer(16);
  one.opened_at = from_micros(row.integer(17));
  one.changed_at = from_micros(row.integer(18));
  return one;
}

/// The statement that finds one pair; its parameters are the sync's id and the key.
std::string find_statement(PairBy by) {
  const std::string_view where = by == PairBy::source   ? "source_key = ?2"
                                 : by == PairBy::target ? "target_key = ?2"
                                                        : "key = ?2 AND buried_at IS NULL";
  return fmt::format(
      "SELECT {} FROM pair WHERE sync = (SELECT number FROM sync WHERE id = ?1) AND {} "
      "ORDER BY buried_at IS NOT NULL, pair.id LIMIT 1",
      kPairColumns, where);
}

std::optional<Conflict> conflict_by_id(sql::SqliteDatabase& database, int64_t id) {
  std::optional<Conflict> found;
  database.statement(fmt::format("SELECT {} WHERE conflict.id = ?", kConflictColumns))
      .first([&](const auto& row) { found = conflict_of(row); }, id);
  return found;
}

std::optional<Conflict> waiting_conflict(sql::SqliteDatabase& database, int64_t pair) {
  std::optional<Conflict> found;
  database.statement(fmt::format("SELECT {} WHERE pair = ? AND state <> 'closed'", kConflictColumns))
      .first([&](const auto& row) { found = conflict_of(row); }, pair);
  return found;
}

void insert_conflict(sql::SqliteDatabase& database, int64_t sync, const Conflict& one) {
  database
      .statement(
          "INSERT INTO conflict (sync, pair, key, source_key, target_key, kind, state, outcome, fields, body, sealed, "
          "source_hash, target_hash, decision, actor, run, opened_at, changed_at) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .run(sync, one.pair, one.key, one.source_key, one.target_key, one.kind, name_of(one.state), one.outcome,
           one.fields, one.body, sql::Blob{one.sealed}, one.source_hash, one.target_hash, one.decision, one.actor,
           one.run, to_micros(one.opened_at), to_micros(one.changed_at));
}

void update_conflict(sql::SqliteDatabase& database, const Conflict& one) {
  database
      .statement(
          "UPDATE conflict SET key = ?2, source_key = ?3, target_key = ?4, kind = ?5, state = ?6, outcome = ?7, "
          "fields = ?8, body = ?9, sealed = ?10, source_hash = ?11, target_hash = ?12, decision = ?13, actor = ?14, "
          "changed_at = ?15 WHERE id = ?1")
      .run(one.id, one.key, one.source_key, one.target_key, one.kind, name_of(one.state), one.outcome, one.fields,
           one.body, sql::Blob{one.sealed}, one.source_hash, one.target_hash, one.decision, one.actor,
           to_micros(one.changed_at));
}

void write_conflict(sql::SqliteDatabase& database, int64_t sync, Conflict next) {
  std::optional<Conflict> kept;
  if (next.id != 0) {
    kept = conflict_by_id(database, next.id);
    if (!kept) return;  // its time was over meanwhile
  } else if (next.state != ConflictState::closed) {
    kept = waiting_conflict(database, next.pair);
  }
  if (!kept) return insert_conflict(database, sync, next);
  update_conflict(database, replaced(*kept, std::move(next)));
}

}  // namespace

std::vector<std::optional<Pair>> find(sql::SqliteDatabase& database, const std::string& sync_id, PairBy by,
                                      const std::vector<std::string_view>& keys) {
  std::vector<std::optional<Pair>> found(keys.size());
  sql::SqliteStatement& statement = database.statement(find_statement(by));
  for (size_t i = 0; i < keys.size(); ++i)
    statement.first([&](const auto& row) { found[i] = pair_of(row); }, sync_id, keys[i]);
  return found;
}

std::vector<Pair> by_id(sql::SqliteDatabase& database, const std::string& sync_id, const std::vector<int64_t>& ids) {
  std::vector<int64_t> wanted = ids;
  std::sort(wanted.begin(), wanted.end());
  wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
  std::vector<Pair> found;
  sql::SqliteStatement& statement = database.statement(fmt::format(
      "SELECT {} FROM pair WHERE pair.id = ? AND sync = (SELECT number FROM sync WHERE id = ?)", kPairColumns));
  for (const int64_t id : wanted) statement.first([&](const auto& row) { found.push_back(pair_of(row)); }, id, sync_id);
  return found;
}

std::vector<Pair> unseen(sql::SqliteDatabase& database, const std::string& sync_id, const SeenSet& seen, Side side,
                         int64_t after, int limit) {
  std::vector<Pair> gone;
  sql::SqliteStatement& scan = database.statement(
      fmt::format("SELECT {} FROM pair WHERE sync = (SELECT number FROM sync WHERE id = ?) AND pair.id > ? "
                  "AND buried_at IS NULL AND source_key IS NOT NULL AND target_key IS NOT NULL ORDER BY pair.id",
                  kPairColumns));
  scan.bind(1, std::string_view(sync_id));
  scan.bind(2, after);
  const int key = side == Side::source ? 2 : 3;
  while (gone.size() < static_cast<size_t>(limit) && scan.step())
    if (!seen.contains(scan.text(key), side)) gone.push_back(pair_of(scan));
  scan.reset();
  return gone;
}

std::vector<int64_t> write(sql::SqliteDatabase& database, int64_t sync, const std::vector<Pair>& pairs) {
  std::vector<int64_t> ids;
  ids.reserve(pairs.size());
  const int64_t now = to_micros(wall_now());
  // A pair that was dropped meanwhile comes back under its number.
  sql::SqliteStatement& upsert = database.statement(
      "INSERT INTO pair (id, sync, key, source_key, target_key, source_version, target_version, state, held, doubt, "
      "buried_at) VALUES (nullif(?1, 0), ?2, ?3, nullif(?4, ''), nullif(?5, ''), ?6, ?7, ?8, ?9, ?10, nullif(?11, 0)) "
      "ON CONFLICT (id) DO UPDATE SET key = excluded.key, source_key = excluded.source_key, "
      "target_key = excluded.target_key, source_version = excluded.source_version, "
      "target_version = excluded.target_version, state = excluded.state, held = excluded.held, "
      "doubt = excluded.doubt, buried_at = CASE WHEN excluded.buried_at IS NULL THEN NULL "
      "ELSE ifnull(pair.buried_at, excluded.buried_at) END RETURNING id");
  for (const Pair& one : pairs)
    upsert.first([&](const auto& row) { ids.push_back(row.integer(0)); }, one.id, sync, one.key, one.source_key,
                 one.target_key, one.source_version, one.target_version, sql::Blob{one.state}, one.held, one.doubt,
                 one.buried ? now : 0);
  return ids;
}

void commit(sql::SqliteDatabase& database, int64_t sync, const Commit& commit) {
  const std::vector<int64_t> ids = write(database, sync, commit.pairs);
  const Time now = wall_now();
  for (const ConflictWrite& one : commit.conflicts)
    write_conflict(database, sync, conflict_to_keep(one, commit, ids[one.place], now));
}

std::vector<Conflict> conflicts(sql::SqliteDatabase& database, const ConflictFilter& filter, bool newest) {
  const FieldMarks marks = marks_of(filter.field);
  std::string where =
      "(?1 = '' OR sync.id = ?1) AND (?2 = '' OR state = ?2) AND (?3 = '' OR outcome = ?3) "
      "AND (?4 = '' OR kind = ?4) AND (?5 = '' OR instr(fields, ?5) > 0 OR instr(fields, ?6) > 0) "
      "AND (?7 = '' OR ?7 IN (key, source_key, target_key)) AND (?8 = 0 OR pair = ?8) ";
  where += newest ? "AND (?9 = 0 OR conflict.id < ?9) ORDER BY conflict.id DESC LIMIT ?10"
                  : "AND conflict.id > ?9 ORDER BY conflict.id LIMIT ?10";
  std::vector<Conflict> found;
  database.statement(fmt::format("SELECT {} WHERE {}", kConflictColumns, where))
      .each([&](const auto& row) { found.push_back(conflict_of(row)); }, filter.sync_id,
            filter.state ? name_of(*filter.state) : "", filter.outcome, filter.kind, marks.first, marks.later,
            filter.key, filter.pair, filter.after, filter.limit);
  return found;
}

std::vector<ConflictCount> counts(sql::SqliteDatabase& database) {
  std::vector<ConflictCount> found;
  database
      .statement(
          "SELECT sync.id, count(*) FILTER (WHERE state = 'open'), count(*) FILTER (WHERE state = 'decided') "
          "FROM conflict JOIN sync ON sync.number = conflict.sync WHERE state <> 'closed' GROUP BY sync.id "
          "ORDER BY sync.id")
      .each([&](const auto& row) {
        found.push_back({row.string(0), row.integer(1), row.integer(2)});
      });
  return found;
}

Conflict decide(sql::SqliteDatabase& database, const PairStore::Decide& decide) {
  sql::SqliteTransaction transaction(database);
  std::optional<Conflict> kept = conflict_by_id(database, decide.id);
  if (!kept) throw no_conflict(decide.id);
  const std::optional<Conflict> waiting = waiting_conflict(database, kept->pair);
  Conflict next = decided(std::move(*kept), decide, waiting && waiting->id != decide.id);
  update_conflict(database, next);
  database.statement("UPDATE pair SET held = 1 WHERE id = ?").run(next.pair);
  transaction.commit();
  return next;
}

}  // namespace nexpo::sqlite_pairs
