// The batch pass in a hostile world, one world per seed. A failing seed replays with DATA_SYNC_SEED=n (npm run sim --
// n).
#include <gtest/gtest.h>

#include <cstdlib>

#include "sync/batch_sync.hpp"
#include "sync/quiet_world.hpp"
#include "sync/sim_store.hpp"
#include "sync/sim_systems.hpp"

namespace nexpo {
namespace {

constexpr uint64_t kSeeds = 2'500;

MappingPlan two_fields(bool personal) {
  nlohmann::json fields = nlohmann::json::parse(R"([
    {"source": "id", "target": "id", "required": true},
    {"source": "name", "target": "name", "onError": "null"}])");
  fields[1]["pii"] = personal;
  return MappingPlan::compile(fields, "fieldMappings");
}

/// A source that people edit, a target, a disk, and processes that come and go.
class World {
 public:
  explicit World(uint64_t seed) : random_(seed), mapping_(two_fields(seed % 4 == 0)) {
    store_faults_.crash = static_cast<int>(pick(0, 3));
    store_faults_.full = pick(0, 3) ? 0 : static_cast<int>(pick(1, 10));
    store_faults_.restart = pick(0, 3) ? 0 : static_cast<int>(pick(1, 3));
    store_faults_.stall = pick(0, 3) ? 0 : static_cast<int>(pick(1, 5));
    faults_ = {static_cast<int>(pick(0, 10)), static_cast<int>(pick(0, 10)), static_cast<int>(pick(0, 10)),
               static_cast<int>(pick(0, 3))};
    plan_.sync_id = "sim";
    plan_.source_object = plan_.target_object = "things";
    plan_.mapping = &mapping_;
    plan_.deletes = pick(0, 3) ? DeletePolicy::hard : DeletePolicy::ignore;
    plan_.strategy = pick(0, 4) ? Strategy::source_wins : Strategy::target_wins;
    plan_.breaker.approved = true;
    plan_.limits.page_records_max = static_cast<int>(pick(1, 40));
    plan_.limits.pages_ahead = static_cast<int>(pick(1, 4));
    plan_.limits.batches_in_flight = static_cast<int>(pick(1, 3));
    plan_.plan_hash = "plan";
    wall_ = SimClock::kStart;
    for (uint64_t i = pick(0, 200); i > 0; --i) insert();
  }

  /// Edits and runs take turns; then the edits stop and the world must come to rest in the right state.
  void play() {
    for (uint64_t rounds = pick(1, 6); rounds > 0; --rounds) {
      edit();
      if (pick(0, 3) == 0) {
        plan_and_apply();
      } else {
        RunRequest request;
        request.full = pick(0, 9) == 0;
        start_process(request);
      }
    }
    faults_ = {};
    store_faults_ = {};
    stop_percent_ = 0;
    tick(SimSourceData::kOverlapSeconds);
    // Two rounds settle everything: the first may resume an old window, the second reads to the end.
    for (int round = 0; round < 2; ++round) start_process({});
    check_sides_equal();
    const uint64_t effects = target_.effects, sent = target_.rows_sent;
    start_process({});
    EXPECT_EQ(target_.effects, effects) << "a sync of equal sides changed something";
    EXPECT_LE(target_.rows_sent, sent + disk_.rejected.size())
        << "a sync of equal sides wrote records that were unchanged";
  }

 private:
  uint64_t pick(uint64_t min, uint64_t max) { return min + random_() % (max - min + 1); }
  int64_t now() const { return std::chrono::duration_cast<std::chrono::seconds>(wall_.time_since_epoch()).count(); }
  void tick(int64_t seconds) { wall_ += std::chrono::seconds(seconds); }
  std::string a_name() { return (pick(0, 20) == 0 ? "bad" : "name") + std::to_string(pick(0, 1'000'000)); }

  void insert() { source_.records[fmt::format("k{:04}", next_key_++)] = {now(), a_name(), false}; }

