// Statements of the PostgreSQL store about change feeds. Each call blocks and uses the session it is given.
#pragma once

#include "sql/pg_connection.hpp"
#include "store/feed_store.hpp"

namespace nexpo::pg_feed {

std::optional<FeedState> load(sql::PgConnection& connection, const std::string& feed);
/// One round trip.
std::vector<std::optional<FeedEntry>> entries(sql::PgConnection& connection, const std::string& feed,
                                              const std::vector<std::string_view>& keys);
/// Gives what is settled afterwards.
std::string commit(sql::PgConnection& connection, const FeedCommit& commit);
void forget(sql::PgConnection& connection, const Lease& lease);

}  // namespace nexpo::pg_feed
