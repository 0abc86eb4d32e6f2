// Statements of the PostgreSQL store about pairs and conflicts. Stateless; each call blocks.
#pragma once

#include "sql/pg_connection.hpp"
#include "store/store.hpp"

namespace nexpo::pg_pairs {

/// One round trip.
std::vector<std::optional<Pair>> find(sql::PgConnection& connection, const std::string& sync_id, PairBy by,
                                      const std::vector<std::string_view>& keys);
std::vector<Pair> by_id(sql::PgConnection& connection, const std::string& sync_id, const std::vector<int64_t>& ids);
/// Linked pairs after `after` in order of id, at most `limit`.
std::vector<Pair> linked_page(sql::PgConnection& connection, const std::string& sync_id, int64_t after, int limit);
/// One round trip and one statement.
std::vector<int64_t> announce(sql::PgConnection& connection, const Lease& lease, const std::vector<Pair>& pairs);
/// Before commit(), outside of the transaction.
void prepare(sql::PgConnection& connection);
/// The page's pairs and conflicts, in the transaction of its commit: a round trip for each kind that it has.
void commit(pqxx::transaction_base& transaction, const Commit& commit);

std::vector<Conflict> conflicts(sql::PgConnection& connection, const ConflictFilter& filter, bool newest);
std::vector<ConflictCount> counts(sql::PgConnection& connection);
Conflict decide(sql::PgConnection& connection, const PairStore::Decide& decide);

}  // namespace nexpo::pg_pairs
