// Statements of the embedded store about conflicts. All calls block.
#pragma once

#include "sql/sqlite.hpp"
#include "store/store.hpp"

namespace nexpo::sqlite_conflicts {

/// The page's conflicts, inside the transaction of its commit; `pairs` are the ids of its pairs.
void write(sql::SqliteDatabase& database, int64_t sync, const Commit& commit, const std::vector<int64_t>& pairs);

std::vector<Conflict> find(sql::SqliteDatabase& database, const ConflictFilter& filter, bool newest);
std::vector<ConflictCount> counts(sql::SqliteDatabase& database);
Conflict decide(sql::SqliteDatabase& database, const PairStore::Decide& decide);

}  // namespace nexpo::sqlite_conflicts
