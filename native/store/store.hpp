// StateStore: everything that must survive a crash. One interface, SQLite or PostgreSQL behind it.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/task.hpp"
#include "record/counts.hpp"
#include "record/fingerprint.hpp"
#include "record/page.hpp"
#include "store/book_store.hpp"
#include "store/feed_store.hpp"
#include "store/lease.hpp"
#include "store/pair_store.hpp"

namespace nexpo {

enum class RunState { running, succeeded, stopped, failed, held };
std::string_view name_of(RunState state);

/// One run, also while it is under way. `cursor` is the resume point of its last commit.
struct Run {
  int64_t id = 0;
  std::string sync_id;
  std::string mode;  ///< "full" or "incremental"
  RunState state = RunState::running;
  Cursor cursor;
  Counts counts;
  int64_t pages = 0;
  std::string plan_hash;  ///< of the mapping and the objects: a run is resumed only by the same plan
  std::string error;      ///< message, if it failed or was held
  Time started_at{};
  std::optional<Time> ended_at;
};

/// Where a sync stands between runs.
struct SyncState {
  Cursor cursor;         ///< start of the next incremental run; empty: never completed
  int64_t linked = 0;    ///< records linked now
  int64_t rejected = 0;  ///< rejected records kept now
  std::optional<Run>
      last;  ///< newest run; resumed if its state is running, stopped or failed, and the plan is the same
};

/// What is known of a record that was written before.
struct Link {
  std::string target_key;
  Fingerprint fingerprint;  ///< of the mapped source values at the last agreement
  Fingerprint shadow;       ///< of the target's own values after our last write; empty unless the strategy needs it
  Fingerprint pending;      ///< of values that a page of a crashed run was about to write; empty: no doubt about it
  Fingerprint claim = {};   ///< of the value that the target matches the record by; empty: not kept
};

struct LinkWrite {
  std::string_view source_key;
  std::string_view target_key;
  Fingerprint fingerprint;
  Fingerprint shadow;
  Fingerprint pending;
  Fingerprint claim = {};
};

/// A record that was refused, with all that is needed to try again.
struct RejectedRecord {
  int64_t id = 0;  ///< set by the store
  std::string source_key;
  Side side = Side::source;  ///< that `source_key` is an identity of; target: only in syncs that reconcile
  std::string version;
  std::string original;  ///< the source row as a JSON object of the mapped paths
  bool removal = false;  ///< true: it was a deletion
  Rejection reason;
  int attempts = 1;  ///< set by the store
  Time first_at{};   ///< set by the store
  Time last_at{};    ///< set by the store
};

/// Everything one page leaves behind. Views must stay valid until commit() ends.
struct Commit {
  Lease lease;
  int64_t run_id = 0;
  Cursor cursor;
  Counts counts;       ///< totals of the run, this page included
  int64_t intent = 0;  ///< number of this page's intents; they are fulfilled now, and go. 0: there are none
  std::vector<LinkWrite> next_intents;  ///< as intend() takes them, for the page that follows: in one transaction
  std::vector<LinkWrite> links;         ///< replace what was known, in all fields; also count as seen by this run
  std::vector<std::string_view> seen;   ///< source keys to mark as seen by this run (full runs that look for deletions)
  std::vector<std::string_view> unlinked;  ///< source keys whose link goes
  std::vector<RejectedRecord> rejected;    ///< replaces an older one of the same side and key
  std::vector<std::string_view> resolved;  ///< source keys whose rejected record goes

