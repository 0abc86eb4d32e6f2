#include "store/book_store.hpp"

#include <fmt/format.h>

#include "store/audit_chain.hpp"
#include "store/book_session.hpp"
#include "store/run_state.hpp"

namespace nexpo {
namespace {

constexpr std::string_view kColumns = "kind, id, revision, body, secret, created_at, updated_at";

Document document_of(BookRow& row) {
  Document found;
  found.kind = std::move(row[0]);
  found.id = std::move(row[1]);
  found.revision = number_in(row[2]);
  found.body = std::move(row[3]);
  found.secret = std::move(row[4]);
  found.created_at = from_micros(number_in(row[5]));
  found.updated_at = from_micros(number_in(row[6]));
  return found;
}

std::string key_name(std::string_view kind, std::string_view id) { return fmt::format("{}/{}", kind, id); }

Error wrong_revision(BookSession& session, const std::string& kind, const std::string& id, int64_t wanted) {
  const auto found = session.query("SELECT revision FROM data_sync.document WHERE kind = $1 AND id = $2", {kind, id});
  const std::string is = found.empty() ? "does not exist" : fmt::format("has revision {}", found[0][0]);
  const std::string expected = wanted == 0 ? "was expected not to exist" : fmt::format("not {}", wanted);
  return Error(ErrorKind::conflict, fmt::format("{} \"{}\" {}, {}: read it again", kind, id, is, expected))
      .with_code(kRevisionCode)
      .with_field("ifRevision");
}

void keep_key(BookSession& session, const std::string& name, const SealedSecret& secret) {
  const bool kept =
      secret.new_key
          ? !session
                 .query(
                     "INSERT INTO data_sync.data_key (name, wrapped) VALUES ($1, $2) ON CONFLICT DO NOTHING "
                     "RETURNING 1",
                     {name, secret.wrapped_key})
                 .empty()
          : !session
                 .query("UPDATE data_sync.data_key SET wrapped = wrapped WHERE name = $1 AND wrapped = $2 RETURNING 1",
                        {name, secret.wrapped_key})
                 .empty();
  if (!kept)
    throw Error(ErrorKind::conflict, fmt::format("the data key of \"{}\" was changed meanwhile", name))
        .with_code(kKeyChangedCode);
}

std::vector<BookRow> write_document(BookSession& session, const DocumentWrite& write) {
  const BookCell secret = write.change == SecretChange::replace ? BookCell(write.secret.sealed) : BookCell();
  const int64_t keep = write.change == SecretChange::keep;
  const int64_t now = to_micros(write.now);
  const std::string insert =
      "INSERT INTO data_sync.document (kind, id, revision, body, secret, created_at, updated_at) "
      "VALUES ($1, $2, 1, $3, $4, $5, $5) ON CONFLICT (kind, id) DO ";
  if (!write.if_revision)
    return session.query(
        fmt::format("{}UPDATE SET revision = document.revision + 1, body = excluded.body, secret = CASE WHEN "
                    "CAST($6 AS bigint) = 1 THEN document.secret ELSE excluded.secret END, "
                    "updated_at = excluded.updated_at RETURNING {}",
                    insert, kColumns),
        {write.kind, write.id, write.body, secret, now, keep});
  if (*write.if_revision == 0)
    return session.query(fmt::format("{}NOTHING RETURNING {}", insert, kColumns),
                         {write.kind, write.id, write.body, secret, now});
  return session.query(fmt::format("UPDATE data_sync.document SET revision = revision + 1, body = $3, "
                                   "secret = CASE WHEN CAST($6 AS bigint) = 1 THEN secret ELSE $4 END, updated_at = $5 "
                                   "WHERE kind = $1 AND id = $2 AND revision = $7 RETURNING {}",
                                   kColumns),
                       {write.kind, write.id, write.body, secret, now, keep, *write.if_revision});
}

Document put(BookSession& session, const DocumentWrite& write) {
  // A document without a secret leaves the key alone: others may have sealed with it.
  const bool had_secret = write.change == SecretChange::erase &&
                          !session
                               .query(
                                   "SELECT 1 FROM data_sync.document WHERE kind = $1 AND id = $2 AND secret IS NOT "
                                   "NULL",
                                   {write.kind, write.id})
                               .empty();
  std::vector<BookRow> written = write_document(session, write);
  if (written.empty()) throw wrong_revision(session, write.kind, write.id, write.if_revision.value_or(0));
  const std::string name = key_name(write.kind, write.id);
  if (write.change == SecretChange::replace) keep_key(session, name, write.secret);
  if (had_secret) erase_keys(session, name);
  if (write.audit) audit_chain::append(session, *write.audit, write.now);
  return document_of(written[0]);
}

}  // namespace

Task<std::optional<Document>> BookStore::document(std::string kind, std::string id) {
  std::optional<Document> found;
  const BookWork work = [&](BookSession& session) {
    for (BookRow& row : session.query(
             fmt::format("SELECT {} FROM data_sync.document WHERE kind = $1 AND id = $2", kColumns), {kind, id}))
      found = document_of(row);
  };
  co_await in_book(BookAccess::read, work);
  co_return found;
}

Task<std::vector<Document>> BookStore::documents(std::string kind, std::string after, std::string prefix, int limit) {
  std::vector<Document> found;
  const BookWork work = [&](BookSession& session) {
    for (BookRow& row :
         session.query(fmt::format("SELECT {} FROM data_sync.document WHERE kind = $1 AND id > $2 AND id >= $3 "
                                   "AND substr(id, 1, length(CAST($3 AS text))) = $3 ORDER BY id LIMIT $4",
                                   kColumns),
                       {kind, after, prefix, int64_t{limit}}))
      found.push_back(document_of(row));
  };
  co_await in_book(BookAccess::read, work);
  co_return found;
}

Task<Document> BookStore::put_document(DocumentWrite write) {
  Document written;
  const BookWork work = [&](BookSession& session) { written = put(session, write); };
  co_await in_book(write.change == SecretChange::keep ? BookAccess::write : BookAccess::erase, work);
  co_return written;
}

Task<bool> BookStore::delete_document(std::string kind, std::string id, std::optional<int64_t> if_revision,
                                      std::optional<AuditNote> audit, Time now) {
  bool deleted = false;
  const BookWork work = [&](BookSession& session) {
    deleted = !session
                   .query(
                       "DELETE FROM data_sync.document WHERE kind = $1 AND id = $2 AND (revision = $3 OR $3 = 0) "
                       "RETURNING 1",
                       {kind, id, if_revision.value_or(0)})
                   .empty();
    if (!deleted && !if_revision) return;
    if (!deleted) {
      if (session.query("SELECT 1 FROM data_sync.document WHERE kind = $1 AND id = $2", {kind, id}).empty()) return;
      throw wrong_revision(session, kind, id, *if_revision);
    }
    erase_keys(session, key_name(kind, id));
    if (audit) audit_chain::append(session, *audit, now);
  };
  co_await in_book(BookAccess::erase, work);
  co_return deleted;
}

Task<AuditEntry> BookStore::add_audit(AuditNote note, Time now) {
  AuditEntry entry;
  const BookWork work = [&](BookSession& session) { entry = audit_chain::append(session, note, now); };
  co_await in_book(BookAccess::write, work);
  co_return entry;
}

Task<std::vector<AuditEntry>> BookStore::audit(AuditFilter filter) {
  std::vector<AuditEntry> entries;
  const BookWork work = [&](BookSession& session) { entries = audit_chain::list(session, filter); };
  co_await in_book(BookAccess::read, work);
  co_return entries;
}

Task<AuditVerdict> BookStore::verify_audit() {
  AuditVerdict verdict;
  const BookWork work = [&](BookSession& session) { verdict = audit_chain::verify(session); };
  co_await in_book(BookAccess::read, work);
  co_return verdict;
}

Task<bool> BookStore::erase_data_key(std::string name, AuditNote audit, Time now) {
  bool erased = false;
  const BookWork work = [&](BookSession& session) {
    erased = erase_keys(session, name);
    if (erased) audit_chain::append(session, audit, now);
  };
  co_await in_book(BookAccess::erase, work);
  co_return erased;
}

}  // namespace nexpo
