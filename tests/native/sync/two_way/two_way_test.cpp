// A sync in both directions, case by case.
#include "sync/two_way/two_way_world.hpp"

namespace nexpo {
namespace {

const Cell kNoRecord = "(no record)";

TEST(TwoWay, NewRecordsGoBothWaysAndTheSecondRunIsQuiet) {
  TwoWayWorld world;
  world.source.create(world.tick(), {{"key", "k1"}, {"a", "1"}});
  world.target.create(world.tick(), {{"key", "k2"}, {"b", "2"}});
  const RunReport first = world.run();
  ASSERT_EQ(first.run.state, RunState::succeeded) << first.run.error;
  EXPECT_EQ(world.target_of("k1", "a"), "1");
  EXPECT_EQ(world.source_of("k2", "b"), "2");
  const uint64_t writes = world.source.writes + world.target.writes;
  EXPECT_EQ(writes, 2u);
  for (int i = 0; i < 3; ++i) {
    const RunReport again = world.run();
    EXPECT_EQ(again.run.counts.written(), 0u);
    EXPECT_TRUE(again.run.counts.closes());
  }
  EXPECT_EQ(world.source.writes + world.target.writes, writes);
}

TEST(TwoWay, EditsOfDifferentFieldsBothSurvive) {
  TwoWayWorld world;
  const std::string s = world.source.create(world.tick(), {{"key", "k"}, {"a", "1"}, {"b", "1"}});
  world.run();
  const std::string t = world.target.with_key("k").front();
  world.source.edit(world.tick(), s, "a", "source");
  world.target.edit(world.tick(), t, "b", "target");
  world.run();
  EXPECT_EQ(world.target_of("k", "a"), "source");
  EXPECT_EQ(world.source_of("k", "b"), "target");
  EXPECT_TRUE(world.conflicts(ConflictState::open).empty());
}

TEST(TwoWay, AConflictIsHeldAndTheOtherFieldsFlow) {
  TwoWayWorld world;
  const std::string s = world.source.create(world.tick(), {{"key", "k"}, {"a", "1"}, {"b", "1"}});
  world.run();
  const std::string t = world.target.with_key("k").front();
  world.source.edit(world.tick(), s, "a", "left");
  world.source.edit(world.tick(), s, "b", "flows");
  world.target.edit(world.tick(), t, "a", "right");
  const RunReport report = world.run();
  EXPECT_EQ(report.run.counts.in_review, 2u);  // it was read on both sides
  EXPECT_EQ(world.target_of("k", "b"), "flows");
  EXPECT_EQ(world.source_of("k", "a"), "left");
  EXPECT_EQ(world.target_of("k", "a"), "right");
  auto open = world.conflicts(ConflictState::open);
  ASSERT_EQ(open.size(), 1u);
  EXPECT_EQ(open[0].kind, "both_differ");
  EXPECT_EQ(open[0].fields, R"(["a"])");

  world.decide(open[0], R"({"take": "target"})");
  world.run();
  EXPECT_EQ(world.source_of("k", "a"), "right");
  const auto closed = world.conflicts(ConflictState::closed);
  ASSERT_EQ(closed.size(), 1u);
  EXPECT_EQ(closed[0].outcome, "applied");
  const uint64_t writes = world.source.writes + world.target.writes;
  world.run();
  EXPECT_EQ(world.source.writes + world.target.writes, writes);

  world.decide(closed[0], R"({"undo": true})", true);
  world.run();
  EXPECT_EQ(world.source_of("k", "a"), "left");
  EXPECT_EQ(world.target_of("k", "a"), "right");
  world.run();
  EXPECT_EQ(world.conflicts(ConflictState::open).size(), 1u);
}

TEST(TwoWay, ADeletionGoesAcrossAndDoesNotComeBack) {
  TwoWayWorld world;
  const std::string s = world.source.create(world.tick(), {{"key", "k"}, {"a", "1"}});
  world.run();
  world.source.remove(world.tick(), s);
  const RunReport report = world.run();
  EXPECT_EQ(report.run.counts.deleted, 1u);
  EXPECT_EQ(world.target_of("k", "a"), kNoRecord);
  for (int i = 0; i < 2; ++i) world.run({.full = i == 1});
  EXPECT_EQ(world.source_of("k", "a"), kNoRecord);
  EXPECT_EQ(world.target_of("k", "a"), kNoRecord);
}

TEST(TwoWay, ADeletionOfWhatTheOtherSideChangedIsHeld) {
  TwoWayWorld world;
  const std::string s = world.source.create(world.tick(), {{"key", "k"}, {"a", "1"}});
  world.run();
  world.source.remove(world.tick(), s);
  world.target.edit(world.tick(), world.target.with_key("k").front(), "a", "2");
  world.run();
  EXPECT_EQ(world.target_of("k", "a"), "2");
  const auto open = world.conflicts(ConflictState::open);
  ASSERT_EQ(open.size(), 1u);
  EXPECT_EQ(open[0].kind, "delete_update");
  world.decide(open[0], R"({"take": "target"})");
  world.run();
  EXPECT_EQ(world.source_of("k", "a"), "2");
}

TEST(TwoWay, ATargetThatNormalisesIsQuietFromTheSecondRun) {
  TwoWayWorld world;
  world.target.norm = [](const std::string& field, Cell cell) -> Cell {
    if (!cell || field == "key") return cell ? cell : Cell("");
    std::string out;
    for (const char c : *cell)
      if (c != ' ') out += static_cast<char>(std::tolower(c));
    return out.substr(0, 4);
  };
  world.source.create(world.tick(), {{"key", "k"}, {"a", " Hello World "}, {"b", std::nullopt}});
  world.run();
  EXPECT_EQ(world.target_of("k", "a"), "hell");
  EXPECT_EQ(world.source_of("k", "a"), " Hello World ");
  const uint64_t writes = world.source.writes + world.target.writes;
  for (int i = 0; i < 3; ++i) world.run({.full = i == 2});
  EXPECT_EQ(world.source.writes + world.target.writes, writes);
  EXPECT_TRUE(world.conflicts().empty());
}

}  // namespace
}  // namespace nexpo
