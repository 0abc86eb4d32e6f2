// What generated scripts have found, as single cases.
#include <gtest/gtest.h>

#include "sync/two_way/two_way_world.hpp"

namespace nexpo {
namespace {

TEST(TwoWayFound, AnEditInTheSecondOfOurOwnWriteIsSeen) {
  TwoWayWorld world;
  world.source.grain = std::chrono::seconds(1);
  const std::string s = world.source.create(world.tick(), {{"key", "k"}, {"a", "1"}, {"b", "1"}});
  world.run();
  world.target.edit(world.tick(), world.target.with_key("k").front(), "a", "2");
  world.run();
  const Time written = world.source.records.at(s).stamp;
  world.source.edit(written + std::chrono::milliseconds(900), s, "b", "2");
  ASSERT_EQ(world.source.records.at(s).stamp, written) << "not in the same second";
  world.run();
  EXPECT_EQ(world.target_of("k", "b"), "2");
}

TEST(TwoWayFound, ARecordThatComesBackDoesNotOverwriteANewOneOfItsKey) {
  TwoWayWorld world(Strategy::merge, R"({"deleteUpdate": "update_wins"})");
  const std::string s = world.source.create(world.tick(), {{"key", "k"}, {"a", "1"}});
  world.run();
  world.source.remove(world.tick(), s);
  const std::string fresh = world.source.create(world.tick(), {{"key", "k"}, {"a", "another"}});
  world.target.edit(world.tick(), world.target.with_key("k").front(), "a", "2");
  for (int i = 0; i < 3; ++i) world.run();
  EXPECT_EQ(world.source_of("k", "a"), "another");
  EXPECT_EQ(world.target_of("k", "a"), "2");
  EXPECT_FALSE(world.conflicts(ConflictState::open).empty());
  world.source.edit(world.tick(), fresh, "key", "other");
  for (int i = 0; i < 2; ++i) world.run();
  EXPECT_EQ(world.source_of("k", "a"), "2") << "nothing is in the way any more";
  EXPECT_EQ(world.source_of("other", "a"), "another");
}

TEST(TwoWayFound, WhatAPersonPutsWhereALostPageDidNotWriteGoesAcross) {
  for (const Cell& put : {Cell("3"), Cell()}) {
    SCOPED_TRACE(put.value_or("null"));
    TwoWayWorld world;
    const std::string s = world.source.create(world.tick(), {{"key", "k"}, {"a", "1"}, {"b", "1"}});
    world.run();
    const std::string t = world.target.with_key("k").front();
    world.source.edit(world.tick(), s, "a", "2");
    world.target.edit(world.tick(), t, "b", "2");
    // Dies at some step after both sides were written.
    world.crash_percent = 20;
    while (world.source_of("k", "b") != "2" || world.target_of("k", "a") != "2") world.run({}, true);
    if (world.disk.pairs.begin()->second.doubt == 0) continue;
    world.target.edit(world.tick(), t, "b", put);
    for (int i = 0; i < 2; ++i) world.run();
    EXPECT_EQ(world.source_of("k", "b"), put);
    EXPECT_EQ(world.target_of("k", "b"), put);
    EXPECT_EQ(world.target_of("k", "a"), "2");
  }
}

TEST(TwoWayFound, OfSeveralRecordsWithOneKeyNoneIsTaken) {
  TwoWayWorld world(Strategy::source_wins);
  world.target.create(world.tick(), {{"key", "k"}, {"a", "first"}});
  const std::string second = world.target.create(world.tick(), {{"key", "k"}, {"a", "second"}});
  world.source.create(world.tick(), {{"key", "k"}, {"a", "ours"}});
  for (int i = 0; i < 3; ++i) world.run();
  EXPECT_EQ(world.target.records.at("T1").fields.at("a"), "first");
  EXPECT_EQ(world.target.records.at("T2").fields.at("a"), "second");
  EXPECT_FALSE(world.conflicts(ConflictState::open).empty());
  world.target.remove(world.tick(), second);
  for (int i = 0; i < 2; ++i) world.run();
  EXPECT_EQ(world.target_of("k", "a"), "ours");
  EXPECT_EQ(world.target.living("k")->fields.at("a"), "ours");
}

TEST(TwoWayFound, ARecordThatWentBeforeItWasCopiedDoesNotDeleteANewOneOfItsKey) {
  for (const bool full : {false, true}) {
    SCOPED_TRACE(full ? "the new one is met first" : "the deletion is met first");
    TwoWayWorld world;
    const std::string first = world.target.create(world.tick(), {{"key", "k"}, {"a", "first"}});
    world.faults.refused = 100;
    world.run({}, true);
    ASSERT_EQ(world.source_of("k", "a"), "(no record)");
    world.target.remove(world.tick(), first);
    world.source.create(world.tick(), {{"key", "k"}, {"b", "ours"}});
    world.target.create(world.tick(), {{"key", "k"}, {"a", "another"}});
    for (int i = 0; i < 2; ++i) world.run({.full = full && i == 0});
    EXPECT_TRUE(world.conflicts().empty());
    EXPECT_EQ(world.source_of("k", "a"), "another");
    EXPECT_EQ(world.target_of("k", "b"), "ours");
  }
}

}  // namespace
}  // namespace nexpo
