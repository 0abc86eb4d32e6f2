#include "store/pg_pairs.hpp"

#include <fmt/format.h>

#include "sql/pg_copy.hpp"
#include "store/conflict_rules.hpp"
#include "store/run_state.hpp"

namespace nexpo::pg_pairs {
namespace {

using pqxx::binarystring;
using sql::PgArray;
using sql::PgConnection;
using sql::PgElement;

std::string_view view(const pqxx::field& field) { return {field.c_str(), field.size()}; }
std::string bytes(const pqxx::field& field) { return sql::from_hex(view(field)); }
int64_t integer(const pqxx::field& field) { return field.as<int64_t>(); }

constexpr std::string_view kPairColumns =
    "pair.id, pair.key, source_key, target_key, source_version, target_version, state, buried_at, held, doubt";

Pair pair_of(const pqxx::row& row, pqxx::row::size_type column = 0) {
  const auto text = [&](pqxx::row::size_type at) { return row[column + at].is_null() ? "" : bytes(row[column + at]); };
  Pair pair;
  pair.id = integer(row[column]);
  pair.key = text(1);
  pair.source_key = text(2);
  pair.target_key = text(3);
  pair.source_version = text(4);
  pair.target_version = text(5);
  pair.state = text(6);
  pair.buried = !row[column + 7].is_null();
  pair.held = row[column + 8].as<bool>();
  pair.doubt = static_cast<uint8_t>(row[column + 9].as<int>());
  return pair;
}

constexpr std::string_view kConflictColumns =
    "conflict.id, sync.id, pair, key, source_key, target_key, kind, state, outcome, fields, body, sealed, source_hash, "
    "target_hash, decision, actor, run, opened_at, changed_at FROM data_sync.conflict "
    "JOIN data_sync.sync ON sync.number = conflict.sync";

Conflict conflict_of(const pqxx::row& row) {
  Conflict one;
  one.id = integer(row[0]);
  one.sync_id = row[1].as<std::string>();
  one.pair = integer(row[2]);
  one.key = bytes(row[3]);
  one.source_key = bytes(row[4]);
  one.target_key = bytes(row[5]);
  one.kind = bytes(row[6]);
  one.state = parse_conflict_state(view(row[7]));
  one.outcome = bytes(row[8]);
  one.fields = bytes(row[9]);
  one.body = bytes(row[10]);
  one.sealed = bytes(row[11]);
  one.source_hash = bytes(row[12]);
  one.target_hash = bytes(row[13]);
  one.decision = bytes(row[14]);
  one.actor = bytes(row[15]);
  one.run = integer(row[16]);
  one.opened_at = from_micros(integer(row[17]));
  one.changed_at = from_micros(integer(row[18]));
  return one;
}

// A pair that was dropped meanwhile comes back under its number.
constexpr const char* kWritePairs = R"sql(
  WITH fence AS (
    SELECT number FROM data_sync.sync WHERE id = $1 AND epoch = $2 AND epoch > 0 FOR UPDATE
  ), given AS MATERIALIZED (
    SELECT place, coalesce(nullif(one.id, 0), nextval('data_sync.pair_id')) AS id, key, nullif(source_key, '') AS
      source_key, nullif(target_key, '') AS target_key, source_version, target_version, state, held = 1 AS held,
      doubt::smallint AS doubt, CASE WHEN buried = 1 THEN $12::bigint END AS buried_at
    FROM unnest($3::bigint[], $4::bytea[], $5::bytea[], $6::bytea[], $7::bytea[], $8::bytea[], $9::bytea[],
      $10::bigint[], $11::bigint[], $13::bigint[]) WITH ORDINALITY AS one (id, key, source_key, target_key,
      source_version, target_version, state, held, doubt, buried, place)
  ), written AS (
    INSERT INTO data_sync.pair (id, sync, key, source_key, target_key, source_version, target_version, state, held,
      doubt, buried_at)
    SELECT given.id, fence.number, key, source_key, target_key, source_version, target_version, state, held, doubt,
      buried_at FROM fence, given ORDER BY given.id
    ON CONFLICT (sync, id) DO UPDATE SET key = excluded.key, source_key = excluded.source_key,
      target_key = excluded.target_key, source_version = excluded.source_version,
      target_version = excluded.target_version, state = excluded.state, held = excluded.held, doubt = excluded.doubt,
      buried_at = CASE WHEN excluded.buried_at IS NOT NULL THEN coalesce(pair.buried_at, excluded.buried_at) END
  )
  SELECT given.id FROM fence, given ORDER BY place
)sql";

std::vector<int64_t> write(pqxx::transaction_base& transaction, const Lease& lease, const std::vector<Pair>& pairs) {
  PgArray ids(PgElement::int8), keys(PgElement::bytea), sources(PgElement::bytea), targets(PgElement::bytea),
      source_versions(PgElement::bytea), target_versions(PgElement::bytea), states(PgElement::bytea),
      held(PgElement::int8), doubts(PgElement::int8), buried(PgElement::int8);
  for (const Pair& one : pairs) {
    ids.add(one.id);
    keys.add(one.key);
    sources.add(one.source_key);
    targets.add(one.target_key);
    source_versions.add(one.source_version);
    target_versions.add(one.target_version);
    states.add(one.state);
    held.add(int64_t{one.held});
    doubts.add(int64_t{one.doubt});
    buried.add(int64_t{one.buried});
  }
  const auto array = [](PgArray& one) { return binarystring(one.bytes()); };
  const pqxx::result done =
      transaction.exec_prepared("write pairs", lease.sync_id, lease.epoch, array(ids), array(keys), array(sources),
                                array(targets), array(source_versions), array(target_versions), array(states),
                                array(held), array(doubts), to_micros(wall_now()), array(buried));
  if (done.empty()) throw lost_lease(lease);
  std::vector<int64_t> written;
  written.reserve(pairs.size());
  for (const pqxx::row& row : done) written.push_back(integer(row[0]));
  return written;
}

/// A page's conflicts as arrays.
struct ConflictLists {
  PgArray ids{PgElement::int8}, pairs{PgElement::int8}, keys{PgElement::bytea}, sources{PgElement::bytea},
      targets{PgElement::bytea}, kinds{PgElement::bytea}, states{PgElement::text}, outcomes{PgElement::bytea},
      fields{PgElement::bytea}, bodies{PgElement::bytea}, sealed{PgElement::bytea}, source_hashes{PgElement::bytea},
      target_hashes{PgElement::bytea}, decisions{PgElement::bytea}, actors{PgElement::bytea};
  bool empty = true;

