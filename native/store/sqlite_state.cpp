#include "store/sqlite_state.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "store/intents.hpp"
#include "store/migrations.hpp"
#include "store/run_state.hpp"
#include "store/sqlite_conflicts.hpp"
#include "store/sqlite_pairs.hpp"

namespace nexpo {
namespace {

// 64 MB of log: records in no particular order change the same pages again and again, and each page that is moved once
// instead of twenty times is time saved. Measured: a third of the processor time of such commits, half of the waiting.
constexpr int kCheckpointPages = 16 * 1024;

// A step costs about a sixth of a search.
constexpr int kStepsBeforeSearch = 6;

Link link_of(const sql::SqliteStatement& row, int column) {
  return {row.string(column + 1), fingerprint_of_bytes(row.text(column)), fingerprint_of_bytes(row.text(column + 2)),
          fingerprint_of_bytes(row.text(column + 3)), fingerprint_of_bytes(row.text(column + 4))};
}

constexpr std::string_view kRunColumns =
    "run.id, sync.id, mode, state, run.cursor, plan_hash, error, started_at, ended_at, pages";

Run run_of(const sql::SqliteStatement& row) {
  Run run;
  run.id = row.integer(0);
  run.sync_id = row.string(1);
  run.mode = row.string(2);
  run.state = parse_run_state(row.text(3));
  run.cursor.text = row.string(4);
  run.plan_hash = row.string(5);
  run.error = row.string(6);
  run.started_at = from_micros(row.integer(7));
  if (!row.is_null(8)) run.ended_at = from_micros(row.integer(8));
  run.pages = row.integer(9);
  int column = 10;
  for (uint64_t* count : count_columns(run.counts)) *count = static_cast<uint64_t>(row.integer(column++));
  return run;
}

}  // namespace

SqliteState::SqliteState(const std::filesystem::path& file, int cache_kib)
    : database_(file, {.cache_kib = cache_kib, .checkpoint_pages = kCheckpointPages}) {
  migrate();
}

void SqliteState::migrate() {
  database_.execute(
      "CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, "
      "applied_at INTEGER NOT NULL)");
  const auto newest = [this] {
    int64_t number = 0;
    database_.statement("SELECT max(number) FROM migration").first([&](const auto& row) { number = row.integer(0); });
    return number;
  };
  const std::span<const Migration> known = sqlite_migrations();
  if (newest() > known.back().number) throw newer_database(database_.path(), newest(), known.back().number);
  for (const Migration& migration : known) {
    if (migration.number <= newest()) continue;
    sql::SqliteTransaction transaction(database_);
    if (migration.number <= newest()) continue;  // another process was quicker
    database_.execute(std::string(migration.sql));
    database_.statement("INSERT INTO migration VALUES (?, ?, ?)")
        .run(migration.number, migration.name, to_micros(wall_now()));
    transaction.commit();
  }
}

std::optional<SqliteState::Sync> SqliteState::find_sync(const std::string& sync_id) {
  Sync sync;
  const auto read = [&](const auto& row) { sync = {row.integer(0), row.integer(1)}; };
  if (!database_.statement("SELECT number, linked FROM sync WHERE id = ?").first(read, sync_id)) return std::nullopt;
  return sync;
}

SqliteState::Sync SqliteState::fenced(const Lease& lease) {
  Sync sync;
  int64_t newest = 0;
  const auto read = [&](const auto& row) {
    sync = {row.integer(0), row.integer(1)};
    newest = row.integer(2);
  };
  database_.statement("SELECT number, linked, epoch FROM sync WHERE id = ?").first(read, lease.sync_id);
  if (newest != lease.epoch || newest == 0) throw lost_lease(lease);
  return sync;
}

SqliteState::Taken SqliteState::take_lease(const std::string& sync_id) {
  sql::SqliteTransaction transaction(database_);
  Taken taken;
  database_
      .statement(
          "INSERT INTO sync (id, epoch) VALUES (?, 1) ON CONFLICT (id) DO UPDATE SET epoch = epoch + 1 "
          "RETURNING epoch, linked")
      .each(
          [&](const auto& row) {
            taken = {row.integer(0), row.integer(1)};
          },
          sync_id);
  transaction.commit();
  return taken;
}

SyncState SqliteState::load(const std::string& sync_id) {
  SyncState state;
  int64_t number = 0;
  const auto read = [&](const auto& row) {
    number = row.integer(0);
    state.cursor.text = row.string(1);
    state.linked = row.integer(2);
  };
  if (!database_.statement("SELECT number, cursor, linked FROM sync WHERE id = ?").first(read, sync_id)) return state;
  database_.statement("SELECT count(*) FROM rejected WHERE sync = ?")
      .first([&](const auto& row) { state.rejected = row.integer(0); }, number);
  for (Run& run : runs(sync_id, StateStore::kNewest, 1)) state.last = std::move(run);
  return state;
}

SqliteState::Begun SqliteState::begin_run(const Lease& lease, const std::string& mode, const std::string& plan_hash,
                                          Time now) {
  sql::SqliteTransaction transaction(database_);
  const Sync sync = fenced(lease);
  database_.statement("DELETE FROM seen WHERE run IN (SELECT id FROM run WHERE sync = ?)").run(sync.number);
  database_
      .statement(
          "DELETE FROM run WHERE sync = ?1 AND id <= "
          "(SELECT id FROM run WHERE sync = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)")
      .run(sync.number, kRunsKept - 1);
  database_.statement("INSERT INTO run (sync, mode, state, plan_hash, started_at) VALUES (?, ?, 'running', ?, ?)")
      .run(sync.number, mode, plan_hash, to_micros(now));
  Run run;
  run.id = sqlite3_last_insert_rowid(database_.handle());
  run.sync_id = lease.sync_id;
  run.mode = mode;
  run.plan_hash = plan_hash;
  run.started_at = now;
  const int64_t linked = recover(sync);
  transaction.commit();
  return {std::move(run), linked};
}

int64_t SqliteState::resume_run(const Lease& lease, int64_t run_id) {
  sql::SqliteTransaction transaction(database_);
  const Sync sync = fenced(lease);
  database_
      .statement(
          "UPDATE run SET state = 'running', error = '', ended_at = NULL WHERE id = ? AND sync = ? "
          "AND state <> 'succeeded'")
      .run(run_id, sync.number);
  if (database_.changes() == 0) throw run_not_resumable(lease, run_id);
  const int64_t linked = recover(sync);
  transaction.commit();
  return linked;
}

void SqliteState::end_run(const Lease& lease, int64_t run_id, RunState state, const Cursor& next,
                          const std::string& error, Time now) {
  sql::SqliteTransaction transaction(database_);
  const Sync sync = fenced(lease);
  database_.statement("UPDATE run SET state = ?, error = ?, ended_at = ? WHERE id = ? AND sync = ?")
      .run(name_of(state), error, to_micros(now), run_id, sync.number);
  if (state == RunState::succeeded) {
    database_.statement("UPDATE sync SET cursor = ? WHERE number = ?").run(next.text, sync.number);
    database_.statement("DELETE FROM seen WHERE run = ?").run(run_id);
    database_
        .statement(
            "DELETE FROM rejected WHERE sync = ?1 AND run <> ?2 AND "
            "(SELECT mode FROM run WHERE id = ?2) = 'full'")
        .run(sync.number, run_id);
  }
  transaction.commit();
}

// Keys are looked up in the order of the table. Where a page's keys lie close together, as those of a full read do,
// stepping on from the last one finds the next; where they do not, a new search does.
std::vector<std::optional<Link>> SqliteState::links(const std::string& sync_id,
                                                    const std::vector<std::string_view>& keys) {
  std::vector<std::optional<Link>> found(keys.size());
  const std::optional<Sync> sync = find_sync(sync_id);
  if (!sync || sync->linked == 0) return found;
  std::vector<uint32_t> order(keys.size());
  std::iota(order.begin(), order.end(), 0);
  const auto by_key = [&](uint32_t a, uint32_t b) { return keys[a] < keys[b]; };
  if (!std::is_sorted(order.begin(), order.end(), by_key)) std::sort(order.begin(), order.end(), by_key);

  sql::SqliteStatement& from_key = database_.statement(
      "SELECT source_key, fingerprint, target_key, shadow, pending, claim FROM link WHERE sync = ? AND source_key >= ? "
      "ORDER BY source_key");
  database_.execute("BEGIN");  // one snapshot, and its lock is taken once
  try {
    bool at_row = false;
    for (const uint32_t place : order) {
      const std::string_view key = keys[place];
      for (int steps = 0; at_row && steps < kStepsBeforeSearch && from_key.text(0) < key; ++steps)
        at_row = from_key.step();
      if (!at_row || from_key.text(0) < key) {
        from_key.reset();
        from_key.bind(1, sync->number);
        from_key.bind(2, key);
        at_row = from_key.step();
        if (!at_row) break;  // this key and all that follow lie behind the last link
      }
      if (from_key.text(0) == key) found[place] = link_of(from_key, 1);
    }
  } catch (...) {
    from_key.reset();
    database_.execute("ROLLBACK");
    throw;
  }
  from_key.reset();
  database_.execute("COMMIT");
  return found;
}

const SeenSet& SqliteState::seen_by(int64_t run_id) {
  int64_t pages = 0;
  database_.statement("SELECT count(*) FROM seen WHERE run = ?")
      .first([&](const auto& row) { pages = row.integer(0); }, run_id);
  if (seen_ && seen_->run_id() == run_id && seen_pages_ == pages) return *seen_;
  seen_.emplace(run_id);
  database_.statement("SELECT hashes FROM seen WHERE run = ?")
      .each([&](const auto& row) { seen_->add(row.text(0)); }, run_id);
  seen_->seal();
  seen_pages_ = pages;
  return *seen_;
}

std::vector<std::optional<std::string>> SqliteState::claimants(const std::string& sync_id,
                                                               const std::vector<Fingerprint>& claims) {
  std::vector<std::optional<std::string>> found(claims.size());
  const std::optional<Sync> sync = find_sync(sync_id);
  if (!sync || sync->linked == 0) return found;
  sql::SqliteStatement& by_claim = database_.statement("SELECT source_key FROM link WHERE sync = ? AND claim = ?");
  for (size_t i = 0; i < claims.size(); ++i)
    by_claim.first([&](const auto& row) { found[i] = row.string(0); }, sync->number, sql::Blob{bytes_of(claims[i])});
  return found;
}

std::vector<StateStore::Unseen> SqliteState::unseen(const std::string& sync_id, int64_t run_id,
                                                    const std::string& after, int limit) {
  std::vector<StateStore::Unseen> gone;
  const std::optional<Sync> sync = find_sync(sync_id);
  if (!sync) return gone;
  const SeenSet& seen = seen_by(run_id);
  sql::SqliteStatement& scan = database_.statement(
      "SELECT source_key, fingerprint, target_key, shadow, pending, claim FROM link WHERE sync = ? AND source_key > ? "
      "ORDER BY source_key");
  scan.bind(1, sync->number);
  scan.bind(2, std::string_view(after));
  while (gone.size() < static_cast<size_t>(limit) && scan.step())
    if (!seen.contains(scan.text(0))) gone.push_back({scan.string(0), link_of(scan, 1)});
  scan.reset();
  if (gone.empty()) seen_.reset();  // the end: its memory is no longer needed
  return gone;
}

std::vector<Pair> SqliteState::unseen_pairs(const std::string& sync_id, int64_t run_id, Side side, int64_t after,
                                            int limit) {
  std::vector<Pair> gone = sqlite_pairs::unseen(database_, sync_id, seen_by(run_id), side, after, limit);
  if (gone.empty()) seen_.reset();  // the end: its memory is no longer needed
  return gone;
}

std::vector<int64_t> SqliteState::announce(const Commit& page) {
  sql::SqliteTransaction transaction(database_);
  const int64_t sync = fenced(page.lease).number;
  std::vector<int64_t> ids = sqlite_pairs::write(database_, sync, page.pairs);
  sqlite_conflicts::write(database_, sync, page, ids);
  transaction.commit();
  return ids;
}

std::vector<RejectedRecord> SqliteState::rejected(const std::string& sync_id, std::optional<Side> side,
                                                  bool retryable_only, int64_t after, int limit) {
  std::vector<RejectedRecord> kept;
  const auto read = [&](const auto& row) {
    RejectedRecord one;
    one.id = row.integer(0);
    one.source_key = row.string(1);
    one.version = row.string(2);
    one.original = row.string(3);
    one.removal = row.integer(4) != 0;
    one.reason = {
        .code = row.string(5), .message = row.string(6), .field = row.string(7), .retryable = row.integer(8) != 0};
    one.attempts = static_cast<int>(row.integer(9));
    one.first_at = from_micros(row.integer(10));
    one.last_at = from_micros(row.integer(11));
    one.side = static_cast<Side>(row.integer(12));
    kept.push_back(std::move(one));
  };
  database_
      .statement(
          "SELECT rejected.id, source_key, version, original, removal, code, message, field, retryable, attempts, "
          "first_at, last_at, side FROM rejected JOIN sync ON sync.number = rejected.sync "
          "WHERE sync.id = ?1 AND rejected.id > ?2 AND retryable >= ?3 AND (?4 < 0 OR side = ?4) "
          "ORDER BY rejected.id LIMIT ?5")
      .each(read, sync_id, after, retryable_only, side ? static_cast<int>(*side) : -1, limit);
  return kept;
}

std::vector<Run> SqliteState::runs(const std::string& sync_id, int64_t before, int limit) {
  std::vector<Run> found;
  const auto read = [&](const auto& row) { found.push_back(run_of(row)); };
  const std::string from =
      fmt::format("SELECT {}, {} FROM run JOIN sync ON sync.number = run.sync", kRunColumns, kCountColumns);
  if (sync_id.empty()) {
    database_.statement(from + " WHERE run.id < ? ORDER BY run.id DESC LIMIT ?").each(read, before, limit);
  } else {
    database_.statement(from + " WHERE sync.id = ? AND run.id < ? ORDER BY run.id DESC LIMIT ?")
        .each(read, sync_id, before, limit);
  }
  return found;
}

void SqliteState::forget(const Lease& lease) {
  sql::SqliteTransaction transaction(database_);
  const Sync sync = fenced(lease);
  database_.statement("DELETE FROM seen WHERE run IN (SELECT id FROM run WHERE sync = ?)").run(sync.number);
  for (const std::string_view table : {"link", "run", "intent", "rejected", "pair", "conflict"})
    database_.statement(fmt::format("DELETE FROM {} WHERE sync = ?", table)).run(sync.number);
  database_.statement("UPDATE sync SET cursor = '', linked = 0 WHERE number = ?").run(sync.number);
  transaction.commit();
}

std::optional<std::string> SqliteState::secret(const std::string& name) {
  std::optional<std::string> sealed;
  database_.statement("SELECT sealed FROM secret WHERE name = ?")
      .first([&](const auto& row) { sealed = row.string(0); }, name);
  return sealed;
}

void SqliteState::put_secret(const std::string& name, const std::string& sealed) {
  database_.statement("INSERT INTO secret VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed")
      .run(name, sql::Blob{sealed});
}

}  // namespace nexpo
