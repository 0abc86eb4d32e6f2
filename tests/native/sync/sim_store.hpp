// SimStore: a StateStore on a disk that survives crashes of the simulated process.
#pragma once

#include <map>
#include <random>
#include <set>
#include <stdexcept>

#include "store/store.hpp"
#include "support/sim_clock.hpp"

namespace nexpo {

/// What is on the disk. Outlives the process that is killed.
struct SimDisk {
  struct StoredLink {
    Link link;
    int64_t seen = 0;
  };
  int64_t epoch = 0;
  int64_t next_run = 1;
  Cursor cursor;
  std::optional<Run> last;
  std::map<std::string, StoredLink> links;
  std::map<std::string, RejectedRecord> rejected;
  std::map<std::string, int64_t> rejected_by;  ///< run that rejected it last
  int64_t next_rejected = 1;
  std::map<int64_t, std::map<std::string, Link>> intents;
  int64_t next_intent = 1;

  void recover() {
    for (const auto& [id, page] : intents) {
      for (const auto& [key, intended] : page) {
        Link& link = links.try_emplace(key, StoredLink{{intended.target_key, {}, {}, {}}, 0}).first->second.link;
        link.pending = intended.fingerprint;
        if (!intended.shadow.empty()) link.shadow = intended.shadow;
      }
    }
    intents.clear();
  }
};

/// Every call takes virtual time, and may meet a crash before or after its effect (`crash_percent`). Every write may
/// find the disk full (`full_percent`): it changes nothing then.
class SimStore final : public StateStore {
 public:
  static constexpr const char* kDiskFull = "disk full";

  SimStore(SimClock& clock, SimDisk& disk, uint64_t seed, int crash_percent, int full_percent = 0)
      : clock_(clock), disk_(disk), random_(seed), crash_percent_(crash_percent), full_percent_(full_percent) {}

  Task<Lease> acquire(std::string sync_id) override {
    co_await boundary();
    fill();
    const Lease lease{sync_id, ++disk_.epoch};
    co_await boundary();
    co_return lease;
  }
  // The simulation runs syncs only.
  Task<> in_book(BookAccess, BookWork) override { co_return; }
  Task<std::optional<FeedState>> load_feed(std::string) override { co_return std::nullopt; }
  Task<std::vector<std::optional<FeedEntry>>> feed_entries(std::string, std::vector<std::string_view> keys) override {
    co_return std::vector<std::optional<FeedEntry>>(keys.size());
  }
  Task<std::string> commit_feed(FeedCommit) override { co_return ""; }
  Task<> forget_feed(Lease) override { co_return; }

  Task<> release(Lease) override { co_await boundary(); }

  Task<SyncState> load(std::string) override {
    co_await boundary();
    SyncState state;
    state.cursor = disk_.cursor;
    state.linked = static_cast<int64_t>(disk_.links.size());
    state.rejected = static_cast<int64_t>(disk_.rejected.size());
    state.last = disk_.last;
    co_return state;
  }

  Task<Run> begin_run(Lease lease, std::string mode, std::string plan_hash, Time now) override {
    co_await boundary();
    fence(lease);
    fill();
    Run run;
    run.id = disk_.next_run++;
    run.sync_id = lease.sync_id;
    run.mode = std::move(mode);
    run.plan_hash = std::move(plan_hash);
    run.started_at = now;
    disk_.last = run;
    disk_.recover();
    co_await boundary();
    co_return run;
  }

  Task<> resume_run(Lease lease, int64_t run_id) override {
    co_await boundary();
    fence(lease);
    fill();
    if (disk_.last->id != run_id) throw std::logic_error("resumed a run that is not the last one");
    disk_.last->state = RunState::running;
    disk_.recover();
    co_await boundary();
  }

  Task<> end_run(Lease lease, int64_t, RunState state, Cursor next, std::string error, Time now) override {
    co_await boundary();
    fence(lease);
    fill();
    disk_.last->state = state;
    disk_.last->error = std::move(error);
    disk_.last->ended_at = now;
    if (state == RunState::succeeded) disk_.cursor = std::move(next);
    if (state == RunState::succeeded && disk_.last->mode == "full")
      std::erase_if(disk_.rejected, [&](const auto& one) { return disk_.rejected_by.at(one.first) != disk_.last->id; });
    co_await boundary();
  }

  Task<int64_t> intend(Lease lease, int64_t, std::vector<LinkWrite> intents) override {
    co_await boundary();
    fence(lease);
    fill();
    const int64_t id = note(intents);
    co_await boundary();
    co_return id;
  }

