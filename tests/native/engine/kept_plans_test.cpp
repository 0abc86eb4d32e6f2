// A plan that is kept and applied, through the engine, between two database files.
#include "engine/kept_plans.hpp"

#include "engine/small_sync.hpp"

namespace nexpo {
namespace {

using nlohmann::json;

class KeptPlansTest : public testing::Test {
 protected:
  json plan(json how = json::object()) {
    json body{{"file", sync_.file()}, {"keep", "p1"}};
    body.update(how);
    return engine_.call("sync.plan", body);
  }
  json apply() { return engine_.call("sync.apply", {{"file", sync_.file()}, {"planId", "p1"}}); }
  json run() { return engine_.call("sync.run", {{"file", sync_.file()}}); }

  CalledEngine engine_;
  SmallSync sync_{engine_, 30};
};

TEST_F(KeptPlansTest, AnAppliedPlanDoesWhatItShowedAlsoInTheNextProcess) {
  run();
  sync_.put(3, "changed", "1");
  sync_.put(31, "new", "2");
  const json planned = plan();
  EXPECT_EQ(planned["effects"], 2);
  sync_.put(4, "changed after the plan", "3");
  sync_.change_target("UPDATE contacts SET phone = 'by a person' WHERE id = 31 OR id = 5");
  engine_.reopen();
  const json report = apply();
  EXPECT_EQ(report["status"], "succeeded") << report;
  EXPECT_EQ(report["mode"], "apply");
  EXPECT_EQ(report["updated"], 1);
  EXPECT_EQ(report["created"], 1);
  EXPECT_EQ(report["superseded"], 1);
  EXPECT_EQ(sync_.in_target(3), "changed/1");
  EXPECT_EQ(sync_.in_target(31), "new/2");
  EXPECT_EQ(sync_.in_target(4), "name 4/+43 1 0004");
  EXPECT_EQ(run()["updated"], 1);
  EXPECT_EQ(sync_.in_target(4), "changed after the plan/3");
}

TEST_F(KeptPlansTest, WhatAPersonChangedInTheTargetSinceIsLeftAlone) {
  run();
  sync_.put(3, "changed", "1");
  plan();
  sync_.change_target("UPDATE contacts SET phone = 'by a person' WHERE id = 3");
  EXPECT_EQ(apply()["superseded"], 1);
  EXPECT_EQ(sync_.in_target(3), "name 3/by a person");
}

TEST_F(KeptPlansTest, DeletionsBeyondTheBreakerAreDoneSinceTheyWereLookedAt) {
  const json hard{{"policy", "hard"}, {"limitRecords", 0}, {"limitPercent", 0}};
  json file = sync_.file();
  file["deletes"] = hard;
  engine_.call("sync.run", {{"file", file}});
  for (int id = 1; id <= 20; ++id) sync_.drop(id);
  EXPECT_EQ(engine_.call("sync.plan", {{"file", file}, {"keep", "p1"}, {"full", true}})["deleted"], 20);
  const json report = engine_.call("sync.apply", {{"file", file}, {"planId", "p1"}});
  EXPECT_EQ(report["status"], "succeeded") << report;
  EXPECT_EQ(report["deleted"], 20);
  EXPECT_EQ(sync_.in_target(20), "");
  EXPECT_NE(sync_.in_target(21), "");
}

TEST_F(KeptPlansTest, APlanOfAnotherMappingPolicyOrSyncIsStale) {
  plan();
  json mapping = sync_.file(), policy = sync_.file(), other = sync_.file();
  mapping["fieldMappings"].erase(2);
  policy["deletes"] = "hard";
  other["id"] = "another";
  for (const json& file : {mapping, policy, other}) {
    const Error error = engine_.error_of("sync.apply", {{"file", file}, {"planId", "p1"}});
    EXPECT_EQ(error.kind(), ErrorKind::conflict);
    EXPECT_EQ(error.code(), "plan_stale");
  }
  EXPECT_EQ(sync_.in_target(1), "");
}

TEST_F(KeptPlansTest, APlanThatIsForgottenOrWasNeverKeptIsNotFound) {
  plan();
  EXPECT_EQ(engine_.call("plan.forget", {{"planId", "p1"}})["forgotten"], true);
  EXPECT_EQ(engine_.call("plan.forget", {{"planId", "p1"}})["forgotten"], false);
  EXPECT_EQ(engine_.error_of("sync.apply", {{"file", sync_.file()}, {"planId", "p1"}}).code(), "plan_not_found");
  EXPECT_EQ(engine_.error_of("sync.apply", {{"file", sync_.file()}}).field(), "planId");
  plan();
  engine_.call("sync.forget", {{"file", sync_.file()}});
  EXPECT_EQ(engine_.error_of("sync.apply", {{"file", sync_.file()}, {"planId", "p1"}}).field(), "planId");
}

TEST_F(KeptPlansTest, APlanWithoutKeepLeavesNothing) {
  const json planned = engine_.call("sync.plan", {{"file", sync_.file()}});
  EXPECT_FALSE(planned.contains("effects"));
  EXPECT_EQ(engine_.error_of("sync.plan", {{"file", sync_.file()}, {"keep", ""}}).field(), "keep");
}

TEST_F(KeptPlansTest, ThePlanOfAFirstRunMakesTheWholeTarget) {
  EXPECT_EQ(plan()["effects"], 30);
  EXPECT_EQ(apply()["created"], 30);
  EXPECT_EQ(apply()["unchanged"], 30);
  EXPECT_EQ(sync_.in_target(30), "name 30/+43 1 0030");
}

}  // namespace
}  // namespace nexpo
