#include "store/pg_conflicts.hpp"

#include <fmt/format.h>

#include "sql/pg_copy.hpp"
#include "store/conflict_rules.hpp"
#include "store/run_state.hpp"

namespace nexpo::pg_conflicts {
namespace {

using pqxx::binarystring;
using sql::PgArray;
using sql::PgConnection;
using sql::PgElement;

std::string_view view(const pqxx::field& field) { return {field.c_str(), field.size()}; }
std::string bytes(const pqxx::field& field) { return sql::from_hex(view(field)); }
int64_t integer(const pqxx::field& field) { return field.as<int64_t>(); }

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

constexpr const char* kUpdate = "update conflicts";
constexpr const char* kInsert = "insert conflicts";

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
  (SELECT *, $17::bigint AS changed_at, $18::bigint AS run FROM unnest($2::bigint[], $3::bigint[], $4::bytea[],
    $5::bytea[], $6::bytea[], $7::bytea[], $8::text[], $9::bytea[], $10::bytea[], $11::bytea[], $12::bytea[],
    $13::bytea[], $14::bytea[], $15::bytea[], $16::bytea[]) AS one (id, pair, key, source_key, target_key, kind, state,
    outcome, fields, body, sealed, source_hash, target_hash, decision, actor)) AS given
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

void send(pqxx::transaction_base& transaction, const char* statement, const Commit& commit, ConflictLists& lists) {
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
  if (connection.has_made(kUpdate)) return;
  connection.prepare(kUpdate, update_statement());
  connection.prepare(kInsert, insert_statement());
  connection.note_made(kUpdate);
}

void write(pqxx::transaction_base& transaction, const Commit& commit, const std::vector<int64_t>& pairs) {
  ConflictLists known, fresh;
  const Time now = wall_now();
  for (const ConflictWrite& one : commit.conflicts)
    (one.conflict.id == 0 ? fresh : known).add(conflict_to_keep(one, commit, pairs[one.place], now));
  send(transaction, kUpdate, commit, known);
  send(transaction, kInsert, commit, fresh);
}

std::vector<Conflict> find(PgConnection& connection, const ConflictFilter& filter, bool newest) {
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
  // Its sync's row first, as the commit of a page takes it, which may be about to open another conflict of the pair.
  transaction.exec_params(
      "SELECT 1 FROM data_sync.sync WHERE number = (SELECT sync FROM data_sync.conflict WHERE id = $1) FOR UPDATE",
      decide.id);
  const pqxx::result found = transaction.exec_params(
      fmt::format("SELECT {} WHERE conflict.id = $1 FOR UPDATE OF conflict", kConflictColumns), decide.id);
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

}  // namespace nexpo::pg_conflicts
