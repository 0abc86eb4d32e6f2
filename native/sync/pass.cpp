#include "sync/pass.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace nexpo {

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

Pass::Pass(const PassContext& context, const SyncPlan& plan, Lease lease, Run run, const SyncState& state)
    : context_(context),
      plan_(plan),
      lease_(std::move(lease)),
      run_(std::move(run)),
      rejected_known_(state.rejected),
      breaker_(plan.breaker, state.linked, static_cast<int64_t>(run_.counts.updated + run_.counts.deleted)),
      step_{context_, plan_, breaker_, lease_, run_.id} {
  step_.key_slot = key_slot_of(plan.mapping->target_fields(), context.writer->key_field());
  step_.mark_seen = run_.mode == "full" && plan.deletes != DeletePolicy::ignore;
}

Task<bool> Pass::read(Reader& reader, std::string phase) {
  phase_ = std::move(phase);
  PageFeed feed(context_, plan_, reader);
  std::exception_ptr thrown;
  bool ended = false;
  try {
    while (!ended && !context_.stop.cancelled()) {
      MappedPage page = co_await feed.next();
      ended = page.last;
      co_await start(std::move(page));
      co_await commit_ready();
    }
    while (!in_flight_.empty()) co_await commit_oldest();
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

Task<> Pass::start(MappedPage page) {
  const auto in_flight_max = static_cast<size_t>(plan_.limits.batches_in_flight);
  // Order per key: a page waits for those in flight that hold one of its records.
  while (!in_flight_.empty() && (in_flight_.size() >= in_flight_max || overlaps(page.source))) co_await commit_oldest();
  step_.track_resolved = rejected_known_ > 0;
  std::vector<std::string> keys;
  if (in_flight_max > 1) {
    keys.reserve(page.source.size());
    for (size_t row = 0; row < page.source.size(); ++row) keys.emplace_back(page.source.head(row).key);
    for (const std::string& key : keys) ++keys_in_flight_[key];
  }
  in_flight_.push_back({Started<SettledPage>(settle_page(step_, std::move(page))), std::move(keys)});
}

bool Pass::overlaps(const RecordBatch& page) const {
  if (keys_in_flight_.empty()) return false;
  for (size_t row = 0; row < page.size(); ++row)
    if (keys_in_flight_.contains(page.head(row).key)) return true;
  return false;
}

Task<> Pass::commit_ready() {
  const auto in_flight_max = static_cast<size_t>(plan_.limits.batches_in_flight);
  while (!in_flight_.empty() && (in_flight_.size() >= in_flight_max || in_flight_.front().step.done()))
    co_await commit_oldest();
}

Task<> Pass::commit_oldest() {
  InFlight oldest = std::move(in_flight_.front());
  in_flight_.pop_front();
  for (const std::string& key : oldest.keys) {
    const auto place = keys_in_flight_.find(key);
    if (place != keys_in_flight_.end() && --place->second == 0) keys_in_flight_.erase(place);
  }
  SettledPage page = co_await oldest.step.join();
  co_await commit(std::move(page));
}

Task<> Pass::settle_all() {
  while (!in_flight_.empty()) {
    InFlight oldest = std::move(in_flight_.front());
    in_flight_.pop_front();
    co_await oldest.step.settle();
  }
  keys_in_flight_.clear();
}

Task<> Pass::commit(SettledPage page) {
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
  const Cursor cursor = commit.cursor;
  co_await context_.store.commit(std::move(commit));
  run_.cursor = cursor;
  run_.counts = counts;
  ++run_.pages;
  breaker_.linked_more(page.newly_linked);
  if (context_.on_progress) {
    const Progress progress{plan_.sync_id, run_.id, phase_, run_.pages, run_.counts};
    context_.on_progress(progress);
  }
}

Task<bool> Pass::sweep() {
  phase_ = "sweep";
  std::string after;
  while (!context_.stop.cancelled()) {
    const std::vector<StateStore::Unseen> gone =
        co_await context_.store.unseen(plan_.sync_id, run_.id, after, plan_.limits.page_records_max);
    if (gone.empty()) co_return true;
    auto arena = std::make_shared<Arena>();
    Page page;
    page.records = RecordBatch(std::make_shared<std::vector<std::string>>(plan_.mapping->source_paths()), arena);
    for (const StateStore::Unseen& one : gone) {
      RowHead head;
      head.key = arena->copy(one.source_key);
      head.op = RecordOp::remove;
      page.records.add(head);
    }
    after = gone.back().source_key;
    MappedPage mapped = map_page(*plan_.mapping, std::move(page));
    SettledPage settled = co_await settle_page(step_, std::move(mapped));
    co_await commit(std::move(settled));
  }
  co_return false;
}

}  // namespace nexpo
