#include <array>

#include "store/migrations.hpp"

namespace nexpo {

// The tables mirror the embedded store's. What comes from other systems is bytea: such texts may hold NUL or bytes that
// are not UTF-8, which PostgreSQL's text cannot. convert_from(original, 'UTF8') shows them.
static constexpr std::array<Migration, 6> kMigrations{{
    {1, "syncs, links, runs, rejected records, secrets", R"sql(
      CREATE TABLE data_sync.sync (
        number integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        id text NOT NULL UNIQUE,
        epoch bigint NOT NULL DEFAULT 0,
        holder text NOT NULL DEFAULT '',
        cursor bytea NOT NULL DEFAULT '',
        linked bigint NOT NULL DEFAULT 0
      );
      CREATE TABLE data_sync.link (
        sync integer NOT NULL,
        source_key bytea NOT NULL,
        fingerprint bytea NOT NULL,
        target_key bytea,
        shadow bytea,
        pending bytea,
        PRIMARY KEY (sync, source_key)
      ) WITH (fillfactor = 80);
      CREATE TABLE data_sync.run (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        sync integer NOT NULL REFERENCES data_sync.sync,
        mode text NOT NULL,
        state text NOT NULL,
        cursor bytea NOT NULL DEFAULT '',
        plan_hash text NOT NULL,
        error bytea NOT NULL DEFAULT '',
        started_at bigint NOT NULL,
        ended_at bigint,
        pages bigint NOT NULL DEFAULT 0,
        read bigint NOT NULL DEFAULT 0,
        created bigint NOT NULL DEFAULT 0,
        updated bigint NOT NULL DEFAULT 0,
        deleted bigint NOT NULL DEFAULT 0,
        unchanged bigint NOT NULL DEFAULT 0,
        filtered bigint NOT NULL DEFAULT 0,
        rejected bigint NOT NULL DEFAULT 0,
        in_review bigint NOT NULL DEFAULT 0,
        superseded bigint NOT NULL DEFAULT 0
      ) WITH (fillfactor = 50);
      CREATE INDEX run_of_sync ON data_sync.run (sync, id);
      CREATE TABLE data_sync.seen (
        run bigint NOT NULL,
        page bigint NOT NULL,
        hashes bytea NOT NULL,
        PRIMARY KEY (run, page)
      );
      ALTER TABLE data_sync.seen ALTER COLUMN hashes SET STORAGE EXTERNAL;
      CREATE TABLE data_sync.intent (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        sync integer NOT NULL REFERENCES data_sync.sync,
        packed bytea NOT NULL
      );
      ALTER TABLE data_sync.intent ALTER COLUMN packed SET STORAGE EXTERNAL;
      CREATE TABLE data_sync.rejected (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        sync integer NOT NULL REFERENCES data_sync.sync,
        source_key bytea NOT NULL,
        version bytea NOT NULL,
        original bytea NOT NULL,
        removal boolean NOT NULL,
        code bytea NOT NULL,
        message bytea NOT NULL,
        field bytea NOT NULL,
        retryable boolean NOT NULL,
        attempts integer NOT NULL DEFAULT 1,
        run bigint NOT NULL,
        first_at bigint NOT NULL,
        last_at bigint NOT NULL,
        UNIQUE (sync, source_key)
      );
      CREATE TABLE data_sync.secret (
        name text PRIMARY KEY,
        sealed bytea NOT NULL
      );
    )sql"},
    {2, "change feeds", R"sql(
      CREATE TABLE data_sync.feed (
        sync integer PRIMARY KEY REFERENCES data_sync.sync,
        state bytea NOT NULL,
        settled bytea NOT NULL DEFAULT ''
      );
      CREATE TABLE data_sync.feed_entry (
        feed integer NOT NULL REFERENCES data_sync.feed,
        key bytea NOT NULL,
        version bytea NOT NULL,
        digest bytea NOT NULL,
        gone boolean NOT NULL,
        pass bigint NOT NULL,
        PRIMARY KEY (feed, key)
      ) WITH (fillfactor = 80);
      CREATE TABLE data_sync.feed_offer (LIKE data_sync.feed_entry INCLUDING INDEXES);
    )sql"},
    {3, "documents, data keys, the audit log", R"sql(
      CREATE TABLE data_sync.document (
        kind text COLLATE "C" NOT NULL,
        id text COLLATE "C" NOT NULL,
        revision bigint NOT NULL,
        body text NOT NULL,
        secret text,
        created_at bigint NOT NULL,
        updated_at bigint NOT NULL,
        PRIMARY KEY (kind, id)
      );
      CREATE TABLE data_sync.data_key (
        name text COLLATE "C" PRIMARY KEY,
        wrapped text NOT NULL
      );
      CREATE TABLE data_sync.audit (
        number bigint PRIMARY KEY,
        at bigint NOT NULL,
        actor text NOT NULL,
        action text NOT NULL,
        subject text NOT NULL,
        detail text NOT NULL,
        hash text NOT NULL
      );
      CREATE INDEX audit_of_subject ON data_sync.audit (subject, number);
      CREATE TABLE data_sync.audit_chain (
        number bigint NOT NULL,
        hash text NOT NULL,
        anchor_number bigint NOT NULL,
        anchor_hash text NOT NULL
      );
      INSERT INTO data_sync.audit_chain VALUES (0, '', 0, '');
    )sql"},
    {4, "plans that are kept to be applied", R"sql(
      CREATE TABLE data_sync.plan (
        id text PRIMARY KEY,
        sync_id text NOT NULL,
        plan_hash text NOT NULL,
        mode text NOT NULL,
        cursor text NOT NULL,
        effects bigint NOT NULL,
        finished integer NOT NULL,
        made_at bigint NOT NULL
      );
      CREATE TABLE data_sync.plan_effect (
        plan text NOT NULL REFERENCES data_sync.plan,
        page bigint NOT NULL,
        packed text NOT NULL,
        PRIMARY KEY (plan, page)
      );
    )sql"},
    {5, "which record of the source holds which key of the target", R"sql(
      ALTER TABLE data_sync.link ADD COLUMN claim bytea;
      CREATE INDEX link_by_claim ON data_sync.link (sync, claim) WHERE claim IS NOT NULL;
    )sql"},
    {6, "pairs and conflicts, rejected records of both sides", R"sql(
      CREATE SEQUENCE data_sync.pair_id;
      CREATE TABLE data_sync.pair (
        id bigint NOT NULL DEFAULT nextval('data_sync.pair_id'),
        sync integer NOT NULL REFERENCES data_sync.sync,
        key bytea NOT NULL,
        source_key bytea,
        target_key bytea,
        source_version bytea NOT NULL,
        target_version bytea NOT NULL,
        state bytea NOT NULL,
        held boolean NOT NULL,
        doubt smallint NOT NULL,
        buried_at bigint,
        PRIMARY KEY (sync, id)
      ) WITH (fillfactor = 80);
      ALTER SEQUENCE data_sync.pair_id OWNED BY data_sync.pair.id;
      CREATE INDEX pair_of_key ON data_sync.pair (sync, key) WHERE buried_at IS NULL;
      CREATE INDEX pair_of_source ON data_sync.pair (sync, source_key) WHERE source_key IS NOT NULL;
      CREATE INDEX pair_of_target ON data_sync.pair (sync, target_key) WHERE target_key IS NOT NULL;
      CREATE TABLE data_sync.conflict (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        sync integer NOT NULL REFERENCES data_sync.sync,
        pair bigint NOT NULL,
        key bytea NOT NULL,
        source_key bytea NOT NULL,
        target_key bytea NOT NULL,
        kind bytea NOT NULL,
        state text NOT NULL,
        outcome bytea NOT NULL,
        fields bytea NOT NULL,
        body bytea NOT NULL,
        sealed bytea NOT NULL,
        source_hash bytea NOT NULL,
        target_hash bytea NOT NULL,
        decision bytea NOT NULL,
        actor bytea NOT NULL,
        run bigint NOT NULL,
        opened_at bigint NOT NULL,
        changed_at bigint NOT NULL
      );
      CREATE UNIQUE INDEX conflict_waiting ON data_sync.conflict (pair) WHERE state <> 'closed';
      CREATE INDEX conflict_of_pair ON data_sync.conflict (pair);
      CREATE INDEX conflict_of_sync ON data_sync.conflict (sync, state, id);
      ALTER TABLE data_sync.rejected ADD COLUMN side smallint NOT NULL DEFAULT 0;
      ALTER TABLE data_sync.rejected DROP CONSTRAINT rejected_sync_source_key_key;
      ALTER TABLE data_sync.rejected ADD UNIQUE (sync, side, source_key);
    )sql"},
}};

std::span<const Migration> pg_migrations() { return kMigrations; }

}  // namespace nexpo
