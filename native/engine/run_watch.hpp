// RunWatch: what this process knows of a run under way, and of the last one of each sync.
#pragma once

#include <nlohmann/json.hpp>

#include "engine/sync_session.hpp"

namespace nexpo {

/// Lives in Runtime::watches from the start of a run until the next run of its sync begins.
struct RunWatch {
  int64_t run_id = 0;  ///< 0 until the first page was committed
  int64_t pages = 0;
  Counts counts;
  Phases phases;
  uint64_t calls = 0;
  std::optional<Quota> quota;
  const SyncSession* session = nullptr;  ///< null: the run has ended
};

/// Puts a watch into the runtime for the length of a run, and leaves it there with what the run came to.
class WatchedRun {
 public:
  /// Borrows both.
  WatchedRun(Runtime& runtime, const SyncSession& session);
  ~WatchedRun();
  WatchedRun(const WatchedRun&) = delete;

  RunWatch& watch() { return *watch_; }

 private:
  std::shared_ptr<RunWatch> watch_;
};

/// {fetch, map, decide, write, commit} in seconds.
nlohmann::json to_json(const Phases& phases);
/// {used, max}.
nlohmann::json to_json(const Quota& quota);

/// {} -> {runsActive, syncs: [{syncId, runId, active, phases, pages, apiCalls, quota?, counts}]}.
Task<nlohmann::json> engine_metrics(Runtime& runtime, nlohmann::json body);

}  // namespace nexpo
