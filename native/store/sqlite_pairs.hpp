// Statements of the embedded store about pairs. All calls block.
#pragma once

#include "sql/sqlite.hpp"
#include "store/seen_set.hpp"

namespace nexpo::sqlite_pairs {

std::vector<std::optional<Pair>> find(sql::SqliteDatabase& database, const std::string& sync_id, PairBy by,
                                      const std::vector<std::string_view>& keys);
std::vector<Pair> by_id(sql::SqliteDatabase& database, const std::string& sync_id, const std::vector<int64_t>& ids);
/// Linked pairs after `after` whose key on `side` is not in `seen`.
std::vector<Pair> unseen(sql::SqliteDatabase& database, const std::string& sync_id, const SeenSet& seen, Side side,
                         int64_t after, int limit);

/// Inside a transaction of the caller, who has compared the epoch; gives the ids, in order.
std::vector<int64_t> write(sql::SqliteDatabase& database, int64_t sync, const std::vector<Pair>& pairs);

}  // namespace nexpo::sqlite_pairs
