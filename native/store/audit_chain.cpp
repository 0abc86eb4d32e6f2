#include "store/audit_chain.hpp"

#include <fmt/format.h>

#include "crypto/digest.hpp"
#include "store/run_state.hpp"

namespace nexpo::audit_chain {
namespace {

constexpr int kEntriesAtOnce = 1000;  // while the chain is walked

void add(std::string& text, std::string_view part) {
  fmt::format_to(std::back_inserter(text), "{}:{}", part.size(), part);
}

AuditEntry entry_of(BookRow& row) {
  AuditEntry entry;
  entry.number = number_in(row[0]);
  entry.at = from_micros(number_in(row[1]));
  entry.note = {std::move(row[2]), std::move(row[3]), std::move(row[4]), std::move(row[5])};
  entry.hash = std::move(row[6]);
  return entry;
}

}  // namespace

std::string hash_of(const AuditEntry& entry, std::string_view before) {
  std::string text;
  add(text, before);
  add(text, std::to_string(entry.number));
  add(text, std::to_string(to_micros(entry.at)));
  add(text, entry.note.actor);
  add(text, entry.note.action);
  add(text, entry.note.subject);
  add(text, entry.note.detail);
  return hex_encode(sha256(text));
}

AuditEntry append(BookSession& session, AuditNote note, Time now) {
  // The update locks the row, so that the next one to append waits for this transaction and reads its hash.
  const BookRow end = session.query("UPDATE data_sync.audit_chain SET number = number + 1 RETURNING number, hash")[0];
  AuditEntry entry;
  entry.number = number_in(end[0]);
  entry.at = std::chrono::floor<Millis>(now);
  entry.note = std::move(note);
  entry.hash = hash_of(entry, end[1]);
  session.query(
      "INSERT INTO data_sync.audit (number, at, actor, action, subject, detail, hash) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7)",
      {entry.number, to_micros(entry.at), entry.note.actor, entry.note.action, entry.note.subject, entry.note.detail,
       entry.hash});
  session.query("UPDATE data_sync.audit_chain SET hash = $1", {entry.hash});
  return entry;
}

std::vector<AuditEntry> list(BookSession& session, const AuditFilter& filter) {
  std::vector<AuditEntry> entries;
  for (BookRow& row : session.query(
           "SELECT number, at, actor, action, subject, detail, hash FROM data_sync.audit WHERE number > $1 "
           "AND ($2 = '' OR subject = $2) AND ($3 = '' OR actor = $3) AND ($4 = '' OR action = $4) AND at >= $5 "
           "ORDER BY number LIMIT $6",
           {filter.after, filter.subject, filter.actor, filter.action, filter.since ? to_micros(*filter.since) : 0,
            int64_t{filter.limit}}))
    entries.push_back(entry_of(row));
  return entries;
}

AuditVerdict verify(BookSession& session) {
  const BookRow chain = session.query("SELECT number, hash, anchor_number, anchor_hash FROM data_sync.audit_chain")[0];
  AuditVerdict verdict;
  int64_t number = number_in(chain[2]);
  std::string hash = chain[3];
  AuditFilter next;
  next.after = number;
  next.limit = kEntriesAtOnce;
  for (;;) {
    std::vector<AuditEntry> entries = list(session, next);
    for (AuditEntry& entry : entries) {
      ++number;
      if (entry.number != number || entry.hash != hash_of(entry, hash)) {
        verdict.broken_at = number;
        return verdict;
      }
      hash = std::move(entry.hash);
      ++verdict.entries;
    }
    if (entries.size() < static_cast<size_t>(kEntriesAtOnce)) break;
    next.after = number;
  }
  // The end: entries taken from it leave a chain that is good in itself.
  if (number != number_in(chain[0]))
    verdict.broken_at = number + 1;
  else if (hash != chain[1])
    verdict.broken_at = number;
  return verdict;
}

int64_t trim(BookSession& session, Time cut) {
  const BookRow end =
      session.query("UPDATE data_sync.audit_chain SET number = number RETURNING number, anchor_number")[0];
  const int64_t anchor = number_in(end[1]);
  const int64_t stays = number_in(session.query("SELECT coalesce(min(number), $2) FROM data_sync.audit WHERE at >= $1",
                                                {to_micros(cut), number_in(end[0]) + 1})[0][0]);
  const auto last = session.query("SELECT hash FROM data_sync.audit WHERE number = $1", {stays - 1});
  if (last.empty()) return 0;
  session.query("UPDATE data_sync.audit_chain SET anchor_number = $1, anchor_hash = $2", {stays - 1, last[0][0]});
  session.query("DELETE FROM data_sync.audit WHERE number < $1", {stays});
  return stays - 1 - anchor;
}

}  // namespace nexpo::audit_chain
