#include "store/sqlite_store.hpp"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "base/started.hpp"
#include "store/lock_file.hpp"
#include "store/sqlite_book.hpp"
#include "store/sqlite_conflicts.hpp"
#include "store/sqlite_feed.hpp"
#include "store/sqlite_pairs.hpp"
#include "store/sqlite_state.hpp"

namespace nexpo {
namespace {

constexpr int kCacheKib = 8 * 1024;  // of each connection

/// Writes and reads have a connection each, so that a page's look-ups do not wait for another page's disk flush.
class SqliteStore final : public StateStore {
 public:
  SqliteStore(std::filesystem::path home, Workers& workers) : home_(std::move(home)), workers_(workers) {}

  /// Blocks.
  void open() {
    std::error_code failed;
    const bool made = std::filesystem::create_directories(home_ / "locks", failed);
    if (failed)
      throw Error(ErrorKind::invalid,
                  fmt::format("{}: the folder cannot be made ({})", home_.string(), failed.message()));
    if (made) std::filesystem::permissions(home_, std::filesystem::perms::owner_all);
    writer_ = std::make_unique<SqliteState>(home_ / "state.db", kCacheKib);
    reader_ = std::make_unique<SqliteState>(home_ / "state.db", kCacheKib);
  }

  Task<Lease> acquire(std::string sync_id) override {
    LockFile lock(home_ / "locks" / (file_name_for(sync_id) + ".lock"), fmt::format("sync \"{}\"", sync_id));
    auto take = [&](SqliteState& state) { return state.take_lease(sync_id); };
    const SqliteState::Taken taken = co_await write(std::move(take));
    held_.erase(sync_id);
    held_.emplace(sync_id, Held{std::move(lock), taken.epoch, taken.linked});
    co_return Lease{sync_id, taken.epoch};
  }

  Task<> release(Lease lease) override {
    const auto held = held_.find(lease.sync_id);
    if (held != held_.end() && held->second.epoch == lease.epoch) held_.erase(held);
    co_return;
  }

  Task<SyncState> load(std::string sync_id) override {
    auto work = [&](SqliteState& state) { return state.load(sync_id); };
    co_return co_await read(std::move(work));
  }

  Task<Run> begin_run(Lease lease, std::string mode, std::string plan_hash, Time now) override {
    auto work = [&](SqliteState& state) { return state.begin_run(lease, mode, plan_hash, now); };
    SqliteState::Begun begun = co_await write(std::move(work));
    note_linked(lease, begun.linked);
    co_return std::move(begun.run);
  }

  Task<> resume_run(Lease lease, int64_t run_id) override {
    auto work = [&](SqliteState& state) { return state.resume_run(lease, run_id); };
    note_linked(lease, co_await write(std::move(work)));
  }

  Task<int64_t> intend(Lease lease, int64_t, std::vector<LinkWrite> intents) override {
    auto work = [&](SqliteState& state) { return state.intend(lease, intents); };
    co_return co_await write(std::move(work));
  }

  Task<> end_run(Lease lease, int64_t run_id, RunState run_state, Cursor next, std::string error, Time now) override {
    auto work = [&](SqliteState& state) { state.end_run(lease, run_id, run_state, next, error, now); };
    co_await write(std::move(work));
  }

  Task<std::vector<std::optional<Link>>> links(std::string sync_id, std::vector<std::string_view> keys) override {
    if (links_nothing(sync_id)) co_return std::vector<std::optional<Link>>(keys.size());
    auto work = [&](SqliteState& state) { return state.links(sync_id, keys); };
    co_return co_await read(std::move(work));
  }

  Task<std::vector<std::optional<std::string>>> claimants(std::string sync_id,
                                                          std::vector<Fingerprint> claims) override {
    if (links_nothing(sync_id)) co_return std::vector<std::optional<std::string>>(claims.size());
    auto work = [&](SqliteState& state) { return state.claimants(sync_id, claims); };
    co_return co_await read(std::move(work));
  }

  Task<int64_t> commit(Commit commit) override {
    auto work = [&](SqliteState& state) { return state.commit(commit); };
    const SqliteState::Committed done = co_await write(std::move(work));
    note_linked(commit.lease, done.linked);
    co_return done.next_intent;
  }

  Task<std::vector<Unseen>> unseen(std::string sync_id, int64_t run_id, std::string after, int limit) override {
    auto work = [&](SqliteState& state) { return state.unseen(sync_id, run_id, after, limit); };
    co_return co_await read(std::move(work));
  }

  Task<std::vector<RejectedRecord>> rejected(std::string sync_id, std::optional<Side> side, bool retryable_only,
                                             int64_t after, int limit) override {
    auto work = [&](SqliteState& state) { return state.rejected(sync_id, side, retryable_only, after, limit); };
    co_return co_await read(std::move(work));
  }

  Task<std::vector<Run>> runs(std::string sync_id, int64_t before, int limit) override {
    auto work = [&](SqliteState& state) { return state.runs(sync_id, before, limit); };
    co_return co_await read(std::move(work));
  }