  Task<std::vector<std::optional<Link>>> links(std::string, std::vector<std::string_view> keys) override {
    co_await boundary();
    std::vector<std::optional<Link>> found;
    for (std::string_view key : keys) {
      const auto place = disk_.links.find(std::string(key));
      found.push_back(place == disk_.links.end() ? std::nullopt : std::optional(place->second.link));
    }
    co_return found;
  }

  Task<int64_t> commit(Commit commit) override {
    co_await boundary();
    fence(commit.lease);
    fill();
    if (!commit.counts.closes()) throw std::logic_error("the conservation law does not hold at a checkpoint");
    disk_.last->cursor = commit.cursor;
    disk_.last->counts = commit.counts;
    ++disk_.last->pages;
    disk_.intents.erase(commit.intent);
    for (const LinkWrite& link : commit.links)
      disk_.links[std::string(link.source_key)] = {
          {std::string(link.target_key), link.fingerprint, link.shadow, link.pending}, commit.run_id};
    for (std::string_view key : commit.seen)
      if (const auto place = disk_.links.find(std::string(key)); place != disk_.links.end())
        place->second.seen = commit.run_id;
    for (std::string_view key : commit.unlinked) disk_.links.erase(std::string(key));
    for (std::string_view key : commit.resolved) disk_.rejected.erase(std::string(key));
    for (RejectedRecord& record : commit.rejected) {
      record.id = disk_.next_rejected++;
      disk_.rejected[record.source_key] = record;
      disk_.rejected_by[record.source_key] = commit.run_id;
    }
    const int64_t next_intent = note(commit.next_intents);
    co_await boundary();
    co_return next_intent;
  }

  Task<std::vector<Unseen>> unseen(std::string, int64_t run_id, std::string after, int limit) override {
    co_await boundary();
    std::vector<Unseen> found;
    for (auto place = disk_.links.upper_bound(after); place != disk_.links.end(); ++place)
      if (place->second.seen != run_id && found.size() < static_cast<size_t>(limit))
        found.push_back({place->first, place->second.link});
    co_return found;
  }

  Task<std::vector<RejectedRecord>> rejected(std::string, bool retryable_only, int64_t after, int limit) override {
    co_await boundary();
    std::map<int64_t, RejectedRecord> by_id;
    for (const auto& [key, record] : disk_.rejected)
      if (record.id > after && (record.reason.retryable || !retryable_only)) by_id.emplace(record.id, record);
    std::vector<RejectedRecord> found;
    for (auto& [id, record] : by_id)
      if (found.size() < static_cast<size_t>(limit)) found.push_back(std::move(record));
    co_return found;
  }

  Task<std::vector<Run>> runs(std::string, int64_t, int) override {
    co_await boundary();
    std::vector<Run> runs;
    if (disk_.last) runs.push_back(*disk_.last);
    co_return runs;
  }
  Task<> forget(Lease lease) override {
    co_await boundary();
    fence(lease);
    fill();
    disk_.links.clear();
    disk_.intents.clear();
    disk_.rejected.clear();
    disk_.last.reset();
    disk_.cursor = {};
  }
  Task<std::optional<std::string>> get_secret(std::string) override {
    co_await boundary();
    co_return std::nullopt;
  }
  Task<> put_secret(std::string, std::string) override { co_await boundary(); }

 private:
  int64_t note(const std::vector<LinkWrite>& intents) {
    if (intents.empty()) return 0;
    const int64_t id = disk_.next_intent++;
    for (const LinkWrite& one : intents)
      disk_.intents[id][std::string(one.source_key)] = {std::string(one.target_key), one.fingerprint, one.shadow, {}};
    return id;
  }

  Task<> boundary() {
    if (static_cast<int>(random_() % 1000) < crash_percent_ * 10) clock_.crash();
    co_await clock_.sleep(Millis{1 + static_cast<int>(random_() % 3)});
  }
  void fill() {
    if (static_cast<int>(random_() % 100) < full_percent_) throw Error(ErrorKind::unavailable, kDiskFull);
  }
  void fence(const Lease& lease) const {
    if (lease.epoch != disk_.epoch) throw Error(ErrorKind::conflict, "another run took over");
  }

  SimClock& clock_;
  SimDisk& disk_;
  std::mt19937_64 random_;
  int crash_percent_;
  int full_percent_;
};

}  // namespace nexpo
