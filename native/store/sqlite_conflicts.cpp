#include "store/sqlite_conflicts.hpp"

#include <fmt/format.h>

#include "store/conflict_rules.hpp"
#include "store/run_state.hpp"

namespace nexpo::sqlite_conflicts {
namespace {

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

void write(sql::SqliteDatabase& database, int64_t sync, const Commit& commit, const std::vector<int64_t>& pairs) {
  const Time now = wall_now();
  for (const ConflictWrite& one : commit.conflicts)
    write_conflict(database, sync, conflict_to_keep(one, commit, pairs[one.place], now));
}

std::vector<Conflict> find(sql::SqliteDatabase& database, const ConflictFilter& filter, bool newest) {
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

}  // namespace nexpo::sqlite_conflicts
