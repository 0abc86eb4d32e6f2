// Links, marks, rejected records and secrets, in every state store.
#include <algorithm>
#include <map>

#include "store/conformance.hpp"

namespace nexpo {
namespace {

TEST_P(StoreConformance, KnowsNothingOfASyncThatNeverRan) {
  const SyncState state = wait(store_->load("new"));
  EXPECT_TRUE(state.cursor.empty());
  EXPECT_EQ(state.linked, 0);
  EXPECT_EQ(state.rejected, 0);
  EXPECT_FALSE(state.last);
  EXPECT_TRUE(wait(store_->runs("", StateStore::kNewest, 10)).empty());
  const auto links = wait(store_->links("new", {"a", "b"}));
  EXPECT_EQ(links.size(), 2u);
  EXPECT_FALSE(links[0]);
}

TEST_P(StoreConformance, GivesLinksInTheOrderOfTheQuestionWithEveryByteOfTheKeys) {
  const Lease lease = wait(store_->acquire("s"));
  const Run run = begin(lease);
  const std::vector<std::string> odd{"plain",    std::string("nul\0key", 7), "\xff\xfe", "quote'\"\\",
                                     "{comma,}", "\xF0\x9F\x98\x80",         "NULL",     " "};
  Commit commit = page(lease, run);
  for (size_t i = 0; i < odd.size(); ++i)
    commit.links.push_back({odd[i], i % 2 ? std::string_view(odd[odd.size() - 1 - i]) : std::string_view(),
                            print(static_cast<uint8_t>(i + 1)), i == 3 ? print(200) : Fingerprint{},
                            i == 4 ? print(201) : Fingerprint{}});
  wait(store_->commit(std::move(commit)));
  std::vector<std::string_view> keys(odd.rbegin(), odd.rend());
  keys.push_back("missing");
  const auto links = wait(store_->links("s", keys));
  ASSERT_EQ(links.size(), odd.size() + 1);
  EXPECT_FALSE(links.back());
  for (size_t i = 0; i < odd.size(); ++i) {
    const auto& link = links[odd.size() - 1 - i];
    ASSERT_TRUE(link) << i;
    EXPECT_EQ(link->fingerprint, print(static_cast<uint8_t>(i + 1)));
    EXPECT_EQ(link->target_key, i % 2 ? odd[odd.size() - 1 - i] : "");
    EXPECT_EQ(link->shadow, i == 3 ? print(200) : Fingerprint{});
    EXPECT_EQ(link->pending, i == 4 ? print(201) : Fingerprint{});
  }
  EXPECT_EQ(wait(store_->load("s")).linked, static_cast<int64_t>(odd.size()));
}

TEST_P(StoreConformance, TellsWhichRecordHoldsAClaimUntilItsLinkLosesIt) {
  const Lease lease = wait(store_->acquire("s"));
  const Lease other = wait(store_->acquire("other"));
  const Run run = begin(lease), others = begin(other);
  const std::vector<Fingerprint> asked{print(2), print(9), print(1), print(2)};
  EXPECT_EQ(wait(store_->claimants("s", asked)), std::vector<std::optional<std::string>>(4));
  Commit commit = page(lease, run);
  commit.links.push_back({"a", "x", print(50), {}, {}, print(1)});
  commit.links.push_back({std::string_view("nul\0key", 7), "y", print(51), {}, {}, print(2)});
  commit.links.push_back({"without", "z", print(52), {}, {}});
  wait(store_->commit(std::move(commit)));
  commit = page(other, others);
  commit.links.push_back({"stranger", "x", print(50), {}, {}, print(9)});
  wait(store_->commit(std::move(commit)));
  using Holders = std::vector<std::optional<std::string>>;
  EXPECT_EQ(wait(store_->claimants("s", asked)),
            (Holders{std::string("nul\0key", 7), std::nullopt, "a", std::string("nul\0key", 7)}));
  EXPECT_EQ(wait(store_->links("s", {"a"}))[0]->claim, print(1));

  commit = page(lease, run);
  commit.links.push_back({"a", "v", print(53), {}, {}, print(9)});
  commit.unlinked.push_back(std::string_view("nul\0key", 7));
  wait(store_->commit(std::move(commit)));
  EXPECT_EQ(wait(store_->claimants("s", asked)), (Holders{std::nullopt, "a", std::nullopt, std::nullopt}));
}

TEST_P(StoreConformance, ReplacesAndRemovesLinksAndCountsThem) {
  const Lease lease = wait(store_->acquire("s"));
  const Run run = begin(lease);
  Commit first = page(lease, run);
  first.links = {{"a", "", print(1), {}, {}}, {"b", "", print(1), {}, {}}, {"c", "", print(1), {}, {}}};
  wait(store_->commit(std::move(first)));
  EXPECT_EQ(wait(store_->load("s")).linked, 3);
  Commit second = page(lease, run);
  second.links = {{"b", "B", print(2), {}, {}}, {"d", "", print(2), {}, {}}};
  second.unlinked = {"a", "never there"};
  wait(store_->commit(std::move(second)));
  EXPECT_EQ(wait(store_->load("s")).linked, 3);
  const auto links = wait(store_->links("s", {"a", "b", "c", "d"}));
  EXPECT_FALSE(links[0]);
  EXPECT_EQ(links[1]->target_key, "B");
  EXPECT_EQ(links[1]->fingerprint, print(2));
  EXPECT_EQ(links[2]->fingerprint, print(1));
  EXPECT_TRUE(links[3]);
}

TEST_P(StoreConformance, KeepsTheLinksOfTwoSyncsApart) {
  const Lease one = wait(store_->acquire("one")), two = wait(store_->acquire("two"));
  const Run run_one = begin(one), run_two = begin(two);
  Commit commit = page(one, run_one);
  commit.links = {{"a", "", print(1), {}, {}}};
  wait(store_->commit(std::move(commit)));
  Commit other = page(two, run_two);
  other.links = {{"a", "other", print(2), {}, {}}};
  wait(store_->commit(std::move(other)));
  EXPECT_EQ(wait(store_->links("one", {"a"}))[0]->fingerprint, print(1));
  EXPECT_EQ(wait(store_->links("two", {"a"}))[0]->target_key, "other");
}

TEST_P(StoreConformance, KeepsRejectedRecordsUntilTheyAreResolved) {
  const Lease lease = wait(store_->acquire("s"));
  const Run run = begin(lease);
  RejectedRecord bad;
  bad.source_key = "k1";
  bad.version = "v1";
  bad.original = "{\"Name\":\"\\u0000\"}";
  bad.reason = {.row = 4, .code = "STRING_TOO_LONG", .message = "too long: \xff", .field = "Name", .retryable = false};
  RejectedRecord lock = bad;
  lock.source_key = "k2";
  lock.removal = true;
  lock.reason.retryable = true;
  Commit first = page(lease, run);
  first.rejected = {bad, lock};
  wait(store_->commit(std::move(first)));
  auto kept = wait(store_->rejected("s", {}, false, 0, 10));
  ASSERT_EQ(kept.size(), 2u);
  EXPECT_EQ(kept[0].source_key, "k1");
  EXPECT_EQ(kept[0].version, "v1");
  EXPECT_EQ(kept[0].original, bad.original);
  EXPECT_EQ(kept[0].reason.code, "STRING_TOO_LONG");
  EXPECT_EQ(kept[0].reason.message, bad.reason.message);
  EXPECT_EQ(kept[0].reason.field, "Name");
  EXPECT_EQ(kept[0].attempts, 1);
  EXPECT_FALSE(kept[0].removal);
  EXPECT_TRUE(kept[1].removal);
  EXPECT_EQ(wait(store_->rejected("s", {}, true, 0, 10)).size(), 1u);
  EXPECT_EQ(wait(store_->rejected("s", {}, false, kept[0].id, 10)).size(), 1u);
  EXPECT_EQ(wait(store_->rejected("s", {}, false, 0, 1)).size(), 1u);
  EXPECT_EQ(wait(store_->load("s")).rejected, 2);

  bad.version = "v2";
  bad.reason.code = "OTHER";
  Commit again = page(lease, run);
  again.rejected = {bad};
  again.resolved = {"k2", "never there"};
  wait(store_->commit(std::move(again)));
  kept = wait(store_->rejected("s", {}, false, 0, 10));
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(kept[0].version, "v2");
  EXPECT_EQ(kept[0].reason.code, "OTHER");
  EXPECT_EQ(kept[0].attempts, 2);
  EXPECT_LE(kept[0].first_at, kept[0].last_at);
  EXPECT_GT(kept[0].first_at.time_since_epoch().count(), 0);
}

TEST_P(StoreConformance, PagesThroughWhatAFullRunDidNotSee) {
  const Lease lease = wait(store_->acquire("s"));
  const Run first = begin(lease);
  std::vector<std::string> keys;
  for (int i = 0; i < 500; ++i) keys.push_back("key" + std::to_string(i * 37 % 500));
  Commit links = page(lease, first);
  for (const std::string& key : keys) links.links.push_back({key, "", print(1), {}, {}});
  wait(store_->commit(std::move(links)));
  EXPECT_TRUE(unseen_keys(first, 10).empty()) << "what a run links it has seen";
  wait(store_->end_run(lease, first.id, RunState::succeeded, {"x"}, "", kNow));

  const Run second = begin(lease);
  std::vector<std::string> expected;
  Commit one = page(lease, second), two = page(lease, second);
  for (size_t i = 0; i < keys.size(); ++i) {
    if (i % 3 == 0)
      one.seen.push_back(keys[i]);
    else if (i % 3 == 1)
      two.links.push_back({keys[i], "", print(2), {}, {}});
    else
      expected.push_back(keys[i]);
  }
  std::sort(expected.begin(), expected.end());
  wait(store_->commit(std::move(one)));
  store_.reset();  // marks survive a restart between pages
  store_ = open();
  const Lease later = wait(store_->acquire("s"));
  two.lease = later;
  wait(store_->commit(std::move(two)));
  EXPECT_EQ(unseen_keys(second, 7), expected);
  EXPECT_EQ(unseen_keys(second, 10'000), expected);

  // A sweep unlinks as it pages.
  const auto gone = wait(store_->unseen("s", second.id, "", 50));
  Commit swept = page(later, second);
  for (const auto& unseen : gone) swept.unlinked.push_back(unseen.source_key);
  wait(store_->commit(std::move(swept)));
  expected.erase(expected.begin(), expected.begin() + 50);
  EXPECT_EQ(unseen_keys(second, 100), expected);
  EXPECT_EQ(wait(store_->load("s")).linked, 450);
}

TEST_P(StoreConformance, ForgetsASyncAndNothingElse) {
  const Lease one = wait(store_->acquire("one")), two = wait(store_->acquire("two"));
  for (const Lease& lease : {one, two}) {
    const Run run = begin(lease);
    Commit commit = page(lease, run);
    commit.links = {{"a", "", print(1), {}, {}}};
    RejectedRecord bad;
    bad.source_key = "b";
    commit.rejected = {bad};
    wait(store_->commit(std::move(commit)));
    wait(store_->end_run(lease, run.id, RunState::succeeded, {"x"}, "", kNow));
  }
  wait(store_->forget(one));
  const SyncState gone = wait(store_->load("one")), kept = wait(store_->load("two"));
  EXPECT_TRUE(gone.cursor.empty());
  EXPECT_EQ(gone.linked + gone.rejected, 0);
  EXPECT_FALSE(gone.last);
  EXPECT_FALSE(wait(store_->links("one", {"a"}))[0]);
  EXPECT_EQ(kept.cursor.text, "x");
  EXPECT_EQ(kept.linked + kept.rejected, 2);
  EXPECT_TRUE(wait(store_->links("two", {"a"}))[0]);
  EXPECT_NO_THROW((void)begin(one));
}

TEST_P(StoreConformance, KeepsSecretsByName) {
  EXPECT_FALSE(wait(store_->get_secret("a")));
  const std::string sealed("\0\x01\xff sealed", 10);
  wait(store_->put_secret("a", sealed));
  EXPECT_EQ(wait(open()->get_secret("a")), sealed);
  wait(store_->put_secret("a", "newer"));
  EXPECT_EQ(wait(store_->get_secret("a")), "newer");
  EXPECT_FALSE(wait(store_->get_secret("b")));
}

/// Random commits against a plain map.
TEST_P(StoreConformance, AgreesWithAModelOverManyRandomCommits) {
  std::mt19937 random(4711);
  const Lease lease = wait(store_->acquire("s"));
  const Run run = begin(lease);
  std::map<std::string, uint8_t> model;
  std::vector<std::string> pool;
  for (int i = 0; i < 300; ++i) pool.push_back("key " + std::to_string(random() % 1000000));
  for (int round = 0; round < 40; ++round) {
    std::shuffle(pool.begin(), pool.end(), random);
    Commit commit = page(lease, run);
    for (int i = 0; i < 200; ++i) {
      const auto byte = static_cast<uint8_t>(random() % 250 + 1);
      commit.links.push_back({pool[static_cast<size_t>(i)], "", print(byte), {}, {}});
      model[pool[static_cast<size_t>(i)]] = byte;
    }
    for (size_t i = 200; i < 260; ++i) {
      commit.unlinked.push_back(pool[i]);
      model.erase(pool[i]);
    }
    wait(store_->commit(std::move(commit)));
    ASSERT_EQ(wait(store_->load("s")).linked, static_cast<int64_t>(model.size()));
  }
  const auto links = wait(store_->links("s", std::vector<std::string_view>(pool.begin(), pool.end())));
  for (size_t i = 0; i < pool.size(); ++i) {
    const auto known = model.find(pool[i]);
    ASSERT_EQ(links[i].has_value(), known != model.end());
    if (links[i]) {
      EXPECT_EQ(links[i]->fingerprint, print(known->second));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Stores, StoreConformance, testing::Values("sqlite", "postgresql"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace nexpo
