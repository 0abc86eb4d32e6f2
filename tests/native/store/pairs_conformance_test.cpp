// What every state store must keep of pairs and their conflicts.
#include "store/conformance.hpp"

namespace nexpo {
namespace {

Pair pair_of(std::string source, std::string target, std::string key = "") {
  Pair pair;
  pair.key = key.empty() ? "key of " + source + target : std::move(key);
  pair.source_key = std::move(source);
  pair.target_key = std::move(target);
  pair.source_version = "s1";
  pair.target_version = "t1";
  pair.state = std::string("state\0\xff", 7);
  return pair;
}

Conflict open_conflict(std::string hashes = "1") {
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

TEST_P(PairConformance, APairIsFoundByEitherSideAndByItsKey) {
  Pair pair = pair_of("a", "b", "a@example.com");
  pair.held = true;
  pair.set_doubt(Side::target);
  keep({pair, pair_of("c", "")});
  pair.id = kept("a").id;
  EXPECT_NE(pair.id, 0);
  EXPECT_EQ(find(PairBy::source, "a"), pair);
  EXPECT_EQ(find(PairBy::target, "b"), pair);
  EXPECT_EQ(find(PairBy::match, "a@example.com"), pair);
  EXPECT_FALSE(find(PairBy::source, "b"));
  EXPECT_FALSE(find(PairBy::target, "")) << "a side without a record has no key";
  const auto several = wait(store_->pairs("s", PairBy::source, {"c", "none", "a", "c"}));
  ASSERT_EQ(several.size(), 4u);
  EXPECT_EQ(several[0]->source_key, "c");
  EXPECT_FALSE(several[1]);
  EXPECT_EQ(several[2], pair);
  EXPECT_EQ(several[3], several[0]);
  EXPECT_FALSE(wait(store_->pairs("another", PairBy::source, {"a"}))[0]);
}

TEST_P(PairConformance, ACommitReplacesAPairInAllFields) {
  keep({pair_of("a", "")});
  Pair pair = kept("a");
  pair.key = "new key";
  pair.source_key = "a2";
  pair.target_key = "b2";
  pair.source_version = pair.target_version = "9";
  pair.state = "";
  pair.held = true;
  pair.set_doubt(Side::source);
  keep({pair});
  EXPECT_EQ(kept("a2"), pair);
  EXPECT_FALSE(find(PairBy::source, "a"));
  Pair bare = pair_of("a2", "");
  bare.id = pair.id;
  keep({bare});
  EXPECT_EQ(kept("a2"), bare);
  EXPECT_FALSE(find(PairBy::target, "b2"));
}

TEST_P(PairConformance, ATombstoneIsFoundByItsKeysAndMatchesNothing) {
  Pair pair = pair_of("a", "b", "k");
  pair.buried = true;
  keep({pair});
  EXPECT_TRUE(find(PairBy::source, "a")->buried);
  EXPECT_TRUE(find(PairBy::target, "b")->buried);
  EXPECT_FALSE(find(PairBy::match, "k"));
  keep({pair_of("a", "c", "k")});
  EXPECT_FALSE(find(PairBy::source, "a")->buried) << "a living pair comes first";
  const int64_t living = kept("a").id;
  keep({pair_of("d", "e", "k")});
  EXPECT_EQ(find(PairBy::match, "k")->id, living) << "the oldest of several";
}

TEST_P(PairConformance, PairsAreGivenByNumber) {
  keep({pair_of("a", "1"), pair_of("b", "2"), pair_of("c", "3")});
  const int64_t a = kept("a").id, c = kept("c").id;
  const auto found = wait(store_->pairs_by_id("s", {c, 999'999, a, c}));
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0], kept("a"));
  EXPECT_EQ(found[1], kept("c"));
  EXPECT_TRUE(wait(store_->pairs_by_id("another", {a})).empty());
}

TEST_P(PairConformance, WhatIsAnnouncedIsKeptWithItsDoubtsBeforeAnyCommit) {
  keep({pair_of("a", "b")});
  Pair known = kept("a");
  known.set_doubt(Side::target);
  Pair fresh = pair_of("c", "");
  fresh.set_doubt(Side::target);
  const std::vector<int64_t> ids = wait(store_->announce(lease_, {fresh, known}, {}));
  ASSERT_EQ(ids.size(), 2u);
  EXPECT_EQ(ids[1], known.id);
  const auto another = open();
  EXPECT_EQ(wait(another->pairs("s", PairBy::source, {"a"}))[0], known);
  const Pair after = *wait(another->pairs("s", PairBy::source, {"c"}))[0];
  EXPECT_EQ(after.id, ids[0]);
  EXPECT_TRUE(after.in_doubt(Side::target));
  EXPECT_FALSE(after.in_doubt(Side::source));
}

TEST_P(PairConformance, AnOldLeaseChangesNothing) {
  keep({pair_of("a", "b")});
  Pair pair = kept("a");
  const Lease old{"s", lease_.epoch - 1};
  pair.target_key = "changed";
  EXPECT_EQ(error_of(store_->announce(old, {pair}, {})).kind(), ErrorKind::conflict);
  Commit late = page();
  late.lease = old;
  late.pairs = {pair, pair_of("c", "d")};
  late.conflicts = {{0, open_conflict()}};
  EXPECT_EQ(error_of(store_->commit(std::move(late))).kind(), ErrorKind::conflict);
  EXPECT_EQ(kept("a").target_key, "b");
  EXPECT_FALSE(find(PairBy::source, "c"));
  EXPECT_TRUE(chosen({}).empty());
}

TEST_P(PairConformance, LinkedPairsAreCounted) {
  Commit commit = page();
  commit.pairs = {pair_of("a", "1"), pair_of("b", "2"), pair_of("c", "")};
  commit.pairs_linked = 2;
  (void)wait(store_->commit(std::move(commit)));
  EXPECT_EQ(wait(store_->load("s")).linked, 2);
  Commit fewer = page();
  fewer.pairs_linked = -1;
  (void)wait(store_->commit(std::move(fewer)));
  EXPECT_EQ(wait(store_->load("s")).linked, 1);
}

TEST_P(PairConformance, TheUnseenAreThoseOfOneSide) {
  Commit commit = page();
  // Equal keys on both sides, as two systems with running numbers have them.
  for (int i = 0; i < 300; ++i) commit.pairs.push_back(pair_of(std::to_string(i), std::to_string(299 - i)));
  commit.pairs.push_back(pair_of("only source", ""));
  commit.pairs.push_back(pair_of("buried", "buried"));
  commit.pairs.back().buried = true;
  commit.seen = {"0", "1"};
  commit.seen_target = {"0", "7", "8"};
  (void)wait(store_->commit(std::move(commit)));
  const auto unseen = [&](Side side) {
    std::vector<std::string> keys;
    int64_t after = 0;
    for (;;) {
      const auto gone = wait(store_->unseen_pairs("s", run_.id, side, after, 100));
      if (gone.empty()) return keys;
      EXPECT_LE(gone.size(), 100u);
      for (const Pair& one : gone) keys.push_back(one.key_of(side));
      after = gone.back().id;
    }
  };
  const std::vector<std::string> source = unseen(Side::source), target = unseen(Side::target);
  EXPECT_EQ(source.size(), 298u);
  EXPECT_EQ(source.front(), "2");
  EXPECT_EQ(target.size(), 297u);
  EXPECT_EQ(target.front(), "299");
  EXPECT_EQ(target.back(), "1");
  const Run next = begin(lease_);
  EXPECT_EQ(wait(store_->unseen_pairs("s", next.id, Side::source, 0, 1000)).size(), 300u);
}

TEST_P(PairConformance, RejectedRecordsOfTwoSidesMayHaveOneKey) {
  RejectedRecord one;
  one.source_key = "7";
  one.reason = {.code = "BAD", .message = "source", .field = "", .retryable = true};
  RejectedRecord two = one;
  two.side = Side::target;
  two.reason.message = "target";
  Commit commit = page();
  commit.rejected = {one, two};
  (void)wait(store_->commit(std::move(commit)));
  const auto all = wait(store_->rejected("s", {}, true, 0, 10));
  ASSERT_EQ(all.size(), 2u);
  const auto target = wait(store_->rejected("s", Side::target, false, 0, 10));
  ASSERT_EQ(target.size(), 1u);
  EXPECT_EQ(target[0].reason.message, "target");
  EXPECT_EQ(target[0].side, Side::target);
  EXPECT_EQ(wait(store_->rejected("s", Side::source, true, 0, 10))[0].reason.message, "source");

  Commit resolved = page();
  resolved.resolved_target = {"7"};
  (void)wait(store_->commit(std::move(resolved)));
  const auto left = wait(store_->rejected("s", {}, false, 0, 10));
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(left[0].side, Side::source);
  Commit other = page();
  other.rejected = {one};
  other.resolved_target = {"7"};
  (void)wait(store_->commit(std::move(other)));
  EXPECT_EQ(wait(store_->rejected("s", Side::source, false, 0, 10))[0].attempts, 2);
}

TEST_P(PairConformance, AConflictIsKeptWithItsPair) {
  const Conflict kept_one = held("a");
  EXPECT_EQ(kept_one.sync_id, "s");
  EXPECT_EQ(kept_one.pair, kept("a").id);
  EXPECT_EQ(kept_one.key, "key of at-a");
  EXPECT_EQ(kept_one.source_key, "a");
  EXPECT_EQ(kept_one.target_key, "t-a");
  EXPECT_EQ(kept_one.kind, "both_differ");
  EXPECT_EQ(kept_one.state, ConflictState::open);
  EXPECT_EQ(kept_one.fields, R"(["Name","Phone"])");
  EXPECT_EQ(kept_one.body, R"({"fields":[]})");
  EXPECT_EQ(kept_one.sealed, std::string("\0sealed", 7));
  EXPECT_EQ(kept_one.source_hash, "s1");
  EXPECT_EQ(kept_one.target_hash, "t1");
  EXPECT_EQ(kept_one.run, run_.id);
  EXPECT_EQ(kept_one.opened_at, kept_one.changed_at);
}

TEST_P(PairConformance, APairHasOneConflictThatIsNotClosed) {
  const Conflict first = held("a");
  const Pair pair = kept("a");
  write(pair, open_conflict("2"));
  auto found = conflicts_of(pair);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].id, first.id);
  EXPECT_EQ(found[0].source_hash, "s2");
  EXPECT_EQ(found[0].opened_at, first.opened_at);

  Conflict settled = open_conflict("3");
  settled.state = ConflictState::closed;
  settled.outcome = "settled";
  write(pair, settled);
  EXPECT_EQ(conflicts_of(pair).size(), 2u) << "history stands beside the open one";

  Conflict over = found[0];
  over.state = ConflictState::closed;
  over.outcome = "gone";
  Commit commit = page();
  commit.pairs = {pair};
  commit.conflicts = {{0, over}, {0, open_conflict("4")}};
  (void)wait(store_->commit(std::move(commit)));
  found = conflicts_of(pair);
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].outcome, "gone");
  EXPECT_EQ(found[2].state, ConflictState::open);
}

