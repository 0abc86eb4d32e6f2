#include "engine/run_watch.hpp"

#include "engine/report_json.hpp"

namespace nexpo {

using nlohmann::json;

namespace {

void refresh(RunWatch& watch) {
  if (!watch.session) return;
  watch.calls = watch.session->calls();
  watch.quota = watch.session->quota();
}

}  // namespace

WatchedRun::WatchedRun(Runtime& runtime, const SyncSession& session) : watch_(std::make_shared<RunWatch>()) {
  watch_->session = &session;
  runtime.watches[session.file().id] = watch_;
}

WatchedRun::~WatchedRun() {
  refresh(*watch_);
  watch_->session = nullptr;
}

json to_json(const Phases& phases) {
  const auto seconds = [](std::chrono::microseconds time) { return std::chrono::duration<double>(time).count(); };
  return {{"fetch", seconds(phases.fetch)},
          {"map", seconds(phases.map)},
          {"decide", seconds(phases.decide)},
          {"write", seconds(phases.write)},
          {"commit", seconds(phases.commit)}};
}

json to_json(const Quota& quota) { return {{"used", quota.used}, {"max", quota.max}}; }

Task<json> engine_metrics(Runtime& runtime, json) {
  json syncs = json::array();
  int active = 0;
  for (const auto& [sync_id, watch] : runtime.watches) {
    refresh(*watch);
    active += watch->session != nullptr;
    json one{{"syncId", sync_id},
             {"runId", watch->run_id},
             {"active", watch->session != nullptr},
             {"pages", watch->pages},
             {"apiCalls", watch->calls},
             {"phases", to_json(watch->phases)},
             {"counts", to_json(watch->counts)}};
    if (watch->quota) one["quota"] = to_json(*watch->quota);
    syncs.push_back(std::move(one));
  }
  co_return json{{"runsActive", active}, {"syncs", std::move(syncs)}};
}

}  // namespace nexpo
