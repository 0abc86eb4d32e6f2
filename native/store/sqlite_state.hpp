// SqliteState: the statements of the embedded store, on one connection. All calls block, one thread at a time.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sql/sqlite.hpp"
#include "store/seen_set.hpp"
#include "store/store.hpp"

namespace nexpo {

class SqliteState {
 public:
  /// Opens or makes the file and brings its tables up to date.
  SqliteState(const std::filesystem::path& file, int cache_kib);

  /// The lease's new epoch, and how many records the sync has linked.
  struct Taken {
    int64_t epoch = 0;
    int64_t linked = 0;
  };
  Taken take_lease(const std::string& sync_id);

  SyncState load(const std::string& sync_id);
  /// A run that was begun, and how many records the sync has linked once unfulfilled intents became links.
  struct Begun {
    Run run;
    int64_t linked = 0;
  };
  Begun begin_run(const Lease& lease, const std::string& mode, const std::string& plan_hash, Time now);
  /// Gives the number of records that are linked afterwards.
  int64_t resume_run(const Lease& lease, int64_t run_id);
  int64_t intend(const Lease& lease, const std::vector<LinkWrite>& intents);
  void end_run(const Lease& lease, int64_t run_id, RunState state, const Cursor& next, const std::string& error,
               Time now);

  std::vector<std::optional<Link>> links(const std::string& sync_id, const std::vector<std::string_view>& keys);
  std::vector<std::optional<std::string>> claimants(const std::string& sync_id, const std::vector<Fingerprint>& claims);
  /// Gives the number of records that are linked afterwards.
  struct Committed {
    int64_t linked = 0;
    int64_t next_intent = 0;
  };
  Committed commit(const Commit& commit);
  std::vector<StateStore::Unseen> unseen(const std::string& sync_id, int64_t run_id, const std::string& after,
                                         int limit);

  /// As `unseen`, of pairs.
  std::vector<Pair> unseen_pairs(const std::string& sync_id, int64_t run_id, Side side, int64_t after, int limit);
  std::vector<int64_t> announce(const Commit& page);

  std::vector<RejectedRecord> rejected(const std::string& sync_id, std::optional<Side> side, bool retryable_only,
                                       int64_t after, int limit);
  std::vector<Run> runs(const std::string& sync_id, int64_t before, int limit);
  void forget(const Lease& lease);
  std::optional<std::string> secret(const std::string& name);
  void put_secret(const std::string& name, const std::string& sealed);

  /// For statements about tables of their own (sqlite_feed.hpp, sqlite_pairs.hpp).
  sql::SqliteDatabase& database() { return database_; }

 private:
  struct Sync {
    int64_t number = 0;
    int64_t linked = 0;
  };

  void migrate();
  std::optional<Sync> find_sync(const std::string& sync_id);
  /// The sync, if `lease` is the newest one; throws Error{conflict} otherwise. Inside a transaction.
  Sync fenced(const Lease& lease);
  /// Turns unfulfilled intents into links in doubt. Gives the number of records that are linked afterwards.
  int64_t recover(const Sync& sync);
  /// Adds the page to the run. True if the run looks at every record, so that what it saw is noted.
  int64_t write_intents(int64_t sync, const std::vector<LinkWrite>& intents);
  bool advance_run(const Commit& commit, int64_t sync);
  int64_t write_links(int64_t sync, const std::vector<LinkWrite>& links);
  int64_t insert_links(int64_t sync, std::span<const LinkWrite> links);
  bool update_link(int64_t sync, const LinkWrite& link);
  int64_t remove_links(int64_t sync, const std::vector<std::string_view>& keys);
  void write_seen(const Commit& commit);
  void write_rejected(const Commit& commit, int64_t sync);
  const SeenSet& seen_by(int64_t run_id);

  sql::SqliteDatabase database_;
  std::optional<SeenSet> seen_;
  int64_t seen_pages_ = 0;
};

}  // namespace nexpo
