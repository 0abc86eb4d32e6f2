// PgState: the statements of the PostgreSQL store. Stateless; each call blocks and uses the session it is given.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sql/pg_connection.hpp"
#include "store/seen_set.hpp"
#include "store/store.hpp"

namespace nexpo::pg_state {

using sql::PgConnection;

/// Prepares the statement unless the session has it.
inline void prepare_once(PgConnection& connection, const char* name, const char* sql) {
  if (connection.has_made(name)) return;
  connection.prepare(name, sql);
  connection.note_made(name);
}

/// Makes the schema and runs the migrations that are missing.
void migrate(PgConnection& connection);

/// The lease's new epoch and how many records the sync has linked, or null if another session holds the lock.
struct Taken {
  int64_t epoch = 0;
  int64_t linked = 0;
};
std::optional<Taken> take_lease(PgConnection& connection, const std::string& sync_id, const std::string& holder);
void drop_lease(PgConnection& connection, const std::string& sync_id);
/// How the holder introduced itself, or "".
std::string holder_of(PgConnection& connection, const std::string& sync_id);

SyncState load(PgConnection& connection, const std::string& sync_id);
/// A run that was begun, and how many records the sync has linked once unfulfilled intents became links.
struct Begun {
  Run run;
  int64_t linked = 0;
};
Begun begin_run(PgConnection& connection, const Lease& lease, const std::string& mode, const std::string& plan_hash,
                Time now);
/// Gives the number of records that are linked afterwards.
int64_t resume_run(PgConnection& connection, const Lease& lease, int64_t run_id);
/// One round trip.
int64_t intend(PgConnection& connection, const Lease& lease, const std::vector<LinkWrite>& intents);
void end_run(PgConnection& connection, const Lease& lease, int64_t run_id, RunState state, const Cursor& next,
             const std::string& error, Time now);
void forget(PgConnection& connection, const Lease& lease);

/// One round trip.
std::vector<std::optional<Link>> links(PgConnection& connection, const std::string& sync_id,
                                       const std::vector<std::string_view>& keys);
/// One round trip.
std::vector<std::optional<std::string>> claimants(PgConnection& connection, const std::string& sync_id,
                                                  const std::vector<Fingerprint>& claims);
struct Committed {
  int64_t linked = 0;  ///< records that are linked afterwards
  int64_t next_intent = 0;
};
/// One round trip and one statement; more of a page with pairs.
Committed commit(PgConnection& connection, const Commit& commit);

/// Links in key order after `after`, at most `limit`.
std::vector<StateStore::Unseen> link_page(PgConnection& connection, const std::string& sync_id,
                                          const std::string& after, int limit);
/// Number of pages that have left marks.
int64_t seen_pages(PgConnection& connection, int64_t run_id);
void read_seen(PgConnection& connection, int64_t run_id, SeenSet& into);

std::vector<RejectedRecord> rejected(PgConnection& connection, const std::string& sync_id, std::optional<Side> side,
                                     bool retryable_only, int64_t after, int limit);
std::vector<Run> runs(PgConnection& connection, const std::string& sync_id, int64_t before, int limit);
std::optional<std::string> secret(PgConnection& connection, const std::string& name);
void put_secret(PgConnection& connection, const std::string& name, const std::string& sealed);

}  // namespace nexpo::pg_state
