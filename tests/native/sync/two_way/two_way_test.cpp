// A sync in both directions, case by case.
#include <gmock/gmock.h>

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

TEST(TwoWay, AutomationAfterOurWriteIsSeenAndFlowsBack) {
  TwoWayWorld world;
  const std::string s = world.source.create(world.tick(), {{"key", "k"}, {"a", "1"}, {"b", "new"}});
  world.run();
  // The target's own rule: whoever changes `a`, sets `b`. It runs as part of our write.
  world.target.automation = [](MemoryData& data, const std::string& id, Time now) {
    data.edit(now, id, "b", "checked");
  };
  world.source.edit(world.tick(), s, "a", "2");
  world.run();
  world.target.automation = nullptr;
  world.run();
  EXPECT_EQ(world.source_of("k", "b"), "checked");
  EXPECT_EQ(world.source_of("k", "a"), "2");
}

TEST(TwoWay, QuickEditsOnOneSideDoNotFlipBack) {
  // Known of others: a value that is edited twice while its first version is on its way comes back as the first one.
  TwoWayWorld world;
  const std::string s = world.source.create(world.tick(), {{"key", "k"}, {"a", "0"}});
  world.run();
  for (int i = 1; i <= 5; ++i) {
    world.source.edit(world.tick(std::chrono::milliseconds(10)), s, "a", fmt::format("{}-first", i));
    world.during = [&](Time now) { world.source.edit(now, s, "a", fmt::format("{}-second", i)); };
    for (world.during_after = 1; world.during_after < 40; world.during_after += 7) {
      world.run();
      world.during = nullptr;
    }
    EXPECT_EQ(world.source_of("k", "a"), fmt::format("{}-second", i));
    EXPECT_EQ(world.target_of("k", "a"), fmt::format("{}-second", i));
  }
}

TEST(TwoWay, AnEditThatComesWhileAPageWaitsIsNotOverwritten) {
  // Both sides changed the record; before our write arrives, the source is edited once more.
  for (int delay = 1; delay < 30; ++delay) {
    TwoWayWorld world(Strategy::target_wins);
    const std::string s = world.source.create(world.tick(), {{"key", "k"}, {"a", "0"}, {"b", "0"}});
    world.run();
    world.source.edit(world.tick(), s, "b", "1");
    world.target.edit(world.tick(), world.target.with_key("k").front(), "a", "from target");
    world.during = [&](Time now) { world.source.edit(now, s, "c", "late"); };
    world.during_after = delay;
    world.run();
    world.during = nullptr;
    world.run();
    EXPECT_EQ(world.source_of("k", "c"), "late") << delay;
    EXPECT_EQ(world.target_of("k", "c"), "late") << delay;
    EXPECT_EQ(world.source_of("k", "a"), "from target") << delay;
  }
}

TEST(TwoWay, ADeletedRecordThatIsSeenAgainIsNotRevived) {
  TwoWayWorld world;
  const std::string s = world.source.create(world.tick(), {{"key", "k"}, {"a", "1"}});
  world.run();
  world.target.remove(world.tick(), world.target.with_key("k").front());
  world.run();
  ASSERT_EQ(world.source_of("k", "a"), kNoRecord);
  // Somebody takes it out of the recycle bin.
  world.source.records.at(s).deleted = false;
  world.source.edit(world.tick(), s, "a", "2");
  world.run();
  EXPECT_EQ(world.target_of("k", "a"), kNoRecord);
  const auto open = world.conflicts(ConflictState::open);
  ASSERT_EQ(open.size(), 1u);
  EXPECT_EQ(open[0].kind, "undeleted");
  world.decide(open[0], R"({"take": "source"})");
  world.run();
  EXPECT_EQ(world.target_of("k", "a"), "2");
}

TEST(TwoWay, ANewRecordWithTheKeyOfADeletedOneIsANewRecord) {
  TwoWayWorld world;
  const std::string s = world.source.create(world.tick(), {{"key", "k"}, {"a", "1"}});
  world.run();
  world.source.remove(world.tick(), s);
  world.run();
  world.source.create(world.tick(), {{"key", "k"}, {"a", "again"}});
  world.run();
  EXPECT_EQ(world.target_of("k", "a"), "again");
}

TEST(TwoWay, TheLoopBreakerStopsTwoProgramsThatAnswerOneAnother) {
  TwoWayWorld world(Strategy::last_write_wins);
  const std::string s = world.source.create(world.tick(), {{"key", "k"}, {"a", "0"}});
  world.run();
  const std::string t = world.target.with_key("k").front();
  int runs = 0;
  for (; runs < 20 && world.conflicts(ConflictState::open).empty(); ++runs) {
    MemoryData& side = runs % 2 ? world.target : world.source;
    side.edit(world.wall, runs % 2 ? t : s, "a", fmt::format("answer {}", runs));
    world.wall -= std::chrono::seconds(50);  // all within ten minutes
    world.run();
  }
  const auto open = world.conflicts(ConflictState::open);
  ASSERT_EQ(open.size(), 1u);
  EXPECT_EQ(open[0].kind, "loop");
  EXPECT_EQ(runs, 6);  // five changes of direction: one more than allowed
  EXPECT_EQ(open[0].body.find("automation"), std::string::npos) << "ada made all of these edits";
}

