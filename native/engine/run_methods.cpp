#include "engine/run_methods.hpp"

#include <sys/resource.h>

#include <fmt/format.h>

#include "engine/call_body.hpp"
#include "engine/integration.hpp"
#include "engine/kept_plans.hpp"
#include "engine/report_json.hpp"
#include "engine/run_watch.hpp"
#include "engine/sync_session.hpp"
#include "sync/scheduler.hpp"

namespace nexpo {
namespace {

using nlohmann::json;

double peak_rss_mb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024.0;  // Linux counts in KiB
}

/// Puts a run on the list of those that can be stopped, for as long as it lives.
class ListedRun {
 public:
  ListedRun(Runtime& runtime, const std::string& sync_id) : runtime_(runtime), sync_id_(sync_id) {
    if (runtime.closing) throw Error(ErrorKind::cancelled, "the engine is closing");
    if (!runtime.runs.try_emplace(sync_id, control).second)
      throw Error(ErrorKind::conflict, fmt::format("sync \"{}\" is running already in this engine", sync_id));
  }
  ~ListedRun() {
    runtime_.runs.erase(sync_id_);
    control.ended.cancel();
  }
  ListedRun(const ListedRun&) = delete;

  RunControl control;

 private:
  Runtime& runtime_;
  std::string sync_id_;
};

RunRequest request_of(const json& body) {
  RunRequest request;
  request.full = body.value("full", false);
  request.replay_rejected = body.value("replay", false);
  request.decisions = body.value("decisions", false);
  if (request.replay_rejected) request.rejected_id = body.value("rejectedId", int64_t{0});
  return request;
}

/// `watch` is null where there is no run to watch.
PassContext pass_context(Runtime& runtime, SyncSession& session, const RunControl& control, RunWatch* watch,
                         RuleTally* rules) {
  auto on_progress = [&runtime, watch](const Progress& progress) {
    if (watch) {
      watch->run_id = progress.run_id;
      watch->pages = progress.pages;
      watch->counts = progress.counts;
    }
    json event = to_json(progress.counts);
    event.update({{"type", "progress"},
                  {"syncId", progress.sync_id},
                  {"runId", progress.run_id},
                  {"phase", progress.phase},
                  {"pages", progress.pages}});
    runtime.on_event(dump(event));
  };
  Phases* phases = watch ? &watch->phases : nullptr;
  return {runtime.loop, runtime.workers,    *runtime.store, session.writer(),  control.stop, control.abort,
          on_progress,  session.personal(), phases,         session.outside(), rules};
}

/// Links belong to one pair of ends. A file that points elsewhere under the same id would find everything "unchanged".
void check_binding(const SyncState& state, const SyncPlan& plan) {
  if (!state.last || state.linked == 0) return;
  const auto ends = [](const std::string& hash) { return hash.substr(0, hash.find(':')); };
  if (ends(state.last->plan_hash) != ends(plan.plan_hash))
    throw Error(ErrorKind::invalid,
                fmt::format("id: sync \"{}\" was last run between other systems or objects, and remembers {} records "
                            "from there; give this sync another id, or let it forget them (data-sync forget FILE)",
                            plan.sync_id, state.linked))
        .with_field("id");
}

Task<json> run_once(Runtime& runtime, SyncFile file, json body, RunControl control) {
  const Steady started = runtime.loop.steady();
  file = co_await resolve_integrations(runtime, std::move(file));
  SyncSession session(runtime, std::move(file), control);
  session.plan().breaker.approved = body.value("approve", false);
  const SyncState before = co_await runtime.store->load(session.file().id);
  check_binding(before, session.plan());
  RunRequest request = request_of(body);
  std::unique_ptr<AppliedPlan> applied;
  if (body.contains("planId")) {
    std::string plan_id = CallBody(body).text("planId");
    applied = co_await load_plan(runtime, session, std::move(plan_id));
    request = {.applied = applied.get()};
    session.plan().breaker.approved = true;  // whoever applies a plan has looked at it
  }
  WatchedRun watched(runtime, session);
  co_await session.open(false);
  RuleTally rules;
  const PassContext context = pass_context(runtime, session, control, &watched.watch(), &rules);
  BatchSync sync(context, session.plan(), session.source());
  const RunReport report = co_await sync.run(request);

  const double seconds = std::chrono::duration<double>(runtime.loop.steady() - started).count();
  const uint64_t read_before = report.resumed && before.last ? before.last->counts.read : 0;
  json out = to_json(report.run);
  out.update(
      {{"resumed", report.resumed},
       {"apiCalls", session.calls()},
       {"seconds", seconds},
       {"recordsPerSecond", seconds > 0 ? static_cast<double>(report.run.counts.read - read_before) / seconds : 0},
       {"peakRssMb", peak_rss_mb()},
       {"guaranteeClass", std::string(1, session.writer()->guarantee_class())},
       {"warnings", session.warnings()},
       {"rules", to_json(rules)},
       {"phases", to_json(watched.watch().phases)}});
  if (const std::optional<Quota> quota = session.quota()) out["quota"] = to_json(*quota);
  out.erase("error");
  if (report.error) out["error"] = to_json(*report.error);
  co_return out;
}

Task<> run_and_report(Runtime& runtime, SyncFile file, json body, RunControl control) {
  const std::string sync_id = file.id;
  auto report = co_await attempt(run_once(runtime, std::move(file), std::move(body), control));
  json event{{"type", "run"}};
  if (report.index() == 0) {
    event["report"] = std::get<0>(report);
  } else {
    json failed = to_json(Counts{});
    failed.update({{"syncId", sync_id},
                   {"runId", 0},
                   {"status", "failed"},
                   {"mode", ""},
                   {"resumed", false},
                   {"pages", 0},
                   {"apiCalls", 0},
                   {"seconds", 0},
                   {"recordsPerSecond", 0},
                   {"peakRssMb", peak_rss_mb()},
                   {"guaranteeClass", "A"},
                   {"warnings", json::array()},
                   {"planHash", ""},
                   {"rules", json::array()},
                   {"phases", to_json(Phases())},
                   {"error", to_json(std::get<1>(report))}});
    event["report"] = std::move(failed);
  }
  runtime.on_event(dump(event));
}

}  // namespace

