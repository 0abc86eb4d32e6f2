// SimStore: a StateStore on a disk that survives crashes of the simulated process.
#pragma once

#include <algorithm>
#include <random>

#include "support/sim_clock.hpp"
#include "sync/sim_disk.hpp"

namespace nexpo {

/// How often things go wrong at the store, in percent of calls.
struct SimStoreFaults {
  int crash = 0;    ///< the process dies, before the effect or after it
  int full = 0;     ///< a write finds the disk full: it changes nothing
  int restart = 0;  ///< the server goes away: before the effect, or after it, when the answer is lost
  int stall = 0;    ///< the answer takes half a minute
};

/// Every call takes virtual time and may meet a fault.
class SimStore final : public StateStore {
 public:
  static constexpr const char* kDiskFull = "disk full";
  static constexpr const char* kRestarted = "the server closed the connection";

  SimStore(SimClock& clock, SimDisk& disk, uint64_t seed, SimStoreFaults faults)
      : clock_(clock), disk_(disk), random_(seed), faults_(faults) {}

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
    state.linked = static_cast<int64_t>(disk_.links.size()) + disk_.pairs_linked;
    state.rejected = static_cast<int64_t>(disk_.rejected.size() + disk_.rejected_target.size());
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
      for (const Side side : {Side::source, Side::target})
        std::erase_if(disk_.rejected_of(side),
                      [&](const auto& one) { return disk_.rejected_by_of(side).at(one.first) != disk_.last->id; });
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

  Task<std::vector<std::optional<std::string>>> claimants(std::string, std::vector<Fingerprint> claims) override {
    co_await boundary();
    std::vector<std::optional<std::string>> found(claims.size());
    for (const auto& [key, stored] : disk_.links)
      for (size_t i = 0; i < claims.size(); ++i)
        if (stored.link.claim == claims[i]) found[i] = key;
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
          {std::string(link.target_key), link.fingerprint, link.shadow, link.pending, link.claim}, commit.run_id};
    for (std::string_view key : commit.seen)
      if (const auto place = disk_.links.find(std::string(key)); place != disk_.links.end())
        place->second.seen = commit.run_id;
    for (std::string_view key : commit.unlinked) disk_.links.erase(std::string(key));
    for (std::string_view key : commit.resolved) disk_.rejected.erase(std::string(key));
    for (std::string_view key : commit.resolved_target) disk_.rejected_target.erase(std::string(key));
    for (RejectedRecord& record : commit.rejected) {
      record.id = disk_.next_rejected++;
      disk_.rejected_by_of(record.side)[record.source_key] = commit.run_id;
      disk_.rejected_of(record.side)[record.source_key] = record;
    }
    for (std::string_view key : commit.seen) disk_.pair_seen[{Side::source, std::string(key)}] = commit.run_id;
    for (std::string_view key : commit.seen_target) disk_.pair_seen[{Side::target, std::string(key)}] = commit.run_id;
    keep_pairs(commit);
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

  Task<std::vector<std::optional<Pair>>> pairs(std::string, PairBy by, std::vector<std::string_view> keys) override {
    co_await boundary();
    std::vector<std::optional<Pair>> found;
    for (const std::string_view key : keys) found.push_back(find(by, key));
    co_return found;
  }

  Task<std::vector<int64_t>> announce(Lease lease, std::vector<Pair> pairs,
                                      std::vector<ConflictWrite> history) override {
    co_await boundary();
    fence(lease);
    fill();
    const Commit page = announcement(std::move(lease), std::move(pairs), std::move(history));
    std::vector<int64_t> ids;
    for (const Pair& one : page.pairs) ids.push_back(disk_.keep(one));
    disk_.check_pairs();
    for (const ConflictWrite& one : page.conflicts)
      disk_.keep(conflict_to_keep(one, page, ids[one.place], clock_.now()));
    co_await boundary();
    co_return ids;
  }

  Task<std::vector<Pair>> unseen_pairs(std::string, int64_t run_id, Side side, int64_t after, int limit) override {
    co_await boundary();
    std::vector<Pair> gone;
    for (auto place = disk_.pairs.upper_bound(after); place != disk_.pairs.end(); ++place) {
      const auto seen = disk_.pair_seen.find({side, place->second.key_of(side)});
      const bool met = seen != disk_.pair_seen.end() && seen->second == run_id;
      if (place->second.linked() && !met && gone.size() < static_cast<size_t>(limit)) gone.push_back(place->second);
    }
    co_return gone;
  }

  Task<std::vector<Pair>> pairs_by_id(std::string, std::vector<int64_t> ids) override {
    co_await boundary();
    const std::set<int64_t> wanted(ids.begin(), ids.end());
    std::vector<Pair> found;
    for (const auto& [id, pair] : disk_.pairs)
      if (wanted.contains(id)) found.push_back(pair);
    co_return found;
  }

