// BookStore: documents with revisions, the audit log, and the wrapped data keys of sealed contents.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/task.hpp"

namespace nexpo {

class BookSession;
class PlanBook;

struct Document {
  std::string kind, id;
  int64_t revision = 0;  ///< 1 for a new one, 1 more with every change
  std::string body;      ///< JSON text
  std::string secret;    ///< sealed under the data key "KIND/ID"; empty: none
  Time created_at{}, updated_at{};
};

/// What is told to the audit log. No text has control characters; the engine sees to that.
struct AuditNote {
  std::string actor, action, subject;
  std::string detail = "{}";  ///< JSON text
};

struct AuditEntry {
  int64_t number = 0;  ///< from 1, without gaps
  Time at{};           ///< whole milliseconds
  AuditNote note;
  std::string hash;  ///< hexadecimal: SHA-256 over the hash before and this entry (store/audit_chain.hpp)
};

struct AuditFilter {
  int64_t after = 0;
  int limit = 100;
  std::string subject, actor, action;  ///< empty: any
  std::optional<Time> since;
};

struct AuditVerdict {
  int64_t entries = 0;               ///< that were checked and found good
  std::optional<int64_t> broken_at;  ///< number of the first entry that is missing or not as it was written
};

/// A secret that goes with a document, and the data key that sealed it.
struct SealedSecret {
  std::string sealed;
  std::string wrapped_key;
  bool new_key = false;  ///< the key is not kept yet
};

enum class SecretChange { keep, replace, erase };

struct DocumentWrite {
  std::string kind, id, body;
  std::optional<int64_t> if_revision;  ///< 0: must not exist
  SecretChange change = SecretChange::keep;
  SealedSecret secret;  ///< for `replace`
  std::optional<AuditNote> audit;
  Time now{};
};

/// A sealed text of one row.
struct SealedRow {
  std::string name, sealed;
};
enum class SealedTable { data_key, secret };

/// What is to go: older than its time. Nothing goes where there is no time.
struct RetentionCut {
  std::optional<Time> runs, rejected, audit, conflicts, tombstones;
  std::vector<std::pair<std::string, Time>> documents;  ///< by kind
};
struct RetentionCounts {
  int64_t runs = 0, rejected = 0, audit = 0, documents = 0, conflicts = 0, tombstones = 0;
};

constexpr const char* kRevisionCode = "revision";    ///< Error::code() of a revision that is not the newest
constexpr const char* kKeyChangedCode = "data_key";  ///< of a data key that was made, rewrapped or erased meanwhile

/// `read` sees one state of the data; `erase` writes, and then leaves nothing of what it deleted in the file.
enum class BookAccess { read, write, erase };
using BookWork = std::function<void(BookSession&)>;

/// Written once for all stores: each of them gives it sessions, and nothing else.
/// Each call is one transaction, its audit entry included. The audit log has one end: who writes to it waits for the
/// one before.
class BookStore {
 public:
  virtual ~BookStore() = default;

  Task<std::optional<Document>> document(std::string kind, std::string id);
  /// In order of id (byte by byte), after `after`, those whose id begins with `prefix`.
  Task<std::vector<Document>> documents(std::string kind, std::string after, std::string prefix, int limit);
  /// Throws Error{conflict}: with kRevisionCode if the revision is another one, with kKeyChangedCode if the secret was
  /// sealed by a key that is not the document's any more. Nothing was changed then.
  Task<Document> put_document(DocumentWrite write);
  /// The document, its data key and what was sealed for it ("KIND/ID/..."). False: it was not there.
  /// Throws Error{conflict} with kRevisionCode.
  Task<bool> delete_document(std::string kind, std::string id, std::optional<int64_t> if_revision,
                             std::optional<AuditNote> audit, Time now);

  Task<AuditEntry> add_audit(AuditNote note, Time now);
  /// In order of number.
  Task<std::vector<AuditEntry>> audit(AuditFilter filter);
  /// Walks what is kept of the chain, from the anchor that retention left to the newest entry.
  Task<AuditVerdict> verify_audit();

  /// The wrapped key, or the sealed secret.
  Task<std::optional<std::string>> sealed_row(SealedTable table, std::string name);
  /// Gives the one that is kept afterwards: of two that are added at once the first.
  Task<std::string> add_data_key(std::string name, std::string wrapped);
  /// The key, and what was sealed for the same name ("NAME/..."). False: there was no key.
  Task<bool> erase_data_key(std::string name, AuditNote audit, Time now);
  /// In order of name, after `after`.
  Task<std::vector<SealedRow>> sealed_rows(SealedTable table, std::string after, int limit);
  /// False: the row is not `from` any more, and stays as it is.
  Task<bool> replace_sealed(SealedTable table, std::string name, std::string from, std::string to);

  /// Runs that ended and are not their sync's newest, rejected records last tried, audit entries up to the first that
  /// stays, documents last changed, conflicts closed, tombstones made before the given times. Data keys of documents go
  /// with them, and with the kind "plan" the effects that were kept of plans. One audit entry.
  Task<RetentionCounts> apply_retention(RetentionCut cut, AuditNote audit, Time now);

 protected:
  friend PlanBook;
  /// Runs `work` in one transaction off the loop thread; commits unless it throws.
  virtual Task<> in_book(BookAccess access, BookWork work) = 0;
};

}  // namespace nexpo
