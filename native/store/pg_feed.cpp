#include "store/pg_feed.hpp"

#include <fmt/format.h>

#include "sql/pg_copy.hpp"
#include "store/run_state.hpp"

namespace nexpo::pg_feed {
namespace {

using pqxx::binarystring;
using sql::PgArray;
using sql::PgElement;

std::string bytes(const pqxx::field& field) { return sql::from_hex({field.c_str(), field.size()}); }

/// The feed's number, its row locked, if the lease is the newest one; throws otherwise.
int64_t fenced(pqxx::work& transaction, const Lease& lease) {
  const pqxx::result found =
      transaction.exec_params("SELECT number FROM data_sync.sync WHERE id = $1 AND epoch = $2 AND epoch > 0 FOR UPDATE",
                              lease.sync_id, lease.epoch);
  if (found.empty()) throw lost_lease(lease);
  return found[0][0].as<int64_t>();
}

void insert(pqxx::work& transaction, const char* table, int64_t feed, const std::vector<FeedEntry>& entries) {
  if (entries.empty()) return;
  PgArray keys(PgElement::bytea), versions(PgElement::bytea), digests(PgElement::bytea), gone(PgElement::int8),
      passes(PgElement::int8);
  for (const FeedEntry& one : entries) {
    keys.add(one.key);
    versions.add(one.version);
    digests.add(bytes_of(one.digest));
    gone.add(int64_t{one.gone});
    passes.add(one.pass);
  }
  transaction.exec_params(
      fmt::format("INSERT INTO data_sync.{} (feed, key, version, digest, gone, pass) "
                  "SELECT $1, key, version, digest, gone = 1, pass FROM unnest($2::bytea[], $3::bytea[], $4::bytea[], "
                  "$5::bigint[], $6::bigint[]) AS one (key, version, digest, gone, pass) "
                  "ON CONFLICT (feed, key) DO UPDATE SET version = excluded.version, digest = excluded.digest, "
                  "gone = excluded.gone, pass = excluded.pass",
                  table),
      feed, binarystring(keys.bytes()), binarystring(versions.bytes()), binarystring(digests.bytes()),
      binarystring(gone.bytes()), binarystring(passes.bytes()));
}

void accept(pqxx::work& transaction, int64_t feed) {
  transaction.exec_params(
      "INSERT INTO data_sync.feed_entry (feed, key, version, digest, gone, pass) "
      "SELECT feed, key, version, digest, gone, pass FROM data_sync.feed_offer WHERE feed = $1 "
      "ON CONFLICT (feed, key) DO UPDATE SET version = excluded.version, digest = excluded.digest, "
      "gone = excluded.gone, pass = excluded.pass",
      feed);
}

void forget_below(pqxx::work& transaction, int64_t feed, int64_t pass) {
  transaction.exec_params(
      "WITH gone AS (DELETE FROM data_sync.feed_entry WHERE feed = $1 AND pass < $2 RETURNING version), "
      "highest AS (SELECT version FROM gone ORDER BY version DESC LIMIT 1) "
      "UPDATE data_sync.feed SET settled = highest.version FROM highest WHERE sync = $1 AND highest.version > settled",
      feed, pass);
}

}  // namespace

std::optional<FeedState> load(sql::PgConnection& connection, const std::string& feed) {
  const pqxx::result found = pqxx::nontransaction(connection)
                                 .exec_params(
                                     "SELECT state, settled FROM data_sync.feed "
                                     "WHERE sync = (SELECT number FROM data_sync.sync WHERE id = $1)",
                                     feed);
  if (found.empty()) return std::nullopt;
  return FeedState{bytes(found[0][0]), bytes(found[0][1])};
}

std::vector<std::optional<FeedEntry>> entries(sql::PgConnection& connection, const std::string& feed,
                                              const std::vector<std::string_view>& keys) {
  std::vector<std::optional<FeedEntry>> out(keys.size());
  PgArray wanted(PgElement::bytea, keys.size());
  for (const std::string_view key : keys) wanted.add(key);
  const pqxx::result found = pqxx::nontransaction(connection)
                                 .exec_params(
                                     "SELECT place, version, digest, gone, pass "
                                     "FROM unnest($2::bytea[]) WITH ORDINALITY AS wanted (key, place) "
                                     "JOIN data_sync.feed_entry AS entry ON entry.key = wanted.key "
                                     "WHERE entry.feed = (SELECT number FROM data_sync.sync WHERE id = $1)",
                                     feed, binarystring(wanted.bytes()));
  for (const pqxx::row& row : found) {
    const auto place = row[0].as<size_t>() - 1;
    out[place] = FeedEntry{std::string(keys[place]), bytes(row[1]), fingerprint_of_bytes(bytes(row[2])),
                           row[3].as<bool>(), row[4].as<int64_t>()};
  }
  return out;
}

std::string commit(sql::PgConnection& connection, const FeedCommit& commit) {
  pqxx::work transaction(connection);
  const int64_t feed = fenced(transaction, commit.lease);
  transaction.exec_params(
      "INSERT INTO data_sync.feed (sync, state) VALUES ($1, $2) ON CONFLICT (sync) DO UPDATE SET state = "
      "excluded.state",
      feed, binarystring(commit.state));
  if (commit.accept) accept(transaction, feed);
  transaction.exec_params("DELETE FROM data_sync.feed_offer WHERE feed = $1", feed);
  insert(transaction, "feed_entry", feed, commit.known);
  if (commit.forget_below > 0) forget_below(transaction, feed, commit.forget_below);
  insert(transaction, "feed_offer", feed, commit.offered);
  std::string settled =
      bytes(transaction.exec_params("SELECT settled FROM data_sync.feed WHERE sync = $1", feed)[0][0]);
  transaction.commit();
  return settled;
}

void forget(sql::PgConnection& connection, const Lease& lease) {
  pqxx::work transaction(connection);
  const int64_t feed = fenced(transaction, lease);
  transaction.exec_params("DELETE FROM data_sync.feed_offer WHERE feed = $1", feed);
  transaction.exec_params("DELETE FROM data_sync.feed_entry WHERE feed = $1", feed);
  transaction.exec_params("DELETE FROM data_sync.feed WHERE sync = $1", feed);
  transaction.commit();
}

}  // namespace nexpo::pg_feed
