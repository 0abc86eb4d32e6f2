#include "store/sqlite_feed.hpp"

#include <algorithm>

#include "store/run_state.hpp"

namespace nexpo::sqlite_feed {
namespace {

/// The feed's number, if the lease is the newest one; throws otherwise. Inside a transaction.
int64_t fenced(sql::SqliteDatabase& database, const Lease& lease) {
  int64_t number = 0;
  const bool newest = database.statement("SELECT number FROM sync WHERE id = ? AND epoch = ? AND epoch > 0")
                          .first([&](const auto& row) { number = row.integer(0); }, lease.sync_id, lease.epoch);
  if (!newest) throw lost_lease(lease);
  return number;
}

void insert(sql::SqliteStatement& statement, int64_t feed, const std::vector<FeedEntry>& entries) {
  for (const FeedEntry& one : entries)
    statement.run(feed, std::string_view(one.key), std::string_view(one.version), sql::Blob{bytes_of(one.digest)},
                  int{one.gone}, one.pass);
}

void forget_below(sql::SqliteDatabase& database, int64_t feed, int64_t pass) {
  database
      .statement(
          "UPDATE feed SET settled = max(settled, (SELECT coalesce(max(version), '') FROM feed_entry "
          "WHERE feed = ?1 AND pass < ?2)) WHERE sync = ?1")
      .run(feed, pass);
  database.statement("DELETE FROM feed_entry WHERE feed = ? AND pass < ?").run(feed, pass);
}

}  // namespace

std::optional<FeedState> load(sql::SqliteDatabase& database, const std::string& feed) {
  FeedState state;
  const bool found =
      database.statement("SELECT state, settled FROM feed WHERE sync = (SELECT number FROM sync WHERE id = ?)")
          .first(
              [&](const auto& row) {
                state = {row.string(0), row.string(1)};
              },
              std::string_view(feed));
  return found ? std::optional(std::move(state)) : std::nullopt;
}

std::vector<std::optional<FeedEntry>> entries(sql::SqliteDatabase& database, const std::string& feed,
                                              const std::vector<std::string_view>& keys) {
  std::vector<std::optional<FeedEntry>> out(keys.size());
  int64_t number = 0;
  database.statement("SELECT number FROM sync WHERE id = ?")
      .first([&](const auto& row) { number = row.integer(0); }, std::string_view(feed));
  sql::SqliteStatement& find =
      database.statement("SELECT version, digest, gone, pass FROM feed_entry WHERE feed = ? AND key = ?");
  for (size_t i = 0; i < keys.size(); ++i) {
    const auto take = [&](const auto& row) {
      out[i] = FeedEntry{std::string(keys[i]), row.string(0), fingerprint_of_bytes(row.text(1)), row.integer(2) != 0,
                         row.integer(3)};
    };
    find.first(take, number, keys[i]);
  }
  return out;
}

std::string commit(sql::SqliteDatabase& database, const FeedCommit& commit) {
  sql::SqliteTransaction transaction(database);
  const int64_t feed = fenced(database, commit.lease);
  database
      .statement("INSERT INTO feed (sync, state) VALUES (?, ?) ON CONFLICT (sync) DO UPDATE SET state = excluded.state")
      .run(feed, std::string_view(commit.state));
  if (commit.accept)
    database
        .statement(
            "INSERT OR REPLACE INTO feed_entry (feed, key, version, digest, gone, pass) "
            "SELECT feed, key, version, digest, gone, pass FROM feed_offer WHERE feed = ?")
        .run(feed);
  database.statement("DELETE FROM feed_offer WHERE feed = ?").run(feed);
  insert(database.statement("INSERT OR REPLACE INTO feed_entry (feed, key, version, digest, gone, pass) "
                            "VALUES (?, ?, ?, ?, ?, ?)"),
         feed, commit.known);
  if (commit.forget_below > 0) forget_below(database, feed, commit.forget_below);
  insert(database.statement("INSERT OR REPLACE INTO feed_offer (feed, key, version, digest, gone, pass) "
                            "VALUES (?, ?, ?, ?, ?, ?)"),
         feed, commit.offered);
  std::string settled;
  database.statement("SELECT settled FROM feed WHERE sync = ?")
      .first([&](const auto& row) { settled = row.string(0); }, feed);
  transaction.commit();
  return settled;
}

void forget(sql::SqliteDatabase& database, const Lease& lease) {
  sql::SqliteTransaction transaction(database);
  const int64_t feed = fenced(database, lease);
  database.statement("DELETE FROM feed_offer WHERE feed = ?").run(feed);
  database.statement("DELETE FROM feed_entry WHERE feed = ?").run(feed);
  database.statement("DELETE FROM feed WHERE sync = ?").run(feed);
  transaction.commit();
}

}  // namespace nexpo::sqlite_feed
