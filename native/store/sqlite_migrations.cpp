#include <array>

#include "store/migrations.hpp"

namespace nexpo {

// Times are microseconds since 1970 in UTC. `link` is the big table and is kept narrow: it is keyed by the sync's small
// number, a target key that equals the source key is NULL, and so are shadow and pending where there is none.
// `seen` holds packed 8-byte hashes of source keys, one row a page, instead of a mark in each link: appending is
// cheap, and changing every link in every full run is not. `intent` holds a page's packed notes for the same reason.
// `pair` and `conflict` are of syncs that reconcile: a pair that has no record on a side has NULL for that key, and one
// that is no tombstone for its burial.
// `audit_chain` has one row: the newest entry's number and hash, and those of the last one that retention deleted.
static constexpr std::array<Migration, 6> kMigrations{{
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
    {5, "which record of the source holds which key of the target", R"sql(
      ALTER TABLE link ADD COLUMN claim BLOB;
      CREATE INDEX link_by_claim ON link (sync, claim) WHERE claim IS NOT NULL;
    )sql"},
    {6, "pairs and conflicts, rejected records of both sides", R"sql(
      CREATE TABLE pair (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        sync INTEGER NOT NULL REFERENCES sync,
        key TEXT NOT NULL,
        source_key TEXT,
        target_key TEXT,
        source_version TEXT NOT NULL,
        target_version TEXT NOT NULL,
        state BLOB NOT NULL,
        held INTEGER NOT NULL,
        doubt INTEGER NOT NULL,
        buried_at INTEGER
      );
      CREATE INDEX pair_of_sync ON pair (sync);
      CREATE INDEX pair_of_key ON pair (sync, key) WHERE buried_at IS NULL;
      CREATE INDEX pair_of_source ON pair (sync, source_key) WHERE source_key IS NOT NULL;
      CREATE INDEX pair_of_target ON pair (sync, target_key) WHERE target_key IS NOT NULL;
      CREATE TABLE conflict (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        sync INTEGER NOT NULL REFERENCES sync,
        pair INTEGER NOT NULL,
        key TEXT NOT NULL,
        source_key TEXT NOT NULL,
        target_key TEXT NOT NULL,
        kind TEXT NOT NULL,
        state TEXT NOT NULL,
        outcome TEXT NOT NULL,
        fields TEXT NOT NULL,
        body TEXT NOT NULL,
        sealed BLOB NOT NULL,
        source_hash TEXT NOT NULL,
        target_hash TEXT NOT NULL,
        decision TEXT NOT NULL,
        actor TEXT NOT NULL,
        run INTEGER NOT NULL,
        opened_at INTEGER NOT NULL,
        changed_at INTEGER NOT NULL
      );
      CREATE UNIQUE INDEX conflict_waiting ON conflict (pair) WHERE state <> 'closed';
      CREATE INDEX conflict_of_pair ON conflict (pair);
      CREATE INDEX conflict_of_sync ON conflict (sync, state);
      CREATE TABLE rejected_of_side (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        sync INTEGER NOT NULL REFERENCES sync,
        side INTEGER NOT NULL,
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
        UNIQUE (sync, side, source_key)
      );
      INSERT INTO sqlite_sequence SELECT 'rejected_of_side', seq FROM sqlite_sequence WHERE name = 'rejected';
      INSERT INTO rejected_of_side
        SELECT id, sync, 0, source_key, version, original, removal, code, message, field, retryable, attempts, run,
          first_at, last_at FROM rejected;
      DROP TABLE rejected;
      ALTER TABLE rejected_of_side RENAME TO rejected;
    )sql"},
}};

std::span<const Migration> sqlite_migrations() { return kMigrations; }

}  // namespace nexpo
