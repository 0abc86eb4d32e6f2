#include "store/pg_store.hpp"

#include <fmt/format.h>

#include <map>
#include <set>
#include <utility>

#include "sql/pg_pool.hpp"
#include "store/lock_file.hpp"
#include "store/pg_book.hpp"
#include "store/pg_conflicts.hpp"
#include "store/pg_feed.hpp"
#include "store/pg_pairs.hpp"
#include "store/pg_state.hpp"

namespace nexpo {
namespace {

using sql::PgConnection;

constexpr int kSessionsMax = 3;       // beside the one that holds the leases
constexpr int kLinksAtOnce = 20'000;  // while looking for what was not seen
constexpr int kPairsAtOnce = 2'000;   // likewise: they come with their states

/// The server finds out within 25 seconds that the holder's whole machine is gone; a dead process shows at once.
constexpr const char* kLeaseSettings =
    "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3; "
    "SELECT set_config('idle_session_timeout', '0', false) WHERE current_setting('server_version_num')::int >= 140000";

class PgStore final : public StateStore {
 public:
  PgStore(sql::PgAddress address, Workers& workers)
      : pool_(address, workers, kSessionsMax), lease_pool_(std::move(address), workers, 1) {}

  Task<> open() {
    auto migrate = [](PgConnection& connection) { pg_state::migrate(connection); };
    co_await pool_.run(std::move(migrate));
  }

  Task<Lease> acquire(std::string sync_id) override {
    const std::string holder = holder_introduction();
    // One session may take its own lock twice, so what this store holds is not asked of the server.
    const bool ours = held_.contains(sync_id) || !taking_.insert(sync_id).second;
    std::optional<pg_state::Taken> taken;
    std::exception_ptr thrown;
    if (!ours) {
      auto take = [&](PgConnection& connection) {
        if (!connection.has_made("lease settings")) pqxx::nontransaction(connection).exec(kLeaseSettings);
        connection.note_made("lease settings");
        return pg_state::take_lease(connection, sync_id, holder);
      };
      try {
        taken = co_await lease_pool_.run(std::move(take));
      } catch (...) {
        thrown = std::current_exception();
      }
      taking_.erase(sync_id);
    }
    if (thrown) std::rethrow_exception(thrown);
    if (!taken) co_await refuse(sync_id);
    held_[sync_id] = {taken->epoch, taken->linked};
    co_return Lease{sync_id, taken->epoch};
  }

  Task<> release(Lease lease) override {
    const auto held = held_.find(lease.sync_id);
    if (held == held_.end() || held->second.epoch != lease.epoch) co_return;
    held_.erase(held);
    auto drop = [&](PgConnection& connection) { pg_state::drop_lease(connection, lease.sync_id); };
    // A session that broke has let go of its locks already.
    (void)co_await attempt(lease_pool_.run(std::move(drop)));
  }

  Task<SyncState> load(std::string sync_id) override {
    auto work = [&](PgConnection& connection) { return pg_state::load(connection, sync_id); };
    co_return co_await pool_.run(std::move(work));
  }

  Task<Run> begin_run(Lease lease, std::string mode, std::string plan_hash, Time now) override {
    auto work = [&](PgConnection& connection) { return pg_state::begin_run(connection, lease, mode, plan_hash, now); };
    pg_state::Begun begun = co_await pool_.run(std::move(work));
    note_linked(lease, begun.linked);
    co_return std::move(begun.run);
  }

  Task<> resume_run(Lease lease, int64_t run_id) override {
    auto work = [&](PgConnection& connection) { return pg_state::resume_run(connection, lease, run_id); };
    note_linked(lease, co_await pool_.run(std::move(work)));
  }

  Task<int64_t> intend(Lease lease, int64_t, std::vector<LinkWrite> intents) override {
    auto work = [&](PgConnection& connection) { return pg_state::intend(connection, lease, intents); };
    co_return co_await pool_.run(std::move(work));
  }

  Task<> end_run(Lease lease, int64_t run_id, RunState state, Cursor next, std::string error, Time now) override {
    auto work = [&](PgConnection& connection) {
      pg_state::end_run(connection, lease, run_id, state, next, error, now);
    };
    co_await pool_.run(std::move(work));
  }

  Task<std::vector<std::optional<Link>>> links(std::string sync_id, std::vector<std::string_view> keys) override {
    if (links_nothing(sync_id)) co_return std::vector<std::optional<Link>>(keys.size());
    auto work = [&](PgConnection& connection) { return pg_state::links(connection, sync_id, keys); };
    co_return co_await pool_.run(std::move(work));
  }