  Task<std::vector<Conflict>> conflicts(ConflictFilter filter, bool newest) override {
    co_await boundary();
    std::vector<Conflict> found;
    for (const auto& [id, one] : disk_.conflicts)
      if (chosen(one, filter) && (newest ? filter.after == 0 || id < filter.after : id > filter.after))
        found.push_back(one);
    if (newest) std::reverse(found.begin(), found.end());
    if (found.size() > static_cast<size_t>(filter.limit)) found.resize(static_cast<size_t>(filter.limit));
    co_return found;
  }

  Task<std::vector<ConflictCount>> conflict_counts() override { co_return std::vector<ConflictCount>(); }

  Task<Conflict> decide_conflict(Decide decide) override {
    co_await boundary();
    fill();
    const auto place = disk_.conflicts.find(decide.id);
    if (place == disk_.conflicts.end()) throw no_conflict(decide.id);
    const Conflict* waiting = disk_.waiting(place->second.pair);
    place->second = decided(place->second, decide, waiting && waiting->id != decide.id);
    disk_.pairs.at(place->second.pair).held = true;
    const Conflict kept = place->second;
    co_await boundary();
    co_return kept;
  }

  Task<std::vector<RejectedRecord>> rejected(std::string, std::optional<Side> side, bool retryable_only, int64_t after,
                                             int limit) override {
    co_await boundary();
    std::map<int64_t, RejectedRecord> by_id;
    for (const Side of : {Side::source, Side::target})
      for (const auto& [key, record] : disk_.rejected_of(of))
        if (side.value_or(of) == of && record.id > after && (record.reason.retryable || !retryable_only))
          by_id.emplace(record.id, record);
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
    disk_.rejected_target.clear();
    disk_.pairs.clear();
    disk_.conflicts.clear();
    disk_.pairs_linked = 0;
    disk_.last.reset();
    disk_.cursor = {};
  }
  Task<std::optional<std::string>> get_secret(std::string) override {
    co_await boundary();
    co_return std::nullopt;
  }
  Task<> put_secret(std::string, std::string) override { co_await boundary(); }

 private:
  /// Kept pairs and conflicts, as in a real store: no page leaves a record to two pairs.
  void keep_pairs(const Commit& commit) {
    std::vector<int64_t> ids;
    for (const Pair& one : commit.pairs) ids.push_back(disk_.keep(one));
    disk_.check_pairs();
    disk_.pairs_linked += commit.pairs_linked;
    for (const ConflictWrite& one : commit.conflicts)
      disk_.keep(conflict_to_keep(one, commit, ids[one.place], clock_.now()));
  }

  std::optional<Pair> find(PairBy by, std::string_view key) const {
    std::optional<Pair> found;
    for (const auto& [id, pair] : disk_.pairs) {
      const std::string& own =
          by == PairBy::match ? pair.key : pair.key_of(by == PairBy::source ? Side::source : Side::target);
      if (own != key || key.empty() || (by == PairBy::match && pair.buried)) continue;
      if (!found || (found->buried && !pair.buried)) found = pair;
    }
    return found;
  }

  static bool chosen(const Conflict& one, const ConflictFilter& filter) {
    const auto matches = [](const std::string& wanted, const std::string& is) {
      return wanted.empty() || wanted == is;
    };
    const FieldMarks marks = marks_of(filter.field);
    const bool has_field = marks.first.empty() || one.fields.find(marks.first) != std::string::npos ||
                           one.fields.find(marks.later) != std::string::npos;
    const bool has_key =
        filter.key.empty() || filter.key == one.key || filter.key == one.source_key || filter.key == one.target_key;
    return matches(filter.outcome, one.outcome) && matches(filter.kind, one.kind) && has_field && has_key &&
           (!filter.state || *filter.state == one.state) && (filter.pair == 0 || filter.pair == one.pair);
  }

  int64_t note(const std::vector<LinkWrite>& intents) {
    if (intents.empty()) return 0;
    const int64_t id = disk_.next_intent++;
    for (const LinkWrite& one : intents)
      disk_.intents[id][std::string(one.source_key)] = {
          std::string(one.target_key), one.fingerprint, one.shadow, {}, one.claim};
    return id;
  }

  Task<> boundary() {
    if (strikes(faults_.crash)) clock_.crash();
    const bool stalls = strikes(faults_.stall);
    co_await clock_.sleep(stalls ? Millis{30'000} : Millis{1 + static_cast<int>(random_() % 3)});
    if (strikes(faults_.restart)) throw Error(ErrorKind::unavailable, kRestarted).with_unknown_outcome();
  }
  void fill() {
    if (strikes(faults_.full)) throw Error(ErrorKind::unavailable, kDiskFull);
  }
  bool strikes(int percent) { return percent > 0 && static_cast<int>(random_() % 100) < percent; }
  void fence(const Lease& lease) const {
    if (lease.epoch != disk_.epoch) throw Error(ErrorKind::conflict, "another run took over");
  }

  SimClock& clock_;
  SimDisk& disk_;
  std::mt19937_64 random_;
  SimStoreFaults faults_;
};

}  // namespace nexpo