TEST_P(PairConformance, ADecisionIsKeptIfItsHashesAreThoseOfTheItem) {
  const Conflict conflict = held("a");
  PairStore::Decide stale = decision_on(conflict);
  stale.target_hash = "t0";
  Error error = error_of(store_->decide_conflict(stale));
  EXPECT_EQ(error.kind(), ErrorKind::conflict);
  EXPECT_EQ(error.code(), kMovedCode);
  EXPECT_EQ(conflicts_of(kept("a"))[0].state, ConflictState::open);

  const Conflict now = wait(store_->decide_conflict(decision_on(conflict)));
  EXPECT_EQ(now.state, ConflictState::decided);
  EXPECT_EQ(now.decision, R"({"take":"source"})");
  EXPECT_EQ(now.actor, "ada");
  EXPECT_EQ(now.changed_at, kNow);
  const Conflict again = wait(store_->decide_conflict(decision_on(conflict, "target")));
  EXPECT_EQ(again.decision, R"({"take":"target"})") << "another word before it is carried out";
  EXPECT_EQ(conflicts_of(kept("a"))[0].decision, again.decision);

  PairStore::Decide nobody = decision_on(conflict);
  nobody.id += 100;
  error = error_of(store_->decide_conflict(nobody));
  EXPECT_EQ(error.kind(), ErrorKind::invalid);
  EXPECT_EQ(error.code(), kNoConflictCode);
}

