#include "store/plan_book.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/error.hpp"
#include "sql/base64.hpp"
#include "store/book_session.hpp"
#include "store/run_state.hpp"

namespace nexpo {
namespace {

/// Pages that are read together: about 10 MB at 1,000 effects each.
constexpr int64_t kPagesTogether = 100;

Error dropped(const std::string& id) {
  return Error(ErrorKind::conflict, "plan \"" + id + "\" was dropped while it was being made")
      .with_code("plan_dropped");
}

/// Plans that `where` chooses, with their effects. Gives how many there were.
int64_t drop(BookSession& session, std::string_view where, std::initializer_list<BookCell> cells) {
  session.query(
      fmt::format("DELETE FROM data_sync.plan_effect WHERE plan IN (SELECT id FROM data_sync.plan WHERE {})", where),
      cells);
  const auto gone = session.query(fmt::format("DELETE FROM data_sync.plan WHERE {} RETURNING id", where), cells);
  return static_cast<int64_t>(gone.size());
}

}  // namespace

Task<> PlanBook::begin(KeptPlan plan, Time now) {
  co_await drop_over(now);
  const BookWork work = [&](BookSession& session) {
    drop(session, "id = $1", {plan.id});
    session.query(
        "INSERT INTO data_sync.plan (id, sync_id, plan_hash, mode, cursor, effects, finished, made_at) "
        "VALUES ($1, $2, $3, '', '', 0, 0, $4)",
        {plan.id, plan.sync_id, plan.plan_hash, to_micros(now)});
  };
  co_await store_.in_book(BookAccess::write, work);
}

Task<> PlanBook::add(std::string id, int64_t page, std::string effects) {
  const std::string packed = sql::to_base64(effects);
  const BookWork work = [&](BookSession& session) {
    const auto added = session.query(
        "INSERT INTO data_sync.plan_effect (plan, page, packed) SELECT id, CAST($2 AS bigint), CAST($3 AS text) "
        "FROM data_sync.plan WHERE id = $1 RETURNING page",
        {id, page, packed});
    if (added.empty()) throw dropped(id);
  };
  co_await store_.in_book(BookAccess::write, work);
}

Task<> PlanBook::finish(KeptPlan plan) {
  const std::string cursor = sql::to_base64(plan.cursor);
  const BookWork work = [&](BookSession& session) {
    const auto finished = session.query(
        "UPDATE data_sync.plan SET mode = $2, cursor = $3, effects = $4, finished = 1 WHERE id = $1 RETURNING id",
        {plan.id, plan.mode, cursor, plan.effects});
    if (finished.empty()) throw dropped(plan.id);
  };
  co_await store_.in_book(BookAccess::write, work);
}

Task<std::optional<KeptPlan>> PlanBook::find(std::string id) {
  std::optional<KeptPlan> found;
  const BookWork work = [&](BookSession& session) {
    for (BookRow& row : session.query("SELECT id, sync_id, plan_hash, mode, cursor, effects FROM data_sync.plan "
                                      "WHERE id = $1 AND finished = 1",
                                      {id}))
      found = {std::move(row[0]),
               std::move(row[1]),
               std::move(row[2]),
               std::move(row[3]),
               sql::from_base64(row[4]).value_or(""),
               number_in(row[5])};
  };
  co_await store_.in_book(BookAccess::read, work);
  co_return found;
}

Task<std::vector<std::string>> PlanBook::effects(std::string id) {
  std::vector<std::string> pages;
  int64_t after = -1;
  for (bool more = true; more;) {
    const BookWork work = [&](BookSession& session) {
      more = false;
      for (const BookRow& row : session.query("SELECT page, packed FROM data_sync.plan_effect "
                                              "WHERE plan = $1 AND page > $2 ORDER BY page LIMIT $3",
                                              {id, after, kPagesTogether})) {
        after = number_in(row[0]);
        pages.push_back(sql::from_base64(row[1]).value_or("damaged"));
        more = true;
      }
    };
    co_await store_.in_book(BookAccess::read, work);
  }
  co_return pages;
}

Task<bool> PlanBook::forget(std::string id) {
  bool found = false;
  const BookWork work = [&](BookSession& session) { found = drop(session, "id = $1", {id}) > 0; };
  co_await store_.in_book(BookAccess::write, work);
  co_return found;
}

Task<> PlanBook::forget_all_of(std::string sync_id) {
  const BookWork work = [&](BookSession& session) { drop(session, "sync_id = $1", {sync_id}); };
  co_await store_.in_book(BookAccess::write, work);
}

Task<int64_t> PlanBook::drop_over(Time now) {
  const int64_t over = to_micros(now - std::chrono::days(kPlanDaysKept));
  int64_t dropped = 0;
  const BookWork work = [&](BookSession& session) { dropped = drop(session, "made_at < $1", {over}); };
  co_await store_.in_book(BookAccess::write, work);
  co_return dropped;
}

}  // namespace nexpo
