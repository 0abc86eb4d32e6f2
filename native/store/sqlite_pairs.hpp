// Statements of the embedded store about pairs and conflicts. All calls block.
#pragma once

#include "sql/sqlite.hpp"
#include "store/seen_set.hpp"
#include "store/store.hpp"

namespace nexpo::sqlite_pairs {

std::vector<std::optional<Pair>> find(sql::SqliteDatabase& database, const std::string& sync_id, PairBy by,
                                      const std::vector<std::string_view>& keys);
std::vector<Pair> by_id(sql::SqliteDatabase& database, const std::string& sync_id, const std::vector<int64_t>& ids);
/// Linked pairs after `after` whose key on `side` is not in `seen`.
std::vector<Pair> unseen(sql::SqliteDatabase& database, const std::string& sync_id, const SeenSet& seen, Side side,
                         int64_t after, int limit);

/// Inside a transaction of the caller, who has compared the epoch; gives the ids, in order.
std::vector<int64_t> write(sql::SqliteDatabase& database, int64_t sync, const std::vector<Pair>& pairs);
/// The page's pairs and conflicts, likewise.
void commit(sql::SqliteDatabase& database, int64_t sync, const Commit& commit);

std::vector<Conflict> conflicts(sql::SqliteDatabase& database, const ConflictFilter& filter, bool newest);
std::vector<ConflictCount> counts(sql::SqliteDatabase& database);
Conflict decide(sql::SqliteDatabase& database, const PairStore::Decide& decide);

}  // namespace nexpo::sqlite_pairs
