#include "store/pg_pairs.hpp"

#include <fmt/format.h>

#include "sql/pg_copy.hpp"
#include "store/pg_conflicts.hpp"
#include "store/pg_state.hpp"
#include "store/run_state.hpp"

namespace nexpo::pg_pairs {
namespace {

using pqxx::binarystring;
using sql::PgArray;
using sql::PgConnection;
using sql::PgElement;

std::string bytes(const pqxx::field& field) { return sql::from_hex({field.c_str(), field.size()}); }
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

constexpr const char* kWrite = "write pairs";

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

}  // namespace

void prepare(PgConnection& connection) { pg_state::prepare_once(connection, kWrite, kWritePairs); }

std::vector<int64_t> write(pqxx::transaction_base& transaction, const Lease& lease, const std::vector<Pair>& pairs) {
  if (pairs.empty()) return {};
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
      transaction.exec_prepared(kWrite, lease.sync_id, lease.epoch, array(ids), array(keys), array(sources),
                                array(targets), array(source_versions), array(target_versions), array(states),
                                array(held), array(doubts), to_micros(wall_now()), array(buried));
  if (done.empty()) throw lost_lease(lease);
  std::vector<int64_t> written;
  written.reserve(pairs.size());
  for (const pqxx::row& row : done) written.push_back(integer(row[0]));
  return written;
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

std::vector<int64_t> announce(PgConnection& connection, const Commit& page) {
  prepare(connection);
  if (page.conflicts.empty()) {
    pqxx::nontransaction transaction(connection);
    return write(transaction, page.lease, page.pairs);
  }
  pg_conflicts::prepare(connection);
  pqxx::work transaction(connection);
  std::vector<int64_t> ids = write(transaction, page.lease, page.pairs);
  pg_conflicts::write(transaction, page, ids);
  transaction.commit();
  return ids;
}

}  // namespace nexpo::pg_pairs