TEST_P(PairConformance, AnEmptyDecisionTakesOneBack) {
  const Conflict conflict = held("a");
  (void)wait(store_->decide_conflict(decision_on(conflict)));
  PairStore::Decide back = decision_on(conflict);
  back.decision.clear();
  EXPECT_EQ(wait(store_->decide_conflict(back)).state, ConflictState::open);
  EXPECT_EQ(conflicts_of(kept("a"))[0].decision, "");
}

TEST_P(PairConformance, WaitingConflictsAreCountedBySync) {
  EXPECT_TRUE(wait(store_->conflict_counts()).empty());
  (void)held("a");
  (void)held("b");
  (void)wait(store_->decide_conflict(decision_on(held("c"))));
  Conflict over = open_conflict();
  over.state = ConflictState::closed;
  (void)held("d", over);
  const auto counts = wait(store_->conflict_counts());
  ASSERT_EQ(counts.size(), 1u);
  EXPECT_EQ(counts[0].sync_id, "s");
  EXPECT_EQ(counts[0].open, 2);
  EXPECT_EQ(counts[0].decided, 1);
}

TEST_P(PairConformance, ADecisionThatAPageMeetsIsNotLost) {
  const Conflict conflict = held("a");
  (void)wait(store_->decide_conflict(decision_on(conflict)));
  const Pair pair = kept("a");
  write(pair, open_conflict());  // a page that began before the decision
  EXPECT_EQ(conflicts_of(pair)[0].state, ConflictState::decided);
  EXPECT_EQ(conflicts_of(pair)[0].actor, "ada");
  Conflict known = open_conflict();
  known.id = conflict.id;
  known.body = "{}";
  write(pair, known);
  EXPECT_EQ(conflicts_of(pair)[0].state, ConflictState::decided);
  EXPECT_EQ(conflicts_of(pair)[0].body, "{}");
  write(pair, open_conflict("moved"));
  EXPECT_EQ(conflicts_of(pair)[0].state, ConflictState::open) << "the sides are not what the decision was made on";
  EXPECT_EQ(conflicts_of(pair)[0].decision, "");
}

