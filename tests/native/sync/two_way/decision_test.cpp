// Decisions of people that come too late.
#include <gmock/gmock.h>

#include "sync/two_way/two_way_world.hpp"

namespace nexpo {
namespace {

TEST(TwoWayDecision, AStaleDecisionDoesNotOverwriteANewerValue) {
  for (const bool in_target : {true, false}) {
    TwoWayWorld world(Strategy::manual);
    const std::string s = world.source.create(world.tick(), {{"key", "k"}, {"a", "0"}});
    world.run();
    const std::string t = world.target.with_key("k").front();
    world.source.edit(world.tick(), s, "a", "left");
    world.target.edit(world.tick(), t, "a", "right");
    world.run();
    world.decide(world.conflicts(ConflictState::open).at(0),
                 in_target ? R"({"take": "source"})" : R"({"take": "target"})");
    (in_target ? world.target : world.source).edit(world.tick(), in_target ? t : s, "a", "newer");
    world.run();
    EXPECT_EQ(world.target_of("k", "a"), in_target ? "newer" : "right");
    EXPECT_EQ(world.source_of("k", "a"), in_target ? "left" : "newer");
    const auto open = world.conflicts(ConflictState::open);
    ASSERT_EQ(open.size(), 1u);
    EXPECT_THAT(open[0].body, testing::HasSubstr("newer"));
  }
}

TEST(TwoWayDecision, AnUndoDoesNotOverwriteANewerValueWhichGoesAcross) {
  for (const bool in_target : {true, false}) {
    TwoWayWorld world(Strategy::manual);
    const std::string s = world.source.create(world.tick(), {{"key", "k"}, {"a", "0"}});
    world.run();
    const std::string t = world.target.with_key("k").front();
    world.source.edit(world.tick(), s, "a", "left");
    world.target.edit(world.tick(), t, "a", "right");
    world.run();
    world.decide(world.conflicts(ConflictState::open).at(0), R"({"take": "target"})");
    world.run();
    const auto closed = world.conflicts(ConflictState::closed);
    ASSERT_EQ(closed.size(), 1u);
    world.decide(closed[0], R"({"undo": true})", true);
    (in_target ? world.target : world.source).edit(world.tick(), in_target ? t : s, "a", "newer");
    world.run();
    EXPECT_EQ(world.source_of("k", "a"), "newer");
    EXPECT_EQ(world.target_of("k", "a"), "newer");
    EXPECT_TRUE(world.conflicts(ConflictState::open).empty());
  }
}

}  // namespace
}  // namespace nexpo
