// The audit log as a chain of hashes. All calls block. Private to store/.
#pragma once

#include "store/book_session.hpp"
#include "store/book_store.hpp"

namespace nexpo::audit_chain {

/// SHA-256, hexadecimal, over eight texts, each written as LENGTH ":" BYTES: the hash before (hexadecimal, "" at the
/// start), the number, the time in microseconds since 1970, actor, action, subject, detail. An entry that is changed,
/// taken out or put in breaks the chain, and so does one taken from the end, since the newest hash is kept apart.
/// (Who may write to the database can also write a whole new chain: hashes that are noted elsewhere tell.)
std::string hash_of(const AuditEntry& entry, std::string_view before);

/// Takes the chain's end until the transaction ends.
AuditEntry append(BookSession& session, AuditNote note, Time now);
std::vector<AuditEntry> list(BookSession& session, const AuditFilter& filter);
AuditVerdict verify(BookSession& session);
/// Deletes entries before `cut`, up to the first that is not, and keeps the last one's hash as the chain's new anchor.
/// Gives their number.
int64_t trim(BookSession& session, Time cut);

}  // namespace nexpo::audit_chain
