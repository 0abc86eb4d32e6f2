#include <array>

#include "store/migrations.hpp"

namespace nexpo {

// Times are microseconds since 1970 in UTC. `link` is the big table and is kept narrow: it is keyed by the sync's small
// number, a target key that equals the source key is NULL, and so are shadow and pending where there is none.
// `seen` holds packed 8-byte hashes of source keys, one row a page, instead of a mark in each link: appending is
// cheap, and changing every link in every full run is not. `intent` holds a page's packed notes for the same reason.
// `audit_chain` has one row: the newest entry's number and hash, and those of the last one that retention deleted.
static constexpr std::array<Migration, 4> kMigrations{{
    {1, "syncs, links, runs, rejected records, secrets", R"sql(
      CREATE TABLE sync (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        epoch INTEGER NOT NULL DEFAULT 0,
        cursor TEXT NOT NULL DEFAULT '',
        linked INTEGER NOT NULL DEFAULT 0
      );
      CREATE TABLE link (
        sync INTEGER NOT NULL,
        source_key TEXT NOT NULL,
        fingerprint BLOB NOT NULL,
        target_key TEXT,
        shadow BLOB,
        pending BLOB,
        PRIMARY KEY (sync, source_key)
      ) WITHOUT ROWID;
      CREATE TABLE run (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        sync INTEGER NOT NULL REFERENCES sync,
        mode TEXT NOT NULL,
        state TEXT NOT NULL,
        cursor TEXT NOT NULL DEFAULT '',
        plan_hash TEXT NOT NULL,
        error TEXT NOT NULL DEFAULT '',
        started_at INTEGER NOT NULL,
        ended_at INTEGER,
        pages INTEGER NOT NULL DEFAULT 0,
        read INTEGER NOT NULL DEFAULT 0,
        created INTEGER NOT NULL DEFAULT 0,
        updated INTEGER NOT NULL DEFAULT 0,
        deleted INTEGER NOT NULL DEFAULT 0,
        unchanged INTEGER NOT NULL DEFAULT 0,
        filtered INTEGER NOT NULL DEFAULT 0,
        rejected INTEGER NOT NULL DEFAULT 0,
        in_review INTEGER NOT NULL DEFAULT 0,
        superseded INTEGER NOT NULL DEFAULT 0
      );
      CREATE INDEX run_of_sync ON run (sync, id);
      CREATE TABLE seen (
        run INTEGER NOT NULL,
        page INTEGER NOT NULL,
        hashes BLOB NOT NULL,
        PRIMARY KEY (run, page)
      );
      CREATE TABLE intent (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        sync INTEGER NOT NULL REFERENCES sync,
        packed BLOB NOT NULL
      );
      CREATE TABLE rejected (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        sync INTEGER NOT NULL REFERENCES sync,
        source_key TEXT NOT NULL,
        version TEXT NOT NULL,
        original TEXT NOT NULL,
        removal INTEGER NOT NULL,
        code TEXT NOT NULL,
        message TEXT NOT NULL,
        field TEXT NOT NULL,
        retryable INTEGER NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 1,
        run INTEGER NOT NULL,
        first_at INTEGER NOT NULL,
        last_at INTEGER NOT NULL,
        UNIQUE (sync, source_key)
      );
      CREATE TABLE secret (
        name TEXT PRIMARY KEY,
        sealed BLOB NOT NULL
      ) WITHOUT ROWID;
    )sql"},
    {2, "change feeds", R"sql(
      CREATE TABLE feed (
        sync INTEGER PRIMARY KEY REFERENCES sync,
        state TEXT NOT NULL,
        settled TEXT NOT NULL DEFAULT ''
      );
      CREATE TABLE feed_entry (
        feed INTEGER NOT NULL REFERENCES feed,
        key TEXT NOT NULL,
        version TEXT NOT NULL,
        digest BLOB NOT NULL,
        gone INTEGER NOT NULL,
        pass INTEGER NOT NULL,
        PRIMARY KEY (feed, key)
      ) WITHOUT ROWID;
      CREATE TABLE feed_offer (
        feed INTEGER NOT NULL REFERENCES feed,
        key TEXT NOT NULL,
        version TEXT NOT NULL,
        digest BLOB NOT NULL,
        gone INTEGER NOT NULL,
        pass INTEGER NOT NULL,
        PRIMARY KEY (feed, key)
      ) WITHOUT ROWID;
    )sql"},
    {3, "documents, data keys, the audit log", R"sql(
      CREATE TABLE document (
        kind TEXT NOT NULL,
        id TEXT NOT NULL,
        revision INTEGER NOT NULL,
        body TEXT NOT NULL,
        secret TEXT,
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        PRIMARY KEY (kind, id)
      ) WITHOUT ROWID;
      CREATE TABLE data_key (
        name TEXT PRIMARY KEY,
        wrapped TEXT NOT NULL
      ) WITHOUT ROWID;
      CREATE TABLE audit (
        number INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        actor TEXT NOT NULL,
        action TEXT NOT NULL,
        subject TEXT NOT NULL,
        detail TEXT NOT NULL,
        hash TEXT NOT NULL
      );
      CREATE INDEX audit_of_subject ON audit (subject, number);
      CREATE TABLE audit_chain (
        number INTEGER NOT NULL,
        hash TEXT NOT NULL,
        anchor_number INTEGER NOT NULL,
        anchor_hash TEXT NOT NULL
      );
      INSERT INTO audit_chain VALUES (0, '', 0, '');
    )sql"},
    {4, "plans that are kept to be applied", R"sql(
      CREATE TABLE plan (
        id TEXT PRIMARY KEY,
        sync_id TEXT NOT NULL,
        plan_hash TEXT NOT NULL,
        mode TEXT NOT NULL,
        cursor TEXT NOT NULL,
        effects INTEGER NOT NULL,
        finished INTEGER NOT NULL,
        made_at INTEGER NOT NULL
      ) WITHOUT ROWID;
      CREATE TABLE plan_effect (
        plan TEXT NOT NULL REFERENCES plan,
        page INTEGER NOT NULL,
        packed TEXT NOT NULL,
        PRIMARY KEY (plan, page)
      ) WITHOUT ROWID;
    )sql"},
}};

std::span<const Migration> sqlite_migrations() { return kMigrations; }

}  // namespace nexpo
