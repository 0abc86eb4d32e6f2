#include "sync/quiet_world.hpp"

namespace nexpo {
namespace {

using BatchSyncTest = QuietWorld;

TEST_F(BatchSyncTest, TheFirstRunIsFullAndTheNextReadsOnlyChanges) {
  put_many(25);
  const RunReport first = run();
  EXPECT_EQ(first.run.state, RunState::succeeded);
  EXPECT_EQ(first.run.mode, "full");
  EXPECT_EQ(first.run.counts.created, 25u);
  EXPECT_EQ(first.run.pages, 3);
  put("k003", "changed");
  put("k100", "new");
  const RunReport second = run();
  EXPECT_EQ(second.run.mode, "incremental");
  EXPECT_EQ(second.run.counts.read, 2u);
  EXPECT_EQ(second.run.counts.updated, 1u);
  EXPECT_EQ(second.run.counts.created, 1u);
  EXPECT_EQ(target_.records.at("k003"), "changed");
}

TEST_F(BatchSyncTest, UnchangedRecordsAreNotSent) {
  put_many(25);
  run();
  const uint64_t sent = target_.rows_sent;
  const RunReport again = run({.full = true});
  EXPECT_EQ(again.run.counts.unchanged, 25u);
  EXPECT_EQ(target_.rows_sent, sent);
}

TEST_F(BatchSyncTest, AStoppedRunGoesOnWhereItStopped) {
  put_many(50);
  const RunReport stopped = run({}, [](const Progress& progress, SimClock&, const CancelToken& stop) {
    if (progress.pages == 2) stop.cancel();
  });
  EXPECT_EQ(stopped.run.state, RunState::stopped);
  EXPECT_EQ(stopped.run.pages, 3);  // the third page was in flight
  EXPECT_EQ(target_.records.size(), 30u);
  const RunReport resumed = run();
  EXPECT_TRUE(resumed.resumed);
  EXPECT_EQ(resumed.run.id, stopped.run.id);
  EXPECT_EQ(resumed.run.state, RunState::succeeded);
  EXPECT_EQ(resumed.run.counts.read, 50u);
  EXPECT_EQ(target_.rows_sent, 50u);
}

TEST_F(BatchSyncTest, AFullRunRemovesWhatItDidNotSee) {
  put_many(30);
  run();
  source_.records.erase("k007");
  source_.records.erase("k029");
  const RunReport report = run({.full = true});
  EXPECT_EQ(report.run.counts.deleted, 2u);
  EXPECT_TRUE(report.run.counts.closes());
  EXPECT_EQ(target_.records.size(), 28u);
  EXPECT_FALSE(target_.records.contains("k007"));
}

TEST_F(BatchSyncTest, AnIncrementalRunTakesDeletionsFromTheSource) {
  put_many(30);
  run();
  put("k007", "", true);
  EXPECT_EQ(run().run.counts.deleted, 1u);
  EXPECT_FALSE(target_.records.contains("k007"));
}

TEST_F(BatchSyncTest, DeletionsStayOutIfTheyAreIgnored) {
  plan_.deletes = DeletePolicy::ignore;
  put_many(30);
  run();
  source_.records.erase("k007");
  EXPECT_EQ(run({.full = true}).run.counts.deleted, 0u);
  EXPECT_TRUE(target_.records.contains("k007"));
}

TEST_F(BatchSyncTest, TheBreakerHoldsARunThatWouldDeleteTooMuchAndApprovalLetsItGoOn) {
  put_many(200);
  run();
  for (int i = 0; i < 120; ++i) source_.records.erase(fmt::format("k{:03}", i));
  const RunReport held = run({.full = true});
  EXPECT_EQ(held.run.state, RunState::held);
  ASSERT_TRUE(held.error);
  EXPECT_EQ(held.error->code(), "breaker");
  EXPECT_GE(target_.records.size(), 150u);
  plan_.breaker.approved = true;
  const RunReport approved = run();
  EXPECT_TRUE(approved.resumed);
  EXPECT_EQ(approved.run.state, RunState::succeeded);
  EXPECT_EQ(target_.records.size(), 80u);
}

TEST_F(BatchSyncTest, ARefusedRecordIsKeptAndAReplayTriesItAgain) {
  put_many(5);
  put("k002", "bad name");
  const RunReport report = run();
  EXPECT_EQ(report.run.state, RunState::succeeded);
  EXPECT_EQ(report.run.counts.rejected, 1u);
  EXPECT_EQ(report.run.counts.created, 4u);
  ASSERT_TRUE(disk_.rejected.contains("k002"));
  EXPECT_EQ(disk_.rejected.at("k002").reason.code, "BAD_NAME");
  EXPECT_EQ(disk_.rejected.at("k002").original, R"({"id":"k002","name":"bad name"})");
  EXPECT_EQ(run({.replay_rejected = true}).run.counts.rejected, 1u);
  disk_.rejected.at("k002").original = R"({"id":"k002","name":"corrected"})";
  const RunReport replayed = run({.replay_rejected = true});
  EXPECT_EQ(replayed.run.mode, "replay");
  EXPECT_EQ(replayed.run.counts.created, 1u);
  EXPECT_TRUE(disk_.rejected.empty());
  EXPECT_EQ(target_.records.at("k002"), "corrected");
}

TEST_F(BatchSyncTest, ARejectedRecordThatLeftTheSourceIsNotBroughtBack) {
  put("k001", "good");
  put("k002", "bad name");
  run();
  ASSERT_TRUE(disk_.rejected.contains("k002"));
  source_.records.erase("k002");
  run({.full = true});
  EXPECT_TRUE(disk_.rejected.empty());
  EXPECT_FALSE(target_.records.contains("k002"));
}

TEST_F(BatchSyncTest, ARunThatWasCrashedInItsFirstPageGoesOnWithoutApproval) {
  put_many(200);
  plan_.limits.page_records_max = 100;
  run(
      {}, [this](const Progress&, SimClock& clock, const CancelToken&) { clock.crash(); }, true);
  const RunReport report = run();
  EXPECT_EQ(report.run.state, RunState::succeeded) << report.run.error;
  EXPECT_EQ(target_.records.size(), 200u);
}

TEST_F(BatchSyncTest, AGoodVersionThatArrivesLaterClearsTheRejectedRecord) {
  put("k001", "bad name");
  run();
  ASSERT_EQ(disk_.rejected.size(), 1u);
  put("k001", "good name");
  run();
  EXPECT_TRUE(disk_.rejected.empty());
  EXPECT_EQ(target_.records.at("k001"), "good name");
}

TEST_F(BatchSyncTest, AChangedMappingMakesTheNextRunFull) {
  put_many(5);
  run();
  plan_.plan_hash = "ends:other";
  EXPECT_EQ(run().run.mode, "full");
}

TEST_F(BatchSyncTest, AnUnfinishedRunOfAnotherPlanIsNotResumed) {
  put_many(50);
  run({}, [](const Progress&, SimClock&, const CancelToken& stop) { stop.cancel(); });
  plan_.plan_hash = "ends:other";
  const RunReport report = run();
  EXPECT_FALSE(report.resumed);
  EXPECT_EQ(report.run.counts.read, 50u);
}

TEST_F(BatchSyncTest, ARunWhoseLeaseWasTakenOverChangesNothingMore) {
  put_many(50);
  EXPECT_THROW(run({},
                   [this](const Progress& progress, SimClock&, const CancelToken&) {
                     if (progress.pages == 2) ++disk_.epoch;  // somebody else took over
                   }),
               Error);
  EXPECT_EQ(disk_.links.size(), 20u);
  EXPECT_EQ(disk_.last->counts.read, 20u);
}

TEST_F(BatchSyncTest, AReadThatKeepsFailingEndsTheRunWhichGoesOnLater) {
  put_many(30);
  faults_.read_error = 100;
  const RunReport failed = run();
  EXPECT_EQ(failed.run.state, RunState::failed);
  ASSERT_TRUE(failed.error);
  EXPECT_TRUE(failed.error->retryable());
  faults_.read_error = 0;
  const RunReport resumed = run();
  EXPECT_TRUE(resumed.resumed);
  EXPECT_EQ(resumed.run.counts.created, 30u);
}

TEST_F(BatchSyncTest, TargetWinsKeepsEditsOfTheTargetAndTakesTheRest) {
  plan_.strategy = Strategy::target_wins;
  put_many(3);
  run();
  target_.records["k000"] = "edited in the target";
  put("k000", "edited in the source too");
  put("k001", "edited in the source only");
  const RunReport report = run();
  EXPECT_EQ(report.run.counts.superseded, 1u);
  EXPECT_EQ(report.run.counts.updated, 1u);
  EXPECT_EQ(target_.records.at("k000"), "edited in the target");
  EXPECT_EQ(target_.records.at("k001"), "edited in the source only");
}

TEST_F(BatchSyncTest, APreviewTellsWhatARunWouldDoAndLeavesNoTrace) {
  put_many(20);
  run();
  put("k001", "changed");
  put("k500", "new");
  put("k002", "", true);
  const SimTargetData before = target_;
  const PreviewReport planned = plan_run();
  EXPECT_EQ(planned.mode, "incremental");
  EXPECT_EQ(planned.counts.updated, 1u);
  EXPECT_EQ(planned.counts.created, 1u);
  EXPECT_EQ(planned.counts.deleted, 1u);
  EXPECT_TRUE(planned.counts.closes());
  ASSERT_EQ(planned.differences.size(), 3u);
  EXPECT_EQ(target_.rows_sent, before.rows_sent);
  EXPECT_EQ(disk_.next_run, 2);
  const RunReport report = run();
  EXPECT_EQ(report.run.counts, planned.counts);
}

TEST_F(BatchSyncTest, APreviewOfAFullRunFindsWhatIsGone) {
  put_many(20);
  run();
  source_.records.erase("k005");
  const PreviewReport planned = plan_run({.full = true});
  EXPECT_EQ(planned.counts.deleted, 1u);
  EXPECT_EQ(planned.counts.unchanged, 19u);
}

}  // namespace
}  // namespace nexpo
