#include "store/sqlite_pairs.hpp"

#include <fmt/format.h>

#include <algorithm>

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

}  // namespace nexpo::sqlite_pairs
