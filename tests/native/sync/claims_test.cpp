// Two records of the source with one key in the target: the first one holds it, and the others are told so until it is
// free. The key is what stands before the dash of a name.
#include "sync/quiet_world.hpp"

namespace nexpo {
namespace {

class Claims : public QuietWorld {
 protected:
  Claims()
      : QuietWorld(R"([
    {"source": "name", "target": "id", "required": true,
     "transformation": {"type": "format", "params": {"substring": {"start": 0, "length": 1}}}},
    {"source": "name", "target": "name", "required": true}])") {}

  /// Ten records a page: the two that want the key A lie on different pages.
  void put_two() {
    put("k00", "A-first");
    for (int i = 1; i < 20; ++i) put(fmt::format("k{:02}", i), fmt::format("{}-other", static_cast<char>('A' + i)));
    put("k20", "A-second");
  }
};

TEST_F(Claims, TheSecondRecordIsRefusedWithTheNameOfTheFirst) {
  put_two();
  const RunReport report = run();
  EXPECT_EQ(report.run.state, RunState::succeeded) << report.run.error;
  EXPECT_EQ(report.run.counts.created, 20u);
  EXPECT_EQ(report.run.counts.rejected, 1u);
  EXPECT_EQ(target_.records.at("A"), "A-first");
  const Rejection& reason = disk_.rejected.at("k20").reason;
  EXPECT_EQ(reason.code, "duplicate_key");
  EXPECT_EQ(reason.field, "id");
  EXPECT_EQ(reason.message, "the record \"k00\" of the source has the key \"A\" too");
}

TEST_F(Claims, NeitherAnEditNorAFullRunLetsThemTakeTurns) {
  put_two();
  run();
  put("k20", "A-second, edited");
  EXPECT_EQ(run().run.counts.updated, 0u);
  EXPECT_EQ(target_.records.at("A"), "A-first");
  put("k00", "A-first, edited");
  run();
  EXPECT_EQ(target_.records.at("A"), "A-first, edited");
  const uint64_t effects = target_.effects;
  EXPECT_EQ(run({.full = true}).run.counts.rejected, 1u);
  EXPECT_EQ(target_.effects, effects);
}

TEST_F(Claims, OfOnePageTheOneThatHoldsTheKeyKeepsItThoughTheOtherComesFirst) {
  put_two();
  run();
  put("k00", "A-first, edited");
  source_.records.at("k20").name = "A-second, edited";
  source_.records.at("k20").stamp = source_.records.at("k00").stamp - 1;
  run();
  EXPECT_EQ(target_.records.at("A"), "A-first, edited");
}

TEST_F(Claims, ADeletedRecordLeavesItsKeyToTheOther) {
  put_two();
  run();
  put("k00", "", true);
  EXPECT_EQ(run().run.counts.deleted, 1u);
  EXPECT_FALSE(target_.records.contains("A"));
  run();
  EXPECT_EQ(target_.records.at("A"), "A-second");
  EXPECT_TRUE(disk_.rejected.empty());
}

TEST_F(Claims, ARecordThatMovesToAnotherKeyLeavesTheOldOneToTheOther) {
  put_two();
  run();
  put("k00", "Z-first");
  run();
  run();
  EXPECT_EQ(target_.records.at("Z"), "Z-first");
  EXPECT_EQ(target_.records.at("A"), "A-second");
  put("k00", "", true);
  run();
  EXPECT_FALSE(target_.records.contains("Z")) << "what is deleted is what it was written to last";
  EXPECT_EQ(target_.records.at("A"), "A-second");
}

TEST_F(Claims, PagesInFlightTogetherWaitForEachOther) {
  plan_.limits.batches_in_flight = 3;
  put_two();
  EXPECT_EQ(run().run.counts.rejected, 1u);
  EXPECT_EQ(target_.records.at("A"), "A-first");
}

TEST_F(Claims, APlanSaysWhatTheRunWillRefuse) {
  put("k00", "A-first");
  run();
  put("k20", "A-second");
  const PreviewReport planned = plan_run();
  EXPECT_EQ(planned.counts.rejected, 1u);
  EXPECT_EQ(planned.counts.updated, 0u);
}

TEST_F(Claims, AreNotKeptOfRecordsThatAreMatchedByTheirKeyInTheSource) {
  plan_.key_is_identity = true;
  put_two();
  run();
  for (const auto& [key, stored] : disk_.links) EXPECT_TRUE(stored.link.claim.empty()) << key;
}

/// Whatever is edited, and wherever processes die: a key has one holder, and everybody else is among the rejected.
TEST_F(Claims, AKeyHasOneHolderWhateverHappens) {
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    source_ = {};
    target_ = {};
    disk_ = {};
    plan_.limits.batches_in_flight = static_cast<int>(1 + seed % 3);
    for (int round = 0; round < 4; ++round) {
      for (int edits = 0; edits < 20; ++edits) {
        const uint64_t record = random() % 30;
        put(fmt::format("k{:02}", record), fmt::format("{}-{}", static_cast<char>('A' + record / 3), random() % 1'000),
            random() % 6 == 0);
      }
      crash_ = {seed * 10 + static_cast<uint64_t>(round), 3};
      run({}, {}, true);
    }
    crash_ = {};
    // The first run may resume an old window, the second frees keys, the third hands them on.
    for (int round = 0; round < 3; ++round) run();
    std::map<std::string, std::set<std::string>> wanted;  // names by key
    size_t live = 0;
    for (const auto& [key, record] : source_.records) {
      if (record.deleted) continue;
      ++live;
      wanted[record.name.substr(0, 1)].insert(record.name);
    }
    EXPECT_EQ(target_.records.size(), wanted.size());
    for (const auto& [key, names] : wanted) EXPECT_TRUE(names.contains(target_.records[key])) << key;
    EXPECT_EQ(disk_.rejected.size(), live - wanted.size());
    const uint64_t effects = target_.effects;
    run();
    EXPECT_EQ(target_.effects, effects) << "records take turns";
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace nexpo