  Task<> forget(Lease lease) override {
    auto work = [&](SqliteState& state) { state.forget(lease); };
    co_await write(std::move(work));
    note_linked(lease, 0);
  }

  Task<std::optional<std::string>> get_secret(std::string name) override {
    auto work = [&](SqliteState& state) { return state.secret(name); };
    co_return co_await read(std::move(work));
  }

  Task<> put_secret(std::string name, std::string sealed) override {
    auto work = [&](SqliteState& state) { state.put_secret(name, sealed); };
    co_await write(std::move(work));
  }

  Task<std::optional<FeedState>> load_feed(std::string feed) override {
    auto work = [&](SqliteState& state) { return sqlite_feed::load(state.database(), feed); };
    co_return co_await read(std::move(work));
  }

  Task<std::vector<std::optional<FeedEntry>>> feed_entries(std::string feed,
                                                           std::vector<std::string_view> keys) override {
    auto work = [&](SqliteState& state) { return sqlite_feed::entries(state.database(), feed, keys); };
    co_return co_await read(std::move(work));
  }

  Task<std::string> commit_feed(FeedCommit commit) override {
    auto work = [&](SqliteState& state) { return sqlite_feed::commit(state.database(), commit); };
    co_return co_await write(std::move(work));
  }

  Task<> forget_feed(Lease lease) override {
    auto work = [&](SqliteState& state) { sqlite_feed::forget(state.database(), lease); };
    co_await write(std::move(work));
  }

  Task<std::vector<std::optional<Pair>>> pairs(std::string sync_id, PairBy by,
                                               std::vector<std::string_view> keys) override {
    auto work = [&](SqliteState& state) { return sqlite_pairs::find(state.database(), sync_id, by, keys); };
    co_return co_await read(std::move(work));
  }

  Task<std::vector<int64_t>> announce(Lease lease, std::vector<Pair> pairs,
                                      std::vector<ConflictWrite> history) override {
    const Commit page = announcement(std::move(lease), std::move(pairs), std::move(history));
    auto work = [&](SqliteState& state) { return state.announce(page); };
    co_return co_await write(std::move(work));
  }

  Task<std::vector<Pair>> unseen_pairs(std::string sync_id, int64_t run_id, Side side, int64_t after,
                                       int limit) override {
    auto work = [&](SqliteState& state) { return state.unseen_pairs(sync_id, run_id, side, after, limit); };
    co_return co_await read(std::move(work));
  }

  Task<std::vector<Pair>> pairs_by_id(std::string sync_id, std::vector<int64_t> ids) override {
    auto work = [&](SqliteState& state) { return sqlite_pairs::by_id(state.database(), sync_id, ids); };
    co_return co_await read(std::move(work));
  }

  Task<std::vector<Conflict>> conflicts(ConflictFilter filter, bool newest) override {
    auto work = [&](SqliteState& state) { return sqlite_conflicts::find(state.database(), filter, newest); };
    co_return co_await read(std::move(work));
  }

  Task<std::vector<ConflictCount>> conflict_counts() override {
    auto work = [](SqliteState& state) { return sqlite_conflicts::counts(state.database()); };
    co_return co_await read(std::move(work));
  }

  Task<Conflict> decide_conflict(Decide decide) override {
    auto work = [&](SqliteState& state) { return sqlite_conflicts::decide(state.database(), decide); };
    co_return co_await write(std::move(work));
  }

  Task<> in_book(BookAccess access, BookWork work) override {
    auto job = [&](SqliteState& state) { sqlite_book::run(state.database(), access, work); };
    if (access == BookAccess::read)
      co_await read(std::move(job));
    else
      co_await write(std::move(job));
  }

 private:
  struct Held {
    LockFile lock;
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

  template <class Work>
  Task<std::invoke_result_t<Work&, SqliteState&>> write(Work work) {
    const Semaphore::Permit turn = co_await writing_.acquire();
    auto job = [&] { return work(*writer_); };
    co_return co_await workers_.run(std::move(job));
  }
  template <class Work>
  Task<std::invoke_result_t<Work&, SqliteState&>> read(Work work) {
    const Semaphore::Permit turn = co_await reading_.acquire();
    auto job = [&] { return work(*reader_); };
    co_return co_await workers_.run(std::move(job));
  }

  std::filesystem::path home_;
  Workers& workers_;
  std::unique_ptr<SqliteState> writer_;
  std::unique_ptr<SqliteState> reader_;
  Semaphore writing_{1};
  Semaphore reading_{1};
  std::map<std::string, Held> held_;
};

}  // namespace

Task<std::unique_ptr<StateStore>> open_sqlite_store(std::filesystem::path home, Workers& workers) {
  auto store = std::make_unique<SqliteStore>(std::move(home), workers);
  auto open = [&] { store->open(); };
  co_await workers.run(std::move(open));
  co_return std::move(store);
}

}  // namespace nexpo