  Task<std::vector<std::optional<std::string>>> claimants(std::string sync_id,
                                                          std::vector<Fingerprint> claims) override {
    if (links_nothing(sync_id)) co_return std::vector<std::optional<std::string>>(claims.size());
    auto work = [&](PgConnection& connection) { return pg_state::claimants(connection, sync_id, claims); };
    co_return co_await pool_.run(std::move(work));
  }

  Task<int64_t> commit(Commit commit) override {
    auto work = [&](PgConnection& connection) { return pg_state::commit(connection, commit); };
    const pg_state::Committed done = co_await pool_.run(std::move(work));
    note_linked(commit.lease, done.linked);
    co_return done.next_intent;
  }

  Task<std::vector<Unseen>> unseen(std::string sync_id, int64_t run_id, std::string after, int limit) override {
    const Semaphore::Permit turn = co_await sweeping_.acquire();
    auto work = [&](PgConnection& connection) { return find_unseen(connection, sync_id, run_id, after, limit); };
    co_return co_await pool_.run(std::move(work));
  }

  Task<std::vector<RejectedRecord>> rejected(std::string sync_id, std::optional<Side> side, bool retryable_only,
                                             int64_t after, int limit) override {
    auto work = [&](PgConnection& connection) {
      return pg_state::rejected(connection, sync_id, side, retryable_only, after, limit);
    };
    co_return co_await pool_.run(std::move(work));
  }

  Task<std::vector<Run>> runs(std::string sync_id, int64_t before, int limit) override {
    auto work = [&](PgConnection& connection) { return pg_state::runs(connection, sync_id, before, limit); };
    co_return co_await pool_.run(std::move(work));
  }

  Task<> forget(Lease lease) override {
    auto work = [&](PgConnection& connection) { pg_state::forget(connection, lease); };
    co_await pool_.run(std::move(work));
    note_linked(lease, 0);
  }

  Task<std::optional<std::string>> get_secret(std::string name) override {
    auto work = [&](PgConnection& connection) { return pg_state::secret(connection, name); };
    co_return co_await pool_.run(std::move(work));
  }

  Task<> put_secret(std::string name, std::string sealed) override {
    auto work = [&](PgConnection& connection) { pg_state::put_secret(connection, name, sealed); };
    co_await pool_.run(std::move(work));
  }

  Task<std::optional<FeedState>> load_feed(std::string feed) override {
    auto work = [&](PgConnection& connection) { return pg_feed::load(connection, feed); };
    co_return co_await pool_.run(std::move(work));
  }

  Task<std::vector<std::optional<FeedEntry>>> feed_entries(std::string feed,
                                                           std::vector<std::string_view> keys) override {
    auto work = [&](PgConnection& connection) { return pg_feed::entries(connection, feed, keys); };
    co_return co_await pool_.run(std::move(work));
  }

  Task<std::string> commit_feed(FeedCommit commit) override {
    auto work = [&](PgConnection& connection) { return pg_feed::commit(connection, commit); };
    co_return co_await pool_.run(std::move(work));
  }

  Task<> forget_feed(Lease lease) override {
    auto work = [&](PgConnection& connection) { pg_feed::forget(connection, lease); };
    co_await pool_.run(std::move(work));
  }

  Task<std::vector<std::optional<Pair>>> pairs(std::string sync_id, PairBy by,
                                               std::vector<std::string_view> keys) override {
    auto work = [&](PgConnection& connection) { return pg_pairs::find(connection, sync_id, by, keys); };
    co_return co_await pool_.run(std::move(work));
  }

  Task<std::vector<int64_t>> announce(Lease lease, std::vector<Pair> pairs,
                                      std::vector<ConflictWrite> history) override {
    const Commit page = announcement(std::move(lease), std::move(pairs), std::move(history));
    auto work = [&](PgConnection& connection) { return pg_pairs::announce(connection, page); };
    co_return co_await pool_.run(std::move(work));
  }

  Task<std::vector<Pair>> unseen_pairs(std::string sync_id, int64_t run_id, Side side, int64_t after,
                                       int limit) override {
    const Semaphore::Permit turn = co_await sweeping_.acquire();
    auto work = [&](PgConnection& connection) {
      return find_unseen_pairs(connection, sync_id, run_id, side, after, limit);
    };
    co_return co_await pool_.run(std::move(work));
  }

  Task<std::vector<Pair>> pairs_by_id(std::string sync_id, std::vector<int64_t> ids) override {
    auto work = [&](PgConnection& connection) { return pg_pairs::by_id(connection, sync_id, ids); };
    co_return co_await pool_.run(std::move(work));
  }