TEST_P(PairConformance, OnlyACarriedOutDecisionIsUndone) {
  Conflict conflict = held("a");
  PairStore::Decide undo = decision_on(conflict);
  undo.undo = true;
  undo.decision = R"({"undo":true})";
  EXPECT_EQ(error_of(store_->decide_conflict(undo)).code(), kClosedCode);

  Pair pair = kept("a");
  pair.held = false;
  conflict.state = ConflictState::closed;
  conflict.outcome = "applied";
  conflict.source_hash = "s9";
  write(pair, conflict);
  EXPECT_EQ(error_of(store_->decide_conflict(decision_on(conflict))).code(), kClosedCode);
  EXPECT_EQ(error_of(store_->decide_conflict(undo)).code(), kMovedCode);
  undo.source_hash = "s9";
  const Conflict now = wait(store_->decide_conflict(undo));
  EXPECT_EQ(now.state, ConflictState::decided);
  EXPECT_EQ(now.decision, R"({"undo":true})");
  EXPECT_EQ(now.outcome, "");
  EXPECT_TRUE(kept("a").held);
}

TEST_P(PairConformance, AnUndoWaitsForANewerConflictOfTheRecord) {
  Conflict conflict = held("a");
  conflict.state = ConflictState::closed;
  conflict.outcome = "applied";
  const Pair pair = kept("a");
  write(pair, conflict);
  write(pair, open_conflict("2"));
  PairStore::Decide undo = decision_on(conflict);
  undo.undo = true;
  EXPECT_EQ(error_of(store_->decide_conflict(undo)).code(), kWaitingCode);
}