  void add(const Conflict& one) {
    ids.add(one.id);
    pairs.add(one.pair);
    keys.add(one.key);
    sources.add(one.source_key);
    targets.add(one.target_key);
    kinds.add(one.kind);
    states.add(name_of(one.state));
    outcomes.add(one.outcome);
    fields.add(one.fields);
    bodies.add(one.body);
    sealed.add(one.sealed);
    source_hashes.add(one.source_hash);
    target_hashes.add(one.target_hash);
    decisions.add(one.decision);
    actors.add(one.actor);
    empty = false;
  }
};

// What is replaced keeps its id, run, opened_at and a decision on values that still are the same: see keeps_decision().
constexpr std::string_view kReplaced = R"sql(
  key = {0}.key, source_key = {0}.source_key, target_key = {0}.target_key, kind = {0}.kind, outcome = {0}.outcome,
  fields = {0}.fields, body = {0}.body, sealed = {0}.sealed, source_hash = {0}.source_hash,
  target_hash = {0}.target_hash, changed_at = {0}.changed_at,
  state = CASE WHEN {1} THEN conflict.state ELSE {0}.state END,
  decision = CASE WHEN {1} THEN conflict.decision ELSE {0}.decision END,
  actor = CASE WHEN {1} THEN conflict.actor ELSE {0}.actor END
)sql";
constexpr std::string_view kKeepsDecision =
    "(conflict.state = 'decided' AND {0}.state = 'open' AND conflict.source_hash = {0}.source_hash "
    "AND conflict.target_hash = {0}.target_hash)";
constexpr std::string_view kGiven = R"sql(
  (SELECT *, $17::bigint AS changed_at, $18::bigint AS run FROM unnest($2::bigint[], $3::bigint[], $4::bytea[], $5::bytea[], $6::bytea[],
    $7::bytea[], $8::text[], $9::bytea[], $10::bytea[], $11::bytea[], $12::bytea[], $13::bytea[], $14::bytea[],
    $15::bytea[], $16::bytea[]) AS one (id, pair, key, source_key, target_key, kind, state, outcome, fields, body,
    sealed, source_hash, target_hash, decision, actor)) AS given
)sql";

std::string replaced_by(std::string_view row) {
  return fmt::format(fmt::runtime(kReplaced), row, fmt::format(fmt::runtime(kKeepsDecision), row));
}

