// A plan of a sync that reconciles: applied, it does what it showed and nothing else.
#include <gmock/gmock.h>

#include "sync/effects_in_memory.hpp"
#include "sync/two_way/two_way_world.hpp"

namespace nexpo {
namespace {

/// A plan that was looked at.
struct Shown {
  explicit Shown(TwoWayWorld& world, RunRequest request = {}) : report(world.preview_run(request, &effects)) {}

  RunReport apply(TwoWayWorld& world) {
    AppliedPlan applied(report.mode, report.from, effects.pages);
    RunReport done = world.run({.applied = &applied});
    EXPECT_EQ(done.run.state, RunState::succeeded) << done.run.error;
    EXPECT_EQ(done.run.mode, "apply");
    EXPECT_TRUE(done.run.counts.closes());
    return done;
  }

  EffectsInMemory effects;
  PreviewReport report;
};

TEST(ApplyTwoWay, DoesToBothSidesWhatThePlanShowedAndLeavesTheCursorAlone) {
  TwoWayWorld world(Strategy::manual);
  const std::string s = world.source.create(world.tick(), {{"key", "k"}, {"a", "1"}, {"b", "1"}});
  const std::string gone = world.source.create(world.tick(), {{"key", "gone"}, {"a", "1"}});
  world.run();
  const std::string t = world.target.with_key("k").front();
  world.source.edit(world.tick(), s, "a", "2");
  world.target.edit(world.tick(), t, "b", "3");
  world.target.create(world.tick(), {{"key", "new"}, {"a", "4"}});
  world.source.remove(world.tick(), gone);
  const Cursor before = world.disk.cursor;
  Shown plan(world);
  EXPECT_EQ(plan.effects.count, 3u);
  const RunReport done = plan.apply(world);
  EXPECT_EQ(done.run.counts.updated, plan.report.counts.updated);
  EXPECT_EQ(done.run.counts.created, plan.report.counts.created);
  EXPECT_EQ(done.run.counts.deleted, plan.report.counts.deleted);
  EXPECT_EQ(world.target_of("k", "a"), "2");
  EXPECT_EQ(world.source_of("k", "b"), "3");
  EXPECT_EQ(world.source_of("new", "a"), "4");
  EXPECT_EQ(world.target_of("gone", "a"), "(no record)");
  EXPECT_EQ(world.disk.cursor, before);
  const uint64_t writes = world.source.writes + world.target.writes;
  plan.apply(world);
  world.run();
  EXPECT_EQ(world.source.writes + world.target.writes, writes) << "done once, it is done";
}

TEST(ApplyTwoWay, LeavesAloneWhatEitherSideChangedSince) {
  TwoWayWorld world;
  std::vector<std::string> ids;
  for (const char* key : {"first", "second", "third"})
    ids.push_back(world.source.create(world.tick(), {{"key", key}, {"a", "1"}, {"b", "1"}}));
  world.run();
  for (const std::string& id : ids) world.source.edit(world.tick(), id, "a", "2");
  Shown plan(world);
  world.source.edit(world.tick(), ids[0], "a", "3");
  world.target.edit(world.tick(), world.target.with_key("second").front(), "b", "4");
  world.source.create(world.tick(), {{"key", "later"}, {"a", "1"}});
  const RunReport done = plan.apply(world);
  EXPECT_EQ(done.run.counts.updated, 1u);
  EXPECT_EQ(done.run.counts.created, 0u);
  EXPECT_GE(done.run.counts.superseded, 3u);
  EXPECT_EQ(world.target_of("first", "a"), "1");
  EXPECT_EQ(world.target_of("second", "a"), "1");
  EXPECT_EQ(world.source_of("second", "b"), "1");
  EXPECT_EQ(world.target_of("third", "a"), "2");
  EXPECT_EQ(world.target_of("later", "a"), "(no record)");
  world.run();
  EXPECT_EQ(world.target_of("first", "a"), "3");
  EXPECT_EQ(world.target_of("second", "a"), "2");
  EXPECT_EQ(world.source_of("second", "b"), "4");
  EXPECT_EQ(world.target_of("later", "a"), "1");
}

TEST(ApplyTwoWay, WhatThePlanShowedAsAConflictIsHeldAndNothingElseIs) {
  TwoWayWorld world(Strategy::manual);
  std::vector<std::string> ids;
  for (const char* key : {"shown", "later"})
    ids.push_back(world.source.create(world.tick(), {{"key", key}, {"a", "1"}}));
  world.run();
  const auto differ = [&](size_t record, const char* key) {
    world.source.edit(world.tick(), ids[record], "a", "2");
    world.target.edit(world.tick(), world.target.with_key(key).front(), "a", "3");
  };
  differ(0, "shown");
  Shown plan(world);
  EXPECT_EQ(plan.report.counts.in_review, 1u);
  differ(1, "later");
  EXPECT_EQ(plan.apply(world).run.counts.in_review, 2u) << "met on both sides, held once";
  ASSERT_EQ(world.conflicts(ConflictState::open).size(), 1u);
  EXPECT_EQ(world.conflicts(ConflictState::open).front().key, "shown");
  world.run();
  EXPECT_EQ(world.conflicts(ConflictState::open).size(), 2u);
}

/// In a world where nobody edits meanwhile, applying is what a run would have done.
TEST(ApplyTwoWay, OfAnyEditsItDoesAsARunWould) {
  const std::pair<Strategy, const char*> kinds[] = {
      {Strategy::merge, R"({"fallback": "last_write_wins", "groups": [["x", "y"]]})"},
      {Strategy::manual, "null"},
      {Strategy::merge, R"({"rules": {"a": {"rule": "max"}, "b": {"rule": "union"}}, "deleteUpdate": "update_wins"})"},
  };
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(seed);
    const auto& [strategy, rules] = kinds[seed % 3];
    TwoWayWorld planned(strategy, rules), ran(strategy, rules);
    for (TwoWayWorld* world : {&planned, &ran}) {
      std::mt19937_64 random(seed);
      std::set<std::string> deleted;
      for (int round = 0; round < 2; ++round) {
        for (int edit = 0; edit < 12; ++edit) {
          MemoryData& data = random() % 2 ? world->source : world->target;
          const std::string key = fmt::format("k{}", random() % 6), field(1, "abxy"[random() % 4]);
          const std::string value = std::to_string(random() % 50);
          const auto ids = data.with_key(key);
          const bool removes = random() % 6 == 0;
          if (deleted.contains(key)) continue;
          if (ids.empty()) {
            data.create(world->tick(), {{"key", key}, {field, value}});
          } else if (removes) {
            data.remove(world->tick(), ids.front());
            deleted.insert(key);
          } else {
            data.edit(world->tick(), ids.front(), field, value);
          }
        }
        if (round == 0) world->run();
      }
    }
    const RunRequest request{.full = seed % 2 == 0};
    Shown plan(planned, request);
    const RunReport applied = plan.apply(planned), done = ran.run(request);
    EXPECT_EQ(applied.run.counts, done.run.counts);
    EXPECT_EQ(plan.report.counts.written(), done.run.counts.written());
    for (int key = 0; key < 6; ++key)
      for (const char* field : {"a", "b", "x", "y"}) {
        const std::string name = fmt::format("k{}", key);
        EXPECT_EQ(planned.source_of(name, field), ran.source_of(name, field)) << name << " " << field;
        EXPECT_EQ(planned.target_of(name, field), ran.target_of(name, field)) << name << " " << field;
      }
    const uint64_t writes = planned.source.writes + planned.target.writes;
    planned.run();
    EXPECT_EQ(planned.source.writes + planned.target.writes, writes);
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace nexpo
