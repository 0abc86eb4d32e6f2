// The commit of a page: one statement, so that it is one round trip and one transaction.
#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "sql/pg_copy.hpp"
#include "store/intents.hpp"
#include "store/pg_conflicts.hpp"
#include "store/pg_pairs.hpp"
#include "store/pg_state.hpp"
#include "store/run_state.hpp"

namespace nexpo::pg_state {
namespace {

using pqxx::binarystring;
using sql::PgArray;
using sql::PgElement;

// `fence` locks the sync's row if the lease is the newest; all that follows hangs on `page`, which hangs on `fence`.
// Parts of one statement see the same rows, so no key may be in two of them: see collect().
constexpr const char* kCommit = R"sql(
  WITH fence AS (
    SELECT number FROM data_sync.sync WHERE id = $1 AND epoch = $2 AND epoch > 0 FOR UPDATE
  ), page AS (
    UPDATE data_sync.run SET cursor = $4, pages = pages + 1, read = $5, created = $6, updated = $7, deleted = $8,
      unchanged = $9, filtered = $10, rejected = $11, in_review = $12, superseded = $13
    FROM fence WHERE id = $3 AND sync = fence.number AND state = 'running' RETURNING sync, mode, pages
  ), written AS (
    INSERT INTO data_sync.link (sync, source_key, fingerprint, target_key, shadow, pending, claim)
    SELECT page.sync, one.*
    FROM page, unnest($14::bytea[], $15::bytea[], $16::bytea[], $17::bytea[], $31::bytea[], $33::bytea[]) AS one
    ON CONFLICT (sync, source_key) DO UPDATE SET fingerprint = EXCLUDED.fingerprint, target_key = EXCLUDED.target_key,
      shadow = EXCLUDED.shadow, pending = EXCLUDED.pending, claim = EXCLUDED.claim
    RETURNING xmax = 0 AS added
  ), gone AS (
    DELETE FROM data_sync.link USING page, unnest($18::bytea[]) AS one (key)
    WHERE link.sync = page.sync AND link.source_key = one.key RETURNING 1
  ), marks AS (
    INSERT INTO data_sync.seen SELECT $3, page.pages, $19 FROM page WHERE mode = 'full' AND length($19::bytea) > 0
  ), bad AS (
    INSERT INTO data_sync.rejected (sync, source_key, version, original, removal, code, message, field, retryable,
      side, first_at, last_at, run)
    SELECT page.sync, one.*, $28, $28, $3 FROM page, unnest($20::bytea[], $21::bytea[], $22::bytea[], $23::boolean[],
      $24::bytea[], $25::bytea[], $26::bytea[], $27::boolean[], $34::bigint[]) AS one
    ON CONFLICT (sync, side, source_key) DO UPDATE SET version = EXCLUDED.version, original = EXCLUDED.original,
      removal = EXCLUDED.removal, code = EXCLUDED.code, message = EXCLUDED.message, field = EXCLUDED.field,
      retryable = EXCLUDED.retryable, attempts = rejected.attempts + 1, last_at = EXCLUDED.last_at,
      run = EXCLUDED.run
  ), mended AS (
    DELETE FROM data_sync.rejected USING page, (SELECT 0, unnest($29::bytea[]) UNION ALL
      SELECT 1, unnest($35::bytea[])) AS one (side, key)
    WHERE rejected.sync = page.sync AND rejected.side = one.side AND rejected.source_key = one.key
  ), fulfilled AS (
    DELETE FROM data_sync.intent USING page WHERE intent.id = $30 AND intent.sync = page.sync
  ), noted AS (
    INSERT INTO data_sync.intent (sync, packed) SELECT page.sync, $32 FROM page WHERE length($32::bytea) > 0
    RETURNING id
  ), total AS (
    UPDATE data_sync.sync SET linked = linked + (SELECT count(*) FILTER (WHERE added) FROM written)
      - (SELECT count(*) FROM gone) + $36
    FROM page WHERE number = page.sync RETURNING linked
  )
  SELECT (SELECT count(*) FROM fence), (SELECT linked FROM total), coalesce((SELECT id FROM noted), 0)
)sql";

/// The page's lists as arrays.
struct Lists {
  PgArray keys, prints, targets, shadows, pendings, claims, unlinked;
  PgArray bad_keys, versions, originals, removals, codes, messages, fields, retryables, sides, resolved,
      resolved_target;
  std::string seen;

