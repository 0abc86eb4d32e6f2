// A world in which nothing fails unless a test says so: a source, a target, a disk, and a process for each run.
#pragma once

#include <gtest/gtest.h>

#include "sync/batch_sync.hpp"
#include "sync/effects_in_memory.hpp"
#include "sync/preview.hpp"
#include "sync/sim_store.hpp"
#include "sync/sim_systems.hpp"

namespace nexpo {

/// A quiet world: nothing fails unless a test says so.
class QuietWorld : public testing::Test {
 protected:
  static constexpr const char* kTwoFields = R"([
    {"source": "id", "target": "id", "required": true}, {"source": "name", "target": "name", "onError": "null"}])";

  explicit QuietWorld(const char* mappings = kTwoFields)
      : mapping_(MappingPlan::compile(nlohmann::json::parse(mappings), "fieldMappings")) {
    plan_.sync_id = "sync";
    plan_.source_object = plan_.target_object = "things";
    plan_.mapping = &mapping_;
    plan_.deletes = DeletePolicy::hard;
    plan_.limits.page_records_max = 10;
    plan_.plan_hash = "ends:mapping";
  }

  void put(const std::string& key, const std::string& name, bool deleted = false) {
    source_.records[key] = {seconds_now(), name, deleted};
  }
  void put_many(int count) {
    for (int i = 0; i < count; ++i) put(fmt::format("k{:03}", i), fmt::format("name {}", i));
  }
  int64_t seconds_now() const {
    return std::chrono::duration_cast<std::chrono::seconds>(wall_.time_since_epoch()).count();
  }

  RunReport run(RunRequest request = {}, std::function<void(const Progress&, SimClock&, const CancelToken&)> watch = {},
                bool dies = false) {
    wall_ += std::chrono::hours(1);
    SimClock clock(wall_);
    SimWorkers workers(clock);
    SimStore store(clock, disk_, crash_.seed, {.crash = crash_.percent});
    SimWriter writer(clock, target_, random_, faults_);
    SimSource source(clock, source_, random_, faults_);
    const CancelToken stop = CancelToken::make();
    const PassContext context{clock,
                              workers,
                              store,
                              &writer,
                              stop,
                              {},
                              [&](const Progress& progress) {
                                if (watch) watch(progress, clock, stop);
                              },
                              personal_.get()};
    BatchSync sync(context, plan_, source);
    RunReport report;
    try {
      report = clock.run(sync.run(request));
    } catch (const std::exception&) {
      if (!dies || !clock.crashed()) throw;
    }
    clock.settle();
    wall_ = clock.now();
    return report;
  }

  /// Keeps the effects in `kept` if it is not null.
  PreviewReport plan_run(RunRequest request = {}, EffectSink* kept = nullptr) {
    wall_ += std::chrono::hours(1);
    SimClock clock(wall_);
    SimWorkers workers(clock);
    SimStore store(clock, disk_, 1, {});
    SimWriter writer(clock, target_, random_, faults_);
    SimSource source(clock, source_, random_, faults_);
    const PassContext context{clock, workers, store, &writer, {}, {}, {}, personal_.get()};
    return clock.run(preview(context, plan_, source, request, 5, kept));
  }

  MappingPlan mapping_;
  /// Every call of the store may be the last one of its process.
  struct Crashes {
    uint64_t seed = 1;
    int percent = 0;
  };
  Crashes crash_;
  std::unique_ptr<const PersonalData> personal_;  ///< where a test marks something
  SyncPlan plan_;
  SimFaults faults_;
  std::mt19937_64 random_{1};
  SimSourceData source_;
  SimTargetData target_;
  SimDisk disk_;
  Time wall_ = SimClock::kStart;
};

}  // namespace nexpo
