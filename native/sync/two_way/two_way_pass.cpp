#include "sync/two_way/two_way_pass.hpp"

#include <algorithm>
#include <unordered_set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/started.hpp"
#include "sync/retry.hpp"

namespace nexpo {
namespace {

/// Conflicts that may go by themselves, without a change of the record that waits: looked at again in each run.
bool is_retried(const Conflict& conflict) {
  return conflict.kind == "unique_violation" || conflict.kind == "missing_parent";
}

}  // namespace

TwoWayCursor TwoWayCursor::parse(const Cursor& stored) {
  TwoWayCursor out;
  if (stored.empty()) return out;
  const auto json = nlohmann::json::parse(stored.text);
  out.phase = json.value("phase", "");
  out.reader = {json.value("reader", "")};
  out.source = {json.value("source", "")};
  out.target = {json.value("target", "")};
  return out;
}

Cursor TwoWayCursor::stored() const {
  return {nlohmann::json{{"phase", phase}, {"reader", reader.text}, {"source", source.text}, {"target", target.text}}
              .dump()};
}

TwoWayPass::TwoWayPass(const PassContext& context, const SyncPlan& plan, Lease lease, Run run, const SyncState& state,
                       const AppliedPlan* applied)
    : context_(context),
      plan_(plan),
      both_(*plan.reconciliation),
      applied_(applied),
      run_(std::move(run)),
      rejected_known_(state.rejected),
      breaker_(plan.breaker, state.linked, static_cast<int64_t>(run_.counts.updated + run_.counts.deleted)),
      sides_(context, plan, both_),
      fields_(plan.mapping->target_fields()),
      matcher_(context, plan, sides_, fields_),
      step_{context_,
            plan_,
            both_,
            sides_,
            fields_,
            breaker_,
            std::move(lease),
            run_.id,
            context.clock.now(),
            applied ? &applied->effects : nullptr,
            full() && plan.deletes != DeletePolicy::ignore},
      at_(TwoWayCursor::parse(run_.cursor)) {
  if (!at_.phase.empty()) return;
  at_ = TwoWayCursor::parse(applied ? applied->from : state.cursor);
  at_.phase = "read";
}

Cursor TwoWayPass::next() const {
  TwoWayCursor next = at_;
  next.phase.clear();
  next.reader = {};
  return next.stored();
}

Task<bool> TwoWayPass::run_phases(const SyncState& state, RunRequest request, bool resumed) {
  if (!applied_) {
    if (!co_await review()) co_return false;
  }
  if (state.rejected > 0 && (request.replay_rejected || (!resumed && !full() && !applied_))) {
    if (!co_await replay(!request.replay_rejected, request.rejected_id)) co_return false;
  }
  if (request.replay_rejected || request.decisions) co_return true;

  const bool sweeps = full() && plan_.deletes != DeletePolicy::ignore;
  if (at_.phase == "read") {
    const Cursor from = at_.source;
    if (!co_await read(Side::source, from)) co_return false;
    at_.phase = both_.two_way ? "read_target" : "sweep";
  }
  if (at_.phase == "read_target") {
    const Cursor from = at_.target;
    if (!co_await read(Side::target, from)) co_return false;
    at_.phase = "sweep";
  }
  if (at_.phase == "sweep") {
    if (sweeps) {
      if (!co_await sweep(Side::source)) co_return false;
    }
    at_.phase = "sweep_target";
  }
  if (!sweeps || !both_.two_way) co_return true;
  co_return co_await sweep(Side::target);
}

Task<bool> TwoWayPass::review() {
  phase_ = "review";
  ConflictFilter decided;
  decided.sync_id = plan_.sync_id;
  decided.state = ConflictState::decided;
  ConflictFilter open = decided;
  open.state = ConflictState::open;
  if (!co_await review_items(std::move(decided), false)) co_return false;
  co_return co_await review_items(std::move(open), true);
}

Task<bool> TwoWayPass::review_items(ConflictFilter filter, bool retried_only) {
  filter.limit = plan_.limits.page_records_max;
  while (true) {
    if (stopped()) co_return false;
    ConflictFilter page = filter;
    std::vector<Conflict> items = co_await context_.store.conflicts(std::move(page));
    if (items.empty()) co_return true;
    filter.after = items.back().id;
    if (retried_only) std::erase_if(items, [](const Conflict& one) { return !is_retried(one); });
    std::vector<int64_t> ids;
    ids.reserve(items.size());
    for (const Conflict& one : items) ids.push_back(one.pair);
    const std::vector<Pair> pairs = co_await context_.store.pairs_by_id(plan_.sync_id, std::move(ids));
    for (const Side side : {Side::source, Side::target}) {
      std::vector<std::string> keys;
      for (const Pair& pair : pairs)
        if ((pair.source_key.empty() ? Side::target : Side::source) == side && !pair.key_of(side).empty())
          keys.push_back(pair.key_of(side));
      if (keys.empty()) continue;
      SideRows rows = co_await sides_.now(side, std::move(keys));
      co_await take(side, std::move(rows), &items);
    }
  }
}

/// What was refused is looked at anew, as both sides are now.
Task<bool> TwoWayPass::replay(bool retryable_only, int64_t only) {
  phase_ = "replay";
  int64_t after = only == 0 ? 0 : only - 1;
  std::unordered_set<std::string> tried;  // one that is refused again gets a new number, and comes once more
  while (true) {
    if (stopped()) co_return false;
    const std::vector<RejectedRecord> records = co_await context_.store.rejected(
        plan_.sync_id, std::nullopt, retryable_only, after, plan_.limits.page_records_max);
    std::vector<std::string> keys[2];
    for (const RejectedRecord& one : records) {
      after = one.id;
      if (only != 0 && one.id != only) continue;
      if (tried.insert(std::string(name_of(one.side)) + one.source_key).second)
        keys[static_cast<size_t>(one.side)].push_back(one.source_key);
    }
    if (keys[0].empty() && keys[1].empty()) co_return true;
    for (const Side side : {Side::source, Side::target}) {
      std::vector<std::string>& of_side = keys[static_cast<size_t>(side)];
      if (of_side.empty()) continue;
      SideRows rows = co_await sides_.now(side, std::move(of_side));
      co_await take(side, std::move(rows), nullptr);
    }
  }
}

Task<bool> TwoWayPass::read(Side side, const Cursor& from) {
  phase_ = side == Side::source ? "read" : "read_target";
  ReadPlan plan;
  plan.object = sides_.object_of(side);
  plan.paths = sides_.paths(side);
  plan.page_records_max = plan_.limits.page_records_max;
  plan.incremental = !full();
  plan.deletions = plan_.deletes != DeletePolicy::ignore;
  plan.editors = true;
  plan.from = !at_.reader.empty() ? at_.reader : (plan.incremental ? from : Cursor{});
  const std::unique_ptr<Reader> reader = co_await sides_.source_of(side).read(std::move(plan));
  const auto fetch = [&]() -> Task<Page> { return next_page(*reader); };
  std::optional<Started<Page>> ahead(fetch());
  std::exception_ptr thrown;
  bool ended = false;
  try {
    while (!ended && !stopped()) {
      Page page = co_await ahead->join();
      ahead.reset();
      ended = page.last;
      const Cursor reached = page.next;
      if (!ended) ahead.emplace(fetch());
      SideRows rows = co_await sides_.mapped(side, std::move(page));
      at_.reader = ended ? Cursor{} : reached;
      if (ended) (side == Side::source ? at_.source : at_.target) = reached;
      if (ended) at_.phase = side == Side::source && both_.two_way ? "read_target" : "sweep";
      co_await take(side, std::move(rows), nullptr);
    }
  } catch (...) {
    thrown = std::current_exception();
  }
  if (ahead) co_await ahead->settle();
  if (thrown && !(stopped() && to_error(thrown).kind() == ErrorKind::cancelled)) std::rethrow_exception(thrown);
  co_return ended && !thrown;
}

Task<Page> TwoWayPass::next_page(Reader& reader) {
  const PhaseTimer timer(context_.clock, context_.phases, &Phases::fetch);
  auto read = [&reader] { return reader.next(); };
  co_return co_await with_retry(context_.clock, plan_.retry, context_.stop, read);
}

/// Pairs whose record on `side` the full run has not met: each is asked for by its identity before it counts as gone.
Task<bool> TwoWayPass::sweep(Side side) {
  phase_ = side == Side::source ? "sweep" : "sweep_target";
  int64_t after = 0;
  while (!stopped()) {
    const std::vector<Pair> gone =
        co_await context_.store.unseen_pairs(plan_.sync_id, run_.id, side, after, plan_.limits.page_records_max);
    if (gone.empty()) co_return true;
    after = gone.back().id;
    std::vector<std::string> keys;
    keys.reserve(gone.size());
    for (const Pair& pair : gone) keys.push_back(pair.key_of(side));
    SideRows rows = co_await sides_.now(side, std::move(keys));
    co_await take(side, std::move(rows), nullptr);
  }
  co_return false;
}

Task<> TwoWayPass::take(Side side, SideRows rows, const std::vector<Conflict>* items) {
  step_.track_resolved = rejected_known_ > 0;
  // A full read looks at every pair once, whatever its versions say.
  const bool skip_known = !items && phase_ != "replay" && !(full() && side == Side::source);
  SettledPairs settled;
  {
    PairPage page;
    {
      const PhaseTimer timer(context_.clock, context_.phases, &Phases::decide);
      page = co_await matcher_.match(side, std::move(rows), skip_known);
    }
    if (items)
      for (Touched& one : page.touched)
        for (const Conflict& item : *items)
          if (one.pair.id != 0 && item.pair == one.pair.id) one.conflict = item;
    PairStep step(step_, std::move(page));
    settled = co_await step.settle();
    co_await commit(std::move(settled));  // its views live in the step
  }
}

Task<> TwoWayPass::commit(SettledPairs settled) {
  Counts counts = run_.counts;
  counts += settled.counts;
  if (!counts.closes())
    throw Error(ErrorKind::internal,
                fmt::format("the counts of run {} do not add up after page {}: nothing was committed", run_.id,
                            run_.pages + 1));
  Commit commit;
  commit.lease = step_.lease;
  commit.run_id = run_.id;
  commit.cursor = at_.stored();
  commit.counts = counts;
  commit.pairs = std::move(settled.pairs);
  commit.pairs_linked = settled.pairs_linked;
  commit.conflicts = std::move(settled.conflicts);
  commit.seen = std::move(settled.seen[static_cast<size_t>(Side::source)]);
  commit.seen_target = std::move(settled.seen[static_cast<size_t>(Side::target)]);
  commit.resolved = std::move(settled.resolved[static_cast<size_t>(Side::source)]);
  commit.resolved_target = std::move(settled.resolved[static_cast<size_t>(Side::target)]);
  rejected_known_ += static_cast<int64_t>(settled.rejected.size());
  commit.rejected = std::move(settled.rejected);
  const Cursor cursor = commit.cursor;
  {
    const PhaseTimer timer(context_.clock, context_.phases, &Phases::commit);
    co_await context_.store.commit(std::move(commit));
  }
  run_.cursor = cursor;
  run_.counts = counts;
  ++run_.pages;
  breaker_.linked_more(settled.pairs_linked);
  if (!context_.on_progress) co_return;
  const Progress progress{plan_.sync_id, run_.id, phase_, run_.pages, run_.counts};
  context_.on_progress(progress);
}

}  // namespace nexpo