  Task<std::vector<Conflict>> conflicts(ConflictFilter filter, bool newest) override {
    auto work = [&](PgConnection& connection) { return pg_conflicts::find(connection, filter, newest); };
    co_return co_await pool_.run(std::move(work));
  }

  Task<std::vector<ConflictCount>> conflict_counts() override {
    auto work = [](PgConnection& connection) { return pg_conflicts::counts(connection); };
    co_return co_await pool_.run(std::move(work));
  }

  Task<Conflict> decide_conflict(Decide decide) override {
    auto work = [&](PgConnection& connection) { return pg_conflicts::decide(connection, decide); };
    co_return co_await pool_.run(std::move(work));
  }

  Task<> in_book(BookAccess access, BookWork work) override {
    auto job = [&](PgConnection& connection) { pg_book::run(connection, access, work); };
    co_await pool_.run(std::move(job));
  }

 private:
  struct Held {
    int64_t epoch = 0;
    int64_t linked = 0;
  };

  /// Only the holder of the lease links records, so it knows without asking that there are none yet.
  bool links_nothing(const std::string& sync_id) const {
    const auto held = held_.find(sync_id);
    return held != held_.end() && held->second.linked == 0;
  }

  void note_linked(const Lease& lease, int64_t linked) {
    const auto held = held_.find(lease.sync_id);
    if (held != held_.end() && held->second.epoch == lease.epoch) held->second.linked = linked;
  }

  Task<> refuse(const std::string& sync_id) {
    auto ask = [&](PgConnection& connection) { return pg_state::holder_of(connection, sync_id); };
    const std::string holder = co_await pool_.run(std::move(ask));
    throw Error(ErrorKind::conflict, fmt::format("sync \"{}\" is being run by {}; wait for it to end, or stop it",
                                                 sync_id, holder.empty() ? "another process" : holder));
  }

  /// Blocks; one at a time.
  void read_seen(PgConnection& connection, int64_t run_id) {
    const int64_t pages = pg_state::seen_pages(connection, run_id);
    if (seen_ && seen_->run_id() == run_id && seen_pages_ == pages) return;
    seen_.emplace(run_id);
    pg_state::read_seen(connection, run_id, *seen_);
    seen_->seal();
    seen_pages_ = pages;
  }

  /// Likewise.
  std::vector<Pair> find_unseen_pairs(PgConnection& connection, const std::string& sync_id, int64_t run_id, Side side,
                                      int64_t after, int limit) {
    read_seen(connection, run_id);
    std::vector<Pair> gone;
    for (;;) {
      std::vector<Pair> page = pg_pairs::linked_page(connection, sync_id, after, kPairsAtOnce);
      if (page.empty()) break;
      after = page.back().id;
      for (Pair& one : page) {
        if (seen_->contains(one.key_of(side), side)) continue;
        gone.push_back(std::move(one));
        if (gone.size() == static_cast<size_t>(limit)) return gone;
      }
    }
    if (gone.empty()) seen_.reset();  // the end: its memory is no longer needed
    return gone;
  }

  /// Likewise.
  std::vector<Unseen> find_unseen(PgConnection& connection, const std::string& sync_id, int64_t run_id,
                                  std::string after, int limit) {
    read_seen(connection, run_id);
    std::vector<Unseen> gone;
    for (;;) {
      std::vector<Unseen> page = pg_state::link_page(connection, sync_id, after, kLinksAtOnce);
      if (page.empty()) break;
      after = page.back().source_key;
      for (Unseen& one : page) {
        if (seen_->contains(one.source_key)) continue;
        gone.push_back(std::move(one));
        if (gone.size() == static_cast<size_t>(limit)) return gone;
      }
    }
    if (gone.empty()) seen_.reset();  // the end: its memory is no longer needed
    return gone;
  }

  sql::PgPool pool_;
  sql::PgPool lease_pool_;  ///< one session, whose advisory locks are the leases
  std::map<std::string, Held> held_;
  std::set<std::string> taking_;
  Semaphore sweeping_{1};
  std::optional<SeenSet> seen_;
  int64_t seen_pages_ = 0;
};

}  // namespace

Task<std::unique_ptr<StateStore>> open_pg_store(std::string url, Workers& workers) {
  auto store = std::make_unique<PgStore>(sql::PgAddress::parse(url), workers);
  co_await store->open();
  co_return std::move(store);
}

}  // namespace nexpo
