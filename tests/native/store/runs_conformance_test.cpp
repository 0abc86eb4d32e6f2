// Leases, runs and intents, in every state store.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "store/conformance.hpp"

namespace nexpo {
namespace {

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
  EXPECT_EQ(error_of(store_->end_run(old, run.id, RunState::succeeded, {"three"}, "", kNow)).kind(),
            ErrorKind::conflict);
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
  const auto all = wait(store_->runs("", StateStore::kNewest, 10));
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].id, c.id);
  EXPECT_EQ(all[0].mode, "incremental");
  EXPECT_EQ(all[0].sync_id, "one");
  EXPECT_EQ(all[1].id, b.id);
  EXPECT_EQ(all[2].id, a.id);
  EXPECT_EQ(wait(store_->runs("one", StateStore::kNewest, 1)).size(), 1u);
  const auto older = wait(store_->runs("", all.front().id, 10));
  ASSERT_EQ(older.size(), all.size() - 1);
  EXPECT_EQ(older.front().id, all[1].id);
  EXPECT_EQ(wait(store_->runs("one", StateStore::kNewest, 10)).size(), 2u);
}

TEST_P(StoreConformance, TurnsIntentsThatWereNotFulfilledIntoLinksInDoubt) {
  const Lease lease = wait(store_->acquire("s"));
  const Run run = begin(lease);
  const std::string odd("odd\0key", 7);
  const auto intend = [&](std::vector<LinkWrite> intents) {
    return wait(store_->intend(lease, run.id, std::move(intents)));
  };
  Commit first = page(lease, run);
  first.intent = intend({{"a", "A", print(1), {}, {}}, {"b", "", print(1), {}, {}}});
  EXPECT_GT(first.intent, 0);
  first.links = {{"a", "A", print(1), print(7), {}}, {"b", "", print(1), {}, {}}};
  wait(store_->commit(std::move(first)));

  EXPECT_GT(intend({{"a", "A2", print(2), {}, {}},
                    {odd, "new", print(3), print(8), {}, print(90)},
                    {"same", "same", print(4), {}, {}}}),
            0);
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
  EXPECT_EQ(links[2]->claim, print(90)) << "what may have been written to is held";
  EXPECT_TRUE(links[3]->claim.empty());
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

TEST_P(StoreConformance, RefusesADatabaseOfANewerVersion) {
  home_->pretend_newer_version();
  const Error error = error_of(home_->open(workers_));
  EXPECT_EQ(error.kind(), ErrorKind::invalid);
  EXPECT_NE(error.message().find("1000"), std::string::npos) << error.message();
}

TEST_P(StoreConformance, DropsRejectedRecordsThatALaterFullRunDidNotReject) {
  const Lease lease = wait(store_->acquire("s"));
  const auto reject = [&](const Run& run, const std::string& key) {
    RejectedRecord bad;
    bad.source_key = key;
    Commit commit = page(lease, run);
    commit.rejected = {bad};
    wait(store_->commit(std::move(commit)));
  };
  const auto end = [&](const Run& run, RunState state) {
    wait(store_->end_run(lease, run.id, state, {"x"}, "", kNow));
  };
  const auto kept = [&] {
    std::string keys;
    for (const RejectedRecord& one : wait(store_->rejected("s", {}, false, 0, 10))) keys += one.source_key;
    return keys;
  };
  const Run first = begin(lease);
  reject(first, "a");
  reject(first, "b");
  end(first, RunState::succeeded);
  EXPECT_EQ(kept(), "ab");
  const Run changes = begin(lease, "incremental");
  reject(changes, "c");
  end(changes, RunState::succeeded);
  EXPECT_EQ(kept(), "abc") << "a run that looked at changes says nothing about the others";
  const Run broken = begin(lease);
  reject(broken, "b");
  end(broken, RunState::failed);
  EXPECT_EQ(kept(), "abc");
  const Run last = begin(lease);
  reject(last, "b");
  end(last, RunState::succeeded);
  EXPECT_EQ(kept(), "b");
}

TEST_P(StoreConformance, NotesTheIntentsOfTheNextPageWithTheCommitOfThisOne) {
  const Lease lease = wait(store_->acquire("s"));
  const Run run = begin(lease);
  Commit first = page(lease, run);
  first.links = {{"a", "", print(1), {}, {}}};
  first.next_intents = {{"b", "", print(2), {}, {}}};
  const int64_t next = wait(store_->commit(std::move(first)));
  EXPECT_GT(next, 0);
  Commit second = page(lease, run);
  second.intent = next;
  second.links = {{"b", "", print(2), {}, {}}};
  second.next_intents = {{"c", "", print(3), {}, {}}};
  EXPECT_GT(wait(store_->commit(std::move(second))), next);
  wait(store_->resume_run(lease, run.id));
  const auto links = wait(store_->links("s", {"a", "b", "c"}));
  EXPECT_TRUE(links[0]->pending.empty());
  EXPECT_TRUE(links[1]->pending.empty());
  ASSERT_TRUE(links[2]);
  EXPECT_EQ(links[2]->pending, print(3));
  EXPECT_EQ(wait(store_->commit(page(lease, run))), 0);
}

}  // namespace
}  // namespace nexpo
