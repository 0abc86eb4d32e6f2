// TwoWayWorld: two systems in memory, a disk, and a process for each run.
#pragma once

#include <gtest/gtest.h>

#include "sync/batch_sync.hpp"
#include "sync/preview.hpp"
#include "sync/sim_store.hpp"
#include "sync/two_way/back_mapping.hpp"
#include "sync/two_way/memory_system.hpp"
#include "sync/two_way/pair_sides.hpp"

namespace nexpo {

/// Fields `key` (what records are matched by), `a`, `b`, `c`, `x`, `y`, all renamed plainly unless a test says
/// otherwise.
class TwoWayWorld {
 public:
  static constexpr const char* kFields = R"([
    {"source": "key", "target": "key"}, {"source": "a", "target": "a"}, {"source": "b", "target": "b"},
    {"source": "c", "target": "c"}, {"source": "x", "target": "x"}, {"source": "y", "target": "y"}])";

  explicit TwoWayWorld(Strategy strategy = Strategy::merge, const char* conflicts = "null", bool two_way = true,
                       const char* fields = kFields)
      : mapping_(MappingPlan::compile(nlohmann::json::parse(fields), "fieldMappings")),
        back_(BackMapping::compile(nlohmann::json::parse(fields), "fieldMappings")) {
    source.prefix = "S";
    target.prefix = "T";
    plan.sync_id = "sync";
    plan.source_object = plan.target_object = "things";
    plan.mapping = &mapping_;
    plan.strategy = strategy;
    plan.deletes = DeletePolicy::hard;
    plan.limits.page_records_max = 10;
    plan.breaker.approved = true;
    plan.plan_hash = "ends:mapping";
    both.rules =
        ReconcileRules::parse(nlohmann::json::parse(conflicts), strategy, mapping_.target_fields(), "conflicts");
    both.two_way = two_way;
    if (two_way) {
      both.rules.flows_back = back_.flows_back();
      both.back = &back_.plan();
      both.back_slots = back_.slots();
    }
    both.match_source = "key";
    plan.reconciliation = &both;
  }

  /// One run in a process of its own. It dies where `crash` says so; nothing is reported then.
  RunReport run(RunRequest request = {}, bool may_die = false) {
    wall += std::chrono::minutes(1);
    SimClock clock(wall);
    SimWorkers workers(clock);
    SimStoreFaults store_faults;
    if (may_die) store_faults.crash = crash_percent;
    SimStore store(clock, disk, ++store_seed, store_faults);
    MemorySource from(clock, source), into(clock, target);
    MemoryWriter writer(clock, target, may_die ? faults : MemoryFaults{}, random);
    MemoryWriter back(clock, source, may_die ? faults : MemoryFaults{}, random);
    both.source = &from;
    both.target = &into;
    both.source_writer = both.two_way ? &back : nullptr;
    const PassContext context{clock, workers, store, &writer, {}, {}, {}};
    BatchSync sync(context, plan, from);
    if (during) clock.after(std::chrono::milliseconds(during_after), [&] { during(clock.now()); });
    RunReport report;
    try {
      report = clock.run(sync.run(request));
    } catch (const std::exception&) {
      if (!may_die) throw;
    }
    clock.settle();
    wall = clock.now();
    return report;
  }

  PreviewReport preview_run(RunRequest request = {}, EffectSink* effects = nullptr) {
    SimClock clock(wall);
    SimWorkers workers(clock);
    SimStore store(clock, disk, 1, {});
    MemorySource from(clock, source), into(clock, target);
    MemoryWriter writer(clock, target, {}, random), back(clock, source, {}, random);
    both.source = &from;
    both.target = &into;
    both.source_writer = both.two_way ? &back : nullptr;
    const PassContext context{clock, workers, store, &writer, {}, {}, {}};
    return clock.run(preview(context, plan, from, request, 10, effects));
  }

  Time tick(std::chrono::microseconds by = std::chrono::seconds(7)) { return wall += by; }

  std::vector<Conflict> conflicts(std::optional<ConflictState> state = std::nullopt) {
    std::vector<Conflict> found;
    for (const auto& [id, conflict] : disk.conflicts)
      if (!state || conflict.state == *state) found.push_back(conflict);
    return found;
  }
  /// Decides an open conflict as a person would who looks at it now.
  void decide(const Conflict& conflict, std::string decision, bool undo = false) {
    SimClock clock(wall);
    SimStore store(clock, disk, 1, {});
    PairStore::Decide choice{conflict.id, conflict.source_hash, conflict.target_hash, std::move(decision), "ada", undo,
                             wall};
    clock.run(store.decide_conflict(std::move(choice)));
  }

  Cell source_of(const std::string& key, const std::string& field) const { return cell_of(source, key, field); }
  Cell target_of(const std::string& key, const std::string& field) const { return cell_of(target, key, field); }

  MemoryData source, target;
  SyncPlan plan;
  Reconciliation both;
  SimDisk disk;
  Time wall = SimClock::kStart;
  MemoryFaults faults;
  int crash_percent = 0;
  uint64_t store_seed = 1;
  std::mt19937_64 random{1};
  std::function<void(Time)> during;  ///< happens in the middle of the next runs
  int during_after = 8;

 private:
  static Cell cell_of(const MemoryData& data, const std::string& key, const std::string& field) {
    const MemoryRecord* record = data.living(key);
    if (!record) return "(no record)";
    const auto found = record->fields.find(field);
    return found == record->fields.end() ? Cell() : found->second;
  }

  MappingPlan mapping_;
  BackMapping back_;
};

}  // namespace nexpo