/// Of conflicts that have a number.
std::string update_statement() {
  return fmt::format(
      "UPDATE data_sync.conflict SET {} FROM {} WHERE conflict.id = given.id AND conflict.sync = "
      "(SELECT number FROM data_sync.sync WHERE id = $1)",
      replaced_by("given"), kGiven);
}

/// Of the others: one that is not closed replaces the pair's that is not closed.
std::string insert_statement() {
  return fmt::format(
      "INSERT INTO data_sync.conflict (sync, pair, key, source_key, target_key, kind, state, outcome, fields, body, "
      "sealed, source_hash, target_hash, decision, actor, run, opened_at, changed_at) "
      "SELECT (SELECT number FROM data_sync.sync WHERE id = $1), pair, key, source_key, target_key, kind, state, "
      "outcome, fields, body, sealed, source_hash, target_hash, decision, actor, run, changed_at, changed_at FROM {} "
      "ON CONFLICT (pair) WHERE state <> 'closed' DO UPDATE SET {}",
      kGiven, replaced_by("excluded"));
}

void write(pqxx::transaction_base& transaction, const char* statement, const Commit& commit, ConflictLists& lists) {
  if (lists.empty) return;
  const auto array = [](PgArray& one) { return binarystring(one.bytes()); };
  transaction.exec_prepared(statement, commit.lease.sync_id, array(lists.ids), array(lists.pairs), array(lists.keys),
                            array(lists.sources), array(lists.targets), array(lists.kinds), array(lists.states),
                            array(lists.outcomes), array(lists.fields), array(lists.bodies), array(lists.sealed),
                            array(lists.source_hashes), array(lists.target_hashes), array(lists.decisions),
                            array(lists.actors), to_micros(wall_now()), commit.run_id);
}

}  // namespace

void prepare(PgConnection& connection) {
  if (connection.has_made("pairs")) return;
  connection.prepare("write pairs", kWritePairs);
  connection.prepare("update conflicts", update_statement());
  connection.prepare("insert conflicts", insert_statement());
  connection.note_made("pairs");
}

std::vector<std::optional<Pair>> find(PgConnection& connection, const std::string& sync_id, PairBy by,
                                      const std::vector<std::string_view>& keys) {
  const std::string_view joined = by == PairBy::source   ? "pair.source_key = wanted.key"
                                  : by == PairBy::target ? "pair.target_key = wanted.key"
                                                         : "pair.key = wanted.key AND buried_at IS NULL";
  PgArray wanted(PgElement::bytea, keys.size());
  for (const std::string_view key : keys) wanted.add(key);
  const pqxx::result rows = pqxx::nontransaction(connection)
                                .exec_params(fmt::format("SELECT place, {} FROM unnest($2::bytea[]) WITH ORDINALITY AS "
                                                         "wanted (key, place) JOIN data_sync.pair ON {} WHERE sync = "
                                                         "(SELECT number FROM data_sync.sync WHERE id = $1) "
                                                         "ORDER BY place, buried_at IS NOT NULL, pair.id",
                                                         kPairColumns, joined),
                                             sync_id, binarystring(wanted.bytes()));
  std::vector<std::optional<Pair>> found(keys.size());
  for (const pqxx::row& row : rows) {
    std::optional<Pair>& one = found[static_cast<size_t>(integer(row[0])) - 1];
    if (!one) one = pair_of(row, 1);
  }
  return found;
}

std::vector<Pair> by_id(PgConnection& connection, const std::string& sync_id, const std::vector<int64_t>& ids) {
  PgArray wanted(PgElement::int8, ids.size());
  for (const int64_t id : ids) wanted.add(id);
  std::vector<Pair> found;
  for (const pqxx::row& row : pqxx::nontransaction(connection)
                                  .exec_params(fmt::format("SELECT {} FROM data_sync.pair WHERE sync = (SELECT number "
                                                           "FROM data_sync.sync WHERE id = $1) "
                                                           "AND id = ANY ($2::bigint[]) ORDER BY id",
                                                           kPairColumns),
                                               sync_id, binarystring(wanted.bytes())))
    found.push_back(pair_of(row));
  return found;
}

std::vector<Pair> linked_page(PgConnection& connection, const std::string& sync_id, int64_t after, int limit) {
  std::vector<Pair> page;
  for (const pqxx::row& row :
       pqxx::nontransaction(connection)
           .exec_params(fmt::format("SELECT {} FROM data_sync.pair WHERE sync = (SELECT number FROM data_sync.sync "
                                    "WHERE id = $1) AND id > $2 AND buried_at IS NULL AND source_key IS NOT NULL "
                                    "AND target_key IS NOT NULL ORDER BY id LIMIT $3",
                                    kPairColumns),
                        sync_id, after, limit))
    page.push_back(pair_of(row));
  return page;
}

