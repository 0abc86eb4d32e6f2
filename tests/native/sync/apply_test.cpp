// A plan that is applied does what it showed, and nothing else.
#include "sync/quiet_world.hpp"

namespace nexpo {
namespace {

class ApplyTest : public QuietWorld {
 protected:
  /// Plans, and keeps what it found.
  PreviewReport plan(RunRequest request = {}) {
    kept_ = {};
    const PreviewReport report = plan_run(request, &kept_);
    mode_ = report.mode;
    from_ = report.from;
    return report;
  }
  RunReport apply(std::function<void(const Progress&, SimClock&, const CancelToken&)> watch = {}, bool dies = false) {
    AppliedPlan applied(mode_, from_, kept_.pages);
    RunRequest request;
    request.applied = &applied;
    const RunReport report = run(request, std::move(watch), dies);
    if (!dies) {
      EXPECT_TRUE(report.run.counts.closes());
    }
    return report;
  }

  EffectsInMemory kept_;
  std::string mode_;
  Cursor from_;
};

TEST_F(ApplyTest, DoesWhatThePlanShowedAndLeavesTheCursorAlone) {
  put_many(20);
  run();
  put("k001", "changed");
  put("k500", "new");
  put("k002", "", true);
  const PreviewReport planned = plan();
  EXPECT_EQ(kept_.count, 3u);
  const Cursor before = disk_.cursor;
  const RunReport report = apply();
  EXPECT_EQ(report.run.state, RunState::succeeded) << report.run.error;
  EXPECT_EQ(report.run.mode, "apply");
  EXPECT_EQ(report.run.counts, planned.counts);
  EXPECT_EQ(target_.records.at("k001"), "changed");
  EXPECT_EQ(target_.records.at("k500"), "new");
  EXPECT_FALSE(target_.records.contains("k002"));
  EXPECT_TRUE(disk_.links.contains("k500"));
  EXPECT_EQ(disk_.cursor, before);
}

TEST_F(ApplyTest, LeavesAloneWhatChangedInTheSourceSinceThePlan) {
  put_many(20);
  run();
  put("k001", "changed");
  put("k002", "changed too");
  plan();
  put("k001", "changed again");
  put("k600", "came later");
  const RunReport report = apply();
  EXPECT_EQ(report.run.counts.updated, 1u);
  EXPECT_EQ(report.run.counts.superseded, 2u);
  EXPECT_EQ(target_.records.at("k001"), "name 1");
  EXPECT_EQ(target_.records.at("k002"), "changed too");
  EXPECT_FALSE(target_.records.contains("k600"));
  EXPECT_FALSE(disk_.links.contains("k600"));
  // The cursor did not move, so the next run takes what was left.
  const RunReport next = run();
  EXPECT_EQ(next.run.mode, "incremental");
  EXPECT_EQ(target_.records.at("k001"), "changed again");
  EXPECT_EQ(target_.records.at("k600"), "came later");
}

TEST_F(ApplyTest, LeavesAloneWhatChangedInTheTargetSinceThePlan) {
  put_many(20);
  run();
  put("k001", "changed");
  put("k002", "changed too");
  plan();
  target_.records["k001"] = "edited by a person";
  target_.records.erase("k002");
  const RunReport report = apply();
  EXPECT_EQ(report.run.counts.superseded, 2u);
  EXPECT_EQ(target_.records.at("k001"), "edited by a person");
  EXPECT_FALSE(target_.records.contains("k002"));
}

TEST_F(ApplyTest, ARecordThatTheTargetHasAlreadyIsLinkedAndNotSent) {
  put("k001", "same");
  target_.records["k001"] = "same";
  EXPECT_EQ(plan().counts.unchanged, 1u);
  const RunReport report = apply();
  EXPECT_EQ(report.run.counts.unchanged, 1u);
  EXPECT_EQ(target_.rows_sent, 0u);
  EXPECT_TRUE(disk_.links.contains("k001"));
}

TEST_F(ApplyTest, RemovesWhatAFullPlanFoundGoneUnlessItCameBack) {
  put_many(30);
  run();
  source_.records.erase("k007");
  source_.records.erase("k029");
  source_.records.erase("k011");
  EXPECT_EQ(plan({.full = true}).counts.deleted, 3u);
  put("k029", "back again");
  source_.records.erase("k012");  // gone, but not by this plan
  const RunReport report = apply();
  EXPECT_EQ(report.run.counts.deleted, 2u);
  EXPECT_FALSE(target_.records.contains("k007"));
  EXPECT_FALSE(target_.records.contains("k011"));
  EXPECT_EQ(target_.records.at("k029"), "name 29");
  EXPECT_TRUE(target_.records.contains("k012"));
}

TEST_F(ApplyTest, ARemovalIsLeftAloneIfARunHasWrittenTheRecordSince) {
  put_many(5);
  run();
  source_.records.erase("k003");
  plan({.full = true});
  put("k003", "back again");
  run();
  source_.records.erase("k003");
  const RunReport report = apply();
  EXPECT_EQ(report.run.counts.deleted, 0u);
  EXPECT_EQ(report.run.counts.superseded, 1u);
  EXPECT_EQ(target_.records.at("k003"), "back again");
}

TEST_F(ApplyTest, UnlinksAsPlanned) {
  plan_.deletes = DeletePolicy::unlink;
  put_many(5);
  run();
  source_.records.erase("k003");
  plan({.full = true});
  EXPECT_EQ(apply().run.counts.filtered, 1u);
  EXPECT_FALSE(disk_.links.contains("k003"));
  EXPECT_TRUE(target_.records.contains("k003"));
}

TEST_F(ApplyTest, ASecondTimeFindsNothingToDo) {
  put_many(30);
  plan();
  EXPECT_EQ(apply().run.counts.created, 30u);
  const uint64_t sent = target_.rows_sent;
  EXPECT_EQ(apply().run.counts.unchanged, 30u);
  EXPECT_EQ(target_.rows_sent, sent);
}

TEST_F(ApplyTest, APlanOfTheFirstRunLeavesTheNextRunFull) {
  put_many(30);
  plan();
  apply();
  EXPECT_EQ(run().run.mode, "full");
}

TEST_F(ApplyTest, TheRunAfterAnApplyStillSeesThatTheMappingChanged) {
  put_many(30);
  run();
  plan_.plan_hash = "ends:other";
  put("k001", "changed");
  EXPECT_EQ(plan().mode, "full");
  apply();
  EXPECT_EQ(run().run.mode, "full");
  EXPECT_EQ(run().run.mode, "incremental");
}

TEST_F(ApplyTest, AStoppedRunIsNotTakenForTheApply) {
  put_many(50);
  run({}, [](const Progress&, SimClock&, const CancelToken& stop) { stop.cancel(); });
  plan();
  const RunReport applied = apply();
  EXPECT_FALSE(applied.resumed);
  EXPECT_EQ(applied.run.state, RunState::succeeded);
  EXPECT_EQ(target_.records.size(), 50u);
}

TEST_F(ApplyTest, ARecordThatIsRefusedIsKeptAsInARun) {
  put("k001", "bad name");
  plan();
  const RunReport report = apply();
  EXPECT_EQ(report.run.counts.rejected, 1u);
  EXPECT_TRUE(disk_.rejected.contains("k001"));
}

/// Crashes at every place of an apply in turn, by seed; afterwards the same plan goes on to its end.
TEST_F(ApplyTest, ACrashAnywhereCostsNothing) {
  put_many(60);
  run();
  for (int i = 0; i < 20; ++i) put(fmt::format("k{:03}", i), "changed");
  for (int i = 60; i < 80; ++i) put(fmt::format("k{:03}", i), "new");
  for (int i = 20; i < 30; ++i) source_.records.erase(fmt::format("k{:03}", i));
  plan_.breaker.approved = true;
  plan({.full = true});
  const SimDisk disk = disk_;
  const SimTargetData target = target_;
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    disk_ = disk;
    target_ = target;
    crash_ = {.seed = seed, .percent = 2 + static_cast<int>(seed % 5)};
    for (int life = 0; life < 3; ++life) apply({}, true);
    crash_ = {};
    const RunReport report = apply();
    EXPECT_EQ(report.run.state, RunState::succeeded);
    EXPECT_EQ(report.run.counts.superseded, 0u);
    EXPECT_EQ(target_.records.size(), 70u);
    for (const auto& [key, record] : source_.records) EXPECT_EQ(target_.records[key], record.name);
    for (const auto& [key, times] : target_.creations) EXPECT_EQ(times, 1);
    EXPECT_TRUE(disk_.intents.empty());
    if (HasFailure()) return;
  }
}

TEST(PlanEffects, GiveBackWhatWasPacked) {
  Fingerprint one, other;
  one.bytes.fill(1);
  other.bytes.fill(2);
  EffectsInMemory sink;
  EffectPages packed(&sink);
  packed.add("a", {PlannedEffect::Kind::write, one, other});
  packed.add(std::string_view("b\0b", 3), {PlannedEffect::Kind::remove, other, {}});
  SimClock clock(SimClock::kStart);
  clock.run(packed.hand_over());
  ASSERT_EQ(sink.pages.size(), 1u);
  const std::string page = sink.pages.front();
  PlanEffects effects({page});
  ASSERT_NE(effects.find("a"), nullptr);
  EXPECT_EQ(effects.find("a")->values, one);
  EXPECT_EQ(effects.find("a")->current, other);
  EXPECT_EQ(effects.find("c"), nullptr);
  EXPECT_EQ(effects.next_gone(5), std::vector<std::string_view>{std::string_view("b\0b", 3)});
  EXPECT_THROW(PlanEffects({page.substr(0, page.size() - 1)}), Error);
}

}  // namespace
}  // namespace nexpo
