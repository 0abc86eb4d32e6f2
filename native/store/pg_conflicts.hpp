// Statements of the PostgreSQL store about conflicts. Stateless; each call blocks.
#pragma once

#include "sql/pg_connection.hpp"
#include "store/store.hpp"

namespace nexpo::pg_conflicts {

/// Before write(), outside of the transaction.
void prepare(sql::PgConnection& connection);
/// The page's conflicts, in the transaction of its commit; `pairs` are the ids of its pairs. A round trip for those
/// that have a number, and one for the others.
void write(pqxx::transaction_base& transaction, const Commit& commit, const std::vector<int64_t>& pairs);

std::vector<Conflict> find(sql::PgConnection& connection, const ConflictFilter& filter, bool newest);
std::vector<ConflictCount> counts(sql::PgConnection& connection);
Conflict decide(sql::PgConnection& connection, const PairStore::Decide& decide);

}  // namespace nexpo::pg_conflicts
