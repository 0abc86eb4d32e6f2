// What every state store must do, run over each of them.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <map>

#include "store/store_home.hpp"
#include "support/sim_clock.hpp"

namespace nexpo {
namespace {

constexpr Time kNow = SimClock::kStart;

Fingerprint print(uint8_t byte) {
  Fingerprint out;
  out.bytes.fill(byte);
  return out;
}

class StoreConformance : public testing::TestWithParam<std::string> {
 protected:
  using Run = nexpo::Run;  // the base class has a function of that name

  void SetUp() override {
    home_ = GetParam() == "sqlite" ? make_sqlite_home() : make_pg_home();
    if (!home_) GTEST_SKIP() << "DATA_SYNC_TEST_PG is not set";
    store_ = open();
  }

  std::unique_ptr<StateStore> open() { return clock_.run(home_->open(workers_)); }
  template <class T>
  T wait(Task<T> task) {
    return clock_.run(std::move(task));
  }
  template <class T>
  Error error_of(Task<T> task) {
    try {
      (void)clock_.run(attempt_void(std::move(task)));
    } catch (const Error& error) {
      return error;
    }
    ADD_FAILURE() << "nothing was thrown";
    return Error(ErrorKind::internal, "");
  }
  template <class T>
  static Task<bool> attempt_void(Task<T> task) {
    co_await task;
    co_return true;
  }

  Run begin(const Lease& lease, const std::string& mode = "full") {
    return wait(store_->begin_run(lease, mode, "plan", kNow));
  }
  Commit page(const Lease& lease, const Run& run) {
    Commit commit;
    commit.lease = lease;
    commit.run_id = run.id;
    return commit;
  }
  std::vector<std::string> unseen_keys(const Run& run, int limit) {
    std::vector<std::string> keys;
    std::string after;
    for (;;) {
      const auto gone = wait(store_->unseen(run.sync_id, run.id, after, limit));
      if (gone.empty()) return keys;
      EXPECT_LE(gone.size(), static_cast<size_t>(limit));
      for (const auto& one : gone) keys.push_back(one.source_key);
      after = keys.back();
    }
  }

