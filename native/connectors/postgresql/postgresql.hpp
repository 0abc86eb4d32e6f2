// The postgresql connector: tables of one database as sources and targets.
#pragma once

#include <memory>
#include <string>

#include "connectors/connector.hpp"
#include "connectors/postgresql/table.hpp"
#include "sql/pg_pool.hpp"

namespace nexpo::postgresql {

extern const ConnectorType kType;

struct Settings {
  std::string schema;         ///< empty: the search path decides
  std::string key;            ///< key column; empty: the primary key
  std::string version_field;  ///< change stamp column; empty: full reads only
  bool create_table = false;
  std::string soft_delete_field;  ///< column that marks removed rows; empty: none
};

/// What source and target share. Everything is borrowed by them.
struct Database {
  Settings settings;
  sql::PgPool pool;
  Log log;
};

std::unique_ptr<Source> make_source(Database& database);
std::unique_ptr<Target> make_target(Database& database);

/// The table, or Error{invalid} that names some tables there are.
Table require_table(sql::PgConnection& connection, const Settings& settings, const std::string& object);
/// As `schema.table`, with what this user may do.
std::vector<ObjectSummary> list_tables(sql::PgConnection& connection, const Settings& settings);
std::vector<std::string> table_names(sql::PgConnection& connection, const Settings& settings);
Schema schema_of(const Table& table, const Settings& settings);

/// The column that identifies a row: the configured one, else the only column of the primary key.
/// Throws Error{invalid} with the fix.
const Column& key_column(const Table& table, const Settings& settings);

}  // namespace nexpo::postgresql
