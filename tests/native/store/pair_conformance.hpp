// The fixture of what every state store must keep of pairs and their conflicts.
#pragma once

#include "store/conformance.hpp"

namespace nexpo {

inline Pair pair_of(std::string source, std::string target, std::string key = "") {
  Pair pair;
  pair.key = key.empty() ? "key of " + source + target : std::move(key);
  pair.source_key = std::move(source);
  pair.target_key = std::move(target);
  pair.source_version = "s1";
  pair.target_version = "t1";
  pair.state = std::string("state\0\xff", 7);
  return pair;
}

inline Conflict open_conflict(std::string hashes = "1") {
  Conflict one;
  one.kind = "both_differ";
  one.fields = R"(["Name","Phone"])";
  one.body = R"({"fields":[]})";
  one.sealed = std::string("\0sealed", 7);
  one.source_hash = "s" + hashes;
  one.target_hash = "t" + hashes;
  return one;
}

class PairConformance : public StoreConformance {
 protected:
  void SetUp() override {
    StoreConformance::SetUp();
    if (IsSkipped()) return;
    lease_ = wait(store_->acquire("s"));
    run_ = begin(lease_);
  }

  Commit page() { return StoreConformance::page(lease_, run_); }
  void keep(std::vector<Pair> pairs) {
    Commit commit = page();
    commit.pairs = std::move(pairs);
    (void)wait(store_->commit(std::move(commit)));
  }
  std::optional<Pair> find(PairBy by, std::string_view key) { return wait(store_->pairs("s", by, {key}))[0]; }
  Pair kept(std::string_view source) { return find(PairBy::source, source).value(); }

  /// A kept pair whose record is `source` on one side, in conflict.
  Conflict held(const std::string& source, Conflict conflict = open_conflict()) {
    Commit commit = page();
    commit.pairs = {pair_of(source, "t-" + source)};
    commit.pairs[0].held = true;
    commit.conflicts = {{0, std::move(conflict)}};
    (void)wait(store_->commit(std::move(commit)));
    return conflicts_of(kept(source)).back();
  }
  std::vector<Conflict> conflicts_of(const Pair& pair) {
    ConflictFilter filter;
    filter.pair = pair.id;
    return wait(store_->conflicts(filter));
  }
  /// What the next page of `pair` leaves behind.
  void write(const Pair& pair, Conflict conflict) {
    Commit commit = page();
    commit.pairs = {pair};
    commit.conflicts = {{0, std::move(conflict)}};
    (void)wait(store_->commit(std::move(commit)));
  }
  static PairStore::Decide decision_on(const Conflict& conflict, std::string take = "source") {
    PairStore::Decide decide;
    decide.id = conflict.id;
    decide.source_hash = conflict.source_hash;
    decide.target_hash = conflict.target_hash;
    decide.decision = R"({"take":")" + take + R"("})";
    decide.actor = "ada";
    decide.now = kNow;
    return decide;
  }
  std::vector<int64_t> chosen(ConflictFilter filter, bool newest = false) {
    std::vector<int64_t> ids;
    for (const Conflict& one : wait(store_->conflicts(std::move(filter), newest))) ids.push_back(one.id);
    return ids;
  }

  Lease lease_;
  Run run_;
};

}  // namespace nexpo
