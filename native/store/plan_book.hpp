// PlanBook: the effects of plans, kept until they are applied or their time is over.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/book_store.hpp"

namespace nexpo {

/// Plans go after so many days, with the retention or when another one is kept. What they show is old long before.
constexpr int kPlanDaysKept = 30;

struct KeptPlan {
  std::string id;
  std::string sync_id;
  std::string plan_hash;  ///< it is applied by the same sync with the same mapping, objects and policies only
  std::string mode;       ///< of the read: "full" or "incremental"
  std::string cursor;     ///< where the read began
  int64_t effects = 0;
};

/// Pages of effects are opaque here. A plan can be found once it was finished.
class PlanBook {
 public:
  /// Borrows.
  explicit PlanBook(BookStore& store) : store_(store) {}

  /// Replaces a plan with the same id. Plans whose time is over go.
  Task<> begin(KeptPlan plan, Time now);
  Task<> add(std::string id, int64_t page, std::string effects);
  /// Makes the plan what it is: `mode`, `cursor` and `effects` are known now. Throws Error{conflict} if it was dropped
  /// meanwhile.
  Task<> finish(KeptPlan plan);

  Task<std::optional<KeptPlan>> find(std::string id);
  /// All pages, in order.
  Task<std::vector<std::string>> effects(std::string id);
  /// False: there was none.
  Task<bool> forget(std::string id);
  Task<> forget_all_of(std::string sync_id);
  /// Those whose time is over at `now`. Gives how many.
  Task<int64_t> drop_over(Time now);

 private:
  BookStore& store_;
};

}  // namespace nexpo