Task<json> run_sync(Runtime& runtime, json body) {
  SyncFile file = SyncFile::parse(body.at("file"));
  const ListedRun listed(runtime, file.id);
  co_return co_await run_once(runtime, std::move(file), std::move(body), listed.control);
}

Task<json> apply_plan(Runtime& runtime, json body) {
  (void)CallBody(body).text("planId");
  co_return co_await run_sync(runtime, std::move(body));
}

Task<json> schedule_sync(Runtime& runtime, json body) {
  const SyncFile file = SyncFile::parse(body.at("file"));
  if (!file.schedule)
    throw Error(ErrorKind::invalid, "schedule: missing; add a cron expression such as \"*/15 * * * *\"")
        .with_field("schedule");
  const ListedRun listed(runtime, file.id);
  // A run that fails is reported and the next one comes in its time: only a stop ends the schedule.
  const std::function<Task<>()> run = [&]() { return run_and_report(runtime, file, body, listed.control); };
  co_await run_on_schedule(runtime.loop, *file.schedule, listed.control.stop, run);
  co_return json::object();
}

Task<json> plan_sync(Runtime& runtime, json body) {
  const Steady started = runtime.loop.steady();
  SyncFile file = SyncFile::parse(body.at("file"));
  const RunControl control;
  file = co_await resolve_integrations(runtime, std::move(file));
  SyncSession session(runtime, std::move(file), control);
  const SyncState state = co_await runtime.store->load(session.file().id);
  check_binding(state, session.plan());
  co_await session.open(true);
  RuleTally rules;
  const PassContext context = pass_context(runtime, session, control, nullptr, &rules);
  std::optional<KeptEffects> kept;
  if (const auto keep = CallBody(body).optional_text("keep")) kept.emplace(runtime, session, *keep);
  if (kept) co_await kept->begin();
  const RunRequest request = request_of(body);
  auto planned = co_await attempt(preview(context, session.plan(), session.source(), request,
                                          body.value("samples", size_t{10}), kept ? &*kept : nullptr));
  if (planned.index() == 1) {
    if (kept) co_await kept->drop();
    throw std::get<1>(planned);
  }
  const PreviewReport& report = std::get<0>(planned);
  if (kept) co_await kept->finish(report);
  json out = to_json(report);
  if (kept) out["effects"] = kept->effects();
  const char guarantee = session.writer() ? session.writer()->guarantee_class() : 'A';
  out.update({{"syncId", session.file().id},
              {"status", "planned"},
              {"apiCalls", session.calls()},
              {"seconds", std::chrono::duration<double>(runtime.loop.steady() - started).count()},
              {"guaranteeClass", std::string(1, guarantee)},
              {"warnings", session.warnings()},
              {"rules", to_json(rules)}});
  co_return out;
}

Task<json> stop_sync(Runtime& runtime, json body) {
  const auto found = runtime.runs.find(body.at("syncId").get<std::string>());
  if (found == runtime.runs.end()) co_return json{{"stopping", false}};
  spawn(stop_run(runtime, found->second), [](std::exception_ptr) {});
  co_return json{{"stopping", true}};
}

Task<json> test_end(Connection& connection) {
  auto result = co_await attempt(connection.test());
  json out{{"ok", result.index() == 0}};
  out["message"] = result.index() == 0 ? std::get<0>(result) : std::get<1>(result).message();
  co_return out;
}

Task<json> test_sync(Runtime& runtime, json body) {
  SyncFile file = SyncFile::parse(body.at("file"));
  const RunControl control;
  file = co_await resolve_integrations(runtime, std::move(file));
  SyncSession session(runtime, std::move(file), control);
  json source = co_await test_end(session.source_connection());
  json target = co_await test_end(session.target_connection());
  co_return json{{"source", std::move(source)}, {"target", std::move(target)}};
}

Task<json> schema_sync(Runtime& runtime, json body) {
  SyncFile file = SyncFile::parse(body.at("file"));
  const RunControl control;
  file = co_await resolve_integrations(runtime, std::move(file));
  SyncSession session(runtime, std::move(file), control);
  co_await session.describe();
  json out{{"source", to_json(session.source_schema())}, {"target", nullptr}};
  if (session.target_schema()) out["target"] = to_json(*session.target_schema());
  co_return out;
}

}  // namespace nexpo