  // Of syncs that reconcile; the others leave these empty.
  std::vector<Pair> pairs;                    ///< replace what was known; without an id: new. None of them twice
  int64_t pairs_linked = 0;                   ///< pairs that are linked now and were not before, less those that were
  std::vector<ConflictWrite> conflicts;       ///< of these pairs
  std::vector<std::string_view> seen_target;  ///< like `seen`, of target keys
  std::vector<std::string_view> resolved_target;  ///< like `resolved`, of target keys
};

/// A page that says what it is about to do: PairStore::announce().
inline Commit announcement(Lease lease, std::vector<Pair> pairs, std::vector<ConflictWrite> history) {
  Commit page;
  page.lease = std::move(lease);
  page.pairs = std::move(pairs);
  if (!history.empty()) page.run_id = history.front().conflict.run;
  page.conflicts = std::move(history);
  return page;
}

/// Calls may overlap. Lives on the loop thread; the work happens on the pool.
class StateStore : public FeedStore, public BookStore, public PairStore {
 public:
  /// Takes the lease, or throws Error{conflict} if another living process holds it (the message says who and since
  /// when). The lease of a dead process is taken over at once: its lock died with it.
  virtual Task<Lease> acquire(std::string sync_id) = 0;
  virtual Task<> release(Lease lease) = 0;

  virtual Task<SyncState> load(std::string sync_id) = 0;
  virtual Task<Run> begin_run(Lease lease, std::string mode, std::string plan_hash, Time now) = 0;
  /// Puts a stopped or failed run back to running.
  virtual Task<> resume_run(Lease lease, int64_t run_id) = 0;
  /// After a full run that succeeded, rejected records that it did not reject go: it met them in a good version, or the
  /// source has them no more, and trying an old version again would bring them back.
  /// On success `next` becomes the sync's cursor; otherwise the run stays resumable. Throws Error{conflict} if the
  /// epoch is old.
  virtual Task<> end_run(Lease lease, int64_t run_id, RunState state, Cursor next, std::string error, Time now) = 0;

  /// Notes durably, before the first effect of a page, which records it is about to change: so after a crash between
  /// the effects and their commit it is known whose state in the target is not known. `target_key` is the best known,
  /// `fingerprint` that of the values to be written, `shadow` that of the target's values now, where known. Gives a
  /// number for Commit::intent. Throws Error{conflict} if the lease's epoch is old.
  /// begin_run() and resume_run() turn intents that were never fulfilled into links, in their own transaction:
  /// `pending` = the intent's fingerprint, and `shadow` = the intent's unless that is empty. An existing link keeps the
  /// rest; a new one gets the intent's target key and claim, and an empty fingerprint. Then the intents go.
  virtual Task<int64_t> intend(Lease lease, int64_t run_id, std::vector<LinkWrite> intents) = 0;

  /// Links of the given source keys, in the same order; nullopt where there is none.
  virtual Task<std::vector<std::optional<Link>>> links(std::string sync_id, std::vector<std::string_view> keys) = 0;
  /// Source keys of the records that are linked with the given claims, in the same order; nullopt where there is none.
  virtual Task<std::vector<std::optional<std::string>>> claimants(std::string sync_id,
                                                                  std::vector<Fingerprint> claims) = 0;
  /// One transaction. Gives the number of `next_intents`, or 0 if it is empty. Throws Error{conflict} if the lease's
  /// epoch is not the newest: nothing is changed then.
  virtual Task<int64_t> commit(Commit commit) = 0;
  /// Source keys (with their links) that the run did not mark as seen, at most `limit`, in key order, after `after`.
  struct Unseen {
    std::string source_key;
    Link link;
  };
  virtual Task<std::vector<Unseen>> unseen(std::string sync_id, int64_t run_id, std::string after, int limit) = 0;

  /// In order of id, after `after`; of both sides if none is given.
  virtual Task<std::vector<RejectedRecord>> rejected(std::string sync_id, std::optional<Side> side, bool retryable_only,
                                                     int64_t after, int limit) = 0;
  /// Newest runs first, of those with a number below `before` (kNewest: all); all syncs if `sync_id` is empty.
  static constexpr int64_t kNewest = std::numeric_limits<int64_t>::max();
  virtual Task<std::vector<Run>> runs(std::string sync_id, int64_t before, int limit) = 0;

  /// Drops links, pairs, conflicts, runs and rejected records of the lease's sync, in one transaction.
  virtual Task<> forget(Lease lease) = 0;

  /// Small sealed values by name: rotated refresh tokens.
  virtual Task<std::optional<std::string>> get_secret(std::string name) = 0;
  virtual Task<> put_secret(std::string name, std::string sealed) = 0;
};

}  // namespace nexpo