TEST(TwoWay, ALoopTellsWhereAutomationAnswersOurWrites) {
  TwoWayWorld world(Strategy::last_write_wins);
  const std::string s = world.source.create(world.tick(), {{"key", "k"}, {"a", "0"}});
  int answers = 0;
  world.target.automation = [&](MemoryData& data, const std::string& id, Time now) {
    data.edit(now, id, "a", fmt::format("answer {}", ++answers));
  };
  world.run();
  for (int i = 0; i < 20 && world.conflicts(ConflictState::open).empty(); ++i) {
    world.source.edit(world.wall, s, "a", fmt::format("question {}", i));
    world.run();
    world.wall -= std::chrono::seconds(50);
    // Late automation: it changes the record after our write was read back.
    world.target.automation(world.target, world.target.with_key("k").front(), world.wall);
    world.target.records.at(world.target.with_key("k").front()).editor = kOurLogin;
    world.run();
    world.wall -= std::chrono::seconds(50);
  }
  const auto open = world.conflicts(ConflictState::open);
  ASSERT_EQ(open.size(), 1u);
  EXPECT_EQ(open[0].kind, "loop");
  EXPECT_NE(open[0].body.find("the last change in the target has the login of this sync"), std::string::npos)
      << open[0].body;
  EXPECT_NE(open[0].body.find(R"("targetBy":{"user":"sync","self":true})"), std::string::npos) << open[0].body;
}

TEST(TwoWay, AConflictTellsWhoChangedEachSideLast) {
  TwoWayWorld world(Strategy::manual);
  const std::string s = world.source.create(world.tick(), {{"key", "k"}, {"a", "0"}});
  world.run();
  world.source.edit(world.tick(), s, "a", "1");
  const std::string t = world.target.with_key("k").front();
  world.target.edit(world.tick(), t, "a", "2");
  world.target.records.at(t).editor = kOurLogin;
  world.run();
  const auto open = world.conflicts(ConflictState::open);
  ASSERT_EQ(open.size(), 1u);
  const auto body = nlohmann::json::parse(open[0].body);
  EXPECT_EQ(body["sourceBy"], (nlohmann::json{{"user", "ada"}, {"self", false}}));
  EXPECT_EQ(body["targetBy"], (nlohmann::json{{"user", "sync"}, {"self", true}}));
}

TEST(TwoWay, TwoRecordsOfOneKeyAreNeverMerged) {
  TwoWayWorld world;
  world.source.create(world.tick(), {{"key", "k"}, {"a", "first"}});
  world.source.create(world.tick(), {{"key", "k"}, {"a", "second"}});
  const RunReport report = world.run();
  EXPECT_EQ(report.run.counts.created, 1u);
  EXPECT_EQ(world.target_of("k", "a"), "first");
  const auto open = world.conflicts(ConflictState::open);
  ASSERT_EQ(open.size(), 1u);
  EXPECT_EQ(open[0].kind, "unique_violation");
  // Once the other one is gone, this one goes its way without anybody's help.
  world.source.remove(world.tick(), "S1");
  world.run();
  world.run();
  EXPECT_TRUE(world.conflicts(ConflictState::open).empty());
  EXPECT_EQ(world.target_of("k", "a"), "second");
}

TEST(TwoWay, AKeyThatIsChangedOnOneSideIsForAPerson) {
  TwoWayWorld world;
  const std::string s = world.source.create(world.tick(), {{"key", "k"}, {"a", "1"}});
  world.run();
  world.source.edit(world.tick(), s, "key", "other");
  world.run();
  EXPECT_EQ(world.target_of("k", "a"), "1");
  EXPECT_EQ(world.target_of("other", "a"), kNoRecord);
  ASSERT_EQ(world.conflicts(ConflictState::open).size(), 1u);
  EXPECT_EQ(world.conflicts(ConflictState::open)[0].kind, "key_changed");
}

TEST(TwoWay, OneWayMergeLeavesTheTargetsOwnEdits) {
  TwoWayWorld world(Strategy::merge, "null", false);
  const std::string s = world.source.create(world.tick(), {{"key", "k"}, {"a", "1"}, {"b", "1"}});
  world.run();
  world.target.edit(world.tick(), world.target.with_key("k").front(), "a", "theirs");
  world.source.edit(world.tick(), s, "b", "2");
  world.run();
  EXPECT_EQ(world.target_of("k", "a"), "theirs");
  EXPECT_EQ(world.target_of("k", "b"), "2");
  EXPECT_EQ(world.source_of("k", "a"), "1");
  world.source.edit(world.tick(), s, "a", "ours");
  world.run();
  EXPECT_EQ(world.target_of("k", "a"), "theirs");
  EXPECT_EQ(world.conflicts(ConflictState::open).size(), 1u);
}

