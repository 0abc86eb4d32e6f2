#include "sync/pass.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace nexpo {
namespace {

std::vector<LinkWrite> no_intents() { return {}; }

PageKeys keys_of(const RecordBatch& page) {
  std::vector<std::string_view> keys;
  keys.reserve(page.size());
  for (size_t row = 0; row < page.size(); ++row) keys.push_back(page.head(row).key);
  return PageKeys(std::move(keys));
}

PageKeys keys_of(const std::vector<Fingerprint>& claims) {
  std::vector<std::string_view> keys;
  keys.reserve(claims.size());
  for (const Fingerprint& claim : claims)
    if (!claim.empty()) keys.push_back({reinterpret_cast<const char*>(claim.bytes.data()), claim.bytes.size()});
  return PageKeys(std::move(keys));
}

}  // namespace

RunCursor RunCursor::parse(const Cursor& stored) {
  if (stored.empty()) return {"read", {}};
  const auto json = nlohmann::json::parse(stored.text);
  return {json.at("phase").get<std::string>(), {json.at("reader").get<std::string>()}};
}

Cursor RunCursor::stored() const { return {nlohmann::json{{"phase", phase}, {"reader", reader.text}}.dump()}; }

size_t key_slot_of(const Shape& shape, std::string_view field) {
  for (size_t slot = 0; slot < shape->size(); ++slot)
    if ((*shape)[slot] == field) return slot;
  throw Error(ErrorKind::invalid,
              fmt::format("fieldMappings: nothing fills \"{}\", the field that records are matched by; map a source "
                          "field that is unique, such as its id, to it",
                          field))
      .with_field(std::string(field));
}

Pass::Pass(const PassContext& context, const SyncPlan& plan, Lease lease, Run run, const SyncState& state,
           PlanEffects* planned)
    : context_(context),
      plan_(plan),
      lease_(std::move(lease)),
      run_(std::move(run)),
      rejected_known_(state.rejected),
      breaker_(plan.breaker, state.linked, static_cast<int64_t>(run_.counts.updated + run_.counts.deleted)),
      step_{context_, plan_, breaker_} {
  step_.key_slot = key_slot_of(plan.mapping->target_fields(), context.writer->key_field());
  step_.planned = planned;
  step_.mark_seen = run_.mode == "full" && plan.deletes != DeletePolicy::ignore;
}

Task<bool> Pass::read(Reader& reader, std::string phase) {
  phase_ = std::move(phase);
  PageFeed feed(context_, plan_, reader);
  std::exception_ptr thrown;
  bool ended = false;
  try {
    while (!ended && !context_.stop.cancelled()) {
      // What is written is committed while the next page is still on its way.
      while (!in_flight_.empty() && !feed.ready()) co_await commit_oldest(no_intents());
      auto page = co_await attempt(feed.next());
      if (page.index() == 1) {
        co_await commit_all();
        throw std::get<1>(page);
      }
      ended = std::get<0>(page).last;
      co_await start(std::get<0>(std::move(page)));
    }
    co_await commit_all();
  } catch (...) {
    thrown = std::current_exception();
  }
  // Both borrow from this frame: nothing may still run when it goes.
  co_await settle_all();
  co_await feed.close();
  if (thrown && !(context_.stop.cancelled() && to_error(thrown).kind() == ErrorKind::cancelled))
    std::rethrow_exception(thrown);
  co_return ended && !thrown;
}

/// Decides on a page while the one before it is being written, then lets it take effect. Its intents are noted in the
/// transaction that commits the page before it, if there is one to wait for.
Task<> Pass::start(MappedPage page) {
  const auto in_flight_max = static_cast<size_t>(plan_.limits.batches_in_flight);
  auto step = std::make_unique<PageStep>(step_, std::move(page));
  // Order per key, in the source and in the target: a page waits for those in flight that hold one of its records.
  PageKeys keys = keys_of(step->source());
  PageKeys claims = keys_of(step->claims());
  while (!in_flight_.empty() && (in_flight_.size() > in_flight_max || overlaps(keys, claims)))
    co_await commit_oldest(no_intents());
  step_.track_resolved = rejected_known_ > 0;
  auto prepared = co_await attempt(step->prepare());
  if (prepared.index() == 1) {
    co_await commit_all();
    throw std::get<1>(prepared);
  }
  std::vector<LinkWrite> intents = step->intents();
  const bool changes = !intents.empty();
  int64_t intent = 0;
  if (in_flight_.size() >= in_flight_max)
    intent = co_await commit_oldest(std::move(intents));
  else if (changes)
    intent = co_await intend(std::move(intents));
  Started<SettledPage> settling(step->settle(intent));
  in_flight_.push_back({std::move(step), std::move(settling), std::move(keys), std::move(claims)});
}