  void edit() {
    tick(static_cast<int64_t>(pick(1, 2'000)));
    for (uint64_t i = pick(0, 30); i > 0; --i) {
      // Late commits: a record appears behind the cursor, by less than the overlap.
      const int64_t stamp =
          now() - (pick(0, 4) ? 0 : static_cast<int64_t>(pick(0, SimSourceData::kOverlapSeconds - 1)));
      if (source_.records.empty() || pick(0, 2) == 0) {
        insert();
        std::prev(source_.records.end())->second.stamp = stamp;
        continue;
      }
      auto place = std::next(source_.records.begin(), static_cast<long>(pick(0, source_.records.size() - 1)));
      const bool deleted = pick(0, 5) == 0;
      place->second = {std::max(stamp, place->second.stamp), deleted ? place->second.name : a_name(), deleted};
    }
    tick(1);
  }

  /// A plan, then edits, then one or more processes that apply it.
  void plan_and_apply() {
    SimClock clock(wall_);
    SimWorkers workers(clock, random_(), Millis{10});
    SimStore store(clock, disk_, random_(), {});
    SimWriter writer(clock, target_, random_, faults_);
    SimSource source(clock, source_, random_, faults_);
    const PassContext context{clock, workers, store, &writer, {}, {}, {}, &personal_};
    EffectsInMemory kept;
    RunRequest how;
    how.full = pick(0, 2) == 0;
    PreviewReport planned;
    try {
      planned = clock.run(preview(context, plan_, source, how, 0, &kept));
    } catch (const Error&) {
      return;  // the source could not be read; there is no plan
    }
    wall_ = std::max(wall_, clock.now());
    if (pick(0, 1)) edit();
    for (uint64_t processes = pick(1, 3); processes > 0; --processes) {
      AppliedPlan applied(planned.mode, planned.from, kept.pages);
      RunRequest request;
      request.applied = &applied;
      start_process(request);
    }
  }

  /// One process: opens, runs the sync until it ends or the process is killed.
  void start_process(RunRequest request) {
    SimClock clock(wall_);
    SimWorkers workers(clock, random_(), Millis{10});
    SimStore store(clock, disk_, random_(), store_faults_);
    SimWriter writer(clock, target_, random_, faults_);
    SimSource source(clock, source_, random_, faults_);
    const PassContext context{clock, workers, store, &writer, CancelToken::make(), {}, {}, &personal_};
    if (static_cast<int>(pick(0, 99)) < stop_percent_)
      clock.after(std::chrono::milliseconds(pick(0, 400)), [&] { context.stop.cancel(); });
    try {
      BatchSync sync(context, plan_, source);
      clock.run(sync.run(request));
    } catch (const Error& thrown) {
      // A run whose end cannot be written either has no report.
      if (!clock.crashed()) {
        EXPECT_TRUE(thrown.message() == SimStore::kDiskFull || thrown.message() == SimStore::kRestarted)
            << thrown.message();
      }
    } catch (const std::exception& thrown) {
      if (!clock.crashed()) ADD_FAILURE() << thrown.what();
    }
    clock.settle();
    wall_ = std::max(wall_, clock.now());
    tick(1);
  }

  void check_sides_equal() {
    for (const auto& [key, record] : source_.records) {
      const auto found = target_.records.find(key);
      const bool refused = record.name.starts_with("bad");
      if (record.deleted) {
        EXPECT_TRUE(plan_.deletes == DeletePolicy::ignore || found == target_.records.end()) << key << " was deleted";
      } else if (refused) {
        EXPECT_TRUE(disk_.rejected.contains(key)) << key << " was refused, and is not among the rejected records";
      } else {
        EXPECT_EQ(found == target_.records.end() ? "lost" : found->second, record.name) << key;
        EXPECT_FALSE(disk_.rejected.contains(key)) << key << " arrived and still counts as rejected";
      }
    }
    for (const auto& [key, times] : target_.creations)
      EXPECT_LE(times, 1 + target_.deletions[key]) << key << " was created twice";
  }

  std::mt19937_64 random_;
  MappingPlan mapping_;
  PersonalData personal_{mapping_, std::make_shared<const DataKey>(DataKey::generate("sync/sim"))};
  SyncPlan plan_;
  SimFaults faults_;
  SimSourceData source_;
  SimTargetData target_;
  SimDisk disk_;
  Time wall_;
  SimStoreFaults store_faults_;
  int stop_percent_ = 10;
  int next_key_ = 0;
};

TEST(Simulation, LosesNothingAndRepeatsNothingForAnySeed) {
  const char* replay = std::getenv("DATA_SYNC_SEED");
  const uint64_t first = replay ? std::strtoull(replay, nullptr, 10) : 1;
  const uint64_t last = replay ? first : kSeeds;
  for (uint64_t seed = first; seed <= last; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    World world(seed);
    world.play();
    if (HasFailure()) FAIL() << "replay with: npm run sim -- " << seed;
  }
}

}  // namespace
}  // namespace nexpo