TEST_P(PairConformance, ConflictsAreChosenByEveryMember) {
  const Conflict a = held("a");
  Conflict other = open_conflict();
  other.kind = "delete_update";
  other.fields = R"(["Na\"me","x,\"Phone"])";
  const Conflict b = held("b", other);
  (void)wait(store_->decide_conflict(decision_on(b)));
  Conflict settled = open_conflict();
  settled.state = ConflictState::closed;
  settled.outcome = "settled";
  const Conflict c = held("c", settled);

  ConflictFilter filter;
  EXPECT_EQ(chosen(filter), (std::vector<int64_t>{a.id, b.id, c.id}));
  EXPECT_EQ(chosen(filter, true), (std::vector<int64_t>{c.id, b.id, a.id}));
  filter.limit = 1;
  filter.after = a.id;
  EXPECT_EQ(chosen(filter), (std::vector<int64_t>{b.id}));
  filter.after = c.id;
  EXPECT_EQ(chosen(filter, true), (std::vector<int64_t>{b.id}));
  const auto by = [&](auto set) {
    ConflictFilter one;
    set(one);
    return chosen(one);
  };
  EXPECT_EQ(by([](auto& f) { f.state = ConflictState::open; }), (std::vector<int64_t>{a.id}));
  EXPECT_EQ(by([](auto& f) { f.state = ConflictState::decided; }), (std::vector<int64_t>{b.id}));
  EXPECT_EQ(by([](auto& f) { f.outcome = "settled"; }), (std::vector<int64_t>{c.id}));
  EXPECT_EQ(by([](auto& f) { f.kind = "delete_update"; }), (std::vector<int64_t>{b.id}));
  EXPECT_EQ(by([](auto& f) { f.field = "Phone"; }), (std::vector<int64_t>{a.id, c.id}));
  EXPECT_EQ(by([](auto& f) { f.field = "Na\"me"; }), (std::vector<int64_t>{b.id}));
  EXPECT_TRUE(by([](auto& f) { f.field = "Nam"; }).empty());
  EXPECT_EQ(by([](auto& f) { f.key = "t-c"; }), (std::vector<int64_t>{c.id}));
  EXPECT_EQ(by([](auto& f) { f.key = "key of bt-b"; }), (std::vector<int64_t>{b.id}));
  EXPECT_EQ(by([&](auto& f) { f.pair = a.pair; }), (std::vector<int64_t>{a.id}));
  EXPECT_TRUE(by([](auto& f) { f.sync_id = "another"; }).empty());
  EXPECT_EQ(by([](auto& f) { f.sync_id = "s"; }).size(), 3u);
}

TEST_P(PairConformance, AForgottenSyncHasNeitherPairsNorConflicts) {
  (void)held("a");
  const Lease other = wait(store_->acquire("other"));
  Commit commit = StoreConformance::page(other, begin(other));
  commit.pairs = {pair_of("a", "b")};
  commit.conflicts = {{0, open_conflict()}};
  (void)wait(store_->commit(std::move(commit)));
  wait(store_->forget(lease_));
  EXPECT_FALSE(find(PairBy::source, "a"));
  EXPECT_TRUE(wait(store_->pairs("other", PairBy::source, {"a"}))[0]);
  ASSERT_EQ(chosen({}).size(), 1u);
  EXPECT_EQ(wait(store_->conflicts({}))[0].sync_id, "other");
}

INSTANTIATE_TEST_SUITE_P(Stores, PairConformance, testing::Values("sqlite", "postgresql"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace nexpo