Task<int64_t> Pass::intend(std::vector<LinkWrite> intents) {
  const PhaseTimer timer(context_.clock, context_.phases, &Phases::commit);
  co_return co_await context_.store.intend(lease_, run_.id, std::move(intents));
}

bool Pass::overlaps(const PageKeys& keys, const PageKeys& claims) {
  return std::any_of(in_flight_.begin(), in_flight_.end(),
                     [&](InFlight& other) { return other.keys.overlap(keys) || other.claims.overlap(claims); });
}

Task<int64_t> Pass::commit_oldest(std::vector<LinkWrite> next_intents) {
  InFlight oldest = std::move(in_flight_.front());
  in_flight_.pop_front();
  SettledPage page = co_await oldest.settling.join();
  co_return co_await commit(std::move(page), std::move(next_intents));
}

Task<> Pass::commit_all() {
  while (!in_flight_.empty()) co_await commit_oldest(no_intents());
}

Task<> Pass::settle_all() {
  while (!in_flight_.empty()) {
    InFlight oldest = std::move(in_flight_.front());
    in_flight_.pop_front();
    co_await oldest.settling.settle();
  }
}

Task<int64_t> Pass::commit(SettledPage page, std::vector<LinkWrite> next_intents) {
  Counts counts = run_.counts;
  counts += page.counts;
  if (!counts.closes())
    throw Error(ErrorKind::internal,
                fmt::format("the counts of run {} do not add up after page {}: nothing was committed", run_.id,
                            run_.pages + 1));
  Commit commit;
  commit.lease = lease_;
  commit.run_id = run_.id;
  commit.cursor =
      phase_ == "read" ? RunCursor{page.page.last ? "sweep" : "read", page.page.next}.stored() : run_.cursor;
  commit.counts = counts;
  commit.intent = page.intent;
  commit.links = std::move(page.links);
  commit.seen = std::move(page.seen);
  commit.unlinked = std::move(page.unlinked);
  commit.resolved = std::move(page.resolved);
  rejected_known_ += static_cast<int64_t>(page.rejected.size());
  commit.rejected = std::move(page.rejected);
  commit.next_intents = std::move(next_intents);
  const Cursor cursor = commit.cursor;
  const int64_t next_intent = co_await commit_timed(std::move(commit));
  run_.cursor = cursor;
  run_.counts = counts;
  ++run_.pages;
  breaker_.linked_more(page.newly_linked);
  if (context_.on_progress) {
    const Progress progress{plan_.sync_id, run_.id, phase_, run_.pages, run_.counts};
    context_.on_progress(progress);
  }
  co_return next_intent;
}

Task<int64_t> Pass::commit_timed(Commit commit) {
  const PhaseTimer timer(context_.clock, context_.phases, &Phases::commit);
  co_return co_await context_.store.commit(std::move(commit));
}

Task<std::vector<std::string>> Pass::next_gone(std::string after) {
  const int limit = plan_.limits.page_records_max;
  std::vector<std::string> keys;
  if (step_.planned) {
    for (const std::string_view key : step_.planned->next_gone(static_cast<size_t>(limit))) keys.emplace_back(key);
    co_return keys;
  }
  std::vector<StateStore::Unseen> gone =
      co_await context_.store.unseen(plan_.sync_id, run_.id, std::move(after), limit);
  for (StateStore::Unseen& one : gone) keys.push_back(std::move(one.source_key));
  co_return keys;
}

Task<bool> Pass::sweep() {
  phase_ = "sweep";
  std::string after;
  while (!context_.stop.cancelled()) {
    const std::vector<std::string> gone = co_await next_gone(after);
    if (gone.empty()) co_return true;
    auto arena = std::make_shared<Arena>();
    Page page;
    page.records = RecordBatch(std::make_shared<std::vector<std::string>>(plan_.mapping->source_paths()), arena);
    for (const std::string& key : gone) {
      RowHead head;
      head.key = arena->copy(key);
      head.op = RecordOp::remove;
      page.records.add(head);
    }
    after = gone.back();
    MappedPage mapped = map_page(*plan_.mapping, std::move(page), context_.personal);
    co_await start(std::move(mapped));
    co_await commit_all();
  }
  co_return false;
}

}  // namespace nexpo