std::vector<int64_t> announce(PgConnection& connection, const Lease& lease, const std::vector<Pair>& pairs) {
  if (pairs.empty()) return {};
  prepare(connection);
  pqxx::nontransaction transaction(connection);
  return write(transaction, lease, pairs);
}

void commit(pqxx::transaction_base& transaction, const Commit& commit) {
  if (commit.pairs.empty()) return;
  const std::vector<int64_t> ids = write(transaction, commit.lease, commit.pairs);
  ConflictLists known, fresh;
  const Time now = wall_now();
  for (const ConflictWrite& one : commit.conflicts)
    (one.conflict.id == 0 ? fresh : known).add(conflict_to_keep(one, commit, ids[one.place], now));
  write(transaction, "update conflicts", commit, known);
  write(transaction, "insert conflicts", commit, fresh);
}

std::vector<Conflict> conflicts(PgConnection& connection, const ConflictFilter& filter, bool newest) {
  const FieldMarks marks = marks_of(filter.field);
  std::string where =
      "($1 = '' OR sync.id = $1) AND ($2 = '' OR state = $2) AND ($3 = ''::bytea OR outcome = $3) "
      "AND ($4 = ''::bytea OR kind = $4) AND ($5 = ''::bytea OR position($5 IN fields) > 0 OR position($6 IN fields) > "
      "0) AND ($7 = ''::bytea OR $7 IN (key, source_key, target_key)) AND ($8 = 0 OR pair = $8) ";
  where += newest ? "AND ($9 = 0 OR conflict.id < $9) ORDER BY conflict.id DESC LIMIT $10"
                  : "AND conflict.id > $9 ORDER BY conflict.id LIMIT $10";
  std::vector<Conflict> found;
  for (const pqxx::row& row :
       pqxx::nontransaction(connection)
           .exec_params(fmt::format("SELECT {} WHERE {}", kConflictColumns, where), filter.sync_id,
                        filter.state ? std::string(name_of(*filter.state)) : "", binarystring(filter.outcome),
                        binarystring(filter.kind), binarystring(marks.first), binarystring(marks.later),
                        binarystring(filter.key), filter.pair, filter.after, filter.limit))
    found.push_back(conflict_of(row));
  return found;
}

std::vector<ConflictCount> counts(PgConnection& connection) {
  std::vector<ConflictCount> found;
  for (const pqxx::row& row :
       pqxx::nontransaction(connection)
           .exec("SELECT sync.id, count(*) FILTER (WHERE state = 'open'), count(*) FILTER (WHERE state = 'decided') "
                 "FROM data_sync.conflict JOIN data_sync.sync ON sync.number = conflict.sync WHERE state <> 'closed' "
                 "GROUP BY sync.id ORDER BY sync.id"))
    found.push_back({row[0].as<std::string>(), integer(row[1]), integer(row[2])});
  return found;
}

Conflict decide(PgConnection& connection, const PairStore::Decide& decide) {
  pqxx::work transaction(connection);
  // Its sync's row too: who commits a page holds it, and may be about to open another conflict of the pair.
  const pqxx::result found =
      transaction.exec_params(fmt::format("SELECT {} WHERE conflict.id = $1 FOR UPDATE", kConflictColumns), decide.id);
  if (found.empty()) throw no_conflict(decide.id);
  const pqxx::result waiting =
      transaction.exec_params("SELECT 1 FROM data_sync.conflict WHERE pair = $1 AND id <> $2 AND state <> 'closed'",
                              integer(found[0][2]), decide.id);
  Conflict next = decided(conflict_of(found[0]), decide, !waiting.empty());
  transaction.exec_params(
      "UPDATE data_sync.conflict SET state = $2, outcome = $3, decision = $4, actor = $5, changed_at = $6 WHERE id = "
      "$1",
      next.id, std::string(name_of(next.state)), binarystring(next.outcome), binarystring(next.decision),
      binarystring(next.actor), to_micros(next.changed_at));
  transaction.exec_params(
      "UPDATE data_sync.pair SET held = true WHERE id = $1 AND sync = (SELECT sync FROM "
      "data_sync.conflict WHERE id = $2)",
      next.pair, next.id);
  transaction.commit();
  return next;
}

}  // namespace nexpo::pg_pairs
