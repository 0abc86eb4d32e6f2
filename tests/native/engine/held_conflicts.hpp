// Conflicts as a sync leaves them in the state, written by a store of their own.
#pragma once

#include <functional>

#include <nlohmann/json.hpp>

#include "store/sqlite_store.hpp"
#include "support/sim_clock.hpp"

namespace nexpo {

class HeldConflicts {
 public:
  explicit HeldConflicts(const std::filesystem::path& home) : store_(clock_.run(open_sqlite_store(home, workers_))) {}

  /// An open conflict of a pair of `key` and "target of KEY", over `fields`, as `change` wants it. Gives its id.
  int64_t hold(const std::string& sync_id, const std::string& key, const std::vector<std::string>& fields,
               const std::function<void(Conflict&)>& change = {}) {
    Conflict conflict;
    conflict.kind = "both_differ";
    conflict.fields = nlohmann::json(fields).dump();
    nlohmann::json body{{"fields", nlohmann::json::array()}, {"sourceAt", "2026-01-01T00:00:00Z"}};
    for (const std::string& name : fields)
      body["fields"].push_back(
          {{"field", name}, {"base", "b"}, {"source", "s"}, {"target", "t"}, {"state", "both_differ"}});
    conflict.body = body.dump();
    conflict.source_hash = "s1";
    conflict.target_hash = "t1";
    if (change) change(conflict);

    const Lease lease = clock_.run(store_->acquire(sync_id));
    Commit commit;
    commit.lease = lease;
    commit.run_id = clock_.run(store_->begin_run(lease, "full", "plan", SimClock::kStart)).id;
    Pair& pair = commit.pairs.emplace_back();
    pair.key = pair.source_key = key;
    pair.target_key = "target of " + key;
    pair.held = conflict.state != ConflictState::closed;
    commit.conflicts = {{0, std::move(conflict)}};
    (void)clock_.run(store_->commit(std::move(commit)));
    clock_.run(store_->release(lease));
    ConflictFilter of_sync;
    of_sync.sync_id = sync_id;
    return clock_.run(store_->conflicts(std::move(of_sync), true)).at(0).id;
  }

 private:
  SimClock clock_;
  SimWorkers workers_{clock_};
  std::unique_ptr<StateStore> store_;
};

}  // namespace nexpo
