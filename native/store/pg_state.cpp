#include "store/pg_state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "sql/pg_copy.hpp"
#include "store/intents.hpp"
#include "store/migrations.hpp"
#include "store/run_state.hpp"

namespace nexpo::pg_state {
namespace {

using pqxx::binarystring;

// Held while tables are made, so that two processes that start at once do not both make them.
constexpr int64_t kMigrationLock = 0x6461746173796e63;  // "datasync"

std::string_view view(const pqxx::field& field) { return {field.c_str(), field.size()}; }
std::string bytes(const pqxx::field& field) { return sql::from_hex(view(field)); }
int64_t integer(const pqxx::field& field) { return field.as<int64_t>(); }

/// Runs one statement in a transaction of its own, prepared once in each session: one round trip.
template <class... Values>
pqxx::result once(PgConnection& connection, const char* name, const char* sql, const Values&... values) {
  prepare_once(connection, name, sql);
  return pqxx::nontransaction(connection).exec_prepared(name, values...);
}

/// The sync's number, its row locked, if `lease` is the newest one; throws otherwise.
int64_t fenced(pqxx::work& transaction, const Lease& lease) {
  const pqxx::result found =
      transaction.exec_params("SELECT number FROM data_sync.sync WHERE id = $1 AND epoch = $2 AND epoch > 0 FOR UPDATE",
                              lease.sync_id, lease.epoch);
  if (found.empty()) throw lost_lease(lease);
  return integer(found[0][0]);
}

Link link_of(const pqxx::row& row, pqxx::row::size_type column) {
  return {bytes(row[column + 1]), fingerprint_of_bytes(bytes(row[column])),
          fingerprint_of_bytes(bytes(row[column + 2])), fingerprint_of_bytes(bytes(row[column + 3])),
          fingerprint_of_bytes(bytes(row[column + 4]))};
}

/// Turns unfulfilled intents into links in doubt. Gives the number of records that are linked afterwards.
int64_t recover(pqxx::work& transaction, int64_t sync) {
  for (const pqxx::row& page :
       transaction.exec_params("DELETE FROM data_sync.intent WHERE sync = $1 RETURNING packed, id", sync)) {
    const std::string packed = bytes(page[0]);
    sql::PgArray keys(sql::PgElement::bytea), targets(sql::PgElement::bytea), prints(sql::PgElement::bytea),
        shadows(sql::PgElement::bytea), claims(sql::PgElement::bytea);
    const auto add_known = [](sql::PgArray& list, const Fingerprint& print) {
      if (print.empty())
        list.add_null();
      else
        list.add(bytes_of(print));
    };
    for (const LinkWrite& one : unpack_intents(packed)) {
      keys.add(one.source_key);
      targets.add(one.target_key);
      prints.add(bytes_of(one.fingerprint));
      add_known(shadows, one.shadow);
      add_known(claims, one.claim);
    }
    transaction.exec_params(
        "WITH written AS (INSERT INTO data_sync.link (sync, source_key, fingerprint, target_key, pending, shadow, "
        "claim) "
        "SELECT $1, key, $6, nullif(target, ''), print, shadow, claim "
        "FROM unnest($2::bytea[], $3::bytea[], $4::bytea[], $5::bytea[], $7::bytea[]) "
        "AS one (key, target, print, shadow, claim) "
        "ON CONFLICT (sync, source_key) DO UPDATE SET pending = EXCLUDED.pending, "
        "shadow = coalesce(EXCLUDED.shadow, link.shadow) RETURNING xmax = 0 AS added) UPDATE data_sync.sync SET linked "
        "= linked + "
        "(SELECT count(*) FILTER (WHERE added) FROM written) WHERE number = $1",
        sync, binarystring(keys.bytes()), binarystring(targets.bytes()), binarystring(prints.bytes()),
        binarystring(shadows.bytes()), binarystring(std::string(bytes_of({}))), binarystring(claims.bytes()));
  }
  return integer(transaction.exec_params("SELECT linked FROM data_sync.sync WHERE number = $1", sync)[0][0]);
}

constexpr std::string_view kRunColumns =
    "run.id, sync.id, mode, state, run.cursor, plan_hash, error, started_at, ended_at, pages";

Run run_of(const pqxx::row& row) {
  Run run;
  run.id = integer(row[0]);
  run.sync_id = row[1].as<std::string>();
  run.mode = row[2].as<std::string>();
  run.state = parse_run_state(view(row[3]));
  run.cursor.text = bytes(row[4]);
  run.plan_hash = row[5].as<std::string>();
  run.error = bytes(row[6]);
  run.started_at = from_micros(integer(row[7]));
  if (!row[8].is_null()) run.ended_at = from_micros(integer(row[8]));
  run.pages = integer(row[9]);
  pqxx::row::size_type column = 10;
  for (uint64_t* count : count_columns(run.counts)) *count = row[column++].as<uint64_t>();
  return run;
}

}  // namespace

void migrate(PgConnection& connection) {
  pqxx::work transaction(connection);
  transaction.exec_params("SELECT pg_advisory_xact_lock($1)", kMigrationLock);
  // Asked first: a user who may not make schemas can still use a store that is there.
  if (transaction.exec("SELECT to_regclass('data_sync.migration')")[0][0].is_null()) {
    transaction.exec("CREATE SCHEMA IF NOT EXISTS data_sync");
    transaction.exec(
        "CREATE TABLE data_sync.migration (number bigint PRIMARY KEY, name text NOT NULL, "
        "applied_at timestamptz NOT NULL DEFAULT now())");
  }
  const std::span<const Migration> known = pg_migrations();
  const auto newest = integer(transaction.exec("SELECT coalesce(max(number), 0) FROM data_sync.migration")[0][0]);
  if (newest > known.back().number) throw newer_database(connection.address().shown(), newest, known.back().number);
  for (const Migration& migration : known) {
    if (migration.number <= newest) continue;
    transaction.exec(std::string(migration.sql));
    transaction.exec_params("INSERT INTO data_sync.migration (number, name) VALUES ($1, $2)", migration.number,
                            std::string(migration.name));
  }
  transaction.commit();
}

std::optional<Taken> take_lease(PgConnection& connection, const std::string& sync_id, const std::string& holder) {
  pqxx::nontransaction session(connection);
  const pqxx::result locked =
      session.exec_params("SELECT pg_try_advisory_lock(hashtextextended('data-sync ' || $1, 0))", sync_id);
  if (!locked[0][0].as<bool>()) return std::nullopt;
  const pqxx::result taken = session.exec_params(
      "INSERT INTO data_sync.sync (id, epoch, holder) VALUES ($1, 1, $2) "
      "ON CONFLICT (id) DO UPDATE SET epoch = sync.epoch + 1, holder = EXCLUDED.holder RETURNING epoch, linked",
      sync_id, holder);
  return Taken{integer(taken[0][0]), integer(taken[0][1])};
}

void drop_lease(PgConnection& connection, const std::string& sync_id) {
  pqxx::nontransaction(connection)
      .exec_params("SELECT pg_advisory_unlock(hashtextextended('data-sync ' || $1, 0))", sync_id);
}

std::string holder_of(PgConnection& connection, const std::string& sync_id) {
  const pqxx::result found =
      pqxx::nontransaction(connection).exec_params("SELECT holder FROM data_sync.sync WHERE id = $1", sync_id);
  return found.empty() ? "" : found[0][0].as<std::string>();
}

SyncState load(PgConnection& connection, const std::string& sync_id) {
  SyncState state;
  const pqxx::result found = pqxx::nontransaction(connection)
                                 .exec_params(
                                     "SELECT cursor, linked, (SELECT count(*) FROM data_sync.rejected "
                                     "WHERE sync = number) FROM data_sync.sync WHERE id = $1",
                                     sync_id);
  if (found.empty()) return state;
  state.cursor.text = bytes(found[0][0]);
  state.linked = integer(found[0][1]);
  state.rejected = integer(found[0][2]);
  for (Run& run : runs(connection, sync_id, StateStore::kNewest, 1)) state.last = std::move(run);
  return state;
}

Begun begin_run(PgConnection& connection, const Lease& lease, const std::string& mode, const std::string& plan_hash,
                Time now) {
  pqxx::work transaction(connection);
  const int64_t sync = fenced(transaction, lease);
  transaction.exec_params("DELETE FROM data_sync.seen WHERE run IN (SELECT id FROM data_sync.run WHERE sync = $1)",
                          sync);
  transaction.exec_params(
      "DELETE FROM data_sync.run WHERE sync = $1 AND id <= "
      "(SELECT id FROM data_sync.run WHERE sync = $1 ORDER BY id DESC LIMIT 1 OFFSET $2)",
      sync, kRunsKept - 1);
  const pqxx::result begun = transaction.exec_params(
      "INSERT INTO data_sync.run (sync, mode, state, plan_hash, started_at) "
      "VALUES ($1, $2, 'running', $3, $4) RETURNING id",
      sync, mode, plan_hash, to_micros(now));
  Run run;
  run.id = integer(begun[0][0]);
  run.sync_id = lease.sync_id;
  run.mode = mode;
  run.plan_hash = plan_hash;
  run.started_at = now;
  const int64_t linked = recover(transaction, sync);
  transaction.commit();
  return {std::move(run), linked};
}

int64_t resume_run(PgConnection& connection, const Lease& lease, int64_t run_id) {
  pqxx::work transaction(connection);
  const int64_t sync = fenced(transaction, lease);
  const pqxx::result resumed = transaction.exec_params(
      "UPDATE data_sync.run SET state = 'running', error = '', ended_at = NULL "
      "WHERE id = $1 AND sync = $2 AND state <> 'succeeded'",
      run_id, sync);
  if (resumed.affected_rows() == 0) throw run_not_resumable(lease, run_id);
  const int64_t linked = recover(transaction, sync);
  transaction.commit();
  return linked;
}

int64_t intend(PgConnection& connection, const Lease& lease, const std::vector<LinkWrite>& intents) {
  const pqxx::result noted =
      once(connection, "intend",
           "WITH fence AS (SELECT number FROM data_sync.sync WHERE id = $1 AND epoch = $2 AND epoch > 0 FOR UPDATE) "
           "INSERT INTO data_sync.intent (sync, packed) SELECT number, $3 FROM fence RETURNING id",
           lease.sync_id, lease.epoch, binarystring(pack_intents(intents)));
  if (noted.empty()) throw lost_lease(lease);
  return integer(noted[0][0]);
}

void end_run(PgConnection& connection, const Lease& lease, int64_t run_id, RunState state, const Cursor& next,
             const std::string& error, Time now) {
  pqxx::work transaction(connection);
  const int64_t sync = fenced(transaction, lease);
  transaction.exec_params("UPDATE data_sync.run SET state = $1, error = $2, ended_at = $3 WHERE id = $4 AND sync = $5",
                          std::string(name_of(state)), binarystring(error), to_micros(now), run_id, sync);
  if (state == RunState::succeeded) {
    transaction.exec_params("UPDATE data_sync.sync SET cursor = $1 WHERE number = $2", binarystring(next.text), sync);
    transaction.exec_params("DELETE FROM data_sync.seen WHERE run = $1", run_id);
    transaction.exec_params(
        "DELETE FROM data_sync.rejected USING data_sync.run WHERE rejected.sync = $1 "
        "AND rejected.run <> $2 AND run.id = $2 AND run.mode = 'full'",
        sync, run_id);
  }
  transaction.commit();
}

void forget(PgConnection& connection, const Lease& lease) {
  pqxx::work transaction(connection);
  const int64_t sync = fenced(transaction, lease);
  transaction.exec_params("DELETE FROM data_sync.seen WHERE run IN (SELECT id FROM data_sync.run WHERE sync = $1)",
                          sync);
  for (const char* table : {"link", "run", "intent", "rejected", "pair", "conflict"})
    transaction.exec_params(fmt::format("DELETE FROM data_sync.{} WHERE sync = $1", table), sync);
  transaction.exec_params("UPDATE data_sync.sync SET cursor = '', linked = 0 WHERE number = $1", sync);
  transaction.commit();
}

std::vector<std::optional<Link>> links(PgConnection& connection, const std::string& sync_id,
                                       const std::vector<std::string_view>& keys) {
  std::vector<std::optional<Link>> out(keys.size());
  sql::PgArray wanted(sql::PgElement::bytea, keys.size());
  for (const std::string_view key : keys) wanted.add(key);
  const pqxx::result found = once(connection, "links",
                                  "SELECT place, fingerprint, target_key, shadow, pending, claim "
                                  "FROM unnest($2::bytea[]) WITH ORDINALITY AS wanted (key, place) "
                                  "JOIN data_sync.link ON link.source_key = wanted.key "
                                  "WHERE link.sync = (SELECT number FROM data_sync.sync WHERE id = $1)",
                                  sync_id, binarystring(wanted.bytes()));
  for (const pqxx::row& row : found) out[static_cast<size_t>(integer(row[0])) - 1] = link_of(row, 1);
  return out;
}

std::vector<std::optional<std::string>> claimants(PgConnection& connection, const std::string& sync_id,
                                                  const std::vector<Fingerprint>& claims) {
  std::vector<std::optional<std::string>> out(claims.size());
  sql::PgArray wanted(sql::PgElement::bytea, claims.size());
  for (const Fingerprint& claim : claims) wanted.add(bytes_of(claim));
  const pqxx::result found = once(connection, "claimants",
                                  "SELECT place, source_key FROM unnest($2::bytea[]) WITH ORDINALITY AS wanted (claim, "
                                  "place) JOIN data_sync.link ON link.claim = wanted.claim "
                                  "WHERE link.sync = (SELECT number FROM data_sync.sync WHERE id = $1)",
                                  sync_id, binarystring(wanted.bytes()));
  for (const pqxx::row& row : found) out[static_cast<size_t>(integer(row[0])) - 1] = bytes(row[1]);
  return out;
}

std::vector<StateStore::Unseen> link_page(PgConnection& connection, const std::string& sync_id,
                                          const std::string& after, int limit) {
  const pqxx::result found =
      once(connection, "link_page",
           "SELECT source_key, fingerprint, target_key, shadow, pending, claim "
           "FROM data_sync.link WHERE sync = (SELECT number FROM data_sync.sync WHERE id = $1) AND source_key > $2 "
           "ORDER BY source_key LIMIT $3",
           sync_id, binarystring(after), limit);
  std::vector<StateStore::Unseen> page;
  page.reserve(found.size());
  for (const pqxx::row& row : found) page.push_back({bytes(row[0]), link_of(row, 1)});
  return page;
}

int64_t seen_pages(PgConnection& connection, int64_t run_id) {
  return integer(once(connection, "seen_pages", "SELECT count(*) FROM data_sync.seen WHERE run = $1", run_id)[0][0]);
}

void read_seen(PgConnection& connection, int64_t run_id, SeenSet& into) {
  constexpr int kPagesAtOnce = 200;
  for (int64_t after = 0;;) {
    const pqxx::result found = once(connection, "read_seen",
                                    "SELECT page, hashes FROM data_sync.seen WHERE run = $1 AND page > $2 "
                                    "ORDER BY page LIMIT $3",
                                    run_id, after, kPagesAtOnce);
    if (found.empty()) return;
    for (const pqxx::row& row : found) into.add(bytes(row[1]));
    after = integer(found.back()[0]);
  }
}

std::vector<RejectedRecord> rejected(PgConnection& connection, const std::string& sync_id, std::optional<Side> side,
                                     bool retryable_only, int64_t after, int limit) {
  const pqxx::result found = pqxx::nontransaction(connection)
                                 .exec_params(
                                     "SELECT rejected.id, source_key, version, original, removal, code, message, "
                                     "field, retryable, attempts, first_at, last_at, side FROM data_sync.rejected "
                                     "JOIN data_sync.sync ON sync.number = rejected.sync WHERE sync.id = $1 "
                                     "AND rejected.id > $2 AND (retryable OR NOT $3) AND ($5 < 0 OR side = $5) "
                                     "ORDER BY rejected.id LIMIT $4",
                                     sync_id, after, retryable_only, limit, side ? static_cast<int>(*side) : -1);
  std::vector<RejectedRecord> kept;
  for (const pqxx::row& row : found) {
    RejectedRecord one;
    one.id = integer(row[0]);
    one.source_key = bytes(row[1]);
    one.version = bytes(row[2]);
    one.original = bytes(row[3]);
    one.removal = row[4].as<bool>();
    one.reason = {
        .code = bytes(row[5]), .message = bytes(row[6]), .field = bytes(row[7]), .retryable = row[8].as<bool>()};
    one.attempts = row[9].as<int>();
    one.first_at = from_micros(integer(row[10]));
    one.last_at = from_micros(integer(row[11]));
    one.side = static_cast<Side>(integer(row[12]));
    kept.push_back(std::move(one));
  }
  return kept;
}

std::vector<Run> runs(PgConnection& connection, const std::string& sync_id, int64_t before, int limit) {
  const std::string sql = fmt::format(
      "SELECT {}, {} FROM data_sync.run JOIN data_sync.sync ON sync.number = run.sync "
      "WHERE ($1 = '' OR sync.id = $1) AND run.id < $2 ORDER BY run.id DESC LIMIT $3",
      kRunColumns, kCountColumns);
  std::vector<Run> found;
  for (const pqxx::row& row : pqxx::nontransaction(connection).exec_params(sql, sync_id, before, limit))
    found.push_back(run_of(row));
  return found;
}

std::optional<std::string> secret(PgConnection& connection, const std::string& name) {
  const pqxx::result found =
      pqxx::nontransaction(connection).exec_params("SELECT sealed FROM data_sync.secret WHERE name = $1", name);
  return found.empty() ? std::nullopt : std::optional(bytes(found[0][0]));
}

void put_secret(PgConnection& connection, const std::string& name, const std::string& sealed) {
  pqxx::nontransaction(connection)
      .exec_params(
          "INSERT INTO data_sync.secret VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET sealed = EXCLUDED.sealed",
          name, binarystring(sealed));
}

}  // namespace nexpo::pg_state
