// A sync in both directions where records arrive twice, and writes are refused or not seen.
#include <gmock/gmock.h>

#include "sync/two_way/two_way_world.hpp"

namespace nexpo {
namespace {

TEST(TwoWayDelivery, AnEditThatIsRefusedOnceGoesAcrossLater) {
  for (const bool in_source : {true, false}) {
    TwoWayWorld world(in_source ? Strategy::target_wins : Strategy::source_wins);
    const std::string s = world.source.create(world.tick(), {{"key", "k"}, {"a", "1"}});
    world.run();
    const std::string t = world.target.with_key("k").front();
    (in_source ? world.source : world.target).edit(world.tick(), in_source ? s : t, "a", "2");
    world.faults.refused = 100;
    EXPECT_GT(world.run({}, true).run.counts.rejected, 0u);
    world.faults.refused = 0;
    world.run();
    EXPECT_EQ(world.source_of("k", "a"), "2");
    EXPECT_EQ(world.target_of("k", "a"), "2");
    EXPECT_TRUE(world.conflicts().empty());
  }
}

TEST(TwoWayDelivery, AWriteThatCouldNotBeReadBackIsNoAgreement) {
  TwoWayWorld world(Strategy::source_wins);
  world.target.norm = [](const std::string& field, Cell cell) -> Cell {
    return cell && field != "key" ? Cell(cell->substr(0, 4)) : cell;
  };
  world.target.lags = true;
  world.source.create(world.tick(), {{"key", "k"}, {"a", "Hello"}});
  world.run();
  world.target.lags = false;
  for (int i = 0; i < 2; ++i) world.run();
  EXPECT_EQ(world.source_of("k", "a"), "Hello");
  EXPECT_EQ(world.target_of("k", "a"), "Hell");
}

TEST(TwoWayDelivery, OfTwoVersionsInOnePageTheLaterOneHolds) {
  TwoWayWorld world;
  const std::string s = world.source.create(world.tick(), {{"key", "k"}, {"a", "1"}});
  world.run();
  world.source.edit(world.tick(), s, "a", "2");
  world.source.earlier = {{s, world.source.records.at(s)}};
  world.source.edit(world.tick(), s, "a", "3");
  const RunReport report = world.run();
  EXPECT_EQ(report.run.counts.superseded, 1u);
  EXPECT_TRUE(report.run.counts.closes());
  EXPECT_EQ(world.target_of("k", "a"), "3");
}

}  // namespace
}  // namespace nexpo
