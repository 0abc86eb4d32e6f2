#include "sync/batch_sync.hpp"

#include "sync/rejected_reader.hpp"
#include "sync/two_way/two_way_pass.hpp"

namespace nexpo {
namespace {

/// A run that does not read what changed: the cursor stays, and it is not resumed.
bool is_partial(std::string_view mode) { return mode == "replay" || mode == "apply" || mode == "review"; }

bool resumable(const std::optional<Run>& last, const SyncPlan& plan, RunRequest request) {
  if (!last || last->state == RunState::succeeded || request.replay_rejected || request.applied) return false;
  if (request.decisions || last->plan_hash != plan.plan_hash || is_partial(last->mode)) return false;
  return !request.full || last->mode == "full";
}

}  // namespace

std::string mode_of(const SyncState& state, const SyncPlan& plan, RunRequest request) {
  if (request.replay_rejected) return "replay";
  if (request.applied) return "apply";
  if (request.decisions) return "review";
  // A changed plan fills fields that unchanged records need too, so everything is read once more.
  const bool changed_plan = state.last && state.last->plan_hash != plan.plan_hash;
  return request.full || state.cursor.empty() || changed_plan ? "full" : "incremental";
}

BatchSync::BatchSync(const PassContext& context, const SyncPlan& plan, Source& source)
    : context_(context), plan_(plan), source_(source) {}

Task<RunReport> BatchSync::run(RunRequest request) {
  const Lease lease = co_await context_.store.acquire(plan_.sync_id);
  auto report = co_await attempt(run_leased(lease, request));
  co_await context_.store.release(lease);
  if (report.index() == 1) throw std::get<1>(report);
  co_return std::get<0>(std::move(report));
}

Task<Run> BatchSync::begin(const Lease& lease, const SyncState& state, RunRequest request, bool& resumed) {
  resumed = resumable(state.last, plan_, request);
  if (resumed) {
    Run run = *state.last;
    co_await context_.store.resume_run(lease, run.id);
    run.state = RunState::running;
    co_return run;
  }
  std::string mode = mode_of(state, plan_, request);
  // A run that does not read everything that changed leaves it to the next one to see that the plan is another one.
  std::string plan_hash = is_partial(mode) && state.last ? state.last->plan_hash : plan_.plan_hash;
  co_return co_await context_.store.begin_run(lease, std::move(mode), std::move(plan_hash), context_.clock.now());
}

Task<RunReport> BatchSync::run_leased(Lease lease, RunRequest request) {
  const SyncState state = co_await context_.store.load(plan_.sync_id);
  RunReport report;
  report.run = co_await begin(lease, state, request, report.resumed);
  Cursor next;
  std::variant<bool, Error> ended;
  if (plan_.reconciliation) {
    TwoWayPass pass(context_, plan_, lease, report.run, state, request.applied);
    ended = co_await attempt(pass.run_phases(state, request, report.resumed));
    report.run = pass.run();
    next = pass.next();
  } else {
    Pass pass(context_, plan_, lease, report.run, state, request.applied ? &request.applied->effects : nullptr);
    ended = co_await attempt(execute(pass, state, request, report.resumed));
    report.run = pass.run();
    next = RunCursor::parse(report.run.cursor).reader;
  }
  if (is_partial(report.run.mode)) next = state.cursor;
  if (ended.index() == 1) report.error = std::get<1>(ended);
  report.run.state = report.error ? (report.error->code() == "breaker" ? RunState::held : RunState::failed)
                                  : (std::get<0>(ended) ? RunState::succeeded : RunState::stopped);
  report.run.error = report.error ? report.error->message() : "";
  report.run.ended_at = context_.clock.now();
  co_await context_.store.end_run(lease, report.run.id, report.run.state, std::move(next), report.run.error,
                                  *report.run.ended_at);
  co_return report;
}

Task<bool> BatchSync::execute(Pass& pass, const SyncState& state, RunRequest request, bool resumed) {
  // A full run meets every record anyway, and what it does not meet must not come back from here.
  const bool replay = request.replay_rejected || (!resumed && pass.run().mode == "incremental");
  if (state.rejected > 0 && replay) {
    RejectedReader rejected(context_.store, plan_.sync_id, plan_.mapping->source_paths(), !request.replay_rejected,
                            plan_.limits.page_records_max, context_.personal, request.rejected_id);
    if (!co_await pass.read(rejected, "replay")) co_return false;
  }
  if (request.replay_rejected) co_return true;

  const std::string reads = request.applied ? request.applied->mode : pass.run().mode;
  const RunCursor at = RunCursor::parse(pass.run().cursor);
  if (at.phase == "read") {
    ReadPlan read;
    read.object = plan_.source_object;
    read.paths = plan_.mapping->source_paths();
    read.page_records_max = plan_.limits.page_records_max;
    read.incremental = reads == "incremental";
    read.deletions = plan_.deletes != DeletePolicy::ignore;
    const Cursor& begin = request.applied ? request.applied->from : state.cursor;
    read.from = !at.reader.empty() ? at.reader : (read.incremental ? begin : Cursor{});
    const std::unique_ptr<Reader> reader = co_await source_.read(std::move(read));
    if (!co_await pass.read(*reader, "read")) co_return false;
    if (!reader->complete()) co_return true;
  }
  // A full read that saw everything tells what is gone.
  if (reads == "full" && plan_.deletes != DeletePolicy::ignore) co_return co_await pass.sweep();
  co_return true;
}

}  // namespace nexpo
