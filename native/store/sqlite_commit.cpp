// What a page leaves behind in the embedded store, and what it announces before: commits and intents.
#include <span>

#include "store/intents.hpp"
#include "store/run_state.hpp"
#include "store/sqlite_conflicts.hpp"
#include "store/sqlite_pairs.hpp"
#include "store/sqlite_state.hpp"

namespace nexpo {
namespace {

sql::Blob blob_of(const Fingerprint& print) { return {bytes_of(print)}; }

void bind_print(sql::SqliteStatement& statement, int index, const Fingerprint& print) {
  if (print.empty())
    statement.bind(index, nullptr);
  else
    statement.bind(index, blob_of(print));
}

/// Binds all but the sync, behind the parameter `index`.
void bind_link(sql::SqliteStatement& statement, int& index, const LinkWrite& link) {
  statement.bind(++index, link.source_key);
  statement.bind(++index, blob_of(link.fingerprint));
  if (link.target_key.empty() || link.target_key == link.source_key)
    statement.bind(++index, nullptr);
  else
    statement.bind(++index, link.target_key);
  bind_print(statement, ++index, link.shadow);
  bind_print(statement, ++index, link.pending);
  bind_print(statement, ++index, link.claim);
}

constexpr size_t kLinksTogether = 64;

std::string insert_statement(size_t links) {
  std::string sql = "INSERT INTO link VALUES (?, ?, ?, ?, ?, ?, ?)";
  for (size_t i = 1; i < links; ++i) sql += ", (?, ?, ?, ?, ?, ?, ?)";
  return sql + " ON CONFLICT DO NOTHING";
}

}  // namespace

int64_t SqliteState::recover(const Sync& sync) {
  std::vector<std::string> pages;
  database_.statement("SELECT packed FROM intent WHERE sync = ? ORDER BY id")
      .each([&](const auto& row) { pages.push_back(row.string(0)); }, sync.number);
  int64_t added = 0;
  for (const std::string& packed : pages) {
    for (const LinkWrite& one : unpack_intents(packed)) {
      // A shadow or claim of zero bytes is one that is not known.
      const sql::Blob shadow{one.shadow.empty() ? std::string_view() : bytes_of(one.shadow)};
      database_
          .statement(
              "UPDATE link SET pending = ?3, shadow = ifnull(nullif(?4, x''), shadow) "
              "WHERE sync = ?1 AND source_key = ?2")
          .run(sync.number, one.source_key, blob_of(one.fingerprint), shadow);
      if (database_.changes() > 0) continue;
      const sql::Blob claim{one.claim.empty() ? std::string_view() : bytes_of(one.claim)};
      database_.statement("INSERT INTO link VALUES (?1, ?2, ?3, nullif(?4, ''), nullif(?5, x''), ?6, nullif(?7, x''))")
          .run(sync.number, one.source_key, blob_of({}), one.target_key, shadow, blob_of(one.fingerprint), claim);
      ++added;
    }
  }
  if (pages.empty()) return sync.linked;
  database_.statement("DELETE FROM intent WHERE sync = ?").run(sync.number);
  database_.statement("UPDATE sync SET linked = linked + ? WHERE number = ?").run(added, sync.number);
  return sync.linked + added;
}

int64_t SqliteState::intend(const Lease& lease, const std::vector<LinkWrite>& intents) {
  sql::SqliteTransaction transaction(database_);
  const int64_t id = write_intents(fenced(lease).number, intents);
  transaction.commit();
  return id;
}

int64_t SqliteState::write_intents(int64_t sync, const std::vector<LinkWrite>& intents) {
  if (intents.empty()) return 0;
  const std::string packed = pack_intents(intents);
  database_.statement("INSERT INTO intent (sync, packed) VALUES (?, ?)").run(sync, sql::Blob{packed});
  return sqlite3_last_insert_rowid(database_.handle());
}

SqliteState::Committed SqliteState::commit(const Commit& commit) {
  sql::SqliteTransaction transaction(database_);
  const Sync sync = fenced(commit.lease);
  const bool full = advance_run(commit, sync.number);
  const int64_t added = write_links(sync.number, commit.links);
  const int64_t removed = remove_links(sync.number, commit.unlinked);
  if (full) write_seen(commit);
  write_rejected(commit, sync.number);
  sqlite_conflicts::write(database_, sync.number, commit, sqlite_pairs::write(database_, sync.number, commit.pairs));
  if (commit.intent != 0)
    database_.statement("DELETE FROM intent WHERE id = ? AND sync = ?").run(commit.intent, sync.number);
  const int64_t next_intent = write_intents(sync.number, commit.next_intents);
  const int64_t linked = sync.linked + added - removed + commit.pairs_linked;
  if (linked != sync.linked)
    database_.statement("UPDATE sync SET linked = ? WHERE number = ?").run(linked, sync.number);
  transaction.commit();
  return {linked, next_intent};
}

bool SqliteState::advance_run(const Commit& commit, int64_t sync) {
  const Counts& counts = commit.counts;
  bool found = false;
  bool full = false;
  database_
      .statement(
          "UPDATE run SET cursor = ?, pages = pages + 1, read = ?, created = ?, updated = ?, deleted = ?, "
          "unchanged = ?, filtered = ?, rejected = ?, in_review = ?, superseded = ? "
          "WHERE id = ? AND sync = ? AND state = 'running' RETURNING mode")
      .each(
          [&](const auto& row) {
            found = true;
            full = row.text(0) == "full";
          },
          commit.cursor.text, counts.read, counts.created, counts.updated, counts.deleted, counts.unchanged,
          counts.filtered, counts.rejected, counts.in_review, counts.superseded, commit.run_id, sync);
  if (!found) throw run_not_running(commit);
  return full;
}

// Pages are nearly always all new or all known, so what the last link was is tried first. New ones go many to a
// statement: one cursor of the B-tree serves them all.
int64_t SqliteState::write_links(int64_t sync, const std::vector<LinkWrite>& links) {
  std::span<const LinkWrite> left(links);
  int64_t added = 0;
  bool expect_new = true;
  while (!left.empty()) {
    if (expect_new && left.size() >= kLinksTogether) {
      const auto together = left.first(kLinksTogether);
      const int64_t taken = insert_links(sync, together);
      expect_new = taken > 0;
      added += taken;
      if (taken < static_cast<int64_t>(together.size()))
        for (const LinkWrite& link : together) update_link(sync, link);
      left = left.subspan(kLinksTogether);
      continue;
    }
    const LinkWrite& link = left.front();
    const bool known = expect_new ? insert_links(sync, left.first(1)) == 0 : update_link(sync, link);
    if (expect_new && known) update_link(sync, link);
    if (!expect_new && !known) insert_links(sync, left.first(1));
    added += !known;
    expect_new = !known;
    left = left.subspan(1);
  }
  return added;
}

int64_t SqliteState::insert_links(int64_t sync, std::span<const LinkWrite> links) {
  static const std::string kOne = insert_statement(1);
  static const std::string kMany = insert_statement(kLinksTogether);
  sql::SqliteStatement& insert = database_.statement(links.size() == 1 ? kOne : kMany);
  int index = 0;
  for (const LinkWrite& link : links) {
    insert.bind(++index, sync);
    bind_link(insert, index, link);
  }
  insert.step();
  insert.reset();
  return database_.changes();
}

bool SqliteState::update_link(int64_t sync, const LinkWrite& link) {
  sql::SqliteStatement& update = database_.statement(
      "UPDATE link SET fingerprint = ?3, target_key = ?4, shadow = ?5, pending = ?6, claim = ?7 "
      "WHERE sync = ?1 AND source_key = ?2");
  int index = 1;
  update.bind(1, sync);
  bind_link(update, index, link);
  update.step();
  update.reset();
  return database_.changes() > 0;
}

int64_t SqliteState::remove_links(int64_t sync, const std::vector<std::string_view>& keys) {
  int64_t removed = 0;
  for (const std::string_view key : keys) {
    database_.statement("DELETE FROM link WHERE sync = ? AND source_key = ?").run(sync, key);
    removed += database_.changes();
  }
  return removed;
}

void SqliteState::write_seen(const Commit& commit) {
  std::string hashes;
  hashes.reserve((commit.links.size() + commit.seen.size() + commit.seen_target.size()) * sizeof(uint64_t));
  for (const LinkWrite& link : commit.links) SeenSet::pack(hashes, link.source_key, commit.run_id);
  for (const std::string_view key : commit.seen) SeenSet::pack(hashes, key, commit.run_id);
  for (const std::string_view key : commit.seen_target) SeenSet::pack(hashes, key, commit.run_id, Side::target);
  if (hashes.empty()) return;
  database_.statement("INSERT INTO seen SELECT ?1, ifnull(max(page), 0) + 1, ?2 FROM seen WHERE run = ?1")
      .run(commit.run_id, sql::Blob{hashes});
}

void SqliteState::write_rejected(const Commit& commit, int64_t sync) {
  const int64_t now = to_micros(wall_now());
  for (const RejectedRecord& one : commit.rejected) {
    database_
        .statement(
            "INSERT INTO rejected (sync, side, source_key, version, original, removal, code, message, field, "
            "retryable, "
            "first_at, last_at, run) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?11, ?12) "
            "ON CONFLICT (sync, side, source_key) DO UPDATE SET version = excluded.version, "
            "original = excluded.original, removal = excluded.removal, code = excluded.code, "
            "message = excluded.message, field = excluded.field, retryable = excluded.retryable, "
            "attempts = attempts + 1, last_at = excluded.last_at, run = excluded.run")
        .run(sync, static_cast<int>(one.side), one.source_key, one.version, one.original, one.removal, one.reason.code,
             one.reason.message, one.reason.field, one.reason.retryable, now, commit.run_id);
  }
  const auto resolve = [&](Side side, const std::vector<std::string_view>& keys) {
    for (const std::string_view key : keys)
      database_.statement("DELETE FROM rejected WHERE sync = ? AND side = ? AND source_key = ?")
          .run(sync, static_cast<int>(side), key);
  };
  resolve(Side::source, commit.resolved);
  resolve(Side::target, commit.resolved_target);
}

}  // namespace nexpo
