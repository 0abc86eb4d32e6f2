// What a run tells of its time, in its report and while the engine lives.
#include "engine/called_engine.hpp"
#include "engine/small_sync.hpp"

namespace nexpo {
namespace {

using nlohmann::json;

TEST(RunWatch, AReportSaysHowLongItsPagesSpentInEachPhase) {
  CalledEngine engine;
  const SmallSync sync(engine, 30);
  const json report = engine.call("sync.run", {{"file", sync.file()}});
  ASSERT_EQ(report["status"], "succeeded") << report;
  double sum = 0;
  for (const char* phase : {"fetch", "map", "decide", "write", "commit"}) {
    EXPECT_GT(report["phases"][phase].get<double>(), 0.0) << phase;
    sum += report["phases"][phase].get<double>();
  }
  EXPECT_LT(sum, 60.0);  // seconds, not microseconds
  EXPECT_FALSE(report.contains("quota"));
}

TEST(RunWatch, MetricsKeepTheLastRunOfEachSyncOfThisProcess) {
  CalledEngine engine;
  const SmallSync sync(engine, 30);
  EXPECT_EQ(engine.call("engine.metrics", json::object()), json::parse(R"({"runsActive":0,"syncs":[]})"));
  const json report = engine.call("sync.run", {{"file", sync.file()}});
  const json metrics = engine.call("engine.metrics", json::object());
  EXPECT_EQ(metrics["runsActive"], 0);
  ASSERT_EQ(metrics["syncs"].size(), 1u);
  const json& one = metrics["syncs"][0];
  EXPECT_EQ(one["syncId"], sync.file()["id"]);
  EXPECT_EQ(one["runId"], report["runId"]);
  EXPECT_EQ(one["active"], false);
  EXPECT_EQ(one["pages"], report["pages"]);
  EXPECT_EQ(one["phases"], report["phases"]);
  EXPECT_EQ(one["counts"]["created"], 30);
  EXPECT_EQ(one["apiCalls"], report["apiCalls"]);
  EXPECT_GT(one["apiCalls"].get<int>(), 0);
  engine.reopen();
  EXPECT_TRUE(engine.call("engine.metrics", json::object())["syncs"].empty());
}

}  // namespace
}  // namespace nexpo
