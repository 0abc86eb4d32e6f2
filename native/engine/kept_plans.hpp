// Kept plans: from a dry run to the run that does exactly what it showed.
#pragma once

#include <memory>
#include <string>

#include <nlohmann/json.hpp>

#include "engine/sync_session.hpp"
#include "store/plan_book.hpp"
#include "sync/preview.hpp"

namespace nexpo {

constexpr size_t kPlanIdLengthMax = 200;

/// Writes the effects of one dry run into the state.
class KeptEffects final : public EffectSink {
 public:
  /// Borrows the session. Throws Error{invalid} for an id that is empty, too long or has control characters.
  KeptEffects(Runtime& runtime, const SyncSession& session, std::string id);

  Task<> begin();
  Task<> take(std::string page, size_t effects) override;
  Task<> finish(const PreviewReport& report);
  /// What was kept of a plan that failed goes.
  Task<> drop();
  int64_t effects() const { return plan_.effects; }

 private:
  Runtime& runtime_;
  PlanBook book_;
  KeptPlan plan_;
  int64_t pages_ = 0;
};

/// The plan, ready for RunRequest::applied. Throws Error{invalid} with the field "planId" if there is none, and
/// Error{conflict} with the code "plan_stale" if it was made for another sync, or this sync has another mapping, other
/// objects or other policies now.
Task<std::unique_ptr<AppliedPlan>> load_plan(Runtime& runtime, const SyncSession& session, std::string id);

/// {planId} -> {forgotten}.
Task<nlohmann::json> forget_plan(Runtime& runtime, nlohmann::json body);

}  // namespace nexpo
