#include "engine/kept_plans.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "crypto/digest.hpp"
#include "engine/call_body.hpp"

namespace nexpo {

using nlohmann::json;

namespace {

/// Everything that decides what a plan means.
std::string hash_of(const SyncSession& session) {
  const SyncPlan& plan = session.plan();
  std::string hash = fmt::format("{}:{}:{}", plan.plan_hash, name_of(plan.strategy), name_of(plan.deletes));
  const SyncFile& file = session.file();
  if (!file.reconciles()) return hash;
  const json more{file.conflicts, file.two_way, file.match_on, file.creates_in_source, file.creates_in_target};
  return hash + ":" + hex_encode(sha256(more.dump()));
}

Error stale(const std::string& message) {
  return Error(ErrorKind::conflict, message).with_code("plan_stale").with_field("planId");
}

}  // namespace

KeptEffects::KeptEffects(Runtime& runtime, const SyncSession& session, std::string id)
    : runtime_(runtime), book_(*runtime.store) {
  const bool printable = std::ranges::none_of(id, [](unsigned char c) { return c < 0x20 || c == 0x7F; });
  if (id.empty() || id.size() > kPlanIdLengthMax || !printable)
    throw Error(ErrorKind::invalid,
                fmt::format("keep: must be an id of 1 to {} bytes without control characters", kPlanIdLengthMax))
        .with_field("keep");
  plan_.id = std::move(id);
  plan_.sync_id = session.file().id;
  plan_.plan_hash = hash_of(session);
}

Task<> KeptEffects::begin() { co_await book_.begin(plan_, runtime_.loop.now()); }

Task<> KeptEffects::take(std::string page, size_t effects) {
  plan_.effects += static_cast<int64_t>(effects);
  co_await book_.add(plan_.id, pages_++, std::move(page));
}

Task<> KeptEffects::finish(const PreviewReport& report) {
  plan_.mode = report.mode;
  plan_.cursor = report.from.text;
  co_await book_.finish(plan_);
}

Task<> KeptEffects::drop() { co_await book_.forget(plan_.id); }

Task<std::unique_ptr<AppliedPlan>> load_plan(Runtime& runtime, const SyncSession& session, std::string id) {
  PlanBook book(*runtime.store);
  const std::optional<KeptPlan> plan = co_await book.find(id);
  if (!plan)
    throw Error(
        ErrorKind::invalid,
        fmt::format("planId: no plan \"{}\" is kept; make one with keep (they go after {} days)", id, kPlanDaysKept))
        .with_code("plan_not_found")
        .with_field("planId");
  if (plan->sync_id != session.file().id)
    throw stale(fmt::format("plan \"{}\" was made for sync \"{}\"", id, plan->sync_id));
  if (plan->plan_hash != hash_of(session))
    throw stale(
        fmt::format("plan \"{}\" was made with another mapping, other objects or other policies; make a new one", id));
  std::vector<std::string> pages = co_await book.effects(id);
  Cursor from{plan->cursor};
  auto load = [&] { return std::make_unique<AppliedPlan>(plan->mode, std::move(from), std::move(pages)); };
  co_return co_await runtime.workers.run(std::move(load));
}

Task<json> forget_plan(Runtime& runtime, json body) {
  PlanBook book(*runtime.store);
  const bool forgotten = co_await book.forget(CallBody(body).text("planId"));
  co_return json{{"forgotten", forgotten}};
}

}  // namespace nexpo