  explicit Lists(const Commit& commit)
      : keys(PgElement::bytea, commit.links.size()),
        prints(PgElement::bytea, commit.links.size()),
        targets(PgElement::bytea, commit.links.size()),
        shadows(PgElement::bytea, commit.links.size()),
        pendings(PgElement::bytea, commit.links.size()),
        claims(PgElement::bytea, commit.links.size()),
        unlinked(PgElement::bytea, commit.unlinked.size()),
        bad_keys(PgElement::bytea),
        versions(PgElement::bytea),
        originals(PgElement::bytea),
        removals(PgElement::boolean),
        codes(PgElement::bytea),
        messages(PgElement::bytea),
        fields(PgElement::bytea),
        retryables(PgElement::boolean),
        sides(PgElement::int8),
        resolved(PgElement::bytea, commit.resolved.size()),
        resolved_target(PgElement::bytea, commit.resolved_target.size()) {}
};

void add_print(PgArray& list, const Fingerprint& print) {
  if (print.empty())
    list.add_null();
  else
    list.add(bytes_of(print));
}

using KeySet = std::unordered_set<std::string_view>;

/// Of several links of one key the last counts; an unlinked key is not linked. In key order, against deadlocks.
void collect_links(const Commit& commit, Lists& lists) {
  const KeySet unlinked(commit.unlinked.begin(), commit.unlinked.end());
  std::vector<const LinkWrite*> links;
  links.reserve(commit.links.size());
  for (const LinkWrite& link : commit.links) links.push_back(&link);
  std::stable_sort(links.begin(), links.end(), [](auto* a, auto* b) { return a->source_key < b->source_key; });
  for (size_t i = 0; i < links.size(); ++i) {
    const LinkWrite& link = *links[i];
    if (i + 1 < links.size() && links[i + 1]->source_key == link.source_key) continue;
    if (unlinked.contains(link.source_key)) continue;
    lists.keys.add(link.source_key);
    lists.prints.add(bytes_of(link.fingerprint));
    if (link.target_key.empty() || link.target_key == link.source_key)
      lists.targets.add_null();
    else
      lists.targets.add(link.target_key);
    add_print(lists.shadows, link.shadow);
    add_print(lists.pendings, link.pending);
    add_print(lists.claims, link.claim);
  }
  for (const std::string_view key : unlinked) lists.unlinked.add(key);
}

/// Of several rejections of one key of a side the last counts; a resolved key is not rejected.
void collect_rejected(const Commit& commit, Lists& lists) {
  const std::string_view no("\0", 1), yes("\1", 1);
  const KeySet resolved[] = {{commit.resolved.begin(), commit.resolved.end()},
                             {commit.resolved_target.begin(), commit.resolved_target.end()}};
  std::unordered_map<std::string_view, const RejectedRecord*> newest[2];
  for (const RejectedRecord& one : commit.rejected) newest[static_cast<size_t>(one.side)][one.source_key] = &one;
  for (const RejectedRecord& one : commit.rejected) {
    const auto side = static_cast<size_t>(one.side);
    if (newest[side][one.source_key] != &one || resolved[side].contains(one.source_key)) continue;
    lists.sides.add(static_cast<int64_t>(side));
    lists.bad_keys.add(one.source_key);
    lists.versions.add(one.version);
    lists.originals.add(one.original);
    lists.removals.add(one.removal ? yes : no);
    lists.codes.add(one.reason.code);
    lists.messages.add(one.reason.message);
    lists.fields.add(one.reason.field);
    lists.retryables.add(one.reason.retryable ? yes : no);
  }
  for (const std::string_view key : resolved[0]) lists.resolved.add(key);
  for (const std::string_view key : resolved[1]) lists.resolved_target.add(key);
}

Committed commit_in(pqxx::transaction_base& transaction, const Commit& commit) {
  Lists lists(commit);
  collect_links(commit, lists);
  collect_rejected(commit, lists);
  for (const LinkWrite& link : commit.links) SeenSet::pack(lists.seen, link.source_key, commit.run_id);
  for (const std::string_view key : commit.seen) SeenSet::pack(lists.seen, key, commit.run_id);
  for (const std::string_view key : commit.seen_target) SeenSet::pack(lists.seen, key, commit.run_id, Side::target);
  const auto array = [](PgArray& one) { return binarystring(one.bytes()); };
  const Counts& counts = commit.counts;
  const pqxx::result done = transaction.exec_prepared(
      "commit", commit.lease.sync_id, commit.lease.epoch, commit.run_id, binarystring(commit.cursor.text), counts.read,
      counts.created, counts.updated, counts.deleted, counts.unchanged, counts.filtered, counts.rejected,
      counts.in_review, counts.superseded, array(lists.keys), array(lists.prints), array(lists.targets),
      array(lists.shadows), array(lists.unlinked), binarystring(lists.seen), array(lists.bad_keys),
      array(lists.versions), array(lists.originals), array(lists.removals), array(lists.codes), array(lists.messages),
      array(lists.fields), array(lists.retryables), to_micros(wall_now()), array(lists.resolved), commit.intent,
      array(lists.pendings), binarystring(commit.next_intents.empty() ? "" : pack_intents(commit.next_intents)),
      array(lists.claims), array(lists.sides), array(lists.resolved_target), commit.pairs_linked);
  if (done[0][0].as<int64_t>() == 0) throw lost_lease(commit.lease);
  if (done[0][1].is_null()) throw run_not_running(commit);
  return {done[0][1].as<int64_t>(), done[0][2].as<int64_t>()};
}

}  // namespace

Committed commit(PgConnection& connection, const Commit& commit) {
  prepare_once(connection, "commit", kCommit);
  if (commit.pairs.empty()) {
    pqxx::nontransaction transaction(connection);
    return commit_in(transaction, commit);
  }
  pg_pairs::prepare(connection);
  pg_conflicts::prepare(connection);
  pqxx::work transaction(connection);
  const Committed done = commit_in(transaction, commit);
  pg_conflicts::write(transaction, commit, pg_pairs::write(transaction, commit.lease, commit.pairs));
  transaction.commit();
  return done;
}

}  // namespace nexpo::pg_state
