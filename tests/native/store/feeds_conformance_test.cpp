// What every state store must keep for change feeds.
#include "store/conformance.hpp"

namespace nexpo {
namespace {

FeedEntry entry(std::string key, std::string version, int64_t pass = 1) {
  FeedEntry one;
  one.key = std::move(key);
  one.version = std::move(version);
  one.digest = print(7);
  one.pass = pass;
  return one;
}

class FeedConformance : public StoreConformance {
 protected:
  void SetUp() override {
    StoreConformance::SetUp();
    if (IsSkipped()) return;
    lease_ = wait(store_->acquire("feed:one"));
  }

  FeedCommit change(std::string state) {
    FeedCommit commit;
    commit.lease = lease_;
    commit.state = std::move(state);
    return commit;
  }
  std::optional<FeedEntry> known(std::string_view key) { return wait(store_->feed_entries("feed:one", {key}))[0]; }
  std::string settled() { return wait(store_->load_feed("feed:one"))->settled; }

  Lease lease_;
};

TEST_P(FeedConformance, AFeedHasNoStateUntilItsFirstCommit) {
  EXPECT_FALSE(wait(store_->load_feed("feed:one")));
  EXPECT_FALSE(known("a"));
  (void)wait(store_->commit_feed(change(std::string("one\0state", 9))));
  EXPECT_EQ(wait(store_->load_feed("feed:one"))->state, std::string("one\0state", 9));
  EXPECT_FALSE(wait(store_->load_feed("feed:two")));
}

TEST_P(FeedConformance, WhatIsOfferedIsNotKnownUntilItIsAccepted) {
  FeedCommit offer = change("offered");
  offer.offered = {entry("a", "v1"), entry("b", "v1")};
  (void)wait(store_->commit_feed(std::move(offer)));
  EXPECT_FALSE(known("a"));
  FeedCommit accept = change("accepted");
  accept.accept = true;
  (void)wait(store_->commit_feed(std::move(accept)));
  EXPECT_EQ(known("a"), entry("a", "v1"));
  EXPECT_EQ(known("b"), entry("b", "v1"));
}

TEST_P(FeedConformance, AnOfferThatWasNotAcceptedIsDroppedByTheNextCommit) {
  FeedCommit first = change("first");
  first.offered = {entry("a", "v1")};
  (void)wait(store_->commit_feed(std::move(first)));
  FeedCommit second = change("second");
  second.offered = {entry("b", "v1")};
  (void)wait(store_->commit_feed(std::move(second)));
  FeedCommit accept = change("accepted");
  accept.accept = true;
  (void)wait(store_->commit_feed(std::move(accept)));
  EXPECT_FALSE(known("a"));
  EXPECT_TRUE(known("b"));
}

TEST_P(FeedConformance, ANewerVersionReplacesTheOlderOneInAllFields) {
  FeedCommit first = change("first");
  first.known = {entry("a", "v1")};
  (void)wait(store_->commit_feed(std::move(first)));
  FeedEntry gone = entry("a", "", 4);
  gone.gone = true;
  gone.digest = {};
  FeedCommit second = change("second");
  second.offered = {gone};
  (void)wait(store_->commit_feed(std::move(second)));
  FeedCommit accept = change("accepted");
  accept.accept = true;
  (void)wait(store_->commit_feed(std::move(accept)));
  EXPECT_EQ(known("a"), gone);
}

TEST_P(FeedConformance, EntriesOfOldPassesGoAndTheHighestOfTheirVersionsIsNoted) {
  FeedCommit commit = change("one");
  commit.known = {entry("a", "2026-01-02", 1), entry("b", "2026-01-03", 1), entry("c", "2026-01-09", 2)};
  (void)wait(store_->commit_feed(std::move(commit)));
  FeedCommit forget = change("two");
  forget.forget_below = 2;
  (void)wait(store_->commit_feed(std::move(forget)));
  EXPECT_FALSE(known("a"));
  EXPECT_FALSE(known("b"));
  EXPECT_TRUE(known("c"));
  EXPECT_EQ(settled(), "2026-01-03");

  FeedCommit older = change("three");
  older.known = {entry("d", "2026-01-01", 2)};
  older.forget_below = 3;
  (void)wait(store_->commit_feed(std::move(older)));
  EXPECT_EQ(settled(), "2026-01-09") << "it never goes back";
  FeedCommit none = change("four");
  none.forget_below = 9;
  EXPECT_EQ(wait(store_->commit_feed(std::move(none))), "2026-01-09") << "a commit tells what is settled behind it";
  EXPECT_EQ(settled(), "2026-01-09") << "nothing was forgotten";
}

TEST_P(FeedConformance, EntriesComeInTheOrderOfTheKeysWithGapsWhereThereAreNone) {
  FeedCommit commit = change("one");
  std::vector<std::string> keys;
  for (int i = 0; i < 3'000; ++i) keys.push_back("key " + std::to_string(i));
  for (int i = 0; i < 3'000; i += 2) commit.known.push_back(entry(keys[static_cast<size_t>(i)], std::to_string(i)));
  (void)wait(store_->commit_feed(std::move(commit)));
  const std::vector<std::string_view> asked(keys.begin(), keys.end());
  const auto found = wait(store_->feed_entries("feed:one", asked));
  ASSERT_EQ(found.size(), keys.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    ASSERT_EQ(found[i].has_value(), i % 2 == 0) << i;
    if (found[i]) {
      ASSERT_EQ(found[i]->version, std::to_string(i));
    }
  }
}

TEST_P(FeedConformance, FeedsAreStrangersToEachOther) {
  const Lease other = wait(store_->acquire("feed:two"));
  FeedCommit commit = change("one");
  commit.known = {entry("a", "v1")};
  (void)wait(store_->commit_feed(std::move(commit)));
  EXPECT_FALSE(wait(store_->feed_entries("feed:two", {"a"}))[0]);
  wait(store_->forget_feed(other));
  EXPECT_TRUE(known("a"));
}

TEST_P(FeedConformance, AnOldLeaseChangesNothing) {
  (void)wait(store_->commit_feed(change("one")));
  const Lease old = lease_;
  wait(store_->release(lease_));
  lease_ = wait(store_->acquire("feed:one"));
  FeedCommit late;
  late.lease = old;
  late.state = "late";
  late.known = {entry("a", "v1")};
  EXPECT_EQ(error_of(store_->commit_feed(std::move(late))).kind(), ErrorKind::conflict);
  EXPECT_EQ(error_of(store_->forget_feed(old)).kind(), ErrorKind::conflict);
  EXPECT_EQ(wait(store_->load_feed("feed:one"))->state, "one");
  EXPECT_FALSE(known("a"));
}

TEST_P(FeedConformance, AForgottenFeedIsANewOne) {
  FeedCommit commit = change("one");
  commit.known = {entry("a", "v1")};
  commit.offered = {entry("b", "v1")};
  (void)wait(store_->commit_feed(std::move(commit)));
  wait(store_->forget_feed(lease_));
  EXPECT_FALSE(wait(store_->load_feed("feed:one")));
  FeedCommit again = change("again");
  again.accept = true;
  (void)wait(store_->commit_feed(std::move(again)));
  EXPECT_FALSE(known("a"));
  EXPECT_FALSE(known("b"));
}

TEST_P(FeedConformance, EverythingIsThereAfterTheStoreWasOpenedAgain) {
  FeedCommit commit = change("one");
  commit.known = {entry("a", "v1")};
  commit.offered = {entry("b", "v1")};
  (void)wait(store_->commit_feed(std::move(commit)));
  wait(store_->release(lease_));
  store_.reset();
  store_ = open();
  lease_ = wait(store_->acquire("feed:one"));
  EXPECT_TRUE(known("a"));
  FeedCommit accept = change("two");
  accept.accept = true;
  (void)wait(store_->commit_feed(std::move(accept)));
  EXPECT_TRUE(known("b"));
}

INSTANTIATE_TEST_SUITE_P(Stores, FeedConformance, testing::Values("sqlite", "postgresql"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace nexpo
