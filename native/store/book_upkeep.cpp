// Data keys one by one, and what goes when its time is over: the rest of BookStore.
#include <fmt/format.h>

#include "store/audit_chain.hpp"
#include "store/book_session.hpp"
#include "store/book_store.hpp"
#include "store/run_state.hpp"

namespace nexpo {
namespace {

constexpr std::string_view kPlanKind = "plan";

struct SealedColumns {
  std::string_view table, column, type;
};
SealedColumns columns_of(SealedTable table) {
  return table == SealedTable::secret ? SealedColumns{"secret", "sealed", "bytea"}
                                      : SealedColumns{"data_key", "wrapped", "text"};
}

/// Deletes what `where` chooses and gives its number.
int64_t delete_where(BookSession& session, std::string_view table, std::string_view where,
                     std::initializer_list<BookCell> cells) {
  const int64_t count =
      number_in(session.query(fmt::format("SELECT count(*) FROM data_sync.{} WHERE {}", table, where), cells)[0][0]);
  session.query(fmt::format("DELETE FROM data_sync.{} WHERE {}", table, where), cells);
  return count;
}

/// The effects of a plan are kept beside its document.
void delete_plans(BookSession& session, Time cut) {
  session.query("DELETE FROM data_sync.plan_effect WHERE plan IN (SELECT id FROM data_sync.plan WHERE made_at < $1)",
                {to_micros(cut)});
  session.query("DELETE FROM data_sync.plan WHERE made_at < $1", {to_micros(cut)});
}

int64_t delete_documents(BookSession& session, const std::string& kind, Time cut) {
  if (kind == kPlanKind) delete_plans(session, cut);
  for (const BookRow& row : session.query(
           "SELECT data_key.name FROM data_sync.document JOIN data_sync.data_key ON data_key.name = kind || '/' || id "
           "WHERE kind = $1 AND updated_at < $2",
           {kind, to_micros(cut)}))
    erase_keys(session, row[0]);
  return delete_where(session, "document", "kind = $1 AND updated_at < $2", {kind, to_micros(cut)});
}

int64_t delete_runs(BookSession& session, Time cut) {
  // The newest run tells where its sync stands, whatever its age.
  constexpr std::string_view old =
      "ended_at < $1 AND EXISTS (SELECT 1 FROM data_sync.run AS newer WHERE newer.sync = run.sync AND newer.id > "
      "run.id)";
  session.query(fmt::format("DELETE FROM data_sync.seen WHERE run IN (SELECT id FROM data_sync.run WHERE {})", old),
                {to_micros(cut)});
  return delete_where(session, "run", old, {to_micros(cut)});
}

}  // namespace

bool erase_keys(BookSession& session, const std::string& name) {
  const std::string beneath = name + "/";
  session.query("DELETE FROM data_sync.secret WHERE substr(name, 1, length(CAST($1 AS text))) = $1", {beneath});
  return !session.query("DELETE FROM data_sync.data_key WHERE name = $1 RETURNING 1", {name}).empty();
}

Task<std::optional<std::string>> BookStore::sealed_row(SealedTable table, std::string name) {
  std::optional<std::string> sealed;
  const SealedColumns names = columns_of(table);
  const BookWork work = [&](BookSession& session) {
    const std::string sql = fmt::format("SELECT {} FROM data_sync.{} WHERE name = $1", names.column, names.table);
    for (BookRow& row : session.query(sql, {name})) sealed = std::move(row[0]);
  };
  co_await in_book(BookAccess::read, work);
  co_return sealed;
}

Task<std::string> BookStore::add_data_key(std::string name, std::string wrapped) {
  const BookWork work = [&](BookSession& session) {
    wrapped = session.query(
        "INSERT INTO data_sync.data_key (name, wrapped) VALUES ($1, $2) "
        "ON CONFLICT (name) DO UPDATE SET wrapped = data_key.wrapped RETURNING wrapped",
        {name, wrapped})[0][0];
  };
  co_await in_book(BookAccess::write, work);
  co_return wrapped;
}

Task<std::vector<SealedRow>> BookStore::sealed_rows(SealedTable table, std::string after, int limit) {
  std::vector<SealedRow> rows;
  const SealedColumns names = columns_of(table);
  const BookWork work = [&](BookSession& session) {
    for (BookRow& row : session.query(fmt::format("SELECT name, {} FROM data_sync.{} WHERE name > $1 ORDER BY name "
                                                  "LIMIT $2",
                                                  names.column, names.table),
                                      {after, int64_t{limit}}))
      rows.push_back({std::move(row[0]), std::move(row[1])});
  };
  co_await in_book(BookAccess::read, work);
  co_return rows;
}

Task<bool> BookStore::replace_sealed(SealedTable table, std::string name, std::string from, std::string to) {
  bool replaced = false;
  const SealedColumns names = columns_of(table);
  const BookWork work = [&](BookSession& session) {
    const std::string sql = fmt::format(
        "UPDATE data_sync.{0} SET {1} = CAST($3 AS {2}) WHERE name = $1 AND {1} = CAST($2 AS {2}) RETURNING 1",
        names.table, names.column, names.type);
    replaced = !session.query(sql, {name, from, to}).empty();
  };
  co_await in_book(BookAccess::write, work);
  co_return replaced;
}

Task<RetentionCounts> BookStore::apply_retention(RetentionCut cut, AuditNote audit, Time now) {
  RetentionCounts gone;
  const BookWork work = [&](BookSession& session) {
    gone = {};
    if (cut.runs) gone.runs = delete_runs(session, *cut.runs);
    if (cut.rejected) gone.rejected = delete_where(session, "rejected", "last_at < $1", {to_micros(*cut.rejected)});
    for (const auto& [kind, before] : cut.documents) gone.documents += delete_documents(session, kind, before);
    if (cut.conflicts)
      gone.conflicts =
          delete_where(session, "conflict", "state = 'closed' AND changed_at < $1", {to_micros(*cut.conflicts)});
    if (cut.tombstones)
      gone.tombstones = delete_where(session, "pair", "buried_at < $1 AND NOT held", {to_micros(*cut.tombstones)});
    if (cut.audit) gone.audit = audit_chain::trim(session, *cut.audit);
    audit.detail =
        fmt::format(R"({{"audit":{},"conflicts":{},"documents":{},"rejected":{},"runs":{},"tombstones":{}}})",
                    gone.audit, gone.conflicts, gone.documents, gone.rejected, gone.runs, gone.tombstones);
    audit_chain::append(session, audit, now);
  };
  co_await in_book(BookAccess::erase, work);
  co_return gone;
}

}  // namespace nexpo
