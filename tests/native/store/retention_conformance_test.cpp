// What every state store must delete when its time is over, and what it must not.
#include "store/book_conformance.hpp"
#include "store/plan_book.hpp"

namespace nexpo {
namespace {

constexpr auto kDay = std::chrono::days(1);

class Retained : public BookConformance {
 protected:
  Run run(const Lease& lease, Time end, RunState state = RunState::succeeded) {
    Run begun = wait(store_->begin_run(lease, "full", "plan", end));
    wait(store_->end_run(lease, begun.id, state, {}, "", end));
    return begun;
  }
  RetentionCounts apply(RetentionCut cut) { return wait(store_->apply_retention(std::move(cut), note("r"), kNow)); }
  std::vector<int64_t> run_ids() {
    std::vector<int64_t> ids;
    for (const Run& one : wait(store_->runs("", StateStore::kNewest, 100))) ids.push_back(one.id);
    return ids;
  }
};

TEST_P(Retained, NothingGoesThatHasNoTime) {
  const Lease lease = wait(store_->acquire("a"));
  (void)run(lease, kNow - 100 * kDay);
  (void)run(lease, kNow - 90 * kDay);
  (void)put("plan", "p");
  const RetentionCounts gone = apply({});
  EXPECT_EQ(gone.runs + gone.rejected + gone.audit + gone.documents, 0);
  EXPECT_EQ(run_ids().size(), 2u);
}

TEST_P(Retained, OldRunsGoAndTheNewestOfEachSyncStays) {
  const Lease a = wait(store_->acquire("a")), b = wait(store_->acquire("b"));
  (void)run(a, kNow - 50 * kDay);
  (void)run(a, kNow - 40 * kDay, RunState::failed);
  const Run a_young = run(a, kNow - 10 * kDay);
  const Run a_last = run(a, kNow - 5 * kDay);
  (void)run(b, kNow - 60 * kDay);
  const Run b_last = run(b, kNow - 50 * kDay, RunState::stopped);
  RetentionCut cut;
  cut.runs = kNow - 30 * kDay;
  EXPECT_EQ(apply(cut).runs, 3);
  EXPECT_EQ(run_ids(), (std::vector<int64_t>{b_last.id, a_last.id, a_young.id}));
  wait(store_->resume_run(b, b_last.id));
  cut.runs = kNow + kDay;
  EXPECT_EQ(apply(cut).runs, 1);
  EXPECT_EQ(run_ids(), (std::vector<int64_t>{b_last.id, a_last.id})) << "one under way has no end";
}

TEST_P(Retained, OldRejectedRecordsGoWithTheirOriginals) {
  const Lease lease = wait(store_->acquire("a"));
  const Run begun = begin(lease);
  Commit commit = page(lease, begun);
  for (const char* key : {"old", "young"}) {
    RejectedRecord one;
    one.source_key = key;
    one.original = R"({"name":"Ada"})";
    commit.rejected.push_back(one);
  }
  (void)wait(store_->commit(std::move(commit)));
  home_->execute("UPDATE data_sync.rejected SET last_at = 1000 WHERE id = 1");
  RetentionCut cut;
  cut.rejected = Time(std::chrono::microseconds(1001));
  EXPECT_EQ(apply(cut).rejected, 1);
  const auto left = wait(store_->rejected("a", {}, false, 0, 10));
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(left[0].id, 2);
}

TEST_P(Retained, OldConflictsGoThatAreOver) {
  const Lease lease = wait(store_->acquire("a"));
  Commit commit = page(lease, begin(lease));
  for (const char* key : {"over", "young", "open", "decided"}) {
    ConflictWrite write;
    write.place = commit.pairs.size();
    write.conflict.fields = "[]";
    write.conflict.state = commit.pairs.size() < 2 ? ConflictState::closed : ConflictState::open;
    commit.conflicts.push_back(write);
    commit.pairs.emplace_back().source_key = key;
  }
  (void)wait(store_->commit(std::move(commit)));
  PairStore::Decide decide;
  decide.id = 4;
  (void)wait(store_->decide_conflict(decide));
  home_->execute("UPDATE data_sync.conflict SET changed_at = 1000 WHERE id <> 2");
  RetentionCut cut;
  cut.conflicts = Time(std::chrono::microseconds(1001));
  EXPECT_EQ(apply(cut).conflicts, 1);
  std::vector<int64_t> left;
  for (const Conflict& one : wait(store_->conflicts({}))) left.push_back(one.id);
  EXPECT_EQ(left, (std::vector<int64_t>{2, 3, 4}));
  EXPECT_EQ(wait(store_->pairs_by_id("a", {1, 2, 3, 4})).size(), 4u);
}

TEST_P(Retained, OldTombstonesGoThatHoldNothing) {
  const Lease lease = wait(store_->acquire("a"));
  const Run begun = begin(lease);
  Commit commit = page(lease, begun);
  for (const char* key : {"old", "held", "young", "alive"}) {
    Pair& pair = commit.pairs.emplace_back();
    pair.source_key = key;
    pair.buried = pair.source_key != "alive";
    pair.held = pair.source_key == "held";
  }
  (void)wait(store_->commit(std::move(commit)));
  home_->execute("UPDATE data_sync.pair SET buried_at = 1000 WHERE id IN (1, 2)");
  // Another page of the same tombstone does not make it younger.
  Commit again = page(lease, begun);
  again.pairs = wait(store_->pairs_by_id("a", {1}));
  (void)wait(store_->commit(std::move(again)));
  RetentionCut cut;
  cut.tombstones = Time(std::chrono::microseconds(1001));
  EXPECT_EQ(apply(cut).tombstones, 1);
  const auto left = wait(store_->pairs_by_id("a", {1, 2, 3, 4}));
  ASSERT_EQ(left.size(), 3u);
  EXPECT_EQ(left[0].source_key, "held");
}

TEST_P(Retained, OldDocumentsGoByKindWithTheirKeys) {
  const auto put_at = [&](const std::string& kind, const std::string& id, Time when) {
    DocumentWrite write = write_of(kind, id, "{}");
    write.now = when;
    write.change = SecretChange::replace;
    write.secret = {"sealed", "wrapped " + id, true};
    (void)wait(store_->put_document(std::move(write)));
  };
  put_at("plan", "old", kNow - 20 * kDay);
  put_at("plan", "young", kNow - 2 * kDay);
  put_at("sync", "old", kNow - 20 * kDay);
  RetentionCut cut;
  cut.documents = {{"plan", kNow - 10 * kDay}, {"idempotency", kNow}};
  EXPECT_EQ(apply(cut).documents, 1);
  EXPECT_FALSE(wait(store_->document("plan", "old")));
  EXPECT_TRUE(wait(store_->document("plan", "young")));
  EXPECT_TRUE(wait(store_->document("sync", "old")));
  std::vector<std::string> names;
  for (const SealedRow& row : wait(store_->sealed_rows(SealedTable::data_key, "", 10))) names.push_back(row.name);
  EXPECT_EQ(names, (std::vector<std::string>{"plan/young", "sync/old"}));
}

TEST_P(Retained, WithOldPlansGoTheEffectsThatWereKept) {
  PlanBook plans(*store_);
  for (const int days : {20, 2}) {
    KeptPlan plan;
    plan.id = "plan of " + std::to_string(days);
    (void)wait(attempt_void(plans.begin(plan, kNow - days * kDay)));
    (void)wait(attempt_void(plans.add(plan.id, 1, "effects")));
    (void)wait(attempt_void(plans.finish(plan)));
  }
  RetentionCut cut;
  cut.documents = {{"sync", kNow}};
  (void)apply(cut);
  EXPECT_TRUE(wait(plans.find("plan of 20"))) << "another kind";
  cut.documents = {{"plan", kNow - 10 * kDay}};
  (void)apply(cut);
  EXPECT_FALSE(wait(plans.find("plan of 20")));
  EXPECT_TRUE(wait(plans.effects("plan of 20")).empty());
  EXPECT_EQ(wait(plans.effects("plan of 2")).size(), 1u);
}

TEST_P(Retained, WhatWentIsInTheAuditLog) {
  (void)put("plan", "p");
  RetentionCut cut;
  cut.documents = {{"plan", kNow + kDay}};
  (void)apply(cut);
  ASSERT_EQ(audit().size(), 1u);
  EXPECT_EQ(audit()[0].note.detail, R"({"audit":0,"conflicts":0,"documents":1,"rejected":0,"runs":0,"tombstones":0})");
}

EVERY_STORE(Retained);

}  // namespace
}  // namespace nexpo
