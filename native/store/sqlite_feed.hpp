// Statements of the embedded store about change feeds. All calls block.
#pragma once

#include "sql/sqlite.hpp"
#include "store/feed_store.hpp"

namespace nexpo::sqlite_feed {

std::optional<FeedState> load(sql::SqliteDatabase& database, const std::string& feed);
std::vector<std::optional<FeedEntry>> entries(sql::SqliteDatabase& database, const std::string& feed,
                                              const std::vector<std::string_view>& keys);
/// Gives what is settled afterwards.
std::string commit(sql::SqliteDatabase& database, const FeedCommit& commit);
void forget(sql::SqliteDatabase& database, const Lease& lease);

}  // namespace nexpo::sqlite_feed
