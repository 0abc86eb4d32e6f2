// What every state store must keep of conflicts, and of what people decide about them.
#include "store/pair_conformance.hpp"

namespace nexpo {
namespace {

class ConflictConformance : public PairConformance {};

TEST_P(ConflictConformance, AConflictIsKeptWithItsPair) {
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

TEST_P(ConflictConformance, APairHasOneConflictThatIsNotClosed) {
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

TEST_P(ConflictConformance, ADecisionIsKeptIfItsHashesAreThoseOfTheItem) {
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

TEST_P(ConflictConformance, AnEmptyDecisionTakesOneBack) {
  const Conflict conflict = held("a");
  (void)wait(store_->decide_conflict(decision_on(conflict)));
  PairStore::Decide back = decision_on(conflict);
  back.decision.clear();
  EXPECT_EQ(wait(store_->decide_conflict(back)).state, ConflictState::open);
  EXPECT_EQ(conflicts_of(kept("a"))[0].decision, "");
}

TEST_P(ConflictConformance, WaitingConflictsAreCountedBySync) {
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

TEST_P(ConflictConformance, ADecisionThatAPageMeetsIsNotLost) {
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

TEST_P(ConflictConformance, OnlyACarriedOutDecisionIsUndone) {
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

TEST_P(ConflictConformance, AnUndoWaitsForANewerConflictOfTheRecord) {
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

TEST_P(ConflictConformance, ConflictsAreChosenByEveryMember) {
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

TEST_P(ConflictConformance, AForgottenSyncHasNeitherPairsNorConflicts) {
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

INSTANTIATE_TEST_SUITE_P(Stores, ConflictConformance, testing::Values("sqlite", "postgresql"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace nexpo
