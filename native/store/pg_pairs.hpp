// Statements of the PostgreSQL store about pairs. Stateless; each call blocks.
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
/// One statement for the pairs; with history, one transaction.
std::vector<int64_t> announce(sql::PgConnection& connection, const Commit& page);

/// Before write(), outside of the transaction.
void prepare(sql::PgConnection& connection);
/// A page's pairs, in the transaction of its commit: one round trip. Gives the ids, in order.
std::vector<int64_t> write(pqxx::transaction_base& transaction, const Lease& lease, const std::vector<Pair>& pairs);

}  // namespace nexpo::pg_pairs
