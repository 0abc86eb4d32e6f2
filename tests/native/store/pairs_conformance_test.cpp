// What every state store must keep of pairs.
#include "store/pair_conformance.hpp"

namespace nexpo {
namespace {

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

INSTANTIATE_TEST_SUITE_P(Stores, PairConformance, testing::Values("sqlite", "postgresql"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace nexpo