  SimClock clock_;
  SimWorkers workers_{clock_};
  std::unique_ptr<StoreHome> home_;
  std::unique_ptr<StateStore> store_;
};

TEST_P(StoreConformance, KnowsNothingOfASyncThatNeverRan) {
  const SyncState state = wait(store_->load("new"));
  EXPECT_TRUE(state.cursor.empty());
  EXPECT_EQ(state.linked, 0);
  EXPECT_EQ(state.rejected, 0);
  EXPECT_FALSE(state.last);
  EXPECT_TRUE(wait(store_->runs("", 10)).empty());
  const auto links = wait(store_->links("new", {"a", "b"}));
  EXPECT_EQ(links.size(), 2u);
  EXPECT_FALSE(links[0]);
}

TEST_P(StoreConformance, GivesLinksInTheOrderOfTheQuestionWithEveryByteOfTheKeys) {
  const Lease lease = wait(store_->acquire("s"));
  const Run run = begin(lease);
  const std::vector<std::string> odd{"plain", std::string("nul\0key", 7), "\xff\xfe", "quote'\"\\", "{comma,}", "\xF0\x9F\x98\x80", "NULL", " "};
  Commit commit = page(lease, run);
  for (size_t i = 0; i < odd.size(); ++i)
    commit.links.push_back({odd[i], i % 2 ? std::string_view(odd[odd.size() - 1 - i]) : std::string_view(), print(static_cast<uint8_t>(i + 1)),
                            i == 3 ? print(200) : Fingerprint{}, i == 4 ? print(201) : Fingerprint{}});
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

TEST_P(StoreConformance, RefusesASecondHolderWithAWordAboutTheFirst) {
  const Lease lease = wait(store_->acquire("s"));
  const auto other = open();
  const Error error = error_of(other->acquire("s"));
  EXPECT_EQ(error.kind(), ErrorKind::conflict);
  EXPECT_NE(error.message().find(std::to_string(getpid())), std::string::npos) << error.message();
  EXPECT_NE(error.message().find("since 2"), std::string::npos) << error.message();
  EXPECT_EQ(error_of(store_->acquire("s")).kind(), ErrorKind::conflict) << "the same store may not hold it twice";
  EXPECT_NO_THROW((void)wait(other->acquire("another sync")));
  wait(store_->release(lease));
  EXPECT_GT(wait(other->acquire("s")).epoch, lease.epoch);
}

TEST_P(StoreConformance, LetsAStoreThatIsClosedGoOfItsLeases) {
  const Lease lease = wait(store_->acquire("s"));
  store_.reset();
  store_ = open();
  EXPECT_EQ(wait(store_->acquire("s")).epoch, lease.epoch + 1);
}

TEST_P(StoreConformance, TakesOverAtOnceWhenTheHolderWasKilled) {
  store_.reset();  // the child opens its own
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t child = fork();
  if (child == 0) {
    const auto store = open();
    (void)wait(store->acquire("s"));
    (void)!write(ready[1], "x", 1);
    pause();
    _exit(0);
  }
  char byte = 0;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  store_ = open();
  EXPECT_EQ(error_of(store_->acquire("s")).kind(), ErrorKind::conflict);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  close(ready[0]);
  close(ready[1]);
  // PostgreSQL's server notices the closed socket a moment later.
  std::optional<Lease> lease;
  for (int i = 0; i < 200 && !lease; ++i) {
    try {
      lease = wait(store_->acquire("s"));
    } catch (const Error&) {
      usleep(10'000);
    }
  }
  ASSERT_TRUE(lease);
  EXPECT_EQ(lease->epoch, 2);
}

TEST_P(StoreConformance, ChangesNothingForACommitOfAnOlderEpoch) {
  const Lease old = wait(store_->acquire("s"));
  const Run run = begin(old);
  Commit first = page(old, run);
  first.cursor = {"one"};
  first.links = {{"a", "", print(1), {}, {}}};
  wait(store_->commit(std::move(first)));
  wait(store_->release(old));
  const auto other = open();
  (void)wait(other->acquire("s"));

  Commit zombie = page(old, run);
  zombie.cursor = {"two"};
  zombie.counts.read = zombie.counts.created = 5;
  zombie.links = {{"a", "", print(9), {}, {}}, {"b", "", print(9), {}, {}}};
  zombie.unlinked = {"a"};
  RejectedRecord bad;
  bad.source_key = "x";
  zombie.rejected = {bad};
  const Error error = error_of(store_->commit(std::move(zombie)));
  EXPECT_EQ(error.kind(), ErrorKind::conflict);
  EXPECT_EQ(error_of(store_->begin_run(old, "full", "plan", kNow)).kind(), ErrorKind::conflict);
  EXPECT_EQ(error_of(store_->resume_run(old, run.id)).kind(), ErrorKind::conflict);
  EXPECT_EQ(error_of(store_->end_run(old, run.id, RunState::succeeded, {"three"}, "", kNow)).kind(), ErrorKind::conflict);
  EXPECT_EQ(error_of(store_->forget(old)).kind(), ErrorKind::conflict);

  const SyncState state = wait(other->load("s"));
  EXPECT_EQ(state.linked, 1);
  EXPECT_EQ(state.rejected, 0);
  EXPECT_TRUE(state.cursor.empty());
  EXPECT_EQ(state.last->cursor.text, "one");
  EXPECT_EQ(state.last->counts.read, 0u);
  EXPECT_EQ(state.last->pages, 1);
  EXPECT_EQ(wait(other->links("s", {"a", "b"}))[0]->fingerprint, print(1));
  EXPECT_FALSE(wait(other->links("s", {"a", "b"}))[1]);
}

TEST_P(StoreConformance, ResumesWhereTheLastCommitWas) {
  const Lease lease = wait(store_->acquire("s"));
  const Run run = begin(lease);
  for (int i = 1; i <= 3; ++i) {
    Commit commit = page(lease, run);
    commit.cursor = {"page " + std::to_string(i)};
    commit.counts.read = commit.counts.created = static_cast<uint64_t>(i) * 10;
    wait(store_->commit(std::move(commit)));
  }
  store_.reset();
  store_ = open();
  const SyncState state = wait(store_->load("s"));
  ASSERT_TRUE(state.last);
  EXPECT_EQ(state.last->id, run.id);
  EXPECT_EQ(state.last->state, RunState::running);
  EXPECT_EQ(state.last->cursor.text, "page 3");
  EXPECT_EQ(state.last->counts.created, 30u);
  EXPECT_EQ(state.last->pages, 3);
  EXPECT_EQ(state.last->plan_hash, "plan");
  EXPECT_EQ(state.last->started_at, kNow);
  EXPECT_TRUE(state.cursor.empty()) << "a run that did not end is no base for the next";

  const Lease next = wait(store_->acquire("s"));
  wait(store_->end_run(next, run.id, RunState::failed, {"page 3"}, "it broke", kNow));
  EXPECT_EQ(wait(store_->load("s")).last->error, "it broke");
  EXPECT_TRUE(wait(store_->load("s")).cursor.empty());
  wait(store_->resume_run(next, run.id));
  EXPECT_EQ(wait(store_->load("s")).last->state, RunState::running);
  EXPECT_FALSE(wait(store_->load("s")).last->ended_at);
  wait(store_->end_run(next, run.id, RunState::succeeded, {"start here"}, "", kNow));
  EXPECT_EQ(wait(store_->load("s")).cursor.text, "start here");
  EXPECT_EQ(wait(store_->load("s")).last->ended_at, kNow);
  EXPECT_EQ(error_of(store_->resume_run(next, run.id)).kind(), ErrorKind::invalid);
}

TEST_P(StoreConformance, RefusesACommitToARunThatHasEnded) {
  const Lease lease = wait(store_->acquire("s"));
  const Run run = begin(lease);
  wait(store_->end_run(lease, run.id, RunState::succeeded, {"x"}, "", kNow));
  Commit late = page(lease, run);
  late.links = {{"a", "", print(1), {}, {}}};
  EXPECT_EQ(error_of(store_->commit(std::move(late))).kind(), ErrorKind::conflict);
  EXPECT_EQ(wait(store_->load("s")).linked, 0);
}

TEST_P(StoreConformance, GivesRunsNewestFirst) {
  const Lease one = wait(store_->acquire("one")), two = wait(store_->acquire("two"));
  const Run a = begin(one, "full"), b = begin(two, "full"), c = begin(one, "incremental");
  const auto all = wait(store_->runs("", 10));
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].id, c.id);
  EXPECT_EQ(all[0].mode, "incremental");
  EXPECT_EQ(all[0].sync_id, "one");
  EXPECT_EQ(all[1].id, b.id);
  EXPECT_EQ(all[2].id, a.id);
  EXPECT_EQ(wait(store_->runs("one", 1)).size(), 1u);
  EXPECT_EQ(wait(store_->runs("one", 10)).size(), 2u);
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
  auto kept = wait(store_->rejected("s", false, 0, 10));
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
  EXPECT_EQ(wait(store_->rejected("s", true, 0, 10)).size(), 1u);
  EXPECT_EQ(wait(store_->rejected("s", false, kept[0].id, 10)).size(), 1u);
  EXPECT_EQ(wait(store_->rejected("s", false, 0, 1)).size(), 1u);
  EXPECT_EQ(wait(store_->load("s")).rejected, 2);

  bad.version = "v2";
  bad.reason.code = "OTHER";
  Commit again = page(lease, run);
  again.rejected = {bad};
  again.resolved = {"k2", "never there"};
  wait(store_->commit(std::move(again)));
  kept = wait(store_->rejected("s", false, 0, 10));
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
    if (i % 3 == 0) one.seen.push_back(keys[i]);
    else if (i % 3 == 1) two.links.push_back({keys[i], "", print(2), {}, {}});
    else expected.push_back(keys[i]);
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

TEST_P(StoreConformance, TurnsIntentsThatWereNotFulfilledIntoLinksInDoubt) {
  const Lease lease = wait(store_->acquire("s"));
  const Run run = begin(lease);
  const std::string odd("odd\0key", 7);
  const auto intend = [&](std::vector<LinkWrite> intents) { return wait(store_->intend(lease, run.id, std::move(intents))); };
  Commit first = page(lease, run);
  first.intent = intend({{"a", "A", print(1), {}, {}}, {"b", "", print(1), {}, {}}});
  EXPECT_GT(first.intent, 0);
  first.links = {{"a", "A", print(1), print(7), {}}, {"b", "", print(1), {}, {}}};
  wait(store_->commit(std::move(first)));

  EXPECT_GT(intend({{"a", "A2", print(2), {}, {}}, {odd, "new", print(3), print(8), {}}, {"same", "same", print(4), {}, {}}}), 0);
  EXPECT_TRUE(wait(store_->links("s", {"a"}))[0]->pending.empty()) << "an intent alone is no doubt";
  store_.reset();  // the page's effects are unknown: it was never committed
  store_ = open();
  const Lease next = wait(store_->acquire("s"));
  wait(store_->resume_run(next, run.id));
  EXPECT_EQ(wait(store_->load("s")).linked, 4);
  auto links = wait(store_->links("s", {"a", "b", odd, "same"}));
  EXPECT_EQ(links[0]->target_key, "A");
  EXPECT_EQ(links[0]->fingerprint, print(1));
  EXPECT_EQ(links[0]->shadow, print(7));
  EXPECT_EQ(links[0]->pending, print(2));
  EXPECT_TRUE(links[1]->pending.empty()) << "its intent was fulfilled";
  ASSERT_TRUE(links[2]);
  EXPECT_EQ(links[2]->target_key, "new");
  EXPECT_TRUE(links[2]->fingerprint.empty());
  EXPECT_EQ(links[2]->shadow, print(8));
  EXPECT_EQ(links[2]->pending, print(3));
  EXPECT_EQ(links[3]->target_key, "");

  Commit written = page(next, run);
  written.links = {{"a", "A", print(5), {}, {}}};
  written.unlinked = {odd};
  wait(store_->commit(std::move(written)));
  const Run again = begin(next);
  links = wait(store_->links("s", {"a", odd, "same"}));
  EXPECT_TRUE(links[0]->pending.empty());
  EXPECT_FALSE(links[1]) << "an intent counts once";
  EXPECT_EQ(links[2]->pending, print(4));
  EXPECT_EQ(error_of(store_->intend(lease, again.id, {{"a", "", print(1), {}, {}}})).kind(), ErrorKind::conflict);
}

TEST_P(StoreConformance, SeesLinksThatOnlyAnIntentHasMade) {
  Lease lease = wait(store_->acquire("s"));
  Run run = begin(lease);
  std::vector<LinkWrite> intents{{"a", "", print(1), {}, {}}};
  wait(store_->intend(lease, run.id, std::move(intents)));
  run = begin(lease);
  const auto links = wait(store_->links("s", {"a"}));
  ASSERT_TRUE(links[0]) << "the store held nothing before, so it might have answered without looking";
  EXPECT_EQ(links[0]->pending, print(1));
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

TEST_P(StoreConformance, RefusesADatabaseOfANewerVersion) {
  home_->pretend_newer_version();
  const Error error = error_of(home_->open(workers_));
  EXPECT_EQ(error.kind(), ErrorKind::invalid);
  EXPECT_NE(error.message().find("1000"), std::string::npos) << error.message();
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
    for (int i = 0; i < 60; ++i) {
      const auto byte = static_cast<uint8_t>(random() % 250 + 1);
      commit.links.push_back({pool[static_cast<size_t>(i)], "", print(byte), {}, {}});
      model[pool[static_cast<size_t>(i)]] = byte;
    }
    for (size_t i = 60; i < 80; ++i) {
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