TEST(TwoWay, FieldsThatGoOneWayOnlyDoNotFlowBack) {
  TwoWayWorld world(Strategy::source_wins, "null", true, R"([
    {"source": "key", "target": "key"}, {"source": "a", "target": "a"},
    {"source": "b", "target": "b", "direction": "to_target"}])");
  world.source.create(world.tick(), {{"key", "k"}, {"a", "1"}, {"b", "1"}});
  world.run();
  const std::string t = world.target.with_key("k").front();
  world.target.edit(world.tick(), t, "a", "back");
  world.target.edit(world.tick(), t, "b", "stays");
  world.run();
  EXPECT_EQ(world.source_of("k", "a"), "back");
  EXPECT_EQ(world.source_of("k", "b"), "1");
  EXPECT_EQ(world.target_of("k", "b"), "stays");
}

TEST(TwoWay, InvertibleMappingsGoThereAndBack) {
  TwoWayWorld world(Strategy::merge, "null", true, R"([
    {"source": "key", "target": "key"},
    {"source": "a", "target": "a", "onError": "fail_record",
     "transformation": {"type": "lookup", "params": {"table": {"Germany": "DE", "France": "FR"}}}},
    {"source": "b", "target": "b", "onError": "fail_record",
     "transformation": {"type": "format", "params": {"number": {"shift": 2}}}},
    {"source": "c", "target": "c", "transformation": {"type": "format", "params": {"case": "upper"}},
     "reverse": {"type": "format", "params": {"case": "lower"}}}])");
  world.source.create(world.tick(), {{"key", "k"}, {"a", "Germany"}, {"b", "12.34"}, {"c", "x"}});
  world.run();
  EXPECT_EQ(world.target_of("k", "a"), "DE");
  EXPECT_EQ(world.target_of("k", "b"), "1234");
  EXPECT_EQ(world.target_of("k", "c"), "X");
  const std::string t = world.target.with_key("k").front();
  world.target.edit(world.tick(), t, "a", "FR");
  world.target.edit(world.tick(), t, "b", "5");
  world.target.edit(world.tick(), t, "c", "YES");
  world.run();
  EXPECT_EQ(world.source_of("k", "a"), "France");
  EXPECT_EQ(world.source_of("k", "b"), "0.05");
  EXPECT_EQ(world.source_of("k", "c"), "yes");
  const uint64_t writes = world.source.writes + world.target.writes;
  for (int i = 0; i < 2; ++i) world.run({.full = i == 1});
  EXPECT_EQ(world.source.writes + world.target.writes, writes);
}

TEST(TwoWay, AMappingThatCannotBeTurnedRoundIsAFaultOfThePlan) {
  const auto fault = [](const char* fields) -> std::string {
    try {
      BackMapping::compile(nlohmann::json::parse(fields), "fieldMappings");
    } catch (const Error& error) {
      return error.message();
    }
    return "";
  };
  EXPECT_THAT(
      fault(R"([{"source": "a", "target": "a", "transformation": {"type": "format", "params": {"trim": true}}}])"),
      testing::HasSubstr("fieldMappings[0].transformation: what fills `a` cannot be turned round"));
  EXPECT_THAT(fault(R"([{"source": "Owner.Name", "target": "owner"}])"),
              testing::HasSubstr("belongs to another record"));
  EXPECT_THAT(fault(R"([{"source": "a", "target": "b", "onError": "null",
                         "transformation": {"type": "lookup", "params": {"table": {"x": "1", "y": "1"}}}}])"),
              testing::HasSubstr("cannot be turned round"));
  EXPECT_THAT(fault(R"([{"source": "a", "target": "b"}, {"source": "a", "target": "c"}])"),
              testing::HasSubstr("filled from an earlier field"));
}

TEST(TwoWay, APlanOfAQuietWorldIsEmptyAndOneOfEditsNamesThem) {
  TwoWayWorld world;
  const std::string s = world.source.create(world.tick(), {{"key", "k"}, {"a", "1"}});
  world.run();
  EXPECT_EQ(world.preview_run().counts.written(), 0u);
  world.source.edit(world.tick(), s, "a", "2");
  world.target.create(world.tick(), {{"key", "new"}, {"a", "3"}});
  const uint64_t writes = world.source.writes + world.target.writes;
  const PreviewReport plan = world.preview_run();
  EXPECT_EQ(world.source.writes + world.target.writes, writes);
  EXPECT_EQ(plan.counts.updated, 1u);
  EXPECT_EQ(plan.counts.created, 1u);
  ASSERT_EQ(plan.differences.size(), 2u);
  EXPECT_EQ(plan.differences[0].action, "update target");
  EXPECT_EQ(plan.differences[1].action, "create source");
  EXPECT_TRUE(plan.counts.closes());
}

}  // namespace
}  // namespace nexpo
